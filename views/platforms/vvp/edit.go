package vvp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/themes"
	"drey/views"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/resource"
)

// serverOwned names what belongs to the platform in an object.
func serverOwned(path []string) bool {
	if len(path) == 1 {
		return path[0] == "status"
	}
	return len(path) == 2 && path[0] == "metadata" &&
		slices.Contains([]string{"id", "namespace", "createdAt", "modifiedAt", "resourceVersion"}, path[1])
}

func members(fields map[string]*yamldoc.Schema) *yamldoc.Schema {
	return &yamldoc.Schema{Type: yamldoc.Object, Fields: fields}
}

func mapOf(item *yamldoc.Schema) *yamldoc.Schema {
	return &yamldoc.Schema{Type: yamldoc.Object, Item: item}
}

// either is one of some words, in capitals or not: the platform takes both.
func either(values ...string) *yamldoc.Schema {
	all := slices.Clone(values)
	for _, v := range values {
		all = append(all, strings.ToLower(v))
	}
	return &yamldoc.Schema{Type: yamldoc.Text, Values: all}
}

var (
	anything = &yamldoc.Schema{}
	text     = &yamldoc.Schema{Type: yamldoc.Text}
	whole    = &yamldoc.Schema{Type: yamldoc.Whole}
	truth    = &yamldoc.Schema{Type: yamldoc.Bool}
	quantity = &yamldoc.Schema{Type: yamldoc.Quantity}
	options  = &yamldoc.Schema{Type: yamldoc.Object, Options: true}
)

func document(kind string, spec *yamldoc.Schema) *yamldoc.Schema {
	return members(map[string]*yamldoc.Schema{
		"kind":       {Type: yamldoc.Text, Values: []string{kind}},
		"apiVersion": text,
		"spec":       spec,
		"metadata": members(
			map[string]*yamldoc.Schema{"name": text, "displayName": text, "labels": mapOf(text), "annotations": mapOf(text)},
		),
	})
}

// noLock is said of each request that replaces an object.
const noLock = "no lock: what others write between the two is replaced"

// rulesOf are the rules of a collection whose objects are made by POST and replaced
// by PUT. A resource version is information and no lock: the object is read just
// before it is written, and what others changed is merged.
func rulesOf(api *vvpapi.Client, of vvp.Collection, schema *yamldoc.Schema) edit.Rules {
	item := func(ref views.Ref) string { return of.ItemPath(ref.Scope, handle(ref.Name, ref.UID)) }
	plan := func(c edit.Change) []views.Step {
		if c.New {
			return []views.Step{
				{Method: "GET", Path: item(c.Target), Remark: "whether the name is free"},
				{Method: "POST", Path: of.Path(c.Target.Scope)},
			}
		}
		return []views.Step{
			{Method: "GET", Path: item(c.Target), Remark: "whether it is still as you saw it"},
			{Method: "PUT", Path: item(c.Target), Remark: noLock},
		}
	}
	return edit.Rules{
		Schema: schema, Hidden: serverOwned, Plan: plan, Within: "namespace",
		Name: func(doc any) string { return yamldoc.MemberText(doc, "metadata", "name") },
		At:   func(within, name string) views.Ref { return views.Ref{Scope: within, Name: name} },
		Places: func(ctx context.Context) ([]string, error) {
			names, _, err := api.Namespaces()(ctx)
			return names, err
		},
		Send: func(ctx context.Context, c edit.Change, step func(views.Step)) error {
			step(plan(c)[1])
			var err error
			if c.New {
				_, err = vvpapi.Create[json.RawMessage](ctx, api, of, c.Target.Scope, c.Body())
			} else {
				_, err = vvpapi.Put[json.RawMessage](
					ctx, api, of, c.Target.Scope, handle(c.Target.Name, c.Target.UID), c.Body(),
				)
			}
			return err
		},
	}
}

// Names (seed of the product's document, platforms.md B1): those of targets and
// secrets, and all others.
var (
	lowerName = regexp.MustCompile(`^[0-9a-z]([-0-9a-z]{0,61}[0-9a-z])?$`)
	mixedName = regexp.MustCompile(`^[0-9a-zA-Z_-]{1,250}$`)
)

func checkName(c edit.Change, rule *regexp.Regexp) []edit.Finding {
	name := yamldoc.MemberText(c.Mine, "metadata", "name")
	if !c.New || rule.MatchString(name) {
		return nil
	}
	says := "want at most 63 lower-case letters, digits and -, with no - at either end"
	if rule == mixedName {
		says = "want at most 250 letters, digits, - and _"
	}
	return []edit.Finding{{Path: []string{"metadata", "name"}, Text: says}}
}

