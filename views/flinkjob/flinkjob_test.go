package flinkjob_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"go.uber.org/goleak"

	"drey/client/flinkrest"
	"drey/keymap"
	"drey/themes"
	"drey/ui/uitest/flinktest"
	"drey/views"
	"drey/views/clean"
	"drey/views/flinkjob"
)

var update = flag.Bool("update", false, "write the goldens")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// direct hands requests to a handler without a network, so that time in a test is
// the scenario's.
type direct struct {
	http.Handler
	mu    sync.Mutex
	times []time.Time
}

func (d *direct) Do(
	ctx context.Context, method, path string, query url.Values, body *flinkrest.Body,
) (int, io.ReadCloser, error) {
	d.mu.Lock()
	d.times = append(d.times, time.Now())
	d.mu.Unlock()
	var content io.Reader
	if body != nil {
		content = body.Content
	}
	r := httptest.NewRequestWithContext(ctx, method, path+"?"+query.Encode(), content)
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Code, io.NopCloser(w.Body), ctx.Err()
}

// screen runs one view as the root would.
type screen struct {
	view views.View
	msgs chan tea.Msg
	last tea.Msg // what the view sent that is not for itself
}

func open(t *testing.T, view views.View, width, height int) *screen {
	s := &screen{view: view, msgs: make(chan tea.Msg, 64)}
	view.SetSize(width, height)
	s.run(view.Init())
	if w, ok := view.(views.Watcher); ok {
		s.run(w.SetVisible(true))
	}
	return s
}

func (s *screen) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := views.Run(cmd).(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				s.run(c)
			}
		default:
			s.msgs <- msg
		}
	}()
}

// pass lets time go by, and takes what has come when it is over.
func (s *screen) pass(d time.Duration) {
	end := time.After(d)
	for {
		select {
		case msg := <-s.msgs:
			s.take(msg)
		case <-end:
			for synctest.Wait(); len(s.msgs) > 0; synctest.Wait() {
				s.take(<-s.msgs)
			}
			if a, ok := s.view.(views.Ageing); ok {
				a.Tick(time.Now())
			}
			return
		}
	}
}

func (s *screen) take(msg tea.Msg) {
	if a, ok := msg.(views.Answer); !ok {
		s.last = msg
	} else if s.view.Accept(a) {
		s.run(s.view.Update(a.Msg))
	}
	_ = s.view.View()
}

func (s *screen) press(keys ...string) {
	for _, k := range keys {
		s.run(s.view.Update(keymap.Message(k)))
		s.pass(10 * time.Millisecond)
	}
}

func (s *screen) text() string { return clean.Plain(s.view.View()) }

func (s *screen) close() {
	s.view.Close()
	s.pass(time.Second)
}

func newEnv(t *testing.T) *views.Env {
	theme, _ := themes.New(themes.Options{Name: "dark"})
	began := time.Now()
	now := func() time.Time { return time.UnixMilli(flinktest.Now).Add(time.Since(began)).UTC() }
	return &views.Env{Context: t.Context(), Theme: theme, Keys: keymap.Default(), Now: now}
}

const exceptions = `{"exceptionHistory":{"entries":[
 {"exceptionName":"org.apache.flink.runtime.JobException","stacktrace":"org.apache.flink.runtime.JobException: Recovery is suppressed by FixedDelayRestartBackoffTimeStrategy(maxNumberRestartAttempts=1)\n\tat org.apache.flink.X.y(X.java:1)\n","timestamp":1795976390000,"failureLabels":{},"taskName":null,"endpoint":null,"taskManagerId":null,
  "concurrentExceptions":[{"exceptionName":"io.acme.Bad","stacktrace":"io.acme.Wrapped: outer\n\tat a.B.c(B.java:1)\nCaused by: io.acme.Bad: schema 1187\u001b[31m not found\n\tat a.B.d(B.java:2)\n","timestamp":1795976390000,"failureLabels":{"type":"user"},"taskName":"Enrich (1/2)","endpoint":"localhost:37799","taskManagerId":"tm-1","concurrentExceptions":[]}]},
 {"exceptionName":"io.acme.Bad","stacktrace":"io.acme.Bad: schema 1187 not found\n\tat a.B.d(B.java:2)\n","timestamp":1795976380000,"failureLabels":{"type":"user"},"taskName":"Enrich (1/2)","endpoint":"localhost:37799","taskManagerId":"tm-1","concurrentExceptions":[]}],"truncated":false}}`

