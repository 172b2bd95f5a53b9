package contract

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/httpapi"
	"drey/server/servertest"
)

func TestEnvironmentScenarios(t *testing.T) {
	servertest.Play(servertest.NewWorld(t), []scenario{
		{"none yet", "GET", "environments", "", nil, 200, `"metadata":{"size":0},"items":[]`},
		{"a short name", "POST", "environments", `{"name":"abc","kubernetesNamespace":"x"}`, nil, 400, "size must be between 4 and 253"},
		{"a wrong name", "POST", "environments", `{"name":"Prod","kubernetesNamespace":"x"}`, nil, 400, "name: must consist of lower case"},
		{"a short name", "POST", "environments", `{"name":"pro","kubernetesNamespace":"x"}`, nil, 400, `"name: size must be between 4 and 253"`},
		{"no namespace", "POST", "environments", `{"name":"prod"}`, nil, 400, "kubernetesNamespace: must not be empty"},
		{"two names", "POST", "environments", `{"name":"prod","metadata":{"name":"other"},"kubernetesNamespace":"x"}`, nil, 400, "is not metadata.name"},
		{"an unknown cluster", "POST", "environments", `{"name":"prod","kubernetesNamespace":"x","kubernetesClusterName":"nope"}`, nil, 400, "kubernetesClusterName 'nope' does not exist"},
		{"a create", "POST", "environments", `{"name":"prod","metadata":{"name":"prod","labels":{"a":"b"}},"kubernetesNamespace":"x","flinkApplicationDefaults":{"spec":{"n":9007199254740993}}}`, nil, 200, `"n":9007199254740993`},
		{"an update without namespace keeps all", "POST", "environments", `{"name":"prod","statementDefaults":{"detached":{"flinkConfiguration":{"k":"v"}}}}`, nil, 200, `"kubernetesNamespace":"x" & 9007199254740993 & "labels":{"a":"b"}`},
		{"null clears", "POST", "environments", `{"name":"prod","flinkApplicationDefaults":{}}`, nil, 200, `"flinkApplicationDefaults":{}`},
		{"an immutable namespace", "POST", "environments", `{"name":"prod","kubernetesNamespace":"y"}`, nil, 400, "immutable"},
		{"get", "GET", "environments/prod", "", nil, 200, `"created_time":"2026-03-01T12:00:00.000Z"`},
		{"counts", "GET", "environments?include-resource-information=true", "", nil, 200, `"resources":{"applications":{},"statements":{}}`},
		{"a missing one", "GET", "environments/nope", "", nil, 404, "Environment 'nope' not found"},
		{"delete a missing one", "DELETE", "environments/nope", "", nil, 404, ""},
		{"a pool", "POST", "environments/prod/compute-pools", servertest.Pool("pool", "DEDICATED"), nil, 200, `"phase":"DEDICATED"`},
		{"an application", "POST", servertest.ProdApps, servertest.Application("orders", "", ""), nil, 201, ""},
		{"not empty", "DELETE", "environments/prod", "", nil, 409, "1 application and 1 compute pool"},
		{"by force", "DELETE", "environments/prod?force=true", "", nil, 204, ""},
		{"gone", "GET", "environments/prod", "", nil, 404, ""},
	})
}

