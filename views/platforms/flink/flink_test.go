package flink

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"drey/client"
	"drey/client/fault"
	"drey/client/urgency"
	"drey/ui/uitest/flinktest"
	"drey/views"
	"drey/views/browse"
	"drey/views/platform"
	"drey/views/platforms/flink/history"
	"drey/views/platforms/flink/jobmanagers"
	"drey/views/resource"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// texts are written in memory; before is called before one is written.
type texts struct {
	mu     sync.Mutex
	of     map[string]string
	before func()
}

func (x *texts) Load(name string) (string, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.of[name], nil
}

func (x *texts) Save(name, text string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.before != nil {
		x.before()
	}
	if x.of == nil {
		x.of = map[string]string{}
	}
	x.of[name] = text
	return nil
}

const jobID = "a1b2c3d4e5f60718293a4b5c6d7e8f90"

func running() flinktest.Job {
	return flinktest.Job{
		ID: jobID, Name: "orders", State: "RUNNING", Savepoint: "file:/sp/savepoint-a1b2c3-1",
		Vertices: []flinktest.Vertex{{ID: "v1", Name: "Source", Parallelism: 2, Busy: 100, Back: 0}},
	}
}

// session opens the platform on servers.
func session(t *testing.T, s platform.Settings) *platform.Session {
	t.Helper()
	if s.Texts == nil {
		s.Texts = &texts{}
	}
	opened, err := Platform.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	return opened
}

func at(url string) platform.Settings {
	return platform.Settings{Context: "dev", Server: client.Config{URL: url}}
}

