package control

import (
	"errors"
	"slices"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/service"

	"github.com/google/uuid"
)

// app is an application being reconciled.
type app struct {
	record    *service.Record
	note      service.AppNote
	status    service.AppStatus
	spec      cmf.Object
	effective cmf.Object // with the environment's defaults
	now       time.Time
	events    []service.NewEvent
	jobMoved  bool
}

func readApp(r service.Reader, record *service.Record, now time.Time) (*app, error) {
	a := &app{record: record, spec: record.Doc.Object("spec"), now: now}
	var err error
	if a.note, err = service.ReadNote[service.AppNote](*record); err != nil {
		return nil, err
	}
	if a.status, err = service.ReadAppStatus(record.Doc.Object("status")); err != nil {
		return nil, err
	}
	env, err := r.Get(service.Scope{Kind: service.KindEnvironment}, record.Env)
	if err != nil && !errors.Is(err, service.ErrMissing) {
		return nil, err
	}
	a.effective = service.Effective(a.spec, env.Doc.Object("flinkApplicationDefaults"))
	return a, nil
}

func (a *app) wantsRunning() bool {
	return cmf.FlinkApplication{Spec: a.effective}.DesiredState() == cmf.DesiredRunning
}

func (a *app) upgradeMode() string { return cmf.FlinkApplication{Spec: a.effective}.UpgradeMode() }

func (a *app) nonces() string {
	savepoint, restart := service.Nonces(a.effective)
	return savepoint + "/" + restart
}

// setLifecycle moves status.lifecycleState, told as CLUSTER_STATUS.
func (a *app) setLifecycle(state string) {
	if a.note.Deleting || a.status.LifecycleState == state {
		return
	}
	a.status.LifecycleState = state
	a.events = append(a.events, service.NewEvent{Instance: a.note.Instance, Status: cmf.EventStatus{
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
	a.status.JobStatus.UpdateTime = service.Millis(at)
	a.jobMoved = true
	a.events = append(a.events, service.NewEvent{Instance: a.note.Instance, Status: cmf.EventStatus{
		Type: cmf.EventJobStatus, Message: "Flink job status changed to " + state,
		Data: &cmf.EventData{NewStatus: state},
	}})
}

// tellExceptions writes an event for each failure that has none yet.
func (a *app) tellExceptions(exceptions []engine.JobException) {
	for _, e := range slices.Backward(exceptions) {
		if !e.At.After(a.note.SeenException) {
			continue
		}
		a.note.SeenException = e.At
		a.events = append(a.events, service.NewEvent{Instance: a.note.Instance, Status: cmf.EventStatus{
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
func (a *app) finish(tx service.Tx, due time.Time) error {
	doc := service.MustEncode(a.status)
	if string(doc) != string(a.record.Doc.Object("status")) {
		a.record.Doc = a.record.Doc.With(doc, "status").With(cmf.Time(a.now), "metadata", "updateTimestamp")
	}
	a.record.State = a.status.JobStatus.State
	a.record.Note = service.MustEncode(a.note)
	a.record.Due = due
	for _, event := range a.events {
		if err := service.AppendEvent(tx, a.now, a.record.In(service.KindEvent, a.record.Name), event); err != nil {
			return err
		}
	}
	if !a.jobMoved {
		return nil
	}
	if err := a.updateInstance(tx); err != nil {
		return err
	}
	return wakeSavepoints(tx, a.record.In(service.KindApplicationSavepoint, a.record.Name), a.now)
}

// save is finish and the record's saving.
func (a *app) save(tx service.Tx, due time.Time) error {
	if err := a.finish(tx, due); err != nil {
		return err
	}
	return tx.Save(*a.record)
}

// updateInstance notes the last observed job in the current instance.
func (a *app) updateInstance(tx service.Tx) error {
	scope := a.record.In(service.KindInstance, a.record.Name)
	instance, err := tx.Get(scope, a.note.Instance)
	if errors.Is(err, service.ErrMissing) {
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
func (a *app) choose(tx service.Tx) error {
	restore, err := a.restoreFrom(tx)
	if err != nil {
		return err
	}
	first := a.note.Instance == ""
	if digest := service.Digest(a.effective); first || digest != a.note.Effective {
		a.note.Instance, a.note.Effective = uuid.NewString(), digest
		err := service.PutInstance(tx, a.record.In(service.KindInstance, a.record.Name), cmf.Instance{
			Metadata: cmf.Metadata{Name: a.note.Instance},
			Status:   cmf.InstanceStatus{Spec: a.effective},
		}, a.now)
		if err != nil {
			return err
		}
	}
	a.note.Job = &service.JobNote{
		ID: service.RandomHex(32), SubmittedAt: a.now, RestoreFrom: restore,
		AllowNonRestored: a.effective.String("job", "allowNonRestoredState") == "true" ||
			a.effective.String("job", "startFromSavepoint", "allowNonRestoredState") == "true",
	}
	a.note.Nonces, a.note.StartFrom, a.note.Rejected, a.note.Restart = a.nonces(), "", "", false
	a.note.SeenException = time.Time{}
	a.status.Instance, a.status.Error = a.note.Instance, ""
	a.status.Generation++
	a.status.JobStatus.JobID, a.status.JobStatus.StartTime = a.note.Job.ID, ""
	a.status.JobStatus.Restarts, a.status.JobStatus.CheckpointInfo = 0, service.CheckpointInfo{}
	a.status.Deployment = cmf.DeploymentMissing
	lifecycle := cmf.LifecycleUpgrading
	if first {
		lifecycle = cmf.LifecycleCreated
		a.status.LifecycleState = ""
	}
	a.status.Reconciliation = service.Reconciliation{State: cmf.ReconciliationRunning, Timestamp: a.now.UnixMilli()}
	a.setLifecycle(lifecycle)
	a.setJobState(cmf.JobReconciling, a.now)
	return nil
}

// restoreFrom is where the next job begins: what was asked for, what the
// specification names for a first start or a new nonce, or by upgradeMode.
func (a *app) restoreFrom(r service.Reader) (string, error) {
	if a.note.StartFrom != "" {
		return a.note.StartFrom, nil
	}
	savepoint, _ := service.Nonces(a.effective)
	deployed, _, _ := strings.Cut(a.note.Nonces, "/")
	if !a.note.Deployed || savepoint != "" && savepoint != deployed {
		return a.namedStart(r)
	}
	if a.upgradeMode() == cmf.UpgradeModeStateless {
		return "", nil
	}
	return a.note.LastState, nil
}

func (a *app) namedStart(r service.Reader) (string, error) {
	job := a.effective.Object("job")
	from := job.Object("startFromSavepoint")
	if from.IsZero() {
		return job.String("initialSavepointPath"), nil
	}
	return service.StartPath(r, a.record.In(service.KindApplicationSavepoint, a.record.Name), service.StartFrom{
		Name: from.String("savepointName"), UID: from.String("uid"), Path: from.String("initialSavepointPath"),
	})
}
