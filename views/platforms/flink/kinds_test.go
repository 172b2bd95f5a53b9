package flink

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"drey/views/resource/kindtest"
)

func TestEachKindHasATableOfItsRows(t *testing.T) { kindtest.EachKindHasRows(t) }

// recorded gives an object out of an answer of a real Flink, by where it is in it.
func recorded(t *testing.T, file string, way ...any) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../../client/flinkrest/testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	for _, step := range way {
		switch step := step.(type) {
		case string:
			doc = doc.(map[string]any)[step]
		case int:
			doc = doc.([]any)[step]
		}
	}
	if doc == nil {
		t.Fatalf("%s has nothing at %v", file, way)
	}
	object, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(object)
}

// oneFlink is a JobManager that nothing is asked of.
func oneFlink(t *testing.T) *fleet { return fleetOf(t, nil, "http://127.0.0.1:1") }

func TestRowsOfJobs(t *testing.T) {
	kindtest.Rows(t, jobs(oneFlink(t)), []kindtest.Case{
		{
			Name:   "running",
			Object: recorded(t, "flink-2.3.0/jobs-overview.json", "jobs", 0),
			Cells:  "NAME=CarTopSpeedWindowingExample, STATE=RUNNING, JOB=a446be97, TASKS=3 running",
			State:  "RUNNING good",
		},
		{
			Name:   "failed",
			Object: recorded(t, "flink-2.2.1/jobs-overview-after.json", "jobs", 0),
			Cells: `NAME=insert-into_default_catalog.default_database.b, STATE=FAILED, JOB=9e878154,
				TASKS=1 failed, 1 canceled, UP=628ms`,
			State: "FAILED bad",
			Refused: `start: drey did not start it, so its jar and arguments are not known: run a jar in the Jars tab
				savepoint: it has ended as FAILED: a jar is run in the Jars tab
				end: it has ended as FAILED: a jar is run in the Jars tab
				rescale: it has ended as FAILED: a jar is run in the Jars tab`,
		},
		{
			Name:   "canceled",
			Object: recorded(t, "flink-2.2.1/jobs-overview-after.json", "jobs", 1),
			Cells:  "NAME=CarTopSpeedWindowingExample, STATE=CANCELED, JOB=239378be, TASKS=3 canceled, UP=23.1s",
			State:  "CANCELED idle",
			Refused: `start: drey did not start it, so its jar and arguments are not known: run a jar in the Jars tab
				savepoint: it has ended as CANCELED: a jar is run in the Jars tab
				end: it has ended as CANCELED: a jar is run in the Jars tab
				rescale: it has ended as CANCELED: a jar is run in the Jars tab`,
		},
		{
			Name:   "finished",
			Object: recorded(t, "flink-2.2.1/jobs-overview-after.json", "jobs", 2),
			Cells:  "NAME=SELECT 1, STATE=FINISHED, JOB=e803c4fc, TASKS=1 finished, UP=1.9s",
			State:  "FINISHED done",
			Refused: `start: drey did not start it, so its jar and arguments are not known: run a jar in the Jars tab
				savepoint: it has ended as FINISHED: a jar is run in the Jars tab
				end: it has ended as FINISHED: a jar is run in the Jars tab
				rescale: it has ended as FINISHED: a jar is run in the Jars tab`,
		},
		{
			Name:   "of Flink 1.20",
			Object: recorded(t, "flink-1.20.0/jobs-overview.json", "jobs", 0),
			Cells:  "NAME=SELECT 1, STATE=FINISHED, JOB=7279e879, TASKS=1 finished, UP=5.4s",
			State:  "FINISHED done",
			Refused: `start: drey did not start it, so its jar and arguments are not known: run a jar in the Jars tab
				savepoint: it has ended as FINISHED: a jar is run in the Jars tab
				end: it has ended as FINISHED: a jar is run in the Jars tab
				rescale: it has ended as FINISHED: a jar is run in the Jars tab`,
		},
		{
			Name: "with numbers",
			Object: `{"jid":"a446be97a77701d5c2a0c0f126c090d9","name":"orders","start-time":1796006381010,"end-time":-1,
				"state":"RUNNING","tasks":{"running":3,"total":4,"scheduled":1},"parallelism":2,"busy":0.954,"backpressured":0,
				"lag":75,"restarts":2,"lastCheckpoint":{"at":null,"duration":41,"size":11010,"completed":10,"failed":1}}`,
			Cells: `NAME=orders, STATE=RUNNING, JOB=a446be97, TASKS=1 scheduled, 3 running, PAR=2, BUSY=95%,
				BACK=0%, LAG=1m, RESTARTS=2, CHECKPOINT=11 kB · in 41ms`,
			State: "RUNNING good",
			Refused: `stop: 1 of its tasks does not run yet: w says why, x ends it without a savepoint
				savepoint: 1 of its tasks does not run yet: w says why, x ends it without a savepoint`,
		},
		{
			Name: "none of whose checkpoints completed",
			Object: `{"jid":"a446be97a77701d5c2a0c0f126c090d9","name":"orders","start-time":1796006381010,"end-time":-1,
				"state":"RUNNING","tasks":{"running":3,"total":3},"parallelism":1,"busy":null,"backpressured":null,
				"lag":null,"restarts":0,"lastCheckpoint":{"at":null,"duration":null,"size":null,"completed":0,"failed":4}}`,
			Cells: `NAME=orders, STATE=RUNNING, JOB=a446be97, TASKS=3 running, PAR=1, RESTARTS=0,
				CHECKPOINT=4 failed`,
			State: "RUNNING good",
		},
		{
			Name: "that restarts",
			Object: `{"jid":"a446be97a77701d5c2a0c0f126c090d9","name":"orders","start-time":1796006381010,"end-time":-1,
				"state":"RESTARTING","tasks":{"failed":1,"canceled":2,"total":3}}`,
			Cells: "NAME=orders, STATE=RESTARTING, JOB=a446be97, TASKS=1 failed, 2 canceled",
			State: "RESTARTING warn",
			Refused: `stop: it is not running but RESTARTING: w says why, x ends it without a savepoint
				savepoint: it is not running but RESTARTING: w says why, x ends it without a savepoint`,
		},
		{
			Name: "in a state of a newer Flink",
			Object: `{"jid":"a446be97a77701d5c2a0c0f126c090d9","name":"orders","start-time":1796006381010,"end-time":-1,
				"state":"HOVERING","tasks":{"total":0}}`,
			Cells: "NAME=orders, STATE=HOVERING, JOB=a446be97",
			State: "HOVERING unknown",
			Refused: `stop: it is not running but HOVERING: w says why, x ends it without a savepoint
				savepoint: it is not running but HOVERING: w says why, x ends it without a savepoint`,
		},
	})
}

