//go:build flink

package flink_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"drey/client/cmf"
)

const stateMachine = "org.apache.flink.streaming.examples.statemachine.StateMachineExample"

// application is one that runs a jar of Flink's examples.
func application(name, class string, conf map[string]string, args ...string) map[string]any {
	all := map[string]string{"execution.checkpointing.interval": "500 ms"}
	for k, v := range conf {
		all[k] = v
	}
	return map[string]any{
		"apiVersion": cmf.APIVersion, "kind": "FlinkApplication", "metadata": map[string]any{"name": name},
		"spec": map[string]any{
			"image": "flink", "flinkVersion": "v2_0", "flinkConfiguration": all,
			"job": map[string]any{
				"jarURI": "local:///opt/flink/usrlib/flink-examples-streaming.jar", "entryClass": class,
				"args": args, "parallelism": 1, "state": "running", "upgradeMode": "savepoint",
			},
		},
	}
}

// app asks for an application.
func (a *api) app(name string) (app cmf.FlinkApplication) {
	a.Helper()
	a.ask("GET", "/real/applications/"+name, nil, &app)
	return app
}

// runs waits until an application's job is in a state and tells its status.
func (a *api) state(name, state string) cmf.Object {
	a.Helper()
	var status cmf.Object
	eventually(a.T, name+" "+state, func() (bool, string) {
		status = cmf.Object(a.app(name).Status)
		return status.String("jobStatus", "state") == state, string(status)
	})
	return status
}

// crashTimes are when drey is killed after a request was answered.
var crashTimes = []time.Duration{
	0, 5 * time.Millisecond, 20 * time.Millisecond, 60 * time.Millisecond, 150 * time.Millisecond,
	400 * time.Millisecond,
}

func wait(d time.Duration) { <-time.NewTimer(d).C }

// TestEachJobIsAdoptedOnce kills drey while it deploys, starts statements, takes
// savepoints and stops, and counts Flink's jobs.
func TestEachJobIsAdoptedOnce(t *testing.T) {
	c, dir := ownFlink(t), t.TempDir()
	d := c.serve(dir)
	a := newAPI(t, d.url)
	reborn := func(after time.Duration) {
		t.Helper()
		wait(after)
		d.kill()
		d = c.serve(dir)
		a.base = apiOf(t, d.url).base
	}
	jobs := 0
	for i, crash := range crashTimes {
		name := fmt.Sprintf("machine-%d", i)
		if i%2 == 0 {
			a.ask("POST", "/real/applications", application(name, stateMachine, nil, "--rps", "5"), nil)
			reborn(crash)
			a.state(name, cmf.JobRunning)
		} else {
			path := a.post("INSERT INTO examples.marketplace.blackhole SELECT url FROM examples.marketplace.clicks")
			reborn(crash)
			a.phase(path, cmf.PhaseRunning)
		}
		jobs++
		c.has(jobs)
	}
	for _, crash := range crashTimes {
		path := a.post("SELECT COUNT(*) FROM examples.marketplace.clicks")
		reborn(crash)
		a.phase(path, cmf.PhaseRunning)
		c.has(jobs + 1)
		var page cmf.StatementResult
		eventually(t, "rows", func() (bool, string) {
			a.ask("GET", path+"/results", nil, &page)
			return len(page.Results.Data) > 0, fmt.Sprint(page)
		})
		a.ask("DELETE", path, nil, nil)
		reborn(crash)
		c.has(jobs)
	}
	savepointsWhileKilled(t, a, reborn)
	c.has(jobs)
	stopsWhileKilled(t, a, c, reborn, jobs)
}

func savepointsWhileKilled(t *testing.T, a *api, reborn func(time.Duration)) {
	for i, crash := range crashTimes[:4] {
		name := fmt.Sprintf("saved-%d", i)
		a.ask("POST", "/real/applications/machine-0/savepoints", map[string]any{
			"apiVersion": cmf.APIVersion, "kind": "Savepoint", "metadata": map[string]any{"name": name},
			"spec": map[string]any{"formatType": "NATIVE"},
		}, nil)
		reborn(crash)
		var s cmf.Savepoint
		eventually(t, "a savepoint", func() (bool, string) {
			a.ask("GET", "/real/applications/machine-0/savepoints/"+name, nil, &s)
			return s.Status.State == cmf.SavepointCompleted, fmt.Sprintf("%+v", s.Status)
		})
	}
}

func stopsWhileKilled(t *testing.T, a *api, c *cluster, reborn func(time.Duration), jobs int) {
	for _, crash := range crashTimes[:4] {
		a.ask("POST", "/real/applications/machine-0/suspend", nil, nil)
		reborn(crash)
		var status cmf.Object
		eventually(t, "suspended", func() (bool, string) {
			status = cmf.Object(a.app("machine-0").Status)
			return status.String("lifecycleState") == cmf.LifecycleSuspended &&
				status.String("jobStatus", "state") == cmf.JobFinished, string(status)
		})
		c.has(jobs - 1)
		saved := status.String("jobStatus", "upgradeSavepointPath")
		a.ask("POST", "/real/applications/machine-0/start", nil, nil)
		reborn(crash)
		id := a.state("machine-0", cmf.JobRunning).String("jobStatus", "jobId")
		c.has(jobs)
		if from := c.restored(id); saved == "" || !samePath(from, saved) {
			t.Errorf("killed %v after the suspend: restored from %q, want %q", crash, from, saved)
		}
	}
}

// restored is where a job began.
func (c *cluster) restored(id string) string {
	c.Helper()
	var answer struct {
		Latest struct {
			Restored struct {
				Path string `json:"external_path"`
			}
		}
	}
	(&web{T: c.T, base: c.REST}).ask("GET", "/jobs/"+id+"/checkpoints", nil, &answer)
	return answer.Latest.Restored.Path
}

func samePath(a, b string) bool {
	one, err := url.Parse(a)
	two, err2 := url.Parse(b)
	return err == nil && err2 == nil && one.Path == two.Path
}
