package embedded

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/client/flinkrest"
	"drey/server/engine"
)

// viewed hands the calls of client/flinkrest to the engine, as flink-web-ui does.
type viewed struct {
	t      *testing.T
	engine *Engine
	job    engine.Job
}

func (v viewed) Do(
	ctx context.Context, _, path string, query url.Values, _ *flinkrest.Body,
) (int, io.ReadCloser, error) {
	status, answer := v.engine.ViewJob(ctx, v.job, strings.Split(strings.Trim(path, "/"), "/"), query)
	if text, ok := answer.(string); ok {
		return status, io.NopCloser(strings.NewReader(text)), nil
	}
	body, err := json.Marshal(answer)
	if err != nil {
		v.t.Error(err)
	}
	return status, io.NopCloser(bytes.NewReader(body)), nil
}

const viewedID = "0123456789abcdef0123456789abcdef"

// viewOfStandIn is a stand-in that was submitted so long ago.
func viewOfStandIn(t *testing.T, ran time.Duration, conf map[string]string) flinkrest.JobManager {
	t.Helper()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	e, err := New(Options{Dir: t.TempDir(), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	whole := map[string]string{
		"execution.checkpointing.interval": "60 s", "taskmanager.numberOfTaskSlots": "2", "s3.secret-key": "hidden",
	}
	maps.Copy(whole, conf)
	spec, err := json.Marshal(map[string]any{
		"job": map[string]any{"entryClass": "io.acme.EnrichJob", "parallelism": 5}, "flinkConfiguration": whole,
	})
	if err != nil {
		t.Fatal(err)
	}
	job := engine.Job{
		ID: viewedID, Environment: "prod", Application: "clicks", Spec: cmf.Object(spec), SubmittedAt: now.Add(-ran),
	}
	return flinkrest.JobManager{Transport: viewed{t, e, job}}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestTheNumbersOfAStandInAgree: what a vertex writes is what the next one reads,
// and wholes are the sums of their parts, however the load is and however long the
// job ran.
func TestTheNumbersOfAStandInAgree(t *testing.T) {
	for _, load := range []string{"", "even", "skewed", "back-pressured"} {
		for _, ran := range []time.Duration{4 * time.Second, 97 * time.Second, 41*24*time.Hour + 13*time.Second} {
			t.Run(fmt.Sprint(load, ran), func(t *testing.T) {
				m := viewOfStandIn(t, ran, map[string]string{KeyLoad: load, KeyRate: "12345"})
				job := must[flinkrest.Job](t)(m.Job(t.Context(), viewedID))
				if job.State != "RUNNING" || len(job.Vertices) != 3 || !job.AllRunning() {
					t.Fatalf("got %+v", job)
				}
				var before flinkrest.Vertex
				for n, x := range job.Vertices {
					v := must[flinkrest.Vertex](t)(m.Vertex(t.Context(), viewedID, x.ID))
					var in, out, back, idle int64
					for i, s := range v.Subtasks {
						in, out, back, idle = in+s.IO.ReadRecords, out+s.IO.WriteRecords, back+
							s.IO.Backpressured, idle+s.IO.Idle
						if spent := float64(s.IO.Backpressured+s.IO.Idle) + float64(s.IO.Busy); spent >
							float64(ran.Milliseconds()) {
							t.Errorf("subtask %d spent %f ms in %s", i, spent, ran)
						}
						if parts := s.InState["DEPLOYING"] + s.InState["INITIALIZING"] + s.InState["RUNNING"]; parts != s.Duration {
							t.Errorf("subtask %d was %d ms in states, and %d ms in all", i, parts, s.Duration)
						}
						if n == 2 && s.IO.ReadRecords != before.Subtasks[i].IO.WriteRecords {
							t.Errorf(
								"FORWARD: subtask %d reads %d of %d", i, s.IO.ReadRecords,
								before.Subtasks[i].IO.WriteRecords,
							)
						}
					}
					if in != x.IO.ReadRecords || out != x.IO.WriteRecords || back != x.IO.Backpressured ||
						idle != x.IO.Idle || float64(v.Aggregated.IO["read-records"].Sum) != float64(in) {
						t.Errorf("%s is not the sum of its subtasks: %+v, %d in, %d out", x.Name, x.IO, in, out)
					}
					if n > 0 && in != job.Vertices[n-1].IO.WriteRecords {
						t.Errorf("%s reads %d records of %d", x.Name, in, job.Vertices[n-1].IO.WriteRecords)
					}
					before = v
				}
				checkParts(t, m, job)
			})
		}
	}
}

// checkParts compares a checkpoint with its vertices, and those with their subtasks.
func checkParts(t *testing.T, m flinkrest.JobManager, job flinkrest.Job) {
	t.Helper()
	list := must[flinkrest.Checkpoints](t)(m.Checkpoints(t.Context(), viewedID))
	if list.Counts.Total != list.Counts.Completed+list.Counts.Failed ||
		(len(list.History) > 0) != (list.Counts.Total > 0) {
		t.Errorf("got %+v", list.Counts)
	}
	for _, c := range list.History {
		whole := must[flinkrest.Checkpoint](t)(m.Checkpoint(t.Context(), viewedID, c.ID))
		var size int64
		for _, x := range job.Vertices {
			size += whole.Tasks[x.ID].Size
			var parts int64
			for _, s := range must[[]flinkrest.SubtaskCheckpoint](t)(m.CheckpointSubtasks(
				t.Context(), viewedID, c.ID, x.ID,
			)) {
				parts += s.Size
			}
			if parts != whole.Tasks[x.ID].Size {
				t.Errorf("checkpoint %d of %s: %d bytes in parts of %d", c.ID, x.Name, parts, whole.Tasks[x.ID].Size)
			}
		}
		if size != whole.Size || size != c.Size {
			t.Errorf("checkpoint %d: %d bytes in vertices of %d", c.ID, size, whole.Size)
		}
	}
}

// TestAStandInShowsItsTrouble: a skew, a bottleneck, checkpoints that fail.
func TestAStandInShowsItsTrouble(t *testing.T) {
	names := []string{"busyTimeMsPerSecond", "backPressuredTimeMsPerSecond", "numRecordsInPerSecond"}
	metrics := func(load string, vertex int) map[string]flinkrest.Aggregate {
		m := viewOfStandIn(t, time.Hour, map[string]string{KeyLoad: load})
		return must[map[string]flinkrest.Aggregate](t)(m.SubtaskMetrics(
			t.Context(), viewedID, vertexID(viewedID, vertex), names...,
		))
	}
	if even, skewed := metrics("even", 1), metrics("skewed", 1); even[names[2]].Skew > 1 ||
		skewed[names[2]].Skew < 30 || skewed[names[0]].Max != 1000 {
		t.Errorf("skew: got %+v and %+v", even, skewed)
	}
	if source, middle := metrics("back-pressured", 0), metrics("back-pressured", 1); source[names[1]].Max < 500 ||
		middle[names[0]].Max < 900 || middle[names[1]].Max != 0 {
		t.Errorf("bottleneck: got %+v and %+v", source, middle)
	}
	m := viewOfStandIn(t, time.Hour, map[string]string{KeyCheckpointFails: "true"})
	if c := must[flinkrest.Checkpoints](t)(m.Checkpoints(t.Context(), viewedID)); c.Counts.Completed != 0 ||
		c.Counts.Failed != 59 || c.Latest.Completed != nil || c.History[0].Message == "" {
		t.Errorf("checkpoints: got %+v", c)
	}
	m = viewOfStandIn(t, time.Minute, map[string]string{KeyFailAfter: "10 s", "restart-strategy.type": "none"})
	if x := must[[]flinkrest.Exception](t)(m.Exceptions(t.Context(), viewedID)); len(x) != 1 ||
		!strings.Contains(x[0].Stack, "told to fail") {
		t.Errorf("exceptions: got %+v", x)
	}
	if got := must[map[string]flinkrest.Aggregate](t)(m.SubtaskMetrics(
		t.Context(), viewedID, vertexID(viewedID, 1), names...,
	)); len(got) != 0 {
		t.Errorf("an ended job has metrics: %v", got)
	}
}

// TestAStandInHasItsProcesses and no secret of its configuration.
func TestAStandInHasItsProcesses(t *testing.T) {
	m := viewOfStandIn(t, time.Hour, nil)
	all := must[[]flinkrest.TaskManager](t)(m.TaskManagers(t.Context()))
	used := 0
	for _, tm := range all {
		one := must[flinkrest.TaskManager](t)(m.TaskManager(t.Context(), tm.ID))
		used += len(one.Allocated)
		if tm.Slots-tm.Free != len(one.Allocated) || one.Metrics == nil {
			t.Errorf("got %+v", one)
		}
	}
	if o := must[flinkrest.Overview](t)(m.Overview(t.Context())); len(all) != 3 || used != 5 || o.TaskManagers != 3 ||
		o.Slots-o.Free != used || !strings.Contains(o.Version, "stand-in") {
		t.Errorf("%d task managers, %d slots used, %+v", len(all), used, o)
	}
	if _, err := m.TaskManager(t.Context(), "nope"); !flinkrest.NotFound(err) {
		t.Errorf("got %v", err)
	}
	for _, s := range must[[]flinkrest.Setting](t)(m.Config(t.Context())) {
		if s.Value == "hidden" {
			t.Errorf("%s is shown", s.Key)
		}
	}
	logs := must[[]flinkrest.LogFile](t)(m.Logs(t.Context(), ""))
	body := must[io.ReadCloser](t)(m.Log(t.Context(), "", logs[0].Name))
	if text, err := io.ReadAll(body); err != nil || int64(len(text)) != logs[0].Size ||
		!strings.Contains(string(text), "stand-in") {
		t.Errorf("got %q, %v", text, err)
	}
}

// TestTheAnswersHaveFlinksShape compares their members with what Flink 2.2.1 gave:
// none is made up.
func TestTheAnswersHaveFlinksShape(t *testing.T) {
	m := viewOfStandIn(t, time.Hour, nil)
	vertex := vertexID(viewedID, 1)
	for path, file := range map[string]string{
		"jobs/" + viewedID: "job", "jobs/overview": "jobs-overview-after", "overview": "overview", "config": "config",
		"jobs/" + viewedID + "/vertices/" + vertex:                        "vertex",
		"jobs/" + viewedID + "/vertices/" + vertex + "/backpressure":      "backpressure",
		"jobs/" + viewedID + "/checkpoints":                               "checkpoints",
		"jobs/" + viewedID + "/checkpoints/config":                        "checkpoints-config",
		"jobs/" + viewedID + "/checkpoints/details/59":                    "checkpoint",
		"jobs/" + viewedID + "/checkpoints/details/59/subtasks/" + vertex: "checkpoint-subtasks",
		"taskmanagers": "taskmanagers", "taskmanagers/clicks-taskmanager-1-1": "taskmanager",
		"jobs/" + viewedID + "/config": "job-config",
	} {
		status, body, err := m.Do(t.Context(), "GET", "/"+path, nil, nil)
		if err != nil || status != 200 {
			t.Errorf("%s: %d, %v", path, status, err)
			continue
		}
		var got, real any
		if err := json.NewDecoder(body).Decode(&got); err != nil {
			t.Fatal(err)
		}
		recorded, err := os.ReadFile(filepath.Join(
			"..", "..", "..", "client", "flinkrest", "testdata", "flink-2.2.1", file+".json",
		))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(recorded, &real); err != nil {
			t.Fatal(err)
		}
		compareShape(t, path, got, real)
	}
}

// named are the objects whose members are names: of states, metrics, vertices.
var named = []string{
	"timestamps", "tasks", "status-counts", "status-duration", "user-config", "memoryConfiguration",
	"extendedResources",
}

func compareShape(t *testing.T, at string, got, real any) {
	t.Helper()
	switch got := got.(type) {
	case map[string]any:
		r, ok := real.(map[string]any)
		if !ok {
			if real != nil {
				t.Errorf("%s is an object, Flink's is %T", at, real)
			}
			return
		}
		if slices.Contains(named, at[strings.LastIndexByte(at, '.')+1:]) {
			return
		}
		for key, value := range got {
			of, known := r[key]
			if !known {
				t.Errorf("%s.%s: Flink has no such member", at, key)
				continue
			}
			compareShape(t, at+"."+key, value, of)
		}
	case []any:
		r, ok := real.([]any)
		if !ok || len(got) == 0 || len(r) == 0 {
			return
		}
		compareShape(t, at, got[0], r[0])
	}
}

// TestNothingIsMadeUpOfAStatement: its state is known, its load is not.
func TestNothingIsMadeUpOfAStatement(t *testing.T) {
	e, err := New(Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	run := engine.StatementRun{ID: viewedID, Environment: "prod", Name: "q", SQL: "SELECT 1", SubmittedAt: time.Now()}
	if _, err := e.Statements().Prepare(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if err := e.Statements().Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	m := flinkrest.JobManager{Transport: viewed{t, e, engine.Job{
		ID: run.ID, Application: run.Name, SubmittedAt: run.SubmittedAt, Run: &run,
	}}}
	job := must[flinkrest.Job](t)(m.Job(t.Context(), viewedID))
	if job.State == "" || len(job.Vertices) != 1 || job.Vertices[0].IO.ReadComplete || job.Vertices[0].IO.Busy.Known() {
		t.Errorf("got %+v", job)
	}
	if got := must[map[string]flinkrest.Aggregate](t)(m.SubtaskMetrics(
		t.Context(), viewedID, job.Vertices[0].ID, "busyTimeMsPerSecond",
	)); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}
