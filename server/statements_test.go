package server

import (
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

const prodStatements = "environments/prod/statements"

// selectFrom is a statement's document in the examples catalog.
func selectFrom(name, text string) string {
	return string(cmf.Object(servertest.Statement(name, text)).With(map[string]string{
		cmf.PropertyCatalog: "examples", cmf.PropertyDatabase: "marketplace",
	}, "spec", "properties"))
}

func TestAMetadataStatementIsCompleteInTheCreateResponse(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	created := w.must("POST", prodStatements, selectFrom("show", "SHOW TABLES"))
	if created.String("status", "phase") != cmf.PhaseCompleted ||
		!strings.Contains(string(created.Get("result")), "clicks") {
		t.Errorf("got %s, want COMPLETED with the tables inline", created)
	}
	if code := w.call("GET", prodStatements+"/show/results", "").Code; code != 400 {
		t.Errorf("results of SHOW: got %d, want 400", code)
	}
}

func TestACompileErrorIsAFailedStatementWithItsPlace(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	created := w.must("POST", prodStatements, selectFrom("typo", "SELECT order_id,\n  prize\nFROM orders"))
	detail := created.String("status", "detail")
	if created.String("status", "phase") != cmf.PhaseFailed || !strings.Contains(detail, "line 2, column 3") {
		t.Errorf("got %s, want FAILED at line 2, column 3", created.Get("status"))
	}
	exceptions := w.must("GET", prodStatements+"/typo/exceptions", "")
	if !strings.Contains(string(exceptions), "prize") {
		t.Errorf("exceptions: got %s", exceptions)
	}
}

func TestABoundedSelectRunsToItsEnd(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	created := w.must("POST", prodStatements, selectFrom(
		"values", "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t (n, s)",
	))
	if created.String("status", "phase") != cmf.PhasePending ||
		created.String("status", "traits", "isBounded") != "true" {
		t.Errorf("create: got %s, want PENDING and bounded", created.Get("status"))
	}
	w.advance(5 * time.Second)
	w.wantPhase("values", cmf.PhaseCompleted)
	if rows := w.all("values"); len(rows) != 2 {
		t.Errorf("got %q, want 2 rows", rows)
	}
	w.clock.Set(w.clock.Now().Add(2 * time.Hour))
	if code := w.call("GET", prodStatements+"/values/results", "").Code; code != 410 {
		t.Errorf("expired results: got %d, want 410", code)
	}
}

func TestResultTokensCanBeAskedAgainAndBelongToTheirStatement(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	for _, name := range []string{"clicks", "others"} {
		w.must("POST", prodStatements, selectFrom(name, "SELECT click_id FROM clicks"))
	}
	w.advance(10 * time.Second)
	w.wantPhase("clicks", cmf.PhaseRunning)
	_, token := w.page("clicks", "")
	w.advance(5 * time.Second)
	first, _ := w.page("clicks", token)
	again, _ := w.page("clicks", token)
	if len(first) == 0 || strings.Join(first, ";") != strings.Join(again[:len(first)], ";") {
		t.Errorf("asked again: got %d rows, then %d others", len(first), len(again))
	}
	w.reopen()
	w.waitIdle()
	if later, _ := w.page("clicks", token); len(later) < len(first) ||
		strings.Join(later[:len(first)], ";") != strings.Join(first, ";") {
		t.Error("the rows of a token changed with a restart")
	}
	w.play([]scenario{
		{"another's token", "GET", prodStatements + "/others/results?page-token=" + token, "", nil, 400, "another statement"},
		{"no token", "GET", prodStatements + "/clicks/results?page-token=abc", "", nil, 400, "page-token"},
		{"a forged token", "GET", prodStatements + "/clicks/results?page-token=" + token[:len(token)-3] + "AAA", "", nil, 400, "page-token"},
	})
}

func TestAStatementIsStoppedResumedAndRescaled(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodStatements, selectFrom("clicks", "SELECT click_id FROM clicks"))
	w.advance(10 * time.Second)
	put := func(member string, value any) {
		t.Helper()
		body := cmf.Object(selectFrom("clicks", "SELECT click_id FROM clicks")).With(value, "spec", member)
		if got := w.must("PUT", prodStatements+"/clicks", string(body)); len(got) != 0 {
			t.Errorf("PUT answered %s, want no body", got)
		}
	}
	if rows, _ := w.page("clicks", ""); len(rows) == 0 {
		t.Fatal("no rows after ten seconds")
	}
	put("stopped", true)
	w.advance(3 * time.Second)
	w.wantPhase("clicks", cmf.PhaseStopped)
	if rows, _ := w.page("clicks", ""); len(rows) == 0 {
		t.Error("the results of a stopped statement are gone, want them for an hour")
	}
	put("stopped", false)
	w.advance(3 * time.Second)
	w.wantPhase("clicks", cmf.PhaseRunning)
	put("parallelism", 2)
	w.advance(3 * time.Second)
	if got := w.wantPhase("clicks", cmf.PhaseRunning).String("spec", "parallelism"); got != "2" {
		t.Errorf("parallelism: got %s, want 2", got)
	}
}

