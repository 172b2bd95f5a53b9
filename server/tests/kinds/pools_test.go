package kinds

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
	w := servertest.NewWorld(t)
	w.Environment("prod")
	pools := "environments/prod/compute-pools"
	asleep := cmf.Object(servertest.Pool("shared", "SHARED")).With("SUSPENDED", "spec", "state")
	w.Must("POST", pools, string(asleep))
	w.Advance(10 * time.Second)
	one, two, clicks := servertest.Statement(
		"one", "SELECT 1",
	), servertest.Statement("two", "SELECT 2"), servertest.SelectFrom(
		"clicks", "SELECT url FROM clicks",
	)
	for _, doc := range []string{one, two, clicks} {
		w.Must("POST", servertest.ProdStatements, inPool(doc, "shared", "parallelism", 1))
	}
	w.Advance(time.Hour)
	w.WantPhase("one", cmf.PhasePending)
	if rows, next := w.Page("one", ""); len(rows) > 0 || next == "" {
		t.Errorf("results of what has not begun: got %v, token %q", rows, next)
	}
	w.Call("PUT", servertest.ProdStatements+"/two", inPool(two, "shared", "stopped", true))
	w.Call("PUT", servertest.ProdStatements+"/clicks", inPool(clicks, "shared", "parallelism", 2))
	w.Advance(time.Minute)
	w.WantPhase("two", cmf.PhaseStopped)
	w.WantPhase("clicks", cmf.PhasePending)
	w.Reopen()
	w.Advance(time.Minute)
	w.WantPhase("one", cmf.PhasePending)
	if rec := w.Call("PUT", pools+"/shared", servertest.Pool("shared", "SHARED")); rec.Code != 200 {
		t.Fatalf("a suspended pool is started: got %d %s", rec.Code, rec.Body)
	}
	w.Advance(10 * time.Second)
	w.WantPhase("one", cmf.PhaseCompleted)
	w.WantPhase("two", cmf.PhaseStopped)
	w.WantPhase("clicks", cmf.PhaseRunning)
	if rows := w.All("one"); len(rows) != 1 {
		t.Errorf("got %v, want one row", rows)
	}
	if rec := w.Call("PUT", pools+"/shared", string(asleep)); rec.Code != 409 ||
		!strings.Contains(rec.Body.String(), "1 statement of it is running") {
		t.Errorf("suspended while a statement runs: got %d %s", rec.Code, rec.Body)
	}
}
