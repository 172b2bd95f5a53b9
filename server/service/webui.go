package service

import (
	"context"

	"drey/client/cmf"
	"drey/server/engine"
)

// ApplicationJob is the id of the Flink job that an application runs as, for
// whoever asks the JobManager about it.
func (s *Service) ApplicationJob(ctx context.Context, env, name string) (id string, err error) {
	err = s.store.View(ctx, func(r Reader) error {
		_, note, err := application(r, env, name)
		switch {
		case err != nil:
			return err
		case note.Job == nil || !note.Job.Deployed:
			return refuse(CodeUnavailable, "Application '%s' has no Flink job now", name)
		}
		id = note.Job.ID
		return nil
	})
	return id, err
}

// StatementJob is the run whose Flink job a statement is.
func (s *Service) StatementJob(ctx context.Context, env, name string) (engine.StatementRun, error) {
	record, note, run, err := s.run(ctx, env, name)
	if err == nil && (note.Run == nil || !note.Run.Deployed || record.State == cmf.PhaseDeleting) {
		err = refuse(CodeUnavailable, "Statement '%s' has no Flink job now", name)
	}
	return run, err
}
