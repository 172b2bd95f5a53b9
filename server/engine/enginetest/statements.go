package enginetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/service"
)

// OpenStatements opens an engine over a folder; opening the same folder again
// is a restart.
type OpenStatements func(t *testing.T, dir string, now func() time.Time) service.StatementEngine

// Statements are the scenarios of statements that every engine passes.
func Statements(t *testing.T, open OpenStatements) { runAll(t, open, scenarios, false) }

// RealStatements are the same over an engine whose time cannot be set.
func RealStatements(t *testing.T, open OpenStatements) { runAll(t, open, scenarios, true) }

// StatementTables are the scenarios of what DDL makes, over an engine whose
// tables outlive it and that has an environment "env".
func StatementTables(t *testing.T, open OpenStatements) { runAll(t, open, tableScenarios, false) }

// RealStatementTables are the same over an engine whose time cannot be set.
func RealStatementTables(t *testing.T, open OpenStatements) { runAll(t, open, tableScenarios, true) }

var tableScenarios = map[string]func(*testing.T, *statements){
	"tables and views outlive a restart": tablesOutlive,
	"an INSERT into a blackhole":         insertIntoOwn,
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
	"wrong SQL is told with its position":               wrongSQL,
	"metadata is answered at once":                      metadata,
	"groups of an endless table change":                 changingGroups,
	"the key of rows that replace one another is told":  upsertKey,
	"a statement that was never started is not found":   neverStarted,
	"a removed statement is gone":                       removed,
}

func runAll(t *testing.T, open OpenStatements, all map[string]func(*testing.T, *statements), realTime bool) {
	for name, scenario := range all {
		t.Run(name, func(t *testing.T) {
			s := &statements{open: open, dir: t.TempDir(), at: time.Date(2026, 2, 1, 10, 0, 0, 0, time.UTC), real: realTime, salt: "0"}
			if realTime {
				s.at, s.salt = time.Now(), fmt.Sprintf("%x", time.Now().UnixNano())
			}
			s.restart(t)
			scenario(t, s)
		})
	}
}

// statements is one engine under test with a clock of its own.
type statements struct {
	open   OpenStatements
	dir    string
	at     time.Time
	real   bool
	salt   string // makes ids of a run that nobody else has
	engine service.StatementEngine
}

// pass lets time go by; real time goes by itself.
func (s *statements) pass(d time.Duration) {
	if !s.real {
		s.at = s.at.Add(d)
		return
	}
	timer := time.NewTimer(min(d, 100*time.Millisecond))
	defer timer.Stop()
	<-timer.C
	s.at = time.Now()
}

// id is 32 hex digits that begin with the one given.
func (s *statements) id(digit string) string {
	if !s.real {
		return strings.Repeat(digit, 32)
	}
	return (digit + s.salt + strings.Repeat(digit, 32))[:32]
}

func (s *statements) restart(t *testing.T) {
	t.Helper()
	s.engine = s.open(t, s.dir, func() time.Time { return s.at })
}

func (s *statements) run(id, sql string) service.StatementRun {
	return service.StatementRun{
		ID: s.id(id), Environment: "env", Name: "statement-" + id, SQL: sql, Catalog: "examples", Database: "marketplace",
		Parallelism: 1, SubmittedAt: s.at,
	}
}

func (s *statements) start(t *testing.T, run service.StatementRun) {
	t.Helper()
	if _, err := s.engine.Prepare(t.Context(), run); err != nil {
		t.Fatalf("prepare: %v", err)
	}
	if err := s.engine.Start(t.Context(), run); err != nil {
		t.Fatalf("start: %v", err)
	}
}

// tries is how often something is looked at: real time may be slow.
func (s *statements) tries() int {
	if s.real {
		return 1800
	}
	return 100
}

