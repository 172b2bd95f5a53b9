package server

import (
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

// TestStartFromSavepointTakesAttachedAndDetachedOnesByNameAndUID, of
// applications and of statements.
func TestStartFromSavepointTakesAttachedAndDetachedOnesByNameAndUID(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", "", ""))
	text := selectFrom("clicks", "SELECT click_id FROM clicks")
	w.must("POST", prodStatements, text)
	w.advance(10 * time.Second)
	uid := map[string]string{}
	for _, of := range []string{prodApps + "/orders", prodStatements + "/clicks"} {
		for _, name := range []string{"kept", "attached"} {
			uid[of+name] = w.must("POST", of+"/savepoints", servertest.Savepoint(name, "")).String("metadata", "uid")
			w.advance(20 * time.Second)
		}
	}
	detached := w.must("POST", prodApps+"/orders/savepoints/kept/detach", "").String("metadata", "uid")
	w.must("POST", prodApps+"/orders/savepoints", servertest.Savepoint("young", ""))
	w.must("POST", prodStatements+"/clicks/savepoints", servertest.Savepoint("young", ""))
	application := func(from string) string {
		return servertest.Application("orders", `"startFromSavepoint":`+from, "")
	}
	statement := func(from string) string {
		return string(cmf.Object(text).With(cmf.Object(from), "spec", "startFromSavepoint"))
	}
	w.play([]scenario{
		{"a second of the name", "POST", prodApps + "/orders/savepoints", servertest.Savepoint("attached", ""), nil, 422, "attached"},
		{"a second of a statement's", "POST", prodStatements + "/clicks/savepoints", servertest.Savepoint("attached", ""), nil, 422, "attached"},
		{"attached, by name", "POST", prodApps, application(`{"savepointName":"attached"}`), nil, 201, ""},
		{"attached, by uid", "POST", prodApps, application(`{"uid":"` + uid[prodApps+"/ordersattached"] + `"}`), nil, 201, ""},
		{"detached, by name", "POST", prodApps, application(`{"savepointName":"kept"}`), nil, 201, ""},
		{"detached, by uid", "POST", prodApps, application(`{"uid":"` + detached + `"}`), nil, 201, ""},
		{"unknown name", "POST", prodApps, application(`{"savepointName":"nope"}`), nil, 404, "Savepoint 'nope' not found"},
		{"unknown uid", "POST", prodApps, application(`{"uid":"nope"}`), nil, 404, "Savepoint 'nope' not found"},
		{"not completed", "POST", prodApps, application(`{"savepointName":"young"}`), nil, 422, "young"},
		{"of a statement, by name", "PUT", prodStatements + "/clicks", statement(`{"savepointName":"attached","savepointRedeployNonce":1}`), nil, 200, ""},
		{"of a statement, by uid", "PUT", prodStatements + "/clicks", statement(`{"uid":"` + uid[prodStatements+"/clicksattached"] + `","savepointRedeployNonce":2}`), nil, 200, ""},
		{"of a statement, unknown", "PUT", prodStatements + "/clicks", statement(`{"savepointName":"nope","savepointRedeployNonce":3}`), nil, 404, "nope"},
		{"of a statement, not completed", "PUT", prodStatements + "/clicks", statement(`{"savepointName":"young","savepointRedeployNonce":3}`), nil, 422, "young"},
		{"on create", "POST", prodStatements, selectFromWith("more", `{"savepointName":"attached"}`), nil, 422, "only an update"},
	})
	w.advance(time.Minute)
	w.wantPhase("clicks", cmf.PhaseRunning)
}

// TestASavepointThatWasStartedFromMayGo: what names it still can be changed.
func TestASavepointThatWasStartedFromMayGo(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", "", ""))
	text := selectFrom("clicks", "SELECT click_id FROM clicks")
	w.must("POST", prodStatements, text)
	w.advance(10 * time.Second)
	for _, of := range []string{prodApps + "/orders", prodStatements + "/clicks"} {
		w.must("POST", of+"/savepoints", servertest.Savepoint("base", ""))
	}
	w.advance(20 * time.Second)
	named := cmf.Object(`{"savepointName":"base","savepointRedeployNonce":1}`)
	w.must("POST", prodApps, servertest.Application("orders", `"startFromSavepoint":`+string(named), ""))
	statement := cmf.Object(text).With(named, "spec", "startFromSavepoint")
	w.must("PUT", prodStatements+"/clicks", string(statement))
	w.advance(time.Minute)
	for _, of := range []string{prodApps + "/orders", prodStatements + "/clicks"} {
		w.must("DELETE", of+"/savepoints/base", "")
	}
	w.advance(time.Minute)
	w.must("POST", prodApps, servertest.Application(
		"orders", `"parallelism":2,"startFromSavepoint":`+string(named), "",
	))
	w.must("PUT", prodStatements+"/clicks", string(statement.With(2, "spec", "parallelism")))
	w.advance(time.Minute)
	w.wantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
	w.wantPhase("clicks", cmf.PhaseRunning)
	again := servertest.Application(
		"orders", `"startFromSavepoint":{"savepointName":"base","savepointRedeployNonce":2}`, "",
	)
	if rec := w.call("POST", prodApps, again); rec.Code != 404 {
		t.Errorf("another start from what is gone: got %d %s, want 404", rec.Code, rec.Body)
	}
}

func selectFromWith(name, from string) string {
	return string(cmf.Object(selectFrom(name, "SELECT click_id FROM clicks")).With(
		cmf.Object(from), "spec", "startFromSavepoint",
	))
}
