package flinkrest_test

import (
	"context"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"drey/client/flinkrest"
)

// counting answers each name that is asked for with how many requests came before.
type counting struct {
	asked  []string
	status int
	fails  error
}

func (c *counting) Do(
	_ context.Context, _, path string, query url.Values, _ *flinkrest.Body,
) (int, io.ReadCloser, error) {
	names := query.Get("get")
	c.asked = append(c.asked, path+"?"+names)
	if c.fails != nil {
		return 0, nil, c.fails
	}
	if c.status != 0 {
		return c.status, io.NopCloser(strings.NewReader(`{"errors":["no"]}`)), nil
	}
	var list []string
	for _, name := range strings.Split(names, ",") {
		if name != "absent" {
			list = append(list, `{"id":"`+name+`","value":"`+string(rune('0'+len(c.asked)))+`"}`)
		}
	}
	return 200, io.NopCloser(strings.NewReader("[" + strings.Join(list, ",") + "]")), nil
}

// TestAMetricIsAskedForAgainWhenThereIsAnotherValue asks for several sets of names within
// one interval: only those that were not asked for go out, and all are answered.
func TestAMetricIsAskedForAgainWhenThereIsAnotherValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		of := &counting{}
		paced := flinkrest.NewPaced(of)
		m := flinkrest.JobManager{Transport: paced}
		read := func(names ...string) map[string]flinkrest.Number {
			t.Helper()
			values, err := m.Metrics(t.Context(), flinkrest.OfJobManager, names...)
			if err != nil {
				t.Fatal(err)
			}
			return values
		}
		if v := read("a", "b", "absent"); v["a"] != 1 || v["b"] != 1 || len(v) != 2 {
			t.Errorf("got %v", v)
		}
		time.Sleep(5 * time.Second)
		if v := read("b", "c", "absent"); v["b"] != 1 || v["c"] != 2 || len(v) != 2 {
			t.Errorf("got %v", v)
		}
		time.Sleep(4500 * time.Millisecond) // half a second early: it is waited for
		if v := read("a", "c"); v["a"] != 3 || v["c"] != 2 {
			t.Errorf("got %v", v)
		}
		if want := []string{
			"/jobmanager/metrics?a,b,absent", "/jobmanager/metrics?c", "/jobmanager/metrics?a",
		}; !slices.Equal(of.asked, want) {
			t.Errorf("asked %q, want %q", of.asked, want)
		}
		paced.SetEvery(time.Minute)
		time.Sleep(30 * time.Second)
		if v := read("a"); v["a"] != 3 {
			t.Errorf("got %v", v)
		}
	})
}

// TestAMetricThatWasNotAnsweredMayBeAskedForAgain keeps no failure, and passes on what is no
// question for metrics.
func TestAMetricThatWasNotAnsweredMayBeAskedForAgain(t *testing.T) {
	of := &counting{status: 500}
	m := flinkrest.JobManager{Transport: flinkrest.NewPaced(of)}
	if _, err := m.Metrics(t.Context(), flinkrest.OfJobManager, "a"); err == nil || !strings.Contains(err.Error(), "no") {
		t.Errorf("got %v", err)
	}
	of.status, of.fails = 0, errors.New("gone away")
	if _, err := m.Metrics(t.Context(), flinkrest.OfJobManager, "a"); !errors.Is(err, of.fails) {
		t.Errorf("got %v", err)
	}
	of.fails = nil
	if v, err := m.Metrics(t.Context(), flinkrest.OfJobManager, "a"); err != nil || v["a"] != 3 {
		t.Errorf("got %v, %v", v, err)
	}
	for range 2 {
		_, _ = m.Job(t.Context(), "j1")
	}
	if len(of.asked) != 5 {
		t.Errorf("asked %q", of.asked)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Metrics(ctx, flinkrest.OfJobManager, "a"); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