func TestRowsOfTaskManagers(t *testing.T) {
	kindtest.Rows(t, taskManagers(oneFlink(t)), []kindtest.Case{
		{
			Name:   "of Flink 2.2",
			Object: recorded(t, "flink-2.2.1/taskmanagers.json", "taskmanagers", 0),
			Cells: `ID=tm-1, STATE=READY, SLOTS=2/16, CPU=2, HEAP=671 MB, MANAGED=537 MB, NETWORK=134 MB,
				ADDRESS=pekko.tcp://flink@127.0.0.1:35283/user/rpc/taskmanager_0`,
			State: "READY good",
		},
		{
			Name:   "of Flink 1.20",
			Object: recorded(t, "flink-1.20.0/taskmanagers.json", "taskmanagers", 0),
			Cells: `ID=tm-1, STATE=READY, SLOTS=2/16, CPU=2, HEAP=671 MB, MANAGED=537 MB, NETWORK=134 MB,
				ADDRESS=pekko.tcp://flink@127.0.0.1:8081/user/rpc/taskmanager_0`,
			State: "READY good",
		},
	})
}

func TestRowsOfTaskManagersThatTakeNothing(t *testing.T) {
	kindtest.Rows(t, taskManagers(oneFlink(t)), []kindtest.Case{
		{
			Name:   "full",
			Object: `{"id":"tm-1","slotsNumber":4,"freeSlots":0}`,
			Cells:  "ID=tm-1, STATE=FULL, SLOTS=4/4, CPU=0",
			State:  "FULL good",
		},
		{
			Name:   "blocked",
			Object: `{"id":"tm-1","slotsNumber":4,"freeSlots":4,"blocked":true}`,
			Cells:  "ID=tm-1, STATE=BLOCKED, SLOTS=0/4, CPU=0",
			State:  "BLOCKED warn",
		},
	})
}

