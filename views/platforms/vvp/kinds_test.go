package vvp

import (
	"encoding/json"
	"testing"

	"drey/client"
	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/views/resource"
	"drey/views/resource/kindtest"
)

func TestEachKindHasATableOfItsRows(t *testing.T) { kindtest.EachKindHasRows(t) }

// nobody is a platform that nothing is asked of. The objects below have the form of those
// of client/vvpapi/vvptest.
func nobody(t *testing.T) *vvpapi.Client {
	t.Helper()
	api, err := vvpapi.New(vvpapi.Config{Server: client.Config{URL: "http://127.0.0.1:1"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	return api
}

var in = resource.Location{Scope: "default"}

func TestRowsOfDeployments(t *testing.T) {
	kindtest.Rows(t, Deployments(nobody(t)), []kindtest.Case{
		{
			Name: "running", At: in,
			Object: `{"kind":"Deployment","metadata":{"id":"d1","name":"orders","createdAt":"2026-02-01T10:00:00Z"},
				"spec":{"state":"RUNNING","deploymentTargetName":"prod","template":{"spec":{"parallelism":4,
				"artifact":{"kind":"JAR","jarUri":"s3://b/orders.jar"}}}},"status":{"state":"RUNNING"}}`,
			Cells: `NAME=orders, NAMESPACE=default, STATE=RUNNING, WANTED=RUNNING, KIND=JAR, PAR=4, RUNS ON=prod`,
			State: "RUNNING good",
		},
		{
			Name: "running with something wrong", At: in,
			Object: `{"metadata":{"id":"d1","name":"orders"},"spec":{"state":"RUNNING","sessionClusterName":"shared",
				"template":{"spec":{"parallelism":1,"artifact":{"kind":"SQLSCRIPT"}}}},
				"status":{"state":"RUNNING","running":{"conditions":[
				{"type":"JobFailing","status":"True","reason":"Restarts","message":"It restarts again and again."}]}}}`,
			Cells: `NAME=orders, NAMESPACE=default, STATE=RUNNING, WANTED=RUNNING,
				WHY=JobFailing: It restarts again and again., KIND=SQLSCRIPT, PAR=1,
				RUNS ON=shared (session)`,
			State: "RUNNING warn",
		},
		{
			Name: "on its way to run", At: in,
			Object: `{"metadata":{"id":"d1","name":"orders"},"spec":{"state":"RUNNING","template":{"spec":{"parallelism":1}}},
				"status":{"state":"TRANSITIONING"}}`,
			Cells: "NAME=orders, NAMESPACE=default, STATE=TRANSITIONING, WANTED=RUNNING, PAR=1",
			State: "TRANSITIONING busy",
			Refused: `savepoint: it is not RUNNING but TRANSITIONING: S takes one once it runs
				roll back: it is on its way to RUNNING: u rolls it back once it is there`,
		},
		{
			Name: "on its way to stop", At: in,
			Object: `{"metadata":{"id":"d1","name":"orders"},"spec":{"state":"SUSPENDED"},"status":{"state":"TRANSITIONING"}}`,
			Cells:  "NAME=orders, NAMESPACE=default, STATE=TRANSITIONING, WANTED=SUSPENDED",
			State:  "TRANSITIONING busy",
			Refused: `start: it is on its way to SUSPENDED: s starts it once it is there
				savepoint: it is not RUNNING but TRANSITIONING: S takes one once it runs
				roll back: it is on its way to SUSPENDED: u rolls it back once it is there`,
		},
		{
			Name: "suspended", At: in,
			Object: `{"metadata":{"id":"d1","name":"orders"},"spec":{"state":"SUSPENDED"},"status":{"state":"SUSPENDED"}}`,
			Cells:  "NAME=orders, NAMESPACE=default, STATE=SUSPENDED, WANTED=SUSPENDED",
			State:  "SUSPENDED idle",
			Refused: `stop: it is SUSPENDED already: s starts it
				savepoint: it is not RUNNING but SUSPENDED: s starts it`,
		},
		{
			Name: "cancelled", At: in,
			Object: `{"metadata":{"id":"d1","name":"orders"},"spec":{"state":"CANCELLED"},"status":{"state":"CANCELLED"}}`,
			Cells:  "NAME=orders, NAMESPACE=default, STATE=CANCELLED, WANTED=CANCELLED",
			State:  "CANCELLED idle",
			Refused: `stop: it is CANCELLED already: s starts it
				savepoint: it is not RUNNING but CANCELLED: s starts it`,
		},
		{
			Name: "finished", At: in,
			Object: `{"metadata":{"id":"d1","name":"orders"},"spec":{"state":"RUNNING"},"status":{"state":"FINISHED"}}`,
			Cells:  "NAME=orders, NAMESPACE=default, STATE=FINISHED, WANTED=RUNNING",
			State:  "FINISHED done",
			Refused: `stop: it is FINISHED already: s starts it
				savepoint: it is not RUNNING but FINISHED: s starts it`,
		},
		{
			Name: "failed, in small letters", At: in,
			Object: `{"metadata":{"id":"d1","name":"orders"},"spec":{"state":"running"},"status":{"state":"failed"}}`,
			Cells:  "NAME=orders, NAMESPACE=default, STATE=FAILED, WANTED=RUNNING",
			State:  "FAILED bad",
			Refused: `stop: it is FAILED already: w says why, s restarts it
				savepoint: it is not RUNNING but FAILED: w says why, s restarts it`,
		},
		{
			Name: "in a state of a newer server", At: in,
			Object:  `{"metadata":{"id":"d1","name":"orders"},"spec":{"state":"RUNNING"},"status":{"state":"HOVERING"}}`,
			Cells:   "NAME=orders, NAMESPACE=default, STATE=HOVERING, WANTED=RUNNING",
			State:   "HOVERING unknown",
			Refused: "savepoint: it is not RUNNING but HOVERING: S takes one once it runs",
		},
	})
}

func TestRowsOfJobs(t *testing.T) {
	kindtest.Rows(t, Jobs(nobody(t), "d1"), []kindtest.Case{
		{
			Name: "started", At: in,
			Object: `{"metadata":{"id":"j1","deploymentName":"orders"},
				"status":{"state":"STARTED","started":{"flinkJobId":"a1b2c3","observedFlinkJobStatus":"RUNNING"}}}`,
			Cells: "JOB=j1, DEPLOYMENT=orders, STATE=STARTED, FLINK JOB=a1b2c3",
			State: "STARTED good",
		},
		{
			Name: "failed", At: in,
			Object: `{"metadata":{"id":"j1","deploymentName":"orders"},"status":{"state":"FAILED",
				"failure":{"reason":"NoSlot","message":"java.util.concurrent.TimeoutException: no slot came"}}}`,
			Cells: "JOB=j1, DEPLOYMENT=orders, STATE=FAILED, WHY=NoSlot · TimeoutException: no slot came",
			State: "FAILED bad",
		},
		{
			Name: "in a state of a newer server", At: in,
			Object: `{"metadata":{"id":"j1"},"status":{"state":"HOVERING"}}`,
			Cells:  "JOB=j1, STATE=HOVERING",
			State:  "HOVERING unknown",
		},
	})
}

func TestRowsOfSavepoints(t *testing.T) {
	kindtest.Rows(t, Savepoints(nobody(t)), []kindtest.Case{
		{
			Name: "completed", At: in,
			Object: `{"metadata":{"id":"s1","deploymentId":"d1","origin":"USER_REQUEST"},
				"spec":{"savepointLocation":"s3://b/s1"},"status":{"state":"COMPLETED"}}`,
			Cells: `SAVEPOINT=s1, NAMESPACE=default, STATE=COMPLETED, ORIGIN=USER_REQUEST, DEPLOYMENT=d1,
				LOCATION=s3://b/s1`,
			State: "COMPLETED done",
		},
		{
			Name: "under way", At: in,
			Object: `{"metadata":{"id":"s1","deploymentId":"d1"},"status":{"state":"STARTED"}}`,
			Cells:  "SAVEPOINT=s1, NAMESPACE=default, STATE=STARTED, DEPLOYMENT=d1",
			State:  "STARTED busy",
		},
		{
			Name: "that could not be deleted", At: in,
			Object: `{"metadata":{"id":"s1","deploymentId":"d1"},"status":{"state":"FAILED_DELETION"}}`,
			Cells:  "SAVEPOINT=s1, NAMESPACE=default, STATE=FAILED_DELETION, DEPLOYMENT=d1",
			State:  "FAILED_DELETION bad",
		},
		{
			Name: "in a state of a newer server", At: in,
			Object: `{"metadata":{"id":"s1"},"status":{"state":"hovering"}}`,
			Cells:  "SAVEPOINT=s1, NAMESPACE=default, STATE=HOVERING",
			State:  "HOVERING unknown",
		},
	})
}

func TestRowsOfSessionClusters(t *testing.T) {
	used := func(users ...string) func(text string) (SessionCluster, error) {
		return func(text string) (c SessionCluster, err error) {
			err = json.Unmarshal([]byte(text), &c)
			c.Users = users
			return c, err
		}
	}
	const running = `{"metadata":{"id":"c1","name":"shared"},"spec":{"state":"RUNNING","deploymentTargetName":"prod",
		"flinkVersion":"1.20"},"status":{"state":"RUNNING"}}`
	kindtest.RowsOf(t, SessionClusters(nobody(t)), used("orders", "clicks"), []kindtest.Case{
		{
			Name: "in use", At: in,
			Object: running,
			Cells:  "NAME=shared, NAMESPACE=default, STATE=RUNNING, USED BY=2, TARGET=prod, FLINK=1.20",
			State:  "RUNNING good",
			Refused: `stop: deployments run in it: suspend or cancel orders, clicks first
				delete: deployments run in it: suspend or cancel orders, clicks first`,
		},
	})
	kindtest.RowsOf(t, SessionClusters(nobody(t)), used(), []kindtest.Case{
		{
			Name: "free", At: in,
			Object: running,
			Cells:  "NAME=shared, NAMESPACE=default, STATE=RUNNING, USED BY=0, TARGET=prod, FLINK=1.20",
			State:  "RUNNING good",
		},
		{
			Name: "stopped", At: in,
			Object: `{"metadata":{"id":"c1","name":"shared"},"spec":{"state":"STOPPED"},"status":{"state":"STOPPED"}}`,
			Cells:  "NAME=shared, NAMESPACE=default, STATE=STOPPED, USED BY=0",
			State:  "STOPPED idle",
		},
		{
			Name: "starting", At: in,
			Object: `{"metadata":{"id":"c1","name":"shared"},"spec":{"state":"RUNNING"},"status":{"state":"STARTING"}}`,
			Cells:  "NAME=shared, NAMESPACE=default, STATE=STARTING, USED BY=0",
			State:  "STARTING busy",
		},
		{
			Name: "failed", At: in,
			Object: `{"metadata":{"id":"c1","name":"shared"},"spec":{"state":"RUNNING"},"status":{"state":"FAILED"}}`,
			Cells:  "NAME=shared, NAMESPACE=default, STATE=FAILED, USED BY=0",
			State:  "FAILED bad",
		},
	})
}

func TestRowsOfEvents(t *testing.T) {
	kindtest.Rows(t, Events(nobody(t), ""), []kindtest.Case{
		{
			Name: "of a failure", At: in,
			Object: `{"metadata":{"id":"e1","name":"JOB_FAILED","deploymentId":"d1"},"spec":{"message":"The job\nfailed."}}`,
			Cells:  "NAMESPACE=default, EVENT=job failed, MESSAGE=The job failed., DEPLOYMENT=d1",
			State:  "FAILURE bad",
		},
		{
			Name: "of what went well", At: in,
			Object: `{"metadata":{"id":"e1","name":"STATE_TRANSITION_IS_COMPLETED"},"spec":{"message":"It runs."}}`,
			Cells:  "NAMESPACE=default, EVENT=state transition is completed, MESSAGE=It runs.",
			State:  "EVENT good",
		},
		{
			Name: "of anything else", At: in,
			Object: `{"metadata":{"id":"e1","name":"DEPLOYMENT_CREATED"},"spec":{}}`,
			Cells:  "NAMESPACE=default, EVENT=deployment created",
			State:  "EVENT plain",
		},
	})
}

func TestRowsOfTargetsAndWhatDeploymentsUse(t *testing.T) {
	api := nobody(t)
	kindtest.Rows(t, Targets(api), []kindtest.Case{
		{
			Name: "a target", At: in,
			Object: `{"kind":"DeploymentTarget","metadata":{"id":"t1","name":"prod"},
				"spec":{"kubernetes":{"namespace":"flink"}}}`,
			Cells: "NAME=prod, NAMESPACE=default, KUBERNETES NAMESPACE=flink",
		},
	})
	kindtest.Rows(t, SecretValues(api), []kindtest.Case{
		{
			Name: "a secret, whose value came", At: in,
			Object: `{"metadata":{"name":"password"},"spec":{"kind":"GENERIC","value":"hunter2"}}`,
			Cells:  "NAME=password, NAMESPACE=default",
		},
	})
	kindtest.Rows(t, Artifacts(api), []kindtest.Case{
		{
			Name: "a file", At: in,
			Object: `{"filename":"orders.jar","uri":"s3://b/orders.jar","createTime":"2026-02-01T10:00:00Z"}`,
			Cells:  "NAME=orders.jar, NAMESPACE=default, ADDRESS=s3://b/orders.jar",
		},
	})
	kindtest.RowsOf(t, Defaults(api), func(text string) (vvp.Object, error) {
		return defaultsOf([]byte(text))
	}, []kindtest.Case{
		{
			Name: "that say much", At: in,
			Object: `{"kind":"DeploymentDefaults","metadata":{"namespace":"default"},"spec":{"deploymentTargetName":"prod",
				"upgradeStrategy":{"kind":"STATEFUL"},"restoreStrategy":{"kind":"LATEST_STATE"},
				"template":{"spec":{"parallelism":2}}}}`,
			Cells: `NAME=defaults, NAMESPACE=default, TARGET=prod, PAR=2, UPGRADE=STATEFUL, RESTORE=LATEST_STATE`,
		},
		{
			Name: "that say nothing", At: in,
			Object: `{"kind":"DeploymentDefaults","spec":{}}`,
			Cells:  "NAME=defaults, NAMESPACE=default",
		},
	})
	kindtest.Rows(t, Tokens(api), []kindtest.Case{
		{
			Name: "a token, whose secret came", At: in,
			Object: `{"name":"namespaces/default/apitokens/ci","role":"editor","secret":"hunter2"}`,
			Cells:  "NAME=ci, NAMESPACE=default, ROLE=editor",
		},
	})
}

func TestRowsOfSQLObjects(t *testing.T) {
	api := nobody(t)
	kindtest.Rows(t, Scripts(api), []kindtest.Case{
		{
			Name: "a script", At: in,
			Object: `{"name":"namespaces/default/sqlscripts/daily","script":"INSERT INTO daily\n SELECT * FROM orders"}`,
			Cells:  "NAME=daily, NAMESPACE=default, SQL=INSERT INTO daily SELECT * FROM orders",
		},
	})
	kindtest.Rows(t, UDFs(api), []kindtest.Case{
		{
			Name: "a jar", At: in,
			Object: `{"name":"namespaces/default/udfartifacts/masks","jarUrl":"s3://b/masks.jar"}`,
			Cells:  "NAME=masks, NAMESPACE=default, JAR=s3://b/masks.jar",
		},
	})
	kindtest.Rows(t, Connectors(api), []kindtest.Case{
		{
			Name: "a connector", At: in,
			Object: `{"name":"namespaces/default/connectors/kafka","type":"kafka"}`,
			Cells:  "NAME=kafka, NAMESPACE=default, TYPE=kafka",
		},
	})
	kindtest.Rows(t, Formats(api), []kindtest.Case{
		{
			Name: "a format", At: in,
			Object: `{"name":"namespaces/default/formats/json","type":"json"}`,
			Cells:  "NAME=json, NAMESPACE=default, TYPE=json",
		},
	})
}
