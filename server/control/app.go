package control

import (
	"errors"
	"slices"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"

	"github.com/google/uuid"
)

// app is an application being reconciled.
type app struct {
	record     *model.Record
	controller model.ApplicationControllerState
	status     model.ApplicationStatus
	spec       cmf.Object
	effective  cmf.Object // with the environment's defaults
	now        time.Time
	events     []model.NewEvent
	jobMoved   bool
}

func readApp(r model.Reader, record *model.Record, now time.Time) (*app, error) {
	a := &app{record: record, spec: record.Doc.Object("spec"), now: now}
	var err error
	if a.controller, err = model.ReadControllerState[model.ApplicationControllerState](*record); err != nil {
		return nil, err
	}
	if a.status, err = model.ReadApplicationStatus(record.Doc.Object("status")); err != nil {
		return nil, err
	}
	env, err := r.Get(model.Scope{Kind: model.KindEnvironment}, record.Env)
	if err != nil && !errors.Is(err, model.ErrMissing) {
		return nil, err
	}
	a.effective = model.Effective(a.spec, env.Doc.Object("flinkApplicationDefaults"))
	return a, nil
}

func (a *app) wantsRunning() bool {
	return cmf.FlinkApplication{Spec: a.effective}.DesiredState() == cmf.DesiredRunning
}

func (a *app) upgradeMode() string { return cmf.FlinkApplication{Spec: a.effective}.UpgradeMode() }

func (a *app) nonces() string {
	savepoint, restart := model.Nonces(a.effective)
	return savepoint + "/" + restart
}

// setLifecycle moves status.lifecycleState, told as CLUSTER_STATUS.
func (a *app) setLifecycle(state string) {
	if a.controller.Deleting || a.status.LifecycleState == state {
		return
	}
	a.status.LifecycleState = state
	a.events = append(a.events, model.NewEvent{Instance: a.controller.Instance, Status: cmf.EventStatus{
		Type: cmf.EventClusterStatus, Message: "Flink cluster status changed to " + state,
		Data: &cmf.EventData{NewStatus: state},
	}})
}

// setJobState moves status.jobStatus.state, told as JOB_STATUS.
func (a *app) setJobState(state string, at time.Time) {
	if a.status.JobStatus.State == state {
		return
	}
	a.status.JobStatus.State = state
	a.status.JobStatus.UpdateTime = model.Millis(at)
	a.jobMoved = true
	a.events = append(a.events, model.NewEvent{Instance: a.controller.Instance, Status: cmf.EventStatus{
		Type: cmf.EventJobStatus, Message: "Flink job status changed to " + state,
		Data: &cmf.EventData{NewStatus: state},
	}})
}

// tellExceptions writes an event for each failure that has none yet.
func (a *app) tellExceptions(exceptions []engine.JobException) {
	for _, e := range slices.Backward(exceptions) {
		if !e.At.After(a.controller.SeenException) {
			continue
		}
		a.controller.SeenException = e.At
		a.events = append(a.events, model.NewEvent{Instance: a.controller.Instance, Status: cmf.EventStatus{
			Type: cmf.EventJobException, Message: firstLine(e.Text), Data: &cmf.EventData{ExceptionString: e.Text},
		}})
	}
}

// firstLine is the first line of a stack, which names what happened.
func firstLine(text string) string {
	for i, c := range text {
		if c == '\n' || i > 400 {
			return text[:i]
		}
	}
	return text
}

// finish puts what was decided into the record, with its events; the caller
// saves the record.
func (a *app) finish(tx model.Tx, due time.Time) error {
	doc := model.MustEncode(a.status)
	if string(doc) != string(a.record.Doc.Object("status")) {
		a.record.Doc = a.record.Doc.With(doc, "status").With(cmf.Time(a.now), "metadata", "updateTimestamp")
	}
	a.record.State = a.status.JobStatus.State
	a.record.ControllerState = model.MustEncode(a.controller)
	a.record.Due = due
	for _, event := range a.events {
		if err := model.AppendEvent(tx, a.now, a.record.In(model.KindEvent, a.record.Name), event); err != nil {
			return err
		}
	}
	if !a.jobMoved {
		return nil
	}
	if err := a.updateInstance(tx); err != nil {
		return err
	}
	return wakeSavepoints(tx, a.record.In(model.KindApplicationSavepoint, a.record.Name), a.now)
}

