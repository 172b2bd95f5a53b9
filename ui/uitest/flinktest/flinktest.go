// Package flinktest is a JobManager for tests: a scenario whose answers have the
// shapes that Flink 2.2.1 gave (client/flinkrest/testdata) and
// specs/flink-2.2/rest_v1_dispatcher.yml describes, and which counts what it is
// asked. It is no Flink: real ones are tried in .ci/flink.
package flinktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Now is the time by the scenario's clock, in milliseconds since 1970.
const Now = int64(1795976400000)

// Vertex is one vertex of a job.
type Vertex struct {
	ID, Name    string
	Parallelism int
	Inputs      []string // ids
	Ship        string
	Busy, Back  any // milliseconds a second, or "NaN"
	In, Out     float64
	Skew        float64
	Watermark   int64 // 0 for none
	// Accumulators are names with values of a LongCounter.
	Accumulators [][2]string
}

// Job is one job.
type Job struct {
	ID, Name, State string
	Vertices        []Vertex
	Exceptions      string // JSON of the history, "" for none
	Ended           bool
	Savepoint       string // what a savepoint or stop comes to: a location, or a failure
}

// Server is a JobManager. Its fields are changed under Lock.
type Server struct {
	sync.Mutex
	URL      string
	Jobs     []Job
	Jars     []string
	Adaptive bool
	Dead     string // a host behind this server, as a proxy, that does not answer
	NoStates bool   // as a version that tells no time in each state
	// Fetches is how long it takes to fetch metrics once anybody has asked for a job: until
	// then there are none (platforms-supplement.md §2).
	Fetches   time.Duration
	NoSubmit  bool
	NoCancel  bool
	Log       string
	Answer    func(path string) (status int, body string, ok bool) // instead of the scenario's
	asked     []string
	fetching  time.Time // since when metrics are fetched
	bodies    map[string]string
	triggered map[string]Job
}

// New starts a server that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{
		bodies: map[string]string{}, triggered: map[string]Job{}, Log: "2026-11-29 18:19:59,000 INFO  a line\n",
	}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	s.URL = web.URL
	return s
}

// Asked are the requests since Forget, as METHOD PATH?QUERY.
func (s *Server) Asked() []string {
	s.Lock()
	defer s.Unlock()
	return append([]string(nil), s.asked...)
}

// Count is how many of them begin with a prefix.
func (s *Server) Count(prefix string) int {
	n := 0
	for _, a := range s.Asked() {
		if strings.HasPrefix(a, prefix) {
			n++
		}
	}
	return n
}

// Forget begins to count anew.
func (s *Server) Forget() {
	s.Lock()
	defer s.Unlock()
	s.asked = nil
}

// Body is what was sent last with METHOD PATH.
func (s *Server) Body(request string) string {
	s.Lock()
	defer s.Unlock()
	return s.bodies[request]
}