// orders is a job with a bottleneck, a skew, a NaN and a name that is not clean.
func orders() flinktest.Job {
	return flinktest.Job{
		ID: "a1b2c3d4e5f60718293a4b5c6d7e8f90", Name: "orders", State: "RUNNING", Exceptions: exceptions,
		Vertices: []flinktest.Vertex{
			{ID: "v1", Name: "Source: orders", Parallelism: 2, Busy: "NaN", Back: 510, Out: 12_400},
			{ID: "v2", Name: "Source: rates\x1b[2J", Parallelism: 1, Busy: 10, Back: 0, Out: 3.5},
			{ID: "v3", Name: "Enrich", Parallelism: 2, Inputs: []string{"v1", "v2"}, Ship: "HASH", Busy: 980, Back: 0, In: 12_403, Out: 11_900, Skew: 62, Watermark: flinktest.Now - 192_000},
			{ID: "v4", Name: "Sink: kafka", Parallelism: 2, Inputs: []string{"v3"}, Ship: "FORWARD", Busy: 170, Back: 0, In: 11_900, Watermark: flinktest.Now - 195_000},
		},
	}
}

func look(t *testing.T, s *flinktest.Server) (*direct, flinkjob.Job) {
	transport := &direct{Handler: s}
	j := s.Jobs[0]
	return transport, flinkjob.Job{ID: j.ID, Name: j.Name, From: flinkrest.JobManager{Transport: transport}}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got+"\n" {
		t.Errorf("%s differs; got\n%s", name, got)
	}
}

// TestALargeGraphKeepsToItsBudget: 50 vertices of 200 subtasks are 51 requests a
// round, a round is ten seconds, and no second has more than six.
func TestALargeGraphKeepsToItsBudget(t *testing.T) {
	server := flinktest.New(t)
	job := flinktest.Job{ID: "a1", Name: "large", State: "RUNNING"}
	for i := range 50 {
		v := flinktest.Vertex{
			ID: fmt.Sprint("v", i), Name: fmt.Sprint("Operator ", i), Parallelism: 200, Busy: 100, Back: 0, In: 1,
			Out: 1, Watermark: flinktest.Now,
		}
		if i > 0 {
			v.Inputs, v.Ship = []string{fmt.Sprint("v", i-1)}, "HASH"
		}
		job.Vertices = append(job.Vertices, v)
	}
	server.Jobs = []flinktest.Job{job}
	synctest.Test(t, func(t *testing.T) {
		transport, job := look(t, server)
		s := open(t, flinkjob.New(newEnv(t), job), 140, 36)
		s.pass(20 * time.Second) // the first round, and what follows it
		began := time.Now()
		s.pass(60 * time.Second)
		transport.mu.Lock()
		perSecond, all := map[int]int{}, 0
		for _, at := range transport.times {
			if d := at.Sub(began); d >= 0 && d < 60*time.Second {
				perSecond[int(d.Seconds())]++
				all++
			}
		}
		transport.mu.Unlock()
		if all > 6*51 || all < 5*51 {
			t.Errorf("%d requests in six rounds, want at most %d", all, 6*51)
		}
		for second, n := range perSecond {
			if n > 6 {
				t.Errorf("%d requests in second %d", n, second)
			}
		}
		s.press("4") // a hidden pane asks nothing
		server.Forget()
		s.pass(30 * time.Second)
		if n := server.Count("GET /jobs/a1/vertices"); n != 0 {
			t.Errorf("the graph is hidden and asked %d times", n)
		}
		s.run(s.view.(views.Watcher).SetVisible(false))
		server.Forget()
		s.pass(30 * time.Second)
		if asked := server.Asked(); len(asked) != 0 {
			t.Errorf("a hidden job asked %v", asked)
		}
		s.close()
	})
}

// TestWhatIsBadCostsAMessage: what a server may answer wrongly leaves the last
// numbers, with one message.
func TestWhatIsBadCostsAMessage(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		says   string
	}{
		"html":    {502, "<html><title>Bad Gateway</title></html>", "old:"},
		"gone":    {404, `{"errors":["org.apache.flink.runtime.rest.NotFoundException: Job a1 not found\n\tat x"]}`, "Job a1 not found"},
		"nothing": {200, `{`, "cannot read what Flink answered"},
	} {
		t.Run(name, func(t *testing.T) {
			server := flinktest.New(t)
			server.Jobs = []flinktest.Job{orders()}
			synctest.Test(t, func(t *testing.T) {
				_, job := look(t, server)
				s := open(t, flinkjob.New(newEnv(t), job), 140, 36)
				s.pass(4 * time.Second)
				server.Change(func(f *flinktest.Server) {
					f.Answer = func(path string) (int, string, bool) {
						return c.status, c.body, strings.HasPrefix(path, "/jobs/")
					}
				})
				s.pass(15 * time.Second)
				if text := s.text(); !strings.Contains(text, "Enrich is the bottleneck") ||
					!strings.Contains(text, c.says) {
					t.Errorf("the numbers are gone, or it is not said why:\n%s", text)
				}
				s.close()
			})
		})
	}
}

