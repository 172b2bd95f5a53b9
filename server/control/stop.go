package control

import (
	"context"
	"errors"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/service"

	"github.com/google/uuid"
)

// mustStop reports whether the running job is not the one that is wanted.
func (a *app) mustStop() bool {
	return a.note.Restart || !a.wantsRunning() || service.Digest(a.effective) != a.note.Effective || a.nonces() != a.note.Nonces
}

// beginStop chooses how the job is stopped: with a savepoint only where the
// upgrade mode asks for one and the job runs (cmf-behaviour.md §2.2).
func (l *Loop) beginStop(tx service.Tx, a *app) (*action, error) {
	a.setLifecycle(cmf.LifecycleUpgrading)
	a.status.Reconciliation = service.Reconciliation{State: cmf.ReconciliationRunning, Timestamp: a.now.UnixMilli()}
	job := a.note.Job
	job.Stop = &engine.StopRequest{
		ID: service.RandomHex(32), At: a.now,
		Savepoint: a.upgradeMode() == cmf.UpgradeModeSavepoint && a.status.JobStatus.State == cmf.JobRunning,
	}
	if job.Stop.Savepoint {
		job.Stop.Format = service.OwnFormat(l.engine.Savepoints(), a.effective.Object("flinkConfiguration"))
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
func (a *app) showSavepoint(tx service.Tx) error {
	none, endless := 0, -1
	stop := a.note.Job.Stop
	a.note.Job.Savepoint = a.record.Name + "-upgrade-" + stop.ID[:8]
	uid := uuid.NewString()
	object := cmf.Savepoint{
		APIVersion: cmf.APIVersion, Kind: "Savepoint",
		Metadata: cmf.Metadata{
			Name: a.note.Job.Savepoint, UID: uid, CreationTimestamp: cmf.Time(a.now), Labels: map[string]string{},
		},
		Spec: cmf.SavepointSpec{FormatType: stop.Format, BackoffLimit: &endless},
		Status: &cmf.SavepointStatus{
			State: cmf.SavepointPending, Failures: &none, TriggerTimestamp: cmf.NanoTime(stop.At),
		},
	}
	return tx.Put(service.Record{
		Scope: a.record.In(service.KindApplicationSavepoint, a.record.Name), Name: a.note.Job.Savepoint, UID: uid,
		State: cmf.SavepointPending, Created: a.now, Updated: a.now, Doc: service.MustEncode(object),
		Note: service.MustEncode(service.SavepointNote{ByStop: true, JobID: a.note.Job.ID}),
	})
}

// stop has the engine stop the job and follows it to its end.
func (l *Loop) stop(tx service.Tx, a *app) (*action, error) {
	job, err := service.LoadJob(tx, *a.record, a.note)
	if err != nil {
		return nil, err
	}
	return asking(func(ctx context.Context) outcome {
		var seen engine.JobObservation
		err := l.engine.Applications().Stop(ctx, job)
		if err == nil {
			seen, err = l.engine.Applications().Observe(ctx, job)
		}
		return l.forApp(func(tx service.Tx, a *app) (time.Time, error) {
			switch {
			case a.note.Job == nil || a.note.Job.ID != job.ID || a.note.Job.Stop == nil:
				return a.now, nil
			case errors.Is(err, engine.ErrNotFound):
				return a.ended(tx, engine.JobObservation{State: cmf.JobCanceled})
			case err != nil:
				return a.failed("stop", err), nil
			}
			a.note.Failures = 0
			return a.sawStopping(tx, seen)
		})
	}), nil
}

// sawStopping follows a job that was told to stop.
func (a *app) sawStopping(tx service.Tx, seen engine.JobObservation) (time.Time, error) {
	a.tellExceptions(seen.Exceptions)
	a.status.JobStatus.JobName = seen.Name
	if seen.Stopped != nil {
		if err := a.followSavepoint(tx, *seen.Stopped); err != nil {
			return a.now, err
		}
	}
	switch seen.State {
	case cmf.JobCanceled, cmf.JobFinished, cmf.JobFailed:
		return a.ended(tx, seen)
	}
	if seen.Stopped != nil && seen.Stopped.State != cmf.SavepointInProgress && seen.Stopped.State != cmf.SavepointPending {
		return a.notStopped(seen), nil
	}
	a.setJobState(seen.State, seen.UpdateTime)
	a.status.Deployment = seen.Deployment
	return seen.Next, nil
}

// notStopped gives the job free again after its savepoint failed: it runs on,
// and the stop is tried again later.
func (a *app) notStopped(seen engine.JobObservation) time.Time {
	a.note.Job.Stop, a.note.Job.Savepoint = nil, ""
	a.note.Failures++
	a.saw(seen)
	a.status.Error = "Job could not be stopped with a savepoint: " + seen.Stopped.Error
	return a.now.Add(backoff(a.note.Failures))
}

// followSavepoint shows how far the stop's savepoint is.
func (a *app) followSavepoint(tx service.Tx, seen engine.SavepointObservation) error {
	scope := a.record.In(service.KindApplicationSavepoint, a.record.Name)
	record, err := tx.Get(scope, a.note.Job.Savepoint)
	if errors.Is(err, service.ErrMissing) {
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
func (a *app) ended(tx service.Tx, seen engine.JobObservation) (time.Time, error) {
	job := a.note.Job
	a.note.LastState = ""
	a.status.JobStatus.UpgradeSavepointPath = ""
	completed := seen.Stopped != nil && seen.Stopped.State == cmf.SavepointCompleted
	switch mode := a.upgradeMode(); {
	case completed:
		a.note.LastState = seen.Stopped.Path
		a.status.JobStatus.UpgradeSavepointPath = seen.Stopped.Path
		a.status.AddSavepoint(service.SavepointMark{
			TimeStamp: seen.Stopped.Ended.UnixMilli(), Location: seen.Stopped.Path, TriggerType: "UPGRADE",
			FormatType: job.Stop.Format, Size: seen.Stopped.Size, Name: job.Savepoint,
		})
	case mode != cmf.UpgradeModeStateless && seen.Checkpoint != nil:
		a.note.LastState = seen.Checkpoint.Path
		a.status.SetCheckpoint(seen.Checkpoint)
	case mode != cmf.UpgradeModeStateless:
		a.note.LastState = job.RestoreFrom
	}
	a.status.Deployment = cmf.DeploymentMissing
	a.setJobState(cmf.JobFinished, seen.UpdateTime)
	if !a.wantsRunning() {
		a.setLifecycle(cmf.LifecycleSuspended)
	}
	if a.note.LastState == "" || completed {
		old := engine.Job{ID: job.ID, Environment: a.record.Env, Application: a.record.Name, Instance: a.note.Instance}
		if err := service.PutOrphan(tx, old.ID, service.Orphan{Job: &old}, a.now); err != nil {
			return a.now, err
		}
	}
	a.note.Job, a.note.Resources = nil, nil
	return a.now, nil
}
