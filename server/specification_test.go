package server

import (
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"

	"github.com/getkin/kin-openapi/openapi3"
)

// neverAnswered are codes that the specification declares and the server has
// no use for, each with its reason.
var neverAnswered = map[string]string{
	"DELETE environments/{envName} 304":                        "a delete either deletes or is refused with its reason: not modified would say neither",
	"DELETE environments/{envName}/applications/{appName} 304": "as above",
	"GET c3/license 500":                                       "it is told without the store, so that nothing can fail",
	"GET system-information 500":                               "as above",
}

// operation is one of the specification.
type operation struct {
	method, path string // path below the API's base
	responses    []int
}

func (o operation) String() string { return o.method + " " + o.path }

func operations(t testing.TB) []operation {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("testdata/cmf-2.3.1.shapes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []operation
	for at, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o := operation{method: method, path: strings.TrimPrefix(at, cmf.BasePath+"/")}
			for code := range op.Responses.Map() {
				n, _ := strconv.Atoi(code)
				o.responses = append(o.responses, n)
			}
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.String(), b.String()) })
	return all
}

// walker exercises operations and notes which codes each has answered.
type walker struct {
	*world
	seen map[string]bool
}

func (w *walker) send(o operation, target, body string, headers ...string) int {
	rec := w.call(o.method, target, body, headers...)
	w.seen[o.String()+" "+strconv.Itoa(rec.Code)] = true
	return rec.Code
}

var variable = regexp.MustCompile(`\{\w+\}`)

// target names an object that there is.
func (w *walker) target(o operation) string {
	instance := cmf.Object(w.status("orders")).String("currentDeployedInstanceName")
	return strings.NewReplacer(
		"{envName}", "prod", "{appName}", "orders", "{stmtName}", "clicks", "{computePoolName}", "pool", "{instName}", instance,
		"{secretName}", "kafka", "secret-mappings/{name}", "secret-mappings/conn", "{catName}", "shop", "{dbName}", "db",
		"{savepointName}", "sp", "{detachedSavepointName}", "old", "{kubernetesClusterName}", "default-k8s-cluster",
	).Replace(o.path)
}

// furnish makes one object of each kind.
func (w *walker) furnish() {
	w.environment("prod")
	for _, s := range [][2]string{
		{prodApps, app("orders", "", "")},
		{prodStatements, selectFrom("clicks", "SELECT click_id FROM clicks")},
		{prodStatements, selectFrom("values", "SELECT * FROM (VALUES (1)) AS t (n)")},
		{prodStatements, selectFrom("show", "SHOW TABLES")},
		{"secrets", secret("kafka", `"k":"v"`)},
		{mappings, mapping("conn", "kafka")},
		{"catalogs/kafka", catalog("shop", "", "")},
		{databases, database("db", "", "")},
		{"detached-savepoints", savepoint("old", `"path":"s3://b/x"`)},
	} {
		w.must("POST", s[0], s[1])
	}
	w.advance(10 * time.Second)
	w.must("POST", prodApps+"/orders/savepoints", savepoint("sp", ""))
	w.must("POST", prodStatements+"/clicks/savepoints", savepoint("sp", ""))
	w.advance(20 * time.Second)
}

func savepoint(name, spec string) string {
	return `{"apiVersion":"cmf.confluent.io/v1","kind":"Savepoint","metadata":{"name":"` + name + `"},"spec":{` + spec + `}}`
}

// look has every GET answer what is there, what has not changed and what is
// missing, and every write refuse what is no object.
func (w *walker) look(o operation) {
	target := w.target(o)
	switch o.method {
	case "GET":
		rec := w.call("GET", target, "")
		w.seen[o.String()+" "+strconv.Itoa(rec.Code)] = true
		w.send(o, target, "", "If-None-Match", rec.Header().Get("ETag"))
	case "POST", "PUT":
		w.send(o, target, "[]")
	}
	if places := variable.FindAllStringIndex(o.path, -1); len(places) > 0 {
		missing := operation{o.method, o.path[:places[len(places)-1][0]] + "missing" + o.path[places[len(places)-1][1]:], nil}
		w.send(o, w.target(missing), bodies[o.String()])
	}
}

