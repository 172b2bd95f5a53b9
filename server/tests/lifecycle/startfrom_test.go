package lifecycle

import (
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

// TestStartFromSavepointTakesAttachedAndDetachedOnesByNameAndUID, of
// applications and of statements.
func TestStartFromSavepointTakesAttachedAndDetachedOnesByNameAndUID(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	text := servertest.SelectFrom("clicks", "SELECT click_id FROM clicks")
	w.Must("POST", servertest.ProdStatements, text)
	w.Advance(10 * time.Second)
	uid := map[string]string{}
	for _, of := range []string{servertest.ProdApps + "/orders", servertest.ProdStatements + "/clicks"} {
		for _, name := range []string{"kept", "attached"} {
			uid[of+name] = w.Must("POST", of+"/savepoints", servertest.Savepoint(name, "")).String("metadata", "uid")
			w.Advance(20 * time.Second)
		}
	}
	detached := w.Must("POST", servertest.ProdApps+"/orders/savepoints/kept/detach", "").String("metadata", "uid")
	w.Must("POST", servertest.ProdApps+"/orders/savepoints", servertest.Savepoint("young", ""))
	w.Must("POST", servertest.ProdStatements+"/clicks/savepoints", servertest.Savepoint("young", ""))
	application := func(from string) string {
		return servertest.Application("orders", `"startFromSavepoint":`+from, "")
	}
	statement := func(from string) string {
		return string(cmf.Object(text).With(cmf.Object(from), "spec", "startFromSavepoint"))
	}
	servertest.Play(w, []scenario{
		{"a second of the name", "POST", servertest.ProdApps + "/orders/savepoints", servertest.Savepoint("attached", ""), nil, 422, "attached"},
		{"a second of a statement's", "POST", servertest.ProdStatements + "/clicks/savepoints", servertest.Savepoint("attached", ""), nil, 422, "attached"},
		{"attached, by name", "POST", servertest.ProdApps, application(`{"savepointName":"attached"}`), nil, 201, ""},
		{"attached, by uid", "POST", servertest.ProdApps, application(`{"uid":"` + uid[servertest.ProdApps+"/ordersattached"] + `"}`), nil, 201, ""},
		{"detached, by name", "POST", servertest.ProdApps, application(`{"savepointName":"kept"}`), nil, 201, ""},
		{"detached, by uid", "POST", servertest.ProdApps, application(`{"uid":"` + detached + `"}`), nil, 201, ""},
		{"unknown name", "POST", servertest.ProdApps, application(`{"savepointName":"nope"}`), nil, 404, "Savepoint 'nope' not found"},
		{"unknown uid", "POST", servertest.ProdApps, application(`{"uid":"nope"}`), nil, 404, "Savepoint 'nope' not found"},
		{"not completed", "POST", servertest.ProdApps, application(`{"savepointName":"young"}`), nil, 422, "young"},
		{"of a statement, by name", "PUT", servertest.ProdStatements + "/clicks", statement(`{"savepointName":"attached","savepointRedeployNonce":1}`), nil, 200, ""},
		{"of a statement, by uid", "PUT", servertest.ProdStatements + "/clicks", statement(`{"uid":"` + uid[servertest.ProdStatements+"/clicksattached"] + `","savepointRedeployNonce":2}`), nil, 200, ""},
		{"of a statement, unknown", "PUT", servertest.ProdStatements + "/clicks", statement(`{"savepointName":"nope","savepointRedeployNonce":3}`), nil, 404, "nope"},
		{"of a statement, not completed", "PUT", servertest.ProdStatements + "/clicks", statement(`{"savepointName":"young","savepointRedeployNonce":3}`), nil, 422, "young"},
		{"on create", "POST", servertest.ProdStatements, selectFromWith("more", `{"savepointName":"attached"}`), nil, 422, "only an update"},
	})
	w.Advance(time.Minute)
	w.WantPhase("clicks", cmf.PhaseRunning)
}

// TestASavepointThatWasStartedFromMayGo: what names it still can be changed.
func TestASavepointThatWasStartedFromMayGo(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	text := servertest.SelectFrom("clicks", "SELECT click_id FROM clicks")
	w.Must("POST", servertest.ProdStatements, text)
	w.Advance(10 * time.Second)
	for _, of := range []string{servertest.ProdApps + "/orders", servertest.ProdStatements + "/clicks"} {
		w.Must("POST", of+"/savepoints", servertest.Savepoint("base", ""))
	}
	w.Advance(20 * time.Second)
	named := cmf.Object(`{"savepointName":"base","savepointRedeployNonce":1}`)
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", `"startFromSavepoint":`+string(named), ""))
	statement := cmf.Object(text).With(named, "spec", "startFromSavepoint")
	w.Must("PUT", servertest.ProdStatements+"/clicks", string(statement))
	w.Advance(time.Minute)
	for _, of := range []string{servertest.ProdApps + "/orders", servertest.ProdStatements + "/clicks"} {
		w.Must("DELETE", of+"/savepoints/base", "")
	}
	w.Advance(time.Minute)
	w.Must("POST", servertest.ProdApps, servertest.Application(
		"orders", `"parallelism":2,"startFromSavepoint":`+string(named), "",
	))
	w.Must("PUT", servertest.ProdStatements+"/clicks", string(statement.With(2, "spec", "parallelism")))
	w.Advance(time.Minute)
	w.WantStates("orders", cmf.LifecycleStable, cmf.JobRunning)
	w.WantPhase("clicks", cmf.PhaseRunning)
	again := servertest.Application(
		"orders", `"startFromSavepoint":{"savepointName":"base","savepointRedeployNonce":2}`, "",
	)
	if rec := w.Call("POST", servertest.ProdApps, again); rec.Code != 404 {
		t.Errorf("another start from what is gone: got %d %s, want 404", rec.Code, rec.Body)
	}
}

func selectFromWith(name, from string) string {
	return string(cmf.Object(servertest.SelectFrom(name, "SELECT click_id FROM clicks")).With(
		cmf.Object(from), "spec", "startFromSavepoint",
	))
}