// Change changes the scenario.
func (s *Server) Change(change func(*Server)) {
	s.Lock()
	defer s.Unlock()
	change(s)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // given up on the way here: nobody waits for an answer
	}
	s.Lock()
	defer s.Unlock()
	request := r.Method + " " + r.URL.Path
	line := request
	if r.URL.RawQuery != "" {
		line += "?" + r.URL.RawQuery
	}
	s.asked = append(s.asked, line)
	s.bodies[request] = string(body)
	if s.Dead != "" && r.Host == s.Dead {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html><title>502 Bad Gateway</title></html>")
		return
	}
	if s.Answer != nil {
		if status, text, ok := s.Answer(r.URL.Path); ok {
			if strings.HasPrefix(text, "<") {
				w.Header().Set("Content-Type", "text/html")
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, text)
			return
		}
	}
	status, answer := s.answer(r, body)
	if text, ok := answer.(string); ok {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

type object = map[string]any

func refusal(class, text string) object {
	return object{"errors": []string{
		"Internal server error.",
		"<Exception on server side:\norg.apache.flink." + class + ": " + text + "\n\tat org.apache.flink.X.y(X.java:1)\nEnd of exception on server side>",
	}}
}

func (s *Server) answer(r *http.Request, body []byte) (int, any) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/config":
		return 200, object{
			"refresh-interval": 1000, "timezone-offset": 0, "flink-version": "2.2.1", "flink-revision": "450c63e",
			"features": object{"web-submit": !s.NoSubmit, "web-cancel": !s.NoCancel, "web-rescale": false, "web-history": false},
		}
	case r.URL.Path == "/overview":
		return 200, object{
			"taskmanagers": 1, "slots-total": 16, "slots-available": 12, "jobs-running": len(s.Jobs),
			"flink-version": "2.2.1",
		}
	case r.URL.Path == "/jobmanager/config":
		return 200, []object{{"key": "metrics.fetcher.update-interval", "value": "10 s"}}
	case r.URL.Path == "/jobs/overview":
		return 200, object{"jobs": s.summaries()}
	case parts[0] == "jars":
		return s.jar(r, parts)
	case parts[0] == "savepoint-disposal":
		return 200, object{"request-id": "d1", "status": object{"id": "COMPLETED"}, "operation": object{}}
	case parts[0] == "taskmanagers" || parts[0] == "jobmanager":
		return s.machine(parts)
	case parts[0] == "jobs" && len(parts) > 1:
		for i := range s.Jobs {
			if s.Jobs[i].ID == parts[1] {
				return s.job(r, &s.Jobs[i], parts[2:], body)
			}
		}
		return 404, refusal("runtime.rest.NotFoundException", "Job "+parts[1]+" not found")
	}
	return 404, object{"errors": []string{"Unable to load requested file " + r.URL.Path + "."}}
}

func (s *Server) summaries() []object {
	list := []object{}
	for _, j := range s.Jobs {
		tasks := object{"total": 0, "running": 0, "finished": 0, "failed": 0}
		n := 0
		for _, v := range j.Vertices {
			n += v.Parallelism
		}
		tasks["total"] = n
		if j.Ended {
			tasks["finished"] = n
		} else if j.State == "RUNNING" {
			tasks["running"] = n
		}
		list = append(list, object{
			"jid": j.ID, "name": j.Name, "state": j.State, "start-time": Now - 600_000, "end-time": end(j),
			"duration": 600_000, "last-modification": Now - 590_000, "tasks": tasks,
		})
	}
	return list
}

func end(j Job) int64 {
	if j.Ended {
		return Now - 1000
	}
	return -1
}

func (s *Server) jar(r *http.Request, parts []string) (int, any) {
	if s.NoSubmit {
		return 404, object{"errors": []string{"Unable to load requested file " + r.URL.Path + "."}}
	}
	switch {
	case len(parts) == 1:
		files := []object{}
		for _, j := range s.Jars {
			files = append(files, object{
				"id": j, "name": j[strings.Index(j, "_")+1:], "uploaded": Now - 60_000,
				"entry": []object{{"name": "io.acme.Main", "description": nil}},
			})
		}
		return 200, object{"address": s.URL, "files": files}
	case parts[1] == "upload":
		s.Jars = append(s.Jars, fmt.Sprintf("u%d_sent.jar", len(s.Jars)))
		return 200, object{"filename": "/tmp/flink-web-upload/" + s.Jars[len(s.Jars)-1], "status": "success"}
	case len(parts) == 3 && parts[2] == "run" && !slices.Contains(s.Jars, parts[1]):
		return 400, object{"errors": []string{
			"org.apache.flink.runtime.rest.handler.RestHandlerException: Jar file /tmp/flink-web-upload/" +
				parts[1] + " does not exist\n\tat x",
		}}
	case len(parts) == 3 && parts[2] == "run":
		var sent struct {
			JobID string `json:"jobId"`
		}
		_ = json.Unmarshal([]byte(s.bodies[r.Method+" "+r.URL.Path]), &sent)
		s.Jobs = append(s.Jobs, Job{
			ID: sent.JobID, Name: "from " + parts[1], State: "RUNNING",
			Vertices:  []Vertex{{ID: "v1", Name: "Source", Parallelism: 1}},
			Savepoint: "file:/sp/savepoint-" + sent.JobID[:6],
		})
		return 200, object{"jobid": sent.JobID}
	case r.Method == "DELETE":
		s.Jars = nil
		return 200, object{}
	}
	return 404, refusal("X", "no such jar")
}

