package flinkrest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// JobManager is a JobManager's REST API (flink-engine.md §2).
type JobManager struct{ Transport }

// Overview is what the cluster says of itself.
type Overview struct {
	TaskManagers int    `json:"taskmanagers"`
	Slots        int    `json:"slots-total"`
	Free         int    `json:"slots-available"`
	Version      string `json:"flink-version"`
}

// Job is a job with its vertices.
type Job struct {
	ID         string           `json:"jid"`
	Name       string           `json:"name"`
	State      string           `json:"state"`
	Start      int64            `json:"start-time"`
	Timestamps map[string]int64 `json:"timestamps"`
	Vertices   []struct {
		Parallelism int    `json:"parallelism"`
		Status      string `json:"status"`
	} `json:"vertices"`
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

// Millis is a time of Flink's; 0 and less are none.
func Millis(ms int64) time.Time {
	if ms <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Exception is an entry of a job's history.
type Exception struct {
	Name       string      `json:"exceptionName"`
	Stack      string      `json:"stacktrace"`
	Timestamp  int64       `json:"timestamp"`
	Task       string      `json:"taskName"`
	Concurrent []Exception `json:"concurrentExceptions"`
}

// Checkpoint is a completed checkpoint or savepoint.
type Checkpoint struct {
	ID        int64  `json:"id"`
	Path      string `json:"external_path"`
	Acked     int64  `json:"latest_ack_timestamp"`
	Size      int64  `json:"state_size"`
	Status    string `json:"status"`
	Savepoint bool   `json:"is_savepoint"`
	Discarded bool   `json:"discarded"`
	Message   string `json:"failure_message"`
}

// Checkpoints is the history, newest first.
type Checkpoints struct {
	Counts struct {
		Restored  int `json:"restored"`
		Completed int `json:"completed"`
	} `json:"counts"`
	Latest struct {
		Completed *Checkpoint `json:"completed"`
		Savepoint *Checkpoint `json:"savepoint"`
		Restored  *struct {
			Path string `json:"external_path"`
		} `json:"restored"`
	} `json:"latest"`
	History []Checkpoint `json:"history"`
}

// Async is how far an asynchronous operation is.
type Async struct {
	Done     bool
	Location string
	Failure  string // the stack trace
}

// Overview asks for the cluster.
func (m JobManager) Overview(ctx context.Context) (Overview, error) {
	var o Overview
	err := get(ctx, m, "/overview", nil, &o)
	return o, err
}

// Setting is one entry of Flink's configuration.
type Setting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Config is the configuration of the JobManager; Flink masks secrets itself.
func (m JobManager) Config(ctx context.Context) ([]Setting, error) {
	var settings []Setting
	err := get(ctx, m, "/jobmanager/config", nil, &settings)
	return settings, err
}

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
	return j, err
}

// Cancel asks a job to end; one that has ended is no error.
func (m JobManager) Cancel(ctx context.Context, job string) error {
	err := call(ctx, m, http.MethodPatch, jobPath(job), url.Values{"mode": {"cancel"}}, nil, nil)
	if e, ok := err.(*Error); ok && e.Status == http.StatusConflict {
		return nil
	}
	return err
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

// Checkpoints is a job's history of checkpoints.
func (m JobManager) Checkpoints(ctx context.Context, job string) (Checkpoints, error) {
	var c Checkpoints
	err := get(ctx, m, jobPath(job)+"/checkpoints", nil, &c)
	return c, err
}

// Restarts is how often a job was restarted; 0 while it is unknown.
func (m JobManager) Restarts(ctx context.Context, job string) int {
	var values []struct {
		Value json.Number `json:"value"`
	}
	if err := get(ctx, m, jobPath(job)+"/metrics", url.Values{"get": {"numRestarts"}}, &values); err != nil || len(values) == 0 {
		return 0
	}
	n, _ := values[0].Value.Int64()
	return int(n)
}

// Savepoint begins a savepoint with an id of ours: again is the same one.
func (m JobManager) Savepoint(ctx context.Context, job, trigger, directory, format string) error {
	body := map[string]any{"cancel-job": false, "triggerId": trigger}
	put(body, "target-directory", directory)
	put(body, "formatType", format)
	return call(ctx, m, http.MethodPost, jobPath(job)+"/savepoints", nil, body, nil)
}

// Stop begins a stop with a savepoint, with an id of ours.
func (m JobManager) Stop(ctx context.Context, job, trigger, directory, format string) error {
	body := map[string]any{"drain": false, "triggerId": trigger}
	put(body, "targetDirectory", directory)
	put(body, "formatType", format)
	return call(ctx, m, http.MethodPost, jobPath(job)+"/stop", nil, body, nil)
}

func put(body map[string]any, key, value string) {
	if value != "" {
		body[key] = value
	}
}

// Triggered tells how far a savepoint or a stop is.
func (m JobManager) Triggered(ctx context.Context, job, trigger string) (Async, error) {
	return m.async(ctx, jobPath(job)+"/savepoints/"+url.PathEscape(trigger))
}

// Dispose begins the disposal of a savepoint and gives its id.
func (m JobManager) Dispose(ctx context.Context, path string) (string, error) {
	var answer struct {
		ID string `json:"request-id"`
	}
	err := call(ctx, m, http.MethodPost, "/savepoint-disposal", nil, map[string]any{"savepoint-path": path}, &answer)
	return answer.ID, err
}

// Disposed tells how far a disposal is.
func (m JobManager) Disposed(ctx context.Context, id string) (Async, error) {
	return m.async(ctx, "/savepoint-disposal/"+url.PathEscape(id))
}

func (m JobManager) async(ctx context.Context, path string) (Async, error) {
	var answer struct {
		Status struct {
			ID string `json:"id"`
		} `json:"status"`
		Operation struct {
			Location string `json:"location"`
			Failure  *struct {
				Stack string `json:"stack-trace"`
			} `json:"failure-cause"`
		} `json:"operation"`
	}
	if err := get(ctx, m, path, nil, &answer); err != nil {
		return Async{}, err
	}
	a := Async{Done: answer.Status.ID == "COMPLETED", Location: answer.Operation.Location}
	if answer.Operation.Failure != nil {
		a.Failure = strings.TrimSpace(answer.Operation.Failure.Stack)
	}
	return a, nil
}

func jobPath(job string) string { return "/jobs/" + url.PathEscape(job) }
