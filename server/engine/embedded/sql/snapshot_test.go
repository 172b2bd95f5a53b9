package sql

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"drey/server/engine"
	"drey/server/engine/embedded/sql/stream"
)

// stated are statements of every operator that remembers something.
var stated = map[string]string{
	"group":          "SELECT k, COUNT(*), SUM(v), AVG(d), MIN(s), MAX(v), COUNT(DISTINCT v), LISTAGG(s), STDDEV_POP(v), FIRST_VALUE(s), LAST_VALUE(v) FROM a GROUP BY k",
	"group filtered": "SELECT k, SUM(v) FILTER (WHERE v > 3) AS x, SUM(DISTINCT v) AS y FROM a GROUP BY k HAVING COUNT(*) > 2",
	"group again":    "SELECT c, COUNT(*), MIN(m), MAX(m), SUM(m) FROM (SELECT k, COUNT(*) AS c, MAX(v) AS m FROM a GROUP BY k) GROUP BY c",
	"arrays":         "SELECT k, ARRAY_AGG(s) FROM a GROUP BY k",
	"decimals":       "SELECT k, SUM(d), MAX(d), AVG(d) FROM a GROUP BY k",
	"distinct":       "SELECT DISTINCT k, v FROM a",
	"grouping sets":  "SELECT k, v, COUNT(*) FROM a GROUP BY GROUPING SETS ((k), (v), ())",
	"top-n":          "SELECT k, v, n FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC, s) AS n FROM a) WHERE n <= 3",
	"top-n changing": "SELECT * FROM (SELECT k, c, ROW_NUMBER() OVER (ORDER BY c DESC, k) AS n FROM (SELECT k, COUNT(*) AS c FROM a GROUP BY k)) WHERE n <= 3",
	"first rows":     "SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS n FROM o) WHERE n = 1",
	"last rows":      "SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS n FROM a) WHERE n = 1",
	"order limit":    "SELECT v, s FROM a ORDER BY v DESC, s LIMIT 7",
	"limit":          "SELECT v FROM a LIMIT 900",
	"tumble":         "SELECT window_start, k, COUNT(*), SUM(d) FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '2' SECOND)) GROUP BY window_start, window_end, k",
	"hop":            "SELECT window_end, COUNT(DISTINCT k) FROM TABLE(HOP(TABLE a, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '3' SECOND)) GROUP BY window_start, window_end",
	"cumulate":       "SELECT window_end, k, MAX(s) FROM TABLE(CUMULATE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '4' SECOND)) GROUP BY window_start, window_end, k",
	"session":        "SELECT window_start, window_end, k, COUNT(*) FROM TABLE(SESSION(TABLE a PARTITION BY k, DESCRIPTOR(ts), INTERVAL '0.05' SECOND)) GROUP BY window_start, window_end, k",
	"window top-n":   "SELECT * FROM (SELECT window_end, k, v, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY v) AS n FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '2' SECOND))) WHERE n <= 2",
	"window of two":  "SELECT l.window_end, l.c, r.c FROM (SELECT window_start, window_end, k, COUNT(*) AS c FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '2' SECOND)) GROUP BY window_start, window_end, k) l JOIN (SELECT window_start, window_end, k, COUNT(*) AS c FROM TABLE(TUMBLE(TABLE b, DESCRIPTOR(ts), INTERVAL '2' SECOND)) GROUP BY window_start, window_end, k) r ON l.window_start = r.window_start AND l.window_end = r.window_end AND l.k = r.k",
	"over":           "SELECT k, v, SUM(v) OVER (PARTITION BY k ORDER BY ts), COUNT(*) OVER (PARTITION BY k ORDER BY ts) FROM a",
	"over rows":      "SELECT k, v, SUM(v) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) FROM a",
	"over a range":   "SELECT k, v, MAX(v) OVER (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '2' SECOND PRECEDING AND CURRENT ROW) FROM a",
	"lag":            "SELECT k, v, LAG(v, 2) OVER (PARTITION BY k ORDER BY ts) FROM a",
	"join":           "SELECT a.k, a.v, b.v FROM a JOIN b ON a.k = b.k AND a.v = b.v",
	"left join":      "SELECT a.k, a.v, b.s FROM a LEFT JOIN b ON a.v = b.v AND a.s = b.s",
	"full join":      "SELECT a.k, b.k FROM a FULL JOIN b ON a.v = b.v AND a.s = b.s",
	"semi join":      "SELECT k, v FROM a WHERE s IN (SELECT s FROM b WHERE b.v > 7)",
	"anti join":      "SELECT k, v FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.v = a.v AND b.s = a.s)",
	"interval join":  "SELECT a.k, b.v FROM a, b WHERE a.k = b.k AND a.ts BETWEEN b.ts - INTERVAL '1' SECOND AND b.ts",
	"outer interval": "SELECT a.k, a.v, b.v FROM a FULL JOIN b ON a.k = b.k AND a.ts BETWEEN b.ts - INTERVAL '1' SECOND AND b.ts",
	"interval again": "SELECT v, SUM(w) OVER (PARTITION BY k ORDER BY ts) FROM (SELECT a.k, a.ts, a.v, b.v AS w FROM a JOIN b ON a.k = b.k AND a.v = b.v AND a.ts BETWEEN b.ts - INTERVAL '1' SECOND AND b.ts)",
	"by time":        "SELECT v, s FROM a ORDER BY ts, v",
	"match":          "SELECT * FROM a MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES FIRST(x.v) AS f, COUNT(x.v) AS n, y.s AS s AFTER MATCH SKIP PAST LAST ROW PATTERN (x+ y) WITHIN INTERVAL '1' SECOND DEFINE x AS x.v < 7, y AS y.v >= LAST(x.v))",
	"temporal join":  "SELECT a.k, a.v, r.v FROM a JOIN r FOR SYSTEM_TIME AS OF a.ts AS r ON a.k = r.k",
	"union all":      "SELECT k FROM a UNION ALL SELECT k FROM b",
	"union":          "SELECT v, s FROM a UNION SELECT v, s FROM b",
	"random":         "SELECT UUID(), RAND(), v FROM a WHERE v > 5",
	"of values":      "SELECT a.k, t.n FROM a JOIN (VALUES (1, 'one'), (2, 'two')) AS t(k, n) ON a.k = t.k",
}

