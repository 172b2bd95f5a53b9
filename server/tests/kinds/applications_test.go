package kinds

import (
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/servertest"
)

func TestAnApplicationIsDeployedStepByStep(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	created := w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	if job := created.Object("status", "jobStatus"); string(job.Get("jobName")) != `""` ||
		string(job.Get("state")) != `""` {
		t.Errorf("jobStatus of the create response: %s, want jobName and state as strings", job)
	}
	w.WantStates("orders", cmf.LifecycleCreated, "")
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
		w.Advance(step.after)
		w.WantStates("orders", step.lifecycle, step.job)
		if got := w.Status("orders").String("jobManagerDeploymentStatus"); got != step.deployment {
			t.Errorf("deployment: got %s, want %s", got, step.deployment)
		}
	}
	if next := w.WaitIdle(); !next.IsZero() {
		t.Errorf("a running job is due again at %v, want never", next)
	}
	w.WantEvents(
		"orders", "created", "CREATED", "RECONCILING", "DEPLOYED", "INITIALIZING", "CREATED", "RUNNING", "STABLE",
	)
}

func TestSuspendInSavepointModeKeepsStateForTheNextStart(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", `"upgradeMode":"savepoint"`, ""))
	w.Advance(time.Minute)
	before := w.Status("orders")
	w.Must("POST", servertest.ProdApps+"/orders/suspend", "")
	if got := w.Call("POST", servertest.ProdApps+"/orders/suspend", "").Code; got != 304 {
		t.Errorf("suspend of the suspended: got %d, want 304", got)
	}
	w.WaitIdle()
	w.WantStates("orders", cmf.LifecycleUpgrading, cmf.JobRunning)
	w.WantSavepoint("orders", cmf.SavepointInProgress)
	w.Advance(2 * time.Second)
	w.WantStates("orders", cmf.LifecycleSuspended, cmf.JobFinished)
	path := w.WantSavepoint("orders", cmf.SavepointCompleted)
	last := w.Status("orders").Object("jobStatus", "savepointInfo", "lastSavepoint")
	if last.String("location") != path || last.String("triggerType") != "UPGRADE" {
		t.Errorf("lastSavepoint: got %s, want UPGRADE at %s", last, path)
	}
	w.Must("POST", servertest.ProdApps+"/orders/start", "")
	w.Advance(5 * time.Second)
	w.WantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
	after := w.Status("orders")
	if before.String("jobStatus", "jobId") == after.String("jobStatus", "jobId") {
		t.Error("the job id is the same after a restart")
	}
	if before.String("currentDeployedInstanceName") != after.String("currentDeployedInstanceName") {
		t.Error("suspend and start made a new instance, want the same")
	}
	if got := w.Call("POST", servertest.ProdApps+"/orders/start", "").Code; got != 304 {
		t.Errorf("start of the running: got %d, want 304", got)
	}
}

func TestAStatelessSuspendLeavesNoSavepoint(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	w.Advance(time.Minute)
	w.Must("POST", servertest.ProdApps+"/orders/suspend", "")
	w.Advance(time.Second)
	w.WantStates("orders", cmf.LifecycleSuspended, cmf.JobFinished)
	if page := w.Must("GET", servertest.ProdApps+"/orders/savepoints", ""); page.String("metadata", "size") != "0" {
		t.Errorf("savepoints: got %s, want none", page)
	}
}

func TestAChangedSpecificationRedeploysWithANewInstance(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", `"upgradeMode":"savepoint"`, ""))
	w.Advance(time.Minute)
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", `"upgradeMode":"savepoint","parallelism":4`, ""))
	w.WaitIdle()
	w.WantStates("orders", cmf.LifecycleUpgrading, cmf.JobRunning)
	w.Advance(10 * time.Second)
	w.WantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
	if page := w.Must("GET", servertest.ProdApps+"/orders/instances", ""); page.String("metadata", "size") != "2" {
		t.Errorf("instances: got %s, want 2", page)
	}
}