// fleetOf is the JobManagers of settings, for what has no screen.
func fleetOf(t *testing.T, store platform.Texts, urls ...string) *fleet {
	t.Helper()
	managers, err := jobmanagers.Open(platform.Settings{Values: map[string]string{"urls": strings.Join(urls, " ")}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(managers.Close)
	f := &fleet{Fleet: managers, store: newStore(store), drafts: map[string][]string{}}
	return f
}

func kindOf(t *testing.T, s *platform.Session, name string) platform.Kind {
	t.Helper()
	for _, k := range s.Kinds {
		if k.Info().Name == name {
			return k
		}
	}
	t.Fatalf("there is no kind %s", name)
	return nil
}

// TestIdleJobsCostOneRequestATick polls a list in which nothing happens.
func TestIdleJobsCostOneRequestATick(t *testing.T) {
	server := flinktest.New(t)
	second := running()
	second.ID = strings.Repeat("b", 32)
	ended := running()
	ended.ID, ended.State, ended.Ended = strings.Repeat("c", 32), "FINISHED", true
	server.Jobs = []flinktest.Job{running(), second, ended}
	f := fleetOf(t, nil, server.URL)
	withoutPace(f)
	source := newJobsOf(f)
	if batch, changed, err := source.Next(t.Context()); err != nil || !changed || len(batch.Items) != 3 ||
		batch.Partial {
		t.Fatalf("got %+v, %v, %v", batch, changed, err)
	}
	server.Forget()
	ctx := urgency.With(t.Context(), urgency.Shown)
	const ticks = 12
	for range ticks {
		if _, changed, err := source.Next(ctx); err != nil || changed {
			t.Fatalf("nothing happened: got %v, %v", changed, err)
		}
	}
	if asked := server.Asked(); len(asked) != ticks {
		t.Errorf("%d requests in %d ticks: %v", len(asked), ticks, asked)
	}
	if n := server.Count("GET /jobs/overview"); n < ticks/2 {
		t.Errorf("the list was asked for %d times only", n)
	}
	if n := server.Count("GET /jobs/" + ended.ID); n != 0 {
		t.Errorf("a job that ended was asked for numbers %d times", n)
	}
}

// TestAClusterThatDoesNotAnswerIsARow joins several JobManagers.
func TestAClusterThatDoesNotAnswerIsARow(t *testing.T) {
	one, two := flinktest.New(t), flinktest.New(t)
	one.Jobs, two.Jobs = []flinktest.Job{running()}, []flinktest.Job{running()}
	two.Answer = func(string) (int, string, bool) { return 502, "<html><title>Bad Gateway</title></html>", true }
	settings := at("")
	settings.Values = map[string]string{"urls": one.URL + "\n" + two.URL + "\n" + one.URL + "/v1"}
	s := session(t, settings)
	if about, err := s.Probe(t.Context()); err != nil || about.Version != "2.2.1" {
		t.Errorf("one answers: got %+v, %v", about, err)
	}
	table, err := kindOf(t, s, "jobs").List(t.Context(), "")
	if err != nil || len(table.Rows) != 1 || len(table.Notes) != 1 ||
		!strings.Contains(table.Notes[0], strings.TrimPrefix(two.URL, "http://")) || !strings.Contains(
		table.Notes[0], "Bad Gateway",
	) {
		t.Errorf("got %+v, %v", table, err)
	}
	two.Change(func(f *flinktest.Server) { f.Answer = nil })
	table, err = kindOf(t, s, "jobs").List(t.Context(), "")
	if err != nil || len(table.Rows) != 2 || table.Rows[0].Ref.UID == table.Rows[1].Ref.UID {
		t.Fatalf("two jobs of one id: got %+v, %v", table, err)
	}
	// An action reaches its own server only.
	one.Forget()
	two.Forget()
	if err := kindOf(t, s, "jobs").Do(
		t.Context(), resource.VerbStop, table.Rows[1].Ref, wayCancel, func(views.Step) {},
	); err != nil {
		t.Fatal(err)
	}
	if n, other := two.Count("PATCH"), one.Count("PATCH"); n != 1 || other != 0 {
		t.Errorf("cancelled %d times there, %d times on the other", n, other)
	}
}

// TestWhatIsPlannedIsSent compares each action's plan with what arrives; asking
// what came of it is no step.
func TestWhatIsPlannedIsSent(t *testing.T) {
	for name, c := range map[string]struct {
		verb views.Verb
		how  string
		body string // of what is sent
	}{
		"stop":       {resource.VerbStop, "", `"drain":false`},
		"drain":      {resource.VerbStop, wayDrain, `"drain":true`},
		"canonical":  {resource.VerbStop, wayCanonical, `"formatType":"CANONICAL"`},
		"savepoint":  {resource.VerbSavepoint, "", `"formatType":"NATIVE"`},
		"checkpoint": {resource.VerbSavepoint, wayCheckpoint, `"checkpointType":"FULL"`},
		"cancel":     {resource.VerbStop, wayCancel, ""},
		"rescale":    {verbRescale, "3", `"v1":{"parallelism":{"lowerBound":1,"upperBound":3}}`},
	} {
		t.Run(name, func(t *testing.T) {
			server := flinktest.New(t)
			server.Jobs, server.Adaptive = []flinktest.Job{running()}, true
			s := session(t, at(server.URL))
			kind, ref := kindOf(t, s, "jobs"), views.Ref{Kind: "jobs", Name: "orders", UID: jobID}
			plan, err := kind.Plan(t.Context(), c.verb, ref, c.how)
			if err != nil {
				t.Fatal(err)
			}
			if n := server.Count("GET"); n != len(server.Asked()) {
				t.Errorf("a plan sent %v", server.Asked())
			}
			var steps []views.Step
			if err := kind.Do(t.Context(), c.verb, ref, c.how, func(s views.Step) {
				steps = append(steps, s)
			}); err != nil {
				t.Fatal(err)
			}
			var sent, planned []string
			for _, a := range server.Asked() {
				if !strings.HasPrefix(a, "GET ") {
					sent = append(sent, a)
				}
			}
			for _, p := range plan {
				planned = append(planned, p.Method+" "+p.Path)
			}
			if !slices.Equal(sent, planned) || len(steps) != len(plan) || steps[0].Path != plan[0].Path {
				t.Errorf("planned %v, sent %v, told %v", planned, sent, steps)
			}
			if body := server.Body(strings.SplitN(sent[0], "?", 2)[0]); !strings.Contains(body, c.body) {
				t.Errorf("sent %s, want %s in it", body, c.body)
			}
		})
	}
}

// TestAnOperationIsWrittenDownBeforeItIsSent, and COMPLETED with a cause is a
// failure.
func TestAnOperationIsWrittenDownBeforeItIsSent(t *testing.T) {
	server := flinktest.New(t)
	job := running()
	job.Savepoint = "Checkpoint Coordinator is suspending."
	server.Jobs = []flinktest.Job{job}
	written := &texts{}
	first := true
	written.before = func() {
		if n := server.Count("POST"); first && n != 0 {
			t.Errorf("%d were sent before anything was written down", n)
		}
		first = false
	}
	settings := at(server.URL)
	settings.Texts = written
	s := session(t, settings)
	err := kindOf(t, s, "jobs").Do(
		t.Context(), resource.VerbSavepoint, views.Ref{Kind: "jobs", Name: "orders", UID: jobID}, "", func(views.Step) {},
	)
	if err == nil || err.Error() != "the savepoint failed: Checkpoint Coordinator is suspending." {
		t.Errorf("got %v", err)
	}
	if first || !strings.Contains(written.of[history.StoreName], "Checkpoint Coordinator is suspending.") {
		t.Errorf("written down: %s", written.of[history.StoreName])
	}
}

// TestAConsoleThatWasLeftIsPickedUp: an operation whose end nobody saw is asked
// about when its job is looked at.
func TestAConsoleThatWasLeftIsPickedUp(t *testing.T) {
	server := flinktest.New(t)
	server.Jobs = []flinktest.Job{running()}
	written := &texts{}
	f := fleetOf(t, written, server.URL)
	c := f.Clusters[0]
	op := history.SavepointOf(c.JobManager, jobID, func(ctx context.Context, id string) error {
		return c.Savepoint(ctx, jobID, id, "", native)
	}, "savepoint")
	if err := f.store.Begin(history.Trigger{ID: "11112222", Kind: op.Kind, Cluster: c.Name, Job: jobID}); err != nil {
		t.Fatal(err)
	}
	if err := op.Begin(t.Context(), "11112222"); err != nil {
		t.Fatal(err)
	} // the console ends here
	again := fleetOf(t, written, server.URL)
	r, err := whyJob(t.Context(), again, Job{JobSummary: summaryOf(t, again)})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Entries, func(e whyEntry) bool {
		return e.Word == "savepoint" && e.Text == "file:/sp/savepoint-a1b2c3-1"
	}) {
		t.Errorf("the savepoint is not among %+v", r.Entries)
	}
	if points, err := again.restorePointsOf(t.Context(), Job{JobSummary: summaryOf(t, again)}); err != nil ||
		points[0].Path == "" || !slices.ContainsFunc(points, func(p restorePoint) bool {
		return p.Path == "file:/sp/savepoint-a1b2c3-1"
	}) {
		t.Errorf("it cannot be started from: %+v, %v", points, err)
	}
}

// TestAJobIsStoppedAndStartedAgain goes round: a jar is run, stopped with a
// savepoint, and started from it.
func TestAJobIsStoppedAndStartedAgain(t *testing.T) {
	server := flinktest.New(t)
	server.Jars = []string{"u0_orders.jar"}
	f := fleetOf(t, &texts{}, server.URL)
	id, err := f.runJar(
		t.Context(), f.Clusters[0], "u0_orders.jar", "orders.jar",
		history.RunRequest{EntryClass: "io.acme.Main", Args: []string{"--a", "b c"}, Parallelism: 2},
	)
	if err != nil {
		t.Fatal(err)
	}
	kind := browse.Untyped(jobs(f))
	ref := views.Ref{Kind: "jobs", UID: id}
	if err := kind.Do(t.Context(), resource.VerbStop, ref, "", func(views.Step) {}); err != nil {
		t.Fatal(err)
	}
	if err := kind.Do(t.Context(), resource.VerbStart, ref, "", func(views.Step) {}); err != nil {
		t.Fatal(err)
	}
	body := server.Body("POST /jars/u0_orders.jar/run")
	for _, want := range []string{
		`"savepointPath":"file:/sp/savepoint-` + id[:6] + `"`, `"programArgsList":["--a","b c"]`,
		`"entryClass":"io.acme.Main"`, `"parallelism":2`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("sent %s, want %s in it", body, want)
		}
	}
	if strings.Contains(body, id) {
		t.Error("it was started under the id that it had: Flink refuses that")
	}
}

