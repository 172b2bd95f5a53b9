package control

import (
	"errors"
	"time"

	"drey/client/cmf"
	"drey/server/model"
)

// waitsForPool reports whether a run has yet to begin and the session cluster
// of its shared pool is not up, as while the pool is SUSPENDED.
func (q *query) waitsForPool(r model.Reader) (bool, error) {
	if run := q.controller.Run; run == nil || run.Deployed || run.Stop != nil {
		return false, nil
	}
	pool, err := r.Get(q.record.In(model.KindComputePool, ""), q.doc.Spec.ComputePoolName)
	if errors.Is(err, model.ErrMissing) {
		return false, nil
	}
	return pool.Doc.String("spec", "type") == cmf.PoolShared && pool.State != cmf.PoolRunning, err
}

// hold keeps such a run PENDING until its pool wakes it. What is asked of the
// statement meanwhile needs no stop: nothing has begun.
func (l *Loop) waitForPool(tx model.Tx, q *query) (*action, error) {
	if !q.mustStop() {
		return nil, q.save(tx, time.Time{})
	}
	q.controller.LastState, q.controller.Run = q.controller.Run.RestoreFrom, nil
	if !q.doc.Spec.Stopped {
		return l.resume(tx, q)
	}
	q.move(cmf.PhaseStopped, model.DetailStopped)
	return nil, q.save(tx, time.Time{})
}
