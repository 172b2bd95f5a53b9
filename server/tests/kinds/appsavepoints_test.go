package kinds

import (
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

func TestASavepointIsTakenKeptByDetachAndStartedFrom(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", `"entryClass":"a.B"`, ""))
	w.Must(
		"POST", servertest.ProdApps+"/orders/savepoints",
		`{"apiVersion":"cmf.confluent.io/v1","kind":"Savepoint","metadata":{"name":"sp-1"},`+
			`"spec":{"path":"s3://b/x"},"status":{"path":""}}`,
	)
	w.WaitIdle()
	w.WantSavepoint("orders", cmf.SavepointPending)
	w.Advance(3 * time.Second)
	w.WantSavepoint("orders", cmf.SavepointInProgress)
	w.Advance(2 * time.Second)
	if path := w.WantSavepoint("orders", cmf.SavepointCompleted); !strings.HasPrefix(path, "s3://b/x/savepoint-") {
		t.Errorf("path: got %s", path)
	}
	detached := w.Must("POST", servertest.ProdApps+"/orders/savepoints/sp-1/detach", "")
	if code := w.Call("DELETE", servertest.ProdApps+"/orders", "").Code; code != 204 {
		t.Fatalf("delete: got %d", code)
	}
	w.WaitIdle()
	if code := w.Call("GET", servertest.ProdApps+"/orders", "").Code; code != 404 {
		t.Errorf("deleted application: got %d, want 404", code)
	}
	w.Must("GET", "detached-savepoints/sp-1", "")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", `"entryClass":"a.B","state":"suspended"`, ""))
	w.WaitIdle()
	w.WantStates("orders", cmf.LifecycleSuspended, "")
	uid := detached.String("metadata", "uid")
	w.Must("POST", servertest.ProdApps+"/orders/start?startFromSavepointUid="+uid, "")
	w.Advance(5 * time.Second)
	w.WantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
}

func TestADeletedSavepointLosesItsFilesAndThenItsRecord(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	w.Advance(10 * time.Second)
	w.Must(
		"POST", servertest.ProdApps+"/orders/savepoints",
		`{"apiVersion":"cmf.confluent.io/v1","kind":"Savepoint","metadata":{"name":"sp-1"},"spec":{}}`,
	)
	w.Advance(5 * time.Second)
	w.Must("DELETE", servertest.ProdApps+"/orders/savepoints/sp-1", "")
	pending := w.Must("GET", servertest.ProdApps+"/orders/savepoints/sp-1", "")
	if pending.String("status", "pendingDeletion") !=
		"true" {
		t.Errorf("got %s, want pendingDeletion", pending)
	}
	w.WaitIdle()
	if code := w.Call("GET", servertest.ProdApps+"/orders/savepoints/sp-1", "").Code; code != 404 {
		t.Errorf("got %d, want 404", code)
	}
}

func TestASavepointStaysPendingDeletionWhileItsClusterIsDown(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	w.Advance(10 * time.Second)
	for _, name := range []string{"sp-1", "sp-2"} {
		w.Must(
			"POST", servertest.ProdApps+"/orders/savepoints",
			`{"apiVersion":"cmf.confluent.io/v1","kind":"Savepoint","metadata":{"name":"`+name+`"},"spec":{}}`,
		)
	}
	w.Advance(5 * time.Second)
	w.Must("POST", servertest.ProdApps+"/orders/suspend", "")
	w.Advance(10 * time.Second)
	w.Must("DELETE", servertest.ProdApps+"/orders/savepoints/sp-1", "")
	w.Must("DELETE", servertest.ProdApps+"/orders/savepoints/sp-2", "")
	w.Advance(time.Hour)
	pending := w.Must("GET", servertest.ProdApps+"/orders/savepoints/sp-1", "").Object("status")
	if pending.String("pendingDeletion") != "true" || pending.String("state") != cmf.SavepointCompleted {
		t.Errorf("got %s, want COMPLETED and pendingDeletion", pending)
	}
	w.Must("DELETE", servertest.ProdApps+"/orders/savepoints/sp-2?force=true", "")
	if code := w.Call("GET", servertest.ProdApps+"/orders/savepoints/sp-2", "").Code; code != 404 {
		t.Errorf("deleted by force: got %d, want 404", code)
	}
	w.Must("POST", servertest.ProdApps+"/orders/start", "")
	w.Advance(10 * time.Second)
	if code := w.Call("GET", servertest.ProdApps+"/orders/savepoints/sp-1", "").Code; code != 404 {
		t.Errorf("once the cluster is up: got %d, want 404", code)
	}
}

func TestAFailingSavepointIsTriedAgainUntilItsLimit(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", `"drey.stand-in.savepoint-fails":"true"`))
	w.Advance(10 * time.Second)
	w.Must(
		"POST", servertest.ProdApps+"/orders/savepoints",
		`{"apiVersion":"cmf.confluent.io/v1","kind":"Savepoint","metadata":{"name":"sp-1"},"spec":{"backoffLimit":1}}`,
	)
	w.Advance(3 * time.Second)
	if got := w.Must("GET", servertest.ProdApps+"/orders/savepoints/sp-1", "").String("status", "state"); got !=
		cmf.SavepointPending {
		t.Errorf("after the first failure: got %s, want %s", got, cmf.SavepointPending)
	}
	w.Advance(time.Minute)
	status := w.Must("GET", servertest.ProdApps+"/orders/savepoints/sp-1", "").Object("status")
	if status.String("state") != cmf.SavepointFailed || status.String("failures") != "2" ||
		status.String("error") == "" {
		t.Errorf("got %s, want FAILED after 2 failures with an error", status)
	}
}
