package cmf

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/server"
	"drey/server/demo"
	"drey/ui/uitest"
	"drey/views"
	"drey/views/browse"
	"drey/views/platform"
	"drey/views/resource"
)

func TestMain(m *testing.M) {
	uitest.SideBySide()
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

// running is a demo server whose loop runs by the real clock.
func running(t *testing.T) *cmfapi.Client {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := server.Open(ctx, server.Config{Listen: "127.0.0.1:0", Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Seed(t.Context(), s, demo.Options{}); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("server: %v", err)
		}
	})
	api, err := cmfapi.New(client.Config{URL: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	return api
}

// TestWhatActionsSendIsWhatTheirPlansSay does every action of every kind, in every
// way that it has, and compares method and path of every exchange with the plan.
func TestWhatActionsSendIsWhatTheirPlansSay(t *testing.T) {
	t.Parallel()
	api := running(t)
	done := map[string][]string{}
	planned(t, api, done, Applications(api))
	planned(t, api, done, Statements(api))
	planned(t, api, done, Savepoints(api))
	planned(t, api, done, SecretMappings(api))
	planned(t, api, done, Secrets(api))
	planned(t, api, done, Pools(api))
	planned(t, api, done, Databases(api), "shop")
	planned(t, api, done, Catalogs(api))
	if _, err := cmfapi.Create(t.Context(), api, cmf.Environments, cmf.Scope{}, cmf.Environment{
		Name: "empty", KubernetesNamespace: "default",
	}); err != nil {
		t.Fatal(err)
	}
	planned(t, api, done, Environments(api))
	for _, k := range NewSession("", api).Kinds {
		for _, verb := range k.Info().Verbs {
			if !slices.Contains(done[k.Info().Name], verb.Do) {
				t.Errorf("%s of %s was not tried", verb.Do, k.Info().Name)
			}
		}
	}
}

// planned does each verb of a kind once, and each other way to do it.
func planned[T any](t *testing.T, api *cmfapi.Client, done map[string][]string, k resource.Kind[T], parents ...string) {
	t.Helper()
	at := resource.Location{Parent: strings.Join(parents, "")}
	for _, action := range k.Actions {
		for _, verb := range action.Verbs {
			item, ok := findFor(t, k, at, action, verb)
			if !ok {
				t.Errorf("%s: there is nothing to %s", k.Name, verb.Do)
				continue
			}
			how := ""
			if action.Ways != nil {
				choices, err := action.Ways(t.Context(), item, time.Now())
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range choices {
					if c.How != "" {
						how = c.How // the plain way is tried by the others
					}
				}
			}
			runPlanned(t, api, k, action, item, how)
			done[k.Name] = append(done[k.Name], verb.Do)
		}
	}
}

// findFor waits for an item that verb may be done to.
func findFor[T any](
	t *testing.T, k resource.Kind[T], at resource.Location, action resource.Action[T], verb views.Verb,
) (resource.Item[T], bool) {
	t.Helper()
	for range 100 {
		source := k.Source(at)
		batch, _, err := source.Next(t.Context())
		for batch.Partial && err == nil { // what is asked late would be taken for a step
			next, changed, nextErr := source.Next(t.Context())
			if err = nextErr; changed {
				batch = next
			}
		}
		if c, ok := source.(interface{ Close() }); ok {
			c.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range batch.Items {
			if action.Verb(item.Value) == verb && (action.Refuse == nil || action.Refuse(item.Value) == nil) &&
				(action.RefuseItem == nil || action.RefuseItem(item) == nil) && hasWay(t, action, item) {
				return item, true
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return resource.Item[T]{}, false
}

// hasWay tells that there is a way to do it to an item.
func hasWay[T any](t *testing.T, action resource.Action[T], item resource.Item[T]) bool {
	if !action.Chosen {
		return true
	}
	ways, err := action.Ways(t.Context(), item, time.Now())
	return err == nil && len(ways) > 0
}

func runPlanned[T any](
	t *testing.T, api *cmfapi.Client, k resource.Kind[T], action resource.Action[T], item resource.Item[T], how string,
) {
	t.Helper()
	if how == "" {
		how = action.Plain
	}
	how = strings.ReplaceAll(how, resource.NewToken, "a1b2")
	plan := action.Plan(item, how)
	before := len(api.Calls().Snapshot())
	var steps []views.Step
	said := func(s views.Step) { steps = append(steps, s) }
	var err error
	if action.Stages != nil {
		ref := views.Ref{
			Kind: k.Name, Scope: item.Scope, Parent: item.Parent, Name: k.NameOf(item.Value), UID: k.Key(item),
		}
		err = browse.Untyped(k).Do(t.Context(), action.Verb(item.Value), ref, how, said)
	} else {
		_, err = action.Run(t.Context(), item, how, said)
	}
	var sent []string
	calls := api.Calls().Snapshot()
	for _, call := range calls[:len(calls)-before] {
		address, _ := url.Parse(call.URL)
		sent = append(sent, call.Method+" "+address.RequestURI())
	}
	slices.Reverse(sent)
	sent, want := changing(sent), changing(lines(plan))
	if !slices.Equal(sent, want) || !slices.Equal(changing(lines(steps)), want) {
		t.Errorf(
			"%s %s (%v):\nplan %q\nsent %q\nsaid %q", action.Verb(item.Value).Do, k.NameOf(item.Value), err, want, sent,
			lines(steps),
		)
	}
}

// changing are the requests that change something: looking at what comes of them
// is no step.
func changing(requests []string) []string {
	return slices.DeleteFunc(slices.Clone(requests), func(r string) bool { return strings.HasPrefix(r, "GET ") })
}

func lines(steps []views.Step) []string {
	var out []string
	for _, s := range steps {
		out = append(out, s.Method+" "+s.Path)
	}
	return out
}

// TestKindsAreFoundWithoutAScreen lists every kind of the session, reads one of
// its objects, and plans what can be done to it.
func TestKindsAreFoundWithoutAScreen(t *testing.T) {
	t.Parallel()
	api := running(t)
	// of the others none is deleted, for they are not empty
	if _, err := cmfapi.Create(t.Context(), api, cmf.Environments, cmf.Scope{}, map[string]any{
		"name": "empty", "kubernetesNamespace": "empty",
	}); err != nil {
		t.Fatal(err)
	}
	for _, k := range NewSession("", api).Kinds {
		t.Run(k.Info().Name, func(t *testing.T) {
			table, err := k.List(t.Context(), "")
			if err != nil || len(table.Rows) == 0 || len(table.Notes) > 0 {
				t.Fatalf("got %d rows, %q, %v", len(table.Rows), table.Notes, err)
			}
			for _, row := range table.Rows {
				if len(row.Cells) != len(table.Columns) || row.Ref.Name == "" || row.Ref.Kind != k.Info().Name {
					t.Fatalf("row %+v of %q", row, table.Columns)
				}
			}
			first := table.Rows[0]
			whole, err := k.Get(t.Context(), first.Ref)
			if err != nil || len(cmf.Object(whole).Get("metadata")) == 0 && len(cmf.Object(whole).Get("name")) == 0 {
				t.Errorf("got %s, %v", whole, err)
			}
			if len(k.Info().Verbs) > 0 && !planOf(t, k, table) {
				t.Error("nothing can be done to any of them")
			}
		})
	}
}

func planOf(t *testing.T, k platform.Kind, table platform.Table) bool {
	for _, row := range table.Rows {
		for _, verb := range k.Info().Verbs {
			if plan, err := k.Plan(t.Context(), verb, row.Ref, ""); err == nil && len(plan) > 0 {
				return true
			}
		}
	}
	return false
}
