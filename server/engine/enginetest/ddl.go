package enginetest

import (
	"strings"
	"testing"

	"drey/client/cmf"
	"drey/server/engine"
)

var tableScenarios = map[string]func(*testing.T, *statements){
	"tables and views outlive a restart": tablesOutlive,
	"an INSERT into a blackhole":         insertIntoOwn,
}

// inDefault is a run in the catalog where DDL makes tables.
func (s *statements) inDefault(id, sql string) engine.StatementRun {
	run := s.run(id, sql)
	run.Catalog, run.Database = "default_catalog", "default_database"
	return run
}

func (s *statements) prepared(t *testing.T, id, sql string) string {
	t.Helper()
	p, err := s.engine.Prepare(t.Context(), s.inDefault(id, sql))
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return strings.Join(texts(p.Result), "; ")
}

func tablesOutlive(t *testing.T, s *statements) {
	s.prepared(t, "1", "CREATE TABLE kept (a INT) WITH ('connector'='blackhole')")
	s.prepared(t, "2", "CREATE VIEW seen AS SELECT 7 AS a")
	s.restart(t)
	if got := s.prepared(t, "3", "SHOW TABLES"); !strings.Contains(got, "kept") || !strings.Contains(got, "seen") {
		t.Errorf("got the tables %s after a restart, want kept and seen", got)
	}
	if _, err := s.engine.Prepare(t.Context(), s.inDefault(
		"4", "CREATE TABLE kept (b INT) WITH ('connector'='blackhole')",
	)); err == nil {
		t.Error("a table was made twice")
	}
	run := s.inDefault("5", "SELECT a FROM seen")
	s.start(t, run)
	if rows, _, _ := s.rows(t, run, 0, 1); len(rows) != 1 || strings.Trim(string(rows[0].Row[0]), `"`) != "7" {
		t.Errorf("got %q of a view after a restart, want 7", texts(rows))
	}
	s.prepared(t, "6", "DROP VIEW seen")
	s.prepared(t, "7", "DROP TABLE kept")
	s.restart(t)
	if got := s.prepared(t, "8", "SHOW TABLES"); got != "" {
		t.Errorf("got the tables %s, want none of those that were dropped", got)
	}
}

func insertIntoOwn(t *testing.T, s *statements) {
	s.prepared(t, "1", "CREATE TABLE hole (a INT, b STRING) WITH ('connector'='blackhole')")
	run := s.inDefault("2", "INSERT INTO hole VALUES (1, 'x'), (2, 'y')")
	s.start(t, run)
	s.observe(t, run, cmf.JobFinished)
	if page, err := s.engine.Results(t.Context(), run, 0, 10); err == nil && len(page.Rows) > 0 {
		t.Errorf("got the rows %q of an INSERT", texts(page.Rows))
	}
	if _, err := s.engine.Prepare(t.Context(), s.inDefault("3", "INSERT INTO hole VALUES (1)")); err == nil {
		t.Error("a row with too few columns was taken")
	}
}
