package service

import (
	"context"
	"errors"

	"drey/client/cmf"
)

// StartApplication wants the application running, from a savepoint where a
// uid is given. Already so is a refusal with CodeUnchanged; what is wanted
// running but has ended or failed is deployed once more.
func (s *Service) StartApplication(ctx context.Context, env, name, savepointUID string) (Answer, error) {
	return s.changeDesired(ctx, env, name, func(tx Tx, record *Record, spec cmf.Object) (cmf.Object, error) {
		note, err := ReadNote[AppNote](*record)
		if err != nil {
			return nil, err
		}
		if desired(spec) == cmf.DesiredRunning {
			if note.Restart || !hasEnded(record) {
				return nil, errUnchanged
			}
			note.Restart = true
		}
		if savepointUID != "" {
			note.StartFrom, err = startPath(tx, record.In(KindApplicationSavepoint, name), StartFrom{UID: savepointUID})
			if err != nil {
				return nil, err
			}
		}
		record.Note = MustEncode(note)
		return spec.With(cmf.DesiredRunning, "job", "state"), nil
	})
}

// hasEnded reports whether nothing runs, or will by itself, of an application
// that is wanted running: one that is still UPGRADING or SUSPENDED will.
func hasEnded(record *Record) bool {
	lifecycle := record.Doc.String("status", "lifecycleState")
	switch record.State {
	case cmf.JobFailed, cmf.JobFinished, cmf.JobCanceled:
		return lifecycle != cmf.LifecycleUpgrading && lifecycle != cmf.LifecycleSuspended
	}
	return lifecycle == cmf.LifecycleFailed
}

// SuspendApplication wants the application suspended.
func (s *Service) SuspendApplication(ctx context.Context, env, name string) (Answer, error) {
	return s.changeDesired(ctx, env, name, func(_ Tx, _ *Record, spec cmf.Object) (cmf.Object, error) {
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
	change func(Tx, *Record, cmf.Object) (cmf.Object, error),
) (Answer, error) {
	var answer Answer
	err := s.store.Update(ctx, func(tx Tx) error {
		record, note, err := application(tx, env, name)
		if err != nil {
			return err
		}
		if note.Deleting {
			return Conflict("Application '%s' is being deleted", name)
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
		return AppendEvent(tx, now, record.In(KindEvent, name), NewEvent{
			Status: cmf.EventStatus{Type: cmf.EventCMFStatus, Message: "FlinkApplication updated"},
		})
	})
	return answer, err
}

func application(r Reader, env, name string) (Record, AppNote, error) {
	if err := environmentExists(r, env); err != nil {
		return Record{}, AppNote{}, err
	}
	record, err := r.Get(Scope{Kind: KindApplication, Env: env}, name)
	if errors.Is(err, ErrMissing) {
		return record, AppNote{}, NotFound("Application '%s' not found", name)
	}
	if err != nil {
		return record, AppNote{}, err
	}
	note, err := ReadNote[AppNote](record)
	return record, note, err
}
