package cmf

import (
	"testing"

	"drey/client"
	"drey/client/cmfapi"
	"drey/views/resource"
	"drey/views/resource/kindtest"
)

func TestEachKindHasATableOfItsRows(t *testing.T) { kindtest.EachKindHasRows(t) }

// TestARowOfEachKind is a table a kind: cells, state and refusals.
func TestARowOfEachKind(t *testing.T) {
	t.Parallel()
	api, err := cmfapi.New(client.Config{URL: "http://127.0.0.1:1"}) // rows ask nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	prod := resource.Location{Scope: "prod"}
	of := resource.Location{Scope: "prod", Parent: "orders"}
	kindtest.Rows(t, Applications(api), []kindtest.Case{
		{
			Name: "running", At: prod,
			Object: `{"metadata":{"name":"orders"},
				"spec":{"flinkVersion":"v1_20","job":{"parallelism":4,"upgradeMode":"savepoint","state":"running"}},
				"status":{"lifecycleState":"STABLE","jobStatus":{"state":"RUNNING","jobId":"0123456789abcdef","restarts":3}}}`,
			Cells: "NAME=orders, ENVIRONMENT=prod, STATE=RUNNING, JOB=01234567, PAR=4, FLINK=v1_20, " +
				"SAVEPOINT=never, RESTARTS=3, " +
				"MODE=savepoint",
			State: "RUNNING good",
		},
		{
			Name: "failed", At: prod,
			Object: `{"metadata":{"name":"orders"},
				"spec":{"job":{"parallelism":4,"upgradeMode":"stateless","state":"running"}},
				"status":{"lifecycleState":"FAILED","error":"no slot","jobStatus":{"state":"FAILED"}}}`,
			Cells:   "NAME=orders, ENVIRONMENT=prod, STATE=FAILED, PAR=4, SAVEPOINT=never, MODE=stateless, WHY=no slot",
			State:   "FAILED bad",
			Refused: "savepoint: its job is not running but FAILED: w says why",
		},
		{
			Name: "suspended", At: prod,
			Object: `{"metadata":{"name":"orders"},
				"spec":{"job":{"upgradeMode":"last-state","state":"suspended"}},
				"status":{"lifecycleState":"SUSPENDED","jobStatus":{"state":"FINISHED"}}}`,
			Cells: "NAME=orders, ENVIRONMENT=prod, STATE=SUSPENDED, PAR=1, SAVEPOINT=never, MODE=last-state",
			State: "SUSPENDED idle",
			Refused: `suspend: it is suspended already: s starts it
				savepoint: its job is not running but FINISHED: s starts it`,
		},
		{
			Name: "of a newer server", At: prod,
			Object: `{"metadata":{"name":"orders"},
				"spec":{},
				"status":{"lifecycleState":"HOVERING"}}`,
			Cells:   "NAME=orders, ENVIRONMENT=prod, STATE=HOVERING, PAR=1, SAVEPOINT=never, MODE=stateless",
			State:   "HOVERING unknown",
			Refused: "savepoint: its job is not running but unknown: S takes one once it runs",
		},
		{
			Name: "with no status", At: prod,
			Object:  `{"metadata":{"name":"orders"}}`,
			Cells:   "NAME=orders, ENVIRONMENT=prod, PAR=1, SAVEPOINT=never, MODE=stateless",
			State:   "unknown",
			Refused: "savepoint: its job is not running but unknown: S takes one once it runs",
		},
	})
	kindtest.Rows(t, Applications(api), []kindtest.Case{{
		Name: "that is being deleted while its job runs", At: prod,
		Object: `{"metadata":{"name":"orders"},"spec":{"job":{"state":"running"}},
			"status":{"lifecycleState":"DELETING","jobStatus":{"state":"RUNNING"}}}`,
		Cells: "NAME=orders, ENVIRONMENT=prod, STATE=DELETING, PAR=1, SAVEPOINT=never, MODE=stateless",
		State: "DELETING busy",
		Refused: `suspend: it is being deleted: wait until it is gone, or see by w what holds it up
			suspend: it is being deleted: wait until it is gone, or see by w what holds it up
			savepoint: it is being deleted: wait until it is gone, or see by w what holds it up
			roll back: it is being deleted: wait until it is gone, or see by w what holds it up
			delete: it is being deleted: wait until it is gone, or see by w what holds it up`,
	}})
	kindtest.Rows(t, Statements(api), []kindtest.Case{
		{
			Name: "with no phase", At: prod,
			Object:  `{"metadata":{"name":"q"},"spec":{"statement":"SELECT 1"}}`,
			Cells:   "NAME=q, ENVIRONMENT=prod, STATEMENT=SELECT 1",
			State:   "unknown",
			Refused: "savepoint: it is not running but unknown: S takes one once it runs",
		},
		{
			Name: "running", At: prod,
			Object: `{"metadata":{"name":"q"},
				"spec":{"statement":"SELECT\n 1","computePoolName":"p","stopped":false},
				"status":{"phase":"RUNNING","traits":{"sqlKind":"SELECT"}}}`,
			Cells: "NAME=q, ENVIRONMENT=prod, PHASE=RUNNING, KIND=SELECT, POOL=p, STATEMENT=SELECT 1",
			State: "RUNNING good",
		},
		{
			Name: "failed", At: prod,
			Object: `{"metadata":{"name":"q"},
				"spec":{"statement":"SELECT 1","computePoolName":"p"},
				"status":{"phase":"FAILED","detail":"no such table"}}`,
			Cells: "NAME=q, ENVIRONMENT=prod, PHASE=FAILED, POOL=p, STATEMENT=SELECT 1",
			State: "FAILED bad",
			Refused: `stop: it has ended as FAILED: w says why, a runs a copy of it
				stop: it has ended as FAILED: w says why, a runs a copy of it
				savepoint: it has ended as FAILED: w says why, a runs a copy of it`,
		},
		{
			Name: "stopped", At: prod,
			Object: `{"metadata":{"name":"q"},
				"spec":{"statement":"SELECT 1","computePoolName":"p","stopped":true},
				"status":{"phase":"STOPPED"}}`,
			Cells: "NAME=q, ENVIRONMENT=prod, PHASE=STOPPED, POOL=p, STATEMENT=SELECT 1",
			State: "STOPPED idle",
			Refused: `stop: it is stopped already: s resumes it
				savepoint: it is not running but STOPPED: s resumes it`,
		},
		{
			Name: "completed", At: prod,
			Object: `{"metadata":{"name":"q"},
				"spec":{"statement":"SHOW TABLES","computePoolName":"p"},
				"status":{"phase":"COMPLETED"}}`,
			Cells: "NAME=q, ENVIRONMENT=prod, PHASE=COMPLETED, POOL=p, STATEMENT=SHOW TABLES",
			State: "COMPLETED done",
			Refused: `stop: it has ended as COMPLETED: a runs a copy of it
				stop: it has ended as COMPLETED: a runs a copy of it
				savepoint: it has ended as COMPLETED: a runs a copy of it`,
		},
		{
			Name: "of a newer server", At: prod,
			Object: `{"metadata":{"name":"q"},
				"spec":{"statement":"SELECT 1"},
				"status":{"phase":"HOVERING"}}`,
			Cells:   "NAME=q, ENVIRONMENT=prod, PHASE=HOVERING, STATEMENT=SELECT 1",
			State:   "HOVERING unknown",
			Refused: "savepoint: it is not running but HOVERING: S takes one once it runs",
		},
	})
	kindtest.Rows(t, Pools(api), []kindtest.Case{
		{
			Name: "in use", At: prod,
			Object: `{"metadata":{"name":"p"},
				"spec":{"type":"SHARED","clusterSpec":{"image":"flink:1"}},
				"status":{"phase":"RUNNING","resources":{"statements":{"RUNNING":2}}}}`,
			Cells:   "NAME=p, ENVIRONMENT=prod, PHASE=RUNNING, TYPE=SHARED, STATEMENTS=2, IMAGE=flink:1",
			State:   "RUNNING good",
			Refused: "delete: 2 statements are in it: delete them first, enter lists them",
		},
		{
			Name: "free", At: prod,
			Object: `{"metadata":{"name":"p"},
				"spec":{"type":"DEDICATED","clusterSpec":{}},
				"status":{"phase":"RUNNING"}}`,
			Cells: "NAME=p, ENVIRONMENT=prod, PHASE=RUNNING, TYPE=DEDICATED, STATEMENTS=0",
			State: "RUNNING good",
		},
	})
	kindtest.Rows(t, Savepoints(api), []kindtest.Case{
		{
			Name: "completed", At: of,
			Object: `{"metadata":{"name":"s"},
				"spec":{"formatType":"CANONICAL"},
				"status":{"state":"COMPLETED","path":"s3://b/s","size":2048}}`,
			Cells: "NAME=s, ENVIRONMENT=prod, OF=orders, STATE=COMPLETED, SIZE=2.0 kB, FORMAT=CANONICAL, PATH=s3://b/s",
			State: "COMPLETED done",
		},
		{
			Name: "failed", At: of,
			Object: `{"metadata":{"name":"s"},
				"spec":{},
				"status":{"state":"FAILED","error":"java.io.IOException: disk full"}}`,
			Cells:   "NAME=s, ENVIRONMENT=prod, OF=orders, STATE=FAILED, PATH=IOException: disk full",
			State:   "FAILED bad",
			Refused: "detach: it is FAILED and only a COMPLETED one is detached: S on orders takes another",
		},
		{
			Name: "waiting for its cluster to be deleted: it may be forgotten by force", At: of,
			Object: `{"metadata":{"name":"s"},
				"spec":{},
				"status":{"state":"COMPLETED","path":"s3://b/s","pendingDeletion":true}}`,
			Cells: "NAME=s, ENVIRONMENT=prod, OF=orders, STATE=DELETING, PATH=s3://b/s",
			State: "DELETING busy",
		},
		{
			Name: "under way", At: of,
			Object: `{"metadata":{"name":"s"},
				"spec":{},
				"status":{"state":"TRIGGER_PENDING"}}`,
			Cells:   "NAME=s, ENVIRONMENT=prod, OF=orders, STATE=PENDING",
			State:   "PENDING busy",
			Refused: "detach: it is TRIGGER_PENDING and only a COMPLETED one is detached: S on orders takes another",
		},
	})
	kindtest.Rows(t, Catalogs(api), []kindtest.Case{
		{
			Name: "a catalog",
			Object: `{"metadata":{"name":"c"},
				"spec":{"srInstance":{"connectionConfig":{"schema.registry.url":"http://sr"}}}}`,
			Cells: "NAME=c, SCHEMA REGISTRY=http://sr, ENVIRONMENTS=none",
		},
	})
	kindtest.Rows(t, Secrets(api), []kindtest.Case{
		{
			Name: "a secret",
			Object: `{"metadata":{"name":"c"},
				"spec":{"data":{"user":"*****","password":"*****"}}}`,
			Cells: "NAME=c, KEYS=password · user, MAPPED IN=nowhere",
		},
	})
	kindtest.Rows(t, Environments(api), []kindtest.Case{
		{
			Name:   "an environment",
			Object: `{"name":"prod","kubernetesNamespace":"flink","created_time":"2026-02-01T10:00:00Z"}`,
			Cells:  "NAME=prod, NAMESPACE=flink",
		},
	})
	kindtest.Rows(t, Instances(api), []kindtest.Case{
		{
			Name: "whose job runs", At: of,
			Object: `{"metadata":{"name":"0d6c","creationTimestamp":"2026-02-01T10:00:00Z"},
				"status":{"spec":{"job":{"parallelism":4}},"jobStatus":{"jobId":"0123456789abcdef","state":"RUNNING"}}}`,
			Cells: "INSTANCE=0d6c, JOB STATE=RUNNING, JOB=0123456789abcdef, PAR=4",
			State: "RUNNING good",
		},
		{
			Name: "that never had a job", At: of,
			Object: `{"metadata":{"name":"0d6c"},"status":{"spec":{}}}`,
			Cells:  "INSTANCE=0d6c",
			State:  "unknown",
		},
	})
	kindtest.Rows(t, Events(api), []kindtest.Case{
		{
			Name: "of a failure", At: of,
			Object: `{"metadata":{"name":"e1","flinkApplicationInstance":"0d6c"},
				"status":{"type":"JOB_EXCEPTION","message":"The job failed.",
				"data":{"exceptionString":"java.lang.ArithmeticException: / by zero"}}}`,
			Cells: `TYPE=JOB_EXCEPTION, STATUS=EXCEPTION, MESSAGE=The job failed. · ArithmeticException: / by zero,
				INSTANCE=0d6c`,
			State: "EXCEPTION bad",
		},
		{
			Name: "of a job that runs", At: of,
			Object: `{"metadata":{"name":"e2"},
				"status":{"type":"JOB_STATUS","message":"RUNNING","data":{"newStatus":"RUNNING"}}}`,
			Cells: "TYPE=JOB_STATUS, STATUS=RUNNING, MESSAGE=RUNNING",
			State: "RUNNING good",
		},
	})
	kindtest.Rows(t, Databases(api), []kindtest.Case{
		{
			Name: "a database", At: resource.Location{Parent: "c"},
			Object: `{"metadata":{"name":"d"},
				"spec":{"kafkaCluster":{"connectionConfig":{"bootstrap.servers":"kafka:9092"}},"ddlEnvironments":["prod"]}}`,
			Cells: "NAME=d, BOOTSTRAP SERVERS=kafka:9092, ENVIRONMENTS=none, DDL=prod",
		},
	})
	kindtest.Rows(t, SecretMappings(api), []kindtest.Case{
		{
			Name: "a mapping", At: prod,
			Object: `{"metadata":{"name":"kafka-login"},"spec":{"secretName":"c"}}`,
			Cells:  "CONNECTION SECRET ID=kafka-login, ENVIRONMENT=prod, SECRET=c",
		},
	})
	kindtest.Rows(t, Clusters(api), []kindtest.Case{
		{
			Name: "connected",
			Object: `{"metadata":{"name":"k"},"spec":{"lifecycleState":"ACTIVE"},
				"status":{"state":"CONNECTED","kubernetesVersion":"v1.30.0"}}`,
			Cells: "NAME=k, CONNECTION=CONNECTED, LIFE CYCLE=ACTIVE, VERSION=v1.30.0",
			State: "CONNECTED good",
		},
		{
			Name:   "not connected",
			Object: `{"metadata":{"name":"k"},"spec":{"lifecycleState":"ACTIVE"},"status":{"state":"DISCONNECTED"}}`,
			Cells:  "NAME=k, CONNECTION=DISCONNECTED, LIFE CYCLE=ACTIVE",
			State:  "DISCONNECTED bad",
		},
	})
}
