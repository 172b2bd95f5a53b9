package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"
)

// activePhases are those in which a run is looked after.
var activePhases = []string{cmf.PhasePending, cmf.PhaseRunning, cmf.PhaseFailing, cmf.PhaseDeleting}

// statement decides what a statement needs next.
func (l *Loop) statement(tx model.Tx, record model.Record, now time.Time) (*action, error) {
	q, err := readQuery(&record, now)
	if err != nil {
		return nil, err
	}
	if q.controller.Still && !q.controller.Deleting && !q.mustStop() {
		return nil, q.save(tx, time.Time{})
	}
	q.controller.Still = false
	phase := q.doc.Status.Phase
	switch {
	case q.controller.Deleting && q.controller.Run == nil:
		return nil, model.RemoveStatement(tx, record.Scope, record.Name)
	case q.controller.Deleting:
		return l.removeStatement(tx, q)
	case q.controller.Immediate, cmf.PhaseFinal(phase):
		return nil, q.save(tx, time.Time{})
	case q.controller.Unplanned:
		return l.plan(tx, q)
	case q.idle() && q.doc.Spec.Stopped:
		q.move(cmf.PhaseStopped, model.DetailStopped)
		return nil, q.save(tx, time.Time{})
	case q.idle():
		return l.resume(tx, q)
	}
	waits, err := q.waitsForPool(tx)
	switch {
	case err != nil:
		return nil, err
	case waits:
		return l.waitForPool(tx, q)
	case q.controller.Run.Stop == nil && q.mustStop():
		run, err := model.LoadRun(tx, *q.record, q.controller)
		if err != nil {
			return nil, err
		}
		q.controller.Run.Stop = &engine.StopRequest{
			ID: model.RandomHex(32), At: now, Savepoint: true,
			Format:    model.OwnFormat(l.engine.Savepoints(), model.MustEncode(run.Configuration)),
			Directory: model.SavepointDirectory(run.Configuration),
		}
		if err := q.save(tx, record.Due); err != nil {
			return nil, err
		}
	}
	return l.follow(tx, q)
}

func (q *query) mustStop() bool {
	return q.doc.Spec.Stopped || model.RunDigest(q.doc.Spec) != q.controller.Started || q.nonce() != q.controller.Nonce
}

// resume chooses a new run, from the last one's state or a savepoint that the
// specification newly names.
func (l *Loop) resume(tx model.Tx, q *query) (*action, error) {
	restore := q.controller.LastState
	if from := q.doc.Spec.StartFromSavepoint; from != nil && q.nonce() != q.controller.Nonce {
		path, err := model.StartPath(tx, q.record.In(model.KindStatementSavepoint, q.record.Name), model.StartOf(from))
		var refused *model.Error
		if errors.As(err, &refused) {
			q.move(cmf.PhaseFailed, refused.Error())
			return nil, q.save(tx, time.Time{})
		}
		if err != nil {
			return nil, err
		}
		restore = path
	}
	if old := q.controller.Run; old != nil {
		run, err := model.LoadRun(tx, *q.record, q.controller)
		if err != nil {
			return nil, err
		}
		run.Stop = nil
		if err := model.PutOrphan(tx, run.ID, model.Orphan{Run: &run}, q.now); err != nil {
			return nil, err
		}
	}
	q.controller.Run = &model.JobControllerState{ID: model.RandomHex(32), SubmittedAt: q.now, RestoreFrom: restore}
	q.controller.Started, q.controller.Nonce, q.controller.Ended = model.RunDigest(q.doc.Spec), q.nonce(), time.Time{}
	q.move(cmf.PhasePending, model.DetailPending)
	if waits, err := q.waitsForPool(tx); err != nil || waits {
		return nil, errors.Join(err, q.save(tx, time.Time{}))
	}
	if err := q.save(tx, q.record.Due); err != nil {
		return nil, err
	}
	return l.follow(tx, q)
}

// follow starts the run, or takes it up after a restart, and looks how it goes.
func (l *Loop) follow(tx model.Tx, q *query) (*action, error) {
	run, err := model.LoadRun(tx, *q.record, q.controller)
	if err != nil {
		return nil, err
	}
	taken := l.taken[run.ID]
	do := newAction(func(ctx context.Context) outcome {
		seen, err := l.ask(ctx, run, taken)
		return func(tx model.Tx, record *model.Record) (bool, error) {
			q, readErr := readQuery(record, l.now().UTC())
			if readErr != nil {
				return true, readErr
			}
			if q.controller.Run == nil || q.controller.Run.ID != run.ID {
				return true, nil
			}
			if q.controller.Deleting {
				return true, q.finish(tx, q.now)
			}
			if err != nil {
				return true, q.finish(tx, l.askFailed(q, err))
			}
			q.controller.Failures, q.controller.Run.Deployed = 0, true
			before := record.Doc
			due := q.applyObservation(seen)
			if !q.controller.Ended.IsZero() {
				return true, q.finish(tx, due)
			}
			err := q.finish(tx, time.Time{})
			l.poll(record, due, string(before) == string(record.Doc))
			return true, err
		}
	})
	if !taken {
		do.starts, do.large = run.ID, len(run.SQL) > model.LightText
	}
	return do, nil
}

