package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/server/servertest"
)

// rng throws the calls of one random client.
type rng struct{ *rand.Rand }

// odd is mostly one of good.
func (d rng) odd(bad any, good ...any) any {
	if servertest.OneIn(d, 12) {
		return bad
	}
	return servertest.Pick(d, good...)
}

var oddNames = []string{
	"nope", "..", "%2e%2e", "a%2Fb", "a%00b", "%1b%5B31m", "%FF", "UPPER", strings.Repeat("x", 300),
	"'%20OR%201=1--", "ü", "a,b", "*", "%25",
}

func (d rng) name(known ...string) string {
	if servertest.OneIn(d, 15) {
		return servertest.Pick(d, oddNames...)
	}
	return servertest.Pick(d, known...)
}

func (d rng) environment() string {
	return d.name("prod", "prod", "prod", "prod", "prod", "staging", "env-four")
}

func (d rng) path() string {
	env := "environments/" + d.environment()
	app := env + "/applications/" + d.name("order", "click", "app")
	stmt := env + "/statements/" + d.name("query", "insert", "show")
	return servertest.Pick(d, "environments", "environments", env, env, env+"/applications", app, app, app+"/start", app+
		"/suspend",
		app+"/instances", app+"/instances/"+d.name("nope"), app+"/savepoints", app+"/savepoints/"+d.name("sp1", "sp2"),
		app+"/savepoints/"+d.name("sp1")+"/detach", "/cmf/api/v1alpha1/"+app+"/events",
		env+"/statements", stmt, stmt, stmt+"/results", stmt+"/exceptions", stmt+"/savepoints",
		stmt+"/savepoints/"+d.name("sp1"),
		env+"/compute-pools", env+"/compute-pools/"+d.name("pool", "shared"),
		"detached-savepoints", "detached-savepoints/"+d.name("sp1", "old"), "system-information",
		"resource-information", "c3/license",
		"secrets", "secrets/"+d.name("kafka", "registry"), env+"/secret-mappings",
		env+"/secret-mappings/"+d.name("conn", "kafka"),
		"catalogs/kafka", "catalogs/kafka/"+d.name("shop", "open"), "catalogs/kafka/"+d.name("shop", "open")+"/databases",
		"catalogs/kafka/"+d.name("shop", "open")+"/databases/"+d.name("db", "inline"), servertest.Clusters,
		servertest.Clusters+"/"+d.name("default-k8s-cluster"),
		d.odd("nothing/here", env).(string))
}

