package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"
)

func clusterEvent(state string) cmf.EventStatus {
	return cmf.EventStatus{
		Type: cmf.EventClusterStatus, Message: "Flink cluster status changed to " + state,
		Data: &cmf.EventData{NewStatus: state},
	}
}

func jobEvent(state string) cmf.EventStatus {
	return cmf.EventStatus{
		Type: cmf.EventJobStatus, Message: "Flink job status changed to " + state,
		Data: &cmf.EventData{NewStatus: state},
	}
}

// upgradesBefore tells the deployments before the current one, spread over the
// application's age.
func (b *built) upgradesBefore() {
	const detailed = 8 // deployments; the events of older ones are long forgotten
	for i := range b.upgrades + 1 {
		ago := b.running
		if b.upgrades > 0 {
			ago = b.age - (b.age-b.running)*time.Duration(i)/time.Duration(b.upgrades)
		}
		name := id(b.env, b.name, fmt.Sprint(i))
		if i > b.upgrades-detailed {
			b.deployment(i, ago, name)
		}
		if i < b.upgrades {
			b.instance(name, jobID(b.env, b.name, fmt.Sprint(i)), ago, cmf.JobFinished, i)
		}
	}
}

// deployment tells of one deployment, up to where the job is made.
func (b *built) deployment(i int, ago time.Duration, instance string) {
	at := b.now.Add(-ago)
	if i == 0 {
		b.eventAt(at, cmf.EventStatus{Type: cmf.EventCMFStatus, Message: "FlinkApplication created"}, "")
		b.eventAt(at, clusterEvent(cmf.LifecycleCreated), instance)
	} else {
		b.eventAt(
			at.Add(-9*time.Second), cmf.EventStatus{Type: cmf.EventCMFStatus, Message: "FlinkApplication updated"}, "",
		)
		b.eventAt(at.Add(-9*time.Second), clusterEvent(cmf.LifecycleUpgrading), instance)
		b.eventAt(at.Add(-2*time.Second), jobEvent(cmf.JobFinished), instance)
	}
	b.eventAt(at, jobEvent(cmf.JobReconciling), instance)
	b.eventAt(at, clusterEvent(cmf.LifecycleDeployed), instance)
	if i == b.upgrades {
		return
	}
	b.eventAt(at.Add(2*time.Second), jobEvent(cmf.JobCreated), instance)
	b.eventAt(at.Add(3*time.Second), jobEvent(cmf.JobRunning), instance)
	b.eventAt(at.Add(3*time.Second), clusterEvent(cmf.LifecycleStable), instance)
}

// saw moves the status to what the engine says, with the events between.
func (b *built) applyObservation(seen engine.JobObservation) {
	b.status.Apply(seen, b.name, b.job.Spec)
	b.status.Instance = b.controller.Instance
	job := &b.status.JobStatus
	job.JobID, job.State, job.UpdateTime = b.job.ID, seen.State, model.Millis(seen.UpdateTime)
	b.controller.Resources = &seen.Resources
	b.status.Reconciliation = model.Reconciliation{
		State: cmf.ReconciliationDone, Timestamp: b.job.SubmittedAt.UnixMilli(),
	}
	b.lifecycle = cmf.LifecycleStable
	switch seen.State {
	case cmf.JobFailed:
		b.lifecycle = cmf.LifecycleFailed
	case cmf.JobReconciling, cmf.JobInitializing, cmf.JobCreated:
		b.lifecycle = cmf.LifecycleDeployed
		if seen.Error != "" {
			b.lifecycle = cmf.LifecycleFailed
			b.eventAt(seen.UpdateTime, clusterEvent(cmf.LifecycleFailed), b.controller.Instance)
		}
		return
	}
	started := b.job.SubmittedAt.Add(3 * time.Second)
	b.eventAt(started.Add(-time.Second), jobEvent(cmf.JobCreated), b.controller.Instance)
	b.eventAt(started, jobEvent(cmf.JobRunning), b.controller.Instance)
	b.eventAt(started, clusterEvent(cmf.LifecycleStable), b.controller.Instance)
	b.failures(seen)
	switch seen.State {
	case cmf.JobFinished:
		b.eventAt(seen.UpdateTime, jobEvent(cmf.JobFinished), b.controller.Instance)
	case cmf.JobFailed:
		b.eventAt(seen.UpdateTime, jobEvent(cmf.JobFailed), b.controller.Instance)
		b.eventAt(seen.UpdateTime, clusterEvent(cmf.LifecycleFailed), b.controller.Instance)
	}
}

