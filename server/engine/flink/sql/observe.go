package sql

import (
	"context"
	"errors"
	"time"

	"drey/client/cmf"
	"drey/client/flinkrest"
	"drey/server/engine"
	"drey/server/engine/flink/job"
)

// How soon to look again at a job that changes and at one that runs.
const (
	shortPoll   = 20 * time.Millisecond
	runningPoll = time.Second
)

// ObserveStatement implements service.Statements.
func (s *Statements) ObserveStatement(
	ctx context.Context, of engine.StatementRun,
) (engine.StatementObservation, error) {
	r, err := s.find(of)
	if err != nil {
		return engine.StatementObservation{}, err
	}
	now := s.opts.Now()
	if err := s.endAbandoned(ctx, r); err != nil {
		return engine.StatementObservation{}, err
	}
	if r.see().Lost != "" { // its job has nobody to hand rows to
		return s.lost(r), ignoreNotFound(s.opts.JobManager.Cancel(ctx, r.see().Job))
	}
	if cause, stack := r.failed(); cause != nil && of.Stop == nil {
		return s.gaveUp(ctx, r, *cause, stack)
	}
	state, err := s.opts.JobManager.Status(ctx, r.see().Job)
	switch {
	case flinkrest.NotFound(err) && r.see().Canceled:
		return engine.StatementObservation{State: cmf.JobCanceled}, nil
	case flinkrest.NotFound(err) && r.see().Query && !r.see().Seen:
		return engine.StatementObservation{State: cmf.JobCreated, Next: now.Add(shortPoll)}, nil
	case flinkrest.NotFound(err) && r.spool.Done():
		return engine.StatementObservation{State: cmf.JobFinished}, nil
	case flinkrest.NotFound(err):
		return s.lose(ctx, r, of)
	case err != nil:
		return engine.StatementObservation{}, err
	}
	return s.observation(ctx, r, of, state)
}

// saw tells more of a job that Flink knows.
func (s *Statements) observation(
	ctx context.Context, r *run, of engine.StatementRun, state string,
) (engine.StatementObservation, error) {
	rec := r.see()
	seen := engine.StatementObservation{State: state, Next: s.opts.Now().Add(shortPoll)}
	if !rec.Seen {
		if err := r.change(func(k *record) { k.Seen = true }); err != nil {
			return seen, err
		}
	}
	var err error
	if state != cmf.JobFinished && state != cmf.JobCreated && (state != cmf.JobRunning || !rec.Query) {
		if seen.Exceptions, err = job.Exceptions(ctx, s.opts.JobManager, rec.Job); err != nil &&
			!flinkrest.NotFound(err) {
			return seen, err
		}
	}
	switch {
	case state == cmf.JobFailed && len(seen.Exceptions) == 0: // they come a moment later
		seen.State = cmf.JobFailing
	case cmf.JobEnded(state):
		seen.Next = time.Time{}
	case state == cmf.JobRunning:
		if of.Stop == nil {
			seen.Next = s.opts.Now().Add(runningPoll)
		}
		if err := s.recordCheckpoint(ctx, r); err != nil {
			return seen, err
		}
	}
	seen.Exceptions = append(seen.Exceptions, rec.Again...)
	if of.Stop != nil && of.Stop.Savepoint {
		return s.stopping(ctx, r, of, seen)
	}
	return seen, nil
}

// noteCheckpoint keeps where an INSERT would go on.
func (s *Statements) recordCheckpoint(ctx context.Context, r *run) error {
	rec := r.see()
	if rec.Query {
		return nil
	}
	chk, err := job.Checkpoint(ctx, s.opts.JobManager, rec.Job)
	if flinkrest.NotFound(err) || err == nil && (chk == nil || chk.Path == rec.Checkpoint) {
		return nil
	}
	if err != nil {
		return err
	}
	return r.change(func(k *record) { k.Checkpoint = chk.Path })
}

// stopping adds the stop's savepoint.
func (s *Statements) stopping(
	ctx context.Context, r *run, of engine.StatementRun, seen engine.StatementObservation,
) (engine.StatementObservation, error) {
	now := s.opts.Now().UTC()
	if path := r.see().Stopped; path != "" {
		seen.Stopped = &engine.SavepointObservation{
			State: cmf.SavepointCompleted, Path: path, Size: job.Size(path), Ended: of.Stop.At,
		}
		return seen, nil
	}
	stopped, err := job.Savepoint(ctx, s.opts.JobManager, r.see().Job, of.Stop.ID, now)
	if err != nil || stopped == nil {
		return seen, err
	}
	seen.Stopped = stopped
	switch stopped.State {
	case cmf.SavepointCompleted:
		if !cmf.JobEnded(seen.State) { // the savepoint is complete before the job has ended
			seen.Next = now.Add(shortPoll)
		}
		return seen, r.change(func(k *record) { k.Stopped = stopped.Path })
	case cmf.SavepointFailed:
		if !cmf.JobEnded(seen.State) { // nothing can be kept of it
			return seen, s.end(ctx, r)
		}
	}
	return seen, nil
}

// gaveUp is a job that failed, as the gateway told it: the JobManager knows the
// history, but not of a job that never came to be.
func (s *Statements) gaveUp(
	ctx context.Context, r *run, cause flinkrest.Cause, stack string,
) (engine.StatementObservation, error) {
	seen := engine.StatementObservation{State: cmf.JobFailed}
	exceptions, err := job.Exceptions(ctx, s.opts.JobManager, r.see().Job)
	if errors.Is(err, engine.ErrUnavailable) {
		return seen, err
	}
	if seen.Exceptions = exceptions; len(exceptions) == 0 {
		seen.Exceptions = []engine.JobException{{
			At: s.opts.Now().UTC(), Name: cause.Class, Text: stack, Cause: cause.String(),
		}}
	}
	return seen, nil
}
