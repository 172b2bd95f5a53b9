package server

import (
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/servertest"
)

func TestAnApplicationIsDeployedStepByStep(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	created := w.must("POST", prodApps, servertest.Application("orders", "", ""))
	if job := created.Object("status", "jobStatus"); string(job.Get("jobName")) != `""` ||
		string(job.Get("state")) != `""` {
		t.Errorf("jobStatus of the create response: %s, want jobName and state as strings", job)
	}
	w.wantStates("orders", cmf.LifecycleCreated, "")
	for _, step := range []struct {
		after          time.Duration
		lifecycle, job string
		deployment     string
	}{
		{0, cmf.LifecycleDeployed, cmf.JobReconciling, cmf.DeploymentDeploying},
		{time.Second, cmf.LifecycleDeployed, cmf.JobReconciling, cmf.DeploymentNotReady},
		{time.Second, cmf.LifecycleDeployed, cmf.JobInitializing, cmf.DeploymentReady},
		{time.Second, cmf.LifecycleStable, cmf.JobRunning, cmf.DeploymentReady},
	} {
		w.advance(step.after)
		w.wantStates("orders", step.lifecycle, step.job)
		if got := w.status("orders").String("jobManagerDeploymentStatus"); got != step.deployment {
			t.Errorf("deployment: got %s, want %s", got, step.deployment)
		}
	}
	if next := w.waitIdle(); !next.IsZero() {
		t.Errorf("a running job is due again at %v, want never", next)
	}
	w.wantEvents(
		"orders", "created", "CREATED", "RECONCILING", "DEPLOYED", "INITIALIZING", "CREATED", "RUNNING", "STABLE",
	)
}

func TestSuspendInSavepointModeKeepsStateForTheNextStart(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", `"upgradeMode":"savepoint"`, ""))
	w.advance(time.Minute)
	before := w.status("orders")
	w.must("POST", prodApps+"/orders/suspend", "")
	if got := w.call("POST", prodApps+"/orders/suspend", "").Code; got != 304 {
		t.Errorf("suspend of the suspended: got %d, want 304", got)
	}
	w.waitIdle()
	w.wantStates("orders", cmf.LifecycleUpgrading, cmf.JobRunning)
	w.wantSavepoint("orders", cmf.SavepointInProgress)
	w.advance(2 * time.Second)
	w.wantStates("orders", cmf.LifecycleSuspended, cmf.JobFinished)
	path := w.wantSavepoint("orders", cmf.SavepointCompleted)
	last := w.status("orders").Object("jobStatus", "savepointInfo", "lastSavepoint")
	if last.String("location") != path || last.String("triggerType") != "UPGRADE" {
		t.Errorf("lastSavepoint: got %s, want UPGRADE at %s", last, path)
	}
	w.must("POST", prodApps+"/orders/start", "")
	w.advance(5 * time.Second)
	w.wantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
	after := w.status("orders")
	if before.String("jobStatus", "jobId") == after.String("jobStatus", "jobId") {
		t.Error("the job id is the same after a restart")
	}
	if before.String("currentDeployedInstanceName") != after.String("currentDeployedInstanceName") {
		t.Error("suspend and start made a new instance, want the same")
	}
	if got := w.call("POST", prodApps+"/orders/start", "").Code; got != 304 {
		t.Errorf("start of the running: got %d, want 304", got)
	}
}

func TestAStatelessSuspendLeavesNoSavepoint(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", "", ""))
	w.advance(time.Minute)
	w.must("POST", prodApps+"/orders/suspend", "")
	w.advance(time.Second)
	w.wantStates("orders", cmf.LifecycleSuspended, cmf.JobFinished)
	if page := w.must("GET", prodApps+"/orders/savepoints", ""); page.String("metadata", "size") != "0" {
		t.Errorf("savepoints: got %s, want none", page)
	}
}

func TestAChangedSpecificationRedeploysWithANewInstance(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", `"upgradeMode":"savepoint"`, ""))
	w.advance(time.Minute)
	w.must("POST", prodApps, servertest.Application("orders", `"upgradeMode":"savepoint","parallelism":4`, ""))
	w.waitIdle()
	w.wantStates("orders", cmf.LifecycleUpgrading, cmf.JobRunning)
	w.advance(10 * time.Second)
	w.wantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
	if page := w.must("GET", prodApps+"/orders/instances", ""); page.String("metadata", "size") != "2" {
		t.Errorf("instances: got %s, want 2", page)
	}
}

