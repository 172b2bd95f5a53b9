package ccloudapi_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/client/ccloudapi/ccloudtest"
	"drey/client/fault"
	"drey/client/statement"
)

// oneAConnection is a server at an address of its own that ends each connection with its
// answer: in a bubble of synctest nothing of it is left then, and time goes on.
func oneAConnection(t *testing.T, s *ccloudtest.Server) string {
	t.Helper()
	web := httptest.NewUnstartedServer(s)
	web.Config.SetKeepAlivesEnabled(false)
	web.Start()
	t.Cleanup(web.Close)
	return web.URL
}

// TestResultsThatDoNotGetReadySaySo waits for 30 s, then says so, and reads on once they
// are ready all the same.
func TestResultsThatDoNotGetReadySaySo(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{NotReady: 1_000})
	address := oneAConnection(t, s)
	synctest.Test(t, func(t *testing.T) {
		api := open(t, s, func(c *ccloudapi.Config) { c.Endpoint, c.ControlKey = address, nil })
		defer api.Close()
		engine := ccloudapi.SQL(api)
		status, err := engine.Submit(t.Context(), request("slow-1", "SELECT id, name FROM orders"))
		for err == nil && status.Phase != statement.Running {
			status, err = engine.Observe(t.Context(), status.Ref)
		}
		if err != nil {
			t.Fatal(err)
		}
		rows, began := engine.Rows(status.Ref), time.Now()
		for {
			page, end, err := rows.Next(t.Context())
			waited := time.Since(began)
			if err == nil {
				if len(page) > 0 || end {
					t.Fatalf("%d rows after %s, the end: %v", len(page), waited, end)
				}
				if waited > 31*time.Second {
					t.Fatalf("it says nothing after %s", waited)
				}
				time.Sleep(time.Second)
				continue
			}
			if waited < 30*time.Second {
				t.Errorf("it gives up after %s", waited)
			}
			if !strings.Contains(err.Error(), "its results are not ready after 30s") ||
				!fault.Is(err, fault.Conflict) {
				t.Errorf("it says %v", err)
			}
			break
		}
		s.Ready("slow-1")
		if page, _, err := rows.Next(t.Context()); err != nil || len(page) == 0 {
			t.Errorf("%d rows, %v", len(page), err)
		}
	})
}

// TestNothingLeavesUntilTheRateIsReset has the control plane say in how many seconds, and
// counts at the server.
func TestNothingLeavesUntilTheRateIsReset(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{Throttle: 1, RateReset: "40"})
	s.Add(ccloudtest.Environment, "orders", "INSERT INTO a SELECT 1", ccloud.PhaseRunning)
	address := oneAConnection(t, s)
	synctest.Test(t, func(t *testing.T) {
		api := open(t, s, func(c *ccloudapi.Config) { c.Endpoint, c.ControlURL = address, address })
		defer api.Close()
		began := time.Now()
		pools, statements := api.Pools(ccloudtest.Environment), api.Statements(ccloudtest.Environment)
		_, _, err := pools(t.Context())
		if f := fault.Of(err); f.Kind != fault.Throttled || f.Until.Sub(began) != 40*time.Second {
			t.Fatalf("%v: %+v", err, f)
		}
		time.Sleep(39 * time.Second)
		for _, ask := range []func() error{
			func() error { _, _, err := pools(t.Context()); return err },
			func() error { _, _, err := statements(t.Context()); return err },
		} {
			if err := ask(); !fault.Is(err, fault.Throttled) || !strings.Contains(err.Error(), "was not sent") {
				t.Errorf("got %v", err)
			}
		}
		if n := len(s.Seen()); n != 1 {
			t.Errorf("%d requests came before the rate was reset", n)
		}
		time.Sleep(time.Second)
		if _, _, err := pools(t.Context()); err != nil {
			t.Error(err)
		}
		if _, _, err := statements(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
