package vvpapi

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"drey/client"
	"drey/client/fault"
	"drey/client/statement"
	"drey/client/vvp"
)

// Plan implements statement.Planner: what would be made of an INSERT.
func (e *sqlEngine) Plan(ctx context.Context, r statement.Request) (statement.Plan, error) {
	kind, err := e.validate(ctx, r)
	if err != nil || kind != "INSERT_QUERY" {
		return statement.Plan{}, err
	}
	defaults, err := e.api.Defaults(ctx, r.Target.Scope)
	if err != nil {
		return statement.Plan{}, err
	}
	name, err := e.target(ctx, r, defaults)
	if err != nil {
		return statement.Plan{}, err
	}
	parallelism := "the platform's own"
	if n := defaults.Spec.Template.Spec.Parallelism; n > 0 {
		parallelism = strconv.Itoa(n) + ", the namespace's default"
	}
	if r.Parallelism > 0 {
		parallelism = strconv.Itoa(r.Parallelism)
	}
	return statement.Plan{Title: "Make a deployment of it", Button: "Deploy", Facts: [][2]string{
		{"name", deploymentName(r.Name)},
		{"namespace", r.Target.Scope},
		{"target", name},
		{"parallelism", parallelism},
		{"what happens", "it runs until it is suspended or cancelled in the Deployments tab"},
	}}, nil
}

// target is where a new deployment runs: the pool that was chosen, the default, or
// the only one.
func (e *sqlEngine) target(ctx context.Context, r statement.Request, defaults vvp.Defaults) (string, error) {
	switch {
	case r.Target.Pool != "" && r.Target.Pool != defaultTarget:
		return r.Target.Pool, nil
	case defaults.Spec.DeploymentTargetName != "":
		return defaults.Spec.DeploymentTargetName, nil
	}
	l, _, err := List[vvp.Object](e.api, vvp.Targets, r.Target.Scope, nil)(ctx)
	switch {
	case err != nil:
		return "", err
	case len(l.Items) == 1:
		return l.Items[0].Name, nil
	}
	return "", errors.New("which deployment target should it run on? ctrl-o chooses one of them")
}

// deploymentName makes a name of a statement's that the platform takes: lower-case
// letters, digits and hyphens, 63 at most.
func deploymentName(name string) string {
	name = strings.Trim(notInNames.ReplaceAllString(strings.ToLower(name), "-"), "-")
	return strings.Trim(name[:min(len(name), 63)], "-")
}

var notInNames = regexp.MustCompile(`[^a-z0-9-]+`)

// deploy makes a deployment of an INSERT. Its name is of the statement's, so one
// whose answer was lost is found.
func (e *sqlEngine) deploy(ctx context.Context, r statement.Request) (statement.Status, error) {
	defaults, err := e.api.Defaults(ctx, r.Target.Scope)
	if err != nil {
		return statement.Status{}, err
	}
	target, err := e.target(ctx, r, defaults)
	if err != nil {
		return statement.Status{}, err
	}
	name := deploymentName(r.Name)
	template := map[string]any{"artifact": map[string]any{"kind": vvp.SQLArtifact, "sqlScript": r.SQL}}
	if r.Parallelism > 0 {
		template["parallelism"] = r.Parallelism
	}
	if len(r.Settings) > 0 {
		template["flinkConfiguration"] = r.Settings
	}
	made, err := Create[vvp.Deployment](ctx, e.api, vvp.Deployments, r.Target.Scope, map[string]any{
		"kind": "Deployment", "apiVersion": "v1", "metadata": map[string]any{"name": name},
		"spec": map[string]any{
			"state": vvp.Running, "deploymentTargetName": target, "template": map[string]any{"spec": template},
		},
	})
	if fault.Of(err).Lost {
		made, err = client.FindMade(ctx, "deployment "+name, err, func(ctx context.Context) (vvp.Deployment, error) {
			return Get[vvp.Deployment](ctx, e.api, vvp.Deployments, r.Target.Scope, name)
		})
	}
	if err != nil {
		return statement.Status{}, err
	}
	return statusOf(r.Target.Scope, made), nil
}

// statusOf is what a deployment is as a statement.
func statusOf(namespace string, d vvp.Deployment) statement.Status {
	return statement.Status{
		Ref:   statement.Ref{Scope: namespace, Name: d.Metadata.Name, Handle: handleDeployment},
		Phase: PhaseOf(d), Raw: d.Status.State, SQL: d.Spec.Template.Spec.Artifact.SQLScript,
		Target:  statement.Target{Scope: namespace, Pool: d.Spec.DeploymentTargetName},
		Created: d.Metadata.Made(), UID: d.Metadata.ID, Made: d.Metadata.CreatedAt,
		Traits: &statement.Traits{Kind: "INSERT_INTO"}, Parallelism: d.Spec.Template.Spec.Parallelism,
	}
}

// PhaseOf is what a deployment's state means.
func PhaseOf(d vvp.Deployment) statement.Phase {
	switch d.State() {
	case vvp.Running:
		for _, c := range troubles(d) {
			if c != "" {
				return statement.Degraded
			}
		}
		return statement.Running
	case vvp.Suspended, vvp.Cancelled:
		return statement.Stopped
	case vvp.Finished:
		return statement.Completed
	case vvp.Failed:
		return statement.Failed
	case vvp.Transitioning, "":
		if d.Desired() == vvp.Running {
			return statement.Pending
		}
		return statement.Stopping
	}
	return statement.Unknown
}

// troubles are the conditions that are true of a running deployment.
func troubles(d vvp.Deployment) []string {
	var all []string
	if d.Status.Running == nil {
		return nil
	}
	for _, c := range d.Status.Running.Conditions {
		if strings.EqualFold(c.Status, "True") {
			all = append(all, strings.TrimSuffix(c.Type+": "+c.Message, ": "))
		}
	}
	return all
}

// Reason says what is wrong with a running deployment, "" for nothing.
func Reason(d vvp.Deployment) string { return strings.Join(troubles(d), " · ") }

// StateChange is the merge patch that wants a deployment in a state.
func StateChange(state string) any {
	return map[string]any{"spec": map[string]any{"state": state}}
}

// PoolWord implements statement.Pooler: a deployment runs on a target.
func (*sqlEngine) PoolWord() string { return "deployment target" }

// defaultTarget stands for the target that a namespace's defaults name.
const defaultTarget = "(default)"

// Pools are the deployment targets of a namespace, its default first.
func (e *sqlEngine) Pools(ctx context.Context, namespace string) ([]string, error) {
	l, _, err := List[vvp.Object](e.api, vvp.Targets, namespace, nil)(ctx)
	all := []string{defaultTarget}
	for _, t := range l.Items {
		all = append(all, t.Name)
	}
	return all, err
}
