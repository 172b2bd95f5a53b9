package cmf

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/views/platforms/cmf/objects"
	"drey/views/usedby"
)

// treeLines are a tree as text, a line for each node.
func treeLines(t usedby.Tree) string {
	var b strings.Builder
	var walk func([]usedby.Node, int)
	walk = func(nodes []usedby.Node, depth int) {
		for _, n := range nodes {
			b.WriteString(strings.Repeat("  ", depth) + n.What + " " + n.Name)
			if n.Scope != "" {
				b.WriteString(" in " + n.Scope)
			}
			b.WriteString("\n")
			walk(n.Children, depth+1)
		}
	}
	walk(t.Nodes, 0)
	return b.String() + strings.Join(t.Missing, "\n")
}

// TestTheInstanceThatRunsIsAsItsApplication compares the newest instance of each
// application of the demo with what the application says of its job.
func TestTheInstanceThatRunsIsAsItsApplication(t *testing.T) {
	t.Parallel()
	api := running(t)
	listed, err := cmfapi.List[cmf.FlinkApplication](
		t.Context(), api, cmf.Applications, cmf.Scope{Environment: "prod"}, cmfapi.Query{},
	)
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]bool{}
	for _, a := range listed.Items {
		tree := usesOfApplication(t.Context(), api, "prod", a.Name())
		if len(tree.Nodes) == 0 || a.Status.String("currentDeployedInstanceName") == "" {
			continue
		}
		again, err := cmfapi.Get[cmf.FlinkApplication](
			t.Context(), api, cmf.Applications, cmf.Scope{Environment: "prod"}, a.Name(),
		)
		if err != nil || again.JobState() != a.JobState() {
			continue // it changes while it is looked at
		}
		want, _ := objects.JobState(a.JobState(), "")
		if got := tree.Nodes[0]; got.State != want {
			t.Errorf("%s is %s, its instance %s", a.Name(), want, got.State)
		}
		states[want] = true
	}
	if !states[cmf.JobFinished] || !states[cmf.JobRunning] {
		t.Errorf("the demo has %v only", states)
	}
}

// TestWhatUsesAnObjectIsFound looks for users of each kind in the demo.
func TestWhatUsesAnObjectIsFound(t *testing.T) {
	t.Parallel()
	api := running(t)
	of := cmf.Statement{APIVersion: cmf.APIVersion, Kind: cmf.Statements.Name, Metadata: cmf.Metadata{
		Name: "of-shop",
	}, Spec: cmf.StatementSpec{
		Statement: "SELECT * FROM t", ComputePoolName: "pool",
		Properties: map[string]string{cmf.PropertyCatalog: "shop", cmf.PropertyDatabase: "orders"},
	}}
	if _, err := cmfapi.Create(t.Context(), api, cmf.Statements, cmf.Scope{Environment: "prod"}, of); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		tree     func(context.Context) usedby.Tree
		has, not []string
	}{
		"environment": {
			func(ctx context.Context) usedby.Tree { return usesOfEnvironment(ctx, api, "prod") },
			[]string{
				"application ", "\n  instance ", "\n    savepoint ", "statement ", "compute pool ", "secret mapping ",
			},
			nil,
		},
		"secret": {
			func(ctx context.Context) usedby.Tree { return usesOfSecret(ctx, api, "kafka-client") },
			[]string{"secret mapping kafka-client-conn in prod", "database orders"},
			nil,
		},
		"pool": {
			func(ctx context.Context) usedby.Tree { return usesOfPool(ctx, api, "prod", "pool") },
			[]string{"statement "},
			[]string{"application "},
		},
		"database": {
			func(ctx context.Context) usedby.Tree { return usesOfDatabase(ctx, api, "shop", "orders") },
			[]string{"statement of-shop in prod"},
			[]string{"statement show-tables"},
		},
		"catalog": {
			func(ctx context.Context) usedby.Tree { return usesOfCatalog(ctx, api, "shop") },
			[]string{"database ", "statement of-shop in prod"},
			[]string{"statement show-tables"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tree := c.tree(t.Context())
			tree.Fill(t.Context())
			text := "\n" + treeLines(tree)
			for _, want := range c.has {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in the tree:%s", want, text)
				}
			}
			for _, unwanted := range c.not {
				if strings.Contains(text, unwanted) {
					t.Errorf("%q is in the tree:%s", unwanted, text)
				}
			}
			if len(tree.Missing) > 0 {
				t.Errorf("could not be looked at: %q", tree.Missing)
			}
		})
	}
}

// failingAt passes requests on to the server of api but for those whose path ends
// so: they fail.
func failingAt(t *testing.T, api *cmfapi.Client, end string) *cmfapi.Client {
	t.Helper()
	to, err := url.Parse(api.URL())
	if err != nil {
		t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(to)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, end) {
			http.Error(w, `{"errors":[{"message":"the database is down"}]}`, http.StatusForbidden)
			return
		}
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	broken, err := cmfapi.New(client.Config{URL: web.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broken.Close)
	return broken
}

// TestWhatCouldNotBeLookedAtIsSaid gives what is known where one list fails.
func TestWhatCouldNotBeLookedAtIsSaid(t *testing.T) {
	t.Parallel()
	api := running(t)
	broken := failingAt(t, api, "/statements")
	tree := usesOfEnvironment(t.Context(), broken, "prod")
	text := treeLines(tree)
	if !strings.Contains(text, "application ") || !strings.Contains(
		text, "statements in prod could not be looked at: ",
	) {
		t.Errorf("got\n%s", text)
	}
	var said bool
	for _, f := range tree.Facts() {
		said = said || strings.Contains(f.Text, "could not be looked at")
	}
	if !said {
		t.Errorf("the question says nothing of it: %v", tree.Facts())
	}
}

// TestANameInAStatementIsUsed finds catalogs in texts and properties, and not in
// strings and comments.
func TestANameInAStatementIsUsed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"SELECT * FROM shop.a.t":             true,
		"SELECT * FROM `shop`.a.t":           true,
		"SELECT 'shop' FROM t -- shop":       false,
		"SELECT * FROM SHOP.a.t":             false,
		"SELECT * FROM shops.a.t /* shop */": false,
		"USE CATALOG shop":                   true,
	} {
		var s cmf.Statement
		s.Spec.Statement = text
		if _, got := usesName(s, cmf.PropertyCatalog, "shop"); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
	s := cmf.Statement{}
	s.Spec.Properties = map[string]string{cmf.PropertyCatalog: "shop"}
	if remark, yes := usesName(s, cmf.PropertyCatalog, "shop"); !yes || remark != "runs in it" {
		t.Errorf("got %q %v", remark, yes)
	}
}
