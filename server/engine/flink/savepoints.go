package flink

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/client/flinkrest"
	"drey/server/engine"
	"drey/server/engine/flink/job"
)

type savepoints struct{ *Engine }

// Format implements service.Savepoints: canonical savepoints break jobs
// with asynchronous state (flink-verified.md §3).
func (savepoints) Format() string { return cmf.FormatNative }

// Trigger implements service.Savepoints; again with the same id it is the
// same savepoint.
func (p savepoints) Trigger(ctx context.Context, jobID string, j engine.Job, trigger engine.SavepointTrigger) error {
	if j.Run != nil {
		err := p.statements.Trigger(ctx, *j.Run, trigger)
		return refusedTrigger(err)
	}
	err := p.jobs.Savepoint(ctx, jobID, trigger.ID, p.directory(j, trigger.Directory), trigger.Format)
	return refusedTrigger(err)
}

// refusedTrigger leaves to the observation what Flink says of a job that it
// does not know.
func refusedTrigger(err error) error {
	if flinkrest.NotFound(err) {
		return nil
	}
	return err
}

// ObserveSavepoint implements service.Savepoints.
func (p savepoints) ObserveSavepoint(
	ctx context.Context, jobID string, j engine.Job, trigger engine.SavepointTrigger,
) (engine.SavepointObservation, error) {
	var seen *engine.SavepointObservation
	var err error
	if j.Run != nil {
		var of engine.SavepointObservation
		of, err = p.statements.ObserveSavepoint(ctx, *j.Run, trigger)
		seen = &of
	} else {
		seen, err = job.Savepoint(ctx, p.jobs, jobID, trigger.ID, p.options.Now().UTC())
	}
	switch {
	case errors.Is(err, engine.ErrNotFound), err == nil && seen == nil:
		return engine.SavepointObservation{
			State: cmf.SavepointFailed, Ended: p.options.Now().UTC(),
			Error: "Flink does not know the savepoint: the job is not there, or the JobManager was restarted.",
		}, nil
	case err != nil:
		return engine.SavepointObservation{}, err
	}
	if seen.State == cmf.SavepointFailed && trigger.Format == cmf.FormatCanonical {
		return p.asynchronous(ctx, jobID, *seen, trigger.At), nil
	}
	return *seen, nil
}

// asynchronous tells a canonical savepoint that no state of the job can go into
// from one that failed by chance: the task that was asked for it has failed.
// The JobManager tells of that a while after the savepoint's failure.
func (p savepoints) asynchronous(
	ctx context.Context, jobID string, seen engine.SavepointObservation, begun time.Time,
) engine.SavepointObservation {
	exceptions, err := job.Exceptions(ctx, p.jobs, jobID)
	if err != nil {
		return seen
	}
	for _, e := range exceptions {
		if strings.HasSuffix(e.Name, "UnsupportedOperationException") &&
			strings.Contains(strings.ToLower(e.Text), "checkpoint") {
			seen.Final = true
			seen.Error = "The job keeps its state asynchronously, which a CANONICAL savepoint cannot hold; the attempt has " +
				"restarted it. Take a NATIVE one. (" + seen.Error + ")"
			return seen
		}
	}
	if now := p.options.Now(); strings.Contains(seen.Error, "Checkpoint Coordinator is suspending") &&
		now.Sub(begun) < disposeDeadline {
		return engine.SavepointObservation{State: cmf.SavepointInProgress, Next: now.Add(shortPoll)}
	}
	return seen
}

// disposeDeadline is more than what the JobManager keeps an answer for, which is
// web.refresh-interval, 3 s.
const disposeDeadline = 10 * time.Second

// disposeTime is how long a disposal may take.
const disposeTime = 20 * time.Second

// Dispose implements service.Savepoints. What is not there is gone.
func (p savepoints) Dispose(ctx context.Context, path string) error {
	if there, known := job.Exists(path); known && !there {
		return nil
	}
	id, err := p.jobs.Dispose(ctx, path)
	if err != nil {
		return fmt.Errorf("dispose savepoint: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, disposeTime)
	defer cancel()
	for {
		a, err := p.jobs.Disposed(limited, id)
		switch {
		case err != nil:
			return fmt.Errorf("dispose savepoint: %w", err)
		case a.Failure != "" && flinkrest.Expired(a.Failure):
			return nil
		case a.Failure != "":
			return fmt.Errorf("dispose savepoint: %s", job.Reason(a.Failure))
		case a.Done:
			return nil
		}
		timer := time.NewTimer(shortPoll)
		select {
		case <-limited.Done():
			timer.Stop()
			return limited.Err()
		case <-timer.C:
		}
	}
}
