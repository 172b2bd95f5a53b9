package model

import (
	"encoding/json"
	"fmt"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
)

// ApplicationControllerState is what control remembers of an application.
type ApplicationControllerState struct {
	Deleting  bool   `json:"deleting,omitempty"`
	Instance  string `json:"instance,omitempty"`  // the current one
	Effective string `json:"effective,omitempty"` // digest of what it was made from
	// Job is what runs, is being deployed or is being stopped.
	Job *JobControllerState `json:"job,omitempty"`
	// LastState is where the next start goes on from, by upgradeMode.
	LastState string `json:"lastState,omitempty"`
	// StartFrom is a savepoint that a request asked to start from; it wins once.
	StartFrom        string `json:"startFrom,omitempty"`
	AllowNonRestored bool   `json:"allowNonRestored,omitempty"`
	// Restart is set by the start of an application whose job has ended.
	Restart        bool   `json:"restart,omitempty"`
	Nonces         string `json:"nonces,omitempty"` // as deployed
	Deployed       bool   `json:"deployed,omitempty"`
	Stable         bool   `json:"stable,omitempty"`         // was running once
	StableInstance string `json:"stableInstance,omitempty"` // the last that was
	Rejected       string `json:"rejected,omitempty"`
	Failures       int    `json:"failures,omitempty"` // of calls to the engine, in a row
	// SeenException is when the newest exception that has an event happened.
	SeenException time.Time                 `json:"seenException,omitzero"`
	Resources     *cmf.ResourceUsageSummary `json:"resources,omitempty"`
}

// JobControllerState is a job whose ids were chosen.
type JobControllerState struct {
	ID               string              `json:"id"`
	SubmittedAt      time.Time           `json:"submittedAt"`
	RestoreFrom      string              `json:"restoreFrom,omitempty"`
	AllowNonRestored bool                `json:"allowNonRestored,omitempty"`
	Deployed         bool                `json:"deployed,omitempty"`
	Stop             *engine.StopRequest `json:"stop,omitempty"`
	Savepoint        string              `json:"savepoint,omitempty"` // the object that Stop's savepoint is shown as
	Format           string              `json:"format,omitempty"`
	// StillAt has control leave a job alone until something is asked of it, which is told
	// of as it was then; zero for one that goes on.
	StillAt time.Time `json:"stillAt,omitzero"`
}

// StatementControllerState is what control remembers of a statement.
type StatementControllerState struct {
	Deleting  bool                `json:"deleting,omitempty"`
	Run       *JobControllerState `json:"run,omitempty"`
	Immediate bool                `json:"immediate,omitempty"`
	// Still has control leave a run alone until something is asked of it; its
	// results can be read.
	Still bool `json:"still,omitempty"`
	// Unplanned is set until the engine has planned the statement, before which
	// nothing of its run has begun.
	Unplanned bool `json:"unplanned,omitempty"`
	// Started is the RunDigest that the run was started with.
	Started   string `json:"started,omitempty"`
	LastState string `json:"lastState,omitempty"`
	Nonce     string `json:"nonce,omitempty"`
	Failures  int    `json:"failures,omitempty"`
	// Ended is when the run came to its end, by itself or by a stop.
	Ended      time.Time                 `json:"ended,omitzero"`
	Exceptions []engine.JobException     `json:"exceptions,omitempty"`
	Resources  *cmf.ResourceUsageSummary `json:"resources,omitempty"`
}

// SavepointControllerState is what control remembers of a savepoint.
type SavepointControllerState struct {
	Trigger *engine.SavepointTrigger `json:"trigger,omitempty"`
	JobID   string                   `json:"jobId,omitempty"`
	// ByStop marks the savepoint that a stop takes; it follows the job.
	ByStop   bool `json:"byStop,omitempty"`
	Periodic bool `json:"periodic,omitempty"` // it was taken by itself
	Deleting bool `json:"deleting,omitempty"`
	Failures int  `json:"failures,omitempty"`
}

// PoolControllerState is what control remembers of a shared pool.
type PoolControllerState struct {
	Since time.Time `json:"since,omitzero"` // of the current phase
}

// Orphan is a job without an object.
type Orphan struct {
	Job *engine.Job          `json:"job,omitempty"`
	Run *engine.StatementRun `json:"run,omitempty"`
}

// ReadControllerState decodes a record's note; an absent one is the zero value.
func ReadControllerState[T any](record Record) (T, error) {
	var controller T
	if len(record.ControllerState) == 0 {
		return controller, nil
	}
	if err := json.Unmarshal(record.ControllerState, &controller); err != nil {
		return controller, fmt.Errorf("note of %s %s: %w", record.Kind, record.Name, err)
	}
	return controller, nil
}
