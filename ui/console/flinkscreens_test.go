package console

import (
	"fmt"
	"io"
	"reflect"
	"regexp"
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
		{
			ID: "b1b2c3d4e5f60718293a4b5c6d7e8f90", Name: "payments\x1b[2J", State: "RESTARTING",
			Vertices: graph,
			Exceptions: `{"exceptionHistory":{"entries":[` +
				`{"exceptionName":"io.acme.Bad","stacktrace":"io.acme.Bad: schema 1187 not found\n\tat ` +
				`a.B.d(B.java:2)\n","timestamp":1795976380000,"failureLabels":{"type":"user"},"taskName":"Enrich ` +
				`(1/2)","endpoint":"localhost:37799","taskManagerId":"tm-1","concurrentExceptions":[]}],"truncated":false}}`,
		},
		{ID: "c1b2c3d4e5f60718293a4b5c6d7e8f90", Name: "backfill", State: "FINISHED", Ended: true, Vertices: graph},
	}
}

// flinkScreen is one that is drawn: after keys, each pressed on what the one before came
// to, when all of wait is seen.
type flinkScreen struct {
	name       string
	keys, wait []string
	scene      func(*flinktest.Server) // instead of flinkScene; nil is that
	fleet      bool                    // the context has two JobManagers, one of which is dead
	files      bool                    // there is a jar on this machine
}

// first is what the list of jobs shows before any key.
func (s flinkScreen) first() []string {
	for _, tab := range tabScreens()[:4] {
		if s.fleet == tab.fleet && reflect.ValueOf(s.scene).Pointer() == reflect.ValueOf(tab.scene).Pointer() {
			return tab.wait
		}
	}
	return nil
}

// nothingThere is a cluster that has just begun.
func nothingThere(m *flinktest.Server) {
	m.Answer = func(path string) (int, string, bool) {
		return 200, `{"taskmanagers":[]}`, path == "/taskmanagers"
	}
}

// refusing is one whose JobManager has no leader.
func refusing(m *flinktest.Server) {
	m.Answer = func(string) (int, string, bool) {
		return 503, `{"errors":["Service temporarily unavailable due to an ongoing leader election. Please refresh."]}`, true
	}
}

// tabScreens are the tabs of the platform as they are when all is well, nothing is
// there, the JobManager does not answer, and one of two does not.
func tabScreens() []flinkScreen {
	const why = "leader election"
	return []flinkScreen{
		{name: "jobs", wait: []string{"3 jobs", "schema 1187"}}, // the job that fails is first, with why
		{name: "jobs-empty", scene: nothingThere, wait: []string{"no job runs", "s on a jar runs one"}},
		{name: "jobs-failing", scene: refusing, wait: []string{why}},
		{name: "jobs-fleet", fleet: true, wait: []string{"dead.example:8081", "orders"}},
		{name: "task-managers", keys: []string{"2"}, wait: []string{"tm-1", "1 task manager"}},
		{name: "task-managers-empty", scene: nothingThere, keys: []string{"2"}, wait: []string{"no task manager has registered"}},
		{name: "task-managers-failing", scene: refusing, keys: []string{"2"}, wait: []string{why, "task managers"}},
		{name: "task-managers-fleet", fleet: true, keys: []string{"2"}, wait: []string{"dead.example:8081", "tm-1"}},
		{name: "jars", keys: []string{"3"}, wait: []string{"orders-1.4.2.jar", "1 jar", "io.acme.Main"}},
		{name: "jars-empty", scene: nothingThere, keys: []string{"3"}, wait: []string{"no jar was uploaded"}},
		{name: "jars-failing", scene: refusing, keys: []string{"3"}, wait: []string{why, "jars"}},
		{name: "jars-fleet", fleet: true, keys: []string{"3"}, wait: []string{"dead.example:8081", "orders-1.4.2.jar"}},
		{name: "cluster", keys: []string{"4"}, wait: []string{"flink.example:8081", "1 cluster", "web-submit"}},
		{name: "cluster-empty", scene: nothingThere, keys: []string{"4"}, wait: []string{"flink.example:8081", "1 cluster", "web-submit"}},
		{name: "cluster-failing", scene: refusing, keys: []string{"4"}, wait: []string{why, "cluster"}},
		{name: "cluster-fleet", fleet: true, keys: []string{"4"}, wait: []string{"dead.example:8081", "READY", "2 clusters"}},
	}
}