// deploymentSchema has the members that public clients know (platforms.md B2).
func deploymentSchema() *yamldoc.Schema {
	artifact := members(map[string]*yamldoc.Schema{
		"kind":                   text,
		"jarUri":                 text,
		"entryClass":             text,
		"mainArgs":               text,
		"sqlScript":              text,
		"additionalDependencies": {Type: yamldoc.List, Item: text},
		"flinkVersion":           text,
		"flinkImageRegistry":     text,
		"flinkImageRepository":   text,
		"flinkImageTag":          text,
	})
	resource := members(map[string]*yamldoc.Schema{"cpu": {Type: yamldoc.Number}, "memory": quantity})
	template := members(map[string]*yamldoc.Schema{
		"metadata": members(map[string]*yamldoc.Schema{"annotations": anything}),
		"spec": members(map[string]*yamldoc.Schema{
			"artifact": artifact, "parallelism": whole, "numberOfTaskManagers": whole,
			"resources":          members(map[string]*yamldoc.Schema{"jobmanager": resource, "taskmanager": resource}),
			"flinkConfiguration": options, "logging": anything, "kubernetes": anything,
		}),
	})
	return document("Deployment", members(map[string]*yamldoc.Schema{
		"state":           either(vvp.Running, vvp.Suspended, vvp.Cancelled),
		"upgradeStrategy": members(map[string]*yamldoc.Schema{"kind": either(vvp.Stateful, "STATELESS", "NONE")}),
		"restoreStrategy": members(
			map[string]*yamldoc.Schema{
				"kind":                  either(vvp.LatestState, vvp.LatestSavepoint, vvp.RestoreNone),
				"allowNonRestoredState": truth,
			},
		),

		"deploymentTargetName":         text,
		"deploymentTargetId":           text,
		"sessionClusterName":           text,
		"maxSavepointCreationAttempts": whole,
		"maxJobCreationAttempts":       whole,
		"jobFailureExpirationTime":     text,
		"template":                     template,
	}))
}

func deploymentEditor(api *vvpapi.Client) *resource.Editor[Deployment] {
	r := rulesOf(api, vvp.Deployments, deploymentSchema())
	r.Template = func(within string) string { return fmt.Sprintf(deploymentTemplate, within) }
	r.Check = func(_ context.Context, c edit.Change) []edit.Finding { return checkDeployment(c) }
	r.Will = func(c edit.Change) views.Fact { f, _ := deploymentWill(c); return f }
	r.Loses = func(c edit.Change) bool { _, loses := deploymentWill(c); return loses }
	return &resource.Editor[Deployment]{Rules: r, Reached: func(_, now Deployment, _ time.Duration) (bool, error) {
		switch {
		case now.State() == vvp.Failed && now.Desired() == vvp.Running:
			return true, errors.New("it is FAILED: w says why")
		default:
			return now.State() == now.Desired() || now.State() == vvp.Finished, nil
		}
	}}
}

const deploymentTemplate = `# A new deployment. Lines beginning with # are comments: they are not sent.
namespace: %s # where it goes to; this line is not sent
kind: Deployment
apiVersion: v1
metadata:
  name: my-deployment
spec:
  state: CANCELLED # or RUNNING, to start it at once
  deploymentTargetName: kubernetes # or sessionClusterName, and not both
  upgradeStrategy:
    kind: STATEFUL # a savepoint, stop, start; or STATELESS, NONE
  restoreStrategy:
    kind: LATEST_STATE # or LATEST_SAVEPOINT, NONE
  template:
    spec:
      artifact:
        kind: JAR # or SQLSCRIPT, with sqlScript
        jarUri: s3://bucket/job.jar
        # entryClass: com.example.Job
        flinkVersion: "1.18"
      parallelism: 1
      # flinkConfiguration:
      #   state.savepoints.dir: s3://bucket/savepoints
`

