package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/server/flinkup"
)

// flinkApplication is an application of a demo on real Flink.
type flinkApplication struct {
	name, class string
	args        []string
	parallelism int
	conf        map[string]string
	savepoints  int  // that are taken once it runs, one after the other
	suspended   bool // once it runs
}

const exampleClasses = "org.apache.flink.streaming.examples."

// flinkApplications are Flink's own examples: one that runs, with savepoints, one
// that is suspended, one that fails and restarts, for nobody is at its port, and one
// that is skewed: there are two cars, and four subtasks for them.
var flinkApplications = []flinkApplication{
	{name: "state-machine", class: "statemachine.StateMachineExample", args: []string{"--rps", "100"}, parallelism: 2, savepoints: 2},
	{name: "state-machine-night", class: "statemachine.StateMachineExample", args: []string{"--rps", "20"}, parallelism: 1, suspended: true},
	{name: "socket-words", class: "socket.SocketWindowWordCount", args: []string{
		"--hostname", "127.0.0.1", "--port", "9",
	}, parallelism: 1, conf: map[string]string{
		"restart-strategy.type": "fixed-delay", "restart-strategy.fixed-delay.attempts": "2147483647",
		"restart-strategy.fixed-delay.delay": "10 s",
	}},
	{name: "top-speed", class: "windowing.TopSpeedWindowing", parallelism: 4},
}

// object is the application as the API takes it.
func (a flinkApplication) object() cmf.FlinkApplication {
	conf := map[string]string{"execution.checkpointing.interval": "10 s"}
	for key, value := range a.conf {
		conf[key] = value
	}
	return cmf.FlinkApplication{
		APIVersion: cmf.APIVersion, Kind: "FlinkApplication", Metadata: cmf.MustObject(map[string]any{"name": a.name}),
		Spec: cmf.MustObject(map[string]any{
			"image": "flink", "flinkVersion": "v2_2", "flinkConfiguration": conf,
			"job": map[string]any{
				"jarURI": "local:///" + flinkup.ExamplesJar, "entryClass": exampleClasses + a.class,
				"args": a.args, "parallelism": a.parallelism, "state": "running", "upgradeMode": "savepoint",
			},
		}),
	}
}

// applicationTime is how long a demo waits for its applications to run; what does
// not run until then is shown as it is.
const applicationTime = 60 * time.Second

// seedApplications makes the applications.
func seedApplications(ctx context.Context, c *cmfapi.Client, scope cmf.Scope) error {
	var err error
	for _, a := range flinkApplications {
		_, failed := cmfapi.Create(ctx, c, cmf.Applications, scope, a.object())
		err = errors.Join(err, failed)
	}
	return err
}

// prepareApplications suspends and saves what is to be, once it runs. It goes on
// beside the console and ends with it.
func prepareApplications(ctx context.Context, c *cmfapi.Client, scope cmf.Scope) error {
	ctx, cancel := context.WithTimeout(ctx, applicationTime)
	defer cancel()
	for _, a := range flinkApplications {
		if a.savepoints == 0 && !a.suspended {
			continue
		}
		err := until(ctx, a.name+" does not run", func() (bool, error) {
			now, err := cmfapi.Get[cmf.FlinkApplication](ctx, c, cmf.Applications, scope, a.name)
			return now.JobState() == cmf.JobRunning, err
		})
		if err != nil {
			return err
		}
		if a.suspended {
			if _, err := c.SuspendApplication(ctx, scope, a.name); err != nil {
				return err
			}
		}
		for n := range a.savepoints {
			if err := takeSavepoint(ctx, c, scope, a.name, n+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeSavepoint takes one and waits for its end, whatever it is: Flink takes one after
// the other.
func takeSavepoint(ctx context.Context, c *cmfapi.Client, scope cmf.Scope, application string, n int) error {
	inside := cmf.Scope{Environment: scope.Environment, Parent: application}
	name := fmt.Sprintf("%s-%d", application, n)
	// the canonical one fails jobs with asynchronous state
	if _, err := cmfapi.Create(ctx, c, cmf.ApplicationSavepoints, inside, cmf.Savepoint{
		APIVersion: cmf.APIVersion, Kind: "Savepoint", Metadata: cmf.Metadata{Name: name},
		Spec: cmf.SavepointSpec{FormatType: cmf.FormatNative},
	}); err != nil {
		return err
	}
	return until(ctx, "the savepoint "+name+" does not end", func() (bool, error) {
		now, err := cmfapi.Get[cmf.Savepoint](ctx, c, cmf.ApplicationSavepoints, inside, name)
		state := now.State()
		return state != "" && state != cmf.SavepointPending && state != cmf.SavepointInProgress, err
	})
}

// until asks again until it is so, or ctx ends.
func until(ctx context.Context, otherwise string, is func() (bool, error)) error {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok, err := is(); err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", otherwise, ctx.Err())
		case <-tick.C:
		}
	}
}

// endApplications deletes them and tells whether some are left.
func endApplications(ctx context.Context, c *cmfapi.Client, scope cmf.Scope) (left bool, err error) {
	all, err := cmfapi.List[cmf.FlinkApplication](ctx, c, cmf.Applications, scope, cmfapi.Query{})
	if err != nil {
		return true, err
	}
	for _, a := range all.Items {
		if a.LifecycleState() == cmf.LifecycleDeleting {
			continue
		}
		if err := cmfapi.Delete(ctx, c, cmf.Applications, scope, a.Name(), false); err != nil {
			return true, err
		}
	}
	return len(all.Items) > 0, nil
}
