// Package enginetest is the suite that every engine passes.
package enginetest

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
)

// Opener opens an engine over a folder, with the test's clock.
type Opener func(t *testing.T, dir string, now func() time.Time) engine.Engine

// Jobs are what an engine runs under the suite.
type Jobs struct {
	// Job is spec.job of one that runs until it is stopped.
	Job map[string]any
	// Failing gives spec.job and spec.flinkConfiguration of one that fails, each
	// time that it runs, when fail is called or by itself soon after.
	Failing func(t *testing.T) (job map[string]any, conf map[string]string, fail func())
	// RealTime is set where time passes by itself and the test's clock is ignored.
	RealTime bool
}

// Applications is the suite of application engines: deploy, observe, savepoint,
// suspend, start from a savepoint, fail, restart, remove; every call twice, and
// all of it again over an engine that is opened anew between the calls.
func Applications(t *testing.T, jobs Jobs, open Opener) {
	for _, test := range []struct {
		name string
		run  func(*bench)
	}{
		{"a deployed job comes to run", runs},
		{"calls can be repeated", repeats},
		{"an engine that is opened anew knows its jobs", reopens},
		{"a savepoint is taken while the job runs", savepoints},
		{"a savepoint of a job that does not run fails", noSavepoint},
		{"a stop with a savepoint ends the job", stops},
		{"a cancelled job leaves its checkpoint", cancels},
		{"a job started from a savepoint goes on", restores},
		{"a job does not start without its savepoint", restoresNothing},
		{"a failing job is restarted, then fails", fails},
		{"a specification that cannot run is rejected", rejects},
		{"a disposed savepoint is gone", disposes},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := &bench{
				T: t, clock: newClock(jobs.RealTime, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)), jobs: jobs,
				open: open, dir: t.TempDir(),
			}
			b.start()
			test.run(b)
		})
	}
}

// bench is one test's engine and time.
type bench struct {
	*testing.T
	clock
	jobs   Jobs
	open   Opener
	dir    string
	engine engine.Engine
}

func (b *bench) start() {
	b.engine = b.open(b.T, b.dir, func() time.Time { return b.now })
	engine := b.engine
	b.Cleanup(func() { _ = engine.Close() })
}

func (b *bench) reopen() {
	if err := b.engine.Close(); err != nil {
		b.Fatal(err)
	}
	b.start()
}

// job is a job of one task with a checkpoint each second; conf is added.
func (b *bench) job(id string, conf map[string]string) engine.Job {
	all := map[string]string{"execution.checkpointing.interval": "1 s"}
	maps.Copy(all, conf)
	job := engine.Job{
		ID: b.id(id), Environment: "prod", Application: "orders", Instance: "i", SubmittedAt: b.now,
		Spec: cmf.MustObject(map[string]any{"flinkVersion": "v1_20", "flinkConfiguration": all, "job": b.jobs.Job}),
	}
	b.Cleanup(func() { _ = b.engine.Applications().Remove(context.Background(), job) })
	return job
}

func (b *bench) deploy(job engine.Job) {
	b.Helper()
	if err := b.engine.Applications().Deploy(b.Context(), job); err != nil {
		b.Fatalf("deploy: %v", err)
	}
}

func (b *bench) observe(job engine.Job) engine.JobObservation {
	b.Helper()
	seen, err := b.engine.Applications().Observe(b.Context(), job)
	if err != nil {
		b.Fatalf("observe: %v", err)
	}
	return seen
}

// until lets time go from one change to the next until the job is as it should be.
func (b *bench) until(job engine.Job, what string, done func(engine.JobObservation) bool) engine.JobObservation {
	b.Helper()
	var seen engine.JobObservation
	for range b.tries() {
		if seen = b.observe(job); done(seen) {
			return seen
		}
		b.wait(seen.Next, "the job that is "+seen.State+" and not "+what)
	}
	b.Fatalf("the job is not %s: %+v", what, seen)
	return seen
}

// wait lets time go on to when something may be different.
func (b *bench) wait(next time.Time, what string) {
	b.Helper()
	if next.IsZero() || !b.real && !next.After(b.now) {
		b.Fatalf("nothing more comes of %s", what)
	}
	b.pass(next.Sub(b.now))
}

func (b *bench) is(job engine.Job, state string) engine.JobObservation {
	b.Helper()
	return b.until(job, state, func(o engine.JobObservation) bool { return o.State == state })
}