// ask calls the engine: start, stop where it is wanted, observe.
func (l *Loop) ask(ctx context.Context, run engine.StatementRun, taken bool) (engine.StatementObservation, error) {
	statements := l.engine.Statements()
	if !taken {
		if err := statements.Start(ctx, run); err != nil {
			return engine.StatementObservation{}, fmt.Errorf("start: %w", err)
		}
	}
	if run.Stop != nil {
		if err := statements.StopStatement(ctx, run); err != nil {
			return engine.StatementObservation{}, fmt.Errorf("stop: %w", err)
		}
	}
	return statements.ObserveStatement(ctx, run)
}

// askFailed notes a failed call: what is wrong with the SQL fails the
// statement, anything else is tried again.
func (l *Loop) askFailed(q *query, err error) time.Time {
	delete(l.taken, q.controller.Run.ID)
	var wrong *engine.SQLError
	var rejected *engine.Rejection
	if errors.As(err, &wrong) || errors.As(err, &rejected) {
		q.move(cmf.PhaseFailed, err.Error())
		q.controller.Ended = q.now
		return time.Time{}
	}
	if errors.Is(err, engine.ErrNotFound) && q.controller.Run.Stop != nil {
		return q.ended(engine.StatementObservation{State: cmf.JobCanceled})
	}
	if errors.Is(err, engine.ErrUnavailable) {
		q.move(q.doc.Status.Phase, err.Error())
		return q.now.Add(unavailableWait)
	}
	q.controller.Failures++
	l.log.Warn("statement", "statement", q.record.Name, "error", err)
	if q.controller.Failures > 20 {
		q.move(cmf.PhaseFailed, err.Error())
		q.controller.Ended = q.now
		return time.Time{}
	}
	return q.now.Add(backoff(q.controller.Failures))
}

// saw moves the phase to an observation (cmf-behaviour.md §2.5).
func (q *query) applyObservation(seen engine.StatementObservation) time.Time {
	q.controller.Exceptions = seen.Exceptions
	q.controller.Resources = &seen.Resources
	if cmf.JobEnded(seen.State) {
		return q.ended(seen)
	}
	switch seen.State {
	case cmf.JobRunning:
		q.move(cmf.PhaseRunning, cmp.Or(seen.Detail, model.DetailRunning))
	case cmf.JobRestarting, cmf.JobFailing:
		q.move(cmf.PhaseFailing, rootCause(seen.Exceptions))
	default:
		if q.doc.Status.Phase == cmf.PhasePending {
			q.move(cmf.PhasePending, model.DetailPending)
		}
	}
	return seen.Next
}

// ended is after the run: by its own end, by a failure, or by a stop, after
// which it may be resumed at once with another parallelism.
func (q *query) ended(seen engine.StatementObservation) time.Time {
	q.controller.Ended = q.now
	switch {
	case seen.State == cmf.JobFailed:
		q.move(cmf.PhaseFailed, rootCause(seen.Exceptions))
		return time.Time{}
	case q.controller.Run.Stop == nil && seen.State == cmf.JobFinished:
		q.move(cmf.PhaseCompleted, model.DetailCompleted)
		return time.Time{}
	}
	q.controller.LastState = q.controller.Run.RestoreFrom
	if seen.Stopped != nil && seen.Stopped.Path != "" {
		q.controller.LastState = seen.Stopped.Path
	}
	if q.doc.Spec.Stopped || q.controller.Run.Stop == nil {
		q.move(cmf.PhaseStopped, model.DetailStopped)
		if q.controller.Run.Stop == nil {
			return time.Time{}
		}
	}
	return q.now
}

// rootCause is what a person should read of the newest exception: mostly its
// last "Caused by", or its beginning, without the frames.
func rootCause(exceptions []engine.JobException) string {
	if len(exceptions) == 0 {
		return "The job failed without a cause."
	}
	if said := exceptions[0].Cause; said != "" {
		return said
	}
	text := exceptions[0].Text
	if i := strings.LastIndex(text, "Caused by: "); i >= 0 {
		text = text[i+len("Caused by: "):]
	}
	for _, frames := range []string{"\n\tat ", "\n\t... "} {
		text, _, _ = strings.Cut(text, frames)
	}
	return strings.TrimSpace(text)
}

// removeStatement ends the run of a deleted statement with its results.
func (l *Loop) removeStatement(tx model.Tx, q *query) (*action, error) {
	run, err := model.LoadRun(tx, *q.record, q.controller)
	if err != nil {
		return nil, err
	}
	run.Stop = nil
	return newAction(func(ctx context.Context) outcome {
		err := l.engine.Statements().StopStatement(ctx, run)
		return func(tx model.Tx, record *model.Record) (bool, error) {
			if err != nil && !errors.Is(err, engine.ErrNotFound) {
				l.log.Warn("remove statement", "statement", record.Name, "error", err)
				record.Due = l.now().Add(10 * time.Second)
				return true, nil
			}
			delete(l.taken, run.ID)
			return false, model.RemoveStatement(tx, record.Scope, record.Name)
		}
	}), nil
}
