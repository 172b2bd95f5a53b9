package cmf

import (
	"context"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views"
	"drey/views/detail"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// described is the page of the first object of a kind whose name is this, any for "".
func described[T any](t *testing.T, k resource.Kind[T], at resource.Location, name string) detail.Document {
	t.Helper()
	theme, _ := themes.New(themes.Options{})
	batch, _, err := k.Source(at).Next(t.Context())
	for batch.Partial && err == nil {
		var changed bool
		var next resource.Batch[T]
		if next, changed, err = k.Source(at).Next(t.Context()); changed {
			batch = next
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range batch.Items {
		if name != "" && k.NameOf(item.Value) != name {
			continue
		}
		d, err := describeItem(t.Context(), k, item, theme)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	t.Fatalf("%s: there is no %q", k.Name, name)
	return detail.Document{}
}

func describeItem[T any](
	ctx context.Context, k resource.Kind[T], item resource.Item[T], theme *themes.Theme,
) (detail.Document, error) {
	return k.Describe(item, time.Now)(ctx, theme)
}

func wants(t *testing.T, d detail.Document, texts ...string) {
	t.Helper()
	page := strings.Join(d.Plain, "\n")
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("%q is not on the page:\n%s", text, page)
		}
	}
}

// TestEveryKindIsDescribed looks at the page of an object of each kind.
func TestEveryKindIsDescribed(t *testing.T) {
	t.Parallel()
	api := running(t)
	prod := resource.Location{Scope: "prod"}
	wants(
		t, described(t, Environments(api), resource.Location{}, "prod"), "CONNECTED", "namespace   ", "made        ",
		"USES", "cluster         default-k8s-cluster", "USED BY", "application", "SPEC", "kubernetesNamespace",
	)
	wants(
		t, described(t, Statements(api), prod, "orders-by-customer"), "USES", "environment", "compute pool    pool",
		"SPEC", "statement:",
	)
	wants(t, described(t, Pools(api), prod, "pool"), "USED BY", "statement", "SPEC")
	wants(
		t, described(t, Catalogs(api), resource.Location{}, "shop"), "secret id", "USED BY", "database",
		"schema.registry.url",
	)
	wants(
		t, described(t, Databases(api), resource.Location{Parent: "shop"}, "orders"), "catalog         shop",
		"bootstrap.servers",
	)
	wants(
		t, described(t, Secrets(api), resource.Location{}, "kafka-client"), "USED BY", "secret mapping",
		"values are never shown",
	)
	wants(t, described(t, SecretMappings(api), prod, ""), "USES", "secret ", "USED BY")
	wants(t, described(t, Instances(api), resource.Location{Scope: "prod", Parent: "orders"}, ""), "SPEC", "image:")
	wants(
		t, described(t, Clusters(api), resource.Location{}, ""), "default-k8s-cluster", "USED BY",
		"environment     prod",
	)
	savepoint := described(t, Savepoints(api), prod, "")
	wants(t, savepoint, "USES", "environment", "prod")
	if page := strings.Join(savepoint.Plain, "\n"); strings.Count(page, "uid  ") != 1 {
		t.Errorf("the uid is to be there once:\n%s", page)
	}
}

// TestASavepointIsNamedWhereAnObjectStartsFromIt describes an application that starts
// from one, with a link to it.
func TestASavepointIsNamedWhereAnObjectStartsFromIt(t *testing.T) {
	t.Parallel()
	api := running(t)
	prod := cmf.Scope{Environment: "prod"}
	listed, err := cmfapi.List[cmf.Savepoint](
		t.Context(), api, cmf.ApplicationSavepoints, cmf.Scope{Environment: "prod", Parent: "shipping-eta"}, cmfapi.Query{},
	)
	if err != nil || len(listed.Items) != 1 {
		t.Fatal(err, len(listed.Items))
	}
	point := listed.Items[0].Metadata
	suspended, err := cmfapi.Get[cmf.FlinkApplication](t.Context(), api, cmf.Applications, prod, "shipping-eta")
	if err != nil {
		t.Fatal(err)
	}
	suspended.Spec = suspended.Spec.With(point.UID, "job", "startFromSavepoint", "uid")
	if _, err := cmfapi.Create(t.Context(), api, cmf.Applications, prod, suspended); err != nil {
		t.Fatal(err)
	}
	title := point.Name + " · " + objects.StampText(point.CreationTimestamp) + " · of shipping-eta"
	theme, _ := themes.New(themes.Options{})
	started, err := cmfapi.Get[cmf.FlinkApplication](t.Context(), api, cmf.Applications, prod, "shipping-eta")
	if err != nil {
		t.Fatal(err)
	}
	d, err := loadApplication(
		api, objects.App{Location: &resource.Location{Scope: "prod"}, Value: started}, time.Now,
	)(t.Context(), theme)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, d, "uid: "+point.UID+"  → "+title, "savepoint       "+point.Name+" COMPLETED ")
}

// TestWhatAnEnvironmentSetsIsMarked describes an application below defaults, with
// labels, an address and a secret.
func TestWhatAnEnvironmentSetsIsMarked(t *testing.T) {
	t.Parallel()
	api := running(t)
	theme, _ := themes.New(themes.Options{})
	scope := cmf.Scope{Environment: "described"}
	defaults, err := cmf.NewObject(map[string]any{"spec": map[string]any{
		"flinkConfiguration": map[string]any{"state.savepoints.dir": "s3://all/of/them"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cmfapi.Create(t.Context(), api, cmf.Environments, cmf.Scope{}, cmf.Environment{
		Name: scope.Environment, KubernetesNamespace: "default", FlinkApplicationDefaults: defaults,
	}); err != nil {
		t.Fatal(err)
	}
	orders, err := cmfapi.Get[cmf.FlinkApplication](
		t.Context(), api, cmf.Applications, cmf.Scope{Environment: "prod"}, "orders",
	)
	if err != nil {
		t.Fatal(err)
	}
	orders.Spec = orders.Spec.With("hunter2", "flinkConfiguration", "s3.secret-key")
	orders.Metadata = cmf.Object(
		`{"name":"orders","labels":{"team":"checkout"},"annotations":{"runbook":"https://wiki.acme.io/orders"}}`,
	)
	orders.Status = nil
	if _, err := cmfapi.Create(t.Context(), api, cmf.Applications, scope, orders); err != nil {
		t.Fatal(err)
	}
	d, err := loadApplication(
		api, objects.App{Location: &resource.Location{Scope: scope.Environment}, Value: orders}, time.Now,
	)(t.Context(), theme)
	if err != nil {
		t.Fatal(err)
	}
	wants(
		t, d, "LABELS", "team  checkout", "ANNOTATIONS", "runbook",
		"state.savepoints.dir: s3://all/of/them  → environment described", "s3.secret-key: *****", "USES",
	)
	if page := strings.Join(d.Plain, "\n"); strings.Contains(page, "hunter2") {
		t.Error("a secret is shown")
	}
	var shown bool
	for _, l := range d.Links {
		msg, ok := l.Msg.(views.BrowseMsg)
		shown = shown || ok && msg.URL == "https://wiki.acme.io/orders"
	}
	if !shown {
		t.Error("the runbook is no link")
	}
}
