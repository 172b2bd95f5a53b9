package flinkrest

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// JobSummary is a job in a list. Times and durations are milliseconds; End is -1
// while the job runs.
type JobSummary struct {
	ID       string `json:"jid"`
	Name     string `json:"name"`
	State    string `json:"state"`
	Start    int64  `json:"start-time"`
	End      int64  `json:"end-time"`
	Duration int64  `json:"duration"`
	Modified int64  `json:"last-modification"`
	// Tasks are counts by state, in small letters, and "total".
	Tasks map[string]int `json:"tasks"`
}

// Jobs lists all jobs that the JobManager knows.
func (m JobManager) Jobs(ctx context.Context) ([]JobSummary, error) {
	var answer struct {
		Jobs []JobSummary `json:"jobs"`
	}
	err := get(ctx, m, "/jobs/overview", nil, &answer)
	return answer.Jobs, found("jobs", answer.Jobs != nil, err)
}

// Job is a job with its vertices.
type Job struct {
	ID             string           `json:"jid"`
	Name           string           `json:"name"`
	State          string           `json:"state"`
	Type           string           `json:"job-type"` // STREAMING, BATCH
	Start          int64            `json:"start-time"`
	End            int64            `json:"end-time"`
	Duration       int64            `json:"duration"`
	MaxParallelism int              `json:"maxParallelism"`
	Now            int64            `json:"now"` // by Flink's clock
	Timestamps     map[string]int64 `json:"timestamps"`
	Vertices       []JobVertex      `json:"vertices"`
	Plan           Plan             `json:"plan"`
}

// JobVertex is a vertex in a job.
type JobVertex struct {
	ID             string         `json:"id"`
	Name           string         `json:"name"`
	Parallelism    int            `json:"parallelism"`
	MaxParallelism int            `json:"maxParallelism"`
	Status         string         `json:"status"`
	Start          int64          `json:"start-time"`
	End            int64          `json:"end-time"`
	Duration       int64          `json:"duration"`
	Tasks          map[string]int `json:"tasks"` // by state, in capitals
	IO             IO             `json:"metrics"`
}

// IO is what a vertex or a subtask has read and written, and how long it was
// busy, idle and held back, in milliseconds. Where a part is not complete, its
// number is none: the first answer of a job has zeros.
type IO struct {
	ReadBytes          int64  `json:"read-bytes"`
	ReadBytesComplete  bool   `json:"read-bytes-complete"`
	WriteBytes         int64  `json:"write-bytes"`
	WriteBytesComplete bool   `json:"write-bytes-complete"`
	ReadRecords        int64  `json:"read-records"`
	ReadComplete       bool   `json:"read-records-complete"`
	WriteRecords       int64  `json:"write-records"`
	WriteComplete      bool   `json:"write-records-complete"`
	Backpressured      int64  `json:"accumulated-backpressured-time"`
	Idle               int64  `json:"accumulated-idle-time"`
	Busy               Number `json:"accumulated-busy-time"`
}

// Plan is the job's graph: sinks first, each node with where its input is from.
type Plan struct {
	Type  string     `json:"type"`
	Nodes []PlanNode `json:"nodes"`
}

// PlanNode is a vertex in a plan. Description is HTML of Flink's, with <br/>.
type PlanNode struct {
	ID          string      `json:"id"`
	Parallelism int         `json:"parallelism"`
	Description string      `json:"description"`
	Inputs      []PlanInput `json:"inputs"`
}

// PlanInput is an edge to a node.
type PlanInput struct {
	ID       string `json:"id"`
	Ship     string `json:"ship_strategy"` // HASH, FORWARD, REBALANCE, …
	Exchange string `json:"exchange"`
}

// AllRunning reports whether every vertex runs: only then does Flink take
// savepoints (flink-verified.md §3).
func (j Job) AllRunning() bool {
	for _, v := range j.Vertices {
		if v.Status != "RUNNING" && v.Status != "FINISHED" {
			return false
		}
	}
	return j.State == "RUNNING" && len(j.Vertices) > 0
}

