package sql_test

import (
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/engine/embedded/sql"
)

// through runs an INSERT over a minute of rows and gives its state.
func (w *tabled) through(text string, conf map[string]string) engine.StatementObservation {
	w.t.Helper()
	r := w.run(text)
	r.Configuration = conf
	w.now = start.Add(time.Minute)
	if _, err := w.s.Prepare(w.t.Context(), r); err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
	if err := w.s.Start(w.t.Context(), r); err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
	var o engine.StatementObservation
	for range 200 {
		var err error
		if o, err = w.s.ObserveStatement(w.t.Context(), r); err != nil {
			w.t.Fatal(err)
		}
		if o.State != cmf.JobRunning || o.Next.After(w.now) {
			break
		}
	}
	return o
}

// TestAJoinWithinAnIntervalForgetsWhatNoRowCanMeet holds state that is bounded
// by the watermark against one that is not.
func TestAJoinWithinAnIntervalForgetsWhatNoRowCanMeet(t *testing.T) {
	w := newTabled(t, sql.Options{State: 12_000})
	for _, name := range []string{"l", "r"} {
		w.must(
			"CREATE TABLE " + name +
				" (k BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector'='datagen', " +
				"'rows-per-second'='500', 'fields.k.min'='0', 'fields.k.max'='1000000')",
		)
	}
	w.must("CREATE TABLE bh (a BIGINT, b BIGINT) WITH ('connector'='blackhole')")
	for cond, want := range map[string]string{
		"l.ts BETWEEN r.ts - INTERVAL '1' SECOND AND r.ts + INTERVAL '2' SECOND": cmf.JobRunning,
		"r.ts >= l.ts AND r.ts - INTERVAL '1' SECOND < l.ts":                     cmf.JobRunning,
		"l.ts = r.ts":                        cmf.JobRunning,
		"l.ts > r.ts":                        cmf.JobFailed,
		"l.ts >= r.ts - INTERVAL '1' SECOND": cmf.JobFailed,
	} {
		for _, text := range []string{"l JOIN r ON l.k = r.k AND " + cond, "l, r WHERE l.k = r.k AND " + cond} {
			if o := w.through("INSERT INTO bh SELECT l.k, r.k FROM "+text, nil); o.State != want {
				t.Errorf("%s: got %s %v, want %s", text, o.State, o.Exceptions, want)
			}
		}
	}
}

// TestFirstRowsThatAreNotTouchedExpire is table.exec.state.ttl of Top-N and of
// deduplication.
func TestFirstRowsThatAreNotTouchedExpire(t *testing.T) {
	w := newTabled(t, sql.Options{State: 5000})
	w.must(
		"CREATE TABLE g (k BIGINT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH " +
			"('connector'='datagen', 'rows-per-second'='1000', 'fields.k.kind'='sequence', " +
			"'fields.k.start'='1', 'fields.k.end'='1000000')",
	)
	w.must("CREATE TABLE bh (k BIGINT, v INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='blackhole')")
	for _, numbered := range []string{
		"ORDER BY v) AS n FROM g) WHERE n <= 3", "ORDER BY v DESC) AS n FROM g) WHERE n = 1",
		"ORDER BY ts DESC) AS n FROM g) WHERE n = 1", "ORDER BY ts) AS n FROM g) WHERE n = 1",
	} {
		text := "INSERT INTO bh SELECT k, v FROM (SELECT k, v, ts, ROW_NUMBER() OVER (PARTITION BY k " + numbered
		for ttl, want := range map[string]string{"1 s": cmf.JobRunning, "0 ms": cmf.JobFailed} {
			if o := w.through(text, map[string]string{"table.exec.state.ttl": ttl}); o.State != want {
				t.Errorf("%s with the ttl %s: got %s %v, want %s", text, ttl, o.State, o.Exceptions, want)
			}
		}
	}
}

// TestAJoinWithinAnIntervalLosesNoRow compares with the same join written so
// that nothing is forgotten.
func TestAJoinWithinAnIntervalLosesNoRow(t *testing.T) {
	var got []string
	for _, cond := range []string{
		"l.ts BETWEEN r.ts - INTERVAL '1' SECOND AND r.ts + INTERVAL '2' SECOND",
		"NOT (l.ts < r.ts - INTERVAL '1' SECOND) AND NOT (l.ts > r.ts + INTERVAL '2' SECOND)",
	} {
		w := newTabled(t, sql.Options{})
		for _, name := range []string{"l", "r"} {
			w.must(
				"CREATE TABLE " + name +
					" (k BIGINT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH " +
					"('connector'='datagen', 'rows-per-second'='200', 'fields.k.min'='0', 'fields.k.max'='200')",
			)
		}
		for _, kind := range []string{"JOIN", "LEFT JOIN"} {
			r := w.run("SELECT l.v, r.v AS w FROM l " + kind + " r ON l.k = r.k AND " + cond)
			w.now = start.Add(30 * time.Second)
			var rows []string
			for offset := int64(0); ; {
				text, next := page(t, w.s, r, offset)
				if next == offset {
					break
				}
				rows, offset = append(rows, text), next
			}
			if kind == "LEFT JOIN" { // only one of the two takes rows with NULL back
				rows = matched(rows)
			}
			got = append(got, strings.Join(rows, "\n"))
		}
	}
	if len(got[0]) < 10_000 || got[0] != got[2] || len(got[1]) < 10_000 || got[1] != got[3] {
		t.Errorf(
			"got %d and %d bytes of rows, %d and %d where nothing is forgotten", len(got[0]), len(got[1]), len(got[2]),
			len(got[3]),
		)
	}
}

// matched are the rows of pages that have no NULL.
func matched(pages []string) []string {
	var out []string
	for _, text := range pages {
		for _, row := range strings.Split(text, "{") {
			if row = strings.TrimRight(row, ",[]"); row != "" && !strings.Contains(row, "null") {
				out = append(out, row)
			}
		}
	}
	return out
}

// TestABoundedStatementMayComputeForSoLong gives a statement next to no time.
func TestABoundedStatementMayComputeForSoLong(t *testing.T) {
	w := newTabled(t, sql.Options{Time: time.Nanosecond})
	w.must("CREATE TABLE g (id BIGINT) WITH ('connector'='datagen', 'number-of-rows'='5000')")
	w.must("CREATE TABLE bh (id BIGINT) WITH ('connector'='blackhole')")
	o := w.through("INSERT INTO bh SELECT id FROM g", nil)
	if o.State != cmf.JobFailed || len(o.Exceptions) != 1 ||
		!strings.Contains(o.Exceptions[0].Text, "computes a bounded statement for at most 1ns") {
		t.Errorf("got %s %v, want a failure that names the limit", o.State, o.Exceptions)
	}
}
