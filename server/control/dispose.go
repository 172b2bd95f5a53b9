package control

import (
	"context"
	"errors"
	"time"

	"drey/client/cmf"
	"drey/server/model"
)

// disposeOnceUp deletes a savepoint through the cluster of its job; while that
// is down the savepoint stays, pending deletion (cmf-behaviour.md §2.6).
func (l *Loop) disposeOnceUp(tx model.Tx, record model.Record) (*action, error) {
	up, err := clusterUp(tx, record)
	if err != nil {
		return nil, err
	}
	if up {
		return l.dispose(record), nil
	}
	record.Due = time.Time{} // a change of the job's state wakes it
	return nil, tx.Save(record)
}

// clusterUp reports whether the cluster that a savepoint was taken in is up.
func clusterUp(r model.Reader, savepoint model.Record) (bool, error) {
	owner := model.KindApplication
	if savepoint.Kind == model.KindStatementSavepoint {
		owner = model.KindStatement
	}
	parent, err := r.Get(savepoint.In(owner, ""), savepoint.Parent)
	if errors.Is(err, model.ErrMissing) {
		return true, nil // there is nothing to wait for
	}
	if err != nil || owner == model.KindApplication {
		return parent.Doc.String("status", "jobManagerDeploymentStatus") == cmf.DeploymentReady, err
	}
	if parent.State == cmf.PhaseRunning || parent.State == cmf.PhaseFailing {
		return true, nil
	}
	pool, err := r.Get(parent.In(model.KindComputePool, ""), parent.Link)
	if errors.Is(err, model.ErrMissing) {
		return false, nil
	}
	return pool.State == cmf.PoolRunning, err // a dedicated pool has no cluster of its own
}

// wakeSavepoints has control look at the savepoints that wait for their job.
func wakeSavepoints(tx model.Tx, scope model.Scope, now time.Time) error {
	if err := tx.Touch(scope, now, cmf.SavepointPending, cmf.SavepointInProgress); err != nil {
		return err
	}
	found, err := tx.Find(scope, model.Query{
		Where: []model.Term{{Fields: []model.Field{{Column: model.ColumnLink}}, Values: []string{model.LinkDeleting}}},
	})
	if err != nil {
		return err
	}
	for _, record := range found.Records {
		record.Due = now
		if err := tx.Save(record); err != nil {
			return err
		}
	}
	return nil
}

// dispose deletes a savepoint's files, then its record.
func (l *Loop) dispose(record model.Record) *action {
	path := record.Doc.String("status", "path")
	return newAction(func(ctx context.Context) outcome {
		err := l.engine.Savepoints().Dispose(ctx, path)
		return func(tx model.Tx, record *model.Record) (bool, error) {
			if err != nil {
				l.log.Warn("dispose savepoint", "savepoint", record.Name, "error", err)
				record.Due = l.now().Add(time.Minute)
				return true, nil
			}
			return false, tx.Delete(record.Scope, record.Name)
		}
	})
}
