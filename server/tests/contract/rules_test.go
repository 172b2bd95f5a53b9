package contract

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

// TestNamesOfEveryKind has the bounds and the pattern of each kind's names.
func TestNamesOfEveryKind(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", "secrets", servertest.Secret("s", `"k":"v"`))
	w.Must("POST", "catalogs/kafka", servertest.Catalog("c", "", ""))
	x := func(n int) string { return strings.Repeat("x", n) }
	general := map[string]bool{
		x(253): true, x(254): false, "a.b-c": true, "1a": true, "a.b.c1": true, "A": false, "a_b": false, "-a": false,
		"a-":   false,
		"a..b": false, "a.-b": false, "ä": false, "a b": false, "a/b": false, "": false, "a\nb": false, "a\x00b": false,
	}
	longer := map[string]bool{"abcd": true, "abc": false}
	deployed := map[string]bool{
		"a": true, x(45): true, x(46): false, "1a": false, "a-1": true, "a.b": false, "A": false, "a-": false,
		"": false, "ä": false,
	}
	free := map[string]bool{
		"a": true, x(253): true, x(254): false, "Ünïcode name 1": false, "a/b": false, "a\tb": false,
		"a\x7fb": false, "": true, "%2f": false, "..x": false, "a.b-1": true,
	}
	small := map[string]bool{"a": true, "1": true}
	for _, k := range []struct {
		kind, collection, body, field string
		names                         []map[string]bool
	}{
		{"environment", "environments", `{"name":"NAME","kubernetesNamespace":"x"}`, "name", []map[string]bool{general, longer}},
		{"pool", "environments/prod/compute-pools", servertest.Pool("NAME", "SHARED"), "metadata.name", []map[string]bool{general, small}},
		{"secret", "secrets", servertest.Secret("NAME", `"k":"v"`), "metadata.name", []map[string]bool{general, small}},
		{"mapping", servertest.Mappings, servertest.Mapping("NAME", "s"), "metadata.name", []map[string]bool{general, small}},
		{"catalog", "catalogs/kafka", servertest.Catalog("NAME", "", ""), "metadata.name", []map[string]bool{general, small}},
		{"database", "catalogs/kafka/c/databases", servertest.Database("NAME", "", ""), "metadata.name", []map[string]bool{general, small}},
		{"application", servertest.ProdApps, servertest.Application("NAME", "", ""), "metadata.name", []map[string]bool{deployed}},
		{"statement", servertest.ProdStatements, servertest.Statement("NAME", "SHOW CATALOGS"), "metadata.name", []map[string]bool{deployed}},
		{"savepoint", "detached-savepoints", servertest.Savepoint("NAME", `"path":"s3://x"`), "metadata.name", []map[string]bool{free}},
	} {
		for _, names := range k.names {
			for name, good := range names {
				if k.kind == "environment" && good && len(name) < 4 {
					good = false
				}
				text, _ := json.Marshal(name)
				rec := w.Call("POST", k.collection, strings.Replace(k.body, `"NAME"`, string(text), 1))
				switch {
				case good && rec.Code >= 300:
					t.Errorf("%s %q: got %d %s, want it taken", k.kind, name, rec.Code, rec.Body)
				case !good && (rec.Code != 400 || !strings.Contains(rec.Body.String(), k.field)):
					t.Errorf("%s %q: got %d %s, want 400 that names the field", k.kind, name, rec.Code, rec.Body)
				case good && name != "":
					w.Must("GET", k.collection+"/"+url.PathEscape(name), "")
				}
			}
		}
	}
}