// failures tells each failure: its exception, and the restart after it.
func (b *built) failures(seen engine.JobObservation) {
	for i, e := range slices.Backward(seen.Exceptions) {
		message, _, _ := cutLine(e.Text)
		b.eventAt(e.At, cmf.EventStatus{
			Type: cmf.EventJobException, Message: message, Data: &cmf.EventData{ExceptionString: e.Text},
		}, b.controller.Instance)
		b.controller.SeenException = e.At
		last := i == 0
		if last && seen.State == cmf.JobFailed {
			continue
		}
		b.eventAt(e.At, jobEvent(cmf.JobRestarting), b.controller.Instance)
		if !last || seen.State == cmf.JobRunning {
			b.eventAt(e.At.Add(8*time.Second), jobEvent(cmf.JobRunning), b.controller.Instance)
		}
	}
}

func cutLine(text string) (string, string, bool) {
	for i := range len(text) {
		if text[i] == '\n' {
			return text[:i], text[i+1:], true
		}
	}
	return text, "", false
}

// suspend ends the history of an application with its last savepoint.
func (b *built) suspend() {
	last := b.status.JobStatus.SavepointInfo.LastSavepoint
	at := time.UnixMilli(last.TimeStamp).UTC()
	b.controller.Job, b.controller.Resources = nil, nil
	b.controller.LastState = last.Location
	b.status.JobStatus.UpgradeSavepointPath = last.Location
	b.status.JobStatus.State = cmf.JobFinished
	b.status.JobStatus.UpdateTime = model.Millis(at)
	b.status.Deployment = cmf.DeploymentMissing
	b.lifecycle = cmf.LifecycleSuspended
	b.eventAt(
		at.Add(-2*time.Second), cmf.EventStatus{Type: cmf.EventCMFStatus, Message: "FlinkApplication updated"}, "",
	)
	b.eventAt(at.Add(-2*time.Second), clusterEvent(cmf.LifecycleUpgrading), b.controller.Instance)
	b.eventAt(at, jobEvent(cmf.JobFinished), b.controller.Instance)
	b.eventAt(at, clusterEvent(cmf.LifecycleSuspended), b.controller.Instance)
}

// savepoints takes the sample's savepoints, oldest first, at their times.
func (d *seeder) savepoints(ctx context.Context, b *built) error {
	for i, ago := range slices.Backward(slices.Sorted(slices.Values(b.sample.savepoints))) {
		at := d.now.Add(-ago)
		name := fmt.Sprintf("%s-%s", b.name, at.Format("20060102-1504"))
		kind := "MANUAL"
		if b.suspended && i == 0 {
			kind, name = "UPGRADE", b.name+"-upgrade-"+jobID(b.name)[:8]
		}
		trigger := engine.SavepointTrigger{
			ID: jobID(b.env, b.name, "savepoint", fmt.Sprint(i)), Format: cmf.FormatCanonical, At: at,
		}
		seen, err := d.engine.Savepoints().ObserveSavepoint(ctx, b.job.ID, b.job, trigger)
		if err != nil {
			return err
		}
		if seen.State == cmf.SavepointCompleted {
			b.status.AddSavepoint(model.SavepointEntry{
				TimeStamp: seen.Ended.UnixMilli(), Location: seen.Path, TriggerType: kind,
				FormatType: cmf.FormatCanonical, Size: seen.Size, Name: name,
			})
		}
		scope := b.app.In(model.KindApplicationSavepoint, b.name)
		b.records = append(b.records, savepoint(scope, name, at, seen))
	}
	return nil
}

func savepoint(scope model.Scope, name string, at time.Time, seen engine.SavepointObservation) model.Record {
	endless, none := -1, 0
	uid := id(scope.Env, scope.Parent, "savepoint", name)
	object := cmf.Savepoint{
		APIVersion: cmf.APIVersion, Kind: "Savepoint",
		Metadata: cmf.Metadata{
			Name: name, UID: uid, CreationTimestamp: cmf.Time(at), Labels: map[string]string{},
		},
		Spec: cmf.SavepointSpec{FormatType: cmf.FormatCanonical, BackoffLimit: &endless},
		Status: &cmf.SavepointStatus{
			State: seen.State, Path: seen.Path, Size: seen.Size, Error: seen.Error, Failures: &none,
			TriggerTimestamp: cmf.NanoTime(at), ResultTimestamp: cmf.NanoTime(seen.Ended),
		},
	}
	return model.Record{
		Scope: scope, Name: name, UID: uid, State: seen.State, Created: at, Updated: at, Doc: model.MustEncode(object),
	}
}
