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
	"drey/server/service"
)

// activePhases are those in which a run is looked after.
var activePhases = []string{cmf.PhasePending, cmf.PhaseRunning, cmf.PhaseFailing, cmf.PhaseDeleting}

// statement decides what a statement needs next.
func (l *Loop) statement(tx service.Tx, record service.Record, now time.Time) (*action, error) {
	q, err := readQuery(&record, now)
	if err != nil {
		return nil, err
	}
	if q.note.Still && !q.note.Deleting && !q.mustStop() {
		return nil, q.save(tx, time.Time{})
	}
	q.note.Still = false
	phase := q.doc.Status.Phase
	switch {
	case q.note.Deleting && q.note.Run == nil:
		return nil, service.RemoveStatement(tx, record.Scope, record.Name)
	case q.note.Deleting:
		return l.removeStatement(tx, q)
	case q.note.Immediate, phase == cmf.PhaseCompleted, phase == cmf.PhaseFailed:
		return nil, q.save(tx, time.Time{})
	case q.atRest() && q.doc.Spec.Stopped:
		q.move(cmf.PhaseStopped, service.DetailStopped)
		return nil, q.save(tx, time.Time{})
	case q.atRest():
		return l.resume(tx, q)
	}
	waits, err := q.waitsForPool(tx)
	switch {
	case err != nil:
		return nil, err
	case waits:
		return l.hold(tx, q)
	case q.note.Run.Stop == nil && q.mustStop():
		run, err := service.LoadRun(tx, *q.record, q.note)
		if err != nil {
			return nil, err
		}
		q.note.Run.Stop = &engine.StopRequest{
			ID: service.RandomHex(32), At: now, Savepoint: true,
			Format:    service.OwnFormat(l.engine.Savepoints(), service.MustEncode(run.Configuration)),
			Directory: service.SavepointDirectory(run.Configuration),
		}
		if err := q.save(tx, record.Due); err != nil {
			return nil, err
		}
	}
	return l.follow(tx, q)
}

func (q *query) mustStop() bool {
	return q.doc.Spec.Stopped || service.RunDigest(q.doc.Spec) != q.note.Started || q.nonce() != q.note.Nonce
}

// resume chooses a new run, from the last one's state or a savepoint that the
// specification newly names.
func (l *Loop) resume(tx service.Tx, q *query) (*action, error) {
	restore := q.note.LastState
	if from := q.doc.Spec.StartFromSavepoint; from != nil && q.nonce() != q.note.Nonce {
		path, err := service.StartPath(tx, q.record.In(service.KindStatementSavepoint, q.record.Name), service.StartOf(from))
		var refused *service.Error
		if errors.As(err, &refused) {
			q.move(cmf.PhaseFailed, refused.Error())
			return nil, q.save(tx, time.Time{})
		}
		if err != nil {
			return nil, err
		}
		restore = path
	}
	if old := q.note.Run; old != nil {
		run, err := service.LoadRun(tx, *q.record, q.note)
		if err != nil {
			return nil, err
		}
		run.Stop = nil
		if err := service.PutOrphan(tx, run.ID, service.Orphan{Run: &run}, q.now); err != nil {
			return nil, err
		}
	}
	q.note.Run = &service.JobNote{ID: service.RandomHex(32), SubmittedAt: q.now, RestoreFrom: restore}
	q.note.Started, q.note.Nonce, q.note.Ended = service.RunDigest(q.doc.Spec), q.nonce(), time.Time{}
	q.move(cmf.PhasePending, service.DetailPending)
	if waits, err := q.waitsForPool(tx); err != nil || waits {
		return nil, errors.Join(err, q.save(tx, time.Time{}))
	}
	if err := q.save(tx, q.record.Due); err != nil {
		return nil, err
	}
	return l.follow(tx, q)
}

