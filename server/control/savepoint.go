package control

import (
	"context"
	"errors"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"
)

// savepoint decides what a savepoint needs next.
func (l *Loop) savepoint(tx model.Tx, record model.Record, now time.Time) (*action, error) {
	controller, err := model.ReadControllerState[model.SavepointControllerState](record)
	if err != nil {
		return nil, err
	}
	open := record.State == cmf.SavepointPending || record.State == cmf.SavepointInProgress
	switch {
	case controller.Deleting:
		return l.disposeOnceUp(tx, record)
	case controller.ByStop || !open:
		record.Due = time.Time{}
		return nil, tx.Save(record)
	}
	job, state, err := jobOf(tx, record)
	if err != nil {
		return nil, err
	}
	switch {
	case job == nil || controller.JobID != "" && controller.JobID != job.ID:
		showSavepoint(&record, engine.SavepointObservation{
			State: cmf.SavepointAbandoned, Ended: now, Error: "The job went away before the savepoint was complete.",
		})
		record.Due = time.Time{}
		return nil, tx.Save(record)
	case controller.Trigger == nil && state != cmf.JobRunning:
		record.Due = time.Time{} // a change of the job's state wakes it
		return nil, tx.Save(record)
	case controller.Trigger == nil:
		controller.JobID = job.ID
		controller.Trigger = &engine.SavepointTrigger{
			ID: model.RandomHex(32), At: now,
			Directory: record.Doc.String("spec", "path"), Format: record.Doc.String("spec", "formatType"),
		}
		if job.Run != nil && controller.Trigger.Directory == "" {
			controller.Trigger.Directory = model.SavepointDirectory(job.Run.Configuration)
		}
		record.ControllerState = model.MustEncode(controller)
		record.Doc = record.Doc.With(cmf.NanoTime(now), "status", "triggerTimestamp")
		if err := tx.Save(record); err != nil {
			return nil, err
		}
	}
	return l.triggerSavepoint(*job, *controller.Trigger), nil
}

// jobOf is the job that a savepoint is of, nil when there is none, and its state.
func jobOf(r model.Reader, record model.Record) (*engine.Job, string, error) {
	if record.Kind == model.KindStatementSavepoint {
		return jobOfStatement(r, record)
	}
	parent, err := r.Get(record.In(model.KindApplication, ""), record.Parent)
	if errors.Is(err, model.ErrMissing) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	controller, err := model.ReadControllerState[model.ApplicationControllerState](parent)
	if err != nil || controller.Job == nil || controller.Deleting {
		return nil, "", err
	}
	if cmf.JobEnded(parent.State) {
		return nil, "", nil
	}
	job, err := model.LoadJob(r, parent, controller)
	return &job, parent.State, err
}

// jobOfStatement shows a statement's run as a job.
func jobOfStatement(r model.Reader, record model.Record) (*engine.Job, string, error) {
	parent, err := r.Get(record.In(model.KindStatement, ""), record.Parent)
	if errors.Is(err, model.ErrMissing) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	controller, err := model.ReadControllerState[model.StatementControllerState](parent)
	if err != nil || controller.Run == nil || controller.Deleting || !controller.Ended.IsZero() {
		return nil, "", err
	}
	run, err := model.LoadRun(r, parent, controller)
	if err != nil {
		return nil, "", err
	}
	job := engine.Job{
		ID: run.ID, Environment: run.Environment, Application: run.Name, SubmittedAt: run.SubmittedAt,
		Stop: run.Stop, Run: &run,
	}
	return &job, parent.State, nil // PhaseRunning is JobRunning
}

// take triggers the savepoint and looks how far it is.
func (l *Loop) triggerSavepoint(job engine.Job, trigger engine.SavepointTrigger) *action {
	return newAction(func(ctx context.Context) outcome {
		var seen engine.SavepointObservation
		err := l.engine.Savepoints().Trigger(ctx, job.ID, job, trigger)
		if err == nil {
			seen, err = l.engine.Savepoints().ObserveSavepoint(ctx, job.ID, job, trigger)
		}
		return func(tx model.Tx, record *model.Record) (bool, error) {
			controller, readErr := model.ReadControllerState[model.SavepointControllerState](*record)
			if readErr != nil || controller.Trigger == nil || controller.Trigger.ID != trigger.ID {
				return true, readErr
			}
			if err != nil {
				seen = engine.SavepointObservation{State: cmf.SavepointFailed, Error: err.Error(), Ended: l.now()}
			}
			showSavepoint(record, seen)
			record.Due = seen.Next
			if seen.State == cmf.SavepointFailed {
				l.retry(record, &controller, seen.Final)
			}
			record.ControllerState = model.MustEncode(controller)
			if seen.State == cmf.SavepointCompleted && record.Kind == model.KindApplicationSavepoint {
				return true, tellApplication(tx, *record, seen)
			}
			return true, nil
		}
	})
}

// retry tries a failed savepoint again until backoffLimit; -1 is for ever.
// Where it cannot help it is not done.
func (l *Loop) retry(record *model.Record, controller *model.SavepointControllerState, final bool) {
	controller.Failures++
	record.Doc = record.Doc.With(controller.Failures, "status", "failures")
	limit, given := record.Doc.Int("spec", "backoffLimit")
	record.Due = time.Time{}
	if final || given && limit >= 0 && int64(controller.Failures) > limit {
		return
	}
	controller.Trigger = nil
	record.State = cmf.SavepointPending
	record.Doc = record.Doc.With(record.State, "status", "state")
	record.Due = l.now().Add(backoff(controller.Failures))
}

// showSavepoint moves a savepoint's status to an observation.
func showSavepoint(record *model.Record, seen engine.SavepointObservation) {
	record.State = seen.State
	status := record.Doc.Object("status").With(seen.State, "state")
	if seen.Path != "" {
		status = status.With(seen.Path, "path")
	}
	if seen.Size > 0 {
		status = status.With(seen.Size, "size")
	}
	status = status.With(nil, "error")
	if seen.Error != "" {
		status = status.With(seen.Error, "error")
	}
	if !seen.Ended.IsZero() {
		status = status.With(cmf.NanoTime(seen.Ended), "resultTimestamp")
	}
	record.Doc = record.Doc.With(status, "status")
}

// tellApplication notes a completed savepoint as the application's last one.
func tellApplication(tx model.Tx, savepoint model.Record, seen engine.SavepointObservation) error {
	parent, err := tx.Get(savepoint.In(model.KindApplication, ""), savepoint.Parent)
	if err != nil {
		return ignoreMissing(err)
	}
	status, err := model.ReadApplicationStatus(parent.Doc.Object("status"))
	if err != nil {
		return err
	}
	trigger, err := triggerType(savepoint)
	if err != nil {
		return err
	}
	status.AddSavepoint(model.SavepointEntry{
		TimeStamp: seen.Ended.UnixMilli(), Location: seen.Path, TriggerType: trigger,
		FormatType: savepoint.Doc.String("spec", "formatType"), Size: seen.Size, Name: savepoint.Name,
	})
	parent.Doc = parent.Doc.With(status, "status")
	return tx.Save(parent)
}

func ignoreMissing(err error) error {
	if errors.Is(err, model.ErrMissing) {
		return nil
	}
	return err
}