func (s *Server) machine(parts []string) (int, any) {
	rest := parts[1:]
	if parts[0] == "taskmanagers" && len(parts) > 1 {
		if parts[1] != "tm-1" {
			return 500, refusal(
				"runtime.rest.handler.RestHandlerException",
				"x\nCaused by: org.apache.flink.runtime.taskexecutor.exceptions.UnknownTaskExecutorException: No TaskExecutor "+
					"registered under "+parts[1]+".",
			)
		}
		rest = parts[2:]
	}
	manager := object{
		"id": "tm-1", "path": "pekko.tcp://flink@127.0.0.1:44685/user/rpc/taskmanager_0", "dataPort": 37799,
		"timeSinceLastHeartbeat": Now - 3000,
		"slotsNumber":            16, "freeSlots": 12,
		"totalResource": object{"cpuCores": 2.0, "taskHeapMemory": 640, "managedMemory": 512, "networkMemory": 128},
		"freeResource":  object{}, "hardware": object{"cpuCores": 2, "physicalMemory": 25276510208},
		"memoryConfiguration": object{},
	}
	switch {
	case len(rest) == 0 && parts[0] == "taskmanagers" && len(parts) == 1:
		return 200, object{"taskmanagers": []object{manager}}
	case len(rest) == 0:
		manager["metrics"] = object{
			"heapUsed": 200 << 20, "heapMax": 700 << 20,
			"garbageCollectors": []object{{"name": "Copy", "count": 7, "time": 80}},
		}
		manager["allocatedSlots"] = []object{{"jobId": "a1", "resource": object{}}}
		return 200, manager
	case rest[0] == "logs" && len(rest) == 1:
		return 200, object{"logs": []object{
			{"name": "taskmanager.log", "size": len(s.Log), "mtime": Now},
			{"name": "taskmanager.out", "size": 0, "mtime": Now},
		}}
	case rest[0] == "logs":
		return 200, s.Log
	case rest[0] == "thread-dump":
		return 200, object{"threadInfos": []object{{
			"threadName": "main", "stringifiedThreadInfo": "\"main\" Id=1 RUNNABLE\n\tat X.y\n",
		}}}
	case rest[0] == "metrics":
		return 200, []object{
			{"id": "Status.JVM.CPU.Load", "value": "0.41"},
			{"id": "Status.JVM.Memory.Heap.Used", "value": "600"},
			{"id": "Status.JVM.Memory.Heap.Max", "value": "700"},
			{"id": "Status.JVM.GarbageCollector.All.TimeMsPerSecond", "value": "NaN"},
		}
	}
	return 404, refusal("X", "nothing there")
}

// job answers what is asked of one job.
func (s *Server) job(r *http.Request, j *Job, rest []string, body []byte) (int, any) {
	switch {
	case len(rest) == 0 && r.Method == "PATCH":
		j.State, j.Ended = "CANCELED", true
		return 202, object{}
	case len(rest) == 0:
		return 200, s.details(j)
	case rest[0] == "status":
		return 200, object{"status": j.State}
	case rest[0] == "exceptions":
		if j.Exceptions == "" {
			return 200, object{"exceptionHistory": object{"entries": []object{}, "truncated": false}}
		}
		return 200, json.RawMessage(j.Exceptions)
	case rest[0] == "metrics":
		return 200, []object{
			{"id": "numRestarts", "value": "2"},
			{"id": "lastCheckpointSize", "value": "16097"},
			{"id": "lastCheckpointCompletedTimestamp", "value": fmt.Sprint(Now - 4000)},
			{"id": "numberOfCompletedCheckpoints", "value": "9"},
			{"id": "numberOfFailedCheckpoints", "value": "1"},
		}
	case rest[0] == "resource-requirements":
		return s.requirements(r, j)
	case rest[0] == "stop" || rest[0] == "savepoints" ||
		rest[0] == "checkpoints" && (r.Method == "POST" || len(rest) == 2 && rest[1] != "config"):
		return s.trigger(r, j, rest, body)
	case rest[0] == "checkpoints":
		return s.checkpoints(j, rest[1:])
	case rest[0] == "vertices":
		for _, v := range j.Vertices {
			if v.ID == rest[1] {
				return s.vertex(r, j, v, rest[2:])
			}
		}
		return 404, refusal("runtime.rest.NotFoundException", "Vertex "+rest[1]+" not found")
	}
	return 404, object{"errors": []string{"Unable to load requested file " + r.URL.Path + "."}}
}