// method is mostly one that the path knows.
func (d rng) method(path string) string {
	path, _, _ = strings.Cut(path, "?")
	last := path[strings.LastIndex(path, "/")+1:]
	switch {
	case servertest.OneIn(d, 12):
		return servertest.Pick(d, "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "POST")
	case strings.HasSuffix(path, "catalogs/kafka"):
		return servertest.Pick(d, "GET", "POST", "POST")
	case last == "start" || last == "suspend" || last == "detach":
		return "POST"
	case strings.HasSuffix(last, "s") && last != "results" && last != "exceptions" && last != "instances" &&
		last != "events":
		return servertest.Pick(d, "GET", "POST", "POST")
	}
	if last == "prod" && !servertest.OneIn(d, 20) {
		return "GET"
	}
	return servertest.Pick(d, "GET", "GET", "GET", "GET", "PUT", "DELETE")
}

func (d rng) query() string {
	q := url.Values{}
	for range d.IntN(4) {
		switch d.IntN(9) {
		case 0:
			q.Set("page", servertest.Pick(d, "0", "1", "999999", "-1", "x", "99999999999999999999"))
		case 1:
			q.Set("size", servertest.Pick(d, "1", "20", "2000", "5000", "0", "-3", "x", "1e3"))
		case 2:
			q.Add("sort", servertest.Pick(
				d, "name", "name,desc", "metadata.name,asc", "creationTimestamp,desc", "nothing", "name,up", ",",
				"name;drop",
			))
		case 3:
			q.Set("filter", d.filter())
		case 4:
			q.Set("search", servertest.Pick(d, "o", "%", "_", "'", "\x00", ""))
		case 5:
			q.Set("searchScope", servertest.Pick(d, "name", "statement", "message", "nothing", ""))
		case 6:
			q.Set("fields", servertest.Pick(
				d, "metadata.name", "name,,spec", "..", "status.jobStatus.state", strings.Repeat("a.", 500),
			))
		case 7:
			q.Set(servertest.Pick(d, "force", "include-resource-information"), servertest.Pick(d, "true", "false", "yes"))
		case 8:
			q.Set(
				servertest.Pick(d, "page-token", "startFromSavepointUid", "compute-pool", "name"),
				servertest.Pick(d, "", "x", "bm90IGEgdG9rZW4"),
			)
			q.Set("phase", servertest.Pick(d, "running", "failed"))
		}
	}
	return q.Encode()
}

func (d rng) filter() string {
	terms := []string{
		"name=o*", "name=", "name", "labels.team=a", "labels.team!=a", "labels.team in (a, b)", "labels.team notin (a)",
		"!labels.x", "labels.x", "state=RUNNING", "phase in (RUNNING,FAILED)", "type=JOB_STATUS", "in (",
		"labels.a in ()", "state!=x",
		"name='; DROP TABLE objects; --", strings.Repeat("(", 300), ",", "ü=é", "labels.a-b.c/d=e",
	}
	out := servertest.Pick(d, terms...)
	if servertest.OneIn(d, 3) {
		out += "," + servertest.Pick(d, terms...)
	}
	return out
}

// named is a name for an object below path, its own where path has one.
func (d rng) named(path string) string {
	path, _, _ = strings.Cut(path, "?")
	last := path[strings.LastIndex(path, "/")+1:]
	switch {
	case servertest.OneIn(d, 10):
		return d.name("other")
	case strings.HasSuffix(last, "savepoints"):
		return servertest.Pick(d, "sp1", "sp2")
	case last == "statements":
		return servertest.Pick(d, "query", "insert", "show")
	case last == "applications":
		return servertest.Pick(d, "order", "click", "app")
	case last == "compute-pools":
		return servertest.Pick(d, "pool", "shared")
	case last == "secrets":
		return servertest.Pick(d, "kafka", "registry")
	case last == "secret-mappings":
		return servertest.Pick(d, "conn", "kafka")
	case last == "databases":
		return servertest.Pick(d, "db", "inline")
	case strings.HasSuffix(path, "catalogs/kafka"):
		return servertest.Pick(d, "shop", "open")
	}
	return last
}

// body is a plausible object for the path, spoilt once in three.
func (d rng) body(path string) string {
	meta := map[string]any{"name": d.named(path)}
	if servertest.OneIn(d, 3) {
		meta["labels"] = map[string]any{"team": servertest.Pick(d, "a", "b")}
	}
	doc := map[string]any{"apiVersion": "cmf.confluent.io/v1", "metadata": meta}
	switch {
	case strings.Contains(path, "savepoints"):
		doc["kind"] = "Savepoint"
		doc["spec"] = map[string]any{
			"formatType": d.odd("ODD", "CANONICAL", "NATIVE"), "backoffLimit": servertest.Pick(d, -1, 0, 3),
			"path": servertest.Pick(d, "", "file:///x"),
		}
	case strings.Contains(path, "compute-pools"):
		doc["kind"] = "ComputePool"
		doc["spec"] = map[string]any{
			"type": d.odd("ODD", "DEDICATED", "SHARED"), "clusterSpec": map[string]any{"image": "i"},
		}
	case strings.Contains(path, "statements"):
		doc["kind"] = "Statement"
		doc["spec"] = map[string]any{
			"statement": servertest.Pick(
				d, "SELECT 1", "SHOW TABLES", "SELECT * FROM examples.marketplace.orders", "nonsense", "",
			),
			"computePoolName": d.odd("nope", "pool"), "stopped": servertest.OneIn(d, 4),
		}
	case strings.Contains(path, "applications"):
		doc["kind"] = "FlinkApplication"
		doc["spec"] = map[string]any{"image": "i", "flinkVersion": "v1_20", "job": map[string]any{
			"jarURI": "local:///x.jar", "parallelism": d.odd(0, 1, 2, 4), "state": servertest.Pick(d, "running", "suspended"),
			"upgradeMode": d.odd("odd", "stateless", "savepoint", "last-state"),
		}}
	case strings.Contains(path, "secret-mappings"):
		doc["kind"] = "EnvironmentSecretMapping"
		doc["spec"] = map[string]any{"secretName": d.odd("nope", "kafka", "registry")}
	case strings.Contains(path, "secrets"):
		doc["kind"] = "Secret"
		doc["spec"] = map[string]any{"data": map[string]any{"password": servertest.Pick(d, "hunter2", "****", "")}}
	case strings.Contains(path, "databases"):
		doc["kind"] = "KafkaDatabase"
		doc["spec"] = map[string]any{"kafkaCluster": connection(d), "ddlEnvironments": []any{d.odd("nope", "prod")}}
	case strings.Contains(path, "catalogs"):
		inline := map[string]any{
			"databaseName": servertest.Pick(d, "inline", "db"), "connectionConfig": map[string]any{"a": "b"},
		}
		doc["kind"] = "KafkaCatalog"
		doc["spec"] = map[string]any{"srInstance": connection(d), "kafkaClusters": servertest.Pick(
			d, []any{}, []any{inline}, []any{inline, inline},
		)}
	case strings.Contains(path, servertest.Clusters):
		doc["kind"] = "KubernetesCluster"
		doc["spec"] = map[string]any{"lifecycleState": d.odd("ODD", "ACTIVE", "DECOMMISSIONED")}
	default:
		doc = map[string]any{"name": d.environment(), "kubernetesNamespace": d.odd("Other", "default")}
	}
	if servertest.OneIn(d, 6) {
		d.spoil(doc)
	}
	text, _ := json.Marshal(doc)
	if servertest.OneIn(d, 15) {
		return servertest.Pick(
			d, "", "{", "null", "[]", `"x"`, "{\"a\":", "\xff\xfe", string(text[:len(text)/2]),
			strings.Repeat("[", 10_000), "a: [b", "--- !!int x",
		)
	}
	return string(text)
}

func connection(d rng) map[string]any {
	return map[string]any{
		"connectionConfig": map[string]any{"url": "x"}, "connectionSecretId": servertest.Pick(d, "conn", "kafka"),
	}
}

// spoil puts a value of another type, a null or a stranger somewhere.
func (d rng) spoil(doc map[string]any) {
	odd := servertest.Pick[any](
		d, nil, 7, "text", true, []any{}, []any{1, "a"}, map[string]any{}, map[string]any{"x": nil}, -1, 1e300,
		strings.Repeat("y", 5000), "\x1b[31m\x00",
	)
	for _, key := range slices.Sorted(maps.Keys(doc)) {
		if !servertest.OneIn(d, len(doc)) {
			continue
		}
		value := doc[key]
		if inner, ok := value.(map[string]any); ok && !servertest.OneIn(d, 2) {
			d.spoil(inner)
			return
		}
		doc[key] = odd
		return
	}
	doc["stranger"] = odd
}

// TestRandomClientNeverBreaksTheContract makes calls, valid and not, and has
// each exchange checked against the specification, in both directions.
func TestRandomClientNeverBreaksTheContract(t *testing.T) {
	calls := 10_000
	if testing.Short() {
		calls = 1000
	}
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Environment("staging")
	seen := map[int]int{}
	d := rng{rand.New(rand.NewPCG(1, 2))}
	for i := range calls {
		method, path, body := d.invent(t)
		kind := "application/json"
		if body != "" {
			kind = servertest.Pick(
				d, kind, kind, kind, kind, kind, kind, kind, "application/yaml", "text/plain",
				"application/json; charset=utf-8",
			)
		}
		accept := servertest.Pick(d, "application/json", "*/*", "application/yaml", "text/html")
		rec := w.Call(method, path, body, "Content-Type", kind, "Accept", accept)
		seen[rec.Code]++
		if t.Failed() {
			t.Fatalf(
				"call %d: %s %s (%s, accepts %s) with %.300q: %d %.300s", i, method, path, kind, accept, body, rec.Code,
				rec.Body,
			)
		}
		if i%100 == 99 { // what was deleted comes back, and time goes on
			w.Call("POST", "environments", `{"name":"prod","kubernetesNamespace":"default"}`)
			w.Call("POST", "environments/prod/compute-pools", servertest.Pool("pool", "DEDICATED"))
			w.Advance(time.Duration(d.IntN(20)) * time.Second)
		}
	}
	if seen[200]+seen[201]+seen[204] < calls/10 {
		t.Errorf("hardly a call succeeded: %s", fmt.Sprint(seen))
	}
	t.Log(seen)
}
