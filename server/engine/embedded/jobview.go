package embedded

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
)

// object is a JSON object of Flink's REST API.
type object = map[string]any

// jobView is one job at one time, as its JobManager would tell of it.
type jobView struct {
	now      time.Time // that the job is told of
	clock    time.Time // by which who asks tells how old a thing is
	job      engine.Job
	observed engine.JobObservation
	model    *loadModel // nil for a statement: nothing is known of its load
	conf     cmf.Object
	vertices []viewVertex
	interval time.Duration // of checkpoints; 0 for none
	state    int64         // bytes
}

// viewVertex is a vertex of the graph.
type viewVertex struct {
	id, name    string
	parallelism int
	input       string // id of the vertex before it, "" for a source
	ship        string
	description string
}

// ViewJob implements engine.JobViewer. What a stand-in shows is computed from its
// specification and the time, and its parts agree with their sums; what is not known
// of a statement is not made up.
func (e *Engine) ViewJob(
	ctx context.Context, job engine.Job, path []string, query url.Values,
) (status int, answer any) {
	v, err := e.viewOf(ctx, job)
	if err != nil {
		return notFound("Job " + job.ID + " not found")
	}
	status, answer = v.answer(path, query)
	return status, answer
}

// viewOf looks at a job.
func (e *Engine) viewOf(ctx context.Context, job engine.Job) (*jobView, error) {
	v := &jobView{now: e.applications.timeOf(job).UTC(), clock: e.applications.now().UTC(), job: job}
	if job.Run != nil {
		seen, err := e.statements.ObserveStatement(ctx, *job.Run)
		if err != nil {
			return nil, err
		}
		v.observed = engine.JobObservation{
			State: seen.State, Name: job.Run.Name, StartTime: job.SubmittedAt, UpdateTime: job.SubmittedAt,
			Exceptions: seen.Exceptions,
		}
		v.vertices = []viewVertex{{
			id: vertexID(job.ID, 0), name: "Statement", parallelism: max(job.Run.Parallelism, 1),
			description: job.Run.SQL,
		}}
		return v, nil
	}
	observed, err := e.applications.Observe(ctx, job)
	if err != nil {
		return nil, err
	}
	s, err := e.applications.standIn(job)
	if err != nil {
		return nil, err
	}
	m := s.stateAt(v.now)
	v.observed, v.interval, v.conf = observed, s.checkpoints, job.Spec.Object("flinkConfiguration")
	v.state = s.size(s.records(m))
	v.vertices = s.vertices()
	v.model = s.loadModel(m, v.running())
	return v, nil
}

func (v *jobView) running() bool { return v.observed.State == cmf.JobRunning }

// vertexID is an id as Flink has them.
func vertexID(job string, n int) string {
	return fmt.Sprintf("%08x", n+1) + job[:min(len(job), 24)]
}

// vertices are a source, what processes, and a sink, by the names that the
// specification has for them.
func (s standIn) vertices() []viewVertex {
	class := s.savepoint.entryClass
	class = class[strings.LastIndexByte(class, '.')+1:]
	if class == "" {
		class = "Process"
	}
	const marked = "a stand-in: numbers are computed from the time"
	ids := [3]string{vertexID(s.job.ID, 0), vertexID(s.job.ID, 1), vertexID(s.job.ID, 2)}
	return []viewVertex{
		{id: ids[0], name: "Source: " + s.job.Application, parallelism: s.parallelism, description: "Source: " + s.job.Application + "<br/>+- " + marked + "<br/>"},
		{id: ids[1], name: class, parallelism: s.parallelism, input: ids[0], ship: "HASH", description: class + "<br/>+- " + marked + "<br/>"},
		{id: ids[2], name: "Sink: " + s.job.Application, parallelism: s.parallelism, input: ids[1], ship: "FORWARD", description: "Sink: " + s.job.Application + "<br/>+- " + marked + "<br/>"},
	}
}

func notFound(text string) (int, any) {
	return http.StatusNotFound, object{"errors": []string{"org.apache.flink.runtime.rest.NotFoundException: " + text}}
}

// answer finds what a path is of.
func (v *jobView) answer(path []string, query url.Values) (int, any) {
	switch strings.Join(path, "/") {
	case "", "index.html":
		return http.StatusNotImplemented, object{"errors": []string{
			"the embedded engine has the JSON of Flink's web UI, not its pages: drey serve --engine flink has both",
		}}
	case "config":
		return ok(object{
			"refresh-interval": 3000, "timezone-name": "Coordinated Universal Time", "timezone-offset": 0,
			"flink-version": FlinkVersion + " (stand-in)", "flink-revision": "drey",
			"features": object{"web-submit": false, "web-cancel": false, "web-rescale": false, "web-history": false},
		})
	case "overview":
		return ok(v.overview())
	case "jobs":
		return ok(object{"jobs": []object{{"id": v.job.ID, "status": v.observed.State}}})
	case "jobs/overview":
		return ok(object{"jobs": []object{v.summary()}})
	}
	switch {
	case path[0] == "jobs" && len(path) > 1 && path[1] == v.job.ID:
		return v.ofJob(path[2:], query)
	case path[0] == "jobs" && len(path) > 1:
		return notFound("Job " + path[1] + " not found")
	case path[0] == "taskmanagers", path[0] == "jobmanager":
		return v.ofProcess(path, query)
	}
	return http.StatusNotFound, object{"errors": []string{
		"Unable to load requested file /" + strings.Join(path, "/") + ".",
	}}
}

