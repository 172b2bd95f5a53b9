package sql

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/client/flinkrest"
	"drey/server/engine"
	"drey/server/engine/flink/job"
)

// start submits a run, or takes up what an earlier process submitted. It
// decides by what was kept before each step, and by what Flink knows.
func (s *Statements) start(ctx context.Context, r *run, of engine.StatementRun) error {
	rec := r.see()
	switch {
	case rec.Lost != "", r.spool.Done():
		return nil
	case rec.Query && rec.Operation.Handle != "":
		s.fetch(r)
		return nil
	case rec.Submitted && !rec.Query && rec.Operation.Handle == "":
		return nil
	}
	if r.isFresh() {
		return s.submit(ctx, r, of)
	}
	if rec.Query { // nobody knows where the rows of what was asked for would come from
		if err := r.abandon(of.ID); err != nil {
			return err
		}
		if err := s.endAbandoned(ctx, r); err != nil {
			return err
		}
		return s.submit(ctx, r, of)
	}
	_, err := s.opts.JobManager.Status(ctx, rec.Job)
	switch {
	case err == nil:
		return r.change(func(k *record) { k.Submitted, k.Operation = true, flinkrest.Operation{} })
	case !flinkrest.NotFound(err):
		return err
	}
	return s.submit(ctx, r, of)
}

// abandonTime is for how long a job is looked for that Flink may have been asked
// to run.
const abandonTime = 5 * time.Minute

// abandon gives up the job of a submission whose outcome is unknown, and gives
// the run another id: it may still come.
func (r *run) abandon(id string) error {
	if err := r.change(func(k *record) {
		k.Abandoned = append(k.Abandoned, abandoned{k.Job, time.Now()})
	}); err != nil {
		return err
	}
	return r.next(id)
}

// endAbandoned cancels given up jobs that have come.
func (s *Statements) endAbandoned(ctx context.Context, r *run) error {
	var left []abandoned
	for _, a := range r.see().Abandoned {
		err := s.opts.JobManager.Cancel(ctx, a.Job)
		if err != nil && !flinkrest.NotFound(err) {
			return err
		}
		if err != nil && time.Since(a.At) < abandonTime {
			left = append(left, a)
		}
	}
	if len(left) == len(r.see().Abandoned) {
		return nil
	}
	return r.change(func(k *record) { k.Abandoned = left })
}

// next gives the run another job id.
func (r *run) next(id string) error {
	return r.change(func(k *record) {
		k.Attempt++
		k.Job, k.Operation, k.Submitted, k.Seen = attempt(id, k.Attempt), flinkrest.Operation{}, false, false
	})
}

// submit has Flink run the statement.
func (s *Statements) submit(ctx context.Context, r *run, of engine.StatementRun) error {
	if err := job.Slots(ctx, s.opts.JobManager, of.Parallelism); err != nil {
		r.again()
		return err
	}
	if err := s.canGoOn(ctx, r, of); err != nil {
		r.again()
		return err
	}
	session, err := s.sessions.start(ctx, of)
	if err != nil {
		r.again()
		return err
	}
	rec := r.see()
	sql, conf := strings.TrimRight(of.SQL, "; \n\t"), jobConfiguration(of, rec)
	o, err := s.opts.Gateway.Execute(ctx, session, sql, conf)
	if flinkrest.SessionGone(err) { // the gateway was started anew
		if session, err = s.sessions.take(ctx, of); err != nil {
			return err
		}
		o, err = s.opts.Gateway.Execute(ctx, session, sql, conf)
	}
	if err != nil {
		s.sessions.drop(session)
		return sqlError(err, of.SQL, 0)
	}
	if err := r.change(func(k *record) { k.Operation = o }); err != nil {
		s.sessions.drop(session)
		return err
	}
	if rec.Query {
		s.sessions.forget(session)
		s.fetch(r)
		return nil
	}
	err = s.submitted(ctx, o)
	if err != nil && !flinkrest.Says(err, "DuplicateJobSubmission") && !flinkrest.Says(err, "already been submitted") {
		s.sessions.drop(session)
		_ = r.change(func(k *record) { k.Operation = flinkrest.Operation{} })
		return sqlError(err, of.SQL, 0)
	}
	s.sessions.release(session)
	return r.change(func(k *record) { k.Submitted, k.Operation = true, flinkrest.Operation{} })
}

