package contract

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"drey/client/cmf"
	"drey/server/servertest"
)

// walker exercises operations and notes which codes each has answered.
type walker struct {
	*servertest.World
	seen map[string]bool
}

// list is a page with all applications that a query selects, nil where it is
// refused, which must name the parameter.
func (w *walker) list(t testing.TB, parameter, value string) []cmf.Object {
	w.T = t
	rec := w.Call("GET", servertest.ProdApps+"?size=2000&"+url.Values{parameter: {value}}.Encode(), "")
	if rec.Code == 400 && strings.Contains(rec.Body.String(), parameter) {
		return nil
	}
	if rec.Code != 200 {
		t.Fatalf("%s=%q: got %d %s", parameter, value, rec.Code, rec.Body)
	}
	var page struct{ Items []cmf.Object }
	if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil {
		t.Fatal(err)
	}
	if got, _ := cmf.Object(rec.Body.Bytes()).Int("metadata", "size"); int(got) != len(page.Items) {
		t.Fatalf("%s=%q: got %d items of %d", parameter, value, len(page.Items), got)
	}
	return append([]cmf.Object{}, page.Items...)
}

// typed reads a list as typed clients do; it holds for objects, too.
func (w *walker) typed(target string) {
	if rec := w.Raw("GET", target, ""); rec.Code == 200 {
		var page cmf.Page[map[string]any]
		if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil {
			w.T.Errorf("GET %s: %v", target, err)
		}
	}
}

func (w *walker) send(o servertest.Operation, target, body string, headers ...string) int {
	rec := w.Call(o.Method, target, body, headers...)
	w.seen[o.String()+" "+strconv.Itoa(rec.Code)] = true
	return rec.Code
}

// target names an object that there is.
func (w *walker) target(o servertest.Operation) string {
	instance := cmf.Object(w.Status("orders")).String("currentDeployedInstanceName")
	return strings.NewReplacer(
		"{envName}", "prod", "{appName}", "orders", "{stmtName}", "clicks", "{computePoolName}", "pool",
		"{instName}", instance,
		"{secretName}", "kafka", "secret-mappings/{name}", "secret-mappings/conn", "{catName}", "shop", "{dbName}", "db",
		"{savepointName}", "sp", "{detachedSavepointName}", "old", "{kubernetesClusterName}", "default-k8s-cluster",
	).Replace(o.Path)
}

// furnish makes one object of each kind.
func (w *walker) furnish() {
	w.Environment("prod")
	for _, s := range [][2]string{
		{servertest.ProdApps, servertest.Application("orders", "", "")},
		{servertest.ProdStatements, servertest.SelectFrom("clicks", "SELECT click_id FROM clicks")},
		{servertest.ProdStatements, servertest.SelectFrom("values", "SELECT * FROM (VALUES (1)) AS t (n)")},
		{servertest.ProdStatements, servertest.SelectFrom("show", "SHOW TABLES")},
		{"secrets", servertest.Secret("kafka", `"k":"v"`)},
		{servertest.Mappings, servertest.Mapping("conn", "kafka")},
		{"catalogs/kafka", servertest.Catalog("shop", "", "")},
		{servertest.Databases, servertest.Database("db", "", "")},
		{"detached-savepoints", servertest.Savepoint("old", `"path":"s3://b/x"`)},
	} {
		w.Must("POST", s[0], s[1])
	}
	w.Advance(10 * time.Second)
	w.Must("POST", servertest.ProdApps+"/orders/savepoints", servertest.Savepoint("sp", ""))
	w.Must("POST", servertest.ProdStatements+"/clicks/savepoints", servertest.Savepoint("sp", ""))
	w.Advance(20 * time.Second)
}

// look has every GET answer what is there, what has not changed and what is
// missing, and every write refuse what is no object.
func (w *walker) look(o servertest.Operation) {
	target := w.target(o)
	switch o.Method {
	case "GET":
		rec := w.Call("GET", target, "")
		w.seen[o.String()+" "+strconv.Itoa(rec.Code)] = true
		w.send(o, target, "", "If-None-Match", rec.Header().Get("ETag"))
	case "POST", "PUT":
		w.send(o, target, "[]")
	}
	if places := variable.FindAllStringIndex(o.Path, -1); len(places) > 0 {
		missing := servertest.Operation{
			Method: o.Method, Path: o.Path[:places[len(places)-1][0]] + "missing" + o.Path[places[len(places)-1][1]:],
		}
		w.send(o, w.target(missing), bodies[o.String()])
	}
}

