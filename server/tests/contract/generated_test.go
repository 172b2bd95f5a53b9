package contract

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"drey/client/cmf"
	"drey/server/servertest"
)

// whole is a document as generated clients write it: every property of its
// schema, null where nothing was set, and what a server owns as it came.
func whole(t *testing.T, schema, body string) string {
	t.Helper()
	doc, err := servertest.Document()
	if err != nil {
		t.Fatal(err)
	}
	var set map[string]any
	if err := json.Unmarshal([]byte(body), &set); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(filled(doc.Components.Schemas[schema].Value, set))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func filled(schema *openapi3.Schema, set map[string]any) map[string]any {
	for _, part := range schema.AllOf {
		filled(part.Value, set)
	}
	for name, property := range schema.Properties {
		value, there := set[name]
		if inner, ok := value.(map[string]any); ok {
			filled(property.Value, inner)
		}
		if !there {
			set[name] = nil
		}
	}
	return set
}

// TestGeneratedClientsSendEveryPropertyWithNulls makes, reads, sends back and
// deletes one of each kind as generated clients do.
func TestGeneratedClientsSendEveryPropertyWithNulls(t *testing.T) {
	w := servertest.NewWorld(t)
	accept := []string{
		"Accept", "application/json, application/yaml", "Content-Type", "application/json; charset=utf-8",
	}
	for _, k := range []struct{ schema, collection, name, body, update string }{
		{"Environment", "environments", "prod", `{"name":"prod","kubernetesNamespace":"default"}`, "POST"},
		{"ComputePool", "environments/prod/compute-pools", "pool", servertest.Pool("pool", "DEDICATED"), "PUT"},
		{"FlinkApplication", servertest.ProdApps, "orders", servertest.Application("orders", "", ""), "POST"},
		{"Statement", servertest.ProdStatements, "clicks", servertest.SelectFrom("clicks", "SELECT click_id FROM clicks"), "PUT"},
		{"Secret", "secrets", "kafka", servertest.Secret("kafka", `"k":"v"`), "PUT"},
		{"EnvironmentSecretMapping", servertest.Mappings, "conn", servertest.Mapping("conn", "kafka"), "PUT"},
		{"KafkaCatalog", "catalogs/kafka", "shop", servertest.Catalog("shop", "conn", ""), "PUT"},
		{"KafkaDatabase", servertest.Databases, "db", servertest.Database("db", "conn", ""), "PUT"},
		{"Savepoint", "detached-savepoints", "old", servertest.Savepoint("old", `"path":"s3://b/x"`), ""},
		{"KubernetesCluster", "", "default-k8s-cluster", "", "PUT"},
	} {
		at := k.collection + "/" + k.name
		if k.body != "" {
			body := whole(t, k.schema, k.body)
			if !strings.Contains(body, "null") {
				t.Errorf("%s: got %s, want nulls", k.schema, body)
			}
			if rec := w.Call("POST", k.collection+"/", body, accept...); rec.Code != 200 && rec.Code != 201 {
				t.Errorf("%s: create: got %d %s", k.schema, rec.Code, rec.Body)
				continue
			}
		} else {
			at = servertest.Clusters + "/" + k.name
		}
		got := w.Must("GET", at, "")
		if k.update == "" {
			continue
		}
		target := at
		if k.update == "POST" {
			target = k.collection
		}
		if rec := w.Call(k.update, target, whole(t, k.schema, string(got)), accept...); rec.Code >= 300 {
			t.Errorf("%s: what was read is sent back: got %d %s", k.schema, rec.Code, rec.Body)
		}
		again := w.Must("GET", at, "")
		if a, b := got.Object("spec"), again.Object("spec"); string(a) != string(b) {
			t.Errorf("%s: sent back it is another: %s, was %s", k.schema, b, a)
		}
	}
	w.Advance(10 * time.Second)
	w.WantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
	for _, one := range []string{
		servertest.ProdStatements + "/clicks", servertest.ProdApps + "/orders",
		"environments/prod/compute-pools/pool", servertest.Databases + "/db", "catalogs/kafka/shop",
		servertest.Mappings + "/conn", "secrets/kafka", "detached-savepoints/old", "environments/prod",
	} {
		if rec := w.Call("DELETE", one+"/", "", accept[:2]...); rec.Code != 204 && rec.Code != 202 {
			t.Errorf("delete %s: got %d %s", one, rec.Code, rec.Body)
		}
		w.Advance(10 * time.Second)
		if rec := w.Call("GET", one, ""); rec.Code != 404 {
			t.Errorf("%s is still there: %d", one, rec.Code)
		}
	}
}

// TestListsInQueriesMayBeRepeatedOrJoined: generators disagree on arrays.
func TestListsInQueriesMayBeRepeatedOrJoined(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	for _, name := range []string{"b", "a", "c"} {
		w.Must("POST", servertest.ProdApps, string(
			cmf.Object(servertest.Application(name, `"state":"suspended"`, "")).With(
				map[string]string{"team": "x"}, "metadata", "labels",
			),
		))
		w.Clock.Set(w.Clock.Now().Add(time.Second))
	}
	w.Must("POST", servertest.ProdStatements, servertest.SelectFrom("clicks", "SHOW TABLES"))
	order := func(query string) string {
		t.Helper()
		var page struct{ Items []cmf.Object }
		if err := json.Unmarshal(w.Must("GET", servertest.ProdApps+"?"+query, ""), &page); err != nil {
			t.Fatal(err)
		}
		return strings.Join(namesOf(page.Items), "")
	}
	for query, want := range map[string]string{
		"sort=name":                                 "abc",
		"sort=name,desc":                            "cba",
		"sort=state,asc&sort=name,desc":             "cba",
		"sort=state,asc,name,desc":                  "cba",
		"sort=state,name,desc":                      "cba",
		"sort=state%2Cname%2CDESC":                  "cba",
		"sort=creationTimestamp,desc,name":          "cab",
		"filter=name=a":                             "a",
		"filter=labels.team=x&filter=name=b":        "b",
		"filter=labels.team%20in%20(x,y),name=b":    "b",
		"page=0&size=2&page=1&sort=name":            "ab",
		"fields=metadata&fields=spec.job&sort=name": "abc",
		"fields=metadata%2Cspec.job&sort=name":      "abc",
	} {
		if got := order(query); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	servertest.Play(w, []scenario{
		{"repeated scopes", "GET", servertest.ProdStatements + "?search=tables&searchScope=name&searchScope=statement", "", nil, 200, `"metadata":{"size":1}`},
		{"joined scopes", "GET", servertest.ProdStatements + "?search=tables&searchScope=name,statement", "", nil, 200, `"metadata":{"size":1}`},
		{"repeated fields", "GET", servertest.ProdApps + "?size=1&fields=metadata.name&fields=spec.job", "", nil, 200, `{"name":"b"},"spec":{"job":{"jarURI"`},
	})
}

// TestUpdatesThatRaceDeletesAreWholeOrRefused has writers change what others
// delete and make again: each answer is one that the API has, what is deleted
// stays so until somebody makes it, and in the end it is there or it is not.
func TestUpdatesThatRaceDeletesAreWholeOrRefused(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", "secrets", servertest.Secret("kafka", `"k":"v"`))
	for _, k := range []struct {
		collection, name, body string
		update                 string
	}{
		{"environments/prod/compute-pools", "race", servertest.Pool("race", "SHARED"), "PUT"},
		{servertest.Mappings, "race", servertest.Mapping("race", "kafka"), "PUT"},
		{"secrets", "race", servertest.Secret("race", `"k":"v"`), "PUT"},
		{"catalogs/kafka", "race", servertest.Catalog("race", "", ""), "PUT"},
		{servertest.ProdApps, "race", servertest.Application("race", "", ""), ""},
		{servertest.ProdStatements, "race", servertest.SelectFrom("race", "SELECT click_id FROM clicks"), "PUT"},
	} {
		at := k.collection + "/" + k.name
		var mu sync.Mutex
		codes := map[string]int{}
		send := func(method, target, body string) {
			r := httptest.NewRequest(method, "http://localhost"+servertest.Absolute(target), strings.NewReader(body))
			rec := httptest.NewRecorder()
			w.Handler().ServeHTTP(rec, r)
			mu.Lock()
			defer mu.Unlock()
			codes[fmt.Sprint(method, " ", rec.Code)]++
		}
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				for range 20 {
					send("POST", k.collection, k.body)
				}
			})
			group.Go(func() {
				for range 20 {
					send("DELETE", at+"?force=true", "")
				}
			})
			group.Go(func() {
				for range 20 {
					if k.update != "" {
						send(k.update, at, k.body)
					}
					send("GET", at, "")
				}
			})
		}
		group.Wait()
		for answer := range codes {
			switch answer {
			case "POST 200", "POST 201", "POST 409", "DELETE 204", "DELETE 202", "DELETE 404", "PUT 200",
				"PUT 404", "GET 200", "GET 404":
			default:
				t.Errorf("%s: %s", k.collection, answer)
			}
		}
		if created := codes["POST 200"]; k.update != "" &&
			(created < 1 || created > codes["DELETE 204"]+codes["DELETE 202"]+1) {
			t.Errorf("%s: created %d times, but %v", k.collection, created, codes)
		}
		last := w.Call("GET", at, "").Code
		if list := w.Must("GET", k.collection+"?size=100", ""); strings.Contains(string(list), `"race"`) !=
			(last == 200) {
			t.Errorf("%s: the list says %s, and GET %d", k.collection, list, last)
		}
		w.Call("DELETE", at+"?force=true", "")
		if k.update != "" {
			if code := w.Call(k.update, at, k.body).Code; code != 404 {
				t.Errorf("%s: an update of what is deleted: got %d, want 404", k.collection, code)
			}
		}
	}
	w.Advance(10 * time.Second)
}

