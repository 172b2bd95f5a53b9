package cmf

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/views"
	"drey/views/browse"
	"drey/views/diff"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/platform"
	"drey/views/platforms/cmf/forms"
	"drey/views/resource"
)

// edited reviews a text, wants nothing wrong in it, sends it, and compares the
// exchanges with the plan.
func edited(t *testing.T, api *cmfapi.Client, r *edit.Rules, draft views.Draft) {
	t.Helper()
	rv, err := r.Review(t.Context(), draft, nil)
	if err != nil {
		t.Fatalf("%s: %v\n%s", r.Kind, err, draft.Text)
	}
	if !rv.Ready() {
		t.Fatalf("%s: %v\n%s", r.Kind, rv.Problems, draft.Text)
	}
	plan := r.Plan(rv.Change)
	before := len(api.Calls().Snapshot())
	p, taken := &edit.Progress{}, false
	if _, err := r.Apply(t.Context(), rv.Change, p, time.Now, func() { taken = true }); err != nil || !taken {
		t.Fatalf("%s: %v, %v\n%s", r.Kind, taken, err, draft.Text)
	}
	var want, got []string
	for _, s := range plan {
		want = append(want, s.Method+" "+s.Path)
	}
	calls := api.Calls().Snapshot()
	for i := len(calls) - before - 1; i >= 0 && len(got) < len(want); i-- { // what follows is looking
		got = append(got, calls[i].Method+" "+strings.TrimPrefix(calls[i].URL, api.URL()))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: sent %v, planned %v", r.Kind, got, want)
	}
	for _, c := range calls[:len(calls)-before] {
		if c.Method != "GET" && !slices.Contains(want, c.Method+" "+strings.TrimPrefix(c.URL, api.URL())) {
			t.Errorf("%s: %s was sent beside the plan", r.Kind, c.Line())
		}
	}
}

// rulesFor are the rules of a kind, as whatever has no screen sees them.
func rulesFor[T any](k resource.Kind[T]) *edit.Rules { return browse.EditorOf(browse.Untyped(k)) }

