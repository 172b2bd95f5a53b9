package enginetest

import (
	"errors"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/server/service"
)

// stopped runs a job for a while and stops it; it returns the last observation.
func (b *bench) stopped(job service.Job, ran time.Duration, savepoint bool) service.JobObservation {
	b.Helper()
	b.deploy(job)
	b.until(job, cmf.JobRunning)
	b.now = b.now.Add(ran)
	job.Stop = &service.StopRequest{
		ID: strings.Repeat("b", 32), At: b.now, Savepoint: savepoint, Format: cmf.FormatCanonical,
	}
	if err := b.engine.Applications().Stop(b.Context(), job); err != nil {
		b.Fatalf("stop: %v", err)
	}
	if savepoint {
		return b.until(job, cmf.JobFinished)
	}
	return b.until(job, cmf.JobCanceled)
}

func stops(b *bench) {
	seen := b.stopped(b.job("a", nil), 10*time.Second, true)
	if seen.Stopped == nil || seen.Stopped.State != cmf.SavepointCompleted || seen.Stopped.Path == "" {
		b.Errorf("got %+v, want a completed savepoint", seen.Stopped)
	}
	if seen.Deployment != cmf.DeploymentMissing || !seen.Next.IsZero() {
		b.Errorf("got deployment %s, next %v; want MISSING and never", seen.Deployment, seen.Next)
	}
}

func cancels(b *bench) {
	seen := b.stopped(b.job("a", nil), 10*time.Second, false)
	if seen.Checkpoint == nil || seen.Checkpoint.Path == "" {
		b.Fatal("no checkpoint is left")
	}
	next := b.job("d", nil)
	next.RestoreFrom = seen.Checkpoint.Path
	b.deploy(next)
	b.until(next, cmf.JobRunning)
}

// restores compares sizes: a stand-in's state grows with what it has counted,
// and a job that goes on has counted more than one that begins.
func restores(b *bench) {
	rate := map[string]string{"drey.stand-in.records-per-second": "1000000"}
	first := b.stopped(b.job("a", rate), time.Minute, true)
	next := b.job("d", rate)
	next.RestoreFrom = first.Stopped.Path
	b.deploy(next)
	b.reopen()
	b.until(next, cmf.JobRunning)
	b.now = b.now.Add(time.Second)
	second := b.savepointOf(next, "e")
	if second.State != cmf.SavepointCompleted || second.Size <= first.Stopped.Size {
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
	job.RestoreFrom = "s3://bucket/savepoint-abcdef-0123456789ab"
	b.deploy(job)
	seen := b.until(job, cmf.JobFailed)
	if len(seen.Exceptions) == 0 || !strings.Contains(seen.Exceptions[0].Text, job.RestoreFrom) {
		b.Errorf("got %+v, want an exception that names the path", seen.Exceptions)
	}
}

func fails(b *bench) {
	job := b.job("a", map[string]string{
		"drey.stand-in.fail-after": "10 s", "drey.stand-in.exception": "java.lang.RuntimeException: boom",
		"restart-strategy.type":                 "fixed-delay",
		"restart-strategy.fixed-delay.attempts": "2",
		"restart-strategy.fixed-delay.delay":    "3 s",
	})
	b.deploy(job)
	b.until(job, cmf.JobRunning)
	restarting := b.until(job, cmf.JobRestarting)
	if restarting.Restarts != 1 || len(restarting.Exceptions) != 1 {
		b.Errorf("got %d restarts, %d exceptions; want 1 and 1", restarting.Restarts, len(restarting.Exceptions))
	}
	again := b.until(job, cmf.JobRunning)
	if got := again.UpdateTime.Sub(restarting.UpdateTime); got != 3*time.Second {
		b.Errorf("restarted after %v, want 3s", got)
	}
	failed := b.until(job, cmf.JobFailed)
	if len(failed.Exceptions) != 3 || !failed.Next.IsZero() {
		b.Errorf("got %d exceptions, next %v; want 3 and never", len(failed.Exceptions), failed.Next)
	}
	if newest := failed.Exceptions[0]; newest.Name != "java.lang.RuntimeException" || !strings.Contains(newest.Text, "boom") {
		b.Errorf("got %+v, want the exception that was set", newest)
	}
}

func rejects(b *bench) {
	job := b.job("a", map[string]string{"execution.checkpointing.interval": "soon"})
	var rejection *service.Rejection
	if err := b.engine.Applications().Deploy(b.Context(), job); !errors.As(err, &rejection) || rejection.Reason == "" {
		b.Errorf("got %v, want a Rejection", err)
	}
}

func disposes(b *bench) {
	seen := b.stopped(b.job("a", nil), 10*time.Second, true)
	for range 2 {
		if err := b.engine.Savepoints().Dispose(b.Context(), seen.Stopped.Path); err != nil {
			b.Fatalf("dispose: %v", err)
		}
	}
	next := b.job("d", nil)
	next.RestoreFrom = seen.Stopped.Path
	b.deploy(next)
	b.until(next, cmf.JobFailed)
}