// bodies are valid ones for writes whose path or reference is missing.
var bodies = map[string]string{
	"POST environments/{envName}/applications":                      app("x", "", ""),
	"POST environments/{envName}/statements":                        sql("x", "SELECT 1"),
	"POST environments/{envName}/compute-pools":                     pool("x", "SHARED"),
	"POST environments/{envName}/secret-mappings":                   mapping("x", "kafka"),
	"POST environments/{envName}/applications/{appName}/savepoints": savepoint("x", ""),
	"POST environments/{envName}/statements/{stmtName}/savepoints":  savepoint("x", ""),
	"POST catalogs/kafka/{catName}/databases":                       database("x", "", ""),
	"PUT environments/{envName}/statements/{stmtName}":              sql("missing", "SELECT 1"),
	"PUT environments/{envName}/compute-pools/{computePoolName}":    pool("missing", "SHARED"),
	"PUT environments/{envName}/secret-mappings/{name}":             mapping("missing", "kafka"),
	"PUT secrets/{secretName}":                                      secret("missing", `"k":"v"`),
	"PUT catalogs/kafka/{catName}":                                  catalog("missing", "", ""),
	"PUT catalogs/kafka/{catName}/databases/{dbName}":               database("missing", "", ""),
	"PUT kubernetes-clusters/{kubernetesClusterName}":               `{"apiVersion":"v","kind":"KubernetesCluster","metadata":{"name":"missing"},"spec":{}}`,
}