// act does what only a request of its own shows, in this order.
func (w *walker) act() {
	stopped := string(
		cmf.Object(servertest.SelectFrom("values", "SELECT * FROM (VALUES (1)) AS t (n)")).With(true, "spec", "stopped"),
	)
	odd := `{"apiVersion":"v","kind":"ComputePool","metadata":{"name":"p2"},"spec":{"type":"DEDICATED",` +
		`"state":"RUNNING","clusterSpec":{"a":1}}}`
	for _, s := range []struct{ method, target, body string }{
		{"POST", "environments", `{"name":"other","kubernetesNamespace":"x"}`},
		{"POST", servertest.ProdApps, servertest.Application("x", `"parallelism":0`, "")},
		{"POST", servertest.ProdApps, servertest.Application("second", "", "")},
		{"POST", servertest.ProdApps + "/orders/start", ""},
		{"POST", servertest.ProdApps + "/orders/suspend", ""},
		{"POST", servertest.ProdApps + "/orders/suspend", ""},
		{"POST", servertest.ProdApps + "/orders/savepoints", servertest.Savepoint("late", "")},
		{"POST", servertest.ProdApps + "/orders/start", ""},
		{"POST", servertest.ProdApps + "/second/savepoints", servertest.Savepoint("first", "")},
		{"POST", servertest.Mappings, servertest.Mapping("second", "kafka")},
		{"POST", servertest.Mappings, servertest.Mapping("conn", "kafka")},
		{"PUT", servertest.Mappings + "/second", servertest.Mapping("second", "kafka")},
		{"POST", servertest.ProdStatements, servertest.SelectFrom("clicks", "SELECT 1")},
		{"POST", servertest.ProdStatements, strings.Replace(servertest.Statement("x", "SELECT 1"), `"pool"`, `"nope"`, 1)},
		{"POST", servertest.ProdStatements, servertest.Statement("one", "SHOW CATALOGS")},
		{"GET", servertest.ProdStatements + "/show/results", ""},
		{"PUT", servertest.ProdStatements + "/values", stopped},
		{"PUT", servertest.ProdStatements + "/clicks", string(cmf.Object(servertest.SelectFrom("clicks", "SELECT click_id FROM clicks")).With(2, "spec", "parallelism"))},
		{"POST", servertest.ProdStatements + "/values/savepoints", servertest.Savepoint("x", "")},
		{"POST", servertest.ProdStatements + "/clicks/savepoints", servertest.Savepoint("x", "")},
		{"POST", "environments/prod/compute-pools", servertest.Pool("free", "SHARED")},
		{"POST", "environments/prod/compute-pools", servertest.Pool("free", "SHARED")},
		{"POST", "environments/prod/compute-pools", odd},
		{"PUT", "environments/prod/compute-pools/free", servertest.Pool("free", "SHARED")},
		{"PUT", "environments/prod/compute-pools/free", servertest.Pool("free", "DEDICATED")},
		{"PUT", "environments/prod/compute-pools/pool", strings.Replace(servertest.Pool("pool", "DEDICATED"), "v1_19", "v1_20", 1)},
		{"DELETE", "environments/prod/compute-pools/pool", ""},
		{"DELETE", "environments/prod/compute-pools/free", ""},
		{"POST", "secrets", servertest.Secret("second", `"k":"v"`)},
		{"POST", "secrets", servertest.Secret("second", `"k":"v"`)},
		{"PUT", "secrets/second", servertest.Secret("second", `"k":"w"`)},
		{"PUT", "secrets/second", servertest.Secret("second", `"new":"****"`)},
		{"DELETE", "secrets/second", ""},
		{"POST", "catalogs/kafka", servertest.Catalog("second", "", "")},
		{"POST", "catalogs/kafka", servertest.Catalog("second", "", "")},
		{"POST", "catalogs/kafka", servertest.Catalog("third", "", `"kafkaClusters":[{"databaseName":"a","connectionConfig":{"b":"c"}},{"databaseName":"a","connectionConfig":{"b":"c"}}]`)},
		{"PUT", "catalogs/kafka/second", servertest.Catalog("second", "", `"kafkaClusters":[{"databaseName":"a","connectionConfig":{"b":"c"}},{"databaseName":"a","connectionConfig":{"b":"c"}}]`)},
		{"PUT", "catalogs/kafka/second", servertest.Catalog("second", "", "")},
		{"POST", servertest.Databases, servertest.Database("second", "", "")},
		{"POST", servertest.Databases, servertest.Database("second", "", "")},
		{"POST", servertest.Databases, servertest.Database("third", "", `"ddlEnvironments":["nope"]`)},
		{"PUT", servertest.Databases + "/second", servertest.Database("second", "", `"ddlEnvironments":["nope"]`)},
		{"PUT", servertest.Databases + "/second", servertest.Database("second", "", "")},
		{"DELETE", "catalogs/kafka/shop", ""},
		{"DELETE", servertest.Databases + "/second", ""},
		{"DELETE", "catalogs/kafka/second", ""},
		{"POST", "detached-savepoints", servertest.Savepoint("third", "")},
		{"POST", "detached-savepoints", servertest.Savepoint("third", `"path":"s3://b/y"`)},
		{"DELETE", "detached-savepoints/third", ""},
		{"PUT", servertest.Hub, servertest.Cluster("", "")},
		{"POST", servertest.ProdApps + "/orders/savepoints/sp/detach", ""},
		{"DELETE", servertest.ProdStatements + "/clicks/savepoints/sp", ""},
		{"DELETE", servertest.ProdStatements + "/clicks", ""},
		{"DELETE", servertest.ProdStatements + "/one", ""},
		{"DELETE", servertest.Mappings + "/conn", ""},
	} {
		w.again(s.method, s.target, s.body)
	}
	w.Advance(20 * time.Second)
	w.Must("POST", servertest.ProdApps+"/orders/savepoints", servertest.Savepoint("again", ""))
	w.again("DELETE", servertest.ProdApps+"/orders/savepoints/again", "")
	w.Advance(2 * time.Hour)
	w.again("GET", servertest.ProdStatements+"/values/results", "")
	w.again("DELETE", servertest.ProdApps+"/second", "")
	w.again("DELETE", "environments/other", "")
}

