// Package enginetest is the suite that every engine passes.
package enginetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/service"
)

// Opener opens an engine over a folder, with the test's clock.
type Opener func(t *testing.T, dir string, now func() time.Time) service.Engine

// Applications is the suite of application engines: deploy, observe, savepoint,
// suspend, start from a savepoint, fail, restart, remove; every call twice, and
// all of it again over an engine that is opened anew between the calls.
func Applications(t *testing.T, open Opener) {
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
		{"a job started from a savepoint goes on counting", restores},
		{"a job does not start without its savepoint", restoresNothing},
		{"a failing job is restarted, then fails", fails},
		{"a specification that cannot run is rejected", rejects},
		{"a disposed savepoint is gone", disposes},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := &bench{T: t, open: open, dir: t.TempDir(), now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
			b.start()
			test.run(b)
		})
	}
}

// bench is one test's engine and time.
type bench struct {
	*testing.T
	open   Opener
	dir    string
	now    time.Time
	engine service.Engine
}

func (b *bench) start() {
	b.engine = b.open(b.T, b.dir, func() time.Time { return b.now })
	b.Cleanup(func() { _ = b.engine.Close() })
}

func (b *bench) reopen() {
	if err := b.engine.Close(); err != nil {
		b.Fatal(err)
	}
	b.start()
}

// job is a job of one task with a checkpoint each second; conf is added.
func (b *bench) job(id string, conf map[string]string) service.Job {
	all := map[string]string{"execution.checkpointing.interval": "1 s"}
	for key, value := range conf {
		all[key] = value
	}
	return service.Job{
		ID: strings.Repeat(id, 32), Environment: "prod", Application: "orders", Instance: "i", SubmittedAt: b.now,
		Spec: service.MustEncode(map[string]any{
			"flinkVersion": "v1_20", "flinkConfiguration": all,
			"job": map[string]any{"jarURI": "local:///x.jar", "entryClass": "a.B", "parallelism": 1},
		}),
	}
}

func (b *bench) deploy(job service.Job) {
	b.Helper()
	if err := b.engine.Applications().Deploy(b.Context(), job); err != nil {
		b.Fatalf("deploy: %v", err)
	}
}

func (b *bench) observe(job service.Job) service.JobObservation {
	b.Helper()
	seen, err := b.engine.Applications().Observe(b.Context(), job)
	if err != nil {
		b.Fatalf("observe: %v", err)
	}
	return seen
}

// until moves the time from one change to the next until the job is in a state.
func (b *bench) until(job service.Job, state string) service.JobObservation {
	b.Helper()
	for range 50 {
		seen := b.observe(job)
		if seen.State == state {
			return seen
		}
		if !seen.Next.After(b.now) {
			b.Fatalf("job is %s and stays so, want %s", seen.State, state)
		}
		b.now = seen.Next
	}
	b.Fatalf("job does not become %s", state)
	return service.JobObservation{}
}

func runs(b *bench) {
	job := b.job("a", nil)
	b.deploy(job)
	if first := b.observe(job); first.State == cmf.JobRunning || first.Next.IsZero() {
		b.Errorf("at once: got %s, next %v; want it to take time", first.State, first.Next)
	}
	seen := b.until(job, cmf.JobRunning)
	if seen.Deployment != cmf.DeploymentReady || seen.Name == "" || seen.StartTime.IsZero() {
		b.Errorf("running: got %+v, want READY with name and start time", seen)
	}
	if seen.Resources.JobManager == nil || seen.Resources.TaskManager == nil {
		b.Error("running: no resources")
	}
}

func repeats(b *bench) {
	job := b.job("a", nil)
	b.deploy(job)
	b.deploy(job)
	b.until(job, cmf.JobRunning)
	b.deploy(job)
	if seen := b.observe(job); seen.State != cmf.JobRunning || seen.Restarts != 0 {
		b.Errorf("deployed again: got %s after %d restarts", seen.State, seen.Restarts)
	}
	b.now = b.now.Add(5 * time.Second)
	job.Stop = &service.StopRequest{ID: strings.Repeat("b", 32), At: b.now, Savepoint: true, Format: cmf.FormatCanonical}
	for range 2 {
		if err := b.engine.Applications().Stop(b.Context(), job); err != nil {
			b.Fatal(err)
		}
	}
	first := b.until(job, cmf.JobFinished)
	if again := b.observe(job); again.Stopped == nil || again.Stopped.Path != first.Stopped.Path {
		b.Errorf("observed again: got %+v, want the same savepoint", again.Stopped)
	}
	for range 2 {
		if err := b.engine.Applications().Remove(b.Context(), job); err != nil && !errors.Is(err, service.ErrNotFound) {
			b.Errorf("remove: %v", err)
		}
	}
}

func reopens(b *bench) {
	job := b.job("a", nil)
	b.deploy(job)
	b.reopen()
	b.until(job, cmf.JobRunning)
	b.now = b.now.Add(time.Minute)
	b.reopen()
	if seen := b.observe(job); seen.State != cmf.JobRunning {
		b.Errorf("got %s, want RUNNING", seen.State)
	}
}

// savepointOf takes a savepoint to its end.
func (b *bench) savepointOf(job service.Job, id string) service.SavepointObservation {
	b.Helper()
	trigger := service.SavepointTrigger{ID: strings.Repeat(id, 32), Format: cmf.FormatCanonical, At: b.now}
	if err := b.engine.Savepoints().Trigger(b.Context(), job.ID, job, trigger); err != nil {
		b.Fatalf("trigger: %v", err)
	}
	for range 50 {
		seen, err := b.engine.Savepoints().ObserveSavepoint(b.Context(), job.ID, job, trigger)
		if err != nil {
			b.Fatalf("observe savepoint: %v", err)
		}
		if seen.State != cmf.SavepointInProgress && seen.State != cmf.SavepointPending {
			return seen
		}
		if !seen.Next.After(b.now) {
			b.Fatal("the savepoint does not go on")
		}
		b.now = seen.Next
	}
	b.Fatal("the savepoint does not end")
	return service.SavepointObservation{}
}

func savepoints(b *bench) {
	job := b.job("a", nil)
	b.deploy(job)
	b.until(job, cmf.JobRunning)
	b.now = b.now.Add(10 * time.Second)
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
	b.deploy(job)
	if seen := b.savepointOf(job, "c"); seen.State != cmf.SavepointFailed || seen.Error == "" {
		b.Errorf("got %+v, want FAILED with an error", seen)
	}
}