// openedScreens are what is opened from the tabs: pages, dialogs and forms.
func openedScreens() []flinkScreen {
	return []flinkScreen{
		{name: "why", keys: []string{"w"}, wait: []string{"payments", "· why", "schema 1187 not found"}},
		{name: "restore-points", keys: []string{"j", "i"}, wait: []string{"restore points of orders", "chk-9"}},
		{name: "stop", keys: []string{"j", "s"}, wait: []string{"Stop orders", "Drain, then stop"}},
		{name: "end", keys: []string{"j", "x"}, wait: []string{"End orders", "Cancel without a savepoint"}},
		{name: "savepoint", keys: []string{"j", "S"}, wait: []string{"What should be taken?", "Canonical savepoint"}},
		{name: "rescale", keys: []string{"j", "P"}, wait: []string{"At most how many subtasks", "as it is"}},
		{name: "task-manager", keys: []string{"2", "enter"}, wait: []string{"12 of 16 are free"}},
		{name: "threads", keys: []string{"2", "d"}, wait: []string{"threads of tm-1", "RUNNABLE"}},
		{name: "log", keys: []string{"2", "l"}, wait: []string{"taskmanager.log", "a line"}},
		{name: "run", keys: []string{"3", "s"}, wait: []string{"entry class", "io.acme.Main"}},
		{name: "run-asked", keys: []string{"3", "s", "down", "down", "down", "down", "down", "down", "enter"}, wait: []string{"starts from", "nothing: without state"}},
		{name: "upload", files: true, keys: []string{"3", "a"}, wait: []string{"path of a jar"}},
		{name: "upload-asked", files: true, keys: []string{"3", "a", "/", "a", ".", "j", "a", "r", "down", "enter"}, wait: []string{"Upload a.jar", "are sent to"}},
		{name: "upload-refused", files: true, keys: []string{"3", "a", "/", "a", "down", "enter"}, wait: []string{"Flink takes files that end in .jar"}},
		{name: "delete-jar", keys: []string{"3", "D"}, wait: []string{"Type orders-1.4.2.jar to confirm"}},
		{name: "configuration", keys: []string{"4", "enter"}, wait: []string{"configuration of", "metrics.fetcher.update-interval"}},
	}
}

// retry is after how many failures a list is asked again, before what is cut to fit
// behind it: how busy the machine is decides it.
var retry = regexp.MustCompile(`next try in \d+s.*`)

// TestScreensOfFlink draws what Flink's platform shows of its own; the look into a
// job is drawn beside its code.
func TestScreensOfFlink(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return time.UnixMilli(flinktest.Now).UTC() }
	for _, scene := range append(tabScreens(), openedScreens()...) {
		t.Run(scene.name, func(t *testing.T) {
			t.Parallel()
			widest := sizes[len(sizes)-1]
			d := open(t, nil, widest[0], widest[1], func(o *Options) {
				o.Session, o.Name, o.Now = flinkSession(t, scene), "dev", now
			})
			ids := d.Scrub
			d.Scrub = func(s string) string { return retry.ReplaceAllString(ids(s), "next try in 2s") }
			d.WaitForText(scene.first()...)
			pressKeys(d, scene.keys...)
			d.WaitForText(scene.wait...)
			d.WaitIdle()
			for _, size := range sizes {
				d.Resize(size[0], size[1])
				d.Golden(fmt.Sprintf("flink-%s-%dx%d", scene.name, size[0], size[1]))
			}
		})
	}
}

// flinkSession is the platform on a server of its own that ends with the test.
func flinkSession(t *testing.T, scene flinkScreen) *platform.Session {
	t.Helper()
	m := flinktest.New(t)
	if scene.scene != nil {
		scene.scene(m)
	} else {
		flinkScene(m)
	}
	settings := platform.Settings{
		Context: "dev", Server: client.Config{URL: "http://flink.example:8081", Proxy: m.URL},
	}
	if scene.fleet {
		m.Dead = "dead.example:8081"
		settings.Values = map[string]string{"urls": "http://dead.example:8081"}
	}
	if scene.files {
		settings.OpenFile = func(string) (io.ReadCloser, int64, error) {
			return io.NopCloser(strings.NewReader("PK")), 31_457_280, nil
		}
	}
	session, err := flink.Platform.Open(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	return session
}

// TestEveryTabOfFlinkIsDrawnInEachSituation: a new tab is drawn as well, or this fails.
func TestEveryTabOfFlinkIsDrawnInEachSituation(t *testing.T) {
	t.Parallel()
	drawn := map[string]bool{}
	for _, s := range tabScreens() {
		drawn[s.name] = true
	}
	for _, tab := range flinkSession(t, flinkScreen{}).Tabs() {
		name := strings.ReplaceAll(strings.ToLower(tab.Title), " ", "-")
		for _, situation := range []string{"", "-empty", "-failing", "-fleet"} {
			if !drawn[name+situation] {
				t.Errorf("%s%s is not drawn", name, situation)
			}
		}
	}
}
