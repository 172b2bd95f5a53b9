package service

import (
	"context"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"
)

// ApplicationJob is the id of the Flink job that an application runs as, for
// whoever asks the JobManager about it.
func (s *Service) ApplicationJob(ctx context.Context, env, name string) (id string, err error) {
	err = s.store.View(ctx, func(r model.Reader) error {
		_, controller, err := application(r, env, name)
		switch {
		case err != nil:
			return err
		case controller.Job == nil || !controller.Job.Deployed:
			return model.Refuse(model.CodeUnavailable, "Application '%s' has no Flink job now", name)
		}
		id = controller.Job.ID
		return nil
	})
	return id, err
}

// ApplicationRun is the Flink job that an application runs as, with all that its
// engine needs to tell of it.
func (s *Service) ApplicationRun(ctx context.Context, env, name string) (job engine.Job, err error) {
	err = s.store.View(ctx, func(r model.Reader) error {
		record, controller, err := application(r, env, name)
		switch {
		case err != nil:
			return err
		case controller.Job == nil || !controller.Job.Deployed:
			return model.Refuse(model.CodeUnavailable, "Application '%s' has no Flink job now", name)
		}
		job, err = model.LoadJob(r, record, controller)
		return err
	})
	return job, err
}

// StatementJob is the run whose Flink job a statement is.
func (s *Service) StatementJob(ctx context.Context, env, name string) (engine.StatementRun, error) {
	record, controller, run, err := s.run(ctx, env, name)
	if err == nil && (controller.Run == nil || !controller.Run.Deployed || record.State == cmf.PhaseDeleting) {
		err = model.Refuse(model.CodeUnavailable, "Statement '%s' has no Flink job now", name)
	}
	return run, err
}