// TestAVertexWithoutAMetricHasTheOthers: Flink answers with nothing at all where a
// vertex lacks one of the metrics that it is asked for.
func TestAVertexWithoutAMetricHasTheOthers(t *testing.T) {
	server := flinktest.New(t)
	server.Jobs = []flinktest.Job{orders()}
	synctest.Test(t, func(t *testing.T) {
		_, job := look(t, server)
		s := open(t, flinkjob.New(newEnv(t), job), 80, 22)
		s.pass(3 * time.Second)
		if text := s.text(); !strings.Contains(text, "12.4k") {
			t.Errorf("the source has no rate:\n%s", text)
		}
		s.close()
	})
}

// TestAnEndedJobIsGreyedAndLeftAlone: its numbers stay, with their age, and it is
// asked for no metrics.
func TestAnEndedJobIsGreyedAndLeftAlone(t *testing.T) {
	server := flinktest.New(t)
	server.Jobs = []flinktest.Job{orders()}
	synctest.Test(t, func(t *testing.T) {
		_, job := look(t, server)
		s := open(t, flinkjob.New(newEnv(t), job), 140, 36)
		s.pass(4 * time.Second)
		server.Change(func(f *flinktest.Server) { f.Jobs[0].State, f.Jobs[0].Ended = "CANCELED", true })
		s.pass(15 * time.Second)
		server.Forget()
		s.pass(60 * time.Second)
		if n := server.Count("GET /jobs/" + job.ID + "/vertices"); n != 0 {
			t.Errorf("an ended job was asked for metrics %d times", n)
		}
		s.view.(views.Ageing).Tick(time.Now())
		if text := s.text(); !strings.Contains(text, "the job has ended: the numbers are") ||
			!strings.Contains(text, "98%") {
			t.Errorf("got\n%s", text)
		}
		s.close()
	})
}

// TestTheRootCauseIsFirst: the newest exception says only that there is no other
// try; the cause came with it.
func TestTheRootCauseIsFirst(t *testing.T) {
	server := flinktest.New(t)
	server.Jobs = []flinktest.Job{orders()}
	synctest.Test(t, func(t *testing.T) {
		_, job := look(t, server)
		s := open(t, flinkjob.New(newEnv(t), job), 140, 36)
		s.pass(time.Second)
		s.press("4")
		s.pass(time.Second)
		text := s.text()
		first := strings.Index(text, "schema 1187")
		if first < 0 || first > strings.Index(text, "io.acme.Wrapped") {
			t.Errorf("the root cause is not first:\n%s", text)
		}
		s.press("enter")
		if open, ok := s.last.(views.OpenMsg); !ok || open.Title != "log of the JobManager" {
			t.Errorf("enter sent %#v", s.last)
		}
		s.close()
	})
}

// TestSubtasksFollowTheCursor: those of the vertex under it are below the boxes, and
// a vertex that was opened and left leaves the graph as live as it was.
func TestSubtasksFollowTheCursor(t *testing.T) {
	server := flinktest.New(t)
	server.Jobs = []flinktest.Job{orders()}
	synctest.Test(t, func(t *testing.T) {
		_, job := look(t, server)
		s := open(t, flinkjob.New(newEnv(t), job), 140, 36)
		s.pass(3 * time.Second)
		s.press("right")
		s.pass(time.Second)
		if text := s.text(); !strings.Contains(text, "── Enrich ──") || !strings.Contains(text, "98%    0%   10%") {
			t.Errorf("the subtasks of Enrich are not there:\n%s", text)
		}
		s.press("enter")
		s.pass(time.Second)
		server.Forget()
		s.pass(25 * time.Second)
		if n := server.Count("GET /jobs/" + job.ID + "/vertices/v1"); n != 0 {
			t.Errorf("the graph is hidden and asked %d times", n)
		}
		if cmd, had := s.view.(views.Escaper).Escape(); had {
			s.run(cmd)
		} else {
			t.Error("esc does not leave the vertex")
		}
		server.Forget()
		s.pass(25 * time.Second)
		if n := server.Count("GET /jobs/" + job.ID + "/vertices/v1/subtasks/metrics"); n < 2 {
			t.Errorf("the graph was asked for %d times in 25 s after the vertex was left", n)
		}
		s.close()
	})
}

