package server

import (
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

func TestAStartDeploysOnceMoreWhatHasFailedOrEnded(t *testing.T) {
	for name, one := range map[string]struct{ conf, lifecycle, job string }{
		"failed":  {`"drey.stand-in.fail-after":"10 s","restart-strategy.type":"none"`, cmf.LifecycleFailed, cmf.JobFailed},
		"ended":   {`"drey.stand-in.finish-after":"10 s"`, cmf.LifecycleStable, cmf.JobFinished},
		"nowhere": {`"drey.stand-in.never-starts":"true"`, cmf.LifecycleFailed, cmf.JobReconciling},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.environment("prod")
			w.must("POST", prodApps, servertest.Application("orders", "", one.conf))
			w.advance(4 * time.Second)
			if got := w.call("POST", prodApps+"/orders/start", "").Code; got != 304 {
				t.Errorf("start of what runs or begins to: got %d, want 304", got)
			}
			w.advance(time.Minute)
			w.wantStates("orders", one.lifecycle, one.job)
			before := w.status("orders")
			w.must("POST", prodApps+"/orders/start", "")
			if got := w.call("POST", prodApps+"/orders/start", "").Code; got != 304 {
				t.Errorf("the same again at once: got %d, want 304", got)
			}
			w.reopen()
			w.waitIdle()
			for w.status("orders").String("jobStatus", "jobId") == before.String("jobStatus", "jobId") {
				w.advance(time.Second)
				if w.clock.Now().After(time.Date(2026, 3, 1, 12, 3, 0, 0, time.UTC)) {
					t.Fatal("it is not deployed again")
				}
			}
			after := w.status("orders")
			if after.String("currentDeployedInstanceName") != before.String("currentDeployedInstanceName") {
				t.Error("a start made a new instance, want the same")
			}
			w.advance(time.Minute)
			w.wantStates("orders", one.lifecycle, one.job)
			w.must("POST", prodApps+"/orders/suspend", "")
			w.advance(10 * time.Second)
			w.wantStates("orders", cmf.LifecycleSuspended, cmf.JobFinished)
		})
	}
}

func TestAStartThatFailedIsTriedAgainFromAnotherSavepoint(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", `"upgradeMode":"savepoint"`, ""))
	w.advance(time.Minute)
	good := w.must("POST", prodApps+"/orders/savepoints", servertest.Savepoint("good", "")).String("metadata", "uid")
	bad := w.must(
		"POST", "detached-savepoints", servertest.Savepoint("bad", `"path":"s3://nowhere"`),
	).String("metadata", "uid")
	w.advance(10 * time.Second)
	w.must("POST", prodApps+"/orders/suspend", "")
	w.advance(5 * time.Second)
	w.must("POST", prodApps+"/orders/start?startFromSavepointUid="+bad, "")
	w.advance(10 * time.Second)
	w.wantStates("orders", cmf.LifecycleFailed, cmf.JobFailed)
	if got := w.call("POST", prodApps+"/orders/start?startFromSavepointUid=nope", "").Code; got != 404 {
		t.Errorf("from an unknown one: got %d, want 404", got)
	}
	w.must("POST", prodApps+"/orders/start?startFromSavepointUid="+good, "")
	w.advance(10 * time.Second)
	w.wantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
}
