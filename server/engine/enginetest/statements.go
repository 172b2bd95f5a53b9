package enginetest

import (
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
)

// OpenStatements opens an engine over a folder; opening the same folder again
// is a restart.
type OpenStatements func(t *testing.T, dir string, now func() time.Time) engine.Statements

// Statements are the scenarios of statements that every engine passes.
func Statements(t *testing.T, open OpenStatements) {
	runAll(t, open, scenarios, statements{resumes: true})
}

// RealStatements are the same over an engine whose time cannot be set. Where
// it does not resume queries it has to say so.
func RealStatements(t *testing.T, resumes bool, open OpenStatements) {
	runAll(t, open, scenarios, statements{clock: clock{real: true}, resumes: resumes})
}

// StatementTables are the scenarios of what DDL makes, over an engine whose
// tables outlive it and that has an environment "env".
func StatementTables(t *testing.T, open OpenStatements) {
	runAll(t, open, tableScenarios, statements{})
}

// RealStatementTables are the same over an engine whose time cannot be set.
func RealStatementTables(t *testing.T, open OpenStatements) {
	runAll(t, open, tableScenarios, statements{clock: clock{real: true}})
}

var scenarios = map[string]func(*testing.T, *statements){
	"a bounded query ends and its rows stay":            boundedQuery,
	"an offset can be asked again":                      askedAgain,
	"an endless query gives more rows as time goes":     endlessQuery,
	"a restart gives the same rows":                     restartedQuery,
	"a stop with a savepoint and a resume":              stopAndResume,
	"a stop after a restart goes on where it was read":  stopAfterRestart,
	"a stop without one cancels":                        cancelled,
	"an INSERT of values finishes":                      boundedInsert,
	"an INSERT from an endless table runs":              endlessInsert,
	"an INSERT is stopped with a savepoint and resumes": resumedInsert,
	"a value that cannot be computed fails the job":     failingQuery,
	"values are as the API has them":                    values,
	"wrong SQL is told with its position":               wrongSQL,
	"metadata is answered at once":                      metadata,
	"groups of an endless table change":                 changingGroups,
	"the key of rows that replace one another is told":  upsertKey,
	"a statement that was never started is not found":   neverStarted,
	"a removed statement is gone":                       removed,
}

func runAll(t *testing.T, open OpenStatements, all map[string]func(*testing.T, *statements), of statements) {
	for name, scenario := range all {
		t.Run(name, func(t *testing.T) {
			s := of
			s.open, s.dir, s.clock = open, t.TempDir(), newClock(of.real, time.Date(2026, 2, 1, 10, 0, 0, 0, time.UTC))
			s.restart(t)
			scenario(t, &s)
		})
	}
}

// statements is one engine under test with a clock of its own.
type statements struct {
	clock
	open    OpenStatements
	dir     string
	resumes bool // queries, from a savepoint
	engine  engine.Statements
}

func (s *statements) restart(t *testing.T) {
	t.Helper()
	s.engine = s.open(t, s.dir, func() time.Time { return s.now })
}

func (s *statements) run(id, sql string) engine.StatementRun {
	return engine.StatementRun{
		ID: s.id(id), Environment: "env", Name: "statement-" + id, SQL: sql, Catalog: "examples",
		Database:    "marketplace",
		Parallelism: 1, SubmittedAt: s.now,
	}
}

func (s *statements) start(t *testing.T, run engine.StatementRun) {
	t.Helper()
	if _, err := s.engine.Prepare(t.Context(), run); err != nil {
		t.Fatalf("prepare: %v", err)
	}
	if err := s.engine.Start(t.Context(), run); err != nil {
		t.Fatalf("start: %v", err)
	}
}

// observe looks at the job until it is in the state, or it was tried too often.
func (s *statements) observe(t *testing.T, run engine.StatementRun, state string) engine.StatementObservation {
	t.Helper()
	var o engine.StatementObservation
	for range s.tries() {
		var err error
		if o, err = s.engine.ObserveStatement(t.Context(), run); err != nil {
			t.Fatalf("observe: %v", err)
		}
		if o.State == state {
			return o
		}
		s.pass(time.Second)
	}
	t.Fatalf("got state %s %+v, want %s", o.State, o.Exceptions, state)
	return o
}

// rows reads at least n rows from an offset on, or all there are.
func (s *statements) rows(
	t *testing.T, run engine.StatementRun, offset int64, n int,
) (rows []cmf.ResultRow, next int64, done bool) {
	t.Helper()
	for range s.tries() {
		page, err := s.engine.Results(t.Context(), run, offset, n-len(rows))
		if err != nil {
			t.Fatalf("results from %d: %v", offset, err)
		}
		if page.Next != offset+int64(len(page.Rows)) {
			t.Fatalf("%d rows from %d: got next offset %d", len(page.Rows), offset, page.Next)
		}
		rows, offset = append(rows, page.Rows...), page.Next
		if page.Done || len(rows) >= n {
			return rows, offset, page.Done
		}
		s.pass(time.Second)
	}
	return rows, offset, false
}

func texts(rows []cmf.ResultRow) []string {
	var out []string
	for _, r := range rows {
		cells := make([]string, len(r.Row))
		for i, c := range r.Row {
			cells[i] = string(c)
		}
		out = append(out, r.Op.String()+" "+strings.Join(cells, ","))
	}
	return out
}
