package service

import (
	"context"
	"errors"
	"time"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/body"
	"drey/server/service/lists"
)

// savepointRules are the rules of attached savepoints, and of detached ones.
func savepointRules(id model.KindID) Rules[cmf.Savepoint] {
	rules := Rules[cmf.Savepoint]{
		ID: id, Naming: body.SavepointName,
		Replies: Replies{Created: true, TakenCode: model.CodeUnprocessable},
		List: lists.Listing{
			Filters: map[string]model.Field{"name": fieldName, "state": fieldState},
			Sorts:   sorts(map[string]model.Field{"state": fieldState}),
			Fields:  true,
		},
		Access: savepointAccess,
		Check:  checkSavepoint,
		Delete: deleteSavepoint,
	}
	switch id {
	case model.KindApplicationSavepoint:
		rules.Kind, rules.Owner = cmf.ApplicationSavepoints, model.KindApplication
	case model.KindStatementSavepoint:
		rules.Kind, rules.Owner = cmf.StatementSavepoints, model.KindStatement
	default:
		rules.Kind = cmf.DetachedSavepoints
		rules.Check, rules.Delete = checkDetached, nil
		rules.List.Extras = map[string]func(string) (model.Term, error){"name": namePrefix}
	}
	return rules
}

// namePrefix is the name parameter of detached savepoints.
func namePrefix(value string) (model.Term, error) {
	return model.Term{Fields: []model.Field{fieldName}, Test: model.TestPrefix, Values: []string{value}}, nil
}

// savepointAccess invents the name that a client left out; savepoints have no
// updateTimestamp (cmf-behaviour.md §2.6).
var savepointAccess = func() Access[cmf.Savepoint] {
	access := typedAccess[cmf.Savepoint](cmf.DetachedSavepoints)
	stamp := access.Stamp
	access.Stamp = func(s *cmf.Savepoint, st Stamp) {
		stamp(s, st)
		s.Metadata.UpdateTimestamp = ""
		if s.Metadata.Labels == nil {
			s.Metadata.Labels = map[string]string{}
		}
	}
	access.Name = func(s *cmf.Savepoint) string {
		if s.Metadata.Name == "" {
			s.Metadata.Name = "savepoint-" + model.RandomHex(12)
		}
		return s.Metadata.Name
	}
	return access
}()

// checkSavepoint asks for a savepoint of a job that runs or will.
func checkSavepoint(op *WriteOp[cmf.Savepoint]) error {
	if err := body.CheckSavepointSpec(op.New); err != nil {
		return err
	}
	op.New.Spec.FormatType = model.AskedFormat(op.New.Spec.FormatType)
	owner := model.KindApplication
	if op.Scope.Kind == model.KindStatementSavepoint {
		owner = model.KindStatement
	}
	parent, err := op.Tx.Get(op.Scope.In(owner, ""), op.Scope.Parent)
	if err != nil {
		return err
	}
	if err := canSave(parent); err != nil {
		return err
	}
	none := 0
	op.New.Status = &cmf.SavepointStatus{State: cmf.SavepointPending, Failures: &none}
	op.Record.State, op.Record.Due = cmf.SavepointPending, op.Now
	return nil
}

// canSave refuses what can have no savepoint any more.
func canSave(parent model.Record) error {
	if parent.Kind == model.KindStatement {
		if cmf.PhaseActive(parent.State) {
			return nil
		}
		return model.Unprocessable(
			"Statement '%s' is %s: only a running one can have a savepoint", parent.Name, parent.State,
		)
	}
	if desired(parent.Doc.Object("spec")) != cmf.DesiredRunning {
		return model.Unprocessable(
			"Application '%s' is suspended: only a running one can have a savepoint", parent.Name,
		)
	}
	if cmf.JobEnded(parent.State) {
		return model.Unprocessable(
			"Job of application '%s' is %s: only a running one can have a savepoint", parent.Name, parent.State,
		)
	}
	return nil
}

// checkDetached registers a savepoint that exists outside.
func checkDetached(op *WriteOp[cmf.Savepoint]) error {
	if err := body.CheckSavepointSpec(op.New); err != nil {
		return err
	}
	if op.New.Spec.Path == "" {
		return model.Unprocessable("spec.path: must not be empty")
	}
	op.New.Status = &cmf.SavepointStatus{State: cmf.SavepointCompleted, Path: op.New.Spec.Path}
	op.Record.State = cmf.SavepointCompleted
	return nil
}

// deleteSavepoint has control delete the files first, through a cluster that is
// up; by force the record goes at once (cmf-behaviour.md §2.6).
func deleteSavepoint(op *WriteOp[cmf.Savepoint]) (Outcome, error) {
	record := op.Record
	if op.Force || op.Old.Status == nil || op.Old.Status.Path == "" {
		return OutcomeNoContent, op.Tx.Delete(record.Scope, record.Name)
	}
	controller, err := model.ReadControllerState[model.SavepointControllerState](*record)
	if err != nil {
		return 0, err
	}
	controller.Deleting = true
	op.Old.Status.PendingDeletion = true
	record.Doc, err = model.Encode(op.Old)
	if err != nil {
		return 0, err
	}
	record.ControllerState, record.Due, record.Link = model.MustEncode(controller), op.Now, model.LinkDeleting
	return OutcomeNoContent, op.Tx.Put(*record)
}

// DetachSavepoint moves a savepoint of an application to the detached ones,
// where it outlives the application.
func (s *Service) DetachSavepoint(ctx context.Context, env, app, name string) (Answer, error) {
	var answer Answer
	err := s.store.Update(ctx, func(tx model.Tx) error {
		if _, _, err := application(tx, env, app); err != nil {
			return err
		}
		record, err := tx.Get(model.Scope{Kind: model.KindApplicationSavepoint, Env: env, Parent: app}, name)
		if errors.Is(err, model.ErrMissing) {
			return model.NotFound("Savepoint '%s' not found", name)
		}
		if err != nil {
			return err
		}
		if record.State != cmf.SavepointCompleted || record.Doc.String("status", "pendingDeletion") == "true" {
			return model.Unprocessable("Savepoint '%s' is %s: only a completed one can be detached", name, record.State)
		}
		detached := model.Scope{Kind: model.KindDetachedSavepoint}
		if _, err := tx.Get(detached, name); !errors.Is(err, model.ErrMissing) {
			return model.Unprocessable("Detached savepoint '%s' already exists", name)
		}
		if err := tx.Delete(record.Scope, name); err != nil {
			return err
		}
		record.Scope, record.Due, record.ControllerState = detached, time.Time{}, nil
		answer.Body = record.Doc
		return tx.Put(record)
	})
	return answer, err
}
