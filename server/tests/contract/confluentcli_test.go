package contract

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

// confluent sends what the Confluent CLI sends for a command (its shapes are
// told in cmf-behaviour.md), below an address that ends in a slash.
type confluent struct{ *servertest.World }

func (c confluent) send(method, path, body string) *httptest.ResponseRecorder {
	c.T.Helper()
	return c.Call(
		method, "//cmf/api/v1/"+path, body,
		"Accept", "application/json", "User-Agent", "OpenAPI-Generator/1.0.0/go",
		"x-confluent-cli-version", "v4.30.0", "Authorization", "Bearer unused",
	)
}

// want sends and checks the status.
func (c confluent) want(status int, method, path, body string) cmf.Object {
	c.T.Helper()
	rec := c.send(method, path, body)
	if rec.Code != status {
		c.T.Errorf("%s %s: got %d %s, want %d", method, path, rec.Code, rec.Body, status)
	}
	return rec.Body.Bytes()
}

// all lists as the CLI does: page by page until one is empty.
func (c confluent) all(path string) []cmf.Object {
	c.T.Helper()
	var items []cmf.Object
	for page := range 20 {
		join := "?"
		if strings.Contains(path, "?") {
			join = "&"
		}
		var got struct{ Items []cmf.Object }
		body := c.want(200, "GET", path+join+"page="+string(rune('0'+page))+"&size=100", "")
		if err := json.Unmarshal(body, &got); err != nil {
			c.T.Fatal(err)
		}
		if len(got.Items) == 0 {
			return items
		}
		items = append(items, got.Items...)
	}
	c.T.Errorf("%s never ends", path)
	return nil
}

// environmentOf is the environment as the program sends it.
func environmentOf(namespace, option, statements string) string {
	return `{"name":"prod","kubernetesNamespace":"` + namespace + `",` +
		`"flinkApplicationDefaults":{"spec":{"flinkConfiguration":{"a":"` + option + `"}}},` +
		`"computePoolDefaults":null,"statementDefaults":` + statements + `}`
}

func TestConfluentCLIManagesEnvironmentsAndApplications(t *testing.T) {
	c := confluent{servertest.NewWorld(t)}
	c.want(200, "GET", "system-information", "")
	c.want(404, "GET", "environments/prod", "")
	c.want(
		200, "POST", "environments",
		environmentOf("default", "b", `{"detached":{"flinkConfiguration":null},"interactive":{"flinkConfiguration":{}}}`),
	)
	c.want(200, "POST", "environments", environmentOf("", "c", "{}"))
	if got := c.all("environments"); len(got) != 1 || got[0].String("kubernetesNamespace") != "default" ||
		got[0].String("created_time") == "" {
		t.Errorf("environment list: got %s", got)
	}
	c.want(404, "GET", servertest.ProdApps+"/orders", "")
	created := c.want(201, "POST", servertest.ProdApps, servertest.Application(
		"orders", `"state":"running","upgradeMode":"savepoint"`, "",
	))
	if created.Get("status", "jobStatus", "state") == nil || created.Get("status", "jobStatus", "jobName") == nil {
		t.Errorf("application create: got %s, want a job state and name, or the CLI breaks", created)
	}
	c.Advance(10 * time.Second)
	for _, a := range c.all(servertest.ProdApps) {
		if a.String("metadata", "name") != "orders" || a.String("status", "jobStatus", "state") != cmf.JobRunning {
			t.Errorf("application list: got %s", a)
		}
	}
	c.want(201, "POST", servertest.ProdApps, servertest.Application(
		"orders", `"state":"running","upgradeMode":"savepoint","parallelism":3`, "",
	))
	c.Advance(20 * time.Second)
	instances := c.all(servertest.ProdApps + "/orders/instances")
	if len(instances) != 2 {
		t.Errorf("instance list: got %d, want 2", len(instances))
	}
	c.want(200, "GET", servertest.ProdApps+"/orders/instances/"+instances[0].String("metadata", "name"), "")
	rec := c.Call("GET", "//cmf/api/v1alpha1/"+servertest.ProdApps+"/orders/events?page=0&size=100", "")
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), "RUNNING") {
		t.Errorf("event list: got %d %s", rec.Code, rec.Body)
	}
	sp := c.want(
		201, "POST", servertest.ProdApps+"/orders/savepoints",
		`{"apiVersion":"cmf.confluent.io/v1","kind":"Savepoint","metadata":{"name":"sp"},"spec":{"path":"",`+
			`"formatType":"NATIVE","backoffLimit":0},"status":{"path":""}}`,
	)
	c.want(
		201, "POST", servertest.ProdApps+"/orders/savepoints",
		`{"apiVersion":"cmf.confluent.io/v1","kind":"Savepoint","metadata":{},`+
			`"spec":{"formatType":"CANONICAL","backoffLimit":0},"status":{"path":""}}`,
	)
	c.Advance(20 * time.Second)
	if got := c.want(200, "GET", servertest.ProdApps+"/orders/savepoints/sp", ""); got.String(
		"status", "state",
	) != cmf.SavepointCompleted || got.String("metadata", "uid") != sp.String("metadata", "uid") {
		t.Errorf("savepoint describe: got %s", got)
	}
	c.want(200, "POST", servertest.ProdApps+"/orders/savepoints/sp/detach", "")
	c.want(
		201, "POST", "detached-savepoints",
		`{"apiVersion":"cmf.confluent.io/v1","kind":"Savepoint","metadata":{"name":"mig"},`+
			`"spec":{"path":"s3://b/x","formatType":"CANONICAL","backoffLimit":0}}`,
	)
	if got := c.all("detached-savepoints?name=mi"); len(got) != 1 {
		t.Errorf("detached-savepoint list --filter mi: got %s", got)
	}
	c.want(204, "DELETE", "detached-savepoints/mig", "")
	for _, one := range c.all(servertest.ProdApps + "/orders/savepoints") {
		c.want(204, "DELETE", servertest.ProdApps+"/orders/savepoints/"+one.String("metadata", "name")+"?force=true", "")
	}
	c.want(204, "DELETE", servertest.ProdApps+"/orders", "")
	c.Advance(10 * time.Second)
	c.want(404, "DELETE", servertest.ProdApps+"/orders", "")
	c.want(204, "DELETE", "environments/prod", "")
}

