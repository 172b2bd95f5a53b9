package flinkrest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drey/client/flinkrest"
)

// plain is a transport without anything.
type plain struct{ base string }

func (p plain) Do(
	ctx context.Context, method, path string, query url.Values, body *flinkrest.Body,
) (int, io.ReadCloser, error) {
	var content io.Reader
	if body != nil {
		content = body.Content
	}
	req, err := http.NewRequestWithContext(ctx, method, p.base+path+"?"+query.Encode(), content)
	if err != nil {
		return 0, nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	return resp.StatusCode, resp.Body, nil
}

const (
	job    = "239378bee8fc1c07df2638deca7e36c2"
	source = "cbc357ccb763df2852fee8c4fc7d55f2"
)

// recorded are the files of testdata by the requests that they answered.
var recorded = map[string]string{
	"/overview": "overview", "/config": "config", "/jobs/overview": "jobs-overview-after", "/jobs/" + job: "job",
	"/jobs/" + job + "/config": "job-config", "/jobs/" + job + "/checkpoints": "checkpoints",
	"/jobs/" + job + "/checkpoints/config": "checkpoints-config", "/jobs/" + job + "/checkpoints/details/10": "checkpoint",
	"/jobs/" + job + "/checkpoints/details/10/subtasks/" + source: "checkpoint-subtasks",
	"/jobs/failed/exceptions":                                     "failed-exceptions",
	"/jobs/" + job + "/vertices/" + source:                        "vertex",
	"/jobs/" + job + "/vertices/" + source + "/backpressure":      "backpressure",
	"/jobs/" + job + "/vertices/" + source + "/subtasks/metrics":  "subtask-metrics",
	"/jobs/" + job + "/metrics":                                   "job-metrics",
	"/jobs/names/metrics":                                         "job-metric-names",
	"/taskmanagers":                                               "taskmanagers", "/taskmanagers/tm-1": "taskmanager",
	"/taskmanagers/tm-1/metrics":     "taskmanager-metrics",
	"/taskmanagers/tm-1/thread-dump": "taskmanager-threads", "/jobmanager/logs": "jobmanager-logs",
	"/jobmanager/config": "jobmanager-config", "/jars": "jars", "/v2/info": "gateway-info",
}

// refusals are those that came with a status.
var refusals = map[string]struct {
	status int
	file   string
}{
	"/jobs/00000000000000000000000000000000": {404, "unknown-job"}, "/jobs/x": {400, "malformed"},
	"/taskmanagers/nope": {500, "unknown-taskmanager"},
}

// flink serves the answers of testdata.
func flink(t *testing.T) (flinkrest.JobManager, flinkrest.Gateway) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, status := recorded[r.URL.Path], http.StatusOK
		if refusal, ok := refusals[r.URL.Path]; ok {
			name, status = refusal.file, refusal.status
		}
		text, err := os.ReadFile(filepath.Join("testdata", "flink-2.2.1", name+".json"))
		if r.URL.Path == "/jobmanager/logs/jobmanager.log" {
			text, err = []byte("a line\n"), nil
		}
		if err != nil {
			t.Errorf("%s was not recorded", r.URL.Path)
			status = http.StatusNotFound
		}
		w.WriteHeader(status)
		_, _ = w.Write(text)
	}))
	t.Cleanup(server.Close)
	return flinkrest.JobManager{Transport: plain{server.URL}}, flinkrest.Gateway{Transport: plain{server.URL}}
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

