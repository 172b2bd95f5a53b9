package server

import (
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

func TestASavepointIsTakenKeptByDetachAndStartedFrom(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", `"entryClass":"a.B"`, ""))
	w.must(
		"POST", prodApps+"/orders/savepoints",
		`{"apiVersion":"cmf.confluent.io/v1","kind":"Savepoint","metadata":{"name":"sp-1"},"spec":{"path":"s3://b/x"},"status":{"path":""}}`,
	)
	w.waitIdle()
	w.wantSavepoint("orders", cmf.SavepointPending)
	w.advance(3 * time.Second)
	w.wantSavepoint("orders", cmf.SavepointInProgress)
	w.advance(2 * time.Second)
	if path := w.wantSavepoint("orders", cmf.SavepointCompleted); !strings.HasPrefix(path, "s3://b/x/savepoint-") {
		t.Errorf("path: got %s", path)
	}
	detached := w.must("POST", prodApps+"/orders/savepoints/sp-1/detach", "")
	if code := w.call("DELETE", prodApps+"/orders", "").Code; code != 204 {
		t.Fatalf("delete: got %d", code)
	}
	w.waitIdle()
	if code := w.call("GET", prodApps+"/orders", "").Code; code != 404 {
		t.Errorf("deleted application: got %d, want 404", code)
	}
	w.must("GET", "detached-savepoints/sp-1", "")
	w.must("POST", prodApps, servertest.Application("orders", `"entryClass":"a.B","state":"suspended"`, ""))
	w.waitIdle()
	w.wantStates("orders", cmf.LifecycleSuspended, "")
	uid := detached.String("metadata", "uid")
	w.must("POST", prodApps+"/orders/start?startFromSavepointUid="+uid, "")
	w.advance(5 * time.Second)
	w.wantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
}

func TestADeletedSavepointLosesItsFilesAndThenItsRecord(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", "", ""))
	w.advance(10 * time.Second)
	w.must(
		"POST", prodApps+"/orders/savepoints",
		`{"apiVersion":"cmf.confluent.io/v1","kind":"Savepoint","metadata":{"name":"sp-1"},"spec":{}}`,
	)
	w.advance(5 * time.Second)
	w.must("DELETE", prodApps+"/orders/savepoints/sp-1", "")
	if pending := w.must("GET", prodApps+"/orders/savepoints/sp-1", ""); pending.String("status", "pendingDeletion") !=
		"true" {
		t.Errorf("got %s, want pendingDeletion", pending)
	}
	w.waitIdle()
	if code := w.call("GET", prodApps+"/orders/savepoints/sp-1", "").Code; code != 404 {
		t.Errorf("got %d, want 404", code)
	}
}

func TestASavepointStaysPendingDeletionWhileItsClusterIsDown(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", "", ""))
	w.advance(10 * time.Second)
	for _, name := range []string{"sp-1", "sp-2"} {
		w.must(
			"POST", prodApps+"/orders/savepoints",
			`{"apiVersion":"cmf.confluent.io/v1","kind":"Savepoint","metadata":{"name":"`+name+`"},"spec":{}}`,
		)
	}
	w.advance(5 * time.Second)
	w.must("POST", prodApps+"/orders/suspend", "")
	w.advance(10 * time.Second)
	w.must("DELETE", prodApps+"/orders/savepoints/sp-1", "")
	w.must("DELETE", prodApps+"/orders/savepoints/sp-2", "")
	w.advance(time.Hour)
	pending := w.must("GET", prodApps+"/orders/savepoints/sp-1", "").Object("status")
	if pending.String("pendingDeletion") != "true" || pending.String("state") != cmf.SavepointCompleted {
		t.Errorf("got %s, want COMPLETED and pendingDeletion", pending)
	}
	w.must("DELETE", prodApps+"/orders/savepoints/sp-2?force=true", "")
	if code := w.call("GET", prodApps+"/orders/savepoints/sp-2", "").Code; code != 404 {
		t.Errorf("deleted by force: got %d, want 404", code)
	}
	w.must("POST", prodApps+"/orders/start", "")
	w.advance(10 * time.Second)
	if code := w.call("GET", prodApps+"/orders/savepoints/sp-1", "").Code; code != 404 {
		t.Errorf("once the cluster is up: got %d, want 404", code)
	}
}

func TestAFailingSavepointIsTriedAgainUntilItsLimit(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", "", `"drey.stand-in.savepoint-fails":"true"`))
	w.advance(10 * time.Second)
	w.must(
		"POST", prodApps+"/orders/savepoints",
		`{"apiVersion":"cmf.confluent.io/v1","kind":"Savepoint","metadata":{"name":"sp-1"},"spec":{"backoffLimit":1}}`,
	)
	w.advance(3 * time.Second)
	if got := w.must("GET", prodApps+"/orders/savepoints/sp-1", "").String("status", "state"); got !=
		cmf.SavepointPending {
		t.Errorf("after the first failure: got %s, want %s", got, cmf.SavepointPending)
	}
	w.advance(time.Minute)
	status := w.must("GET", prodApps+"/orders/savepoints/sp-1", "").Object("status")
	if status.String("state") != cmf.SavepointFailed || status.String("failures") != "2" ||
		status.String("error") == "" {
		t.Errorf("got %s, want FAILED after 2 failures with an error", status)
	}
}
