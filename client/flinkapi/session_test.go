package flinkapi

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"drey/client/flinksql"
	"drey/client/statement"
)

func TestEachSessionIsOneOfTheGateway(t *testing.T) {
	g, e := newGateway(t)
	one, two := statement.Target{Session: "b1"}, statement.Target{Session: "b2", Catalog: "c", Database: "d"}
	run(t, e, "CREATE TEMPORARY TABLE t (c INT)", one)
	run(t, e, "SHOW TABLES", two)
	run(t, e, "SHOW VIEWS", one)
	if got, want := g.Of("s1"), []string{
		"run CREATE TEMPORARY TABLE t (c INT)", "run SHOW VIEWS",
	}; !slices.Equal(got, want) {
		t.Errorf("the first: got %q of %q", got, g.Requests())
	}
	second := slices.DeleteFunc(g.Requests(), func(r string) bool {
		return strings.HasPrefix(r, "s1 ") || strings.Contains(r, "SHOW CURRENT")
	})
	if len(second) != 3 || !strings.HasSuffix(second[0], "configure USE CATALOG `c`") ||
		!strings.HasSuffix(second[2], "run SHOW TABLES") {
		t.Errorf("the second: got %q", second)
	}
}

// TestASessionThatNobodyWantsIsClosed at once where nothing runs in it, else by the
// heartbeat that finds the query ended.
func TestASessionThatNobodyWantsIsClosed(t *testing.T) {
	g, e := newGateway(t)
	target := statement.Target{Session: "b1"}
	run(t, e, "CREATE TABLE t (c INT)", target)
	if err := e.EndSession(t.Context(), "b1"); err != nil {
		t.Fatal(err)
	}
	if got := g.Of("s1"); got[len(got)-1] != "close" {
		t.Fatalf("idle: got %q", got)
	}
	if err := e.EndSession(t.Context(), "b1"); err != nil {
		t.Errorf("twice: %v", err)
	}
	if err := e.EndSession(t.Context(), "never"); err != nil {
		t.Errorf("one that never was: %v", err)
	}

	query := run(t, e, "SELECT c FROM t", target) // wanted again: its table is made again
	session, _, _ := strings.Cut(query.Ref.Handle, "/")
	if got := g.Of(session); session == "s1" || !slices.Contains(got, "configure CREATE TABLE t (c INT)") {
		t.Fatalf("again: got %s: %q", session, got)
	}
	if err := e.EndSession(t.Context(), "b1"); err != nil {
		t.Fatal(err)
	}
	e.heartbeat()
	if got := g.Of(session); slices.Contains(got, "close") || got[len(got)-1] != "heartbeat" {
		t.Fatalf("its query runs: got %q", got)
	}
	rows := e.Rows(query.Ref)
	for done := false; !done; {
		var err error
		if _, done, err = rows.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	e.heartbeat()
	if got := g.Of(session); got[len(got)-1] != "close" {
		t.Errorf("its query has ended: got %q", got)
	}
}

// TestASessionIsTakenFromAnEarlierConsole while the gateway has it.
func TestASessionIsTakenFromAnEarlierConsole(t *testing.T) {
	g, before := newGateway(t)
	target := statement.Target{Session: "b1"}
	made := run(t, before, "CREATE TABLE t (c INT)", target)

	e := &Engine{gateway: before.gateway, now: before.now, sessions: map[string]*session{}, ops: before.ops}
	defer e.Close()
	e.ResumeSession("b1", made.Ref)
	e.ResumeSession("b2", statement.Ref{Name: "of another platform"})
	run(t, e, "SHOW TABLES", target)
	if got := g.Of("s1"); got[len(got)-1] != "run SHOW TABLES" {
		t.Errorf("got %q", got)
	}
	g.Lose("s1")
	late := &Engine{gateway: before.gateway, now: before.now, sessions: map[string]*session{}, ops: before.ops}
	defer late.Close()
	late.ResumeSession("b1", made.Ref)
	s := run(t, late, "SHOW TABLES", target)
	if strings.HasPrefix(s.Ref.Handle, "s1/") {
		t.Errorf("the session has ended, and is used: %+v", s)
	}
	if _, err := late.Observe(t.Context(), statement.Ref{Name: "x", Handle: "s1/o9"}); !errors.Is(
		err, statement.ErrGone,
	) {
		t.Errorf("a statement of the session that has ended: %v", err)
	}
}

func TestTheConsoleEndsItsSessions(t *testing.T) {
	g, e := newGateway(t)
	run(t, e, "CREATE TABLE t (c INT)", statement.Target{Session: "b1"})
	query := run(t, e, "SELECT c FROM t", statement.Target{Session: "b2"})
	e.Close()
	session, _, _ := strings.Cut(query.Ref.Handle, "/")
	if got := g.Of("s1"); got[len(got)-1] != "close" {
		t.Errorf("the idle one: got %q", got)
	}
	if got := g.Of(session); slices.Contains(got, "close") {
		t.Errorf("the one with a query that is kept: got %q", got)
	}
}

// TestWhatIsMadeAgain is what the session made and did not drop: nothing else is
// dropped or altered, for it may be another's by then.
func TestWhatIsMadeAgain(t *testing.T) {
	for _, c := range []struct {
		name   string
		sent   []string
		target statement.Target
		want   []string
	}{
		{"tables", []string{"CREATE TABLE a (c INT)", "CREATE TEMPORARY VIEW v AS SELECT 1"}, statement.Target{}, []string{"CREATE TABLE a (c INT)", "CREATE TEMPORARY VIEW v AS SELECT 1"}},
		{"dropped", []string{"CREATE TABLE a (c INT)", "ALTER TABLE a ADD d INT", "DROP TABLE IF EXISTS a"}, statement.Target{}, nil},
		{"not its own", []string{"DROP TABLE hive.d.t", "ALTER TABLE hive.d.t ADD c INT", "DROP DATABASE d CASCADE"}, statement.Target{}, nil},
		{"its own", []string{"CREATE TABLE a (c INT)", "ALTER TABLE a ADD d INT"}, statement.Target{}, []string{"CREATE TABLE a (c INT)", "ALTER TABLE a ADD d INT"}},
		{"by its whole name", []string{"create table a (c INT)", "DROP TABLE `c`.d.`a`"}, statement.Target{Catalog: "c", Database: "d"}, nil},
		{"of another database", []string{"CREATE TABLE a (c INT)", "DROP TABLE e.a"}, statement.Target{Catalog: "c", Database: "d"}, []string{"CREATE TABLE a (c INT)"}},
		{"another kind", []string{"CREATE VIEW a AS SELECT 1", "DROP TEMPORARY VIEW a"}, statement.Target{}, []string{"CREATE VIEW a AS SELECT 1"}},
		{"a comment", []string{"CREATE /* x */ TABLE IF NOT EXISTS a (c INT)", "DROP TABLE -- y\n a"}, statement.Target{}, nil},
		{"a keyword's name", []string{"CREATE CATALOG `replace` WITH ('type'='x')", "DROP CATALOG `replace`"}, statement.Target{Catalog: "c"}, nil},
		{"modules", []string{"LOAD MODULE hive", "ADD JAR '/x.jar'", "SHOW TABLES"}, statement.Target{}, []string{"LOAD MODULE hive", "ADD JAR '/x.jar'"}},
		{"half a statement", []string{"CREATE", "DROP TABLE", "CREATE TABLE"}, statement.Target{}, []string{"CREATE", "CREATE TABLE"}},
	} {
		s := &session{}
		for _, text := range c.sent {
			s.remember(flinksql.KindOf(text), statement.Request{SQL: text, Target: c.target})
		}
		var got []string
		for _, m := range s.made {
			got = append(got, m.text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
