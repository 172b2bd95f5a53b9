package sql_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/engine/embedded/sql"
)

func page(t *testing.T, s *sql.Statements, r engine.StatementRun, offset int64) (string, int64) {
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

// until reads the rows from one place to another: a page ends early where the time
// that a call may take is used up, so that one call is not always enough.
func until(t *testing.T, s *sql.Statements, r engine.StatementRun, from, to int64) string {
	t.Helper()
	var rows []cmf.ResultRow
	for from < to {
		p, err := s.Results(t.Context(), r, from, int(to-from))
		if err != nil {
			t.Fatal(err)
		}
		rows, from = append(rows, p.Rows...), p.Next
	}
	b, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
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
		want, end := page(t, never, r, offset)
		if got := until(t, second, r, offset, end); got != want || len(got) < 100 {
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

// TestARestartCostsTheStateAndNotTheHours kills an engine (its Close is not
// called) that ran a grouped statement for hours, and takes it up.
func TestARestartCostsTheStateAndNotTheHours(t *testing.T) {
	dir, now := t.TempDir(), start
	open := func() *sql.Statements {
		return sql.New(sql.Options{Dir: dir, Hold: 1000, Now: func() time.Time { return now }})
	}
	read := func(s *sql.Statements, r engine.StatementRun, offset int64) int64 {
		t.Helper()
		for {
			p, err := s.Results(t.Context(), r, offset, 1000)
			if err != nil {
				t.Fatal(err)
			}
			if offset = p.Next; len(p.Rows) == 0 {
				return offset
			}
		}
	}
	r := run("SELECT product_id, COUNT(*) AS n, SUM(price) AS s FROM orders GROUP BY product_id")
	first := open()
	now = start.Add(4 * time.Hour)
	began := time.Now()
	offset := read(first, r, 0)
	whole := time.Since(began)
	now = now.Add(10 * time.Second)
	offset = read(first, r, offset)
	now = now.Add(time.Second)
	want, end := page(t, first, r, offset)
	began = time.Now()
	got := until(t, open(), r, offset, end)
	t.Logf("4 hours took %v, the restart %v", whole, time.Since(began))
	if got != want || len(got) < 100 {
		t.Errorf("got %.200s, want %.200s", got, want)
	}
	if _, err := open().Results(t.Context(), r, offset-500, 10); err != nil {
		t.Errorf("rows that were handed out before are gone: %v", err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "statements", "*.snapshot*"))
	if len(files) == 0 {
		t.Fatal("no snapshot was written")
	}
	damage(t, files[0])
	if again := until(t, open(), r, offset, end); again != want {
		t.Errorf("after damage: got %.200s, want %.200s", again, want)
	}
	for _, file := range files {
		damage(t, file)
	}
	if again := until(t, open(), r, offset, end); again != want { // all is computed again, a little in each call
		t.Errorf("after damage of all: got %.200s, want %.200s", again, want)
	}
}

func damage(t *testing.T, file string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(file, b[:len(b)-1], 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestASinkOfAWindowIsExactOverManyKills ends the process without a word again
// and again, while windows are open and rows are not yet committed.
func TestASinkOfAWindowIsExactOverManyKills(t *testing.T) {
	w := newTabled(t, sql.Options{})
	dir := t.TempDir()
	tables := []string{
		"CREATE TABLE g (k INT, v INT, ts AS CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3)), WATERMARK FOR ts AS ts) WITH ('connector'='datagen', 'rows-per-second'='100', 'fields.k.min'='0', 'fields.k.max'='3')",
		"CREATE TABLE windows (w STRING, k INT, n BIGINT, s BIGINT) WITH ('connector'='filesystem', 'format'='csv', 'path'='${FILES}/windows')",
	}
	insert := w.run(
		"INSERT INTO windows SELECT CAST(window_start AS STRING), k, COUNT(*), SUM(CAST(v AS BIGINT)) FROM " +
			"TABLE(TUMBLE(TABLE g, DESCRIPTOR(ts), INTERVAL '3' SECOND)) GROUP BY window_start, window_end, k",
	)
	open := func(dir, files string) *sql.Statements {
		s := sql.New(sql.Options{Dir: dir, Files: []string{files}, Now: func() time.Time { return w.now }})
		for i, text := range tables {
			r := w.run(strings.ReplaceAll(text, "${FILES}", files))
			r.ID = fmt.Sprintf("%032d", 900+i)
			if _, err := s.Prepare(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		return s
	}
	observe := func(s *sql.Statements) {
		if err := s.Start(t.Context(), insert); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if o, err := s.ObserveStatement(t.Context(), insert); err != nil || len(o.Exceptions) > 0 {
				t.Fatalf("%+v %v", o, err)
			}
		}
	}
	calm := t.TempDir()
	quiet := open(t.TempDir(), calm)
	for i := range 12 {
		w.now = start.Add(time.Duration(i*7) * time.Second)
		observe(open(dir, w.files)) // a new process each time
		observe(quiet)
	}
	got, want := sorted(t, w.files), sorted(t, calm)
	if got != want || strings.Count(want, "\n") < 80 {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// sorted are the lines of all visible files of a folder.
func sorted(t *testing.T, dir string) string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		b, err := os.ReadFile(path)
		lines = append(lines, strings.SplitAfter(string(b), "\n")...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}
