package metrics

import (
	"errors"
	"strings"
	"testing"
	"time"

	"drey/server/engine"
	"drey/server/engine/embedded"
)

func written(t *testing.T, r *Registry) string {
	t.Helper()
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAHistogramCountsWhatIsBelowEachBound(t *testing.T) {
	var r Registry
	for _, took := range []time.Duration{
		0, time.Millisecond, 2 * time.Millisecond, 40 * time.Millisecond, time.Minute,
	} {
		r.Request("GET", "/environments/{envName}", 200, took)
	}
	const series = `drey_http_request_duration_seconds_%s{method="GET",route="/environments/{envName}",code="200"`
	text := written(t, &r)
	for line, want := range map[string]string{
		strings.Replace(series, "%s", "bucket", 1) + `,le="0.001"}`:  "2", // a bound belongs to its bucket
		strings.Replace(series, "%s", "bucket", 1) + `,le="0.0025"}`: "3",
		strings.Replace(series, "%s", "bucket", 1) + `,le="0.05"}`:   "4",
		strings.Replace(series, "%s", "bucket", 1) + `,le="10"}`:     "4",
		strings.Replace(series, "%s", "bucket", 1) + `,le="+Inf"}`:   "5",
		strings.Replace(series, "%s", "count", 1) + `}`:              "5",
		strings.Replace(series, "%s", "sum", 1) + `}`:                "60.043",
	} {
		if !strings.Contains(text, line+" "+want+"\n") {
			t.Errorf("no line %s %s in\n%s", line, want, text)
		}
	}
}

func TestTheZeroRegistryWritesItsFamilies(t *testing.T) {
	want := "# HELP drey_http_request_duration_seconds Time to answer requests.\n# TYPE " +
		"drey_http_request_duration_seconds histogram\n" +
		"# HELP drey_engine_call_duration_seconds Time of calls to the engine.\n# TYPE " +
		"drey_engine_call_duration_seconds histogram\n"
	if got := written(t, &Registry{}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	r := Registry{Memory: func() (results, state, limit int64) { return 1, 2, 3 }}
	for _, line := range []string{`_bytes{of="results"} 1`, `_bytes{of="state"} 2`, "_limit_bytes 3"} {
		if got := written(t, &r); !strings.Contains(got, "drey_statements_memory"+line+"\n") {
			t.Errorf("no %s in %s", line, got)
		}
	}
}

func TestAGaugeIsWrittenInTheOrderOfItsLabels(t *testing.T) {
	var b strings.Builder
	err := Gauge(
		&b, "objects", "How many.", [2]string{"kind", "state"},
		map[[2]string]int{{"b", ""}: 1, {"a", "RUNNING"}: 2, {"a", `"`}: 3},
	)
	want := "# HELP objects How many.\n# TYPE objects gauge\n" + `objects{kind="a",state="\""} 3` + "\n" +
		`objects{kind="a",state="RUNNING"} 2` + "\n" + `objects{kind="b",state=""} 1` + "\n"
	if err != nil || b.String() != want {
		t.Errorf("got %v %s, want %s", err, b.String(), want)
	}
}

// TestCallsOfAnEngineAreCountedByTheirResult asks a real engine for what it
// does not have.
func TestCallsOfAnEngineAreCountedByTheirResult(t *testing.T) {
	inner, err := embedded.New(embedded.Options{Dir: t.TempDir(), Tables: &engine.MemoryTables{}})
	if err != nil {
		t.Fatal(err)
	}
	var r Registry
	counted := Engine(inner, &r)
	t.Cleanup(func() { _ = counted.Close() })
	if _, err := counted.Statements().ObserveStatement(t.Context(), engine.StatementRun{
		ID: "00000000000000000000000000000000",
	}); !errors.Is(err, engine.ErrNotFound) {
		t.Errorf("got %v, want that the engine's error is passed on", err)
	}
	if err := counted.Savepoints().Dispose(t.Context(), "/no/such/path"); err != nil {
		t.Errorf("dispose: %v", err)
	}
	if counted.Info().Name != "embedded" {
		t.Errorf("got %+v, want what the engine says of itself", counted.Info())
	}
	text := written(t, &r)
	for _, call := range []string{`result="error"} 1`, `result="ok"} 1`} {
		if !strings.Contains(text, call) {
			t.Errorf("no %s in\n%s", call, text)
		}
	}
}