// TestAlreadySoIsNoEvent: 304 has no body, and nothing happened.
func TestAlreadySoIsNoEvent(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	w.Advance(10 * time.Second)
	events := func() string {
		return w.Must("GET", "/cmf/api/v1alpha1/"+servertest.ProdApps+"/orders/events", "").String("metadata", "size")
	}
	before, etag := events(), w.Call("GET", servertest.ProdApps+"/orders", "").Header().Get("ETag")
	if rec := w.Call("POST", servertest.ProdApps+"/orders/start", ""); rec.Code != 304 || rec.Body.Len() != 0 {
		t.Errorf("start of the running: got %d %s", rec.Code, rec.Body)
	}
	if got := events(); got != before || w.Call("GET", servertest.ProdApps+"/orders", "").Header().Get("ETag") != etag {
		t.Errorf("start of the running: got %s events, want %s and nothing changed", got, before)
	}
	w.Must("POST", servertest.ProdApps+"/orders/suspend", "")
	w.Advance(10 * time.Second)
	before = events()
	if rec := w.Call("POST", servertest.ProdApps+"/orders/suspend", ""); rec.Code != 304 || rec.Body.Len() != 0 ||
		events() != before {
		t.Errorf("suspend of the suspended: got %d %s, %s events", rec.Code, rec.Body, events())
	}
}

// TestWhatClientsMayNotSetIsTheServers sends what the server owns, and leaves
// out and clears what is the client's.
func TestWhatClientsMayNotSetIsTheServers(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	const mine = "2001-01-01T00:00:00Z"
	owned := func(body string) string {
		return string(cmf.Object(body).With("mine", "metadata", "uid").With(mine, "metadata", "creationTimestamp").
			With(map[string]any{"phase": "RUNNING", "state": "COMPLETED", "version": "9"}, "status"))
	}
	for target, body := range map[string]string{
		servertest.ProdApps:               servertest.Application("orders", "", ""),
		servertest.ProdStatements:         servertest.SelectFrom("clicks", "SELECT click_id FROM clicks"),
		"environments/prod/compute-pools": servertest.Pool("more", "SHARED"),
		"secrets":                         servertest.Secret("kafka", `"k":"v"`),
		"catalogs/kafka":                  servertest.Catalog("shop", "", ""),
		"detached-savepoints":             servertest.Savepoint("old", `"path":"s3://x"`),
	} {
		for _, got := range []cmf.Object{w.Must("POST", target, owned(body)), w.Must(
			"GET", target+"/"+cmf.Object(body).String("metadata", "name"), "",
		)} {
			if strings.Contains(string(got), `"mine"`) || strings.Contains(string(got), mine) ||
				got.String("status", "version") == "9" {
				t.Errorf("%s: got %s, want the server's own", target, got)
			}
		}
	}
	servertest.Play(w, []scenario{
		{"defaults", "POST", "environments", `{"name":"prod","flinkApplicationDefaults":{"spec":{"a":1}},"computePoolDefaults":{"clusterSpec":{"b":2}},"metadata":{"name":"prod","labels":{"c":"d"}}}`, nil, 200, `"a":1 & "b":2 & "c":"d"`},
		{"left out", "POST", "environments", `{"name":"prod"}`, nil, 200, `"a":1 & "b":2 & "c":"d"`},
		{"another cluster", "POST", "environments", `{"name":"prod","kubernetesClusterName":"other"}`, nil, 400, "other"},
	})
	cleared := w.Must(
		"POST", "environments",
		`{"name":"prod","flinkApplicationDefaults":null,"computePoolDefaults":{},"metadata":{"name":"prod","labels":{}}}`,
	)
	if strings.Contains(string(cleared), `"a":1`) || strings.Contains(string(cleared), `"b":2`) ||
		strings.Contains(string(cleared), `"c":"d"`) {
		t.Errorf("got %s, want null and {} to clear", cleared)
	}
}

