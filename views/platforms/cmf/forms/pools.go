package forms

import (
	"context"
	"fmt"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/resource"
)

// poolSchema is schema ComputePoolSpec; clusterSpec is a FlinkDeployment without a
// job (cmf-behaviour.md §2.7).
func poolSchema() *yamldoc.Schema {
	cluster := applicationSpec()
	for _, name := range []string{"job", "serviceAccount", "environment", "restartNonce", "savepointSchedule"} {
		delete(cluster, name)
	}
	return document(cmf.ComputePools, object(map[string]*yamldoc.Schema{
		"type": fixed(
			yamldoc.Schema{Type: yamldoc.Text, Values: []string{cmf.PoolDedicated, cmf.PoolShared}},
			"the type of a pool cannot be changed: a copy (a) can have another one",
		),
		"state": oneOf(cmf.PoolRunning, cmf.PoolSuspended), "clusterSpec": object(cluster),
	}))
}

// PoolEditor writes compute pools.
func PoolEditor(api *cmfapi.Client) *resource.Editor[cmf.ComputePool] {
	r := rulesOf(api, cmf.ComputePools, poolSchema())
	r.Template = func(within string) string { return template(within, poolTemplate) }
	r.Check = withOverrides(api, cmf.ComputePools, func(ctx context.Context, c edit.Change) []edit.Finding {
		return checkPool(ctx, api, c)
	})
	r.Will = poolWill
	return &resource.Editor[cmf.ComputePool]{Rules: r, Reached: reachedPool}
}

const poolTemplate = `# A new compute pool. Lines beginning with # are comments: they are not sent.
environment: %s # where it goes to; this line is not sent
apiVersion: cmf.confluent.io/v1
kind: ComputePool
metadata:
  name: my-pool
spec:
  type: DEDICATED # each statement has a cluster of its own; SHARED: one cluster for all
  # state: RUNNING # of a SHARED one: or SUSPENDED
  clusterSpec:
    image: confluentinc/cp-flink-sql:1.19-cp1
    flinkVersion: v1_19
    flinkConfiguration:
      taskmanager.numberOfTaskSlots: "1"
      # state.checkpoints.dir: s3://bucket/checkpoints
      # state.savepoints.dir: s3://bucket/savepoints
    jobManager:
      resource:
        cpu: 0.5
        memory: 1024m
    taskManager:
      resource:
        cpu: 1
        memory: 2048m
`

// checkPool finds what the server would refuse (cmf-behaviour.md §2.7).
func checkPool(ctx context.Context, api *cmfapi.Client, c edit.Change) []edit.Finding {
	found := append(checkName(c, resourceName), wanted(c.Mine, "spec.type", "spec.clusterSpec")...)
	if yamldoc.MemberText(c.Mine, "spec", "type") == cmf.PoolDedicated && isMember(c.Mine, "spec", "state") {
		found = append(found, edit.Finding{Path: []string{"spec", "state"}, Text: "only a SHARED pool has one"})
	}
	for _, name := range []string{"job", "serviceAccount"} {
		if isMember(c.Mine, "spec", "clusterSpec", name) {
			found = append(found, edit.Finding{
				Path: []string{"spec", "clusterSpec", name}, Warning: true,
				Text: "it has no place in a pool: the server leaves it out",
			})
		}
	}
	if c.New {
		return found
	}
	var before cmf.ComputePool
	if before.UnmarshalJSON(c.Raw) == nil && before.Status != nil && before.Status.Phase == cmf.PoolSuspended {
		return found // its statements wait for it
	}
	listed, err := cmfapi.List[cmf.Statement](ctx, api, cmf.Statements, cmf.Scope{Environment: c.Target.Scope},
		cmfapi.Query{Fields: []string{"metadata.name", "spec.computePoolName", "status.phase"}})
	if err != nil {
		return found // the server decides
	}
	var running []string
	for _, s := range listed.Items {
		if s.Spec.ComputePoolName == c.Target.Name && cmf.PhaseActive(s.Phase()) {
			running = append(running, s.Metadata.Name)
		}
	}
	if len(running) > 0 {
		found = append(found, edit.Finding{
			Text: "the server refuses it while statements run in the pool: stop " + listed20(running) + " first",
		})
	}
	return found
}

// listed20 names some, and says how many more there are.
func listed20(names []string) string {
	const most = 20
	text := cells.Join(names[:min(len(names), most)]...)
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func poolWill(c edit.Change) views.Fact {
	f := views.Fact{Label: "what happens", Text: "statements that start from now on run with this"}
	switch {
	case yamldoc.MemberText(c.Merged, "spec", "type") != cmf.PoolShared && c.New:
		f.Text = "it is stored; each statement that names it gets a cluster of its own"
	case yamldoc.MemberText(c.Merged, "spec", "type") != cmf.PoolShared:
	case c.Touches("spec", "state") && yamldoc.MemberText(c.Merged, "spec", "state") == cmf.PoolSuspended:
		f.Text, f.Tone = "its cluster is given up; its statements wait until it runs again", themes.Warn
	case c.New:
		f.Text = "its cluster is deployed"
	default:
		f.Text = "its cluster is deployed again"
	}
	return f
}

// reachedPool tells whether a pool is as it was asked to be.
func reachedPool(_, now cmf.ComputePool, _ time.Duration) (bool, error) {
	if now.Status == nil {
		return false, nil
	}
	switch phase := now.Status.Phase; {
	case phase == cmf.PoolFailed:
		return false, fmt.Errorf("it is FAILED: %s", now.Status.Message)
	case now.Spec.Type != cmf.PoolShared:
		return true, nil
	case now.Spec.State == cmf.PoolSuspended:
		return phase == cmf.PoolSuspended, nil
	default:
		return phase == cmf.PoolRunning, nil
	}
}
