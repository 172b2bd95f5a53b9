package control

import (
	"context"
	"time"

	"drey/client/cmf"
	"drey/server/model"
)

// plan has the engine plan a statement whose create did not wait for it.
func (l *Loop) plan(tx model.Tx, q *query) (*action, error) {
	run, err := model.LoadRun(tx, *q.record, q.controller)
	if err != nil {
		return nil, err
	}
	do := newAction(func(ctx context.Context) outcome {
		planned, err := model.PlanRun(ctx, l.engine.Statements(), run)
		return func(tx model.Tx, record *model.Record) (bool, error) {
			q, readErr := readQuery(record, l.now().UTC())
			if readErr != nil || q.controller.Run == nil || q.controller.Run.ID != run.ID {
				return true, readErr
			}
			if q.controller.Deleting {
				return true, q.finish(tx, q.now)
			}
			if err != nil {
				return true, q.finish(tx, l.askFailed(q, err))
			}
			return true, q.finish(tx, q.planned(planned))
		}
	})
	do.large = true
	return do, nil
}

// planned takes over what planning found out and says when the statement is
// due. What was asked of it meanwhile needs no stop: nothing has begun.
func (q *query) planned(p *model.Planned) time.Time {
	phase, detail := p.Status.Phase, p.Status.Detail
	q.controller.Unplanned, q.controller.Failures = false, 0
	q.controller.Immediate, q.controller.Exceptions = p.Immediate, p.Exceptions
	q.doc.Status.Traits, q.doc.Status.Extra, q.doc.Result = p.Status.Traits, p.Status.Extra, p.Result
	switch {
	case phase != cmf.PhasePending:
		q.controller.Run, q.controller.Ended = nil, q.now
		q.move(phase, detail)
		return time.Time{}
	case q.doc.Spec.Stopped:
		q.controller.Run = nil
		q.move(cmf.PhaseStopped, model.DetailStopped)
		return time.Time{}
	case q.mustStop():
		q.controller.Run = nil
	}
	q.move(phase, detail)
	return q.now
}