// canGoOn refuses to resume a query on Flink 1.x: there the operator that hands
// the rows on is restored too, to where nobody asks any more, and gives none.
func (s *Statements) canGoOn(ctx context.Context, r *run, of engine.StatementRun) error {
	if of.RestoreFrom == "" || !r.see().Query {
		return nil
	}
	o, err := s.opts.JobManager.Overview(ctx)
	if err != nil || !strings.HasPrefix(o.Version, "1.") {
		return err
	}
	return &engine.SQLError{
		Class: "org.apache.flink.table.api.TableException",
		Message: "a query cannot be resumed from a savepoint on Flink " + o.Version +
			", which would give no rows; an INSERT can, and both can on Flink 2",
	}
}

// submitted waits until Flink has taken an INSERT.
func (s *Statements) submitted(ctx context.Context, o flinkrest.Operation) error {
	for {
		page, err := s.opts.Gateway.Fetch(ctx, o.First(), flinkrest.PlainText)
		if err != nil || page.Type != "NOT_READY" {
			return err
		}
		if err := sleep(ctx, firstWait); err != nil {
			return err
		}
	}
}

// jobConfiguration names the job and says where it begins. A query whose
// result somebody waits for fails at once (flink-verified.md §4).
func jobConfiguration(of engine.StatementRun, rec record) map[string]string {
	conf := map[string]string{"pipeline.name": of.Name}
	if rec.Query {
		conf["restart-strategy.type"] = "none"
	}
	maps.Copy(conf, configuration(of))
	conf["$internal.pipeline.job-id"] = rec.Job
	restore := of.RestoreFrom
	if rec.Checkpoint != "" {
		restore = job.Newest(rec.Checkpoint)
	}
	if restore != "" {
		conf["execution.state-recovery.path"] = restore
		if rec.Query { // the operator that hands the rows on has another id each time
			conf["execution.state-recovery.ignore-unclaimed-state"] = "true"
		}
	}
	return conf
}

// lose decides what becomes of a run whose job Flink does not know any more,
// as after a restart of the JobManager: an INSERT is submitted again from its
// newest checkpoint, a query's rows cannot go on.
func (s *Statements) lose(ctx context.Context, r *run, of engine.StatementRun) (engine.StatementObservation, error) {
	if of.Stop != nil {
		return engine.StatementObservation{State: cmf.JobCanceled}, nil
	}
	if r.see().Query {
		err := r.change(func(k *record) {
			k.Lost = "The JobManager does not know the job any more: it was restarted. The rows of a query cannot go on."
		})
		return s.lost(r), err
	}
	if err := r.next(of.ID); err != nil {
		return engine.StatementObservation{}, err
	}
	exception := resubmission(s.opts.Now().UTC(), r.see())
	if err := r.change(func(k *record) { k.Again = []engine.JobException{exception} }); err != nil {
		return engine.StatementObservation{}, err
	}
	err := s.submit(ctx, r, of)
	var wrong *engine.SQLError
	if errors.As(err, &wrong) && r.see().Checkpoint != "" {
		_ = r.change(func(k *record) { k.Checkpoint = "" })
	}
	return engine.StatementObservation{
		State: cmf.JobReconciling, Exceptions: []engine.JobException{exception}, Next: s.opts.Now().Add(firstWait),
	}, err
}

const jobNotFound = "org.apache.flink.runtime.messages.FlinkJobNotFoundException"

// resubmission tells where a run goes on whose job was lost.
func resubmission(at time.Time, rec record) engine.JobException {
	text := "The JobManager did not know the job any more, as after a restart: it was submitted again"
	if rec.Checkpoint != "" {
		text += " from " + job.Newest(rec.Checkpoint)
	}
	return engine.JobException{At: at, Name: jobNotFound, Text: text + "."}
}

func (s *Statements) lost(r *run) engine.StatementObservation {
	return engine.StatementObservation{State: cmf.JobFailed, Exceptions: []engine.JobException{{
		At: s.opts.Now().UTC(), Name: jobNotFound, Text: r.see().Lost,
	}}}
}