func TestApplicationScenarios(t *testing.T) {
	w := servertest.NewWorld(t)
	servertest.Play(w, []scenario{
		{"no environment", "POST", servertest.ProdApps, servertest.Application("orders", "", ""), nil, 404, "Environment 'prod' not found"},
		{"list of no environment", "GET", servertest.ProdApps, "", nil, 404, ""},
	})
	w.Environment("prod")
	servertest.Play(w, []scenario{
		{"a long name", "POST", servertest.ProdApps, servertest.Application(strings.Repeat("a", 46), "", ""), nil, 400, "between 1 and 45"},
		{"a name that starts with a digit", "POST", servertest.ProdApps, servertest.Application("1a", "", ""), nil, 400, "start with a letter"},
		{"another kind", "POST", servertest.ProdApps, `{"apiVersion":"v","kind":"Statement","metadata":{"name":"orders"},"spec":{"a":1}}`, nil, 400, "kind: must be FlinkApplication"},
		{"no spec", "POST", servertest.ProdApps, `{"apiVersion":"v","kind":"FlinkApplication","metadata":{"name":"orders"}}`, nil, 400, "spec: must not be empty"},
		{"parallelism 0", "POST", servertest.ProdApps, servertest.Application("orders", `"parallelism":0`, ""), nil, 422, "Job parallelism must be larger than 0"},
		{"a word as parallelism", "POST", servertest.ProdApps, servertest.Application("orders", `"parallelism":"four"`, ""), nil, 422, "spec.job.parallelism"},
		{"an unknown state", "POST", servertest.ProdApps, servertest.Application("orders", `"state":"paused"`, ""), nil, 422, "running, suspended"},
		{"an unknown mode", "POST", servertest.ProdApps, servertest.Application("orders", `"upgradeMode":"x"`, ""), nil, 422, "spec.job.upgradeMode"},
		{"a forbidden key", "POST", servertest.ProdApps, servertest.Application("orders", "", `"kubernetes.cluster-id":"x"`), nil, 422, "Forbidden Flink config key: kubernetes.cluster-id"},
		{"labels of numbers", "POST", servertest.ProdApps, `{"apiVersion":"v","kind":"FlinkApplication","metadata":{"name":"orders","labels":{"a":1}},"spec":{"a":1}}`, nil, 400, "metadata.labels.a: want a string"},
		{"an unknown savepoint", "POST", servertest.ProdApps, servertest.Application("orders", `"startFromSavepoint":{"savepointName":"nope"}`, ""), nil, 404, "Savepoint 'nope' not found"},
		{"two ways to a savepoint", "POST", servertest.ProdApps, servertest.Application("orders", `"startFromSavepoint":{"savepointName":"a","uid":"b"}`, ""), nil, 422, "want one of"},
		{"a create", "POST", servertest.ProdApps, `{"apiVersion":"cmf.confluent.io/v1","kind":"FlinkApplication","metadata":{"name":"orders","uid":"mine","team":{"x":1},"labels":{"t":"a"}},"spec":{"flinkVersion":"v1_20","x":1.50,"job":{}},"status":{"lifecycleState":"STABLE"}}`, nil, 201, `"lifecycleState":"CREATED" & "x":1.50 & "team":{"x":1}`},
		{"an update keeps labels", "POST", servertest.ProdApps, servertest.Application("orders", `"state":"suspended"`, ""), nil, 201, `"labels":{"t":"a"}`},
		{"suspend a missing one", "POST", servertest.ProdApps + "/nope/suspend", "", nil, 404, "Application 'nope' not found"},
		{"start a missing one", "POST", servertest.ProdApps + "/nope/start", "", nil, 404, ""},
		{"start from nowhere", "POST", servertest.ProdApps + "/orders/start?startFromSavepointUid=nope", "", nil, 404, "Savepoint 'nope' not found"},
		{"a savepoint of the suspended", "POST", servertest.ProdApps + "/orders/savepoints", `{"apiVersion":"v","kind":"Savepoint","metadata":{},"spec":{}}`, nil, 422, "is suspended"},
		{"savepoints of a missing one", "GET", servertest.ProdApps + "/nope/savepoints", "", nil, 404, ""},
		{"events of a missing one", "GET", "/cmf/api/v1alpha1/" + servertest.ProdApps + "/nope/events", "", nil, 404, ""},
		{"an instance that is none", "GET", servertest.ProdApps + "/orders/instances/x", "", nil, 404, "Instance 'x' not found"},
		{"delete a missing one", "DELETE", servertest.ProdApps + "/nope", "", nil, 404, ""},
		{"delete", "DELETE", servertest.ProdApps + "/orders", "", nil, 204, ""},
		{"update of the dying", "POST", servertest.ProdApps, servertest.Application("orders", "", ""), nil, 409, "is being deleted"},
		{"start of the dying", "POST", servertest.ProdApps + "/orders/start", "", nil, 409, "is being deleted"},
		{"it shows", "GET", servertest.ProdApps + "/orders", "", nil, 200, `"lifecycleState":"DELETING"`},
		{"delete by force", "DELETE", servertest.ProdApps + "/orders?force=true", "", nil, 204, ""},
		{"gone", "GET", servertest.ProdApps + "/orders", "", nil, 404, ""},
	})
}