// TestTheAccumulatorsOfAVertexAreShown, whatever their names hold; a server that does
// not tell them is not asked again.
func TestTheAccumulatorsOfAVertexAreShown(t *testing.T) {
	for _, answers := range []bool{true, false} {
		server := flinktest.New(t)
		server.Jobs = []flinktest.Job{orders()}
		for i := range server.Jobs[0].Vertices {
			server.Jobs[0].Vertices[i].Accumulators = [][2]string{{"lines\x1b[31m", "3400"}, {"words", "12"}}
		}
		if !answers {
			server.Answer = func(path string) (int, string, bool) {
				return 404, `{"errors":["Not found."]}`, strings.HasSuffix(path, "/accumulators")
			}
		}
		synctest.Test(t, func(t *testing.T) {
			_, job := look(t, server)
			s := open(t, flinkjob.New(newEnv(t), job), 140, 36)
			s.pass(3 * time.Second)
			s.press("right", "enter")
			s.pass(20 * time.Second)
			server.Forget()
			s.pass(40 * time.Second)
			text := s.text()
			if shown := strings.Contains(text, "accumulators lines") &&
				strings.Contains(text, "3400 · words 12"); shown != answers || strings.Contains(text, "\x1b[31m3400") {
				t.Errorf("answers %v:\n%s", answers, text)
			}
			n := 0
			for _, a := range server.Asked() {
				if strings.HasSuffix(a, "/accumulators") {
					n++
				}
			}
			if (n > 0) != answers {
				t.Errorf("answers %v: asked %d times in 40 s", answers, n)
			}
			s.close()
		})
	}
}

// TestAJobOfManyVerticesCostsWhatIsSeen: a frame of 2,000 vertices is no dearer than
// one of few.
func TestAJobOfManyVerticesCostsWhatIsSeen(t *testing.T) {
	server := flinktest.New(t)
	job := flinktest.Job{ID: "a1", Name: "huge", State: "RUNNING"}
	for i := range 2000 {
		v := flinktest.Vertex{
			ID: fmt.Sprint("v", i), Name: fmt.Sprint("Operator ", i), Parallelism: 1, Busy: 100, Back: 0,
		}
		if i > 0 {
			v.Inputs, v.Ship = []string{fmt.Sprint("v", i-1-i%7)}, "HASH"
			if i-1-i%7 < 0 {
				v.Inputs = []string{"v0"}
			}
		}
		job.Vertices = append(job.Vertices, v)
	}
	server.Jobs = []flinktest.Job{job}
	synctest.Test(t, func(t *testing.T) {
		_, job := look(t, server)
		s := open(t, flinkjob.New(newEnv(t), job), 140, 36)
		s.pass(2 * time.Second)
		frames := testing.AllocsPerRun(20, func() {
			_ = s.view.Update(keymap.Message("right"))
			_ = s.view.View()
		})
		if frames > 3000 {
			t.Errorf("%.0f allocations a key, want 3000 at most", frames)
		}
		if text := s.text(); !strings.Contains(text, "Operator") {
			t.Errorf("got\n%s", text)
		}
		s.close()
	})
}

// TestAJobThatWaitsKeepsItsEdges: one that an adaptive scheduler has wait for slots is
// told without them.
func TestAJobThatWaitsKeepsItsEdges(t *testing.T) {
	server := flinktest.New(t)
	server.Jobs = []flinktest.Job{orders()}
	synctest.Test(t, func(t *testing.T) {
		_, job := look(t, server)
		s := open(t, flinkjob.New(newEnv(t), job), 140, 36)
		s.pass(4 * time.Second)
		server.Change(func(f *flinktest.Server) {
			f.Jobs[0].State = "CREATED"
			for i := range f.Jobs[0].Vertices {
				f.Jobs[0].Vertices[i].Inputs = nil
			}
		})
		s.pass(5 * time.Second)
		if text := s.text(); !strings.Contains(text, "HASH") || !strings.Contains(text, "CREATED") {
			t.Errorf("the boxes lost their edges:\n%s", text)
		}
		server.Change(func(f *flinktest.Server) { f.Jobs[0].Vertices = f.Jobs[0].Vertices[:1] })
		s.pass(5 * time.Second)
		if text := s.text(); strings.Contains(text, "HASH") {
			t.Errorf("another graph has the edges of before:\n%s", text)
		}
		s.close()
	})
}