// Slots is how many slots the job needs with slot sharing.
func (j Job) Slots() int {
	n := 0
	for _, v := range j.Vertices {
		n = max(n, v.Parallelism)
	}
	return n
}

// Changed is when the job came to its state.
func (j Job) Changed() time.Time { return Millis(j.Timestamps[j.State]) }

// Status is a job's state, never a cached one.
func (m JobManager) Status(ctx context.Context, job string) (string, error) {
	var answer struct {
		Status string `json:"status"`
	}
	err := get(ctx, m, jobPath(job)+"/status", nil, &answer)
	return answer.Status, err
}

// Job asks for a job. What it says of the state may be a second old.
func (m JobManager) Job(ctx context.Context, job string) (Job, error) {
	var j Job
	err := get(ctx, m, jobPath(job), nil, &j)
	return j, found("jid", j.ID != "", err)
}

// JobDocument is what Job reads, as Flink writes it.
func (m JobManager) JobDocument(ctx context.Context, job string) (json.RawMessage, error) {
	return send(ctx, m, http.MethodGet, jobPath(job), nil, nil)
}

// Execution is how a job was submitted.
type Execution struct {
	Restart     string            `json:"restart-strategy"`
	Parallelism int               `json:"job-parallelism"`
	ObjectReuse bool              `json:"object-reuse-mode"`
	User        map[string]string `json:"user-config"`
}

// Execution asks for it.
func (m JobManager) Execution(ctx context.Context, job string) (Execution, error) {
	var answer struct {
		Config Execution `json:"execution-config"`
	}
	err := get(ctx, m, jobPath(job)+"/config", nil, &answer)
	return answer.Config, err
}

// Cancel asks a job to end; one that has ended is no error.
func (m JobManager) Cancel(ctx context.Context, job string) error {
	err := call(ctx, m, http.MethodPatch, jobPath(job), url.Values{"mode": {"cancel"}}, nil, nil)
	if e, ok := err.(*Error); ok && e.Status == http.StatusConflict {
		return nil
	}
	return err
}

// Bounds are how many subtasks a vertex may have.
type Bounds struct {
	Lower int `json:"lowerBound"`
	Upper int `json:"upperBound"`
}

// Requirements are the bounds of each vertex, by its id. A scheduler that is not
// adaptive refuses the question.
type Requirements map[string]struct {
	Parallelism Bounds `json:"parallelism"`
}

// Requirements asks for them.
func (m JobManager) Requirements(ctx context.Context, job string) (Requirements, error) {
	var r Requirements
	err := get(ctx, m, jobPath(job)+"/resource-requirements", nil, &r)
	return r, err
}

// Require changes the bounds; every vertex has to be named.
func (m JobManager) Require(ctx context.Context, job string, r Requirements) error {
	return call(ctx, m, http.MethodPut, jobPath(job)+"/resource-requirements", nil, r, nil)
}

// Exception is an entry of a job's history.
type Exception struct {
	Name        string            `json:"exceptionName"`
	Stack       string            `json:"stacktrace"`
	Timestamp   int64             `json:"timestamp"`
	Task        string            `json:"taskName"`
	Endpoint    string            `json:"endpoint"`
	TaskManager string            `json:"taskManagerId"`
	Labels      map[string]string `json:"failureLabels"`
	Concurrent  []Exception       `json:"concurrentExceptions"`
}

// Exceptions is a job's history of failures, newest first.
func (m JobManager) Exceptions(ctx context.Context, job string) ([]Exception, error) {
	var answer struct {
		History struct {
			Entries []Exception `json:"entries"`
		} `json:"exceptionHistory"`
	}
	err := get(ctx, m, jobPath(job)+"/exceptions", url.Values{"maxExceptions": {"20"}}, &answer)
	return answer.History.Entries, err
}