// act does what only a request of its own shows, in this order.
func (w *walker) act() {
	stopped := string(cmf.Object(selectFrom("values", "SELECT * FROM (VALUES (1)) AS t (n)")).With(true, "spec", "stopped"))
	odd := `{"apiVersion":"v","kind":"ComputePool","metadata":{"name":"p2"},"spec":{"type":"DEDICATED","state":"RUNNING","clusterSpec":{"a":1}}}`
	for _, s := range []struct{ method, target, body string }{
		{"POST", "environments", `{"name":"other","kubernetesNamespace":"x"}`},
		{"POST", prodApps, app("x", `"parallelism":0`, "")},
		{"POST", prodApps, app("second", "", "")},
		{"POST", prodApps + "/orders/start", ""},
		{"POST", prodApps + "/orders/suspend", ""},
		{"POST", prodApps + "/orders/suspend", ""},
		{"POST", prodApps + "/orders/savepoints", savepoint("late", "")},
		{"POST", prodApps + "/orders/start", ""},
		{"POST", prodApps + "/second/savepoints", savepoint("first", "")},
		{"POST", mappings, mapping("second", "kafka")},
		{"POST", mappings, mapping("conn", "kafka")},
		{"PUT", mappings + "/second", mapping("second", "kafka")},
		{"POST", prodStatements, selectFrom("clicks", "SELECT 1")},
		{"POST", prodStatements, strings.Replace(sql("x", "SELECT 1"), `"pool"`, `"nope"`, 1)},
		{"POST", prodStatements, sql("one", "SHOW CATALOGS")},
		{"GET", prodStatements + "/show/results", ""},
		{"PUT", prodStatements + "/values", stopped},
		{"PUT", prodStatements + "/clicks", string(cmf.Object(selectFrom("clicks", "SELECT click_id FROM clicks")).With(2, "spec", "parallelism"))},
		{"POST", prodStatements + "/values/savepoints", savepoint("x", "")},
		{"POST", prodStatements + "/clicks/savepoints", savepoint("x", "")},
		{"POST", "environments/prod/compute-pools", pool("free", "SHARED")},
		{"POST", "environments/prod/compute-pools", pool("free", "SHARED")},
		{"POST", "environments/prod/compute-pools", odd},
		{"PUT", "environments/prod/compute-pools/free", pool("free", "SHARED")},
		{"PUT", "environments/prod/compute-pools/free", pool("free", "DEDICATED")},
		{"PUT", "environments/prod/compute-pools/pool", strings.Replace(pool("pool", "DEDICATED"), "v1_19", "v1_20", 1)},
		{"DELETE", "environments/prod/compute-pools/pool", ""},
		{"DELETE", "environments/prod/compute-pools/free", ""},
		{"POST", "secrets", secret("second", `"k":"v"`)},
		{"POST", "secrets", secret("second", `"k":"v"`)},
		{"PUT", "secrets/second", secret("second", `"k":"w"`)},
		{"PUT", "secrets/second", secret("second", `"new":"****"`)},
		{"DELETE", "secrets/second", ""},
		{"POST", "catalogs/kafka", catalog("second", "", "")},
		{"POST", "catalogs/kafka", catalog("second", "", "")},
		{"POST", "catalogs/kafka", catalog("third", "", `"kafkaClusters":[{"databaseName":"a","connectionConfig":{"b":"c"}},{"databaseName":"a","connectionConfig":{"b":"c"}}]`)},
		{"PUT", "catalogs/kafka/second", catalog("second", "", `"kafkaClusters":[{"databaseName":"a","connectionConfig":{"b":"c"}},{"databaseName":"a","connectionConfig":{"b":"c"}}]`)},
		{"PUT", "catalogs/kafka/second", catalog("second", "", "")},
		{"POST", databases, database("second", "", "")},
		{"POST", databases, database("second", "", "")},
		{"POST", databases, database("third", "", `"ddlEnvironments":["nope"]`)},
		{"PUT", databases + "/second", database("second", "", `"ddlEnvironments":["nope"]`)},
		{"PUT", databases + "/second", database("second", "", "")},
		{"DELETE", "catalogs/kafka/shop", ""},
		{"DELETE", databases + "/second", ""},
		{"DELETE", "catalogs/kafka/second", ""},
		{"POST", "detached-savepoints", savepoint("third", "")},
		{"POST", "detached-savepoints", savepoint("third", `"path":"s3://b/y"`)},
		{"DELETE", "detached-savepoints/third", ""},
		{"PUT", hub, cluster("", "")},
		{"POST", prodApps + "/orders/savepoints/sp/detach", ""},
		{"DELETE", prodStatements + "/clicks/savepoints/sp", ""},
		{"DELETE", prodStatements + "/clicks", ""},
		{"DELETE", prodStatements + "/one", ""},
		{"DELETE", mappings + "/conn", ""},
	} {
		w.again(s.method, s.target, s.body)
	}
	w.advance(20 * time.Second)
	w.must("POST", prodApps+"/orders/savepoints", savepoint("again", ""))
	w.again("DELETE", prodApps+"/orders/savepoints/again", "")
	w.advance(2 * time.Hour)
	w.again("GET", prodStatements+"/values/results", "")
	w.again("DELETE", prodApps+"/second", "")
	w.again("DELETE", "environments/other", "")
}

// again sends a request and notes its code for the operation that it is.
func (w *walker) again(method, target, body string) {
	router, err := specification()
	if err != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequest(method, "http://localhost"+cmf.BasePath+"/"+target, nil)
	route, _, err := router.FindRoute(r)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, target, err)
	}
	w.send(operation{method: method, path: strings.TrimPrefix(route.Path, cmf.BasePath+"/")}, target, body)
}

func TestEveryOperationIsServedAndAnswersEachOfItsCodes(t *testing.T) {
	w := &walker{world: newWorld(t), seen: map[string]bool{}}
	w.furnish()
	all := operations(t)
	if len(all) != 64 {
		t.Errorf("got %d operations, want 64", len(all))
	}
	for _, o := range all {
		w.look(o)
	}
	w.act()
	w.fault(all)
	for _, o := range all {
		for _, code := range o.responses {
			key := o.String() + " " + strconv.Itoa(code)
			if never := neverAnswered[key] != ""; w.seen[key] == never {
				t.Errorf("%s: answered %v, said to be never answered %v", key, w.seen[key], never)
			}
		}
	}
}