// TestWhateverAProxyAnswersTheLastDataStay: that of an application that is suspended
// answers with any code, in JSON, HTML or nothing. There is one message.
func TestWhateverAProxyAnswersTheLastDataStay(t *testing.T) {
	bodies := map[string]string{
		"json": `{"errors":["no cluster"]}`, "other json": `{"message":"suspended"}`, "html": "<html>\x1b[2J</html>",
		"nothing": "",
	}
	for _, code := range []int{
		200, 204, 301, 400, 401, 403, 404, 405, 409, 410, 418, 429, 500, 501, 502, 503, 504, 599,
	} {
		for kind, body := range bodies {
			server := flinktest.New(t)
			server.Jobs = []flinktest.Job{orders()}
			synctest.Test(t, func(t *testing.T) {
				_, job := look(t, server)
				s := open(t, flinkjob.New(newEnv(t), job), 140, 36)
				s.pass(4 * time.Second)
				server.Change(func(f *flinktest.Server) {
					f.Answer = func(string) (int, string, bool) { return code, body, true }
				})
				s.pass(15 * time.Second)
				for _, key := range []string{"2", "3", "4", "6", "7", "1"} {
					s.press(key)
					s.pass(12 * time.Second)
				}
				text := s.text()
				if !strings.Contains(text, "Enrich is the bottleneck") || strings.ContainsRune(text, '\x1b') {
					t.Errorf("%d with %s: the last numbers are gone\n%s", code, kind, text)
				}
				if n := strings.Count(text, "old:"); n != 1 {
					t.Errorf("%d with %s: %d messages\n%s", code, kind, n, text)
				}
				s.close()
			})
		}
	}
}

// TestASubtaskTellsItsTimeInEachState: each has a column, and the one under the cursor
// a line, at every size; a version that does not tell it has "—".
func TestASubtaskTellsItsTimeInEachState(t *testing.T) {
	for _, none := range []bool{false, true} {
		for _, size := range [][2]int{{80, 22}, {220, 46}} {
			server := flinktest.New(t)
			server.Jobs, server.NoStates = []flinktest.Job{orders()}, none
			synctest.Test(t, func(t *testing.T) {
				_, job := look(t, server)
				s := open(t, flinkjob.New(newEnv(t), job), size[0], size[1])
				s.pass(3 * time.Second)
				s.press("right", "enter")
				s.pass(3 * time.Second)
				if size[0] == 80 {
					s.press("down")
				} else {
					s.press("right", "j")
				}
				text := s.text()
				flat := strings.Join(strings.Fields(strings.ReplaceAll(text, "│", " ")), " ")
				want := "subtask 1 created 30ms · scheduled 168ms · deploying 254ms · initializing 3.2s · running 9m 46s"
				if none {
					want = "subtask 1 — of its time in each state"
				}
				if !strings.Contains(flat, want) {
					t.Errorf("version without states %v, at %v: want %q in\n%s", none, size, want, text)
				}
				if columns := strings.Contains(flat, "200ms 9m 49s") &&
					strings.Contains(flat, "3.2s 9m 46s"); columns == none && size[0] == 220 {
					t.Errorf("version without states %v: the columns are\n%s", none, text)
				}
				s.close()
			})
		}
	}
}

