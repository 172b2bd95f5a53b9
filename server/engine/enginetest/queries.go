package enginetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
)

func boundedQuery(t *testing.T, s *statements) {
	run := s.run("a", "SELECT x, y FROM (VALUES (1, 'one'), (2, 'two'), (3, 'three')) AS t(x, y) WHERE x > 1")
	p, err := s.engine.Prepare(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	if p.Kind != "SELECT" || !p.Bounded || !p.AppendOnly || p.Immediate || len(p.Columns) != 2 ||
		p.Columns[0].Type.Type != "INTEGER" {
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

func changingGroups(t *testing.T, s *statements) {
	run := s.run(
		"a",
		"SELECT product_id, COUNT(*) AS n, MAX(price) AS p FROM orders WHERE product_id < '1010' GROUP BY product_id",
	)
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
	const first = "FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY price DESC, order_id) AS rn " +
		"FROM orders) WHERE rn <= 1"
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
			t.Errorf(
				"%s: got the key %v, append-only %v, %v; want %v", c.sql, p.UpsertColumns, p.AppendOnly, err, c.key,
			)
		}
	}
}

// values are strings, null and lists of such (cmf-behaviour.md §4.5).
func values(t *testing.T, s *statements) {
	run := s.run("a", `SELECT TRUE, 1 > 2, CAST(NULL AS BOOLEAN), ARRAY[TRUE, FALSE], MAP['k', TRUE], ROW(1, TRUE),
		CAST(1.5 AS DECIMAL(5, 2)), 'TRUE', CAST(TRUE AS STRING), TIMESTAMP '2026-01-01 10:00:00.000'`)
	s.start(t, run)
	rows, _, _ := s.rows(t, run, 0, 1)
	want := `+I "true","false",null,["true","false"],[["k","true"]],["1","true"],"1.50","TRUE","TRUE",` +
		`"2026-01-01 10:00:00.000"`
	if got := texts(rows); len(got) != 1 || got[0] != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	described, err := s.engine.Prepare(t.Context(), s.run("b", "DESCRIBE orders"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range described.Result {
		if null := string(row.Row[2]); null != `"true"` && null != `"false"` {
			t.Errorf("DESCRIBE says %s of whether a column may be null", null)
		}
	}
}

func failingQuery(t *testing.T, s *statements) {
	run := s.run("a", "SELECT 10 / x AS y FROM (VALUES (5), (0)) AS t(x)")
	s.start(t, run)
	o := s.observe(t, run, cmf.JobFailed)
	if len(o.Exceptions) == 0 || !strings.Contains(o.Exceptions[0].Text, "/ by zero") ||
		!strings.Contains(o.Exceptions[0].Name, "ArithmeticException") {
		t.Errorf("got %+v, want an ArithmeticException: / by zero", o.Exceptions)
	}
}

func wrongSQL(t *testing.T, s *statements) {
	for sql, want := range map[string]engine.SQLError{
		"SELECT nope FROM orders":          {Line: 1, Column: 8, EndLine: 1, EndColumn: 11, Message: "Column 'nope' not found in any table"},
		"SELECT *\nFROM orders\nWHERE x x": {Line: 3, Column: 9, EndLine: 3, EndColumn: 9, Message: "Encountered \"x\" at line 3, column 9."},
		"SET 'a' = 'b'":                    {Line: 1, Column: 1, EndLine: 1, EndColumn: 3, Message: "flinkConfiguration"},
	} {
		_, err := s.engine.Prepare(t.Context(), s.run("a", sql))
		var e *engine.SQLError
		if !errors.As(err, &e) || e.Line != want.Line || e.Column != want.Column || e.EndLine != want.EndLine ||
			e.EndColumn != want.EndColumn || !strings.Contains(e.Message, want.Message) || e.Class == "" {
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
		if !p.Immediate || p.Kind != want.kind || p.Columns[0].Name != want.column ||
			!strings.Contains(strings.Join(names, " "), want.rows) {
			t.Errorf("%s: got %+v with %q, want %+v", sql, p, names, want)
		}
	}
}