// checkDeployment finds what the platform would refuse, or what surprises.
func checkDeployment(c edit.Change) []edit.Finding {
	found := checkName(c, lowerName)
	target, session := yamldoc.MemberText(c.Mine, "spec", "deploymentTargetName")+
		yamldoc.MemberText(c.Mine, "spec", "deploymentTargetId"), yamldoc.MemberText(c.Mine, "spec", "sessionClusterName")
	switch {
	case target == "" && session == "":
		found = append(found, edit.Finding{
			Path: []string{"spec"}, Text: "deploymentTargetName or sessionClusterName is wanted",
		})
	case target != "" && session != "":
		found = append(found, edit.Finding{
			Path: []string{"spec", "sessionClusterName"},
			Text: "it runs on a target or in a session cluster, not on both",
		})
	}
	artifact := func(name string) string {
		return yamldoc.MemberText(c.Mine, "spec", "template", "spec", "artifact", name)
	}
	path := func(name string) []string { return []string{"spec", "template", "spec", "artifact", name} }
	switch kind := strings.ToUpper(artifact("kind")); {
	case kind == vvp.JarArtifact && artifact("jarUri") == "":
		found = append(found, edit.Finding{Path: path("jarUri"), Text: "a JAR wants its address"})
	case kind == vvp.SQLArtifact && artifact("sqlScript") == "":
		found = append(found, edit.Finding{Path: path("sqlScript"), Text: "a SQLSCRIPT wants its text"})
	case kind != vvp.JarArtifact && kind != vvp.SQLArtifact:
		found = append(found, edit.Finding{Path: path("kind"), Warning: true, Text: "2.x knows JAR and SQLSCRIPT"})
	}
	if strategies(c.Mine) == vvp.Stateful+" "+vvp.RestoreNone {
		found = append(found, edit.Finding{
			Path: []string{"spec", "restoreStrategy", "kind"}, Warning: true,
			Text: "with NONE an upgrade takes a savepoint and then starts empty",
		})
	}
	return found
}

// strategies are how an upgrade is done and what it starts from.
func strategies(doc any) string {
	return strings.ToUpper(yamldoc.MemberText(doc, "spec", "upgradeStrategy", "kind") + " " +
		yamldoc.MemberText(doc, "spec", "restoreStrategy", "kind"))
}

// deploymentWill says what a change brings about, and whether state is lost.
func deploymentWill(c edit.Change) (f views.Fact, loses bool) {
	f.Label = "what happens"
	wanted := strings.ToUpper(yamldoc.MemberText(c.Merged, "spec", "state"))
	var before vvp.Deployment
	runs := json.Unmarshal(c.Raw, &before) == nil && before.State() == vvp.Running
	upgrade, restore, _ := strings.Cut(strategies(c.Merged), " ")
	switch {
	case c.New && wanted == vvp.Running:
		f.Text = "it is started"
	case c.New:
		f.Text = "it is stored; s starts it"
	case runs && wanted == vvp.Cancelled:
		f.Text, f.Tone, loses = "its job is cancelled and its state is lost", themes.Warn, true
	case runs && wanted == vvp.Suspended:
		f.Text = "a savepoint is taken, then its job stops"
	case !runs && wanted == vvp.Running && before.Desired() != vvp.Running:
		f.Text = "it is started"
	case !runs || !c.Touches("spec", "template"):
		f.Text = "it is stored; nothing that runs changes"
	case upgrade == vvp.Stateful && restore == vvp.RestoreNone:
		f.Text = "a savepoint is taken and the job starts again, but empty: its restore strategy is NONE"
		f.Tone, loses = themes.Warn, true
	case upgrade == vvp.Stateful:
		f.Text = "a savepoint is taken, and the job starts again from it"
	case upgrade == "STATELESS":
		f.Text, f.Tone, loses = "the job is cancelled and starts again: its state is lost", themes.Warn, true
	default:
		f.Text = "the job runs on as it is until it is started again: its upgrade strategy is NONE"
	}
	return f, loses
}

func clusterEditor(api *vvpapi.Client) *resource.Editor[SessionCluster] {
	schema := document("SessionCluster", members(map[string]*yamldoc.Schema{
		"state": either(
			vvp.Running, vvp.Stopped,
		),
		"deploymentTargetName": text,
		"flinkVersion":         text,
		"flinkImageRegistry":   text,
		"flinkImageRepository": text,
		"flinkImageTag":        text,
		"numberOfTaskManagers": whole,
		"resources":            anything,
		"flinkConfiguration":   options,
		"logging":              anything,
		"kubernetes":           anything,
	}))
	r := rulesOf(api, vvp.SessionClusters, schema)
	r.Template = func(within string) string { return fmt.Sprintf(clusterTemplate, within) }
	r.Check = func(_ context.Context, c edit.Change) []edit.Finding {
		found := checkName(c, lowerName)
		var before vvp.SessionCluster
		if c.New || json.Unmarshal(c.Raw, &before) != nil || !strings.EqualFold(before.Status.State, vvp.Running) {
			return found
		}
		for _, e := range c.Changed() {
			if path := strings.Join(e.Path, "."); path != "spec.state" && path != "spec.numberOfTaskManagers" &&
				!strings.HasPrefix(path, "metadata.") {
				found = append(found, edit.Finding{
					Path: e.Path,
					Text: "while it runs only its state and numberOfTaskManagers may change: stop it first",
				})
			}
		}
		return found
	}
	r.Will = func(edit.Change) views.Fact {
		return views.Fact{Label: "what happens", Text: "deployments that start in it from now on have this"}
	}
	return &resource.Editor[SessionCluster]{Rules: r}
}

