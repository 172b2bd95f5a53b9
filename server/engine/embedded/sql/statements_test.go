package sql_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dlclark/regexp2/v2"
	"go.uber.org/goleak"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/engine/embedded/sql"
	"drey/server/engine/enginetest"
	"drey/server/model"
	"drey/server/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(withoutClock{m}) }

// withoutClock ends the clock that the time-outs of regular expressions need;
// it ends by itself, but later than the tests.
type withoutClock struct{ m *testing.M }

func (w withoutClock) Run() int {
	defer regexp2.StopTimeoutClock()
	return w.m.Run()
}

func TestEngineRunsStatements(t *testing.T) {
	enginetest.Statements(t, func(t *testing.T, dir string, now func() time.Time) engine.Statements {
		s := sql.New(sql.Options{Dir: dir, Now: now})
		t.Cleanup(func() { _ = s.Close() })
		return s
	})
}

func TestTablesOfStatementsOutliveTheEngine(t *testing.T) {
	stores := map[string]*store.Store{}
	enginetest.StatementTables(t, func(t *testing.T, dir string, now func() time.Time) engine.Statements {
		t.Helper()
		if old := stores[dir]; old != nil {
			if err := old.Close(); err != nil {
				t.Fatal(err)
			}
		}
		stored, err := store.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if stores[dir] == nil {
			err = stored.Update(t.Context(), func(tx model.Tx) error {
				return tx.Put(model.Record{
					Scope: model.Scope{Kind: model.KindEnvironment}, Name: "env", UID: "1", Created: start,
					Updated: start, Doc: []byte("{}"),
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = stores[dir].Close() })
		}
		stores[dir] = stored
		return sql.New(sql.Options{Dir: dir, Now: now, Tables: stored})
	})
}

var start = time.Date(2026, 2, 1, 10, 0, 0, 0, time.UTC)

func run(text string) engine.StatementRun {
	return engine.StatementRun{
		ID: strings.Repeat("a", 32), Name: "statement", SQL: text, Catalog: "examples", Database: "marketplace",
		SubmittedAt: start,
	}
}

func TestRowsThatWereReadAreGoneBeyondWhatIsHeld(t *testing.T) {
	s := sql.New(sql.Options{Dir: t.TempDir(), Now: func() time.Time { return start.Add(time.Hour) }, Hold: 100})
	r := run("SELECT * FROM orders")
	for offset := int64(0); offset < 2000; offset += 100 {
		if page, err := s.Results(t.Context(), r, offset, 100); err != nil || len(page.Rows) != 100 {
			t.Fatalf("from %d: got %d rows, %v", offset, len(page.Rows), err)
		}
	}
	if _, err := s.Results(t.Context(), r, 0, 10); !errors.Is(err, engine.ErrResultsGone) {
		t.Errorf("got %v, want ErrResultsGone", err)
	}
	if _, err := s.Results(t.Context(), r, 1900, 100); err != nil {
		t.Errorf("the last page again: %v", err)
	}
}

func TestStateIsBounded(t *testing.T) {
	s := sql.New(sql.Options{Dir: t.TempDir(), Now: func() time.Time { return start.Add(time.Hour) }, State: 50})
	r := run("SELECT order_id, COUNT(*) FROM orders GROUP BY order_id")
	if err := s.Start(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Results(t.Context(), r, 0, 1000); err != nil {
		t.Fatal(err)
	}
	o, err := s.ObserveStatement(t.Context(), r)
	if err != nil || o.State != cmf.JobFailed || !strings.Contains(o.Exceptions[0].Text, "at most 50 rows and groups") {
		t.Errorf("got %+v, %v, want a failure that names the limit", o, err)
	}
}

func TestWireValuesAreStringsNullsAndLists(t *testing.T) {
	s := sql.New(sql.Options{Dir: t.TempDir(), Now: func() time.Time { return start }})
	r := run(`SELECT 1, TRUE, CAST(NULL AS INT), 3.50, 1e10, 'a"b', ARRAY[1, 2], MAP['k', 1], ROW(1, 'x'),
		TIMESTAMP '2026-01-01 10:00:00.000', DATE '2026-01-01', X'CAFE', INTERVAL '1' DAY`)
	page, err := s.Results(t.Context(), r, 0, 10)
	if err != nil || len(page.Rows) != 1 || !page.Done {
		t.Fatalf("got %+v, %v", page, err)
	}
	got, err := json.Marshal(page.Rows[0].Row)
	if err != nil {
		t.Fatal(err)
	}
	want := `["1","true",null,"3.50","1.0E10","a\"b",["1","2"],[["k","1"]],["1","x"],"2026-01-01 ` +
		`10:00:00.000","2026-01-01","x'cafe'","+1 00:00:00.000"]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestStatementsCanBeUsedAtOnce(t *testing.T) {
	s := sql.New(sql.Options{Dir: t.TempDir(), Now: func() time.Time { return start.Add(time.Minute) }})
	r := run("SELECT customer_id, SUM(price) FROM orders GROUP BY customer_id")
	if err := s.Start(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := s.Results(t.Context(), r, int64(i*10), 50); err != nil {
				t.Error(err)
			}
			if _, err := s.ObserveStatement(t.Context(), r); err != nil {
				t.Error(err)
			}
			if _, err := s.Prepare(context.Background(), r); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestRefusalNamesTheConstructAndItsPosition(t *testing.T) {
	s := sql.New(sql.Options{Dir: t.TempDir(), Now: time.Now})
	for text, want := range map[string]string{
		"CREATE FUNCTION f AS 'x'":                                "the statement CREATE FUNCTION (line 1, column 1)",
		"CREATE TABLE t (a INT)":                                  "catalog examples, which is read-only (line 1, column 14)",
		"SELECT * FROM orders TABLESAMPLE BERNOULLI(1)":           "TABLESAMPLE (line 1, column 22)",
		"SELECT * FROM orders\nMATCH_RECOGNIZE (PATTERN (A | B))": "groups and alternatives in PATTERN (line 2, column 29)",
	} {
		_, err := s.Prepare(t.Context(), run(text))
		var e *engine.SQLError
		if !errors.As(err, &e) || !strings.Contains(e.Message, want) || e.Line == 0 ||
			e.Class != "UnsupportedOperationException" {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// TestSelectOfAConstantIsLittleWork counts what is allocated up to its row.
func TestSelectOfAConstantIsLittleWork(t *testing.T) {
	s := sql.New(sql.Options{Dir: t.TempDir(), Now: func() time.Time { return start }})
	n := 0
	allocations := testing.AllocsPerRun(10, func() {
		n++
		r := run("SELECT 1")
		r.ID = fmt.Sprintf("%032d", n)
		if _, err := s.Prepare(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if page, err := s.Results(t.Context(), r, 0, 10); err != nil || len(page.Rows) != 1 {
			t.Fatalf("got %+v, %v", page, err)
		}
	})
	if allocations > 400 {
		t.Errorf("%.0f allocations, want at most 400", allocations)
	}
}

func benchmark(b *testing.B, text string) {
	const rows = 200_000
	for b.Loop() {
		s := sql.New(sql.Options{Dir: b.TempDir(), Now: func() time.Time {
			return start.Add(rows * 100 * time.Millisecond)
		}})
		r := run(text)
		if err := s.Start(b.Context(), r); err != nil {
			b.Fatal(err)
		}
		for {
			o, err := s.ObserveStatement(b.Context(), r)
			if err != nil {
				b.Fatal(err)
			}
			if o.State != cmf.JobRunning {
				b.Fatalf("%+v", o)
			}
			if o.Next.After(start.Add(rows * 100 * time.Millisecond)) {
				break
			}
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkScanFilterProject(b *testing.B) {
	benchmark(b, "INSERT INTO blackhole SELECT product_id || '-' || order_id FROM orders WHERE price * 2 > 60")
}

func BenchmarkGroupBy(b *testing.B) {
	benchmark(
		b, "INSERT INTO blackhole SELECT CAST(COUNT(*) + SUM(customer_id) AS STRING) FROM orders GROUP BY product_id",
	)
}