func draftOf(t *testing.T, r *edit.Rules, ref views.Ref, replace ...string) views.Draft {
	t.Helper()
	raw, err := r.Read(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	text, err := r.Text(raw)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(replace...).Replace(text)
	if changed == text {
		t.Fatalf("%v is not in\n%s", replace, text)
	}
	return views.Draft{Target: ref, Base: raw, Text: changed}
}

func fresh(r *edit.Rules, within string, replace ...string) views.Draft {
	return views.Draft{New: true, Text: strings.NewReplacer(replace...).Replace(r.Template(within))}
}

// TestEachKindIsMadeAndChangedAsPlanned makes an object of each kind from its
// template, changes it, and compares what was sent with the plan.
func TestEachKindIsMadeAndChangedAsPlanned(t *testing.T) {
	t.Parallel()
	api := running(t)
	label := []string{"  name: ", "  labels: {team: \"007\"}\n  name: "}

	envs := rulesFor(Environments(api))
	edited(t, api, envs, fresh(envs, "", "my-environment", "made-here", "my-namespace", "flink-prod"))
	env := views.Ref{Kind: envs.Kind, Name: "made-here"}
	edited(t, api, envs, draftOf(
		t, envs, env, "kubernetesNamespace:",
		"flinkApplicationDefaults:\n  spec: {flinkConfiguration: {a.b: \"1\"}}\ncomputePoolDefaults: {x: {}}\n"+
			"kubernetesNamespace:",
	))

	apps := rulesFor(Applications(api))
	edited(t, api, apps, fresh(apps, "made-here"))
	app := views.Ref{Kind: apps.Kind, Scope: "made-here", Name: "my-application"}
	edited(t, api, apps, draftOf(t, apps, app, "parallelism: 1", "parallelism: 0x2 # two"))
	if got, err := cmfapi.Get[cmf.FlinkApplication](
		t.Context(), api, cmf.Applications, cmf.Scope{Environment: "made-here"}, "my-application",
	); err != nil || got.Parallelism() != 2 {
		t.Errorf("the application is %+v, %v", got, err)
	}

	pools := rulesFor(Pools(api))
	edited(t, api, pools, fresh(pools, "made-here"))
	edited(t, api, pools, draftOf(t, pools, views.Ref{Kind: pools.Kind, Scope: "made-here", Name: "my-pool"}, label...))

	statements := rulesFor(Statements(api))
	edited(t, api, statements, fresh(
		statements, "made-here", "INSERT INTO my_sink", "INSERT INTO `examples`.`marketplace`.`blackhole`",
		"SELECT * FROM my_source", "SELECT url FROM `examples`.`marketplace`.`clicks`",
	))
	edited(t, api, statements, draftOf(
		t, statements, views.Ref{Kind: statements.Kind, Scope: "made-here", Name: "my-statement"}, "parallelism: 1",
		"parallelism: 2",
	))

	catalogs := rulesFor(Catalogs(api))
	edited(t, api, catalogs, fresh(catalogs, ""))
	edited(t, api, catalogs, draftOf(
		t, catalogs, views.Ref{Kind: catalogs.Kind, Name: "my-catalog"}, "schema-registry:8081", "other:8081",
	))

	databases := rulesFor(Databases(api))
	edited(t, api, databases, fresh(databases, "my-catalog"))
	edited(t, api, databases, draftOf(
		t, databases, views.Ref{Kind: databases.Kind, Parent: "my-catalog", Name: "my-database"}, "spec:",
		"spec:\n  ddlEnvironments: [made-here]",
	))

	secrets := rulesFor(Secrets(api))
	edited(t, api, secrets, fresh(secrets, "", "jaas.config:", "jaas.config: hunter2"))
	edited(t, api, secrets, draftOf(
		t, secrets, views.Ref{Kind: secrets.Kind, Name: "my-secret"}, "jaas.config:",
		"jaas.config: hunter3\n    more: hunter4",
	))

	mappings := rulesFor(SecretMappings(api))
	edited(t, api, mappings, fresh(mappings, "made-here"))
	edited(t, api, mappings, draftOf(
		t, mappings, views.Ref{Kind: mappings.Kind, Scope: "made-here", Name: "my-id"}, label...,
	))

	clusters := rulesFor(Clusters(api))
	edited(t, api, clusters, draftOf(t, clusters, views.Ref{Kind: clusters.Kind, Name: cmf.DefaultCluster}, label...))

	savepoints := rulesFor(Savepoints(api))
	edited(t, api, savepoints, fresh(savepoints, "prod/orders"))
	edited(t, api, savepoints, fresh(savepoints, "detached", "# path: s3://bucket/savepoints", "path: s3://bucket/s1"))

	for _, c := range api.Calls().Snapshot() {
		if strings.Contains(c.Curl(), "hunter") {
			t.Errorf("a secret is in the log of calls: %s", c.Curl())
		}
	}
	editable := map[string]bool{}
	for _, k := range NewSession("", api).Kinds {
		editable[k.Info().Name] = browse.EditorOf(k) != nil
	}
	for name, is := range editable {
		if !is {
			t.Errorf("%s cannot be edited", name)
		}
	}
}

// TestWhatTheServerWouldRefuseIsSaidBefore reviews texts that no server takes.
func TestWhatTheServerWouldRefuseIsSaidBefore(t *testing.T) {
	t.Parallel()
	api := running(t)
	apps, statements, pools, secrets := rulesFor(Applications(api)), rulesFor(
		Statements(api),
	), rulesFor(Pools(api)), rulesFor(Secrets(api))
	envs, clusters, databases, savepoints := rulesFor(Environments(api)), rulesFor(Clusters(api)), rulesFor(
		Databases(api),
	), rulesFor(Savepoints(api))
	orders := views.Ref{Kind: apps.Kind, Scope: "prod", Name: "orders"}
	running := aStatement(t, api, cmf.PhaseRunning)
	secret := aSecret(t, api)
	for _, c := range []struct {
		name  string
		rules *edit.Rules
		draft views.Draft
		want  string
	}{
		{"a name of the operator's", apps, draftOf(t, apps, orders, "flinkConfiguration:", "flinkConfiguration:\n    kubernetes.cluster-id: x"), "spec.flinkConfiguration.kubernetes.cluster-id: it is set by the operator"},
		{"no parallelism", apps, draftOf(t, apps, orders, "parallelism: 8", "parallelism: 0"), "spec.job.parallelism: it must be larger than 0"},
		{"another name", apps, draftOf(t, apps, orders, "  name: orders", "  name: other"), "metadata.name: the name cannot be changed"},
		{"a name that is there", apps, fresh(apps, "prod", "my-application", "orders"), "orders in prod is there already"},
		{"a name that is none", apps, fresh(apps, "prod", "my-application", "My_App"), "metadata.name: want at most 45"},
		{"nowhere", apps, fresh(apps, ""), "environment: it does not say where it goes to: write one of development, prod, staging"},
		{"an environment that is none", apps, fresh(apps, "prot"), "no such value prot (prod?)"},
		{"a text of a statement", statements, draftOf(t, statements, running, "SELECT ", "SELECT 1, "), "spec.statement: the text of a statement cannot be changed"},
		{"another pool", statements, draftOf(t, statements, running, "computePoolName: ", "computePoolName: x"), "spec.computePoolName: a statement stays in its pool: a copy (a) can go"},
		{"a pool that is none", statements, fresh(statements, running.Scope), "there is no compute pool my-pool in " + running.Scope},
		{"a pool that is used", pools, draftOf(t, pools, views.Ref{Kind: pools.Kind, Scope: running.Scope, Name: poolOf(t, api, running)}, "  clusterSpec:", "  clusterSpec:\n    mode: native"), "the server refuses it while statements run in the pool: stop "},
		{"no values", secrets, views.Draft{Target: secret, Base: mustRead(t, secrets, secret), Text: strings.ReplaceAll(mustText(t, secrets, secret), "# The", "# the")}, "its value is wanted: an update replaces all of them"},
		{"a mask", secrets, fresh(secrets, "", "jaas.config:", `jaas.config: "****"`), "write the value itself"},
		{"a namespace", envs, draftOf(t, envs, views.Ref{Kind: envs.Kind, Name: "prod"}, "kubernetesNamespace: ", "kubernetesNamespace: x"), "kubernetesNamespace: the namespace of an environment cannot be changed"},
		{"a cluster that is used", clusters, draftOf(t, clusters, views.Ref{Kind: clusters.Kind, Name: cmf.DefaultCluster}, "ACTIVE", "DECOMMISSIONED"), "the server refuses it while environments are on the cluster: development · prod · staging"},
		{"an environment for DDL", databases, fresh(databases, "shop", "# ddlEnvironments: [my-environment]", "ddlEnvironments: [prot]"), "there is no environment prot (prod?)"},
		{"a savepoint of nothing", savepoints, fresh(savepoints, "prod"), "of: want ENVIRONMENT/APPLICATION"},
		{"a detached one without a path", savepoints, fresh(savepoints, "detached"), "spec.path: it is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rv, err := c.rules.Review(t.Context(), c.draft, nil)
			if err != nil {
				t.Fatal(err)
			}
			said := ""
			for _, p := range rv.Problems {
				if !p.Warning {
					said += p.Text + "\n"
				}
			}
			if !strings.Contains(said, c.want) || rv.Ready() {
				t.Errorf("got %q, ready %v; want %q in\n%s", said, rv.Ready(), c.want, c.draft.Text)
			}
		})
	}
}