// again sends a request and notes its code for the operation that it is.
func (w *walker) again(method, target, body string) {
	router, err := servertest.Routes()
	if err != nil {
		w.T.Fatal(err)
	}
	r := httptest.NewRequest(method, "http://localhost"+cmf.BasePath+"/"+target, nil)
	route, _, err := router.FindRoute(r)
	if err != nil {
		w.T.Fatalf("%s %s: %v", method, target, err)
	}
	w.send(servertest.Operation{Method: method, Path: strings.TrimPrefix(route.Path, cmf.BasePath+"/")}, target, body)
}

// fault takes the store away and sends every operation once more, with a body
// that is taken otherwise: what fails within the server is told as such, in the
// API's shape, with a number to look for in the log and nothing else.
func (w *walker) fault(all []servertest.Operation) {
	w.T.Helper()
	targets := map[string]string{}
	for _, o := range all {
		targets[o.String()] = w.target(o)
	}
	if err := w.Store().Close(); err != nil {
		w.T.Fatal(err)
	}
	for _, o := range all {
		r := httptest.NewRequest(
			o.Method, "http://localhost"+servertest.Absolute(targets[o.String()]),
			strings.NewReader(valid(o, targets[o.String()])),
		)
		r.Header.Set("X-Request-Id", "id-to-look-for")
		rec := httptest.NewRecorder()
		w.Handler().ServeHTTP(rec, r)
		key := o.String() + " " + strconv.Itoa(rec.Code)
		w.seen[key] = true
		switch {
		case rec.Code == 200 && neverAnswered[o.String()+" 500"] != "":
		case rec.Code != 500:
			w.T.Errorf("%s without a store: got %d %s, want 500", o, rec.Code, rec.Body)
		case rec.Body.String() != `{"errors":[{"message":"internal error, request id-to-look-for"}]}`:
			w.T.Errorf("%s without a store: got %s, want the request's id alone", o, rec.Body)
		}
	}
}

func (w *walker) sameInYAML(target string) {
	w.T.Helper()
	asJSON, asYAML := w.Call("GET", target, ""), w.Call("GET", target, "", "Accept", "application/yaml")
	if got := asYAML.Header().Get("Content-Type"); got != "application/yaml" ||
		asJSON.Header().Get("ETag") == asYAML.Header().Get("ETag") {
		w.T.Errorf(
			"GET %s: got %s with the ETag %s, want YAML with one of its own", target, got, asYAML.Header().Get("ETag"),
		)
	}
	var one, other any
	if err := json.Unmarshal(asJSON.Body.Bytes(), &one); err != nil {
		w.T.Fatal(err)
	}
	if err := yaml.Unmarshal(asYAML.Body.Bytes(), &other); err != nil || !reflect.DeepEqual(one, other) {
		w.T.Errorf("GET %s: got %s, %v, want what JSON tells: %s", target, asYAML.Body, err, asJSON.Body)
	}
}

func (w *walker) takesYAML(o servertest.Operation, target string) {
	w.T.Helper()
	body := valid(o, target)
	if body == "" { // an action
		return
	}
	converted, err := yaml.JSONToYAML([]byte(body))
	if err != nil {
		w.T.Fatal(err)
	}
	rec := w.Call(o.Method, target, string(converted), "Content-Type", "application/yaml", "Accept", "application/yaml")
	if rec.Code >= 300 && rec.Code != 422 && rec.Code != 409 { // which refuse what it says
		w.T.Errorf("%s: got %d %s for %s", o, rec.Code, rec.Body, converted)
	}
	if rec.Code < 300 && rec.Body.Len() > 0 && rec.Header().Get("Content-Type") != "application/yaml" {
		w.T.Errorf("%s: answered in %s", o, rec.Header().Get("Content-Type"))
	}
}