var tablesOfStated = func() []string {
	columns := "k INT, v INT, s STRING, d DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND"
	with := ") WITH ('connector'='datagen', 'rows-per-second'='%d', 'fields.k.min'='0', 'fields.k.max'='4', " +
		"'fields.v.min'='0', 'fields.v.max'='9', 'fields.v.null-rate'='0.1', 'fields.s.length'='1', " +
		"'fields.d.min'='-50', 'fields.d.max'='50', 'fields.ts.max-past'='1500')"
	var all []string
	for name, rate := range map[string]int{"a": 50, "b": 30} {
		all = append(all, "CREATE TABLE "+name+" ("+columns+fmt.Sprintf(with, rate))
	}
	return append(
		all,
		"CREATE TABLE o (k INT, v INT, ts AS CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3)), WATERMARK FOR ts "+
			"AS ts) WITH ('connector'='datagen', 'rows-per-second'='50', 'fields.k.min'='0', 'fields.k.max'='40')",
		"CREATE VIEW versions AS SELECT k, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY "+
			"ts DESC) AS n FROM b) WHERE n = 1",
		"CREATE VIEW r AS SELECT * FROM versions",
	)
}()

// newStated is an engine with the tables, and a job of the statement in it.
func newStated(t *testing.T, text string, seed uint64, conf map[string]string) *job {
	t.Helper()
	at := time.Unix(1700000000, 0)
	s := New(Options{Dir: t.TempDir(), Now: func() time.Time { return at }})
	run := func(id, text string) engine.StatementRun {
		return engine.StatementRun{
			ID: id, Name: "s", Environment: "env", SQL: text, SubmittedAt: at, Configuration: conf,
		}
	}
	for i, ddl := range tablesOfStated {
		if _, err := s.Prepare(context.Background(), run(fmt.Sprint("ddl", i), ddl)); err != nil {
			t.Fatalf("%s: %v", ddl, err)
		}
	}
	j, err := s.begin(t.Context(), run(fmt.Sprint("run", seed), text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return j
}

// stepTo runs a job until it has taken so many rows.
func (j *job) stepTo(t *testing.T, events int64) {
	t.Helper()
	for j.pipeline.Events() < events {
		took, err := j.pipeline.Step(math.MaxInt64, int(events-j.pipeline.Events()))
		if err != nil {
			t.Fatal(err)
		}
		if took == 0 {
			return
		}
	}
}

func resumed(changes []stream.Change) string {
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "%s %s\n", c.Op, showRow(c.Row))
	}
	return b.String()
}