// save is finish and the record's saving.
func (a *app) save(tx model.Tx, due time.Time) error {
	if err := a.finish(tx, due); err != nil {
		return err
	}
	return tx.Save(*a.record)
}

// updateInstance notes the last observed job in the current instance.
func (a *app) updateInstance(tx model.Tx) error {
	scope := a.record.In(model.KindInstance, a.record.Name)
	instance, err := tx.Get(scope, a.controller.Instance)
	if errors.Is(err, model.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	job := cmf.InstanceJobStatus{JobID: a.status.JobStatus.JobID, State: a.status.JobStatus.State}
	instance.Doc = instance.Doc.With(job, "status", "jobStatus").With(cmf.Time(a.now), "metadata", "updateTimestamp")
	return tx.Save(instance)
}

// choose picks instance, job id and what to restore from, for a job that is
// then deployed. Nothing is asked of the engine before this is stored.
func (a *app) prepareNextJob(tx model.Tx) error {
	restore, err := a.restoreFrom(tx)
	if err != nil {
		return err
	}
	first := a.controller.Instance == ""
	if digest := model.Digest(a.effective); first || digest != a.controller.Effective {
		a.controller.Instance, a.controller.Effective = uuid.NewString(), digest
		err := model.PutInstance(tx, a.record.In(model.KindInstance, a.record.Name), cmf.Instance{
			Metadata: cmf.Metadata{Name: a.controller.Instance},
			Status:   cmf.InstanceStatus{Spec: a.effective},
		}, a.now)
		if err != nil {
			return err
		}
	}
	a.controller.Job = &model.JobControllerState{
		ID: model.RandomHex(32), SubmittedAt: a.now, RestoreFrom: restore,
		AllowNonRestored: a.effective.String("job", "allowNonRestoredState") == "true" ||
			a.effective.String("job", "startFromSavepoint", "allowNonRestoredState") == "true",
	}
	a.controller.Nonces, a.controller.StartFrom, a.controller.Rejected, a.controller.Restart = a.nonces(), "", "", false
	a.controller.SeenException = time.Time{}
	a.status.Instance, a.status.Error = a.controller.Instance, ""
	a.status.Generation++
	a.status.JobStatus.JobID, a.status.JobStatus.StartTime = a.controller.Job.ID, ""
	a.status.JobStatus.Restarts, a.status.JobStatus.CheckpointInfo = 0, model.CheckpointInfo{}
	a.status.Deployment = cmf.DeploymentMissing
	lifecycle := cmf.LifecycleUpgrading
	if first {
		lifecycle = cmf.LifecycleCreated
		a.status.LifecycleState = ""
	}
	a.status.Reconciliation = model.Reconciliation{State: cmf.ReconciliationRunning, Timestamp: a.now.UnixMilli()}
	a.setLifecycle(lifecycle)
	a.setJobState(cmf.JobReconciling, a.now)
	return nil
}

// restoreFrom is where the next job begins: what was asked for, what the
// specification names for a first start or a new nonce, or by upgradeMode.
func (a *app) restoreFrom(r model.Reader) (string, error) {
	if a.controller.StartFrom != "" {
		return a.controller.StartFrom, nil
	}
	savepoint, _ := model.Nonces(a.effective)
	deployed, _, _ := strings.Cut(a.controller.Nonces, "/")
	if !a.controller.Deployed || savepoint != "" && savepoint != deployed {
		return a.namedStart(r)
	}
	if a.upgradeMode() == cmf.UpgradeModeStateless {
		return "", nil
	}
	return a.controller.LastState, nil
}

func (a *app) namedStart(r model.Reader) (string, error) {
	job := a.effective.Object("job")
	from := job.Object("startFromSavepoint")
	if from.IsZero() {
		return job.String("initialSavepointPath"), nil
	}
	return model.StartPath(r, a.record.In(model.KindApplicationSavepoint, a.record.Name), model.StartFrom{
		Name: from.String("savepointName"), UID: from.String("uid"), Path: from.String("initialSavepointPath"),
	})
}