func TestEnvironmentDefaultsWinAndRedeploy(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", `"k":"own","other":"1"`))
	w.Advance(time.Minute)
	w.Must(
		"POST", "environments",
		`{"name":"prod","flinkApplicationDefaults":{"spec":{"flinkConfiguration":{"k":"environment"}}}}`,
	)
	w.Advance(10 * time.Second)
	w.WantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
	own := w.Must("GET", servertest.ProdApps+"/orders", "")
	if got := own.String("spec", "flinkConfiguration", "k"); got != "own" {
		t.Errorf("GET shows %q, want the user's own", got)
	}
	name := own.String("status", "currentDeployedInstanceName")
	conf := w.Must("GET", servertest.ProdApps+"/orders/instances/"+name, "").Object("status", "spec", "flinkConfiguration")
	if conf.String("k") != "environment" || conf.String("other") != "1" {
		t.Errorf("instance: got %s, want the environment's k and the application's other", conf)
	}
}

func TestAFailingJobIsRestartedThenFails(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must(
		"POST", servertest.ProdApps,
		servertest.Application("payments", "", `"drey.stand-in.fail-after":"10 s","restart-strategy.type":"fixed-delay",`+
			`"restart-strategy.fixed-delay.attempts":"1","restart-strategy.fixed-delay.delay":"5 s",`+
			`"drey.stand-in.exception":"java.lang.RuntimeException: boom"`),
	)
	w.Advance(14 * time.Second)
	w.WantStates("payments", cmf.LifecycleStable, cmf.JobRestarting)
	w.Advance(5 * time.Second)
	w.WantStates("payments", cmf.LifecycleStable, cmf.JobRunning)
	w.Advance(10 * time.Second)
	w.WantStates("payments", cmf.LifecycleFailed, cmf.JobFailed)
	page := w.Must(
		"GET",
		"/cmf/api/v1alpha1/"+servertest.ProdApps+"/payments/events?filter=type=JOB_EXCEPTION&sort=creationTimestamp,desc",
		"",
	)
	if !strings.Contains(string(page), "boom") || page.String("metadata", "size") != "2" {
		t.Errorf("exception events: got %s, want 2 about boom", page)
	}
}

func TestAnImageThatNeverStartsFailsTheApplication(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", `"drey.stand-in.never-starts":"true"`))
	w.Advance(time.Minute)
	w.WantStates("orders", cmf.LifecycleFailed, cmf.JobReconciling)
	if got := w.Status("orders").String("error"); !strings.Contains(got, "ImagePullBackOff") {
		t.Errorf("status.error: got %q", got)
	}
}

func TestALostSavepointFailsTheNextStart(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application(
		"orders", `"upgradeMode":"savepoint"`, `"drey.stand-in.lose-savepoint":"true"`,
	))
	w.Advance(time.Minute)
	w.Must("POST", servertest.ProdApps+"/orders/suspend", "")
	w.Advance(5 * time.Second)
	w.Must("POST", servertest.ProdApps+"/orders/start", "")
	w.Advance(10 * time.Second)
	w.WantStates("orders", cmf.LifecycleFailed, cmf.JobFailed)
}

func TestAServerThatComesBackGoesOnWhereItWas(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", `"upgradeMode":"savepoint"`, ""))
	w.Reopen()
	w.WaitIdle()
	job := w.Status("orders").String("jobStatus", "jobId")
	w.Reopen()
	w.Advance(5 * time.Second)
	w.WantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
	if got := w.Status("orders").String("jobStatus", "jobId"); got != job {
		t.Errorf("job id: got %s, want %s: it was started twice", got, job)
	}
	w.Must("POST", servertest.ProdApps+"/orders/suspend", "")
	w.WaitIdle()
	w.Reopen()
	w.Advance(5 * time.Second)
	w.WantStates("orders", cmf.LifecycleSuspended, cmf.JobFinished)
	w.WantSavepoint("orders", cmf.SavepointCompleted)
}

func TestABrokenRecordHoldsUpNoOther(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("broken", "", ""))
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	err := w.Store().Update(t.Context(), func(tx model.Tx) error {
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
	w.Advance(5 * time.Second)
	w.WantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
}
