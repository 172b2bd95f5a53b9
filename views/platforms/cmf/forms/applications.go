package forms

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// applicationSchema is a FlinkDeployment of the operator, with what CMF adds
// (cmf-behaviour.md §2.2).
func applicationSchema() *yamldoc.Schema {
	return document(cmf.Applications, object(applicationSpec()))
}

func applicationSpec() map[string]*yamldoc.Schema {
	resource := object(map[string]*yamldoc.Schema{"cpu": number, "memory": quantity, "ephemeralStorage": quantity})
	manager := object(map[string]*yamldoc.Schema{"resource": resource, "replicas": whole, "podTemplate": anything})
	return map[string]*yamldoc.Schema{
		"job": object(map[string]*yamldoc.Schema{
			"jarURI": text, "entryClass": text, "args": listOf(text), "parallelism": whole,
			"state":       oneOf(cmf.DesiredRunning, cmf.DesiredSuspended),
			"upgradeMode": oneOf(cmf.UpgradeModeStateless, cmf.UpgradeModeLastState, cmf.UpgradeModeSavepoint),

			"allowNonRestoredState": truth, "initialSavepointPath": text, "startFromSavepoint": startFromSchema(),
			"savepointTriggerNonce": whole, "checkpointTriggerNonce": whole,
			"savepointRedeployNonce": whole, "autoscalerResetNonce": whole,
		}),
		"image": text, "imagePullPolicy": oneOf("Always", "IfNotPresent", "Never"),
		"flinkVersion": text, "serviceAccount": text, "mode": oneOf("native", "standalone"),
		"restartNonce": whole, "flinkConfiguration": options, "logConfiguration": mapOf(text),
		"jobManager": manager, "taskManager": manager, "podTemplate": anything, "environment": text,
		"ingress": object(map[string]*yamldoc.Schema{
			"template": text, "className": text, "annotations": mapOf(text), "labels": mapOf(text), "tls": listOf(anything),
		}),
		"savepointSchedule": scheduleSchema(),
	}
}

// startFromSchema is where a job begins (cmf-behaviour.md §2.2).
func startFromSchema() *yamldoc.Schema {
	return object(map[string]*yamldoc.Schema{
		"savepointName": text, "uid": text, "initialSavepointPath": text, "allowNonRestoredState": truth,
		"savepointRedeployNonce": whole,
	})
}

// scheduleSchema is that of savepoints, since 2.4.
func scheduleSchema() *yamldoc.Schema {
	retention := map[string]*yamldoc.Schema{"keepWithin": text}
	for _, name := range []string{"keepLast", "keepHourly", "keepDaily", "keepWeekly", "keepMonthly", "keepYearly"} {
		retention[name] = whole
	}
	return object(map[string]*yamldoc.Schema{
		"cronExpression": text, "timezone": text, "paused": truth, "catchUpOnRestart": truth,
		"jitterSeconds": whole, "freshnessThresholdHours": whole,
		"formatType": oneOf("CANONICAL", "NATIVE", "UNKNOWN"), "retention": object(retention),
		"blackoutWindows": listOf(object(map[string]*yamldoc.Schema{
			"cronExpression": text, "durationMinutes": whole, "timezone": text,
		})),
	})
}

// ApplicationEditor writes applications; an edit is applied by an upgrade.
func ApplicationEditor(api *cmfapi.Client) *resource.Editor[cmf.FlinkApplication] {
	r := rulesOf(api, cmf.Applications, applicationSchema())
	r.Template = func(within string) string { return template(within, applicationTemplate) }
	r.Copied = func(path []string) bool {
		// it is of another one
		return len(path) == 3 && path[0] == "spec" && path[1] == "job" && path[2] == "startFromSavepoint"
	}
	r.Check = withOverrides(api, cmf.Applications, func(_ context.Context, c edit.Change) []edit.Finding {
		return checkApplication(c)
	})
	r.Will, r.Loses = applicationWill, applicationLoses
	return &resource.Editor[cmf.FlinkApplication]{
		Rules: r, Reached: reachedSpec,
		Refuse: func(a cmf.FlinkApplication) error {
			if a.LifecycleState() == cmf.LifecycleDeleting {
				return objects.ErrDeleting
			}
			return nil
		},
	}
}

