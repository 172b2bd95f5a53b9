package engine

import (
	"context"
	"time"
)

// SavepointTrigger is one attempt at a savepoint.
type SavepointTrigger struct {
	ID        string // 32 hex, chosen and stored before the call
	Directory string // target directory; empty: the engine's default
	Format    string // CANONICAL, NATIVE
	At        time.Time
}

// SavepointObservation tells how far a savepoint is.
type SavepointObservation struct {
	State string // cmf.SavepointInProgress, Completed, Failed, Abandoned
	Path  string
	Size  int64 // bytes; 0 when unknown
	Error string
	Ended time.Time
	Next  time.Time // as in JobObservation
	Final bool      // of a failure that another attempt would meet as well
}

// Savepoints takes and deletes savepoints of applications and statements.
type Savepoints interface {
	// Format is that of savepoints that are taken by themselves, as at a stop.
	Format() string
	Trigger(ctx context.Context, jobID string, job Job, trigger SavepointTrigger) error
	ObserveSavepoint(ctx context.Context, jobID string, job Job, trigger SavepointTrigger) (SavepointObservation, error)
	// Dispose deletes the files. A savepoint that is not there is no error.
	Dispose(ctx context.Context, path string) error
}
