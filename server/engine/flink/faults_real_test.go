//go:build flink

package flink_test

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"

	"drey/client/cmf"
)

const (
	endlessInsert = "INSERT INTO examples.marketplace.blackhole SELECT url FROM examples.marketplace.clicks"
	endlessCount  = "SELECT COUNT(*) FROM examples.marketplace.clicks"
)

// patient is a job that waits for TaskManagers as long as it takes.
var patient = map[string]string{
	"restart-strategy.type": "fixed-delay", "restart-strategy.fixed-delay.attempts": "10000",
	"restart-strategy.fixed-delay.delay": "1 s",
}

// events are the messages of an application's events.
func (a *api) events(name string) string {
	a.Helper()
	var list struct {
		Items []struct{ Status cmf.EventStatus }
	}
	alpha := &web{T: a.T, base: strings.Replace(a.base, cmf.BasePath, cmf.AlphaBasePath, 1)}
	alpha.ask("GET", "/real/applications/"+name+"/events?size=200", nil, &list)
	var all []string
	for _, e := range list.Items {
		all = append(all, e.Status.Message)
	}
	return strings.Join(all, "\n")
}

// ready waits until an application's tasks all run and tells its status.
func (a *api) ready(name string) (status cmf.Object) {
	a.Helper()
	eventually(a.T, name+" ready", func() (bool, string) {
		status = cmf.Object(a.app(name).Status)
		return status.String("jobStatus", "state") == cmf.JobRunning &&
			status.String("jobManagerDeploymentStatus") == cmf.DeploymentReady, string(status)
	})
	return status
}

// TestALostClusterIsPickedUp kills the JobManager, then the TaskManager, then
// the SQL Gateway under running jobs.
func TestALostClusterIsPickedUp(t *testing.T) {
	c := ownFlink(t)
	d := c.serve(t.TempDir())
	a := newAPI(t, d.url)
	a.ask("POST", "/real/applications", application("machine", stateMachine, patient, "--rps", "5"), nil)
	insert, count := a.post(endlessInsert), a.post(endlessCount)
	first := a.state("machine", cmf.JobRunning).String("jobStatus", "jobId")
	a.phase(insert, cmf.PhaseRunning)
	a.phase(count, cmf.PhaseRunning)
	c.has(3)
	c.checkpoints(first, 3)
	slowSavepoint(a, c)

	again := c.kill("jobmanager")
	eventually(t, "told", func() (bool, string) {
		status := string(a.app("machine").Status)
		return strings.Contains(status, "does not answer"), status
	})
	again()
	job := a.ready("machine")
	if from := c.restored(job.String("jobStatus", "jobId")); !strings.Contains(from, "/"+first+"/chk-") {
		t.Errorf("restored from %q, want the newest checkpoint of %s", from, first)
	}
	if events := a.events("machine"); !strings.Contains(events, "does not know the job any more") {
		t.Errorf("got the events\n%s", events)
	}
	a.phase(insert, cmf.PhaseRunning)
	if st := a.phase(count, cmf.PhaseFailed); !strings.Contains(st.Status.Detail, "JobManager") &&
		!strings.Contains(st.Status.Detail, "Could not find Flink job") {
		t.Errorf("got %q of the query whose rows are lost", st.Status.Detail)
	}
	c.has(2)

	again = c.kill("taskmanager")
	eventually(t, "restarted", func() (bool, string) {
		status := cmf.Object(a.app("machine").Status)
		n, _ := status.Int("jobStatus", "restarts")
		return n > 0 && status.String("jobManagerDeploymentStatus") != cmf.DeploymentReady, string(status)
	})
	again()
	a.ready("machine")
	if events := a.events("machine"); !strings.Contains(events, "TaskManager") &&
		!strings.Contains(events, "TaskExecutor") {
		t.Errorf("got the events\n%s\nwant one that tells of the TaskManager", events)
	}
	c.has(2)

	count = a.post(endlessCount)
	a.phase(count, cmf.PhaseRunning)
	again = c.kill("gateway")
	again()
	if st := a.phase(count, cmf.PhaseFailed); !strings.Contains(st.Status.Detail, "SQL Gateway") {
		t.Errorf("got %q of the query whose session is lost", st.Status.Detail)
	}
	a.phase(a.post(endlessCount), cmf.PhaseRunning) // in a new session
	a.phase(insert, cmf.PhaseRunning)
	c.has(3)
}