func (s *Server) requirements(r *http.Request, j *Job) (int, any) {
	if !s.Adaptive {
		return 500, refusal(
			"X",
			"x\nCaused by: java.lang.UnsupportedOperationException: The DefaultScheduler does not support changing the "+
				"parallelism without a job restart. This feature is currently only expected to work with the AdaptiveScheduler.",
		)
	}
	if r.Method == "PUT" {
		return 200, object{}
	}
	all := object{}
	for _, v := range j.Vertices {
		all[v.ID] = object{"parallelism": object{"lowerBound": 1, "upperBound": v.Parallelism}}
	}
	return 200, all
}

// trigger begins an operation, or tells what came of it: COMPLETED in any case.
func (s *Server) trigger(r *http.Request, j *Job, rest []string, body []byte) (int, any) {
	if r.Method == "POST" {
		var sent struct {
			ID string `json:"triggerId"`
		}
		_ = json.Unmarshal(body, &sent)
		s.triggered[sent.ID] = *j
		if rest[0] == "stop" && strings.HasPrefix(j.Savepoint, "file:") {
			j.State, j.Ended = "FINISHED", true
		}
		return 202, object{"request-id": sent.ID}
	}
	was, known := s.triggered[rest[1]]
	switch {
	case !known:
		return 404, refusal("runtime.rest.NotFoundException", "There is no savepoint operation with triggerId="+rest[1])
	case rest[0] == "checkpoints":
		return 200, object{"status": object{"id": "COMPLETED"}, "operation": object{"checkpointId": 10}}
	case strings.HasPrefix(was.Savepoint, "file:"):
		return 200, object{"status": object{"id": "COMPLETED"}, "operation": object{"location": was.Savepoint}}
	}
	return 200, object{"status": object{"id": "COMPLETED"}, "operation": object{
		"failure-cause": object{
			"class":       "x",
			"stack-trace": "java.util.concurrent.CompletionException: x\n\tat a\nCaused by: org.apache.flink.runtime.checkpoint.CheckpointException: " + was.Savepoint + "\n\tat b\n",
		},
	}}
}

// taskState is that of all tasks of a job.
func taskState(j *Job) string {
	if j.State != "RUNNING" {
		return "CANCELED"
	}
	return "RUNNING"
}

// hasMetrics tells that they are fetched.
func (s *Server) hasMetrics() bool {
	return s.Fetches == 0 || !s.fetching.IsZero() && time.Since(s.fetching) >= s.Fetches
}