func TestListScenarios(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	for i := range 25 {
		name := fmt.Sprintf("app-%02d", i)
		doc := cmf.Object(servertest.Application(name, `"state":"suspended"`, "")).With(
			map[string]string{"team": fmt.Sprint("t", i%3)}, "metadata", "labels",
		)
		if i == 24 {
			doc = doc.With(nil, "metadata", "labels")
		}
		w.Must("POST", servertest.ProdApps, string(doc))
		w.Clock.Set(w.Clock.Now().Add(time.Second))
	}
	list := func(query, want string) scenario {
		return scenario{query, "GET", servertest.ProdApps + query, "", nil, 200, want}
	}
	bad := func(query, want string) scenario {
		return scenario{query, "GET", servertest.ProdApps + query, "", nil, 400, want}
	}
	servertest.Play(w, []scenario{
		list("", `"size":20,"sort":{"sorted":false & "metadata":{"size":25} & "name":"app-00" & "name":"app-19"`),
		list("?page=1", `"page":1 & "name":"app-24"`),
		list("?page=2", `"metadata":{"size":25},"items":[]`),
		list("?page=99999999999&size=2000", `"items":[]`),
		list("?size=100000", `"size":2000`),
		list("?size=1&sort=name,desc", `"sorted":true & "name":"app-24"`),
		list("?size=1&sort=metadata.creationTimestamp,desc&sort=name", `"name":"app-24"`),
		list("?filter=name=app-07", `"metadata":{"size":1} & app-07`),
		list("?filter=name=*-0*", `"metadata":{"size":10}`),
		list("?filter=name%3DAPP-07", `"metadata":{"size":0}`),
		list("?filter=labels.team=t0", `"metadata":{"size":8}`),
		list("?filter=labels.team!=t0", `"metadata":{"size":17} & app-24`),
		list("?filter=labels.team%20in%20(t0,%20t1),name=app-0*", `"metadata":{"size":7}`),
		list("?filter=labels.team%20notin%20(t0,t1)", `"metadata":{"size":9}`),
		list("?filter=labels.team", `"metadata":{"size":24}`),
		list("?filter=!labels.team", `"metadata":{"size":1} & app-24`),
		list("?filter=state=RUNNING", `"metadata":{"size":0}`),
		list("?filter=name='%20OR%201=1--", `"metadata":{"size":0}`),
		list(
			"?fields=metadata.name,metadata.createdTimestamp,nope&size=1",
			`"items":[{"apiVersion":"cmf.confluent.io/v1","kind":"FlinkApplication","metadata":{"name":"app-00"}}]`,
		),
		list("?unknown=1", `"metadata":{"size":25}`),
		bad("?size=0", "size: must be at least 1"),
		bad("?size=x", "size: want a whole number"),
		bad("?page=-1", "page: must be at least 0"),
		bad("?sort=nope", `sort: unknown property \"nope\"`),
		bad("?filter=nope=1", "filter, position 1: unknown property"),
		bad("?filter=name=a,labels.=1", "filter, position 15"),
		bad("?filter=state!=RUNNING", "filter, position 8"),
		bad("?filter=labels.team%20in%20(a", "want ',' or ')'"),
		bad("?filter=name=", "want a value"),
		bad("?filter=%zz", "malformed"),
		{"search of environments", "GET", "environments?search=PRO&searchScope=name", "", nil, 200, `"metadata":{"size":1}`},
		{"search without scope", "GET", "environments?search=p", "", nil, 400, "searchScope: missing"},
		{"scope without search", "GET", "environments?searchScope=name", "", nil, 400, "search: missing"},
		{"unsupported scope", "GET", "environments?search=p&searchScope=uid", "", nil, 400, "unsupported scope"},
	})
}