// ready is a job all of whose tasks run.
func (b *bench) ready(job engine.Job) engine.JobObservation {
	b.Helper()
	return b.until(job, "RUNNING and READY", func(o engine.JobObservation) bool {
		return o.State == cmf.JobRunning && o.Deployment == cmf.DeploymentReady
	})
}

func runs(b *bench) {
	job := b.job("a", nil)
	b.deploy(job)
	if first := b.observe(job); first.Next.IsZero() || !b.real && first.State == cmf.JobRunning {
		b.Errorf("at once: got %s, next %v; want it to take time", first.State, first.Next)
	}
	seen := b.ready(job)
	if seen.Name == "" || seen.StartTime.IsZero() || seen.Restarts != 0 {
		b.Errorf("running: got %+v, want it with name and start time", seen)
	}
	if seen.Resources.JobManager == nil || seen.Resources.TaskManager == nil {
		b.Error("running: no resources")
	}
}

func repeats(b *bench) {
	job := b.job("a", nil)
	b.deploy(job)
	b.deploy(job)
	b.ready(job)
	b.deploy(job)
	if seen := b.observe(job); seen.State != cmf.JobRunning || seen.Restarts != 0 {
		b.Errorf("deployed again: got %s after %d restarts", seen.State, seen.Restarts)
	}
	b.pass(5 * time.Second)
	job.Stop = &engine.StopRequest{ID: b.id("b"), At: b.now, Savepoint: true, Format: b.engine.Savepoints().Format()}
	for range 2 {
		if err := b.engine.Applications().Stop(b.Context(), job); err != nil {
			b.Fatal(err)
		}
	}
	first := b.is(job, cmf.JobFinished)
	if again := b.observe(job); again.Stopped == nil || again.Stopped.Path != first.Stopped.Path {
		b.Errorf("observed again: got %+v, want the same savepoint", again.Stopped)
	}
	for range 2 {
		if err := b.engine.Applications().Remove(b.Context(), job); err != nil && !errors.Is(err, engine.ErrNotFound) {
			b.Errorf("remove: %v", err)
		}
	}
}

func reopens(b *bench) {
	job := b.job("a", nil)
	b.deploy(job)
	b.reopen()
	b.ready(job)
	b.pass(time.Minute)
	b.reopen()
	if seen := b.observe(job); seen.State != cmf.JobRunning {
		b.Errorf("got %s, want RUNNING", seen.State)
	}
}

// savepointOf takes a savepoint to its end; the call is made twice.
func (b *bench) savepointOf(job engine.Job, id string) engine.SavepointObservation {
	b.Helper()
	trigger := engine.SavepointTrigger{ID: b.id(id), Format: b.engine.Savepoints().Format(), At: b.now}
	for range 2 {
		if err := b.engine.Savepoints().Trigger(b.Context(), job.ID, job, trigger); err != nil {
			b.Fatalf("trigger: %v", err)
		}
	}
	for range b.tries() {
		seen, err := b.engine.Savepoints().ObserveSavepoint(b.Context(), job.ID, job, trigger)
		if err != nil {
			b.Fatalf("observe savepoint: %v", err)
		}
		if seen.State != cmf.SavepointInProgress && seen.State != cmf.SavepointPending {
			return seen
		}
		b.wait(seen.Next, "the savepoint that is "+seen.State)
	}
	b.Fatal("the savepoint does not end")
	return engine.SavepointObservation{}
}

func savepoints(b *bench) {
	job := b.job("a", nil)
	b.deploy(job)
	b.ready(job)
	b.pass(10 * time.Second)
	seen := b.savepointOf(job, "c")
	if seen.State != cmf.SavepointCompleted || seen.Path == "" || seen.Size == 0 || seen.Ended.IsZero() {
		b.Errorf("got %+v, want COMPLETED with path, size and end", seen)
	}
	if after := b.observe(job); after.State != cmf.JobRunning {
		b.Errorf("after the savepoint the job is %s, want RUNNING", after.State)
	}
}

func noSavepoint(b *bench) {
	job := b.job("a", nil)
	b.stopped(&job, false)
	if seen := b.savepointOf(job, "c"); seen.State == cmf.SavepointCompleted || seen.Error == "" {
		b.Errorf("got %+v, want it FAILED or ABANDONED with an error", seen)
	}
}