// TestWhatTheClusterSwitchesOffIsNotSent: the reason is there, and nothing leaves.
func TestWhatTheClusterSwitchesOffIsNotSent(t *testing.T) {
	server := flinktest.New(t)
	server.Jobs, server.Jars, server.NoCancel = []flinktest.Job{running()}, []string{"u0_a.jar"}, true
	s := session(t, at(server.URL))
	if _, err := s.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	jobs, ref := kindOf(t, s, "jobs"), views.Ref{Kind: "jobs", Name: "orders", UID: jobID}
	for _, c := range []struct {
		verb        views.Verb
		how, reason string
	}{{resource.VerbStop, wayCancel, "web.cancel.enable"}, {verbRescale, "3", "needs jobmanager.scheduler: adaptive"}} {
		err := jobs.Do(t.Context(), c.verb, ref, c.how, func(views.Step) { t.Errorf("%s was sent", c.verb.Do) })
		if err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: got %v, want %s", c.verb.Do, err, c.reason)
		}
	}
	server.Change(func(f *flinktest.Server) { f.NoSubmit = true })
	if _, err := s.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, tab := range s.Tabs() {
		if (tab.Missing != "") != (tab.Name == "jars") {
			t.Errorf("%s: missing for %q", tab.Name, tab.Missing)
		}
	}
	if n := len(server.Asked()) - server.Count("GET"); n != 0 {
		t.Errorf("sent %v", server.Asked())
	}
}

