package ccloud

import (
	"testing"

	"drey/client/ccloudapi"
	"drey/views/resource"
	"drey/views/resource/kindtest"
)

func TestEachKindHasATableOfItsRows(t *testing.T) { kindtest.EachKindHasRows(t) }

// oneRegion is a context whose servers nothing is asked of. The objects below are as the
// specifications in client/ccloudapi/ccloudtest/testdata have them.
func oneRegion(t *testing.T) *ccloudapi.Client {
	t.Helper()
	api, err := ccloudapi.New(ccloudapi.Config{
		Cloud: "aws", Regions: []string{"us-west-1"}, ControlURL: "http://127.0.0.1:1",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	return api
}

var in = resource.Location{Scope: "env-7q1m2"}

func TestRowsOfStatements(t *testing.T) {
	kindtest.Rows(t, Statements(oneRegion(t)), []kindtest.Case{
		{
			Name: "running", At: in,
			Object: `{"name":"orders-by-day","metadata":{"uid":"u1","created_at":"2026-02-01T10:00:00Z"},
				"spec":{"statement":"INSERT INTO daily\n SELECT * FROM orders","compute_pool_id":"lfcp-a1","stopped":false},
				"status":{"phase":"RUNNING","traits":{"sql_kind":"INSERT_INTO"}}}`,
			Cells: `NAME=orders-by-day, ENVIRONMENT=env-7q1m2, PHASE=RUNNING, KIND=INSERT_INTO, POOL=lfcp-a1,
				STATEMENT=INSERT INTO daily SELECT * FROM orders`,
			State:   "RUNNING good",
			Refused: notEvolved,
		},
		{
			Name: "in a pool that has nothing left", At: in,
			Object: `{"name":"orders-by-day","spec":{"statement":"SELECT 1","compute_pool_id":"lfcp-a1"},
				"status":{"phase":"RUNNING","scaling_status":{"scaling_state":"POOL_EXHAUSTED"}}}`,
			Cells: `NAME=orders-by-day, ENVIRONMENT=env-7q1m2, PHASE=RUNNING,
				WHY=POOL_EXHAUSTED: its compute pool has no CFUs left, POOL=lfcp-a1, STATEMENT=SELECT 1`,
			State:   "RUNNING warn",
			Refused: notEvolved,
		},
		{
			Name: "degraded", At: in,
			Object: `{"name":"orders-by-day","spec":{"statement":"INSERT INTO daily SELECT * FROM orders"},
				"status":{"phase":"DEGRADED","detail":"It is slow.","traits":{"sql_kind":"INSERT_INTO"},
				"warnings":[{"severity":"MODERATE","reason":"HIGH_STATE","message":"Its state grows."}]}}`,
			Cells: `NAME=orders-by-day, ENVIRONMENT=env-7q1m2, PHASE=DEGRADED, WHY=HIGH_STATE · It is slow.,
				KIND=INSERT_INTO, STATEMENT=INSERT INTO daily SELECT * FROM orders`,
			State:   "DEGRADED warn",
			Refused: notEvolved,
		},
		{
			Name: "that failed and can go on", At: in,
			Object: `{"name":"orders-by-day","spec":{"statement":"INSERT INTO daily SELECT * FROM orders"},
				"status":{"phase":"FAILED","detail":"Caused by: java.lang.ArithmeticException: / by zero",
				"traits":{"sql_kind":"INSERT_INTO"}}}`,
			Cells: `NAME=orders-by-day, ENVIRONMENT=env-7q1m2, PHASE=FAILED, WHY=ArithmeticException: / by zero,
				KIND=INSERT_INTO, STATEMENT=INSERT INTO daily SELECT * FROM orders`,
			State: "FAILED bad",
			Refused: `stop: it has failed: s resumes it
				change over: nothing was done from here that could be taken back, and it was not evolved from another one: V evolves it`,
		},
		{
			Name: "that failed for ever", At: in,
			Object: `{"name":"q","spec":{"statement":"SELECT 1/0"},
				"status":{"phase":"FAILED","detail":"/ by zero","traits":{"sql_kind":"SELECT"}}}`,
			Cells: `NAME=q, ENVIRONMENT=env-7q1m2, PHASE=FAILED, WHY=/ by zero, KIND=SELECT,
				STATEMENT=SELECT 1/0`,
			State: "FAILED bad",
			Refused: `stop: it has failed: a runs a copy of it
				resume: it has failed, and only an INSERT goes on after that: a runs a copy of it
				change over: nothing was done from here that could be taken back, and it was not evolved from another one: V evolves it`,
		},
		{
			Name: "failing", At: in,
			Object:  `{"name":"q","spec":{"statement":"SELECT 1/0"},"status":{"phase":"FAILING","detail":"/ by zero"}}`,
			Cells:   "NAME=q, ENVIRONMENT=env-7q1m2, PHASE=FAILING, WHY=/ by zero, STATEMENT=SELECT 1/0",
			State:   "FAILING warn",
			Refused: notEvolved,
		},
		{
			Name: "stopped and can go on", At: in,
			Object: `{"name":"orders-by-day","spec":{"statement":"INSERT INTO daily SELECT 1","stopped":true},
				"status":{"phase":"STOPPED","traits":{"sql_kind":"INSERT_INTO"}}}`,
			Cells: `NAME=orders-by-day, ENVIRONMENT=env-7q1m2, PHASE=STOPPED, KIND=INSERT_INTO,
				STATEMENT=INSERT INTO daily SELECT 1`,
			State: "STOPPED idle",
			Refused: `stop: it is stopped already: s resumes it
				change over: nothing was done from here that could be taken back, and it was not evolved from another one: V evolves it`,
		},
		{
			Name: "stopped for ever", At: in,
			Object: `{"name":"q","spec":{"statement":"SELECT 1","stopped":true},
				"status":{"phase":"STOPPED","traits":{"sql_kind":"SELECT"}}}`,
			Cells: "NAME=q, ENVIRONMENT=env-7q1m2, PHASE=STOPPED, KIND=SELECT, STATEMENT=SELECT 1",
			State: "STOPPED idle",
			Refused: `stop: it is stopped already: a runs a copy of it
				resume: a SELECT cannot be resumed: a runs a copy of it
				change over: nothing was done from here that could be taken back, and it was not evolved from another one: V evolves it`,
		},
		{
			Name: "being stopped", At: in,
			Object: `{"name":"q","spec":{"statement":"SELECT 1","stopped":true},"status":{"phase":"STOPPING"}}`,
			Cells:  "NAME=q, ENVIRONMENT=env-7q1m2, PHASE=STOPPING, STATEMENT=SELECT 1",
			State:  "STOPPING busy",
			Refused: `stop: it is stopped already: s resumes it
				resume: it is still being stopped: wait until it has, then s resumes it
				change over: nothing was done from here that could be taken back, and it was not evolved from another one: V evolves it`,
		},
		{
			Name: "completed", At: in,
			Object: `{"name":"q","spec":{"statement":"SHOW TABLES"},"status":{"phase":"COMPLETED"}}`,
			Cells:  "NAME=q, ENVIRONMENT=env-7q1m2, PHASE=COMPLETED, STATEMENT=SHOW TABLES",
			State:  "COMPLETED done",
			Refused: `stop: it has come to its end: a runs a copy of it
				stop: it has come to its end: a runs a copy of it
				change over: nothing was done from here that could be taken back, and it was not evolved from another one: V evolves it`,
		},
		{
			Name: "being deleted", At: in,
			Object: `{"name":"q","spec":{"statement":"SELECT 1"},"status":{"phase":"DELETING"}}`,
			Cells:  "NAME=q, ENVIRONMENT=env-7q1m2, PHASE=DELETING, STATEMENT=SELECT 1",
			State:  "DELETING busy",
			Refused: `stop: it is being deleted: wait until it is gone, which may take 15 seconds
				stop: it is being deleted: wait until it is gone, which may take 15 seconds
				delete: it is being deleted: wait until it is gone, which may take 15 seconds
				change over: nothing was done from here that could be taken back, and it was not evolved from another one: V evolves it`,
		},
		{
			Name: "in a phase of a newer server", At: in,
			Object:  `{"name":"q","spec":{"statement":"SELECT 1"},"status":{"phase":"HOVERING","detail":"It hovers."}}`,
			Cells:   "NAME=q, ENVIRONMENT=env-7q1m2, PHASE=HOVERING, WHY=It hovers., STATEMENT=SELECT 1",
			State:   "HOVERING unknown",
			Refused: notEvolved,
		},
		{
			Name: "with no status", At: in,
			Object:  `{"name":"q","spec":{"statement":"SELECT 1"}}`,
			Cells:   "NAME=q, ENVIRONMENT=env-7q1m2, STATEMENT=SELECT 1",
			State:   "unknown",
			Refused: notEvolved,
		},
	})
}

func TestRowsOfPools(t *testing.T) {
	kindtest.Rows(t, Pools(oneRegion(t)), []kindtest.Case{
		{
			Name: "with CFUs left", At: in,
			Object: `{"id":"lfcp-a1","spec":{"display_name":"orders","cloud":"AWS","region":"us-west-1","max_cfu":10},
				"status":{"phase":"PROVISIONED","current_cfu":3}}`,
			Cells: `ID=lfcp-a1, NAME=orders, ENVIRONMENT=env-7q1m2, PHASE=PROVISIONED, CFU=3, OF=10,
				REGION=us-west-1`,
			State: "PROVISIONED good",
		},
		{
			Name: "of the largest size", At: in,
			Object: `{"id":"lfcp-a1","spec":{"display_name":"orders","region":"us-west-1","max_cfu":50},
				"status":{"phase":"PROVISIONED","current_cfu":50}}`,
			Cells: `ID=lfcp-a1, NAME=orders, ENVIRONMENT=env-7q1m2, PHASE=PROVISIONED, CFU=50, OF=50,
				REGION=us-west-1`,
			State:   "PROVISIONED good",
			Refused: "grow: it may have 50 CFUs already, which is all there are: a makes another pool",
		},
		{
			Name: "being made", At: in,
			Object: `{"id":"lfcp-a1","spec":{"display_name":"orders","max_cfu":5},"status":{"phase":"PROVISIONING"}}`,
			Cells:  "ID=lfcp-a1, NAME=orders, ENVIRONMENT=env-7q1m2, PHASE=PROVISIONING, CFU=0, OF=5",
			State:  "PROVISIONING busy",
		},
		{
			Name: "failed", At: in,
			Object: `{"id":"lfcp-a1","spec":{"display_name":"orders","max_cfu":5},"status":{"phase":"FAILED"}}`,
			Cells:  "ID=lfcp-a1, NAME=orders, ENVIRONMENT=env-7q1m2, PHASE=FAILED, CFU=0, OF=5",
			State:  "FAILED bad",
		},
		{
			Name: "in a phase of a newer server", At: in,
			Object: `{"id":"lfcp-a1","spec":{"max_cfu":5},"status":{"phase":"HOVERING"}}`,
			Cells:  "ID=lfcp-a1, ENVIRONMENT=env-7q1m2, PHASE=HOVERING, CFU=0, OF=5",
			State:  "HOVERING unknown",
		},
	})
}

func TestRowsOfTables(t *testing.T) {
	kindtest.Rows(t, Tables(oneRegion(t)), []kindtest.Case{
		{
			Name: "running", At: in,
			Object: `{"name":"daily","spec":{"kafka_cluster_id":"lkc-1","compute_pool_id":"lfcp-a1",
				"query":"SELECT *\n FROM orders"},"status":{"phase":"RUNNING","version":2,"latest_version":2}}`,
			Cells: `NAME=daily, ENVIRONMENT=env-7q1m2, PHASE=RUNNING, VERSION=2, DATABASE=lkc-1, POOL=lfcp-a1,
				QUERY=SELECT * FROM orders`,
			State: "RUNNING good",
		},
		{
			Name: "on its way to another version", At: in,
			Object: `{"name":"daily","spec":{"kafka_cluster_id":"lkc-1"},
				"status":{"phase":"ALTERING","version":2,"latest_version":3}}`,
			Cells: "NAME=daily, ENVIRONMENT=env-7q1m2, PHASE=ALTERING, VERSION=2, 3 comes, DATABASE=lkc-1",
			State: "ALTERING busy",
		},
		{
			Name: "being made", At: in,
			Object: `{"name":"daily","spec":{"kafka_cluster_id":"lkc-1"},"status":{"phase":"CREATING"}}`,
			Cells:  "NAME=daily, ENVIRONMENT=env-7q1m2, PHASE=CREATING, DATABASE=lkc-1",
			State:  "CREATING busy",
		},
		{
			Name: "stopped", At: in,
			Object:  `{"name":"daily","spec":{"stopped":true},"status":{"phase":"STOPPED","version":1,"latest_version":1}}`,
			Cells:   "NAME=daily, ENVIRONMENT=env-7q1m2, PHASE=STOPPED, VERSION=1",
			State:   "STOPPED idle",
			Refused: "stop: it is stopped already: s resumes it",
		},
		{
			Name: "failed", At: in,
			Object: `{"name":"daily","spec":{},"status":{"phase":"FAILED","detail":"no such topic"}}`,
			Cells:  "NAME=daily, ENVIRONMENT=env-7q1m2, PHASE=FAILED",
			State:  "FAILED bad",
		},
		{
			Name: "being deleted", At: in,
			Object: `{"name":"daily","spec":{},"status":{"phase":"DELETING"}}`,
			Cells:  "NAME=daily, ENVIRONMENT=env-7q1m2, PHASE=DELETING",
			State:  "DELETING busy",
			Refused: `stop: it is being deleted: wait until it is gone
				stop: it is being deleted: wait until it is gone
				delete: it is being deleted: wait until it is gone`,
		},
	})
}

func TestRowsOfConnections(t *testing.T) {
	kindtest.Rows(t, Connections(oneRegion(t)), []kindtest.Case{
		{
			Name: "ready", At: in,
			Object: `{"name":"openai","spec":{"connection_type":"OPENAI","endpoint":"https://api.openai.example",
				"auth_data":{"kind":"PlaintextProvider","data":"secret"}},"status":{"phase":"READY"}}`,
			Cells: `NAME=openai, ENVIRONMENT=env-7q1m2, PHASE=READY, TYPE=OPENAI,
				ENDPOINT=https://api.openai.example`,
			State: "READY good",
		},
		{
			Name: "unreachable", At: in,
			Object: `{"name":"openai","spec":{"connection_type":"OPENAI"},
				"status":{"phase":"UNREACHABLE","detail":"no route"}}`,
			Cells: "NAME=openai, ENVIRONMENT=env-7q1m2, PHASE=UNREACHABLE, TYPE=OPENAI",
			State: "UNREACHABLE bad",
		},
		{
			Name: "of a newer server", At: in,
			Object: `{"name":"openai","spec":{"connection_type":"OPENAI"},"status":{"phase":"HOVERING"}}`,
			Cells:  "NAME=openai, ENVIRONMENT=env-7q1m2, PHASE=HOVERING, TYPE=OPENAI",
			State:  "HOVERING unknown",
		},
	})
}

func TestRowsOfArtifacts(t *testing.T) {
	kindtest.Rows(t, Artifacts(oneRegion(t), nil), []kindtest.Case{
		{
			Name: "a jar with two versions", At: in,
			Object: `{"id":"cfa-1","display_name":"udfs","class":"com.example.Masks","content_format":"JAR",
				"runtime_language":"JAVA","region":"us-west-1","versions":[{"version":"ver-1"},{"version":"ver-2"}]}`,
			Cells: `ID=cfa-1, NAME=udfs, ENVIRONMENT=env-7q1m2, FORMAT=JAR · JAVA, VERSIONS=2, REGION=us-west-1,
				CLASS=com.example.Masks`,
		},
		{
			Name: "of which little is told", At: in,
			Object: `{"id":"cfa-1","display_name":"udfs"}`,
			Cells:  "ID=cfa-1, NAME=udfs, ENVIRONMENT=env-7q1m2, VERSIONS=0",
		},
	})
}

func TestRowsOfWorkspaces(t *testing.T) {
	kindtest.Rows(t, Workspaces(oneRegion(t)), []kindtest.Case{
		{
			Name: "of two blocks and an empty one", At: in,
			Object: `{"name":"ws-1","spec":{"display_name":"Orders","compute_pool":{"id":"lfcp-a1"},"blocks":[
				{"type":"CODE","code_options":{"source":["SELECT *","FROM orders"]}},
				{"type":"CODE","code_options":{"source":[" "]}},
				{"type":"CODE","code_options":{"source":["SELECT 1;"]}}]}}`,
			Cells: `NAME=ws-1, TITLE=Orders, ENVIRONMENT=env-7q1m2, POOL=lfcp-a1,
				SQL=SELECT * FROM orders; SELECT 1;`,
		},
		{
			Name: "empty", At: in,
			Object: `{"name":"ws-1","spec":{}}`,
			Cells:  "NAME=ws-1, ENVIRONMENT=env-7q1m2",
		},
	})
}

func TestRowsOfRegions(t *testing.T) {
	kindtest.Rows(t, Regions(oneRegion(t)), []kindtest.Case{
		{
			Name: "a region",
			Object: `{"id":"aws.us-west-1","display_name":"N. California (us-west-1)","cloud":"AWS",
				"region_name":"us-west-1","http_endpoint":"https://flink.us-west-1.aws.confluent.cloud"}`,
			Cells: `REGION=aws.us-west-1, NAME=N. California (us-west-1),
				ENDPOINT=https://flink.us-west-1.aws.confluent.cloud`,
		},
	})
}

const notEvolved = "change over: nothing was done from here that could be taken back, and it was not evolved from " +
	"another one: V evolves it"
