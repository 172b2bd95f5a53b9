package flinkapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"drey/client"
	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/client/statement"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// gateway is a SQL Gateway for tests, with answers as Flink 2.2.1 gave them
// (flink-engine.md §3.3, flink-verified.md §4): a page that was passed is refused, a
// session that is gone is a 500, and each empty page advances the token.
type gateway struct {
	t        *testing.T
	mu       sync.Mutex
	requests []string // what changed a session, and what was run, by session
	n        int
	live     map[string]bool
	ops      map[string]*served
}

type served struct {
	sql   string
	token int
	close bool
}

func newGateway(t *testing.T) (*gateway, *Engine) {
	g := &gateway{t: t, live: map[string]bool{}, ops: map[string]*served{}}
	web := httptest.NewServer(g)
	t.Cleanup(web.Close)
	c, err := client.New(client.Config{URL: web.URL, Dialect: GatewayDialect()})
	if err != nil {
		t.Fatal(err)
	}
	e := SQL(c, flinkrest.JobManager{})
	t.Cleanup(func() { e.Close(); c.Close() })
	return g, e
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	var sent struct {
		Statement string            `json:"statement"`
		Config    map[string]string `json:"executionConfig"`
	}
	_ = json.NewDecoder(r.Body).Decode(&sent)
	fail := func(text string) {
		w.WriteHeader(http.StatusInternalServerError)
		_ = json.NewEncoder(w).Encode(map[string]any{"errors": []string{"Internal server error.", "<Exception on server side:\norg.apache.flink.table.gateway.api.utils.SqlGatewayException: x\n\tat a\n" + text + "\nEnd of exception on server side>"}})
	}
	if len(parts) == 2 {
		g.n++
		session := fmt.Sprintf("s%d", g.n)
		g.live[session] = true
		fmt.Fprintf(w, `{"sessionHandle":%q}`, session)
		return
	}
	session := parts[2]
	switch {
	case !g.live[session]:
		fail("Caused by: org.apache.flink.table.gateway.api.utils.SqlGatewayException: Session '" + session + "' does not exist.")
	case parts[len(parts)-1] == "configure-session":
		g.requests = append(g.requests, session+" configure "+sent.Statement)
		fmt.Fprint(w, `{}`)
	case parts[len(parts)-1] == "statements":
		g.n++
		op := fmt.Sprintf("o%d", g.n)
		g.ops[op] = &served{sql: sent.Statement}
		g.requests = append(g.requests, session+" run "+sent.Statement)
		if strings.HasPrefix(sent.Statement, "SELECT") && sent.Config["restart-strategy.type"] != "none" {
			g.t.Error("a query that fails is tried again and again")
		}
		fmt.Fprintf(w, `{"operationHandle":%q}`, op)
	case len(parts) == 7 && parts[5] == "result":
		g.result(w, session, parts[4], parts[6], fail)
	default:
		if op := g.ops[parts[min(4, len(parts)-1)]]; op != nil && r.Method == http.MethodDelete {
			op.close = true
		}
		fmt.Fprint(w, `{"status":"CLOSED"}`)
	}
}