func TestRowsOfJars(t *testing.T) {
	kindtest.Rows(t, jars(oneFlink(t)), []kindtest.Case{
		{
			Name:   "without a class",
			Object: recorded(t, "flink-2.2.1/jars.json", "files", 0),
			Cells: `NAME=flink-examples-streaming.jar,
				ID=24c3c436-fb33-4064-b30d-d75c440adeb3_flink-examples-streaming.jar`,
		},
		{
			Name: "with classes",
			Object: `{"id":"24c3c436_two.jar","name":"two.jar","uploaded":1795962351906,
				"entry":[{"name":"com.example.First","description":null},{"name":"com.example.Second","description":null}]}`,
			Cells: "NAME=two.jar, ENTRY CLASS=com.example.First, ID=24c3c436_two.jar",
		},
	})
}

func TestRowsOfClusters(t *testing.T) {
	kindtest.Rows(t, clusters(oneFlink(t)), []kindtest.Case{
		{
			Name:   "with free slots",
			Object: recorded(t, "flink-2.2.1/overview.json"),
			Cells:  "STATE=READY, FLINK=2.2.1, TMS=1, SLOTS=2/16, RUNNING=1, FAILED=0, FINISHED=1, CANCELED=0",
			State:  "READY good",
		},
		{
			Name:   "full",
			Object: `{"taskmanagers":2,"slots-total":8,"slots-available":0,"jobs-running":3,"flink-version":"2.2.1"}`,
			Cells: `STATE=FULL, FLINK=2.2.1, TMS=2, SLOTS=8/8, RUNNING=3, FAILED=0, FINISHED=0,
				CANCELED=0`,
			State: "FULL warn",
		},
		{
			Name:   "without a task manager",
			Object: `{"taskmanagers":0,"slots-total":0,"slots-available":0,"jobs-running":0,"flink-version":"2.2.1"}`,
			Cells: `STATE=EMPTY, FLINK=2.2.1, TMS=0, SLOTS=0/0, RUNNING=0, FAILED=0, FINISHED=0,
				CANCELED=0`,
			State: "EMPTY idle",
		},
		{
			Name: "that lost its task managers",
			Object: `{"taskmanagers":0,"slots-total":0,"slots-available":0,"jobs-running":2,"jobs-failed":1,
				"flink-version":"2.2.1"}`,
			Cells: `STATE=NO TASK MANAGER, FLINK=2.2.1, TMS=0, SLOTS=0/0, RUNNING=2, FAILED=1,
				FINISHED=0, CANCELED=0`,
			State: "NO TASK MANAGER bad",
		},
	})
}

func TestRowsOfRestorePoints(t *testing.T) {
	kindtest.Rows(t, restorePoints(oneFlink(t), Job{}), []kindtest.Case{
		{
			Name:   "a checkpoint",
			Object: recorded(t, "flink-2.2.1/checkpoints.json", "history", 0),
			Cells: `KIND=Checkpoint 10, SIZE=11 kB,
				PATH=file:/flink/checkpoints/239378bee8fc1c07df2638deca7e36c2/chk-10`,
			Refused: "dispose of: it is a checkpoint: Flink deletes those itself",
		},
		{
			Name: "a savepoint",
			Object: `{"id":11,"status":"COMPLETED","is_savepoint":true,"savepointFormat":"CANONICAL",
				"trigger_timestamp":1795962371979,"state_size":11010,"checkpoint_type":"SAVEPOINT",
				"external_path":"file:/sp/savepoint-239378-0a1b2c","discarded":false}`,
			Cells: "KIND=Savepoint 11, SIZE=11 kB, FORMAT=CANONICAL, PATH=file:/sp/savepoint-239378-0a1b2c",
		},
		{
			Name:   "a savepoint that drey took and Flink has no number of any more",
			Object: `{"status":"COMPLETED","is_savepoint":true,"external_path":"file:/sp/savepoint-239378-0a1b2c"}`,
			Cells:  "KIND=Savepoint, PATH=file:/sp/savepoint-239378-0a1b2c",
		},
	})
}
