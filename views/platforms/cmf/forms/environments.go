package forms

import (
	"context"
	"fmt"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// environmentSchema is schema Environment, which is flat (cmf-behaviour.md §2.1).
func environmentSchema() *yamldoc.Schema {
	deployment := func() *yamldoc.Schema {
		return object(map[string]*yamldoc.Schema{
			"metadata":   object(map[string]*yamldoc.Schema{"labels": mapOf(text), "annotations": mapOf(text)}),
			"spec":       object(applicationSpec()),
			"apiVersion": text, "kind": text, "flinkConfiguration": options,
		})
	}
	statements := object(map[string]*yamldoc.Schema{"flinkConfiguration": options, "savepointSchedule": scheduleSchema()})
	pool := deployment()
	pool.Fields["spec"] = object(map[string]*yamldoc.Schema{
		"clusterSpec": object(applicationSpec()), "flinkConfiguration": options,
	})
	return object(map[string]*yamldoc.Schema{
		"name":                     text,
		"kubernetesNamespace":      fixed(yamldoc.Schema{Type: yamldoc.Text}, "the namespace of an environment cannot be changed: a copy (a) can have another one"),
		"kubernetesClusterName":    fixed(yamldoc.Schema{Type: yamldoc.Text}, "an environment stays on its cluster: a copy (a) can go to another one"),
		"metadata":                 object(map[string]*yamldoc.Schema{"labels": mapOf(text), "annotations": mapOf(text)}),
		"flinkApplicationDefaults": deployment(), "computePoolDefaults": pool,
		"statementDefaults": object(map[string]*yamldoc.Schema{"detached": statements, "interactive": statements}),
	})
}

// environmentDefaults are members that an update clears by null only
// (cmf-behaviour.md §2.1).
var environmentDefaults = []string{"flinkApplicationDefaults", "computePoolDefaults", "statementDefaults"}

// EnvironmentEditor writes environments, whose documents are flat.
func EnvironmentEditor(api *cmfapi.Client) *resource.Editor[cmf.Environment] {
	r := rulesOf(api, cmf.Environments, environmentSchema())
	w := writer{api: api, kind: ownKind(cmf.Environments), body: EnvironmentBody}
	r.Plan, r.Send = w.plan, w.send
	r.Hidden = func(path []string) bool {
		return serverOwned(path) || len(path) == 1 && path[0] == "secrets" ||
			len(path) == 2 && path[0] == "metadata" && path[1] == "name"
	}
	r.Name = func(doc any) string { return yamldoc.MemberText(doc, "name") }
	r.NamePath = []string{"name"}
	r.At = func(_, name string) views.Ref { return views.Ref{Name: name} }
	r.Template = func(string) string { return environmentTemplate }
	r.Check = func(_ context.Context, c edit.Change) []edit.Finding {
		found := wanted(c.Mine, "kubernetesNamespace")
		if name := yamldoc.MemberText(c.Mine, "name"); c.New && name != "" &&
			(len(name) < 4 || len(name) > 253 || !resourceName.MatchString(name)) {
			found = append(found, edit.Finding{
				Path: []string{"name"},
				Text: "want 4 to 253 lower-case letters, digits, - and ., with a letter or digit at both ends",
			})
		}
		return found
	}
	r.Will = environmentWill
	return &resource.Editor[cmf.Environment]{Rules: r}
}

const environmentTemplate = `# A new environment. Lines beginning with # are comments: they are not sent.
name: my-environment # at least 4 lower-case letters, digits, - and .
kubernetesNamespace: my-namespace # it has to be there, and cannot be changed
# kubernetesClusterName: default-k8s-cluster
# What is set here wins over what applications, pools and statements say:
# flinkApplicationDefaults:
#   spec:
#     flinkConfiguration:
#       state.savepoints.dir: s3://bucket/savepoints
# computePoolDefaults: {}
# statementDefaults:
#   detached: # INSERT INTO
#     flinkConfiguration: {}
#   interactive: # SELECT
#     flinkConfiguration: {}
`

// EnvironmentBody sends all defaults that are there, and null for those that were
// taken out: what is left out may be cleared, or stay (cmf-behaviour.md §2.1).
func EnvironmentBody(c edit.Change) (any, error) {
	doc, _ := clearedLabels(c).(map[string]any)
	live, _ := c.Live.(map[string]any)
	body := map[string]any{}
	for name, value := range doc {
		body[name] = value
	}
	for _, name := range environmentDefaults {
		if _, stays := body[name]; !stays && live[name] != nil {
			body[name] = nil
		}
	}
	return body, nil
}

func environmentWill(c edit.Change) views.Fact {
	f := views.Fact{Label: "what happens", Text: "it is stored"}
	if c.New {
		f.Text = "its account and its secret are made in the namespace"
		return f
	}
	if !c.Touches("flinkApplicationDefaults") {
		return f
	}
	f.Text = "its applications are deployed again where the defaults change them, each as its upgrade mode says"
	f.Tone = themes.Warn
	var before cmf.Environment
	if before.UnmarshalJSON(c.Raw) == nil && before.Status != nil && before.Status.Resources != nil {
		f.Text = fmt.Sprintf(
			"up to %d applications are deployed again where the defaults change them, each as its upgrade mode says",
			objects.HealthOf(before.Status.Resources.Applications).Objects,
		)
	}
	return f
}