// TestOfManyCreatorsOneCreates has eight make the same object of each kind.
func TestOfManyCreatorsOneCreates(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", "secrets", servertest.Secret("kafka", `"k":"v"`))
	w.Must("POST", "catalogs/kafka", servertest.Catalog("shop", "", ""))
	for _, k := range []struct {
		collection, body string
		success, taken   int
	}{
		{"environments/prod/compute-pools", servertest.Pool("one", "SHARED"), 200, 409},
		{servertest.ProdStatements, servertest.SelectFrom("one", "SELECT click_id FROM clicks"), 200, 409},
		{"secrets", servertest.Secret("one", `"k":"v"`), 200, 409},
		{servertest.Mappings, servertest.Mapping("one", "kafka"), 200, 409},
		{"catalogs/kafka", servertest.Catalog("one", "", ""), 200, 409},
		{servertest.Databases, servertest.Database("one", "", ""), 200, 409},
		{"detached-savepoints", servertest.Savepoint("one", `"path":"s3://x"`), 201, 422},
		{"environments", `{"name":"upserted","kubernetesNamespace":"x"}`, 200, 0},
		{servertest.ProdApps, servertest.Application("one", "", ""), 201, 0},
	} {
		answers := make([]*httptest.ResponseRecorder, 8)
		var group sync.WaitGroup
		for i := range answers {
			group.Go(func() {
				answers[i] = httptest.NewRecorder()
				w.Handler().ServeHTTP(answers[i], httptest.NewRequest(
					"POST", "http://localhost"+servertest.Absolute(k.collection), strings.NewReader(k.body),
				))
			})
		}
		group.Wait()
		created, uids := 0, map[string]bool{}
		for _, answer := range answers {
			switch answer.Code {
			case k.success:
				created++
				uids[cmf.Object(answer.Body.Bytes()).String("metadata", "uid")] = true
			case k.taken:
			default:
				t.Errorf("%s: got %d %s", k.collection, answer.Code, answer.Body)
			}
		}
		if len(uids) != 1 || k.taken != 0 && created != 1 || k.taken == 0 && created != 8 {
			t.Errorf("%s: %d created %d objects", k.collection, created, len(uids))
		}
	}
}
