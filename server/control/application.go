package control

import (
	"context"
	"errors"
	"fmt"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"
)

// application decides what an application needs next.
func (l *Loop) application(tx model.Tx, record model.Record, now time.Time) (*action, error) {
	a, err := readApp(tx, &record, now)
	if err != nil {
		return nil, err
	}
	if a.leftAlone() {
		return nil, a.save(tx, time.Time{})
	}
	switch job := a.controller.Job; {
	case a.controller.Deleting:
		return l.remove(tx, a)
	case job == nil:
		return l.idle(tx, a)
	case !job.Deployed:
		return l.deploy(tx, a)
	case job.Stop != nil:
		return l.stop(tx, a)
	case a.mustStop():
		return l.beginStop(tx, a)
	}
	return l.observe(tx, a)
}

// leftAlone tells an application that nothing changes by itself. Once something is asked of
// it, it goes on.
func (a *app) leftAlone() bool {
	job := a.controller.Job
	if job == nil || job.StillAt.IsZero() {
		return false
	}
	if !a.controller.Deleting && job.Stop == nil && !a.mustStop() {
		return true
	}
	job.StillAt = time.Time{}
	return false
}

// atRest starts the application, or leaves it suspended.
func (l *Loop) idle(tx model.Tx, a *app) (*action, error) {
	if !a.wantsRunning() {
		a.controller.Rejected, a.controller.Restart = "", false
		a.status.Error = ""
		a.setLifecycle(cmf.LifecycleSuspended)
		a.status.Deployment = cmf.DeploymentMissing
		a.status.Reconciliation = model.Reconciliation{State: cmf.ReconciliationDone, Timestamp: a.now.UnixMilli()}
		return nil, a.save(tx, time.Time{})
	}
	if a.controller.Rejected == model.Digest(a.effective)+a.nonces() && !a.controller.Restart {
		return nil, a.save(tx, time.Time{})
	}
	var refused *model.Error
	err := a.prepareNextJob(tx)
	if errors.As(err, &refused) {
		a.reject(refused.Error())
		return nil, a.save(tx, time.Time{})
	}
	if err != nil {
		return nil, err
	}
	if err := a.save(tx, a.record.Due); err != nil {
		return nil, err
	}
	return l.deploy(tx, a)
}

// reject keeps a specification that cannot run from being tried again.
func (a *app) reject(reason string) {
	a.controller.Job, a.controller.Restart = nil, false
	a.controller.Rejected = model.Digest(a.effective) + a.nonces()
	a.status.Error = reason
	a.status.Deployment = cmf.DeploymentError
	a.setLifecycle(cmf.LifecycleFailed)
}

func (l *Loop) deploy(tx model.Tx, a *app) (*action, error) {
	job, err := model.LoadJob(tx, *a.record, a.controller)
	if err != nil {
		return nil, err
	}
	return newAction(func(ctx context.Context) outcome {
		err := l.engine.Applications().Deploy(ctx, job)
		return l.forApp(func(_ model.Tx, a *app) (time.Time, error) {
			var rejected *engine.Rejection
			switch {
			case a.controller.Job == nil || a.controller.Job.ID != job.ID:
				return a.now, nil
			case errors.As(err, &rejected):
				a.reject(rejected.Reason)
				return time.Time{}, nil
			case err != nil:
				return a.failed("deploy", err), nil
			}
			a.controller.Job.Deployed, a.controller.Deployed, a.controller.Failures = true, true, 0
			a.status.Deployment = cmf.DeploymentDeploying
			a.status.Reconciliation = model.Reconciliation{State: cmf.ReconciliationDone, Timestamp: a.now.UnixMilli()}
			a.setLifecycle(cmf.LifecycleDeployed)
			return a.now, nil
		})
	}), nil
}

// forApp is an outcome for an application: it returns when to look again.
func (l *Loop) forApp(apply func(tx model.Tx, a *app) (time.Time, error)) outcome {
	return func(tx model.Tx, record *model.Record) (bool, error) {
		a, err := readApp(tx, record, l.now().UTC())
		if err != nil {
			return true, err
		}
		due, err := apply(tx, a)
		if err != nil {
			return true, err
		}
		return true, a.finish(tx, due)
	}
}

// unavailableWait is how soon an engine is asked again that did not answer.
const unavailableWait = 3 * time.Second