func mustRead(t *testing.T, r *edit.Rules, ref views.Ref) json.RawMessage {
	t.Helper()
	raw, err := r.Read(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func mustText(t *testing.T, r *edit.Rules, ref views.Ref) string {
	t.Helper()
	text, err := r.Text(mustRead(t, r, ref))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// aStatement waits for a statement in a phase.
func aStatement(t *testing.T, api *cmfapi.Client, phase string) views.Ref {
	t.Helper()
	for range 100 {
		table, err := browse.Untyped(Statements(api)).List(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(table.Rows, func(r platform.Row) bool { return r.State == phase }); i >= 0 {
			return table.Rows[i].Ref
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("no statement is %s", phase)
	return views.Ref{}
}

func poolOf(t *testing.T, api *cmfapi.Client, ref views.Ref) string {
	t.Helper()
	s, err := cmfapi.Get[cmf.Statement](t.Context(), api, cmf.Statements, cmf.Scope{Environment: ref.Scope}, ref.Name)
	if err != nil {
		t.Fatal(err)
	}
	return s.Spec.ComputePoolName
}

func aSecret(t *testing.T, api *cmfapi.Client) views.Ref {
	t.Helper()
	table, err := browse.Untyped(Secrets(api)).List(t.Context(), "")
	if err != nil || len(table.Rows) == 0 {
		t.Fatal(err, "there is no secret")
	}
	return table.Rows[0].Ref
}

// TestDefaultsThatAreTakenOutAreCleared sends null for them, and all others as
// they are.
func TestDefaultsThatAreTakenOutAreCleared(t *testing.T) {
	t.Parallel()
	live := map[string]any{
		"name": "prod", "flinkApplicationDefaults": map[string]any{"spec": "x"},
		"computePoolDefaults": map[string]any{"y": "z"}, "metadata": map[string]any{"labels": map[string]any{"a": "b"}},
	}
	merged := map[string]any{
		"name": "prod", "computePoolDefaults": map[string]any{"y": "z"}, "metadata": map[string]any{},
	}
	body, err := forms.EnvironmentBody(edit.Change{Live: live, Merged: merged})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"name": "prod", "computePoolDefaults": map[string]any{"y": "z"}, "flinkApplicationDefaults": nil,
		"metadata": map[string]any{"labels": map[string]any{}},
	}
	if !diff.Equal(body, want) {
		t.Errorf("got %v, want %v", body, want)
	}
}

// TestTheTextOfEachObjectSaysAllThatAPersonWrote reads every object of the demo,
// and wants its text to hold the same document, and to find nothing wrong in it.
func TestTheTextOfEachObjectSaysAllThatAPersonWrote(t *testing.T) {
	t.Parallel()
	api := running(t)
	for _, k := range NewSession("", api).Kinds {
		r := browse.EditorOf(k)
		if r == nil || r.Private {
			continue
		}
		table, err := k.List(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range table.Rows {
			raw, err := r.Read(t.Context(), row.Ref)
			if client.IsNotFound(err) {
				continue // it ended meanwhile
			}
			if err != nil {
				t.Fatal(err)
			}
			text, err := r.Text(raw)
			if err != nil {
				t.Fatal(err)
			}
			doc, problems := yamldoc.Parse(text)
			if len(problems) == 0 {
				problems = yamldoc.Check(doc, r.Schema)
			}
			for _, p := range problems {
				t.Errorf("%s %s: line %d: %s", k.Info().Singular, row.Ref.Name, p.Line, p.Text)
			}
			rv, err := r.Review(
				context.WithoutCancel(t.Context()), views.Draft{Target: row.Ref, Base: raw, Text: text}, nil,
			)
			if err == nil && !rv.Unchanged() {
				t.Errorf("%s %s: its own text changes %v", k.Info().Singular, row.Ref.Name, rv.Yours)
			}
		}
	}
}