func TestPoolScenarios(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	const pools = "environments/prod/compute-pools"
	servertest.Play(w, []scenario{
		{"taken", "POST", pools, servertest.Pool("pool", "DEDICATED"), nil, 409, "Compute pool 'pool' already exists"},
		{"an unknown type", "POST", pools, servertest.Pool("p2", "ODD"), nil, 400, "spec.type: must be DEDICATED or SHARED"},
		{"no clusterSpec", "POST", pools, `{"apiVersion":"v","kind":"ComputePool","metadata":{"name":"p2"},"spec":{"type":"DEDICATED"}}`, nil, 400, "spec.clusterSpec"},
		{"no environment", "POST", "environments/nope/compute-pools", servertest.Pool("p2", "SHARED"), nil, 404, ""},
		{"state of a dedicated one", "POST", pools, `{"apiVersion":"v","kind":"ComputePool","metadata":{"name":"p2"},"spec":{"type":"DEDICATED","state":"RUNNING","clusterSpec":{}}}`, nil, 422, "only a SHARED pool"},
		{"shared", "POST", pools, servertest.Pool("shared", "SHARED"), nil, 200, `"phase":"PENDING"`},
		{"another type", "PUT", pools + "/shared", servertest.Pool("shared", "DEDICATED"), nil, 422, "spec.type: cannot be changed"},
		{"another name", "PUT", pools + "/shared", servertest.Pool("other", "SHARED"), nil, 400, "is not the name of the path"},
		{"of a missing one", "PUT", pools + "/nope", servertest.Pool("nope", "SHARED"), nil, 404, ""},
	})
	w.Advance(3 * time.Second)
	servertest.Play(w, []scenario{
		{"up", "GET", pools + "/shared", "", nil, 200, `"phase":"RUNNING"`},
		{"filter", "GET", pools + "?filter=phase=RUNNING", "", nil, 200, `"metadata":{"size":1}`},
		{"suspend", "PUT", pools + "/shared", `{"apiVersion":"cmf.confluent.io/v1","kind":"ComputePool","metadata":{"name":"shared"},"spec":{"type":"SHARED","state":"SUSPENDED","clusterSpec":{}}}`, nil, 200, ""},
	})
	w.Advance(3 * time.Second)
	servertest.Play(w, []scenario{
		{"down", "GET", pools + "/shared", "", nil, 200, `"phase":"SUSPENDED"`},
		{"delete", "DELETE", pools + "/shared", "", nil, 204, ""},
		{"gone", "GET", pools + "/shared", "", nil, 404, ""},
	})
}

func TestDetachedSavepointScenarios(t *testing.T) {
	const body = `{"apiVersion":"cmf.confluent.io/v1","kind":"Savepoint","metadata":{"name":"mig-1"},` +
		`"spec":{"path":"s3://b/sp"}}`
	servertest.Play(servertest.NewWorld(t), []scenario{
		{"no path", "POST", "detached-savepoints", `{"apiVersion":"v","kind":"Savepoint","metadata":{"name":"x"},"spec":{}}`, nil, 422, "spec.path"},
		{"an odd format", "POST", "detached-savepoints", `{"apiVersion":"v","kind":"Savepoint","metadata":{"name":"x"},"spec":{"path":"a","formatType":"X"}}`, nil, 400, "spec.formatType"},
		{"a slash", "POST", "detached-savepoints", `{"apiVersion":"v","kind":"Savepoint","metadata":{"name":"a/b"},"spec":{"path":"a"}}`, nil, 400, "metadata.name: must consist of"},
		{"a create", "POST", "detached-savepoints", body, nil, 201, `"state":"COMPLETED" & "path":"s3://b/sp"`},
		{"taken", "POST", "detached-savepoints", body, nil, 422, "already exists"},
		{"no name", "POST", "detached-savepoints", `{"apiVersion":"v","kind":"Savepoint","metadata":{},"spec":{"path":"s3://b/2"}}`, nil, 201, `"name":"savepoint-`},
		{"by prefix", "GET", "detached-savepoints?name=mi", "", nil, 200, `"metadata":{"size":1}`},
		{"prefix is no pattern", "GET", "detached-savepoints?name=*", "", nil, 200, `"metadata":{"size":0}`},
		{"delete", "DELETE", "detached-savepoints/mig-1", "", nil, 204, ""},
		{"gone", "GET", "detached-savepoints/mig-1", "", nil, 404, ""},
	})
}

