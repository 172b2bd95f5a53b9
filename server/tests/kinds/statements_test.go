package kinds

import (
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

func TestAMetadataStatementIsCompleteInTheCreateResponse(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	created := w.Must("POST", servertest.ProdStatements, servertest.SelectFrom("show", "SHOW TABLES"))
	if created.String("status", "phase") != cmf.PhaseCompleted ||
		!strings.Contains(string(created.Get("result")), "clicks") {
		t.Errorf("got %s, want COMPLETED with the tables inline", created)
	}
	if code := w.Call("GET", servertest.ProdStatements+"/show/results", "").Code; code != 400 {
		t.Errorf("results of SHOW: got %d, want 400", code)
	}
}

func TestACompileErrorIsAFailedStatementWithItsPosition(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	created := w.Must(
		"POST", servertest.ProdStatements,
		servertest.SelectFrom("typo", "SELECT order_id,\n  prize\nFROM orders"),
	)
	detail := created.String("status", "detail")
	if created.String("status", "phase") != cmf.PhaseFailed || !strings.Contains(detail, "line 2, column 3") {
		t.Errorf("got %s, want FAILED at line 2, column 3", created.Get("status"))
	}
	exceptions := w.Must("GET", servertest.ProdStatements+"/typo/exceptions", "")
	if !strings.Contains(string(exceptions), "prize") {
		t.Errorf("exceptions: got %s", exceptions)
	}
}

func TestABoundedSelectRunsToItsEnd(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	created := w.Must("POST", servertest.ProdStatements, servertest.SelectFrom(
		"values", "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t (n, s)",
	))
	if created.String("status", "phase") != cmf.PhasePending ||
		created.String("status", "traits", "isBounded") != "true" {
		t.Errorf("create: got %s, want PENDING and bounded", created.Get("status"))
	}
	w.Advance(5 * time.Second)
	w.WantPhase("values", cmf.PhaseCompleted)
	if rows := w.All("values"); len(rows) != 2 {
		t.Errorf("got %q, want 2 rows", rows)
	}
	w.Clock.Set(w.Clock.Now().Add(2 * time.Hour))
	if code := w.Call("GET", servertest.ProdStatements+"/values/results", "").Code; code != 410 {
		t.Errorf("expired results: got %d, want 410", code)
	}
}

func TestResultTokensCanBeAskedAgainAndBelongToTheirStatement(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	for _, name := range []string{"clicks", "others"} {
		w.Must("POST", servertest.ProdStatements, servertest.SelectFrom(name, "SELECT click_id FROM clicks"))
	}
	w.Advance(10 * time.Second)
	w.WantPhase("clicks", cmf.PhaseRunning)
	_, token := w.Page("clicks", "")
	w.Advance(5 * time.Second)
	first, _ := w.Page("clicks", token)
	again, _ := w.Page("clicks", token)
	if len(first) == 0 || strings.Join(first, ";") != strings.Join(again[:len(first)], ";") {
		t.Errorf("asked again: got %d rows, then %d others", len(first), len(again))
	}
	w.Reopen()
	w.WaitIdle()
	if later, _ := w.Page("clicks", token); len(later) < len(first) ||
		strings.Join(later[:len(first)], ";") != strings.Join(first, ";") {
		t.Error("the rows of a token changed with a restart")
	}
	servertest.Play(w, []scenario{
		{"another's token", "GET", servertest.ProdStatements + "/others/results?page-token=" + token, "", nil, 400, "another statement"},
		{"no token", "GET", servertest.ProdStatements + "/clicks/results?page-token=abc", "", nil, 400, "page-token"},
		{"a forged token", "GET", servertest.ProdStatements + "/clicks/results?page-token=" + token[:len(token)-3] + "AAA", "", nil, 400, "page-token"},
	})
}

func TestAStatementIsStoppedResumedAndRescaled(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdStatements, servertest.SelectFrom("clicks", "SELECT click_id FROM clicks"))
	w.Advance(10 * time.Second)
	put := func(member string, value any) {
		t.Helper()
		body := cmf.Object(servertest.SelectFrom("clicks", "SELECT click_id FROM clicks")).With(value, "spec", member)
		if got := w.Must("PUT", servertest.ProdStatements+"/clicks", string(body)); len(got) != 0 {
			t.Errorf("PUT answered %s, want no body", got)
		}
	}
	if rows, _ := w.Page("clicks", ""); len(rows) == 0 {
		t.Fatal("no rows after ten seconds")
	}
	put("stopped", true)
	w.Advance(3 * time.Second)
	w.WantPhase("clicks", cmf.PhaseStopped)
	if rows, _ := w.Page("clicks", ""); len(rows) == 0 {
		t.Error("the results of a stopped statement are gone, want them for an hour")
	}
	put("stopped", false)
	w.Advance(3 * time.Second)
	w.WantPhase("clicks", cmf.PhaseRunning)
	put("parallelism", 2)
	w.Advance(3 * time.Second)
	if got := w.WantPhase("clicks", cmf.PhaseRunning).String("spec", "parallelism"); got != "2" {
		t.Errorf("parallelism: got %s, want 2", got)
	}
}