// failed notes that a call to the engine failed, and when to try again.
func (a *app) failed(what string, err error) time.Time {
	if errors.Is(err, engine.ErrUnavailable) {
		a.status.Error = err.Error()
		return a.now.Add(unavailableWait)
	}
	a.controller.Failures++
	a.status.Error = fmt.Sprintf("%s: %v", what, err)
	return a.now.Add(backoff(a.controller.Failures))
}

func (l *Loop) observe(tx model.Tx, a *app) (*action, error) {
	job, err := model.LoadJob(tx, *a.record, a.controller)
	if err != nil {
		return nil, err
	}
	return newAction(func(ctx context.Context) outcome {
		seen, err := l.engine.Applications().Observe(ctx, job)
		return l.forApp(func(tx model.Tx, a *app) (time.Time, error) {
			switch {
			case a.controller.Job == nil || a.controller.Job.ID != job.ID:
				return a.now, nil
			case errors.Is(err, engine.ErrNotFound):
				return a.lost(), nil
			case err != nil:
				return a.failed("observe", err), nil
			}
			a.controller.Failures = 0
			a.applyObservation(seen)
			return a.periodic(tx, l.engine.Savepoints(), seen.Next)
		})
	}), nil
}

// lost tells that the engine does not know the job any more, as after a restart
// of its JobManager: it is deployed again, from the newest state that the
// upgrade mode allows.
func (a *app) lost() time.Time {
	a.controller.Job.Deployed = false
	a.status.Deployment = cmf.DeploymentMissing
	a.status.Error = "The JobManager does not know the job any more: it is deployed again"
	a.events = append(a.events, model.NewEvent{Instance: a.controller.Instance, Status: cmf.EventStatus{
		Type: cmf.EventCMFStatus, Message: a.status.Error,
	}})
	a.setLifecycle(cmf.LifecycleUpgrading)
	a.setJobState(cmf.JobReconciling, a.now)
	return a.now.Add(time.Second)
}

// saw moves the status to an observation (cmf-behaviour.md §2.2).
func (a *app) applyObservation(seen engine.JobObservation) {
	a.status.Apply(seen, a.record.Name, a.effective)
	a.controller.Resources = &seen.Resources
	a.tellExceptions(seen.Exceptions)
	a.setJobState(seen.State, seen.UpdateTime)
	switch {
	case seen.State == cmf.JobRunning, seen.State == cmf.JobFinished:
		a.controller.Stable, a.controller.StableInstance = true, a.controller.Instance
		a.setLifecycle(cmf.LifecycleStable)
	case seen.State == cmf.JobFailed, seen.Deployment == cmf.DeploymentError:
		a.setLifecycle(cmf.LifecycleFailed)
		if a.status.Error == "" { // beside the events, which are forgotten in time
			a.status.Error = rootCause(seen.Exceptions)
		}
	case seen.State == cmf.JobRestarting, seen.State == cmf.JobFailing:
	default:
		a.setLifecycle(cmf.LifecycleDeployed)
	}
}

// remove ends the job of a deleted application and deletes its savepoints'
// files, then the application with all that lives in it.
func (l *Loop) remove(tx model.Tx, a *app) (*action, error) {
	var job *engine.Job
	if a.controller.Job != nil {
		loaded, err := model.LoadJob(tx, *a.record, a.controller)
		if err != nil && !errors.Is(err, model.ErrMissing) {
			return nil, err
		}
		job = &loaded
	}
	found, err := tx.Find(a.record.In(model.KindApplicationSavepoint, a.record.Name), model.Query{})
	if err != nil {
		return nil, err
	}
	return newAction(func(ctx context.Context) outcome {
		err := l.discard(ctx, job, found.Records)
		return func(tx model.Tx, record *model.Record) (bool, error) {
			if err != nil {
				l.log.Warn("remove application", "environment", record.Env, "application", record.Name, "error", err)
				record.Due = l.now().Add(10 * time.Second)
				return true, nil
			}
			return false, model.RemoveApplication(tx, record.Scope, record.Name)
		}
	}), nil
}

func (l *Loop) discard(ctx context.Context, job *engine.Job, saved []model.Record) error {
	if job != nil {
		if err := l.engine.Applications().Remove(ctx, *job); err != nil && !errors.Is(err, engine.ErrNotFound) {
			return err
		}
	}
	for _, record := range saved {
		if path := record.Doc.String("status", "path"); path != "" {
			if err := l.engine.Savepoints().Dispose(ctx, path); err != nil {
				return err
			}
		}
	}
	return nil
}
