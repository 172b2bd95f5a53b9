package engine

import (
	"context"
	"time"

	"drey/client/cmf"
)

// Job is one Flink job of an application. All ids are chosen and stored by
// control before the first call.
type Job struct {
	ID          string // Flink's job id: 32 lower-case hex digits
	Environment string
	Application string
	Instance    string // UUID of the application instance
	Spec        cmf.Object
	// RestoreFrom is the path of a savepoint or checkpoint; empty means empty state.
	RestoreFrom      string
	AllowNonRestored bool
	SubmittedAt      time.Time
	// AsOf is when the job is told of as it was then, for one that nothing changes of; zero
	// is now.
	AsOf time.Time
	// Stop is set once the job was told to end.
	Stop *StopRequest
	// Run is set where the job is a statement's (savepoints only).
	Run *StatementRun
}

// StopRequest says how a job ends.
type StopRequest struct {
	ID        string // 32 hex, also the trigger id of the savepoint
	At        time.Time
	Savepoint bool   // stop with a savepoint, else cancel
	Directory string // where the savepoint goes; empty: the engine's default
	Format    string // CANONICAL or NATIVE; empty: the engine's choice
}

// Applications deploys jars as Flink jobs.
type Applications interface {
	// Deploy submits the job. A spec that can never run is a *Rejection.
	Deploy(ctx context.Context, job Job) error
	// Observe tells where the job is now. ErrNotFound: never deployed or lost.
	Observe(ctx context.Context, job Job) (JobObservation, error)
	// Stop asks the job to end as job.Stop says; Observe tells when it has.
	Stop(ctx context.Context, job Job) error
	// Remove ends the job if it still runs and frees what is kept for it,
	// savepoints excepted.
	Remove(ctx context.Context, job Job) error
}

// Rejection is a specification that the engine refuses; its text goes to status.error.
type Rejection struct{ Reason string }

func (r *Rejection) Error() string { return r.Reason }

// JobObservation is what was seen of an application's job.
type JobObservation struct {
	State      string // Flink's JobStatus, cmf.JobRunning …
	Deployment string // JobManagerDeploymentStatus: MISSING, DEPLOYING, DEPLOYED_NOT_READY, READY, ERROR
	Name       string // the job's own name
	StartTime  time.Time
	UpdateTime time.Time // of the last change of State
	// Error is set when the deployment itself failed (not the job's code).
	Error      string
	Exceptions []JobException // newest first, at most 10
	Restarts   int
	Checkpoint *Checkpoint // newest completed one
	// Stopped is the savepoint of job.Stop, once known.
	Stopped *SavepointObservation
	// Resources is what the deployment takes.
	Resources cmf.ResourceUsageSummary
	// Next is when this may be different; the zero time means not before
	// something is asked of the job. Engines that must be polled return now
	// plus their interval.
	Next time.Time
}

// Checkpoint is a completed checkpoint.
type Checkpoint struct {
	Path string
	At   time.Time
	Size int64 // bytes
}

// JobException is one failure of a job, with Flink's full stack text.
type JobException struct {
	At   time.Time
	Name string // the exception's class name
	Text string // message and stack trace
	// Told is what a person should read of it; empty: the last cause in Text.
	Cause string `json:"Told,omitempty"` // under the name that is stored
}

// CheckpointPeeker is what an engine may offer: the newest checkpoint of a running
// job, known without waiting.
type CheckpointPeeker interface {
	PeekCheckpoint(job Job) *Checkpoint
}
