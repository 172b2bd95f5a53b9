package flinkrest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Async is how far an asynchronous operation is.
type Async struct {
	Done     bool
	Location string
	Failure  string // the stack trace
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
	return m.stop(ctx, job, trigger, directory, format, false)
}

// Drain is Stop after the end of all input was announced: timers fire, windows are
// closed, and a job that starts from the savepoint has no place for what comes later.
func (m JobManager) Drain(ctx context.Context, job, trigger, directory, format string) error {
	return m.stop(ctx, job, trigger, directory, format, true)
}

func (m JobManager) stop(ctx context.Context, job, trigger, directory, format string, drain bool) error {
	body := map[string]any{"drain": drain, "triggerId": trigger}
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

// TakeCheckpoint begins a checkpoint with an id of ours; kind is CONFIGURED, FULL or
// INCREMENTAL.
func (m JobManager) TakeCheckpoint(ctx context.Context, job, trigger, kind string) error {
	return call(
		ctx, m, http.MethodPost, jobPath(job)+"/checkpoints", nil,
		map[string]any{"checkpointType": kind, "triggerId": trigger}, nil,
	)
}

// CheckpointTriggered tells how far a checkpoint that was asked for is; Location is
// its number.
func (m JobManager) CheckpointTriggered(ctx context.Context, job, trigger string) (Async, error) {
	return m.async(ctx, jobPath(job)+"/checkpoints/"+url.PathEscape(trigger))
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
			Location   string `json:"location"`
			Checkpoint *int64 `json:"checkpointId"`
			Failure    *struct {
				Stack string `json:"stack-trace"`
			} `json:"failure-cause"`
			OfCheckpoint *struct {
				Stack string `json:"stack-trace"`
			} `json:"failureCause"`
		} `json:"operation"`
	}
	if err := get(ctx, m, path, nil, &answer); err != nil {
		return Async{}, err
	}
	if id := answer.Status.ID; id != "COMPLETED" && id != "IN_PROGRESS" {
		return Async{}, &Error{Status: http.StatusOK, Err: fmt.Errorf(
			"cannot read how far %s is: Flink answered with the status %q", path, id,
		)}
	}
	a := Async{Done: answer.Status.ID == "COMPLETED", Location: answer.Operation.Location}
	if n := answer.Operation.Checkpoint; n != nil {
		a.Location = strconv.FormatInt(*n, 10)
	}
	failure := answer.Operation.Failure
	if failure == nil {
		failure = answer.Operation.OfCheckpoint
	}
	if failure != nil {
		a.Failure = strings.TrimSpace(failure.Stack)
		if a.Failure == "" {
			a.Failure = "Flink gives no cause"
		}
	}
	return a, nil
}
