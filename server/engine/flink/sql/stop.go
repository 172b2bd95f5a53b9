package sql

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"drey/client/flinkrest"
	"drey/server/engine"
	"drey/server/engine/flink/job"
)

// StopStatement implements service.Statements.
func (s *Statements) StopStatement(ctx context.Context, of engine.StatementRun) error {
	r, err := s.find(of)
	if errors.Is(err, engine.ErrNotFound) && of.Stop == nil {
		return nil
	}
	if err != nil {
		return err
	}
	if of.Stop == nil {
		return s.remove(ctx, r, of.ID)
	}
	if cause, _ := r.failed(); cause != nil || r.see().Lost != "" || r.spool.Done() || r.see().Stopped != "" {
		return nil
	}
	if !of.Stop.Savepoint {
		return s.end(ctx, r)
	}
	if seen, err := job.Savepoint(
		ctx, s.opts.JobManager, r.see().Job, of.Stop.ID, s.opts.Now(),
	); err != nil || seen != nil {
		return err
	}
	r.spool.All()
	r.wakeUp()
	running, err := job.Running(ctx, s.opts.JobManager, r.see().Job)
	if err != nil {
		return ignoreNotFound(err)
	}
	if !running {
		return s.end(ctx, r)
	}
	directory := of.Stop.Directory
	if directory == "" {
		directory = s.opts.Savepoints
	}
	return ignoreNotFound(s.opts.JobManager.Stop(ctx, r.see().Job, of.Stop.ID, directory, of.Stop.Format))
}

func ignoreNotFound(err error) error {
	if flinkrest.NotFound(err) {
		return nil
	}
	return err
}

// end ends the job without a savepoint. A job that has ended, or that Flink
// does not know, is no error.
func (s *Statements) end(ctx context.Context, r *run) error {
	if err := r.change(func(k *record) { k.Canceled = true }); err != nil {
		return err
	}
	rec := r.see()
	if err := ignoreNotFound(s.opts.JobManager.Cancel(ctx, rec.Job)); err != nil {
		return err
	}
	if rec.Seen || rec.Operation.Handle == "" {
		return nil
	}
	// It may still be planned: then closing its operation ends it.
	err := s.opts.Gateway.Close(ctx, rec.Operation)
	if err != nil && !unavailable(err) {
		return nil
	}
	return err
}

// remove ends the job with its results.
func (s *Statements) remove(ctx context.Context, r *run, id string) error {
	if err := s.endAbandoned(ctx, r); err != nil {
		return err
	}
	r.halt() // first: a session whose rows were fetched to the end is another's
	rec := r.see()
	ended := r.spool.Done()
	if !ended {
		if err := ignoreNotFound(s.opts.JobManager.Cancel(ctx, rec.Job)); err != nil {
			return err
		}
	}
	if rec.Operation.Session != "" && !ended {
		if err := s.opts.Gateway.CloseSession(ctx, rec.Operation.Session); unavailable(err) {
			return err
		}
	}
	s.mu.Lock()
	delete(s.runs, id)
	s.mu.Unlock()
	if err := errors.Join(r.spool.Close(), os.RemoveAll(r.dir)); err != nil {
		return fmt.Errorf("remove a statement's results: %w", err)
	}
	return nil
}

// Trigger begins a savepoint of a running statement.
func (s *Statements) Trigger(ctx context.Context, of engine.StatementRun, trigger engine.SavepointTrigger) error {
	r, err := s.find(of)
	if err != nil {
		return err
	}
	directory := trigger.Directory
	if directory == "" {
		directory = s.opts.Savepoints
	}
	return s.opts.JobManager.Savepoint(ctx, r.see().Job, trigger.ID, directory, trigger.Format)
}

// ObserveSavepoint tells how far it is.
func (s *Statements) ObserveSavepoint(
	ctx context.Context, of engine.StatementRun, trigger engine.SavepointTrigger,
) (engine.SavepointObservation, error) {
	r, err := s.find(of)
	if err != nil {
		return engine.SavepointObservation{}, err
	}
	seen, err := job.Savepoint(ctx, s.opts.JobManager, r.see().Job, trigger.ID, s.opts.Now().UTC())
	if err != nil {
		return engine.SavepointObservation{}, err
	}
	if seen == nil {
		return engine.SavepointObservation{}, engine.ErrNotFound
	}
	return *seen, nil
}

// JobID is Flink's id of the job that a statement runs as now.
func (s *Statements) JobID(of engine.StatementRun) (string, error) {
	r, err := s.find(of)
	if err != nil {
		return "", err
	}
	return r.see().Job, nil
}

// stackOf is a stack from the telling cause on: what wraps it is the gateway's.
func stackOf(stack string) string {
	cause, ok := flinkrest.Telling(stack)
	if !ok {
		return stack
	}
	head := strings.SplitN(cause.String(), "\n", 2)[0]
	if i := strings.Index(stack, "Caused by: "+head); i >= 0 {
		return strings.TrimSpace(strings.TrimSuffix(
			strings.TrimSpace(stack[i+len("Caused by: "):]), "End of exception on server side>",
		))
	}
	return cause.String()
}