func TestAClusterIsRead(t *testing.T) {
	m, g := flink(t)
	if o := must[flinkrest.Overview](t)(m.Overview(t.Context())); o.TaskManagers != 1 || o.Slots != 16 ||
		o.Free != 14 || o.Running != 1 || o.Finished != 1 || o.Version != "2.2.1" || o.Commit != "450c63e" {
		t.Errorf("got %+v", o)
	}
	if d := must[flinkrest.Dashboard](t)(m.Dashboard(t.Context())); d.Version != "2.2.1" || !d.Features.Submit ||
		!d.Features.Cancel || d.Features.Rescale || d.Features.History {
		t.Errorf("got %+v", d)
	}
	all := must[[]flinkrest.TaskManager](t)(m.TaskManagers(t.Context()))
	if len(all) != 1 || all[0].ID != "tm-1" || all[0].Slots != 16 || all[0].Free != 14 || all[0].Total.Heap != 640 ||
		all[0].Unused.CPU != 1.75 ||
		all[0].Hardware.CPU != 2 || all[0].Memory["taskHeap"] != 671088640 || flinkrest.Millis(
		all[0].Heartbeat,
	).Year() != 2026 {
		t.Errorf("got %+v", all)
	}
	one := must[flinkrest.TaskManager](t)(m.TaskManager(t.Context(), "tm-1"))
	if one.Metrics == nil || one.Metrics.HeapUsed == 0 || one.Metrics.HeapMax == 0 ||
		len(one.Metrics.Collections) == 0 || len(one.Allocated) != 2 || one.Allocated[0].Job != job {
		t.Errorf("got %+v, %+v", one.Metrics, one.Allocated)
	}
	threads := must[[]flinkrest.Thread](t)(m.Threads(t.Context(), "tm-1"))
	if len(threads) != 2 || threads[0].Name == "" || !strings.Contains(threads[0].Stack, threads[0].Name) {
		t.Errorf("got %+v", threads)
	}
	logs := must[[]flinkrest.LogFile](t)(m.Logs(t.Context(), ""))
	if len(logs) != 6 || logs[4].Name != "jobmanager.log" || logs[4].Size != 60076 ||
		flinkrest.Millis(logs[4].Modified).Year() != 2026 {
		t.Errorf("got %+v", logs)
	}
	log := must[io.ReadCloser](t)(m.Log(t.Context(), "", "jobmanager.log"))
	defer log.Close()
	if text, err := io.ReadAll(log); err != nil || string(text) != "a line\n" {
		t.Errorf("got %q, %v", text, err)
	}
	settings := must[[]flinkrest.Setting](t)(m.Config(t.Context()))
	if len(settings) < 10 || settings[0].Key == "" {
		t.Errorf("got %+v", settings)
	}
	jars := must[[]flinkrest.Jar](t)(m.Jars(t.Context()))
	if len(jars) != 1 || jars[0].Name != "flink-examples-streaming.jar" ||
		!strings.HasSuffix(jars[0].ID, "_"+jars[0].Name) {
		t.Errorf("got %+v", jars)
	}
	if p := must[flinkrest.Product](t)(g.Info(t.Context())); p.Name != "Apache Flink" || p.Version != "2.2.1" {
		t.Errorf("got %+v", p)
	}
}

func TestAJobIsRead(t *testing.T) {
	m, _ := flink(t)
	jobs := must[[]flinkrest.JobSummary](t)(m.Jobs(t.Context()))
	if len(jobs) != 3 || jobs[0].ID == "" || jobs[0].State == "" || jobs[0].Tasks["total"] == 0 {
		t.Errorf("got %+v", jobs)
	}
	j := must[flinkrest.Job](t)(m.Job(t.Context(), job))
	if j.Name != "CarTopSpeedWindowingExample" || j.State != "RUNNING" || j.Type != "STREAMING" || j.End != -1 ||
		len(j.Vertices) != 2 || !j.AllRunning() || j.Slots() != 2 || j.Changed().IsZero() {
		t.Errorf("got %+v", j)
	}
	if v := j.Vertices[0]; v.ID != source || v.Parallelism != 1 || v.Tasks["RUNNING"] != 1 || v.IO.WriteComplete {
		t.Errorf("got %+v", v)
	}
	if n := j.Plan.Nodes; len(n) != 2 || n[0].Inputs[0].ID != source || n[0].Inputs[0].Ship != "HASH" ||
		n[1].PlainDescription() != "Source: Car data generator source\n+- Timestamps/Watermarks" {
		t.Errorf("got %+v", n)
	}
	if e := must[flinkrest.Execution](t)(m.Execution(t.Context(), job)); e.Parallelism != 2 || e.Restart == "" {
		t.Errorf("got %+v", e)
	}
	exceptions := must[[]flinkrest.Exception](t)(m.Exceptions(t.Context(), "failed"))
	causes := flinkrest.Causes(exceptions[0].Stack)
	if len(exceptions) == 0 || exceptions[0].Timestamp == 0 ||
		causes[len(causes)-1].Class != "java.lang.ArithmeticException" {
		t.Errorf("got %+v", exceptions)
	}
}