func (s *Server) details(j *Job) object {
	var vertices, nodes []object
	state, complete := taskState(j), s.hasMetrics()
	if s.fetching.IsZero() {
		s.fetching = time.Now()
	}
	for _, v := range j.Vertices {
		vertices = append(vertices, object{
			"id": v.ID, "name": v.Name, "parallelism": v.Parallelism, "maxParallelism": 128, "status": state,
			"start-time": Now - 590_000, "end-time": -1, "duration": 590_000,
			"tasks":   object{state: v.Parallelism},
			"metrics": object{"read-records": 1000, "read-records-complete": complete, "write-records": 1000, "write-records-complete": complete, "accumulated-busy-time": "NaN"},
		})
		inputs := []object{}
		for i, in := range v.Inputs {
			inputs = append(inputs, object{
				"num": i, "id": in, "ship_strategy": v.Ship, "exchange": "pipelined_bounded",
			})
		}
		nodes = append(nodes, object{
			"id": v.ID, "parallelism": v.Parallelism, "description": v.Name + "<br/>+- more<br/>", "inputs": inputs,
		})
	}
	return object{
		"jid": j.ID, "name": j.Name, "state": j.State, "job-type": "STREAMING", "start-time": Now - 600_000,
		"end-time": end(*j), "duration": 600_000, "now": Now,
		"timestamps": object{"CREATED": Now - 600_000, j.State: Now - 540_000}, "vertices": vertices,
		"plan": object{"jid": j.ID, "nodes": nodes},
	}
}

func (s *Server) vertex(r *http.Request, j *Job, v Vertex, rest []string) (int, any) {
	switch {
	case len(rest) > 0 && rest[0] == "backpressure" && !s.hasMetrics():
		return 500, refusal("java.util.NoSuchElementException", "No value present")
	case len(rest) > 0 && !s.hasMetrics() && (rest[0] == "metrics" || rest[0] == "watermarks" || rest[0] == "subtasks"):
		return 200, []object{}
	case len(rest) == 0:
		var subtasks []object
		for i := range v.Parallelism {
			subtasks = append(subtasks, object{
				"subtask": i, "status": taskState(j), "attempt": 0, "endpoint": "localhost:37799",
				"taskmanager-id": "tm-1", "duration": 590_000, "start-time": Now - 590_000, "end-time": -1,
				"status-duration": inStates(s.NoStates, i),
				"metrics": object{
					"read-records": 1000 * (i + 1), "read-records-complete": true, "write-records": 900,
					"write-records-complete": true, "accumulated-busy-time": 10.0,
				},
			})
		}
		return 200, object{
			"id": v.ID, "name": v.Name, "parallelism": v.Parallelism, "now": Now, "subtasks": subtasks,
			"aggregated": object{
				"metrics":         object{"read-records": object{"min": 1000, "max": 1000 * v.Parallelism, "avg": 1500, "sum": 3000}},
				"status-duration": object{"RUNNING": object{"max": 590_000}},
			},
		}
	case rest[0] == "metrics":
		return 200, eachOf(v, strings.Split(r.URL.Query().Get("get"), ","))
	case rest[0] == "accumulators":
		list := []object{}
		for _, a := range v.Accumulators {
			list = append(list, object{"name": a[0], "type": "LongCounter", "value": a[1]})
		}
		return 200, object{"id": v.ID, "user-accumulators": list}
	case rest[0] == "backpressure":
		var subtasks []object
		for i := range v.Parallelism {
			subtasks = append(subtasks, object{
				"subtask": i, "ratio": ratio(v.Back), "busyRatio": ratio(v.Busy), "idleRatio": 0.1,
			})
		}
		return 200, object{"status": "ok", "backpressureLevel": "ok", "end-timestamp": Now, "subtasks": subtasks}
	case rest[0] == "watermarks":
		if v.Watermark == 0 {
			return 200, []object{{"id": "0.currentInputWatermark", "value": "-9223372036854775808"}}
		}
		return 200, []object{{"id": "0.currentInputWatermark", "value": fmt.Sprint(v.Watermark)}}
	case rest[0] == "subtasks" && r.URL.Query().Get("get") == "":
		return 200, []object{{"id": "numRecordsInPerSecond"}, {"id": "busyTimeMsPerSecond"}}
	case rest[0] == "subtasks":
		return 200, aggregates(v, strings.Split(r.URL.Query().Get("get"), ","))
	}
	return 404, refusal("X", "nothing there")
}