func TestEnvironmentDefaultsWinAndRedeploy(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", "", `"k":"own","other":"1"`))
	w.advance(time.Minute)
	w.must(
		"POST", "environments",
		`{"name":"prod","flinkApplicationDefaults":{"spec":{"flinkConfiguration":{"k":"environment"}}}}`,
	)
	w.advance(10 * time.Second)
	w.wantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
	own := w.must("GET", prodApps+"/orders", "")
	if got := own.String("spec", "flinkConfiguration", "k"); got != "own" {
		t.Errorf("GET shows %q, want the user's own", got)
	}
	name := own.String("status", "currentDeployedInstanceName")
	conf := w.must("GET", prodApps+"/orders/instances/"+name, "").Object("status", "spec", "flinkConfiguration")
	if conf.String("k") != "environment" || conf.String("other") != "1" {
		t.Errorf("instance: got %s, want the environment's k and the application's other", conf)
	}
}

func TestAFailingJobIsRestartedThenFails(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("payments", "", `"drey.stand-in.fail-after":"10 s","restart-strategy.type":"fixed-delay",`+
		`"restart-strategy.fixed-delay.attempts":"1","restart-strategy.fixed-delay.delay":"5 s",`+
		`"drey.stand-in.exception":"java.lang.RuntimeException: boom"`))
	w.advance(14 * time.Second)
	w.wantStates("payments", cmf.LifecycleStable, cmf.JobRestarting)
	w.advance(5 * time.Second)
	w.wantStates("payments", cmf.LifecycleStable, cmf.JobRunning)
	w.advance(10 * time.Second)
	w.wantStates("payments", cmf.LifecycleFailed, cmf.JobFailed)
	page := w.must(
		"GET", "/cmf/api/v1alpha1/"+prodApps+"/payments/events?filter=type=JOB_EXCEPTION&sort=creationTimestamp,desc",
		"",
	)
	if !strings.Contains(string(page), "boom") || page.String("metadata", "size") != "2" {
		t.Errorf("exception events: got %s, want 2 about boom", page)
	}
}

func TestAnImageThatNeverStartsFailsTheApplication(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", "", `"drey.stand-in.never-starts":"true"`))
	w.advance(time.Minute)
	w.wantStates("orders", cmf.LifecycleFailed, cmf.JobReconciling)
	if got := w.status("orders").String("error"); !strings.Contains(got, "ImagePullBackOff") {
		t.Errorf("status.error: got %q", got)
	}
}

func TestALostSavepointFailsTheNextStart(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application(
		"orders", `"upgradeMode":"savepoint"`, `"drey.stand-in.lose-savepoint":"true"`,
	))
	w.advance(time.Minute)
	w.must("POST", prodApps+"/orders/suspend", "")
	w.advance(5 * time.Second)
	w.must("POST", prodApps+"/orders/start", "")
	w.advance(10 * time.Second)
	w.wantStates("orders", cmf.LifecycleFailed, cmf.JobFailed)
}

func TestAServerThatComesBackGoesOnWhereItWas(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", `"upgradeMode":"savepoint"`, ""))
	w.reopen()
	w.waitIdle()
	job := w.status("orders").String("jobStatus", "jobId")
	w.reopen()
	w.advance(5 * time.Second)
	w.wantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
	if got := w.status("orders").String("jobStatus", "jobId"); got != job {
		t.Errorf("job id: got %s, want %s: it was started twice", got, job)
	}
	w.must("POST", prodApps+"/orders/suspend", "")
	w.waitIdle()
	w.reopen()
	w.advance(5 * time.Second)
	w.wantStates("orders", cmf.LifecycleSuspended, cmf.JobFinished)
	w.wantSavepoint("orders", cmf.SavepointCompleted)
}

func TestABrokenRecordHoldsUpNoOther(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("broken", "", ""))
	w.must("POST", prodApps, servertest.Application("orders", "", ""))
	err := w.store.Update(t.Context(), func(tx model.Tx) error {
		record, err := tx.Get(model.Scope{Kind: model.KindApplication, Env: "prod"}, "broken")
		if err != nil {
			return err
		}
		record.ControllerState = cmf.Object(`{"deleting":"perhaps"}`)
		return tx.Save(record)
	})
	if err != nil {
		t.Fatal(err)
	}
	w.advance(5 * time.Second)
	w.wantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
}