// TestAWatchedMetricIsAColumnOfSubtasks, so that subtasks are sorted by any metric:
// it is asked for in as few requests as Flink's longest line allows, and no longer when
// it is given up.
func TestAWatchedMetricIsAColumnOfSubtasks(t *testing.T) {
	server := flinktest.New(t)
	job := orders()
	job.Vertices[2].Parallelism = 300
	server.Jobs = []flinktest.Job{job}
	synctest.Test(t, func(t *testing.T) {
		_, job := look(t, server)
		s := open(t, flinkjob.New(newEnv(t), job), 140, 36)
		s.pass(3 * time.Second)
		s.press("right", "enter")
		s.pass(time.Second)
		s.press("5") // the metrics of the vertex that was open
		s.pass(time.Second)
		if text := s.text(); !strings.Contains(text, "Enrich, sums over its subtasks") {
			t.Fatalf("not the metrics of the vertex:\n%s", text)
		}
		s.press("down", "enter")
		s.pass(time.Second)
		server.Forget()
		s.press("1")
		s.pass(9 * time.Second)
		asked := 0
		for _, a := range server.Asked() {
			if strings.HasPrefix(a, "GET /jobs/"+job.ID+"/vertices/v3/metrics?get=") {
				asked++
				if len(a) > 4000 {
					t.Errorf("a line of %d bytes: Flink takes 4,096", len(a))
				}
			}
		}
		if asked == 0 || asked > 4 {
			t.Errorf("300 subtasks took %d requests in a round", asked)
		}
		for range 20 {
			if strings.Contains(s.text(), "numRecordsInPerSecond ↑") {
				break
			}
			s.press("o")
		}
		s.press("O", "g")
		text := s.text()
		if !strings.Contains(text, "numRecordsInPerSecond ↓") || !strings.Contains(text, "30000") {
			t.Errorf("subtasks are not sorted by a watched metric:\n%s", text)
		}
		s.press("5", "enter", "1")
		server.Forget()
		s.pass(25 * time.Second)
		if n := server.Count("GET /jobs/" + job.ID +
			"/vertices/v3/metrics?"); n > 0 || strings.Contains(s.text(), "numRecordsIn") {
			t.Errorf("a metric that was given up is asked for %d times:\n%s", n, s.text())
		}
		s.close()
	})
}

// TestNothingOfAnEndedJobHasTheColoursOfNow: what was red while it ran is grey, in the
// graph, among the worst subtasks, and in a vertex.
func TestNothingOfAnEndedJobHasTheColoursOfNow(t *testing.T) {
	for name, keys := range map[string][]string{"graph": {"right"}, "top": {"2"}, "vertex": {"right", "enter"}} {
		server := flinktest.New(t)
		server.Jobs = []flinktest.Job{orders()}
		synctest.Test(t, func(t *testing.T) {
			_, job := look(t, server)
			env := newEnv(t)
			red, _, _ := strings.Cut(env.Theme.Tone(themes.Bad).Render("x"), "x")
			amber, _, _ := strings.Cut(env.Theme.Tone(themes.Warn).Render("x"), "x")
			s := open(t, flinkjob.New(env, job), 140, 36)
			s.pass(3 * time.Second)
			s.press(keys...)
			s.pass(3 * time.Second)
			if out := s.view.View(); red == "" || !strings.Contains(out, red) {
				t.Fatalf("%s: nothing is red while the job runs", name)
			}
			server.Change(func(f *flinktest.Server) { f.Jobs[0].State, f.Jobs[0].Ended = "FINISHED", true })
			s.pass(20 * time.Second)
			out := s.view.View()
			if strings.Contains(out, red) || strings.Contains(out, amber) || !strings.Contains(clean.Plain(out), "98%") {
				t.Errorf("%s: the last numbers are not grey, or are lost:\n%s", name, clean.Plain(out))
			}
			s.close()
		})
	}
}

// TestAJobThatWaitedGetsItsEdges: it was opened while it waited for slots, when Flink
// tells no plan.
func TestAJobThatWaitedGetsItsEdges(t *testing.T) {
	for _, vertices := range []int{4, 40} { // a large job is asked for less often
		server := flinktest.New(t)
		job := orders()
		for i := len(job.Vertices); i < vertices; i++ {
			job.Vertices = append(job.Vertices, flinktest.Vertex{ID: fmt.Sprint("w", i), Name: "more", Parallelism: 1})
		}
		whole := job.Vertices
		job.State, job.Vertices = "CREATED", nil
		for _, v := range whole {
			v.Inputs = nil
			job.Vertices = append(job.Vertices, v)
		}
		server.Jobs = []flinktest.Job{job}
		synctest.Test(t, func(t *testing.T) {
			_, job := look(t, server)
			s := open(t, flinkjob.New(newEnv(t), job), 140, 60)
			s.pass(4 * time.Second)
			if text := s.text(); strings.Contains(text, "HASH") || !strings.Contains(text, "edges come with its slots") {
				t.Errorf("a job that waits:\n%s", text)
			}
			server.Change(func(f *flinktest.Server) { f.Jobs[0].State, f.Jobs[0].Vertices = "RUNNING", whole })
			s.pass(4 * time.Second)
			if text := s.text(); !strings.Contains(text, "HASH") || strings.Contains(text, "with its slots") {
				t.Errorf("%d vertices: it has its slots, and no edges:\n%s", vertices, text)
			}
			s.close()
		})
	}
}