func jobPath(job string) string { return "/jobs/" + url.PathEscape(job) }

// Vertex is a vertex with its subtasks.
type Vertex struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Parallelism int       `json:"parallelism"`
	Now         int64     `json:"now"`
	Subtasks    []Subtask `json:"subtasks"`
	Aggregated  struct {
		IO     map[string]Spread `json:"metrics"`         // by the names that IO has on the wire
		Status map[string]Spread `json:"status-duration"` // milliseconds by state
	} `json:"aggregated"`
}

// Subtask is one of the parallel instances of a vertex.
type Subtask struct {
	Index       int              `json:"subtask"`
	Status      string           `json:"status"`
	Attempt     int              `json:"attempt"`
	Endpoint    string           `json:"endpoint"` // HOST:PORT
	Host        string           `json:"host"`     // before Flink 2
	TaskManager string           `json:"taskmanager-id"`
	Start       int64            `json:"start-time"`
	End         int64            `json:"end-time"`
	Duration    int64            `json:"duration"`
	IO          IO               `json:"metrics"`
	InState     map[string]int64 `json:"status-duration"` // milliseconds by state
}

// Spread is how a number differs between subtasks.
type Spread struct {
	Min    Number `json:"min"`
	Max    Number `json:"max"`
	Avg    Number `json:"avg"`
	Sum    Number `json:"sum"`
	Median Number `json:"median"`
	P25    Number `json:"p25"`
	P75    Number `json:"p75"`
	P95    Number `json:"p95"`
}

// Vertex asks for a vertex of a job.
func (m JobManager) Vertex(ctx context.Context, job, vertex string) (Vertex, error) {
	var v Vertex
	err := get(ctx, m, vertexPath(job, vertex), nil, &v)
	return v, found("id", v.ID != "", err)
}

// Backpressure is how far a vertex is held back. Status is "deprecated" while it
// is being measured.
type Backpressure struct {
	Status   string `json:"status"`
	Level    string `json:"backpressureLevel"` // ok, low, high
	At       int64  `json:"end-timestamp"`
	Subtasks []struct {
		Index int    `json:"subtask"`
		Level string `json:"backpressureLevel"`
		Ratio Number `json:"ratio"` // 0 to 1, NaN after the end
		Busy  Number `json:"busyRatio"`
		Idle  Number `json:"idleRatio"`
	} `json:"subtasks"`
}

// Backpressure measures a vertex.
func (m JobManager) Backpressure(ctx context.Context, job, vertex string) (Backpressure, error) {
	var b Backpressure
	err := get(ctx, m, vertexPath(job, vertex)+"/backpressure", nil, &b)
	return b, err
}

// Accumulator is a number or a collection that a job's own code adds up over the
// subtasks of a vertex. Type is the name of its class, Value as that class writes it.
type Accumulator struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value string `json:"value"`
}

// Accumulators are those of a vertex, over all of its subtasks
// (specs/flink-2.2/rest_v1_dispatcher.yml, JobVertexAccumulatorsInfo).
func (m JobManager) Accumulators(ctx context.Context, job, vertex string) ([]Accumulator, error) {
	var answer struct {
		List []Accumulator `json:"user-accumulators"`
	}
	err := get(ctx, m, vertexPath(job, vertex)+"/accumulators", nil, &answer)
	return answer.List, err
}

func vertexPath(job, vertex string) string {
	return jobPath(job) + "/vertices/" + url.PathEscape(vertex)
}

// PlainDescription is a node's description without Flink's HTML, a line each: what
// the job's own code named is escaped in it.
func (n PlanNode) PlainDescription() string {
	return strings.TrimSpace(html.UnescapeString(lineBreaks.Replace(n.Description)))
}

var lineBreaks = strings.NewReplacer("<br/>", "\n", "<br>", "\n", "<br />", "\n")
