package flinkrest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drey/client/flinkrest"
)

// TestEachVersionIsRead: answers of other versions than the pinned one, all recorded of
// one running job with two vertices on an adaptive scheduler.
func TestEachVersionIsRead(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("testdata", "flink-*"))
	if err != nil || len(folders) < 3 {
		t.Fatalf("got %q, %v", folders, err)
	}
	for _, folder := range folders {
		version := strings.TrimPrefix(filepath.Base(folder), "flink-")
		if version == "2.2.1" {
			continue // it has tests of its own
		}
		t.Run(version, func(t *testing.T) { readVersion(t, folder, version) })
	}
}

// idIn is the id that a recorded document has as its own.
func idIn(t *testing.T, folder, file, key string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, file+".json"))
	var document map[string]any
	if err == nil {
		err = json.Unmarshal(text, &document)
	}
	id, ok := document[key].(string)
	if err != nil || !ok {
		t.Fatalf("%s has no %s: %v", file, key, err)
	}
	return id
}

func readVersion(t *testing.T, folder, version string) {
	job, vertex := idIn(t, folder, "job", "jid"), idIn(t, folder, "vertex", "id")
	of, on := "/jobs/"+job, "/jobs/"+job+"/vertices/"+vertex
	files := map[string]string{
		"/overview": "overview", "/config": "config", "/jobs/overview": "jobs-overview", of: "job",
		of + "/exceptions": "exceptions", of + "/metrics": "job-metrics",
		of + "/checkpoints": "checkpoints", of + "/checkpoints/config": "checkpoints-config",
		of + "/resource-requirements": "resource-requirements",
		on:                            "vertex", on + "/backpressure": "backpressure", on + "/watermarks": "watermarks",
		on + "/accumulators": "accumulators", on + "/subtasks/metrics": "subtask-metrics",
		"/taskmanagers": "taskmanagers", "/taskmanagers/tm-1": "taskmanager",
		"/jobmanager/logs": "jobmanager-logs", "/jars": "jars", "/v2/info": "gateway-info",
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, status := files[r.URL.Path], http.StatusOK
		if refusal, ok := refusals[r.URL.Path]; ok {
			name, status = refusal.file, refusal.status
		}
		text, err := os.ReadFile(filepath.Join(folder, name+".json"))
		if err != nil {
			t.Errorf("%s was not recorded", r.URL.Path)
		}
		w.WriteHeader(status)
		_, _ = w.Write(text)
	}))
	t.Cleanup(server.Close)
	m, ctx := flinkrest.JobManager{Transport: plain{server.URL}}, t.Context()

	d, overview := must[flinkrest.Dashboard](t)(m.Dashboard(ctx)), must[flinkrest.Overview](t)(m.Overview(ctx))
	if d.Version != version || overview.Version != version || overview.Running != 1 || !d.Features.Submit ||
		!d.Features.Cancel {
		t.Errorf("got %+v and %+v", d, overview)
	}
	if info, err := (flinkrest.Gateway{Transport: plain{server.URL}}).Info(ctx); err != nil || info.Version != version {
		t.Errorf("the gateway: %+v, %v", info, err)
	}
	if jobs := must[[]flinkrest.JobSummary](t)(m.Jobs(ctx)); len(jobs) == 0 || jobs[0].Start <= 0 ||
		jobs[0].Tasks["total"] == 0 {
		t.Errorf("got %+v", jobs)
	}
	j := must[flinkrest.Job](t)(m.Job(ctx, job))
	edges := 0
	for _, n := range j.Plan.Nodes {
		edges += len(n.Inputs)
	}
	if !j.AllRunning() || len(j.Vertices) != 2 || edges != 1 || j.Now <= 0 {
		t.Errorf("got %+v", j)
	}
	v := must[flinkrest.Vertex](t)(m.Vertex(ctx, job, vertex))
	if len(v.Subtasks) == 0 || v.Subtasks[0].TaskManager != "tm-1" || v.Subtasks[0].Status != "RUNNING" {
		t.Errorf("got %+v", v)
	}
	if b := must[flinkrest.Backpressure](t)(m.Backpressure(ctx, job, vertex)); len(b.Subtasks) != len(v.Subtasks) {
		t.Errorf("got %+v", b)
	}
	if w := must[[]flinkrest.Watermark](t)(m.Watermarks(ctx, job, vertex)); len(w) != len(v.Subtasks) || !w[0].Known {
		t.Errorf("got %+v", w)
	}
	metrics := must[map[string]flinkrest.Aggregate](t)(m.SubtaskMetrics(ctx, job, vertex, "x"))
	for _, name := range []string{"busyTimeMsPerSecond", "currentInputWatermark", "numRecordsInPerSecond"} {
		if _, ok := metrics[name]; !ok {
			t.Errorf("there is no %s: %+v", name, metrics)
		}
	}
	if values := must[map[string]flinkrest.Number](t)(m.Metrics(
		ctx, flinkrest.OfJob(job), "x",
	)); values["numberOfCompletedCheckpoints"] < 1 {
		t.Errorf("got %+v", values)
	}
	taken := must[flinkrest.Checkpoints](t)(m.Checkpoints(ctx, job))
	if c := taken.Latest.Completed; c == nil || c.Size <= 0 || c.Path == "" || len(taken.History) == 0 {
		t.Errorf("got %+v", taken)
	}
	// it was rescaled meanwhile
	if r := must[flinkrest.Requirements](t)(m.Requirements(ctx, job)); len(r) != 2 || r[vertex].Parallelism.Upper < 1 {
		t.Errorf("got %+v", r)
	}
	managers := must[[]flinkrest.TaskManager](t)(m.TaskManagers(ctx))
	if tm := must[flinkrest.TaskManager](t)(m.TaskManager(ctx, "tm-1")); len(managers) != 1 || tm.Slots != 16 ||
		managers[0].Slots != tm.Slots {
		t.Errorf("got %+v and %+v", managers, tm)
	}
	_ = must[[]flinkrest.Exception](t)(m.Exceptions(ctx, job))
	_ = must[[]flinkrest.Accumulator](t)(m.Accumulators(ctx, job, vertex))
	if jars := must[[]flinkrest.Jar](t)(m.Jars(ctx)); len(jars) != 1 || !strings.HasSuffix(jars[0].ID, jars[0].Name) {
		t.Errorf("got %+v", jars)
	}
	if _, err := m.Job(ctx, strings.Repeat("0", 32)); !flinkrest.NotFound(err) {
		t.Errorf("an unknown job: %v", err)
	}
	if _, err := m.TaskManager(ctx, "nope"); !flinkrest.NotFound(err) {
		t.Errorf("an unknown task manager: %v", err)
	}
}
