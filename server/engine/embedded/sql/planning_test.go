package sql_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"drey/server/engine"
	"drey/server/engine/embedded/sql"
)

// BenchmarkPlanning prints what planning costs for statements of the limits.
func BenchmarkPlanning(b *testing.B) {
	list := func(n int) string {
		var t strings.Builder
		for i := range n {
			fmt.Fprintf(&t, "%d, ", i)
		}
		return strings.TrimSuffix(t.String(), ", ")
	}
	for name, text := range map[string]string{
		"IN of 10,000":     "SELECT 1 IN (" + list(10_000) + ")",
		"IN of 100,000":    "SELECT 1 IN (" + list(100_000) + ")",
		"VALUES of 20,000": "SELECT * FROM (VALUES (" + strings.Join(strings.Split(list(20_000), ", "), "), (") + ")) AS t(x)",
		"ARRAY of 50,000":  "SELECT ARRAY[" + list(50_000) + "]",
		"a text of 9 MB":   "SELECT '" + strings.Repeat("x", 9<<20) + "'",
		"columns of 5,000": "SELECT " + list(5_000),
		"AND of 10,000":    "SELECT TRUE" + strings.Repeat(" AND TRUE", 10_000),
		"|| of 5,000":      "SELECT 'a'" + strings.Repeat(" || 'b'", 5_000),
		"comments of 9 MB": "SELECT /* " + strings.Repeat("x", 9<<20) + " */ 1",
	} {
		b.Run(name, func(b *testing.B) {
			w := newTabledB(b)
			for b.Loop() {
				if _, err := w.Prepare(b.Context(), runOf(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func newTabledB(b *testing.B) *sql.Statements {
	return sql.New(sql.Options{Dir: b.TempDir()})
}

func runOf(text string) engine.StatementRun {
	return engine.StatementRun{
		ID: strings.Repeat("1", 32), Name: "statement", Environment: "env", SubmittedAt: start, SQL: text,
	}
}

// TestPlanningIsLinear counts allocations and their bytes at n and at 2n.
func TestPlanningIsLinear(t *testing.T) {
	repeated := map[string]func(n int) string{
		"IN of numbers":  func(n int) string { return "SELECT 1 IN (0" + strings.Repeat(", 12345", n) + ")" },
		"IN of texts":    func(n int) string { return "SELECT 'a' IN ('b'" + strings.Repeat(", 'abc'", n) + ")" },
		"IN of doubles":  func(n int) string { return "SELECT 1e0 IN (2e0" + strings.Repeat(", 3e0", n) + ")" },
		"NOT IN":         func(n int) string { return "SELECT 1 NOT IN (0" + strings.Repeat(", CAST(NULL AS INT)", n) + ")" },
		"VALUES":         func(n int) string { return "SELECT * FROM (VALUES (0)" + strings.Repeat(", (1)", n) + ") AS t(x)" },
		"ARRAY":          func(n int) string { return "SELECT ARRAY[0" + strings.Repeat(", 1", n) + "]" },
		"columns":        func(n int) string { return "SELECT 0" + strings.Repeat(", 1", n) },
		"CASE":           func(n int) string { return "SELECT CASE" + strings.Repeat(" WHEN 1 = 2 THEN 3", n) + " ELSE 4 END" },
		"a text":         func(n int) string { return "SELECT '" + strings.Repeat("x", 1000*n) + "'" },
		"a text in IN":   func(n int) string { return "SELECT 'a' IN ('" + strings.Repeat("x", 1000*n) + "')" },
		"CONCAT":         func(n int) string { return "SELECT CONCAT('a'" + strings.Repeat(", 'b'", n) + ")" },
		"a quoted text":  func(n int) string { return "SELECT '" + strings.Repeat("''", 1000*n) + "'" },
		"a long comment": func(n int) string { return "SELECT 1 /* " + strings.Repeat("* ", 1000*n) + " */" },
	}
	for name, text := range repeated {
		w := newTabled(t, sql.Options{})
		measure := func(n int) (allocs, bytes float64) {
			r := w.run(text(n))
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			if _, err := w.s.Prepare(t.Context(), r); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			runtime.ReadMemStats(&after)
			return float64(after.Mallocs - before.Mallocs), float64(after.TotalAlloc - before.TotalAlloc)
		}
		measure(10)
		a1, b1 := measure(1500)
		a2, b2 := measure(3000)
		if a2 > 2.6*a1+1000 || b2 > 3*b1+1<<20 {
			t.Errorf("%s: %.0f allocations of %.0f bytes at n, %.0f of %.0f at 2n", name, a1, b1, a2, b2)
		}
	}
}

// TestPlanningHasLimitsAndCanBeGivenUp names the limits and ends a plan whose
// caller went.
func TestPlanningHasLimitsAndCanBeGivenUp(t *testing.T) {
	w := newTabled(t, sql.Options{})
	for text, want := range map[string]string{
		"SELECT 1 IN (0" + strings.Repeat(", 1", 100_000) + ")": "a list of 100001 values; IN takes 100000",
		"SELECT '" + strings.Repeat("x", 16<<20) + "'":          "a statement of 16777225 bytes; at most 16777216 are read",
	} {
		if err := w.prepare(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s…: got %v, want %s", text[:20], err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.s.Prepare(ctx, w.run("SELECT 1 IN (0"+strings.Repeat(", 1", 1000)+")")); !errors.Is(
		err, context.Canceled,
	) {
		t.Errorf("a plan that was given up: got %v", err)
	}
}