// slowSavepoint takes one while the TaskManager is held, as one is that has much
// to write.
func slowSavepoint(a *api, c *cluster) {
	a.Helper()
	taskManager := c.processes["taskmanager"].PID
	if err := syscall.Kill(taskManager, syscall.SIGSTOP); err != nil {
		a.Fatal(err)
	}
	held := true
	goOn := func() {
		if held {
			held = false
			_ = syscall.Kill(taskManager, syscall.SIGCONT)
		}
	}
	defer goOn()
	a.ask("POST", "/real/applications/machine/savepoints", map[string]any{
		"apiVersion": cmf.APIVersion, "kind": "Savepoint", "metadata": map[string]any{"name": "slow"},
		"spec": map[string]any{"formatType": "NATIVE"},
	}, nil)
	var states []string
	for done := false; !done; {
		eventually(a.T, "further", func() (bool, string) {
			var s cmf.Savepoint
			a.ask("GET", "/real/applications/machine/savepoints/slow", nil, &s)
			if states = append(states, s.Status.State); s.Status.State == cmf.SavepointInProgress && len(states) > 20 {
				goOn()
			}
			done = s.Status.State == cmf.SavepointCompleted && s.Status.Path != ""
			return done || held, fmt.Sprintf("%+v", s.Status)
		})
		pause()
	}
	if states = slices.Compact(states); states[len(states)-1] != cmf.SavepointCompleted ||
		!slices.Contains(states, cmf.SavepointInProgress) || slices.Contains(states, cmf.SavepointFailed) {
		a.Errorf("got the states %v of a slow savepoint, want IN_PROGRESS for as long, then COMPLETED", states)
	}
}

// checkpoints waits until a job has so many.
func (c *cluster) checkpoints(job string, n int) {
	c.Helper()
	eventually(c.T, "checkpoints", func() (bool, string) {
		var answer struct{ Counts struct{ Completed int } }
		(&web{T: c.T, base: c.REST}).ask("GET", "/jobs/"+job+"/checkpoints", nil, &answer)
		return answer.Counts.Completed >= n, fmt.Sprint(answer)
	})
}

// TestTwoServersOnOneFlinkLeaveEachOthersJobs has objects of the same names in both.
func TestTwoServersOnOneFlinkLeaveEachOthersJobs(t *testing.T) {
	c, dirs := ownFlink(t), [2]string{t.TempDir(), t.TempDir()}
	var servers [2]*drey
	var apis [2]*api
	var inserts [2]string
	for i := range servers {
		servers[i] = c.serve(dirs[i])
		apis[i] = newAPI(t, servers[i].url)
		apis[i].ask("POST", "/real/applications", application("machine", stateMachine, nil, "--rps", "5"), nil)
		inserts[i] = apis[i].post(endlessInsert)
	}
	for i, a := range apis {
		a.state("machine", cmf.JobRunning)
		a.phase(inserts[i], cmf.PhaseRunning)
	}
	c.has(4)
	servers[0].kill()
	servers[0] = c.serve(dirs[0])
	apis[0].base = apiOf(t, servers[0].url).base
	apis[0].state("machine", cmf.JobRunning)
	apis[0].phase(inserts[0], cmf.PhaseRunning)
	c.has(4)
	apis[0].ask("DELETE", inserts[0], nil, nil)
	apis[0].ask("DELETE", "/real/applications/machine", nil, nil)
	c.has(2)
	apis[1].state("machine", cmf.JobRunning)
	apis[1].phase(inserts[1], cmf.PhaseRunning)
	c.has(2)
}