// TestFreeMapsKeepWhatWasWritten in every place that has one.
func TestFreeMapsKeepWhatWasWritten(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	const odd = `{"n":9007199254740993,"e":1.50,"x":-0.0,"s":"<&>","u":"\u00e9","null":null,"deep":[[{"k":[]}]]}`
	previous := regexp.MustCompile(`9007199254740993.*1\.50.*-0\.0`)
	for target, body := range map[string]string{
		servertest.ProdApps: string(
			cmf.Object(servertest.Application("orders", "", "")).With(json.RawMessage(odd), "spec", "own").With(
				json.RawMessage(odd), "metadata", "own",
			),
		),
		"environments/prod/compute-pools": string(cmf.Object(servertest.Pool("more", "SHARED")).With(
			json.RawMessage(odd), "spec", "clusterSpec", "own",
		)),
		"environments": `{"name":"more","kubernetesNamespace":"x","computePoolDefaults":{"own":` +
			odd + `}}`,
	} {
		made := w.Must("POST", target, body)
		name := made.String("metadata", "name")
		if got := w.Call("GET", target+"/"+name, "").Body.String(); !previous.MatchString(got) ||
			!strings.Contains(got, `"deep":[[{"k":[]}]]`) || !strings.Contains(got, `"null":null`) {
			t.Errorf("%s: got %s, want what was written: %s", target, got, odd)
		}
	}
}

// TestTimesAreUTCWithMilliseconds, and with nanoseconds those of savepoints.
func TestTimesAreUTCWithMilliseconds(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	w.Advance(10 * time.Second)
	w.Clock.Jump(123456789 * time.Nanosecond)
	w.Must("POST", servertest.ProdApps+"/orders/savepoints", servertest.Savepoint("sp", ""))
	w.Advance(30 * time.Second)
	millis := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	nanos := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$`)
	sp := w.Must("GET", servertest.ProdApps+"/orders/savepoints/sp", "")
	for _, name := range []string{"triggerTimestamp", "resultTimestamp"} {
		if got := sp.String("status", name); !nanos.MatchString(got) {
			t.Errorf("%s: got %q, want nanoseconds", name, got)
		}
	}
	for _, target := range []string{
		"environments/prod", servertest.ProdApps + "/orders", servertest.ProdApps + "/orders/savepoints/sp",
		"environments/prod/compute-pools/pool", "kubernetes-clusters/default-k8s-cluster",
	} {
		if got := w.Must("GET", target, "").String("metadata", "creationTimestamp"); !millis.MatchString(got) {
			t.Errorf("%s: got %q, want milliseconds", target, got)
		}
	}
}

// TestPagesOfResultsAreOfAThousandRowsAndCanBeAskedAgain reads a long result.
func TestPagesOfResultsAreOfAThousandRowsAndCanBeAskedAgain(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	var values []string
	for i := range 2500 {
		values = append(values, fmt.Sprintf("(%d)", i))
	}
	w.Must(
		"POST", servertest.ProdStatements,
		servertest.SelectFrom("long", "SELECT * FROM (VALUES "+strings.Join(values, ",")+") AS t (n)"),
	)
	w.Advance(10 * time.Second)
	var tokens, pages []string
	total := 0
	for token := ""; len(tokens) < 10; {
		rows, next := w.Page("long", token)
		if len(rows) > 1000 {
			t.Fatalf("a page has %d rows", len(rows))
		}
		total += len(rows)
		tokens, pages = append(tokens, token), append(pages, strings.Join(rows, "\n"))
		if token = next; token == "" {
			break
		}
	}
	if total != 2500 || len(pages) < 3 {
		t.Errorf("got %d rows on %d pages, want 2500", total, len(pages))
	}
	for i, token := range tokens {
		if rows, _ := w.Page("long", token); strings.Join(rows, "\n") != pages[i] {
			t.Errorf("page %d asked again is another", i)
		}
	}
	for _, token := range []string{"x", tokens[1] + "x", tokens[1][:len(tokens[1])-3], "bm90IGEgdG9rZW4"} {
		if code := w.Call(
			"GET", servertest.ProdStatements+"/long/results?page-token="+url.QueryEscape(token), "",
		).Code; code != 400 {
			t.Errorf("token %q: got %d, want 400", token, code)
		}
	}
}
