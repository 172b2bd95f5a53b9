package sql_test

import (
	"encoding/json"
	"testing"
	"time"

	"drey/server/engine/embedded/sql"
	"drey/server/service"
)

func page(t *testing.T, s *sql.Statements, r service.StatementRun, offset int64) (string, int64) {
	t.Helper()
	p, err := s.Results(t.Context(), r, offset, 100)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(p.Rows)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), p.Next
}

// TestAnEndlessStatementGoesOnAfterARestart reads a statement up to a point,
// ends the process, and compares what follows with a process that never ended.
func TestAnEndlessStatementGoesOnAfterARestart(t *testing.T) {
	for _, text := range []string{
		"SELECT order_id, price * 2 AS twice FROM orders WHERE price > 50",
		"SELECT product_id, COUNT(*) AS n FROM orders GROUP BY product_id",
		"SELECT customer_id, UUID() AS u FROM orders",
	} {
		dir, now := t.TempDir(), start.Add(time.Hour)
		open := func(dir string) *sql.Statements {
			return sql.New(sql.Options{Dir: dir, Now: func() time.Time { return now }})
		}
		first, never := open(dir), open(t.TempDir())
		r := run(text)
		offset := int64(0)
		for range 20 {
			_, next := page(t, first, r, offset)
			page(t, never, r, offset)
			offset = next
		}
		now = now.Add(time.Minute)
		_, offset = page(t, first, r, offset)
		second := open(dir)
		got, _ := page(t, second, r, offset)
		if want, _ := page(t, never, r, offset); got != want || len(got) < 100 {
			t.Errorf("%s: got %.200s, want %.200s", text, got, want)
		}
	}
}

// TestARestartOfASimpleStatementComputesNothingAgain holds the time that the
// first page takes after three days against what a replay would take.
func TestARestartOfASimpleStatementComputesNothingAgain(t *testing.T) {
	dir, now := t.TempDir(), start
	s := sql.New(sql.Options{Dir: dir, Now: func() time.Time { return now }})
	r := run("SELECT order_id FROM orders")
	offset := int64(0)
	for range 3 {
		now = now.Add(time.Hour)
		for { // an hour of rows, page by page
			p, err := s.Results(t.Context(), r, offset, 10_000)
			if err != nil {
				t.Fatal(err)
			}
			if offset = p.Next; len(p.Rows) == 0 {
				break
			}
		}
		now = now.Add(10 * time.Second)
		_, offset = page(t, s, r, offset)
	}
	again := sql.New(sql.Options{Dir: dir, Now: func() time.Time { return now }})
	if _, next := page(t, again, r, offset); next < offset {
		t.Errorf("got offset %d, want at least %d", next, offset)
	}
	if _, err := again.Results(t.Context(), r, 0, 10); err == nil {
		t.Error("rows from the beginning are held, so all was computed again")
	}
}