func TestASavepointOfAStatementCanBeStartedFrom(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdStatements, servertest.SelectFrom("clicks", "SELECT click_id FROM clicks"))
	w.Advance(10 * time.Second)
	w.Must(
		"POST", servertest.ProdStatements+"/clicks/savepoints",
		`{"apiVersion":"v","kind":"Savepoint","metadata":{"name":"s1"},"spec":{}}`,
	)
	w.Advance(3 * time.Second)
	if got := w.Must("GET", servertest.ProdStatements+"/clicks/savepoints/s1", ""); got.String("status", "state") !=
		cmf.SavepointCompleted {
		t.Fatalf("got %s, want COMPLETED", got)
	}
	body := cmf.Object(servertest.SelectFrom("clicks", "SELECT click_id FROM clicks")).
		With(map[string]any{"savepointName": "s1", "savepointRedeployNonce": 1}, "spec", "startFromSavepoint")
	w.Must("PUT", servertest.ProdStatements+"/clicks", string(body))
	w.Advance(5 * time.Second)
	w.WantPhase("clicks", cmf.PhaseRunning)
	missing := strings.Replace(string(body), `"s1"`, `"nope"`, 1)
	if code := w.Call("PUT", servertest.ProdStatements+"/clicks", missing).Code; code != 404 {
		t.Errorf("unknown savepoint: got %d, want 404", code)
	}
}

func TestStatementScenarios(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	show := servertest.SelectFrom("show", "SHOW TABLES")
	servertest.Play(w, []scenario{
		{"no pool", "POST", servertest.ProdStatements, strings.Replace(show, `"pool"`, `"nope"`, 1), nil, 422, "Compute pool 'nope' not found"},
		{"no text", "POST", servertest.ProdStatements, servertest.Statement("show", " "), nil, 400, "spec.statement: must not be empty"},
		{"no pool name", "POST", servertest.ProdStatements, `{"apiVersion":"v","kind":"Statement","metadata":{"name":"show"},"spec":{"statement":"SHOW TABLES"}}`, nil, 400, "spec.computePoolName"},
		{"negative parallelism", "POST", servertest.ProdStatements, `{"apiVersion":"v","kind":"Statement","metadata":{"name":"show"},"spec":{"statement":"x","computePoolName":"pool","parallelism":-1}}`, nil, 422, "parallelism"},
		{"no environment", "POST", "environments/nope/statements", show, nil, 404, ""},
		{"show", "POST", servertest.ProdStatements, show, nil, 200, `"sqlKind":"SHOW_TABLES"`},
		{"taken", "POST", servertest.ProdStatements, show, nil, 409, "Statement 'show' already exists"},
		{"another text", "PUT", servertest.ProdStatements + "/show", servertest.SelectFrom("show", "SHOW DATABASES"), nil, 422, "spec.statement: cannot be changed"},
		{"stop of the complete", "PUT", servertest.ProdStatements + "/show", string(cmf.Object(show).With(true, "spec", "stopped")), nil, 422, "is COMPLETED"},
		{"update of a missing one", "PUT", servertest.ProdStatements + "/nope", servertest.Statement("nope", "SHOW TABLES"), nil, 404, ""},
		{"stopped on create", "POST", servertest.ProdStatements, string(cmf.Object(servertest.SelectFrom("later", "SELECT * FROM clicks")).With(true, "spec", "stopped")), nil, 200, `"phase":"STOPPED"`},
		{"results of the never started", "GET", servertest.ProdStatements + "/later/results", "", nil, 410, "Results are gone"},
		{"insert", "POST", servertest.ProdStatements, servertest.SelectFrom("insert", "INSERT INTO blackhole SELECT click_id AS data FROM clicks"), nil, 200, `"INSERT_INTO"`},
		{"results of an insert", "GET", servertest.ProdStatements + "/insert/results", "", nil, 400, "does not return results"},
		{"by phase", "GET", servertest.ProdStatements + "?phase=completed", "", nil, 200, `"metadata":{"size":1}`},
		{"by pool", "GET", servertest.ProdStatements + "?compute-pool=pool&filter=name=l*", "", nil, 200, `"metadata":{"size":1}`},
		{"by text", "GET", servertest.ProdStatements + "?search=BLACKHOLE&searchScope=statement,name", "", nil, 200, `"metadata":{"size":1}`},
		{"pool in use", "DELETE", "environments/prod/compute-pools/pool", "", nil, 409, "is in use and cannot be deleted: 2 statements (insert, later)"},
	})
	w.Advance(3 * time.Second)
	servertest.Play(w, []scenario{
		{"running", "GET", servertest.ProdStatements + "/insert", "", nil, 200, `"phase":"RUNNING"`},
		{"update of a pool in use", "PUT", "environments/prod/compute-pools/pool", strings.Replace(servertest.Pool("pool", "DEDICATED"), "v1_19", "v1_20", 1), nil, 409, "1 statement of it is running"},
		{"delete of the running", "DELETE", servertest.ProdStatements + "/insert", "", nil, 202, ""},
		{"it shows", "GET", servertest.ProdStatements + "/insert", "", nil, 200, `"phase":"DELETING"`},
	})
	w.Advance(time.Second)
	servertest.Play(w, []scenario{
		{"gone", "GET", servertest.ProdStatements + "/insert", "", nil, 404, ""},
		{"delete of the complete", "DELETE", servertest.ProdStatements + "/show", "", nil, 204, ""},
		{"the pool by force", "DELETE", "environments/prod/compute-pools/pool?force=true", "", nil, 204, ""},
		{"its statements went", "GET", servertest.ProdStatements, "", nil, 200, `"metadata":{"size":0}`},
	})
}