func TestConfluentCLIRunsStatements(t *testing.T) {
	c := confluent{servertest.NewWorld(t)}
	c.want(200, "POST", "environments", `{"name":"prod","kubernetesNamespace":"default"}`)
	c.want(200, "POST", "environments/prod/compute-pools", servertest.Pool("pool", "DEDICATED"))
	c.want(200, "POST", "secrets", servertest.Secret("kafka", `"sasl.jaas.config":"x"`))
	c.want(200, "PUT", "secrets/kafka", servertest.Secret("kafka", `"sasl.jaas.config":"y"`))
	c.want(200, "POST", servertest.Mappings, servertest.Mapping("conn", "kafka"))
	c.want(200, "POST", "catalogs/kafka", servertest.Catalog("shop", "conn", ""))
	if got := c.want(200, "PUT", "catalogs/kafka/shop", servertest.Catalog("shop", "conn", "")); len(got) != 0 {
		t.Errorf("catalog update: got %s, want an empty body", got)
	}
	c.want(200, "POST", servertest.Databases, servertest.Database("db", "conn", `"ddlEnvironments":["prod"]`))
	text := servertest.SelectFrom("cli-20260301-120000", "SELECT click_id FROM clicks;")
	c.want(200, "POST", servertest.ProdStatements, text)
	at := servertest.ProdStatements + "/cli-20260301-120000"
	for range 30 { // statement create --wait
		if c.want(200, "GET", at, "").String("status", "phase") != cmf.PhasePending {
			break
		}
		c.Advance(2 * time.Second)
	}
	if got := c.all(servertest.ProdStatements + "?compute-pool=pool&phase=RUNNING"); len(got) != 1 {
		t.Errorf("statement list --compute-pool pool --status RUNNING: got %s", got)
	}
	c.want(200, "GET", at+"/results", "")
	c.want(200, "GET", at+"/exceptions", "")
	for _, change := range []struct {
		member string
		value  any
		phase  string
	}{{"stopped", true, cmf.PhaseStopped}, {"stopped", false, cmf.PhaseRunning}, {"parallelism", 4, cmf.PhaseRunning}} {
		now := c.want(200, "GET", at, "")
		c.want(200, "PUT", at, string(cmf.Object(`{"apiVersion":"cmf.confluent.io/v1","kind":"Statement"}`).
			With(now.String("metadata", "name"), "metadata", "name").With(now.Object("spec"), "spec").With(
			change.value, "spec", change.member,
		)))
		c.Advance(10 * time.Second)
		if got := c.want(200, "GET", at, "").String("status", "phase"); got != change.phase {
			t.Errorf("%s=%v: got %s, want %s", change.member, change.value, got, change.phase)
		}
	}
	if code := c.send("DELETE", at, "").Code; code != 202 && code != 204 {
		t.Errorf("statement delete: got %d", code)
	}
	c.Advance(10 * time.Second)
	for _, path := range []string{
		"environments/prod/compute-pools/pool", servertest.Databases + "/db", "catalogs/kafka/shop",
		servertest.Mappings + "/conn",
		"secrets/kafka", "environments/prod",
	} {
		c.want(204, "DELETE", path, "")
	}
}