func TestAVertexIsRead(t *testing.T) {
	m, _ := flink(t)
	v := must[flinkrest.Vertex](t)(m.Vertex(t.Context(), job, source))
	if len(v.Subtasks) != 1 || v.Subtasks[0].TaskManager != "tm-1" || v.Subtasks[0].IO.WriteRecords != 200 ||
		!v.Subtasks[0].IO.WriteComplete ||
		v.Subtasks[0].InState["RUNNING"] == 0 || v.Aggregated.IO["write-records"].Sum != 200 ||
		v.Aggregated.IO["accumulated-idle-time"].P95 != 19515 {
		t.Errorf("got %+v", v)
	}
	b := must[flinkrest.Backpressure](t)(m.Backpressure(t.Context(), job, source))
	if b.Status != "ok" || b.Level != "ok" || len(b.Subtasks) != 1 || b.Subtasks[0].Idle != 1 {
		t.Errorf("got %+v", b)
	}
	metrics := must[map[string]flinkrest.Aggregate](t)(m.SubtaskMetrics(
		t.Context(), job, source, "numRecordsInPerSecond", "busyTimeMsPerSecond",
	))
	if len(metrics) != 2 || !metrics["busyTimeMsPerSecond"].Max.Known() {
		t.Errorf("got %+v", metrics)
	}
	values := must[map[string]flinkrest.Number](t)(m.Metrics(
		t.Context(), flinkrest.OfJob(job), "numRestarts", "uptime",
	))
	if values["uptime"] != 20267 || m.Restarts(t.Context(), job) != 0 {
		t.Errorf("got %+v", values)
	}
	names := must[[]string](t)(m.MetricNames(t.Context(), flinkrest.OfJob("names")))
	if len(names) < 10 || !strings.Contains(strings.Join(names, " "), "lastCheckpointSize") {
		t.Errorf("got %v", names)
	}
	if heap := must[map[string]flinkrest.Number](t)(m.Metrics(
		t.Context(), flinkrest.OfTaskManager("tm-1"), "Status.JVM.Memory.Heap.Used",
	)); heap["Status.JVM.Memory.Heap.Used"] < 1<<20 {
		t.Errorf("got %v", heap)
	}
}

func TestCheckpointsAreRead(t *testing.T) {
	m, _ := flink(t)
	c := must[flinkrest.Checkpoints](t)(m.Checkpoints(t.Context(), job))
	if c.Counts.Completed != 10 || c.Counts.Total != 10 || c.Latest.Completed == nil || c.Latest.Completed.ID != 10 ||
		c.Latest.Savepoint != nil ||
		c.Summary.Duration.Max != 159 || len(c.History) == 0 || c.History[0].Size != 11010 || c.History[0].Triggered == 0 {
		t.Errorf("got %+v", c)
	}
	if one := must[flinkrest.Checkpoint](t)(m.Checkpoint(t.Context(), job, 10)); one.Tasks[source].Size != 265 ||
		one.Status != "COMPLETED" || !strings.HasSuffix(one.Path, "/chk-10") || !one.Discarded {
		t.Errorf("got %+v", one)
	}
	subtasks := must[[]flinkrest.SubtaskCheckpoint](t)(m.CheckpointSubtasks(t.Context(), job, 10, source))
	if len(subtasks) != 1 || subtasks[0].Duration != 35 || subtasks[0].Parts.Async != 6 ||
		subtasks[0].StartDelay != 17 {
		t.Errorf("got %+v", subtasks)
	}
	if conf := must[flinkrest.CheckpointConfig](t)(m.CheckpointConfig(t.Context(), job)); conf.Mode != "exactly_once" ||
		conf.Interval != 2000 || conf.Backend != "HashMapStateBackend" || !conf.Externalized.Enabled {
		t.Errorf("got %+v", conf)
	}
}

func TestRefusalsAreRead(t *testing.T) {
	m, _ := flink(t)
	if _, err := m.Job(t.Context(), "00000000000000000000000000000000"); !flinkrest.NotFound(err) ||
		!strings.Contains(err.Error(), "00000000000000000000000000000000") {
		t.Errorf("an unknown job: got %v", err)
	}
	if _, err := m.Job(t.Context(), "x"); err == nil || flinkrest.NotFound(err) {
		t.Errorf("a malformed id: got %v", err)
	}
	if _, err := m.TaskManager(t.Context(), "nope"); !flinkrest.NotFound(err) {
		t.Errorf("an unknown task manager: got %v", err)
	}
}

func TestNumbersMayBeNone(t *testing.T) {
	for text, want := range map[string]bool{`1.5`: true, `"1.5"`: true, `"NaN"`: false, `null`: false, `1e300`: true} {
		var n flinkrest.Number
		if err := n.UnmarshalJSON([]byte(text)); err != nil || n.Known() != want {
			t.Errorf("%s: got %v, %v", text, n, err)
		}
	}
	var n flinkrest.Number
	if n.UnmarshalJSON([]byte(`"many"`)) == nil {
		t.Error("a word is no number")
	}
}