func TestYAMLGoesBothWays(t *testing.T) {
	w := servertest.NewWorld(t)
	rec := w.Call("POST", "environments", "name: prod\nkubernetesNamespace: x\n",
		"Content-Type", "application/yaml", "Accept", "application/yaml")
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), "kubernetesNamespace: x\n") {
		t.Errorf("got %d %s", rec.Code, rec.Body)
	}
	rec = w.Call("GET", "environments/nope", "", "Accept", "application/yaml")
	if rec.Code != 404 || rec.Body.String() != "errors:\n- message: Environment 'nope' not found\n" {
		t.Errorf("got %d %q", rec.Code, rec.Body)
	}
}

func TestETagsAreByContentAndChangeWithEveryWrite(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	w.Advance(10 * time.Second)
	for _, target := range []string{
		servertest.ProdApps, servertest.ProdApps + "/orders/instances",
		"environments?include-resource-information=true", "environments/prod",
	} {
		first := w.Call("GET", target, "")
		etag := first.Header().Get("ETag")
		if etag == "" || strings.HasPrefix(etag, "W/") {
			t.Fatalf("%s: ETag %q, want a strong one", target, etag)
		}
		again := w.Call("GET", target, "", "If-None-Match", etag)
		if again.Code != 304 || again.Body.Len() != 0 || again.Header().Get("ETag") != etag {
			t.Errorf("%s unchanged: got %d with %d bytes", target, again.Code, again.Body.Len())
		}
	}
	etag := w.Call("GET", servertest.ProdApps, "").Header().Get("ETag")
	counts := w.Call("GET", "environments?include-resource-information=true", "").Header().Get("ETag")
	w.Reopen()
	if code := w.Call("GET", servertest.ProdApps, "", "If-None-Match", etag).Code; code != 304 {
		t.Errorf("after a restart: got %d, want 304: the tag is by content", code)
	}
	w.Must("POST", servertest.ProdApps, servertest.Application("payments", "", ""))
	if code := w.Call("GET", servertest.ProdApps, "", "If-None-Match", etag).Code; code != 200 {
		t.Errorf("after a write: got %d, want 200", code)
	}
	if code := w.Call(
		"GET", "environments?include-resource-information=true", "", "If-None-Match", counts,
	).Code; code != 200 {
		t.Errorf("counts after a write: got %d, want 200", code)
	}
}

func TestEveryRouteIsAnOperationOfTheSpecification(t *testing.T) {
	w := servertest.NewWorld(t)
	router, err := servertest.Routes()
	if err != nil {
		t.Fatal(err)
	}
	for _, route := range w.Handler().(*httpapi.API).Routes() {
		target := strings.NewReplacer("{env}", "e", "{parent}", "p", "{name}", "n").Replace(route.Pattern)
		if _, _, err := router.FindRoute(httptest.NewRequest(route.Method, target, nil)); err != nil {
			t.Errorf("%s %s: %v", route.Method, route.Pattern, err)
		}
	}
	for _, c := range httpapi.CodesBeyondSpec {
		if c.Reason == "" {
			t.Errorf("%s %d has no reason", c.Operation, c.Status)
		}
	}
}
