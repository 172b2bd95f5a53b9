package service

import (
	"errors"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"
	"drey/server/service/body"
	"drey/server/service/lists"
	"drey/server/service/seal"
)

var applicationRules = Rules[cmf.FlinkApplication]{
	ID: model.KindApplication, Kind: cmf.Applications, Naming: body.DeploymentName,
	Replies: Replies{Created: true},
	List: lists.Listing{
		Filters: map[string]model.Field{"name": fieldName, "state": fieldState},
		Sorts:   sorts(map[string]model.Field{"state": fieldState}),
		Fields:  true,
	},
	Access: Access[cmf.FlinkApplication]{
		Name:   func(a *cmf.FlinkApplication) string { return a.Name() },
		Labels: func(a *cmf.FlinkApplication) map[string]string { return stringMap(a.Metadata.Object("labels")) },
		Carry:  carryApplication,
		Stamp:  stampApplication,
	},
	Sent:    body.SentApplication,
	Check:   checkApplication,
	Written: applicationWritten,
	Delete:  deleteApplication,
	Show:    showApplication,
}

// stringMap reads the string members of a free map.
func stringMap(o cmf.Object) map[string]string {
	var m map[string]string
	for name, value := range o.Map() {
		if text, ok := value.(string); ok {
			if m == nil {
				m = map[string]string{}
			}
			m[name] = text
		}
	}
	return m
}

// carryApplication keeps labels and annotations that an update leaves out.
func carryApplication(old, a *cmf.FlinkApplication, sent cmf.Object) {
	for _, member := range []string{"labels", "annotations"} {
		if sent.Get("metadata", member) == nil {
			if previous := old.Metadata.Get(member); previous != nil {
				a.Metadata = a.Metadata.With(previous, member)
			}
		}
	}
}

func stampApplication(a *cmf.FlinkApplication, s Stamp) {
	a.APIVersion, a.Kind = cmf.APIVersion, cmf.Applications.Name
	for _, m := range []struct{ name, value string }{
		{"name", s.Name},
		{"uid", s.UID},
		{"creationTimestamp", cmf.Time(s.Created)},
		{"updateTimestamp", cmf.Time(s.Updated)},
	} {
		a.Metadata = a.Metadata.With(m.value, m.name)
	}
}

func checkApplication(op *WriteOp[cmf.FlinkApplication]) error {
	a, record := op.New, op.Record
	if err := body.CheckLabels(a.Metadata); err != nil {
		return err
	}
	if a.Spec.IsZero() {
		return model.Invalid("spec: must not be empty")
	}
	if err := body.CheckJob(a.Spec); err != nil {
		return err
	}
	if err := body.CheckConfiguration(a.Spec); err != nil {
		return err
	}
	if err := checkVersion(op); err != nil {
		return err
	}
	controller, err := model.ReadControllerState[model.ApplicationControllerState](*record)
	if err != nil {
		return err
	}
	if controller.Deleting {
		return model.Conflict("Application '%s' is being deleted", record.Name)
	}
	if op.Old == nil {
		status := model.NewApplicationStatus()
		a.Status = model.MustEncode(status)
		record.State = status.JobStatus.State
	} else {
		a.Status = op.Old.Status
	}
	if !controller.Deployed || !sameJSON(body.StartOf(op.Old.Spec), body.StartOf(a.Spec)) { // else it has been followed
		if err := body.CheckStart(op.Tx, op.Scope, record.Name, a.Spec); err != nil {
			return err
		}
	}
	record.Due = op.Now
	return nil
}

// checkVersion wants what the operator wants of the specification with the
// environment's defaults (cmf-behaviour.md §10).
func checkVersion(op *WriteOp[cmf.FlinkApplication]) error {
	env, err := op.Tx.Get(model.Scope{Kind: model.KindEnvironment}, op.Scope.Env)
	if err != nil && !errors.Is(err, model.ErrMissing) {
		return err
	}
	if model.Effective(op.New.Spec, env.Doc.Object("flinkApplicationDefaults")).String("flinkVersion") == "" {
		return model.Unprocessable("Flink Version must be defined.")
	}
	return nil
}

