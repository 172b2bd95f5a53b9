package enginetest

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
)

// stopped runs a job until it has a checkpoint, and for a minute where time
// can be set, and stops it, as job says then; it returns the last observation.
func (b *bench) stopped(job *engine.Job, savepoint bool) engine.JobObservation {
	b.Helper()
	b.deploy(*job)
	b.ready(*job)
	b.pass(time.Minute)
	b.until(*job, "RUNNING with a checkpoint", func(o engine.JobObservation) bool { return o.Checkpoint != nil })
	job.Stop = &engine.StopRequest{
		ID: b.id("b"), At: b.now, Savepoint: savepoint, Format: b.engine.Savepoints().Format(),
	}
	if err := b.engine.Applications().Stop(b.Context(), *job); err != nil {
		b.Fatalf("stop: %v", err)
	}
	if savepoint {
		return b.is(*job, cmf.JobFinished)
	}
	return b.is(*job, cmf.JobCanceled)
}

func stops(b *bench) {
	job := b.job("a", nil)
	seen := b.stopped(&job, true)
	if seen.Stopped == nil || seen.Stopped.State != cmf.SavepointCompleted || seen.Stopped.Path == "" {
		b.Errorf("got %+v, want a completed savepoint", seen.Stopped)
	}
	if seen.Deployment != cmf.DeploymentMissing || !seen.Next.IsZero() {
		b.Errorf("got deployment %s, next %v; want MISSING and never", seen.Deployment, seen.Next)
	}
}

func cancels(b *bench) {
	job := b.job("a", nil)
	seen := b.stopped(&job, false)
	if seen.Checkpoint == nil || seen.Checkpoint.Path == "" {
		b.Fatal("no checkpoint is left")
	}
	next := b.job("d", nil)
	next.RestoreFrom = seen.Checkpoint.Path
	b.deploy(next)
	b.ready(next)
}

// restores compares sizes where time can be set: a stand-in's state grows with
// what it has counted, and a job that goes on has counted more than one that
// begins.
func restores(b *bench) {
	rate := map[string]string{"drey.stand-in.records-per-second": "1000000"}
	job := b.job("a", rate)
	first := b.stopped(&job, true)
	next := b.job("d", rate)
	next.RestoreFrom = first.Stopped.Path
	b.deploy(next)
	b.reopen()
	b.ready(next)
	b.pass(time.Second)
	second := b.savepointOf(next, "e")
	if second.State != cmf.SavepointCompleted || !b.real && second.Size <= first.Stopped.Size {
		b.Errorf("savepoint after the restore: got %+v, want more than the %d bytes before", second, first.Stopped.Size)
	}
	if err := b.engine.Savepoints().Dispose(b.Context(), first.Stopped.Path); err != nil {
		b.Fatal(err)
	}
	b.reopen()
	if seen := b.observe(next); seen.State != cmf.JobRunning {
		b.Errorf("without the savepoint it came from the job is %s, want RUNNING", seen.State)
	}
}

func restoresNothing(b *bench) {
	job := b.job("a", nil)
	job.RestoreFrom = "file:/nope/savepoint-abcdef-0123456789ab"
	b.deploy(job)
	seen := b.is(job, cmf.JobFailed)
	if len(seen.Exceptions) == 0 || !strings.Contains(seen.Exceptions[0].Text, job.RestoreFrom) {
		b.Errorf("got %+v, want an exception that names the path", seen.Exceptions)
	}
}

func fails(b *bench) {
	spec, conf, fail := b.jobs.Failing(b.T)
	maps.Copy(conf, map[string]string{
		"restart-strategy.type":                 "fixed-delay",
		"restart-strategy.fixed-delay.attempts": "2",
		"restart-strategy.fixed-delay.delay":    "3 s",
	})
	job := b.job("a", conf)
	job.Spec = job.Spec.With(spec, "job")
	b.deploy(job)
	for n := 1; n <= 2; n++ {
		b.ready(job)
		fail()
		b.is(job, cmf.JobRestarting)
		again := b.until(job, fmt.Sprintf("RUNNING after %d failures", n), func(o engine.JobObservation) bool {
			return o.State == cmf.JobRunning && o.Restarts == n && len(o.Exceptions) == n &&
				o.UpdateTime.After(o.Exceptions[0].At)
		})
		if got := again.UpdateTime.Sub(again.Exceptions[0].At); got < 3*time.Second || !b.real && got > 3*time.Second {
			b.Errorf("restarted after %v, want 3s", got)
		}
	}
	b.ready(job)
	fail()
	failed := b.is(job, cmf.JobFailed)
	if len(failed.Exceptions) != 3 || failed.Restarts != 2 || !failed.Next.IsZero() {
		b.Errorf(
			"got %d exceptions, %d restarts, next %v; want 3, 2 and never", len(failed.Exceptions), failed.Restarts,
			failed.Next,
		)
	}
	if newest := failed.Exceptions[0]; newest.Name == "" || !strings.Contains(newest.Text, newest.Name+": ") {
		b.Errorf("got %+v, want the exception with its class", newest)
	}
}

func rejects(b *bench) {
	job := b.job("a", map[string]string{"execution.checkpointing.interval": "soon"})
	var rejection *engine.Rejection
	if err := b.engine.Applications().Deploy(b.Context(), job); !errors.As(err, &rejection) || rejection.Reason == "" {
		b.Errorf("got %v, want a Rejection", err)
	}
}

func disposes(b *bench) {
	job := b.job("a", nil)
	seen := b.stopped(&job, true)
	for range 2 {
		if err := b.engine.Savepoints().Dispose(b.Context(), seen.Stopped.Path); err != nil {
			b.Fatalf("dispose: %v", err)
		}
	}
	next := b.job("d", nil)
	next.RestoreFrom = seen.Stopped.Path
	b.deploy(next)
	b.is(next, cmf.JobFailed)
}