// inStates are the milliseconds of a subtask in each state, nil for a version that
// does not tell them: the second one took longer to be initialized.
func inStates(none bool, subtask int) object {
	if none {
		return nil
	}
	initializing := 200 + 3000*subtask
	return object{
		"CREATED": 30, "SCHEDULED": 168, "DEPLOYING": 254, "INITIALIZING": initializing,
		"RUNNING": 590_000 - 254 - initializing,
	}
}

// eachOf are metrics of single subtasks, asked for as INDEX.NAME: the second has
// double what the first has. What is not there is left out.
func eachOf(v Vertex, names []string) []object {
	list := []object{}
	for _, name := range names {
		index, _, _ := strings.Cut(name, ".")
		i, err := strconv.Atoi(index)
		if err == nil && i < v.Parallelism {
			list = append(list, object{"id": name, "value": fmt.Sprint(100 * (i + 1))})
		}
	}
	return list
}

func ratio(ms any) any {
	if n, ok := ms.(int); ok {
		return float64(n) / 1000
	}
	return ms
}

// aggregates has nothing at all where one of the metrics is not there.
func aggregates(v Vertex, names []string) []object {
	list := []object{}
	for _, name := range names {
		one := object{"id": name, "min": 0.0, "max": 0.0, "avg": 0.0, "sum": 0.0, "skew": v.Skew}
		switch name {
		case "busyTimeMsPerSecond":
			one["max"], one["avg"] = v.Busy, v.Busy
		case "backPressuredTimeMsPerSecond":
			one["max"], one["avg"] = v.Back, v.Back
		case "numRecordsInPerSecond":
			one["sum"] = v.In
		case "numRecordsOutPerSecond":
			one["sum"] = v.Out
		case "currentInputWatermark":
			if len(v.Inputs) == 0 {
				return []object{}
			}
			one["min"] = float64(v.Watermark)
		}
		list = append(list, one)
	}
	return list
}

func (s *Server) checkpoints(j *Job, rest []string) (int, any) {
	one := func(id int64, status, message string) object {
		return object{
			"className": strings.ToLower(status), "id": id, "status": status, "is_savepoint": false,
			"trigger_timestamp": Now - (20-id)*1000, "latest_ack_timestamp": Now, "state_size": 1000 * id,
			"checkpointed_size": 500, "end_to_end_duration": 10 * id, "num_subtasks": 4,
			"num_acknowledged_subtasks": 4, "checkpoint_type": "CHECKPOINT", "tasks": object{},
			"external_path": fmt.Sprintf("file:/ckpt/chk-%d", id), "discarded": id < 9, "failure_message": message,
		}
	}
	switch {
	case len(rest) == 0:
		return 200, object{
			"counts":  object{"restored": 0, "total": 3, "in_progress": 0, "completed": 2, "failed": 1},
			"summary": object{"end_to_end_duration": object{"min": 1, "p50": "NaN"}},
			"latest":  object{"completed": one(9, "COMPLETED", ""), "savepoint": nil, "failed": nil, "restored": nil},
			"history": []object{one(9, "COMPLETED", ""), one(8, "FAILED", "Checkpoint expired before completing."), one(7, "COMPLETED", "")},
		}
	case rest[0] == "config":
		return 200, object{
			"mode": "exactly_once", "interval": 3000, "timeout": 600_000, "externalization": object{"enabled": true},
			"state_backend": "HashMapStateBackend",
		}
	case len(rest) == 2:
		tasks := object{}
		for i, v := range j.Vertices {
			tasks[v.ID] = one(9, "COMPLETED", "")
			tasks[v.ID].(object)["end_to_end_duration"] = 10 * (i + 1)
		}
		whole := one(9, "COMPLETED", "")
		whole["tasks"] = tasks
		return 200, whole
	}
	return 200, object{"subtasks": []object{
		{"index": 0, "status": "completed", "end_to_end_duration": 5, "checkpoint": object{"sync": 1, "async": 2}, "start_delay": 3, "alignment": object{"duration": 0}},
		{"index": 1, "status": "completed", "end_to_end_duration": 90, "checkpoint": object{"sync": 4, "async": 80}, "start_delay": 6, "alignment": object{"duration": 7}},
	}}
}
