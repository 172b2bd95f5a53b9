package flinkjob_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"drey/client/flinkrest"
	"drey/ui/uitest/flinktest"
	"drey/views"
	"drey/views/flinkjob"
	"drey/views/flinkjob/jobdata"
)

// metricTimes notes when each metric is asked for: PATH?NAME, or PATH where all of an
// answer is metrics.
type metricTimes struct {
	http.Handler
	mu    sync.Mutex
	times map[string][]time.Time
}

func (m *metricTimes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	path, names := r.URL.Path, r.URL.Query().Get("get")
	switch {
	case names != "":
		for _, name := range strings.Split(names, ",") {
			m.times[path+"?"+name] = append(m.times[path+"?"+name], time.Now())
		}
	case strings.HasSuffix(path, "/backpressure"), strings.HasSuffix(path, "/watermarks"),
		strings.HasSuffix(path, "/metrics"):
		m.times[path] = append(m.times[path], time.Now())
	}
	m.mu.Unlock()
	m.Handler.ServeHTTP(w, r)
}

// soonest is how soon a metric was asked for again, and which one.
func (m *metricTimes) soonest() (least time.Duration, name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	least = time.Hour
	for _, metric := range slices.Sorted(maps.Keys(m.times)) {
		times := m.times[metric]
		for i := 1; i < len(times); i++ {
			if d := times[i].Sub(times[i-1]); d < least {
				least, name = d, metric
			}
		}
	}
	return least, name
}

func (m *metricTimes) asked(part string) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for metric, times := range m.times {
		if strings.Contains(metric, part) {
			n += len(times)
		}
	}
	return n
}

// configured is a server whose configuration has an interval.
func configured(s *flinktest.Server, interval string) {
	s.Answer = func(path string) (int, string, bool) {
		return 200, fmt.Sprintf(`[{"key":"metrics.fetcher.update-interval","value":%q}]`, interval),
			interval != "" && path == "/jobmanager/config"
	}
}

// TestNoMetricIsAskedFasterThanFlinkFetchesIt goes through all sections, with keys that ask
// anew, leaves the job and opens it again: each metric is asked for no sooner than Flink's
// interval says, and the numbers are there after the first fetch all the same.
func TestNoMetricIsAskedFasterThanFlinkFetchesIt(t *testing.T) {
	for _, c := range []struct {
		interval string
		least    time.Duration
		fetches  time.Duration
	}{
		{"", 10 * time.Second, 0},
		{"", 10 * time.Second, 1500 * time.Millisecond}, // it answers without metrics at first
		{"25000", 25 * time.Second, 0},
		{"1 min", time.Minute, 0},
	} {
		t.Run(fmt.Sprint(c.interval, " ", c.fetches), func(t *testing.T) {
			server := flinktest.New(t)
			server.Jobs, server.Fetches = []flinktest.Job{orders()}, c.fetches
			configured(server, c.interval)
			synctest.Test(t, func(t *testing.T) {
				recorded := &metricTimes{Handler: server, times: map[string][]time.Time{}}
				memory := jobdata.NewMemory()
				from := flinkrest.JobManager{Transport: &direct{Handler: recorded}}
				job := flinkjob.Job{ID: server.Jobs[0].ID, Name: "orders", From: from, Memory: memory}
				for range 3 {
					s := open(t, flinkjob.New(newEnv(t), job), 140, 44)
					s.pass(3 * time.Second)
					if text := s.text(); !strings.Contains(text, "98%") || !strings.Contains(text, "12.4k") ||
						!strings.Contains(text, "lag 3m") {
						t.Errorf("there are no numbers after 3 s:\n%s", text)
					}
					for _, key := range []string{"down", "2", " ", " ", "5", "right", "enter", "down", "enter", "1", "enter", "esc"} {
						s.press(key)
						s.pass(700 * time.Millisecond)
						s.run(s.view.(views.Refresher).Refresh())
						s.pass(700 * time.Millisecond)
					}
					s.pass(35 * time.Second)
					s.close()
				}
				least, name := recorded.soonest()
				if least < c.least {
					t.Errorf("%s is asked for again after %s, want %s", name, least, c.least)
				}
				if least > c.least*3/2 {
					t.Errorf("the soonest is asked for again after %s: that is no pace", least)
				}
				for _, part := range []string{"busyTimeMsPerSecond", "/backpressure", "/watermarks", "Status.JVM.CPU.Load"} {
					if recorded.asked(part) == 0 {
						t.Errorf("%s was never asked for", part)
					}
				}
				t.Logf("%d times, the soonest again after %s", recorded.asked(""), least)
			})
		})
	}
}

// TestAGraphHasItsLagsSoon has a small graph tell them with the first numbers, and a large
// one in its second round, in no more requests than it may have.
func TestAGraphHasItsLagsSoon(t *testing.T) {
	for _, c := range []struct {
		vertices int
		after    time.Duration
	}{{20, 3 * time.Second}, {50, 25 * time.Second}} {
		t.Run(fmt.Sprint(c.vertices), func(t *testing.T) {
			server := flinktest.New(t)
			server.Jobs = []flinktest.Job{chain(c.vertices)}
			synctest.Test(t, func(t *testing.T) {
				_, job := look(t, server)
				s := open(t, flinkjob.New(newEnv(t), job), 80, 24)
				s.pass(c.after)
				if text := s.text(); strings.Count(text, "3m") < 10 {
					t.Errorf("the lags are not there:\n%s", text)
				}
				s.close()
			})
			for path, n := range perVertex(server.Asked()) {
				if n > 3 {
					t.Errorf("%s was asked %d times", path, n)
				}
			}
		})
	}
}

// perVertex counts the requests for metrics of each vertex.
func perVertex(asked []string) map[string]int {
	n := map[string]int{}
	for _, line := range asked {
		u, err := url.Parse(strings.TrimPrefix(line, "GET "))
		if err == nil && strings.HasSuffix(u.Path, "/subtasks/metrics") {
			n[u.Path]++
		}
	}
	return n
}

// chain is a job of vertices that read from each other, with watermarks that are behind.
func chain(n int) flinktest.Job {
	job := flinktest.Job{ID: "a1", Name: "chain", State: "RUNNING"}
	for i := range n {
		v := flinktest.Vertex{
			ID: fmt.Sprint("v", i), Name: fmt.Sprint("Operator ", i), Parallelism: 2, Busy: 100, Back: 0, In: 1, Out: 1,
			Watermark: flinktest.Now - 192_000,
		}
		if i > 0 {
			v.Inputs, v.Ship = []string{fmt.Sprint("v", i-1)}, "HASH"
		}
		job.Vertices = append(job.Vertices, v)
	}
	return job
}