// follow starts the run, or takes it up after a restart, and looks how it goes.
func (l *Loop) follow(tx service.Tx, q *query) (*action, error) {
	run, err := service.LoadRun(tx, *q.record, q.note)
	if err != nil {
		return nil, err
	}
	taken := l.taken[run.ID]
	do := asking(func(ctx context.Context) outcome {
		seen, err := l.ask(ctx, run, taken)
		return func(tx service.Tx, record *service.Record) (bool, error) {
			q, readErr := readQuery(record, l.now().UTC())
			if readErr != nil {
				return true, readErr
			}
			if q.note.Run == nil || q.note.Run.ID != run.ID {
				return true, nil
			}
			if q.note.Deleting {
				return true, q.finish(tx, q.now)
			}
			if err != nil {
				return true, q.finish(tx, l.askFailed(q, err))
			}
			q.note.Failures, q.note.Run.Deployed = 0, true
			before := record.Doc
			due := q.saw(seen)
			if !q.note.Ended.IsZero() {
				return true, q.finish(tx, due)
			}
			err := q.finish(tx, time.Time{})
			l.poll(record, due, string(before) == string(record.Doc))
			return true, err
		}
	})
	if !taken {
		do.starts = run.ID
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
	delete(l.taken, q.note.Run.ID)
	var wrong *engine.SQLError
	var rejected *engine.Rejection
	if errors.As(err, &wrong) || errors.As(err, &rejected) {
		q.move(cmf.PhaseFailed, err.Error())
		q.note.Ended = q.now
		return time.Time{}
	}
	if errors.Is(err, engine.ErrNotFound) && q.note.Run.Stop != nil {
		return q.ended(engine.StatementObservation{State: cmf.JobCanceled})
	}
	if errors.Is(err, engine.ErrUnavailable) {
		q.move(q.doc.Status.Phase, err.Error())
		return q.now.Add(unavailableWait)
	}
	q.note.Failures++
	l.log.Warn("statement", "statement", q.record.Name, "error", err)
	if q.note.Failures > 20 {
		q.move(cmf.PhaseFailed, err.Error())
		q.note.Ended = q.now
		return time.Time{}
	}
	return q.now.Add(backoff(q.note.Failures))
}

// saw moves the phase to an observation (cmf-behaviour.md §2.5).
func (q *query) saw(seen engine.StatementObservation) time.Time {
	q.note.Exceptions = seen.Exceptions
	q.note.Resources = &seen.Resources
	switch seen.State {
	case cmf.JobFinished, cmf.JobCanceled, cmf.JobFailed:
		return q.ended(seen)
	case cmf.JobRunning:
		q.move(cmf.PhaseRunning, cmp.Or(seen.Detail, service.DetailRunning))
	case cmf.JobRestarting, cmf.JobFailing:
		q.move(cmf.PhaseFailing, rootCause(seen.Exceptions))
	default:
		if q.doc.Status.Phase == cmf.PhasePending {
			q.move(cmf.PhasePending, service.DetailPending)
		}
	}
	return seen.Next
}

// ended is after the run: by its own end, by a failure, or by a stop, after
// which it may be resumed at once with another parallelism.
func (q *query) ended(seen engine.StatementObservation) time.Time {
	q.note.Ended = q.now
	switch {
	case seen.State == cmf.JobFailed:
		q.move(cmf.PhaseFailed, rootCause(seen.Exceptions))
		return time.Time{}
	case q.note.Run.Stop == nil && seen.State == cmf.JobFinished:
		q.move(cmf.PhaseCompleted, service.DetailCompleted)
		return time.Time{}
	}
	q.note.LastState = q.note.Run.RestoreFrom
	if seen.Stopped != nil && seen.Stopped.Path != "" {
		q.note.LastState = seen.Stopped.Path
	}
	if q.doc.Spec.Stopped || q.note.Run.Stop == nil {
		q.move(cmf.PhaseStopped, service.DetailStopped)
		if q.note.Run.Stop == nil {
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
	if told := exceptions[0].Told; told != "" {
		return told
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
func (l *Loop) removeStatement(tx service.Tx, q *query) (*action, error) {
	run, err := service.LoadRun(tx, *q.record, q.note)
	if err != nil {
		return nil, err
	}
	run.Stop = nil
	return asking(func(ctx context.Context) outcome {
		err := l.engine.Statements().StopStatement(ctx, run)
		return func(tx service.Tx, record *service.Record) (bool, error) {
			if err != nil && !errors.Is(err, engine.ErrNotFound) {
				l.log.Warn("remove statement", "statement", record.Name, "error", err)
				record.Due = l.now().Add(10 * time.Second)
				return true, nil
			}
			delete(l.taken, run.ID)
			return false, service.RemoveStatement(tx, record.Scope, record.Name)
		}
	}), nil
}
