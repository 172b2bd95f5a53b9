package flink

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/client/flinkrest"
	"drey/server/engine"
	"drey/server/engine/flink/job"
)

// How soon to look again at a job that changes, at one that runs, and at a
// Flink that does not answer.
const (
	shortPoll   = 100 * time.Millisecond
	runningPoll = 2 * time.Second
	waiting     = 3 * time.Second
)

type applications struct{ *Engine }

// Deploy implements service.Applications. A job that Flink knows is
// deployed; the same id is never taken twice.
func (a applications) Deploy(ctx context.Context, j engine.Job) error {
	rec := a.record(j.ID)
	_, err := a.jobs.Status(ctx, j.ID)
	switch {
	case err == nil:
		return nil
	case !flinkrest.NotFound(err):
		return err
	}
	jar, err := a.jar(ctx, j)
	if err != nil {
		return err
	}
	parallelism, _ := j.Spec.Int("job", "parallelism")
	if err := job.Slots(ctx, a.jobs, int(parallelism)); err != nil {
		return err
	}
	id, err := a.upload(ctx, jar)
	if err != nil {
		return err
	}
	defer a.unload(context.WithoutCancel(ctx), id)
	if err := a.saveRecord(j.ID, rec); err != nil {
		return err
	}
	return a.run(ctx, j, id, rec)
}

// run has Flink run the jar.
func (a applications) run(ctx context.Context, j engine.Job, jar string, rec record) error {
	body := map[string]any{
		"jobId": j.ID, "allowNonRestoredState": j.AllowNonRestored, "flinkConfiguration": configuration(j),
	}
	spec := j.Spec.Object("job")
	if class := spec.String("entryClass"); class != "" {
		body["entryClass"] = class
	}
	if args, ok := spec.Map()["args"].([]any); ok {
		body["programArgsList"] = args
	}
	if p, ok := spec.Int("parallelism"); ok && p > 0 {
		body["parallelism"] = p
	}
	restore := j.RestoreFrom
	if rec.Checkpoint != "" && upgradeMode(j) != cmf.UpgradeModeStateless { // lost by a restart of the JobManager
		restore = job.Newest(rec.Checkpoint)
	}
	if restore != "" {
		body["savepointPath"] = restore
	}
	_, err := a.jobs.RunJar(ctx, jar, body)
	var refused *flinkrest.Error
	if !errors.As(err, &refused) {
		return err
	}
	// A job that could not be restored is there, and FAILED (flink-verified.md §3).
	if _, unknown := a.jobs.Status(ctx, j.ID); unknown == nil {
		return nil
	}
	return &engine.Rejection{Reason: reason(refused)}
}

// reason is the refusal's cause that says most.
func reason(refused *flinkrest.Error) string {
	causes := flinkrest.Causes(refused.Stack())
	if len(causes) == 0 {
		return refused.Error()
	}
	text := causes[len(causes)-1].Message
	for _, c := range causes { // a class that is not there has only its name in the last cause
		if strings.HasSuffix(c.Class, "ProgramInvocationException") &&
			strings.HasSuffix(causes[len(causes)-1].Class, "ClassNotFoundException") {
			text = c.Message
		}
	}
	if first, _, more := strings.Cut(text, "\n"); more && len(text) > 1000 {
		return first
	}
	return text
}

func upgradeMode(j engine.Job) string { return cmf.FlinkApplication{Spec: j.Spec}.UpgradeMode() }

// configuration is spec.flinkConfiguration without the keys of processes, which
// a session cluster has already (flink-engine.md §4).
func configuration(j engine.Job) map[string]string {
	all := map[string]string{"pipeline.name": j.Application}
	for key, value := range j.Spec.Object("flinkConfiguration").Map() {
		foreign := false
		for _, prefix := range []string{
			"kubernetes.", "high-availability", "taskmanager.", "jobmanager.", "rest.", "$internal.",
			"execution.target",
		} {
			foreign = foreign || strings.HasPrefix(key, prefix)
		}
		if !foreign {
			all[key] = fmt.Sprint(value)
		}
	}
	return all
}

// Observe implements service.Applications.
func (a applications) Observe(ctx context.Context, j engine.Job) (engine.JobObservation, error) {
	now := a.options.Now().UTC()
	state, err := a.jobs.Status(ctx, j.ID)
	if errors.Is(err, engine.ErrUnavailable) {
		return engine.JobObservation{
			State: cmf.JobReconciling, Deployment: cmf.DeploymentReady, UpdateTime: now, Error: err.Error(),
			Name: j.Application,
			Next: now.Add(waiting),
		}, nil
	}
	if flinkrest.NotFound(err) {
		return a.unknownJob(j, now)
	}
	if err != nil {
		return engine.JobObservation{}, err
	}
	return a.observation(ctx, j, state, now)
}

// gone is a job that Flink does not know: one that was stopped is told from
// what was kept of it, any other was lost.
func (a applications) unknownJob(j engine.Job, now time.Time) (engine.JobObservation, error) {
	rec := a.record(j.ID)
	if j.Stop == nil {
		return engine.JobObservation{}, engine.ErrNotFound
	}
	seen := engine.JobObservation{State: cmf.JobCanceled, Deployment: cmf.DeploymentMissing, UpdateTime: now}
	if rec.Checkpoint != "" {
		seen.Checkpoint = &engine.Checkpoint{Path: job.Newest(rec.Checkpoint), At: now}
	}
	return seen, nil
}