func ok(answer any) (int, any) { return http.StatusOK, answer }

func (v *jobView) ofJob(rest []string, query url.Values) (int, any) {
	if len(rest) == 0 {
		return ok(v.details())
	}
	switch rest[0] {
	case "status":
		return ok(object{"status": v.observed.State})
	case "exceptions":
		return ok(v.exceptions())
	case "config":
		return ok(object{"jid": v.job.ID, "name": v.observed.Name, "execution-config": object{
			"restart-strategy": "as the configuration says", "job-parallelism": v.width(),
			"object-reuse-mode": false, "user-config": object{},
		}})
	case "checkpoints":
		return v.ofCheckpoints(rest[1:])
	case "metrics":
		return ok(metricList(v.jobMetrics(), query.Get("get")))
	case "vertices":
		for n, x := range v.vertices {
			if len(rest) > 1 && rest[1] == x.id {
				return v.ofVertex(n, rest[2:], query)
			}
		}
		return notFound("Vertex not found")
	}
	return http.StatusNotFound, object{"errors": []string{"Unable to load requested file."}}
}

// width is the parallelism of the widest vertex.
func (v *jobView) width() int {
	n := 0
	for _, x := range v.vertices {
		n = max(n, x.parallelism)
	}
	return n
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return -1
	}
	return t.UnixMilli()
}

// ended is when the job came to its end, -1 while it has none.
func (v *jobView) ended() int64 {
	switch v.observed.State {
	case cmf.JobFailed, cmf.JobFinished, cmf.JobCanceled:
		return millis(v.observed.UpdateTime)
	}
	return -1
}

// took is how long the job has been there, in milliseconds.
func (v *jobView) took() int64 {
	end := v.ended()
	if end < 0 {
		end = v.now.UnixMilli()
	}
	return max(end-millis(v.observed.StartTime), 0)
}

// taskState is the state of all tasks: those of a stand-in go together.
func (v *jobView) taskState() string {
	switch v.observed.State {
	case cmf.JobRunning, cmf.JobFinished, cmf.JobFailed, cmf.JobCanceled:
		return v.observed.State
	case cmf.JobRestarting, cmf.JobFailing:
		return "CANCELED"
	case cmf.JobCancelling:
		return "CANCELING"
	}
	return "SCHEDULED"
}

func (v *jobView) tasks() int {
	n := 0
	for _, x := range v.vertices {
		n += x.parallelism
	}
	return n
}

var taskStates = []string{
	"CREATED", "SCHEDULED", "DEPLOYING", "INITIALIZING", "RUNNING", "FINISHED", "CANCELING", "CANCELED", "FAILED",
	"RECONCILING",
}

// counts counts n tasks by their state.
func (v *jobView) counts(n int, name func(string) string) object {
	all := object{}
	for _, state := range taskStates {
		all[name(state)] = 0
	}
	all[name(v.taskState())] = n
	return all
}

func (v *jobView) summary() object {
	tasks := v.counts(v.tasks(), strings.ToLower)
	tasks["total"] = v.tasks()
	return object{
		"jid": v.job.ID, "name": v.observed.Name, "start-time": millis(v.observed.StartTime),
		"end-time": v.ended(), "duration": v.took(),
		"state": v.observed.State, "last-modification": millis(v.observed.UpdateTime), "tasks": tasks, "pending-operators": 0,
	}
}

func (v *jobView) details() object {
	vertices, nodes := []object{}, []object{}
	for n, x := range v.vertices {
		vertices = append(vertices, object{
			"id": x.id, "name": x.name, "parallelism": x.parallelism, "maxParallelism": 128, "status": v.taskState(),
			"start-time": millis(v.observed.StartTime), "end-time": v.ended(), "duration": v.took(),
			"tasks": v.counts(x.parallelism, func(s string) string { return s }), "metrics": v.io(n, -1),
		})
		inputs := []object{}
		if x.input != "" {
			inputs = append(inputs, object{
				"num": 0, "id": x.input, "ship_strategy": x.ship, "exchange": "pipelined_bounded",
			})
		}
		nodes = append(nodes, object{
			"id": x.id, "parallelism": x.parallelism, "operator": "", "operator_strategy": "",
			"description": x.description, "inputs": inputs, "optimizer_properties": object{},
		})
	}
	timestamps := object{"CREATED": millis(v.job.SubmittedAt)}
	timestamps[v.observed.State] = millis(v.observed.UpdateTime)
	return object{
		"jid": v.job.ID, "name": v.observed.Name, "isStoppable": false, "state": v.observed.State, "job-type": "STREAMING",
		"start-time": millis(v.observed.StartTime), "end-time": v.ended(), "duration": v.took(),
		"maxParallelism": -1, "now": v.now.UnixMilli(),
		"timestamps": timestamps, "vertices": vertices,
		"status-counts": v.counts(len(v.vertices), func(s string) string { return s }),
		"plan":          object{"jid": v.job.ID, "name": v.observed.Name, "type": "STREAMING", "nodes": nodes},
	}
}

// exceptions are what the engine observed.
func (v *jobView) exceptions() object {
	entries := []object{}
	for _, x := range v.observed.Exceptions {
		entries = append(entries, object{
			"exceptionName": x.Name, "stacktrace": x.Text, "timestamp": x.At.UnixMilli(), "failureLabels": object{},
			"taskName": nil, "endpoint": nil, "taskManagerId": nil, "concurrentExceptions": []object{},
		})
	}
	return object{"exceptionHistory": object{"entries": entries, "truncated": false}}
}