func TestASavepointOfAStatementCanBeStartedFrom(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodStatements, selectFrom("clicks", "SELECT click_id FROM clicks"))
	w.advance(10 * time.Second)
	w.must(
		"POST", prodStatements+"/clicks/savepoints",
		`{"apiVersion":"v","kind":"Savepoint","metadata":{"name":"s1"},"spec":{}}`,
	)
	w.advance(3 * time.Second)
	if got := w.must("GET", prodStatements+"/clicks/savepoints/s1", ""); got.String("status", "state") !=
		cmf.SavepointCompleted {
		t.Fatalf("got %s, want COMPLETED", got)
	}
	body := cmf.Object(selectFrom("clicks", "SELECT click_id FROM clicks")).
		With(map[string]any{"savepointName": "s1", "savepointRedeployNonce": 1}, "spec", "startFromSavepoint")
	w.must("PUT", prodStatements+"/clicks", string(body))
	w.advance(5 * time.Second)
	w.wantPhase("clicks", cmf.PhaseRunning)
	missing := strings.Replace(string(body), `"s1"`, `"nope"`, 1)
	if code := w.call("PUT", prodStatements+"/clicks", missing).Code; code != 404 {
		t.Errorf("unknown savepoint: got %d, want 404", code)
	}
}

func TestStatementScenarios(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	show := selectFrom("show", "SHOW TABLES")
	w.play([]scenario{
		{"no pool", "POST", prodStatements, strings.Replace(show, `"pool"`, `"nope"`, 1), nil, 422, "Compute pool 'nope' not found"},
		{"no text", "POST", prodStatements, servertest.Statement("show", " "), nil, 400, "spec.statement: must not be empty"},
		{"no pool name", "POST", prodStatements, `{"apiVersion":"v","kind":"Statement","metadata":{"name":"show"},"spec":{"statement":"SHOW TABLES"}}`, nil, 400, "spec.computePoolName"},
		{"negative parallelism", "POST", prodStatements, `{"apiVersion":"v","kind":"Statement","metadata":{"name":"show"},"spec":{"statement":"x","computePoolName":"pool","parallelism":-1}}`, nil, 422, "parallelism"},
		{"no environment", "POST", "environments/nope/statements", show, nil, 404, ""},
		{"show", "POST", prodStatements, show, nil, 200, `"sqlKind":"SHOW_TABLES"`},
		{"taken", "POST", prodStatements, show, nil, 409, "Statement 'show' already exists"},
		{"another text", "PUT", prodStatements + "/show", selectFrom("show", "SHOW DATABASES"), nil, 422, "spec.statement: cannot be changed"},
		{"stop of the complete", "PUT", prodStatements + "/show", string(cmf.Object(show).With(true, "spec", "stopped")), nil, 422, "is COMPLETED"},
		{"update of a missing one", "PUT", prodStatements + "/nope", servertest.Statement("nope", "SHOW TABLES"), nil, 404, ""},
		{"stopped on create", "POST", prodStatements, string(cmf.Object(selectFrom("later", "SELECT * FROM clicks")).With(true, "spec", "stopped")), nil, 200, `"phase":"STOPPED"`},
		{"results of the never started", "GET", prodStatements + "/later/results", "", nil, 410, "Results are gone"},
		{"insert", "POST", prodStatements, selectFrom("insert", "INSERT INTO blackhole SELECT click_id AS data FROM clicks"), nil, 200, `"INSERT_INTO"`},
		{"results of an insert", "GET", prodStatements + "/insert/results", "", nil, 400, "does not return results"},
		{"by phase", "GET", prodStatements + "?phase=completed", "", nil, 200, `"metadata":{"size":1}`},
		{"by pool", "GET", prodStatements + "?compute-pool=pool&filter=name=l*", "", nil, 200, `"metadata":{"size":1}`},
		{"by text", "GET", prodStatements + "?search=BLACKHOLE&searchScope=statement,name", "", nil, 200, `"metadata":{"size":1}`},
		{"pool in use", "DELETE", "environments/prod/compute-pools/pool", "", nil, 409, "is in use and cannot be deleted: 2 statements (insert, later)"},
	})
	w.advance(3 * time.Second)
	w.play([]scenario{
		{"running", "GET", prodStatements + "/insert", "", nil, 200, `"phase":"RUNNING"`},
		{"update of a pool in use", "PUT", "environments/prod/compute-pools/pool", strings.Replace(servertest.Pool("pool", "DEDICATED"), "v1_19", "v1_20", 1), nil, 409, "1 statement of it is running"},
		{"delete of the running", "DELETE", prodStatements + "/insert", "", nil, 202, ""},
		{"it shows", "GET", prodStatements + "/insert", "", nil, 200, `"phase":"DELETING"`},
	})
	w.advance(time.Second)
	w.play([]scenario{
		{"gone", "GET", prodStatements + "/insert", "", nil, 404, ""},
		{"delete of the complete", "DELETE", prodStatements + "/show", "", nil, 204, ""},
		{"the pool by force", "DELETE", "environments/prod/compute-pools/pool?force=true", "", nil, 204, ""},
		{"its statements went", "GET", prodStatements, "", nil, 200, `"metadata":{"size":0}`},
	})
}
