package flinkapi

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"drey/client"
	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/client/statement"
	"drey/ui/uitest/flinktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newGateway(t *testing.T) (*flinktest.Gateway, *Engine) {
	g := flinktest.NewGateway(t)
	c, err := client.New(client.Config{URL: g.URL, Dialect: GatewayDialect()})
	if err != nil {
		t.Fatal(err)
	}
	e := SQL(c, flinkrest.JobManager{})
	t.Cleanup(func() { e.Close(); c.Close() })
	return g, e
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
	if s.Phase != statement.Running || s.Results != statement.Paged || s.Traits == nil || s.Traits.Kind != "SELECT" ||
		s.Traits.Columns[0].Type.Type != "DECIMAL" || *s.Traits.Columns[0].Type.Scale != 2 {
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
	if _, _, err := rows.Next(t.Context()); err == nil || err.Error() != "/ by zero" ||
		fault.Is(err, fault.Failing, fault.Offline) {
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
		"s1 run SHOW CURRENT CATALOG", "s1 run SHOW CURRENT DATABASE", "s1 configure USE CATALOG `c``1`",
		"s1 configure USE `d`", "s1 run SHOW TABLES", "s1 run SHOW VIEWS",
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
	g.Lose("s1")
	g.Forget()
	s, err := e.Submit(t.Context(), statement.Request{Name: "drey-2", SQL: "SELECT c FROM t"})
	if err != nil || s.Ref.Handle == "" {
		t.Fatalf("got %+v, %v", s, err)
	}
	requests := g.Requests()
	made, ran := slices.IndexFunc(requests, func(s string) bool {
		return strings.HasSuffix(s, "configure CREATE TABLE t (c INT)")
	}), slices.IndexFunc(requests, func(s string) bool { return strings.HasSuffix(s, "run SELECT c FROM t") })
	if made < 0 || ran < made {
		t.Errorf("the table is not there: %q", requests)
	}
	if s, err := e.Observe(t.Context(), query.Ref); err != nil || s.Phase != statement.Stopped ||
		!strings.Contains(s.Detail, "session has ended") {
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
		if got := PermitQueries(
			t.Context(), client.Request{Method: c.method, Path: c.path}, []byte(c.body),
		); got != c.may {
			t.Errorf("%s %s %s: %v", c.method, c.path, c.body, got)
		}
	}
}