// TestASnapshotTakenAnywhereGoesOnAsIfNothingHadHappened cuts statements of
// every operator at random rows: what both parts give is what one run gives.
func TestASnapshotTakenAnywhereGoesOnAsIfNothingHadHappened(t *testing.T) {
	const rows = 900
	rng := rand.New(rand.NewPCG(1, 2))
	for name, text := range stated {
		for _, conf := range []map[string]string{nil, {"table.exec.state.ttl": "3 s"}} {
			seed := rng.Uint64()
			whole := newStated(t, text, seed, conf)
			whole.stepTo(t, rows)
			want := resumed(whole.window.out)
			if len(whole.window.out) < 5 {
				t.Errorf("%s: only %d changes, which shows little", name, len(whole.window.out))
			}
			cut := rng.Int64N(rows)
			one := newStated(t, text, seed, conf)
			one.stepTo(t, cut)
			b, err := one.snapshot()
			if err != nil {
				t.Fatal(err)
			}
			two := newStated(t, text, seed, conf)
			snap, err := readSnapshot(b)
			if err == nil {
				err = two.restore(snap)
			}
			if err != nil {
				t.Errorf("%s: restore: %v", name, err)
				continue
			}
			if got := two.budget.Held(); got != one.budget.Held() {
				t.Errorf("%s: %d bytes are counted after the restart, %d before", name, got, one.budget.Held())
			}
			two.stepTo(t, rows)
			if got := resumed(two.window.out); got != want {
				t.Errorf("%s, cut at %d, %v:\n%s", name, cut, conf, firstDifference(got, want))
			}
		}
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("change %d: got %s, want %s", i, g[i], w[i])
		}
	}
	return fmt.Sprintf("got %d changes, want %d", len(g), len(w))
}

// TestADamagedSnapshotIsNotTaken changes every part of one in turn.
func TestADamagedSnapshotIsNotTaken(t *testing.T) {
	j := newStated(t, stated["group"], 1, nil)
	j.stepTo(t, 200)
	whole, err := j.snapshot()
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(whole); i += 61 {
		b := append([]byte(nil), whole...)
		b[i] ^= 0x20
		if _, err := readSnapshot(b); err == nil {
			t.Fatalf("a change of byte %d was not noticed", i)
		}
		if _, err := readSnapshot(whole[:i]); err == nil {
			t.Fatalf("a file of %d bytes instead of %d was taken", i, len(whole))
		}
	}
}

// FuzzLoad gives a pipeline bytes that Save did not write.
func FuzzLoad(f *testing.F) {
	f.Add([]byte{0}, uint16(40))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f}, uint16(60))
	f.Fuzz(func(t *testing.T, b []byte, at uint16) {
		j := newStated(t, stated["left join"], 1, nil)
		j.stepTo(t, 50)
		state := j.pipeline.Save(nil)
		i := int(at) % len(state)
		_, err := newStated(t, stated["left join"], 1, nil).pipeline.Load(append(
			append(state[:i:i], b...), state[i:]...,
		))
		if err == nil && len(b) > 0 && b[0] == 0xff {
			t.Log("bytes were taken that happen to be a state")
		}
	})
}