// TestReadOnlySendsNothing but questions.
func TestReadOnlySendsNothing(t *testing.T) {
	server := flinktest.New(t)
	server.Jobs = []flinktest.Job{running()}
	for _, readOnly := range []views.ReadOnly{views.QueriesOnly, views.NothingAtAll} {
		settings := at(server.URL)
		settings.ReadOnly = readOnly
		s := session(t, settings)
		err := kindOf(t, s, "jobs").Do(
			t.Context(), resource.VerbStop, views.Ref{Kind: "jobs", Name: "orders", UID: jobID}, wayCancel, func(views.Step) {},
		)
		if !fault.Is(err, fault.ReadOnly) {
			t.Errorf("got %v", err)
		}
	}
	if n := len(server.Asked()) - server.Count("GET"); n != 0 {
		t.Errorf("sent %v", server.Asked())
	}
}

// TestAnotherServerIsNamed: what is no JobManager says what would be right.
func TestAnotherServerIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		path, body, says string
	}{
		"cmf":     {"/cmf/api/v1/system-information", `{"status":{"version":"2.3.1"}}`, "set platform: cmf"},
		"gateway": {"/v2/info", `{"productName":"Apache Flink","version":"2.2.1"}`, "make it the gateway-url"},
		"other":   {"/nothing", ``, "no Flink JobManager"},
	} {
		t.Run(name, func(t *testing.T) {
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != c.path {
					w.WriteHeader(http.StatusNotFound)
					return
				}
				_, _ = w.Write([]byte(c.body))
			}))
			defer web.Close()
			about, err := session(t, at(web.URL)).Probe(t.Context())
			if err != nil || !strings.Contains(about.Wrong, c.says) {
				t.Errorf("got %+v, %v", about, err)
			}
		})
	}
	if _, err := session(t, at("http://127.0.0.1:1")).Probe(t.Context()); !fault.Is(err, fault.Offline) {
		t.Errorf("nobody there: got %v", err)
	}
	if _, err := Platform.Open(at("")); err == nil || !strings.Contains(err.Error(), "needs url") {
		t.Errorf("no address: got %v", err)
	}
}

// TestArgumentsAreSplitAsTyped, and joined to the same.
func TestArgumentsAreSplitAsTyped(t *testing.T) {
	for line, want := range map[string][]string{
		"":                     nil,
		`--a b`:                {"--a", "b"},
		`  --name "b c" 'd"e'`: {"--name", "b c", `d"e`},
		`--empty ""`:           {"--empty", ""},
		`--k=v"w x"`:           {`--k=vw x`},
	} {
		got, err := splitArgs(line)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %q, %v", line, got, err)
		}
		if again, err := splitArgs(joinArgs(got)); err != nil || !slices.Equal(again, got) {
			t.Errorf("%q joined: got %q, %v", got, again, err)
		}
	}
	if _, err := splitArgs(`a "b`); err == nil {
		t.Error("a quote that does not end is taken")
	}
}