// observe looks at the job until it is in the state, or it was tried too often.
func (s *statements) observe(t *testing.T, run service.StatementRun, state string) service.StatementObservation {
	t.Helper()
	var o service.StatementObservation
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
func (s *statements) rows(t *testing.T, run service.StatementRun, offset int64, n int) (rows []cmf.ResultRow, next int64, done bool) {
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

func boundedQuery(t *testing.T, s *statements) {
	run := s.run("a", "SELECT x, y FROM (VALUES (1, 'one'), (2, 'two'), (3, 'three')) AS t(x, y) WHERE x > 1")
	p, err := s.engine.Prepare(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	if p.Kind != "SELECT" || !p.Bounded || !p.AppendOnly || p.Immediate || len(p.Columns) != 2 || p.Columns[0].Type.Type != "INTEGER" {
		t.Errorf("got %+v", p)
	}
	s.start(t, run)
	s.observe(t, run, cmf.JobFinished)
	rows, _, done := s.rows(t, run, 0, 10)
	want := []string{`+I "2","two"`, `+I "3","three"`}
	if got := texts(rows); !reflect.DeepEqual(got, want) || !done {
		t.Errorf("got %q, done %v, want %q", got, done, want)
	}
}

func askedAgain(t *testing.T, s *statements) {
	run := s.run("a", "SELECT x FROM (VALUES (1), (2), (3), (4), (5)) AS t(x)")
	s.start(t, run)
	first, next, _ := s.rows(t, run, 0, 2)
	second, _, _ := s.rows(t, run, next, 2)
	again, _, _ := s.rows(t, run, 0, 4)
	if want := append(texts(first), texts(second)...); !reflect.DeepEqual(texts(again), want) {
		t.Errorf("got %q, want %q", texts(again), want)
	}
}

func endlessQuery(t *testing.T, s *statements) {
	run := s.run("a", "SELECT order_id, price FROM orders WHERE price > 20")
	s.start(t, run)
	s.observe(t, run, cmf.JobRunning)
	first, next, done := s.rows(t, run, 0, 5)
	if len(first) != 5 || done {
		t.Fatalf("got %d rows, done %v, want 5 and more to come", len(first), done)
	}
	for range 50 {
		page, err := s.engine.Results(t.Context(), run, next, 1000)
		if err != nil || page.Done {
			t.Fatalf("got done %v, %v", page.Done, err)
		}
		if next = page.Next; len(page.Rows) == 0 {
			break
		}
	}
	s.pass(time.Minute)
	if more, _, _ := s.rows(t, run, next, 10); len(more) != 10 {
		t.Errorf("got %d rows after a minute, want 10", len(more))
	}
}

func restartedQuery(t *testing.T, s *statements) {
	run := s.run("a", "SELECT user_id, COUNT(*) AS n FROM clicks GROUP BY user_id")
	s.start(t, run)
	before, _, _ := s.rows(t, run, 0, 200)
	s.restart(t)
	if err := s.engine.Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	after, _, _ := s.rows(t, run, 0, 200)
	if !reflect.DeepEqual(texts(before), texts(after)) {
		t.Error("the changelog is another one after a restart")
	}
	s.restart(t)
	tail, _, _ := s.rows(t, run, 150, 50)
	if !reflect.DeepEqual(texts(before[150:]), texts(tail)) {
		t.Error("the changelog from an offset on is another one after a restart")
	}
}

func stopAndResume(t *testing.T, s *statements) {
	const sql = "SELECT COUNT(*) AS n FROM orders"
	run := s.run("a", sql)
	s.start(t, run)
	rows, _, _ := s.rows(t, run, 0, 9)
	run.Stop = &service.StopRequest{ID: s.id("5"), At: s.at, Savepoint: true}
	for range 2 { // a repeated call changes nothing
		if err := s.engine.StopStatement(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	o := s.observe(t, run, cmf.JobFinished)
	if o.Stopped == nil || o.Stopped.State != cmf.SavepointCompleted || o.Stopped.Path == "" {
		t.Fatalf("got %+v, want a complete savepoint", o.Stopped)
	}
	kept := lastText(t, s, run, len(rows))
	s.restart(t)
	if err := s.engine.Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if o := s.observe(t, run, cmf.JobFinished); o.Stopped == nil {
		t.Error("the savepoint was forgotten by a restart")
	}
	resumed := s.run("b", sql)
	resumed.RestoreFrom = o.Stopped.Path
	s.start(t, resumed)
	next, _, _ := s.rows(t, resumed, 0, 1)
	if len(next) != 1 || next[0].Op != cmf.OpUpdateBefore || string(next[0].Row[0]) != kept {
		o, err := s.engine.ObserveStatement(t.Context(), resumed)
		t.Errorf("got %q first after the resume, want -U %s; the job is %+v, %v", texts(next), kept, o, err)
	}
}

func stopAfterRestart(t *testing.T, s *statements) {
	const sql = "SELECT COUNT(*) AS n FROM clicks"
	run := s.run("a", sql)
	s.start(t, run)
	_, next, _ := s.rows(t, run, 0, 41)
	s.pass(time.Minute)
	rows, _, _ := s.rows(t, run, next, 20)
	s.restart(t)
	run.Stop = &service.StopRequest{ID: s.id("5"), At: s.at, Savepoint: true}
	if err := s.engine.Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if err := s.engine.StopStatement(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	resumed := s.run("b", sql)
	resumed.RestoreFrom = s.observe(t, run, cmf.JobFinished).Stopped.Path
	s.start(t, resumed)
	first, _, _ := s.rows(t, resumed, 0, 1)
	if last := string(rows[len(rows)-1].Row[0]); len(first) != 1 || first[0].Op != cmf.OpUpdateBefore || string(first[0].Row[0]) < last && len(first[0].Row[0]) <= len(last) {
		t.Errorf("got %q first after restart, stop and resume, want -U %s or later", texts(first), last)
	}
}

// lastText is the count in the last row of a stopped statement.
func lastText(t *testing.T, s *statements, run service.StatementRun, seen int) string {
	t.Helper()
	rows, _, done := s.rows(t, run, 0, 1000)
	if !done || len(rows) < seen {
		t.Fatalf("got %d rows, done %v after the stop, want all %d or more, and the end", len(rows), done, seen)
	}
	return string(rows[len(rows)-1].Row[0])
}

func cancelled(t *testing.T, s *statements) {
	run := s.run("a", "SELECT * FROM orders")
	s.start(t, run)
	run.Stop = &service.StopRequest{ID: s.id("5"), At: s.at}
	if err := s.engine.StopStatement(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if o := s.observe(t, run, cmf.JobCanceled); o.Stopped != nil {
		t.Errorf("got %+v, want no savepoint", o.Stopped)
	}
}

func boundedInsert(t *testing.T, s *statements) {
	run := s.run("a", "INSERT INTO blackhole VALUES ('a'), ('b')")
	p, err := s.engine.Prepare(t.Context(), run)
	if err != nil || p.Kind != "INSERT_INTO" || !p.Bounded {
		t.Fatalf("got %+v, %v", p, err)
	}
	s.start(t, run)
	s.observe(t, run, cmf.JobFinished)
}

func endlessInsert(t *testing.T, s *statements) {
	run := s.run("a", "INSERT INTO blackhole SELECT click_id AS data FROM clicks")
	s.start(t, run)
	s.pass(time.Hour)
	if o := s.observe(t, run, cmf.JobRunning); o.Next.IsZero() {
		t.Error("a running INSERT does not say when to look again")
	}
	bad := s.run("b", "INSERT INTO blackhole SELECT CAST(CAST(click_id AS INT) AS STRING) FROM clicks")
	s.start(t, bad)
	if o := s.observe(t, bad, cmf.JobFailed); len(o.Exceptions) == 0 {
		t.Error("got no exception of an INSERT that fails")
	}
}

func failingQuery(t *testing.T, s *statements) {
	run := s.run("a", "SELECT 10 / x AS y FROM (VALUES (5), (0)) AS t(x)")
	s.start(t, run)
	o := s.observe(t, run, cmf.JobFailed)
	if len(o.Exceptions) == 0 || !strings.Contains(o.Exceptions[0].Text, "/ by zero") || !strings.Contains(o.Exceptions[0].Name, "ArithmeticException") {
		t.Errorf("got %+v, want an ArithmeticException: / by zero", o.Exceptions)
	}
}

func wrongSQL(t *testing.T, s *statements) {
	for sql, want := range map[string]service.SQLError{
		"SELECT nope FROM orders":          {Line: 1, Column: 8, EndLine: 1, EndColumn: 11, Message: "Column 'nope' not found in any table"},
		"SELECT *\nFROM orders\nWHERE x x": {Line: 3, Column: 9, EndLine: 3, EndColumn: 9, Message: "Encountered \"x\" at line 3, column 9."},
		"SET 'a' = 'b'":                    {Line: 1, Column: 1, EndLine: 1, EndColumn: 3, Message: "flinkConfiguration"},
	} {
		_, err := s.engine.Prepare(t.Context(), s.run("a", sql))
		var e *service.SQLError
		if !errors.As(err, &e) || e.Line != want.Line || e.Column != want.Column || e.EndLine != want.EndLine || e.EndColumn != want.EndColumn || !strings.Contains(e.Message, want.Message) || e.Class == "" {
			t.Errorf("%s: got %#v, want %+v", sql, err, want)
		}
	}
}

func metadata(t *testing.T, s *statements) {
	for sql, want := range map[string]struct {
		kind, column string
		rows         string
	}{
		"SHOW CATALOGS":          {"SHOW_CATALOGS", "catalog name", "examples"},
		"SHOW DATABASES":         {"SHOW_DATABASES", "database name", "marketplace"},
		"SHOW TABLES":            {"SHOW_TABLES", "table name", "blackhole clicks orders"},
		"SHOW CURRENT CATALOG":   {"SHOW_CURRENT_CATALOG", "current catalog name", "examples"},
		"SHOW CURRENT DATABASE;": {"SHOW_CURRENT_DATABASE", "current database name", "marketplace"},
		"DESCRIBE orders":        {"DESCRIBE", "name", "order_id customer_id product_id price"},
	} {
		p, err := s.engine.Prepare(t.Context(), s.run("a", sql))
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			continue
		}
		var names []string
		for _, r := range p.Result {
			var name string
			if err := json.Unmarshal(r.Row[0], &name); err != nil || len(r.Row) != len(p.Columns) {
				t.Errorf("%s: row %s", sql, texts([]cmf.ResultRow{r}))
			}
			names = append(names, name)
		}
		if !p.Immediate || p.Kind != want.kind || p.Columns[0].Name != want.column || !strings.Contains(strings.Join(names, " "), want.rows) {
			t.Errorf("%s: got %+v with %q, want %+v", sql, p, names, want)
		}
	}
}

func changingGroups(t *testing.T, s *statements) {
	run := s.run("a", "SELECT product_id, COUNT(*) AS n, MAX(price) AS p FROM orders WHERE product_id < '1010' GROUP BY product_id")
	p, err := s.engine.Prepare(t.Context(), run)
	if err != nil || p.AppendOnly || p.Bounded {
		t.Fatalf("got %+v, %v, want neither bounded nor append only", p, err)
	}
	s.start(t, run)
	s.pass(time.Hour)
	want := 300
	if s.real {
		want = 3 // nobody waits an hour
	}
	rows, _, _ := s.rows(t, run, 0, want)
	held := map[string]int{}
	for _, r := range rows {
		key := strings.SplitN(texts([]cmf.ResultRow{r})[0], " ", 2)[1]
		if r.Op == cmf.OpInsert || r.Op == cmf.OpUpdateAfter {
			held[key]++
		} else if held[key]--; held[key] < 0 {
			t.Fatalf("%s takes back a row that was not there", texts([]cmf.ResultRow{r}))
		}
	}
	if len(rows) != want {
		t.Errorf("got %d changes in an hour, want %d", len(rows), want)
	}
}

func upsertKey(t *testing.T, s *statements) {
	const first = "FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY price DESC, order_id) AS rn FROM orders) WHERE rn <= 1"
	for i, c := range []struct {
		sql string
		key []int
	}{
		{"SELECT price, product_id, rn " + first, []int{1}},
		{"SELECT product_id, COUNT(*) FROM orders GROUP BY product_id", nil},
		{"SELECT product_id, n FROM (SELECT product_id, COUNT(*) AS n FROM orders GROUP BY product_id) WHERE n > 2", nil},
		{"SELECT order_id FROM orders", nil},
	} {
		p, err := s.engine.Prepare(t.Context(), s.run(fmt.Sprintf("%x", i+1), c.sql))
		if err != nil || !slices.Equal(p.UpsertColumns, c.key) || p.AppendOnly && c.key != nil {
			t.Errorf("%s: got the key %v, append-only %v, %v; want %v", c.sql, p.UpsertColumns, p.AppendOnly, err, c.key)
		}
	}
}

func resumedInsert(t *testing.T, s *statements) {
	const sql = "INSERT INTO blackhole SELECT click_id AS data FROM clicks"
	run := s.run("a", sql)
	s.start(t, run)
	s.observe(t, run, cmf.JobRunning)
	s.pass(time.Minute)
	run.Stop = &service.StopRequest{ID: s.id("5"), At: s.at, Savepoint: true}
	if err := s.engine.StopStatement(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	o := s.observe(t, run, cmf.JobFinished)
	if o.Stopped == nil || o.Stopped.Path == "" {
		t.Fatalf("got %+v, want a savepoint", o)
	}
	resumed := s.run("b", sql)
	resumed.RestoreFrom = o.Stopped.Path
	s.start(t, resumed)
	s.observe(t, resumed, cmf.JobRunning)
}

// inDefault is a run in the catalog where DDL makes tables.
func (s *statements) inDefault(id, sql string) service.StatementRun {
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
	if _, err := s.engine.Prepare(t.Context(), s.inDefault("4", "CREATE TABLE kept (b INT) WITH ('connector'='blackhole')")); err == nil {
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

func neverStarted(t *testing.T, s *statements) {
	if _, err := s.engine.ObserveStatement(t.Context(), s.run("f", "SELECT 1")); !errors.Is(err, service.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

func removed(t *testing.T, s *statements) {
	run := s.run("a", "SELECT * FROM orders")
	s.start(t, run)
	for range 2 {
		if err := s.engine.StopStatement(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.engine.ObserveStatement(t.Context(), run); !errors.Is(err, service.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.start(t, run)
	if page, err := s.engine.Results(ctx, run, 0, 10); err == nil && len(page.Rows) == 0 {
		t.Error("a cancelled question was answered with nothing and without an error")
	}
}