const clusterTemplate = `# A new session cluster. Lines beginning with # are comments: they are not sent.
namespace: %s # where it goes to; this line is not sent
kind: SessionCluster
apiVersion: v1
metadata:
  name: my-sessions
spec:
  state: STOPPED # or RUNNING
  deploymentTargetName: kubernetes
  flinkVersion: "1.18"
  numberOfTaskManagers: 1
`

// secretEditor makes and rotates secret values, which are never read back: its text
// is kept nowhere, and the value is sent alone.
func secretEditor(api *vvpapi.Client) *resource.Editor[vvp.Object] {
	of := vvp.SecretValues
	r := rulesOf(api, of, document("SecretValue", members(map[string]*yamldoc.Schema{
		"kind": {Type: yamldoc.Text, Values: []string{"PLAIN"}}, "value": text,
	})))
	r.Private = true
	r.Template = func(within string) string { return fmt.Sprintf(secretTemplate, within) }
	r.Write = func(raw json.RawMessage) (string, error) {
		body, err := yamldoc.Render(raw, func(path []string) bool {
			return serverOwned(path) || len(path) == 2 && path[1] == "value"
		})
		if err != nil {
			return "", err
		}
		return "# The value of a secret cannot be read: write the new one. No draft of it is kept.\n" +
			strings.TrimSuffix(body, "\n") + "\n  value:\n", nil
	}
	r.Check = func(_ context.Context, c edit.Change) []edit.Finding {
		found := checkName(c, mixedName)
		if value := yamldoc.MemberText(c.Mine, "spec", "value"); value == "" || strings.Trim(value, "*•") == "" {
			found = append(found, edit.Finding{Path: []string{"spec", "value"}, Text: "its value is wanted"})
		}
		return found
	}
	plan := r.Plan
	r.Plan = func(c edit.Change) []views.Step {
		steps := plan(c)
		if !c.New {
			steps[1].Method = "PATCH"
		}
		return steps
	}
	r.Send = func(ctx context.Context, c edit.Change, step func(views.Step)) error {
		step(r.Plan(c)[1])
		if c.New {
			return vvpapi.CreatePrivate(ctx, api, of, c.Target.Scope, c.Body())
		}
		value := yamldoc.MemberText(c.Merged, "spec", "value")
		return vvpapi.PatchPrivate(
			ctx, api, of, c.Target.Scope, c.Target.Name, map[string]any{"spec": map[string]any{"value": value}},
		)
	}
	r.Arrived = func(json.RawMessage, json.RawMessage) bool { return false } // nobody can see it
	r.Will = func(c edit.Change) views.Fact {
		if c.New {
			return views.Fact{Label: "what happens", Text: "it is stored; ${" + c.Target.Name + "} stands for it"}
		}
		return views.Fact{
			Label: "what happens",
			Text:  "the former value cannot be brought back; what starts from now on has the new one",
			Tone:  themes.Warn,
		}
	}
	return &resource.Editor[vvp.Object]{Rules: r}
}

const secretTemplate = `# A new secret value. It is not shown, here or anywhere, and no draft of it is kept.
namespace: %s # where it goes to; this line is not sent
kind: SecretValue
apiVersion: v1
metadata:
  name: MY_SECRET
spec:
  kind: PLAIN
  value:
`

func targetEditor(api *vvpapi.Client) *resource.Editor[vvp.Object] {
	r := rulesOf(api, vvp.Targets, document("DeploymentTarget", members(map[string]*yamldoc.Schema{
		"kubernetes": members(map[string]*yamldoc.Schema{"namespace": text}),
	})))
	r.Template = func(within string) string { return fmt.Sprintf(targetTemplate, within) }
	r.Check = func(_ context.Context, c edit.Change) []edit.Finding { return checkName(c, mixedName) }
	r.Will = func(edit.Change) views.Fact {
		return views.Fact{Label: "what happens", Text: "deployments that start on it from now on run there"}
	}
	return &resource.Editor[vvp.Object]{Rules: r}
}

const targetTemplate = `# A new deployment target. Lines beginning with # are comments: they are not sent.
namespace: %s # where it goes to; this line is not sent
kind: DeploymentTarget
apiVersion: v1
metadata:
  name: kubernetes
spec:
  kubernetes:
    namespace: jobs
`
