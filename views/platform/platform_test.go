package platform

import (
	"testing"
	"time"

	"drey/client"
)

func TestAgesAreByTheClockThatIsKnownWhenTheyAreTold(t *testing.T) {
	before := time.Now()
	if got := Now(t.Context()); got.Before(before) || time.Since(got) < 0 {
		t.Errorf("without a clock it is %s", got)
	}
	var server time.Time // it has not answered yet
	ctx := WithClock(t.Context(), func() time.Time { return server })
	server = time.Unix(1700000000, 0)
	if got := Now(ctx); !got.Equal(server) {
		t.Errorf("by the server's clock it is %s", got)
	}
}

func TestHealthOfSeveralIsTheirSum(t *testing.T) {
	h := Health{Objects: 1, Failing: 2, AtRisk: 3, Busy: 4}
	h.Add(Health{Objects: 10, Failing: 20, AtRisk: 30, Busy: 40})
	if h != (Health{Objects: 11, Failing: 22, AtRisk: 33, Busy: 44}) {
		t.Errorf("got %+v", h)
	}
}

func TestTheLoadIsKnownOfAServerThatIsReachedOverHTTP(t *testing.T) {
	if (&Session{}).Load() != nil {
		t.Error("the load of nothing is told")
	}
	c, err := client.New(client.Config{URL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if (&Session{Transport: c}).Load() == nil {
		t.Error("the load is not told")
	}
}