func (g *gateway) result(w http.ResponseWriter, session, handle, at string, fail func(string)) {
	op := g.ops[handle]
	if op == nil || op.close {
		fail("Caused by: org.apache.flink.table.gateway.api.utils.SqlGatewayException: Can not find the submitted operation in the OperationManager with the " + handle)
		return
	}
	var token int
	_, _ = fmt.Sscan(at, &token)
	if token != op.token && token != op.token-1 {
		fail(fmt.Sprintf("Caused by: org.apache.flink.table.gateway.api.utils.SqlExecutionException: Expecting token to be %d or %d, but found %d.", op.token, op.token-1, token))
		return
	}
	op.token = max(op.token, token+1)
	next := fmt.Sprintf("/v2/sessions/%s/operations/%s/result/%d?rowFormat=PLAIN_TEXT", session, handle, token+1)
	page := func(kind, query, rows string) {
		fmt.Fprintf(w, `{"resultType":%q,"isQueryResult":%s,"results":{"columns":[{"name":"c","logicalType":{"type":"DECIMAL","nullable":true,"precision":10,"scale":2}}],"rowFormat":"PLAIN_TEXT","data":[%s]}`, kind, query, rows)
		if kind != "EOS" {
			fmt.Fprintf(w, `,"nextResultUri":%q`, next)
		}
		fmt.Fprint(w, `}`)
	}
	row := func(kind, cell string) string { return fmt.Sprintf(`{"kind":%q,"fields":[%s]}`, kind, cell) }
	switch {
	case op.sql == "SHOW CURRENT CATALOG":
		page("PAYLOAD", "false", row("INSERT", `"default_catalog"`))
	case op.sql == "SHOW CURRENT DATABASE":
		page("PAYLOAD", "false", row("INSERT", `"default_database"`))
	case strings.Contains(op.sql, "nope"):
		fail("Caused by: org.apache.flink.table.api.ValidationException: SQL validation failed. From line 1, column 8 to line 1, column 11: Column 'nope' not found in any table\n\tat b\nCaused by: x.Y: inner")
	case strings.Contains(op.sql, "zero") && token > 0:
		fail("Caused by: java.lang.RuntimeException: Failed to fetch next result\n\tat b\nCaused by: java.lang.ArithmeticException: / by zero")
	case !strings.HasPrefix(op.sql, "SELECT"):
		page("PAYLOAD", "false", row("INSERT", `"OK"`))
	case token == 0 || token == 2:
		page("PAYLOAD", "true", "") // nothing yet, and the token advances
	case token == 1:
		page("PAYLOAD", "true", row("INSERT", `"3.50"`)+","+row("UPDATE_BEFORE", `"3.50"`)+","+row("UPDATE_AFTER", `null`))
	default:
		page("EOS", "true", "")
	}
}

func (g *gateway) Requests() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.requests)
}