const applicationTemplate = `# A new application. Lines beginning with # are comments: they are not sent.
environment: %s # where it goes to; this line is not sent
apiVersion: cmf.confluent.io/v1
kind: FlinkApplication
metadata:
  name: my-application # lower-case letters, digits and -, at most 45
  # labels:
  #   team: my-team
spec:
  image: confluentinc/cp-flink:1.19.3-cp1
  flinkVersion: v1_19
  job:
    jarURI: local:///opt/flink/examples/streaming/StateMachineExample.jar
    # entryClass: com.example.Main
    # args: [--topic, orders]
    parallelism: 1
    state: running # or suspended
    upgradeMode: stateless # savepoint and last-state keep the state, and want the directories below
  flinkConfiguration:
    taskmanager.numberOfTaskSlots: "1"
    # state.checkpoints.dir: s3://bucket/checkpoints
    # state.savepoints.dir: s3://bucket/savepoints
    # execution.checkpointing.interval: 60 s
  jobManager:
    resource:
      cpu: 0.5
      memory: 1024m
  taskManager:
    resource:
      cpu: 1
      memory: 2048m
`

// operatorKeys are set by the operator: it refuses them (cmf-behaviour.md §10).
var operatorKeys = []string{"kubernetes.cluster-id", "kubernetes.namespace", "high-availability.cluster-id"}

var flinkVersion = regexp.MustCompile(`^v\d+_\d+$`)

// checkApplication finds what the operator would refuse (cmf-behaviour.md §10).
func checkApplication(c edit.Change) []edit.Finding {
	found := checkName(c, deploymentName)
	for _, path := range [][]string{
		{"spec", "job", "parallelism"}, {"spec", "taskManager", "replicas"}, {"spec", "jobManager", "replicas"},
	} {
		found = append(found, atLeastOne(c.Mine, path...)...)
	}
	for _, name := range operatorKeys {
		if isMember(c.Mine, "spec", "flinkConfiguration", name) {
			found = append(found, edit.Finding{
				Path: []string{"spec", "flinkConfiguration", name},
				Text: "it is set by the operator, which refuses it here",
			})
		}
	}
	if v := yamldoc.MemberText(c.Mine, "spec", "flinkVersion"); v != "" && !flinkVersion.MatchString(v) {
		found = append(found, edit.Finding{
			Path: []string{"spec", "flinkVersion"}, Text: "want a version such as v1_20 or v2_0",
		})
	}
	if !isMember(c.Mine, "spec") {
		found = append(found, edit.Finding{Path: []string{"spec"}, Text: "it is missing: the server wants it"})
	}
	return found
}

// upgraded are the parts of a change that decide what happens to the job.
type upgraded struct {
	mode, former  string // of the specification to come, and before
	wants, wanted string // job.state to come, and before
	job           string // its state
	running       bool
	spec          bool // it changes
}

func upgradeOf(c edit.Change) upgraded {
	var before cmf.FlinkApplication
	if len(c.Raw) > 0 {
		_ = before.UnmarshalJSON(c.Raw) // what cannot be read is not running
	}
	u := upgraded{
		mode:  yamldoc.MemberText(c.Merged, "spec", "job", "upgradeMode"),
		wants: yamldoc.MemberText(c.Merged, "spec", "job", "state"),
	}
	if u.mode == "" {
		u.mode = cmf.UpgradeModeStateless
	}
	if u.wants == "" {
		u.wants = cmf.DesiredRunning
	}
	u.former = before.UpgradeMode()
	u.wanted, u.job, u.running, u.spec = before.DesiredState(), before.JobState(), before.JobState() ==
		cmf.JobRunning, c.Touches("spec")
	return u
}

