package control

import (
	"context"
	"errors"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"

	"github.com/google/uuid"
)

// mustStop reports whether the running job is not the one that is wanted.
func (a *app) mustStop() bool {
	return a.controller.Restart || !a.wantsRunning() || model.Digest(a.effective) != a.controller.Effective ||
		a.nonces() != a.controller.Nonces
}

// beginStop chooses how the job is stopped: with a savepoint only where the
// upgrade mode asks for one and the job runs (cmf-behaviour.md §2.2).
func (l *Loop) beginStop(tx model.Tx, a *app) (*action, error) {
	a.setLifecycle(cmf.LifecycleUpgrading)
	a.status.Reconciliation = model.Reconciliation{State: cmf.ReconciliationRunning, Timestamp: a.now.UnixMilli()}
	job := a.controller.Job
	job.Stop = &engine.StopRequest{
		ID: model.RandomHex(32), At: a.now,
		Savepoint: a.upgradeMode() == cmf.UpgradeModeSavepoint && a.status.JobStatus.State == cmf.JobRunning,
	}
	if job.Stop.Savepoint {
		job.Stop.Format = model.OwnFormat(l.engine.Savepoints(), a.effective.Object("flinkConfiguration"))
		if err := a.showSavepoint(tx); err != nil {
			return nil, err
		}
	}
	if err := a.save(tx, a.record.Due); err != nil {
		return nil, err
	}
	return l.stop(tx, a)
}

// showSavepoint makes the object under which the stop's savepoint is seen.
func (a *app) showSavepoint(tx model.Tx) error {
	none, endless := 0, -1
	stop := a.controller.Job.Stop
	a.controller.Job.Savepoint = a.record.Name + "-upgrade-" + stop.ID[:8]
	uid := uuid.NewString()
	object := cmf.Savepoint{
		APIVersion: cmf.APIVersion, Kind: "Savepoint",
		Metadata: cmf.Metadata{
			Name: a.controller.Job.Savepoint, UID: uid, CreationTimestamp: cmf.Time(a.now), Labels: map[string]string{},
		},
		Spec: cmf.SavepointSpec{FormatType: stop.Format, BackoffLimit: &endless},
		Status: &cmf.SavepointStatus{
			State: cmf.SavepointPending, Failures: &none, TriggerTimestamp: cmf.NanoTime(stop.At),
		},
	}
	return tx.Put(model.Record{
		Scope: a.record.In(model.KindApplicationSavepoint, a.record.Name), Name: a.controller.Job.Savepoint, UID: uid,
		State: cmf.SavepointPending, Created: a.now, Updated: a.now, Doc: model.MustEncode(object),
		ControllerState: model.MustEncode(model.SavepointControllerState{ByStop: true, JobID: a.controller.Job.ID}),
	})
}

// stop has the engine stop the job and follows it to its end.
func (l *Loop) stop(tx model.Tx, a *app) (*action, error) {
	job, err := model.LoadJob(tx, *a.record, a.controller)
	if err != nil {
		return nil, err
	}
	return newAction(func(ctx context.Context) outcome {
		var seen engine.JobObservation
		err := l.engine.Applications().Stop(ctx, job)
		if err == nil {
			seen, err = l.engine.Applications().Observe(ctx, job)
		}
		return l.forApp(func(tx model.Tx, a *app) (time.Time, error) {
			switch {
			case a.controller.Job == nil || a.controller.Job.ID != job.ID || a.controller.Job.Stop == nil:
				return a.now, nil
			case errors.Is(err, engine.ErrNotFound):
				return a.ended(tx, engine.JobObservation{State: cmf.JobCanceled})
			case err != nil:
				return a.failed("stop", err), nil
			}
			a.controller.Failures = 0
			return a.sawStopping(tx, seen)
		})
	}), nil
}

// sawStopping follows a job that was told to stop.
func (a *app) sawStopping(tx model.Tx, seen engine.JobObservation) (time.Time, error) {
	a.tellExceptions(seen.Exceptions)
	a.status.JobStatus.JobName = seen.Name
	if seen.Stopped != nil {
		if err := a.followSavepoint(tx, *seen.Stopped); err != nil {
			return a.now, err
		}
	}
	if cmf.JobEnded(seen.State) {
		return a.ended(tx, seen)
	}
	if seen.Stopped != nil && seen.Stopped.State != cmf.SavepointInProgress &&
		seen.Stopped.State != cmf.SavepointPending {
		return a.notStopped(seen), nil
	}
	a.setJobState(seen.State, seen.UpdateTime)
	a.status.Deployment = seen.Deployment
	return seen.Next, nil
}

// notStopped gives the job free again after its savepoint failed: it runs on,
// and the stop is tried again later.
func (a *app) notStopped(seen engine.JobObservation) time.Time {
	a.controller.Job.Stop, a.controller.Job.Savepoint = nil, ""
	a.controller.Failures++
	a.applyObservation(seen)
	a.status.Error = "Job could not be stopped with a savepoint: " + seen.Stopped.Error
	return a.now.Add(backoff(a.controller.Failures))
}

// followSavepoint shows how far the stop's savepoint is.
func (a *app) followSavepoint(tx model.Tx, seen engine.SavepointObservation) error {
	scope := a.record.In(model.KindApplicationSavepoint, a.record.Name)
	record, err := tx.Get(scope, a.controller.Job.Savepoint)
	if errors.Is(err, model.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	showSavepoint(&record, seen)
	record.Due = time.Time{}
	return tx.Save(record)
}

// ended is after the job: its state is kept by upgrade mode, and the next look
// starts another job or leaves the application suspended.
func (a *app) ended(tx model.Tx, seen engine.JobObservation) (time.Time, error) {
	job := a.controller.Job
	a.controller.LastState = ""
	a.status.JobStatus.UpgradeSavepointPath = ""
	completed := seen.Stopped != nil && seen.Stopped.State == cmf.SavepointCompleted
	switch mode := a.upgradeMode(); {
	case completed:
		a.controller.LastState = seen.Stopped.Path
		a.status.JobStatus.UpgradeSavepointPath = seen.Stopped.Path
		a.status.AddSavepoint(model.SavepointEntry{
			TimeStamp: seen.Stopped.Ended.UnixMilli(), Location: seen.Stopped.Path, TriggerType: "UPGRADE",
			FormatType: job.Stop.Format, Size: seen.Stopped.Size, Name: job.Savepoint,
		})
	case mode != cmf.UpgradeModeStateless && seen.Checkpoint != nil:
		a.controller.LastState = seen.Checkpoint.Path
		a.status.SetCheckpoint(seen.Checkpoint)
	case mode != cmf.UpgradeModeStateless:
		a.controller.LastState = job.RestoreFrom
	}
	a.status.Deployment = cmf.DeploymentMissing
	a.setJobState(cmf.JobFinished, seen.UpdateTime)
	if !a.wantsRunning() {
		a.setLifecycle(cmf.LifecycleSuspended)
	}
	if a.controller.LastState == "" || completed {
		old := engine.Job{
			ID: job.ID, Environment: a.record.Env, Application: a.record.Name, Instance: a.controller.Instance,
		}
		if err := model.PutOrphan(tx, old.ID, model.Orphan{Job: &old}, a.now); err != nil {
			return a.now, err
		}
	}
	a.controller.Job, a.controller.Resources = nil, nil
	return a.now, nil
}
