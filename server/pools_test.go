package server

import (
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

// inPool is a statement's document in a pool, with a member of its spec.
func inPool(doc, pool, member string, value any) string {
	return string(cmf.Object(doc).With(pool, "spec", "computePoolName").With(value, "spec", member))
}

func TestStatementsWaitForTheClusterOfTheirSharedPool(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	pools := "environments/prod/compute-pools"
	asleep := cmf.Object(servertest.Pool("shared", "SHARED")).With("SUSPENDED", "spec", "state")
	w.must("POST", pools, string(asleep))
	w.advance(10 * time.Second)
	one, two, clicks := servertest.Statement("one", "SELECT 1"), servertest.Statement("two", "SELECT 2"), selectFrom(
		"clicks", "SELECT url FROM clicks",
	)
	for _, doc := range []string{one, two, clicks} {
		w.must("POST", prodStatements, inPool(doc, "shared", "parallelism", 1))
	}
	w.advance(time.Hour)
	w.wantPhase("one", cmf.PhasePending)
	if rows, next := w.page("one", ""); len(rows) > 0 || next == "" {
		t.Errorf("results of what has not begun: got %v, token %q", rows, next)
	}
	w.call("PUT", prodStatements+"/two", inPool(two, "shared", "stopped", true))
	w.call("PUT", prodStatements+"/clicks", inPool(clicks, "shared", "parallelism", 2))
	w.advance(time.Minute)
	w.wantPhase("two", cmf.PhaseStopped)
	w.wantPhase("clicks", cmf.PhasePending)
	w.reopen()
	w.advance(time.Minute)
	w.wantPhase("one", cmf.PhasePending)
	if rec := w.call("PUT", pools+"/shared", servertest.Pool("shared", "SHARED")); rec.Code != 200 {
		t.Fatalf("a suspended pool is started: got %d %s", rec.Code, rec.Body)
	}
	w.advance(10 * time.Second)
	w.wantPhase("one", cmf.PhaseCompleted)
	w.wantPhase("two", cmf.PhaseStopped)
	w.wantPhase("clicks", cmf.PhaseRunning)
	if rows := w.all("one"); len(rows) != 1 {
		t.Errorf("got %v, want one row", rows)
	}
	if rec := w.call("PUT", pools+"/shared", string(asleep)); rec.Code != 409 ||
		!strings.Contains(rec.Body.String(), "1 statement of it is running") {
		t.Errorf("suspended while a statement runs: got %d %s", rec.Code, rec.Body)
	}
}
