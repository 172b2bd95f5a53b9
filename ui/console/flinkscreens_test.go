package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/ui/uitest/flinktest"
	"drey/views/platform"
	"drey/views/platforms/flink"
)

// flinkScene is a JobManager with a job that runs, one that cannot, and one that has
// ended.
func flinkScene(m *flinktest.Server) {
	graph := []flinktest.Vertex{
		{ID: "v1", Name: "Source: orders", Parallelism: 2, Busy: "NaN", Back: 510, Out: 12_400},
		{ID: "v2", Name: "Enrich", Parallelism: 4, Inputs: []string{"v1"}, Ship: "HASH", Busy: 980, Back: 0, In: 12_400, Out: 11_900, Skew: 62, Watermark: flinktest.Now - 195_500},
	}
	m.Adaptive = true
	m.Jars = []string{"0a1b2c3d-orders_orders-1.4.2.jar"}
	m.Jobs = []flinktest.Job{
		{ID: "a1b2c3d4e5f60718293a4b5c6d7e8f90", Name: "orders", State: "RUNNING", Savepoint: "file:/sp/savepoint-a1b2c3-1", Vertices: graph},
		{ID: "b1b2c3d4e5f60718293a4b5c6d7e8f90", Name: "payments\x1b[2J", State: "RESTARTING", Vertices: graph, Exceptions: `{"exceptionHistory":{"entries":[` +
			`{"exceptionName":"io.acme.Bad","stacktrace":"io.acme.Bad: schema 1187 not found\n\tat a.B.d(B.java:2)\n","timestamp":1795976380000,"failureLabels":{"type":"user"},"taskName":"Enrich (1/2)","endpoint":"localhost:37799","taskManagerId":"tm-1","concurrentExceptions":[]}],"truncated":false}}`},
		{ID: "c1b2c3d4e5f60718293a4b5c6d7e8f90", Name: "backfill", State: "FINISHED", Ended: true, Vertices: graph},
	}
}

// TestScreensOfFlink draws what Flink's platform shows of its own; the look into a
// job is drawn beside its code.
func TestScreensOfFlink(t *testing.T) {
	now := func() time.Time { return time.UnixMilli(flinktest.Now).UTC() }
	top := []string{"3 jobs", "schema 1187"} // the job that fails is first, with why
	for _, scene := range []struct {
		name       string
		keys, wait []string
	}{
		{"jobs", nil, top},
		{"why", []string{"w"}, []string{"payments", "· why", "schema 1187 not found"}},
		{"restore-points", []string{"j", "i"}, []string{"restore points of orders", "chk-9"}},
		{"stop", []string{"j", "s"}, []string{"Stop orders", "Drain, then stop"}},
		{"end", []string{"j", "x"}, []string{"End orders", "Cancel without a savepoint"}},
		{"savepoint", []string{"j", "S"}, []string{"What should be taken?", "Canonical savepoint"}},
		{"rescale", []string{"j", "P"}, []string{"At most how many subtasks", "as it is"}},
		{"task-managers", []string{"2"}, []string{"tm-1", "1 task manager"}},
		{"jars", []string{"3"}, []string{"orders-1.4.2.jar", "1 jar", "io.acme.Main"}},
		{"run", []string{"3", "s"}, []string{"entry class", "io.acme.Main"}},
		{"cluster", []string{"4"}, []string{"flink.example:8081", "1 cluster", "web-submit"}},
		{"configuration", []string{"4", "enter"}, []string{"configuration of", "metrics.fetcher.update-interval"}},
	} {
		for _, size := range sizes {
			name := fmt.Sprintf("flink-%s-%dx%d", scene.name, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				m := flinktest.New(t)
				flinkScene(m)
				session, err := flink.Platform.Open(platform.Settings{
					Context: "dev", Server: client.Config{URL: "http://flink.example:8081", Proxy: m.URL},
				})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(session.Close)
				d := open(t, nil, size[0], size[1], func(o *Options) {
					o.Session, o.Name, o.Now = session, "dev", now
				})
				d.WaitForText(top...)
				for _, key := range scene.keys { // one after the other, each on what the one before came to
					waitIdle(d)
					d.Press(key)
				}
				d.WaitFor(func(s string) bool {
					for _, text := range scene.wait {
						if size[1] > 24 && !strings.Contains(s, text) {
							return false
						}
					}
					return true
				})
				waitIdle(d)
				d.Golden(name)
			})
		}
	}
}
