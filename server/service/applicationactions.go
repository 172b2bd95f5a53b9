package service

import (
	"context"
	"errors"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/body"
)

// errUnchanged refuses what is so already.
var errUnchanged = model.Refuse(model.CodeUnchanged, "already so")

// StartApplication wants the application running, from a savepoint where a
// uid is given. Already so is a refusal with CodeUnchanged; what is wanted
// running but has ended or failed is deployed once more.
func (s *Service) StartApplication(ctx context.Context, env, name, savepointUID string) (Answer, error) {
	return s.changeDesired(ctx, env, name, func(tx model.Tx, record *model.Record, spec cmf.Object) (cmf.Object, error) {
		controller, err := model.ReadControllerState[model.ApplicationControllerState](*record)
		if err != nil {
			return nil, err
		}
		if desired(spec) == cmf.DesiredRunning {
			if controller.Restart || !hasEnded(record) {
				return nil, errUnchanged
			}
			controller.Restart = true
		}
		if savepointUID != "" {
			controller.StartFrom, err = model.StartPath(
				tx, record.In(model.KindApplicationSavepoint, name), model.StartFrom{UID: savepointUID},
			)
			if err != nil {
				return nil, err
			}
		}
		record.ControllerState = model.MustEncode(controller)
		return spec.With(cmf.DesiredRunning, "job", "state"), nil
	})
}

// hasEnded reports whether nothing runs, or will by itself, of an application
// that is wanted running: one that is still UPGRADING or SUSPENDED will.
func hasEnded(record *model.Record) bool {
	lifecycle := record.Doc.String("status", "lifecycleState")
	if cmf.JobEnded(record.State) {
		return lifecycle != cmf.LifecycleUpgrading && lifecycle != cmf.LifecycleSuspended
	}
	return lifecycle == cmf.LifecycleFailed
}

// SuspendApplication wants the application suspended.
func (s *Service) SuspendApplication(ctx context.Context, env, name string) (Answer, error) {
	return s.changeDesired(ctx, env, name, func(_ model.Tx, _ *model.Record, spec cmf.Object) (cmf.Object, error) {
		if desired(spec) == cmf.DesiredSuspended {
			return nil, errUnchanged
		}
		return spec.With(cmf.DesiredSuspended, "job", "state"), nil
	})
}

func desired(spec cmf.Object) string {
	return cmf.FlinkApplication{Spec: spec}.DesiredState()
}

func (s *Service) changeDesired(ctx context.Context, env, name string,
	change func(model.Tx, *model.Record, cmf.Object) (cmf.Object, error),
) (Answer, error) {
	var answer Answer
	err := s.store.Update(ctx, func(tx model.Tx) error {
		record, controller, err := application(tx, env, name)
		if err != nil {
			return err
		}
		if controller.Deleting {
			return model.Conflict("Application '%s' is being deleted", name)
		}
		spec, err := change(tx, &record, record.Doc.Object("spec"))
		if err != nil {
			return err
		}
		now := s.now().UTC()
		record.Updated, record.Due = now, now
		record.Doc = record.Doc.With(spec, "spec").With(cmf.Time(now), "metadata", "updateTimestamp")
		record.Labels = stringMap(record.Doc.Object("metadata", "labels"))
		answer.Body = record.Doc
		if err := tx.Put(record); err != nil {
			return err
		}
		return model.AppendEvent(tx, now, record.In(model.KindEvent, name), model.NewEvent{
			Status: cmf.EventStatus{Type: cmf.EventCMFStatus, Message: "FlinkApplication updated"},
		})
	})
	return answer, err
}

func application(r model.Reader, env, name string) (model.Record, model.ApplicationControllerState, error) {
	return stored[model.ApplicationControllerState](r, model.Scope{Kind: model.KindApplication, Env: env}, name)
}

// stored reads an object of an environment with its controller state, and
// refuses what is not there.
func stored[C any](r model.Reader, scope model.Scope, name string) (record model.Record, controller C, err error) {
	if err := environmentExists(r, scope.Env); err != nil {
		return record, controller, err
	}
	record, err = r.Get(scope, name)
	if errors.Is(err, model.ErrMissing) {
		return record, controller, model.NotFound("%s '%s' not found", body.Title(scope.Kind), name)
	}
	if err != nil {
		return record, controller, err
	}
	controller, err = model.ReadControllerState[C](record)
	return record, controller, err
}