func (a applications) observation(
	ctx context.Context, j engine.Job, state string, now time.Time,
) (engine.JobObservation, error) {
	detail, err := a.jobs.Job(ctx, j.ID)
	if err != nil {
		return engine.JobObservation{}, err
	}
	if cmf.JobEnded(state) && detail.State != "" {
		state = detail.State // failures and checkpoints are as old as this
	}
	seen := engine.JobObservation{
		State: state, Name: detail.Name, StartTime: flinkrest.Millis(detail.Start),
		UpdateTime: flinkrest.Millis(detail.Timestamps[state]),
		Deployment: cmf.DeploymentReady, Next: now.Add(shortPoll), Resources: a.resources(detail),
	}
	if seen.UpdateTime.IsZero() { // the detail is older than the state
		seen.UpdateTime = now
	}
	switch {
	case cmf.JobEnded(state):
		seen.Next = time.Time{}
		if state != cmf.JobFailed {
			seen.Deployment = cmf.DeploymentMissing
		}
	case state == cmf.JobRunning && detail.AllRunning():
		seen.Next = now.Add(runningPoll)
	case state == cmf.JobRunning:
		seen.Deployment = cmf.DeploymentNotReady
	}
	if err := a.history(ctx, j, &seen); err != nil {
		return seen, err
	}
	if j.Stop != nil && j.Stop.Savepoint {
		return seen, a.stopping(ctx, j, &seen)
	}
	return seen, nil
}

// history adds failures, restarts and the newest checkpoint, which is kept.
func (a applications) history(ctx context.Context, j engine.Job, seen *engine.JobObservation) error {
	var err error
	if seen.Exceptions, err = job.Exceptions(ctx, a.jobs, j.ID); err != nil {
		return err
	}
	seen.Restarts = len(seen.Exceptions)
	if seen.State == cmf.JobFailed && seen.Restarts > 0 {
		seen.Restarts--
	}
	if n := a.jobs.Restarts(ctx, j.ID); n > seen.Restarts {
		seen.Restarts = n
	}
	if seen.Checkpoint, err = job.Checkpoint(ctx, a.jobs, j.ID); err != nil && !flinkrest.NotFound(err) {
		return err
	}
	rec := a.record(j.ID)
	if seen.Checkpoint == nil || rec.Checkpoint == seen.Checkpoint.Path {
		return nil
	}
	rec.Checkpoint = seen.Checkpoint.Path
	return a.saveRecord(j.ID, rec)
}

// stopping adds the stop's savepoint. One that failed leaves the job running.
func (a applications) stopping(ctx context.Context, j engine.Job, seen *engine.JobObservation) error {
	stopped, err := job.Savepoint(ctx, a.jobs, j.ID, j.Stop.ID, a.options.Now().UTC())
	if err != nil || stopped == nil {
		return err
	}
	if seen.Stopped = stopped; stopped.State == cmf.SavepointCompleted && !cmf.JobEnded(seen.State) {
		stopped.State, stopped.Next = cmf.SavepointInProgress, a.options.Now().Add(shortPoll)
	}
	return nil
}

// resources is what the job takes: its slots' share.
func (a applications) resources(detail flinkrest.Job) cmf.ResourceUsageSummary {
	return cmf.ResourceUsageSummary{
		JobManager:  &cmf.ResourceUsage{CPU: 0, Count: 1},
		TaskManager: &cmf.ResourceUsage{CPU: float64(detail.Slots()), Count: 1},
	}
}

// Stop implements service.Applications.
func (a applications) Stop(ctx context.Context, j engine.Job) error {
	if !j.Stop.Savepoint {
		return ignoreNotFound(a.jobs.Cancel(ctx, j.ID))
	}
	seen, err := job.Savepoint(ctx, a.jobs, j.ID, j.Stop.ID, a.options.Now())
	if err != nil || seen != nil {
		return err
	}
	state, err := a.jobs.Status(ctx, j.ID)
	if err != nil || cmf.JobEnded(state) {
		return ignoreNotFound(err)
	}
	if _, err := job.Running(ctx, a.jobs, j.ID); err != nil {
		return ignoreNotFound(err)
	}
	return ignoreNotFound(a.jobs.Stop(ctx, j.ID, j.Stop.ID, a.directory(j, j.Stop.Directory), j.Stop.Format))
}

// directory is where a savepoint goes: as asked, as the specification says, as
// the engine was told; empty is Flink's own configuration.
func (e *Engine) directory(j engine.Job, asked string) string {
	conf := j.Spec.Object("flinkConfiguration")
	for _, d := range []string{
		asked, conf.String("execution.checkpointing.savepoint-dir"), conf.String("state.savepoints.dir"),
	} {
		if d != "" {
			return d
		}
	}
	return e.options.Savepoints
}

// Remove implements service.Applications.
func (a applications) Remove(ctx context.Context, j engine.Job) error {
	if err := ignoreNotFound(a.jobs.Cancel(ctx, j.ID)); err != nil {
		return err
	}
	return a.removeRecord(j.ID)
}

func ignoreNotFound(err error) error {
	if flinkrest.NotFound(err) {
		return nil
	}
	return err
}