func run(t *testing.T, e *Engine, sql string, target statement.Target) statement.Status {
	t.Helper()
	s, err := e.Submit(t.Context(), statement.Request{Name: "drey-1", SQL: sql, Target: target})
	if err == nil {
		s, err = e.Observe(t.Context(), s.Ref)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAQueryIsReadToItsEnd(t *testing.T) {
	_, e := newGateway(t)
	s := run(t, e, "SELECT c FROM t", statement.Target{})
	if s.Phase != statement.Running || s.Results != statement.Paged || s.Traits == nil || s.Traits.Kind != "SELECT" || s.Traits.Columns[0].Type.Type != "DECIMAL" || *s.Traits.Columns[0].Type.Scale != 2 {
		t.Fatalf("got %+v", s)
	}
	rows := e.Rows(s.Ref)
	var got []string
	for {
		page, done, err := rows.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page {
			got = append(got, r.Op.String()+string(r.Cells[0]))
		}
		if done {
			break
		}
	}
	if want := []string{`+I"3.50"`, `-U"3.50"`, `+Unull`}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if s, err := e.Observe(t.Context(), s.Ref); err != nil || s.Phase != statement.Completed {
		t.Errorf("got %+v, %v", s, err)
	}
	// A second reader cannot have what the gateway gives once.
	if _, _, err := e.Rows(s.Ref).Next(t.Context()); !errors.Is(err, statement.ErrGone) {
		t.Errorf("got %v", err)
	}
}

func TestWhatFailsSaysWhy(t *testing.T) {
	_, e := newGateway(t)
	s := run(t, e, "SELECT nope FROM t", statement.Target{})
	if s.Phase != statement.Failed || !strings.HasPrefix(s.Detail, "SQL validation failed. From line 1, column 8") {
		t.Errorf("planning: got %+v", s)
	}
	s = run(t, e, "SELECT zero FROM t", statement.Target{})
	rows := e.Rows(s.Ref)
	_, _, _ = rows.Next(t.Context())
	if _, _, err := rows.Next(t.Context()); err == nil || err.Error() != "/ by zero" || fault.Is(err, fault.Failing, fault.Offline) {
		t.Errorf("running: got %v", err)
	}
	if s, err := e.Observe(t.Context(), s.Ref); err != nil || s.Phase != statement.Failed || s.Detail != "/ by zero" {
		t.Errorf("afterwards: got %+v, %v", s, err)
	}
}

// TestAStatementRunsWhereItIsToldTo, and one that is requests nothing where the session
// began.
func TestAStatementRunsWhereItIsToldTo(t *testing.T) {
	g, e := newGateway(t)
	run(t, e, "SHOW TABLES", statement.Target{Catalog: "c`1", Database: "d"})
	run(t, e, "SHOW VIEWS", statement.Target{Catalog: "c`1", Database: "d"})
	run(t, e, "SHOW TABLES", statement.Target{})
	want := []string{
		"s1 run SHOW CURRENT CATALOG", "s1 run SHOW CURRENT DATABASE", "s1 configure USE CATALOG `c``1`", "s1 configure USE `d`", "s1 run SHOW TABLES", "s1 run SHOW VIEWS",
		"s1 configure USE CATALOG `default_catalog`", "s1 configure USE `default_database`", "s1 run SHOW TABLES",
	}
	if got := g.Requests(); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestASessionThatEndedIsOpenedAgain with the tables that were made in it.
func TestASessionThatEndedIsOpenedAgain(t *testing.T) {
	g, e := newGateway(t)
	run(t, e, "CREATE TABLE t (c INT)", statement.Target{})
	query := run(t, e, "SELECT c FROM t", statement.Target{})
	g.mu.Lock()
	g.live["s1"], g.requests = false, nil
	g.mu.Unlock()
	s, err := e.Submit(t.Context(), statement.Request{Name: "drey-2", SQL: "SELECT c FROM t"})
	if err != nil || s.Ref.Handle == "" {
		t.Fatalf("got %+v, %v", s, err)
	}
	requests := g.Requests()
	made, ran := slices.IndexFunc(requests, func(s string) bool { return strings.HasSuffix(s, "configure CREATE TABLE t (c INT)") }), slices.IndexFunc(requests, func(s string) bool { return strings.HasSuffix(s, "run SELECT c FROM t") })
	if made < 0 || ran < made {
		t.Errorf("the table is not there: %q", requests)
	}
	if s, err := e.Observe(t.Context(), query.Ref); err != nil || s.Phase != statement.Stopped || !strings.Contains(s.Detail, "session has ended") {
		t.Errorf("the query of the old session: %+v, %v", s, err)
	}
}

func TestStopAndDelete(t *testing.T) {
	_, e := newGateway(t)
	s := run(t, e, "SELECT c FROM t", statement.Target{})
	if err := e.Stop(t.Context(), s.Ref); err != nil {
		t.Fatal(err)
	}
	if s, err := e.Observe(t.Context(), s.Ref); err != nil || s.Phase != statement.Stopped {
		t.Errorf("got %+v, %v", s, err)
	}
	if err := e.Delete(t.Context(), s.Ref); err != nil {
		t.Errorf("what is closed already: %v", err)
	}
	if _, err := e.Observe(t.Context(), s.Ref); !errors.Is(err, statement.ErrGone) {
		t.Errorf("got %v", err)
	}
	if _, err := e.Observe(t.Context(), statement.Ref{Name: "x"}); !errors.Is(err, statement.ErrGone) {
		t.Errorf("without a handle: %v", err)
	}
}

func TestOnlyQueriesMayBeSent(t *testing.T) {
	for _, c := range []struct {
		method, path, body string
		may                bool
	}{
		{"POST", "/v2/sessions", `{}`, true},
		{"POST", "/v2/sessions/s/heartbeat", ``, true},
		{"POST", "/v2/sessions/s/statements", `{"statement":"SELECT 1"}`, true},
		{"POST", "/v2/sessions/s/statements", `{"statement":"INSERT INTO t SELECT 1"}`, false},
		{"POST", "/v2/sessions/s/statements", `{"statement":"DROP TABLE t"}`, false},
		{"POST", "/v2/sessions/s/configure-session", `{"statement":"USE CATALOG c"}`, true},
		{"POST", "/v2/sessions/s/configure-session", `{"statement":"CREATE TABLE t (c INT)"}`, false},
		{"DELETE", "/v2/sessions/s/operations/o/close", ``, true},
		{"POST", "/v2/sessions/s/statements", `{`, false},
		{"POST", "/elsewhere", `{"statement":"SELECT 1"}`, false},
	} {
		if got := PermitQueries(t.Context(), client.Request{Method: c.method, Path: c.path}, []byte(c.body)); got != c.may {
			t.Errorf("%s %s %s: %v", c.method, c.path, c.body, got)
		}
	}
}