// applicationWill says what becomes of the job, by the upgrade mode to come
// (cmf-behaviour.md §2.2).
func applicationWill(c edit.Change) views.Fact {
	u := upgradeOf(c)
	f := views.Fact{Label: "what happens"}
	state := map[string]string{
		cmf.UpgradeModeSavepoint: "a savepoint is taken, and the job %s from it",
		cmf.UpgradeModeLastState: "the job stops and %s from its last checkpoint; no savepoint is taken",
		cmf.UpgradeModeStateless: "the job is cancelled and %s without its state (upgrade mode stateless)",
	}[u.mode]
	switch {
	case c.New && u.wants == cmf.DesiredSuspended:
		f.Text = "it is stored, and not started"
	case c.New:
		f.Text = "the job is deployed and started"
	case !u.spec:
		f.Text = "the job runs on as it is: labels and annotations alone change"
		if !u.running {
			f.Text = "nothing happens to the job: labels and annotations alone change"
		}
	case u.wanted == cmf.DesiredSuspended && u.wants == cmf.DesiredSuspended:
		f.Text = "it stays suspended; it starts with this specification"
	case u.wanted == cmf.DesiredSuspended:
		f.Text = "it is started with this specification"
		if applicationLoses(c) {
			f.Text += ", without the state that it has (upgrade mode stateless)"
		}
	case u.wants == cmf.DesiredSuspended && objects.NoSavepointOf(u.mode, u.job) != "":
		f.Text = objects.NoSavepointOf(u.mode, u.job) + "; it would start again from " + objects.StateWithoutSavepoint
	case u.wants == cmf.DesiredSuspended:
		f.Text = fmt.Sprintf(state, "would start again")
	case objects.NoSavepointOf(u.mode, u.job) != "":
		f.Text = objects.NoSavepointOf(u.mode, u.job) + "; it is deployed anew, from " + objects.StateWithoutSavepoint
	case !u.running:
		f.Text = "its job is " + cmp.Or(u.job, "not there") + ": it is deployed anew" + map[string]string{
			cmf.UpgradeModeLastState: ", from its last checkpoint",
			cmf.UpgradeModeStateless: ", without state",
		}[u.mode]
	case state != "":
		f.Text = fmt.Sprintf(state, "starts again")
	}
	if applicationLoses(c) {
		f.Tone = themes.Warn
	}
	return f
}

// applicationLoses tells that a job's state is lost: that of one that runs, or that of one
// that would have started from it.
func applicationLoses(c edit.Change) bool {
	u := upgradeOf(c)
	if c.New || !u.spec || u.mode != cmf.UpgradeModeStateless {
		return false
	}
	return u.running || u.wants == cmf.DesiredRunning && u.former != cmf.UpgradeModeStateless && u.job != ""
}

// settledAfter is how long after a change an application that has not moved is
// taken not to move: the environment's defaults may say otherwise than it does.
const settledAfter = 15 * time.Second

// reachedSpec tells whether an application runs, or is suspended, with what it was
// given: it has to have moved since, where the specification differs.
func reachedSpec(before, now cmf.FlinkApplication, since time.Duration) (bool, error) {
	switch now.LifecycleState() {
	case cmf.LifecycleUpgrading, cmf.LifecycleCreated, cmf.LifecycleRollingBack:
		return false, nil // what else it says is of before
	}
	same := string(before.Spec.With(nil, "-")) == string(now.Spec.With(nil, "-"))
	if !same && !moved(before, now) && since < settledAfter {
		return false, nil
	}
	p, err := objects.ReachedState(now, now.DesiredState())
	return p.Done, err
}

// moved tells that something came of a change: another instance, another job, or
// another state.
func moved(before, now cmf.FlinkApplication) bool {
	return before.JobID() != now.JobID() || before.LifecycleState() != now.LifecycleState() || before.Name() == "" ||
		before.Status.String("currentDeployedInstanceName") != now.Status.String("currentDeployedInstanceName")
}