// TestAFormSaysWhatIsWrong with what would be right.
func TestAFormSaysWhatIsWrong(t *testing.T) {
	good := []string{"io.acme.Main", "--a b", "4", "file:/sp/1", "no claim", "yes"}
	if r, err := readRun(good); err != nil || r.ClaimMode != "NO_CLAIM" || !r.AllowNonRestored || r.Parallelism != 4 ||
		len(r.Args) != 2 {
		t.Errorf("got %+v, %v", r, err)
	}
	for i, bad := range map[int]string{1: `"`, 2: "many", 4: "MINE", 5: "perhaps"} {
		values := slices.Clone(good)
		values[i] = bad
		if _, err := readRun(values); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// TestTheLagOfAJobIsThatOfItsWorstEnd, as far as its ends were asked for, with no
// request beyond the one of a tick; a job without event time has none.
func TestTheLagOfAJobIsThatOfItsWorstEnd(t *testing.T) {
	server := flinktest.New(t)
	timed := running()
	timed.Vertices = []flinktest.Vertex{
		{ID: "v1", Name: "Source", Parallelism: 1},
		{ID: "v2", Name: "Window", Parallelism: 2, Inputs: []string{"v1"}, Watermark: flinktest.Now - 900_000},
		{ID: "v3", Name: "Sink: a", Parallelism: 1, Inputs: []string{"v2"}, Watermark: flinktest.Now - 30_500},
		{ID: "v4", Name: "Sink: b", Parallelism: 1, Inputs: []string{"v2"}, Watermark: flinktest.Now - 192_500},
	}
	plain := running()
	plain.ID = strings.Repeat("b", 32)
	server.Jobs = []flinktest.Job{timed, plain}
	f := fleetOf(t, nil, server.URL)
	withoutPace(f)
	source := newJobsOf(f)
	batch, _, err := source.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if first, none := batch.Items[0].Value.Lag, batch.Items[1].Value.Lag; !first.Known() || none.Known() {
		t.Fatalf("the first answer has %v and %v", first, none)
	}
	server.Forget()
	ctx := urgency.With(t.Context(), urgency.Shown)
	const ticks = 20
	for range ticks {
		next, changed, err := source.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if changed {
			batch = next
		}
	}
	if lag := batch.Items[0].Value.Lag; lag < 192 || lag > 600 { // it grows while the test runs
		t.Errorf("got a lag of %v s, want that of the sink that is further behind", lag)
	}
	if asked := server.Asked(); len(asked) != ticks {
		t.Errorf("%d requests in %d ticks: %q", len(asked), ticks, asked)
	}
	if n := server.Count("GET /jobs/"+jobID+"/vertices/v1") + server.Count("GET /jobs/"+jobID+"/vertices/v2"); n != 0 {
		t.Errorf("vertices that are no end were asked %d times", n)
	}
}

// TestAQuestionThatFailedLeavesTheJobs: one that was given up, or that a JobManager
// did not answer, empties no list with the answer after it.
func TestAQuestionThatFailedLeavesTheJobs(t *testing.T) {
	server := flinktest.New(t)
	server.Jobs = []flinktest.Job{running()}
	source := newJobsOf(fleetOf(t, nil, server.URL))
	if _, _, err := source.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	shown := urgency.With(t.Context(), urgency.Shown)
	for range 4 { // whichever of the two kinds of polls is due
		cancelled, cancel := context.WithCancel(shown)
		cancel()
		_, _, _ = source.Next(cancelled) // whatever comes of it
		for range 2 {
			batch, changed, err := source.Next(shown)
			if err != nil || changed && len(batch.Items) != 1 {
				t.Fatalf("after a question that was given up: got %+v, %v, %v", batch.Items, changed, err)
			}
		}
	}
}
