package lifecycle

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
			w := servertest.NewWorld(t)
			w.Environment("prod")
			w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", one.conf))
			w.Advance(4 * time.Second)
			if got := w.Call("POST", servertest.ProdApps+"/orders/start", "").Code; got != 304 {
				t.Errorf("start of what runs or begins to: got %d, want 304", got)
			}
			w.Advance(time.Minute)
			w.WantStates("orders", one.lifecycle, one.job)
			before := w.Status("orders")
			w.Must("POST", servertest.ProdApps+"/orders/start", "")
			if got := w.Call("POST", servertest.ProdApps+"/orders/start", "").Code; got != 304 {
				t.Errorf("the same again at once: got %d, want 304", got)
			}
			w.Reopen()
			w.WaitIdle()
			for w.Status("orders").String("jobStatus", "jobId") == before.String("jobStatus", "jobId") {
				w.Advance(time.Second)
				if w.Clock.Now().After(time.Date(2026, 3, 1, 12, 3, 0, 0, time.UTC)) {
					t.Fatal("it is not deployed again")
				}
			}
			after := w.Status("orders")
			if after.String("currentDeployedInstanceName") != before.String("currentDeployedInstanceName") {
				t.Error("a start made a new instance, want the same")
			}
			w.Advance(time.Minute)
			w.WantStates("orders", one.lifecycle, one.job)
			w.Must("POST", servertest.ProdApps+"/orders/suspend", "")
			w.Advance(10 * time.Second)
			w.WantStates("orders", cmf.LifecycleSuspended, cmf.JobFinished)
		})
	}
}

func TestAStartThatFailedIsTriedAgainFromAnotherSavepoint(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", `"upgradeMode":"savepoint"`, ""))
	w.Advance(time.Minute)
	good := w.Must("POST", servertest.ProdApps+"/orders/savepoints", servertest.Savepoint("good", "")).String(
		"metadata", "uid",
	)
	bad := w.Must(
		"POST", "detached-savepoints", servertest.Savepoint("bad", `"path":"s3://nowhere"`),
	).String("metadata", "uid")
	w.Advance(10 * time.Second)
	w.Must("POST", servertest.ProdApps+"/orders/suspend", "")
	w.Advance(5 * time.Second)
	w.Must("POST", servertest.ProdApps+"/orders/start?startFromSavepointUid="+bad, "")
	w.Advance(10 * time.Second)
	w.WantStates("orders", cmf.LifecycleFailed, cmf.JobFailed)
	if got := w.Call("POST", servertest.ProdApps+"/orders/start?startFromSavepointUid=nope", "").Code; got != 404 {
		t.Errorf("from an unknown one: got %d, want 404", got)
	}
	w.Must("POST", servertest.ProdApps+"/orders/start?startFromSavepointUid="+good, "")
	w.Advance(10 * time.Second)
	w.WantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
}
