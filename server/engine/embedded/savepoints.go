package embedded

import (
	"context"
	"errors"
	"fmt"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
)

// savepoints takes savepoints of stand-ins and statements.
type savepoints struct {
	*Applications
	statements statements
}

// Format implements service.Savepoints (specs, SavepointSpec.formatType).
func (savepoints) Format() string { return cmf.FormatCanonical }

// Trigger has nothing to do: when a savepoint is done follows from its trigger.
func (p savepoints) Trigger(context.Context, string, engine.Job, engine.SavepointTrigger) error {
	return nil
}

// ObserveSavepoint tells how far the savepoint is, and writes its file once it
// is done.
func (p savepoints) ObserveSavepoint(
	ctx context.Context, _ string, job engine.Job, trigger engine.SavepointTrigger,
) (engine.SavepointObservation, error) {
	if job.Run != nil {
		return p.ofStatement(ctx, *job.Run, trigger)
	}
	a := p.Applications
	s, err := a.standIn(job)
	if err != nil {
		return engine.SavepointObservation{}, err
	}
	if stop := job.Stop; stop != nil && !stop.At.After(trigger.At.Add(s.savepoint.takes)) && !a.now().Before(stop.At) {
		return engine.SavepointObservation{
			State: cmf.SavepointAbandoned, Error: "The job was stopped before the savepoint was complete.",
			Ended: stop.At,
		}, nil
	}
	return a.observeSavepoint(s, trigger)
}

// ofStatement takes a savepoint of a statement, which is done at once.
func (p savepoints) ofStatement(
	ctx context.Context, run engine.StatementRun, trigger engine.SavepointTrigger,
) (engine.SavepointObservation, error) {
	path, size, err := p.statements.Savepoint(ctx, run, trigger.Directory, trigger.ID)
	if err != nil {
		return *failedSavepoint(trigger.At, err.Error()), nil //nolint:nilerr // it is told as the savepoint's failure
	}
	return engine.SavepointObservation{
		State: cmf.SavepointCompleted, Path: path, Size: size, Ended: trigger.At,
	}, nil
}

func (a *Applications) observeSavepoint(
	s standIn, trigger engine.SavepointTrigger,
) (engine.SavepointObservation, error) {
	m := s.stateAt(trigger.At)
	if m.state != cmf.JobRunning {
		return *failedSavepoint(trigger.At, "the job is "+m.state), nil
	}
	done := trigger.At.Add(s.savepoint.takes)
	if a.now().Before(done) {
		return engine.SavepointObservation{State: cmf.SavepointInProgress, Next: done}, nil
	}
	if s.savepoint.fails {
		return *failedSavepoint(
			done, "Checkpoint failure: could not write the state of task 'Window(TumblingEventTimeWindows)' (1/1)",
		), nil
	}
	directory := trigger.Directory
	if directory == "" {
		directory = s.savepoint.directory
	}
	content := s.snapshot("savepoint", s.stateAt(done), done)
	content.FormatType = trigger.Format
	path := a.files.savepointPath(directory, s.job.ID, trigger.ID)
	if !s.savepoint.lost {
		if err := a.files.write(path, content); err != nil {
			return engine.SavepointObservation{}, fmt.Errorf("write savepoint: %w", err)
		}
	}
	return engine.SavepointObservation{
		State: cmf.SavepointCompleted, Path: path, Size: content.StateSize, Ended: done,
	}, nil
}

func failedSavepoint(at time.Time, why string) *engine.SavepointObservation {
	return &engine.SavepointObservation{
		State: cmf.SavepointFailed, Ended: at,
		Error: "org.apache.flink.runtime.checkpoint.CheckpointException: " + why,
	}
}

// Dispose deletes the files, and the copies that the engine keeps of them.
func (p savepoints) Dispose(_ context.Context, path string) error {
	if err := errors.Join(p.files.remove(path), p.statements.DisposeSavepoint(path)); err != nil {
		return fmt.Errorf("dispose savepoint: %w", err)
	}
	return nil
}