// applicationWritten tells of the write in an event.
func applicationWritten(op *WriteOp[cmf.FlinkApplication]) error {
	message := "FlinkApplication created"
	if op.Old != nil {
		if sameJSON(op.Old.Spec, op.New.Spec) && sameJSON(
			op.Old.Metadata.Object("labels"), op.New.Metadata.Object("labels"),
		) {
			return nil
		}
		message = "FlinkApplication updated"
	}
	return model.AppendEvent(op.Tx, op.Now, op.Scope.In(model.KindEvent, op.Record.Name), model.NewEvent{
		Status: cmf.EventStatus{Type: cmf.EventCMFStatus, Message: message},
	})
}

// deleteApplication has control end the job first; by force the record goes
// at once and the job is ended later.
func deleteApplication(op *WriteOp[cmf.FlinkApplication]) (Outcome, error) {
	record := op.Record
	controller, err := model.ReadControllerState[model.ApplicationControllerState](*record)
	if err != nil {
		return 0, err
	}
	if op.Force {
		if err := model.OrphanApplication(op.Tx, *record, controller, op.Now); err != nil {
			return 0, err
		}
		return OutcomeNoContent, model.RemoveApplication(op.Tx, record.Scope, record.Name)
	}
	status, err := model.ReadApplicationStatus(op.Old.Status)
	if err != nil {
		return 0, err
	}
	controller.Deleting = true
	status.LifecycleState = cmf.LifecycleDeleting
	record.Doc = record.Doc.With(status, "status")
	record.ControllerState, record.Due = model.MustEncode(controller), op.Now
	return OutcomeNoContent, op.Tx.Save(*record)
}

// showApplication adds resources where asked, and to a single application
// what the engine knows of its checkpoints without waiting.
func showApplication(show *ShowOp) (cmf.Object, error) {
	doc := show.Record.Doc
	peeker, can := show.Service.engine.Applications().(engine.CheckpointPeeker)
	if !show.Resources && !show.Single {
		return doc, nil
	}
	controller, err := model.ReadControllerState[model.ApplicationControllerState](show.Record)
	if err != nil {
		return nil, err
	}
	if show.Resources && controller.Resources != nil {
		doc = doc.With(controller.Resources, "status", "resourceSummary")
	}
	if show.Single {
		if doc, err = show.reconciled(doc, controller); err != nil {
			return nil, err
		}
	}
	if !show.Single || !can || controller.Job == nil || !controller.Job.StillAt.IsZero() ||
		show.Record.State != cmf.JobRunning {
		return doc, nil
	}
	job, err := model.LoadJob(show.Reader, show.Record, controller)
	if err != nil {
		return doc, nil //nolint:nilerr // the stored document is a full answer
	}
	if chk := peeker.PeekCheckpoint(job); chk != nil {
		show.Volatile = true
		doc = doc.With(model.NewCheckpointInfo(chk), "status", "jobStatus", "checkpointInfo")
	}
	return doc, nil
}

// reconciled adds the specifications that were deployed last and that ran
// last, as the operator writes them: JSON in a string, too long for lists.
func (show *ShowOp) reconciled(doc cmf.Object, controller model.ApplicationControllerState) (cmf.Object, error) {
	if controller.StableInstance == "" && doc.String("status", "lifecycleState") == cmf.LifecycleStable {
		controller.StableInstance = controller.Instance // stored before it was noted
	}
	for _, member := range []struct{ name, instance string }{
		{"lastReconciledSpec", controller.Instance},
		{"lastStableSpec", controller.StableInstance},
	} {
		if member.instance == "" {
			continue
		}
		instance, err := show.Reader.Get(show.Record.In(model.KindInstance, show.Record.Name), member.instance)
		if errors.Is(err, model.ErrMissing) {
			continue
		}
		if err != nil {
			return nil, err
		}
		spec := model.MustEncode(map[string]any{"spec": seal.WithoutJarPasswords(
			instance.Doc.Object("status", "spec"),
		)})
		doc = doc.With(string(spec), "status", "reconciliationStatus", member.name)
	}
	return doc, nil
}
