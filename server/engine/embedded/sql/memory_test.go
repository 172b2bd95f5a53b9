package sql_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/engine/embedded/sql"
	"drey/server/engine/embedded/sql/memory"
)

// observe starts a statement and observes it until it can do no more by itself.
func (w *tabled) observe(r engine.StatementRun) engine.StatementObservation {
	w.t.Helper()
	if err := w.s.Start(w.t.Context(), r); err != nil {
		w.t.Fatalf("%s: %v", r.SQL, err)
	}
	var o engine.StatementObservation
	for range 200 {
		var err error
		if o, err = w.s.ObserveStatement(w.t.Context(), r); err != nil {
			w.t.Fatal(err)
		}
		if o.State != cmf.JobRunning || o.Detail != "" {
			break
		}
	}
	return o
}

// TestResultsThatNobodyFetchesWait is the case of the report: a megabyte a
// row. The results stay within their bytes, every row comes once and in its
// order, and a first page begins at the oldest row that is held.
func TestResultsThatNobodyFetchesWait(t *testing.T) {
	w := newTabled(t, sql.Options{Memory: memory.Limits{Results: 8 << 20}})
	w.must(
		"CREATE TABLE g2 (i INT, b STRING) WITH " +
			"('connector'='datagen','number-of-rows'='40','rows-per-second'='100000000'," +
			"'fields.i.kind'='sequence','fields.i.start'='0','fields.i.end'='99','fields.b.length'='1000')",
	)
	r := w.run("SELECT i, REPEAT(b, 1000) AS x FROM g2")
	o := w.observe(r)
	if o.State != cmf.JobRunning || !strings.Contains(o.Detail, "Waiting for its reader: 8 rows of") {
		t.Fatalf("got %s %q, want it to wait after 8 rows", o.State, o.Detail)
	}
	if m := w.s.Memory(); m.Results < 7<<20 || m.Results > 8<<20 ||
		o.Resources.TaskManager.Memory != m.Results+m.State {
		t.Errorf("all hold %+v, the statement %d", m, o.Resources.TaskManager.Memory)
	}
	var tokens []int64
	offset := engine.OldestRow
	for n := 0; n < 40; {
		p, err := w.s.Results(t.Context(), r, offset, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range p.Rows {
			if string(row.Row[0]) != fmt.Sprintf("%q", fmt.Sprint(n)) {
				t.Fatalf("row %d: got %s", n, row.Row[0])
			}
			n++
		}
		tokens, offset = append(tokens, p.Next), p.Next
		if m := w.s.Memory(); m.Results > 8<<20 {
			t.Fatalf("after %d rows: %+v is held", n, m)
		}
	}
	if _, err := w.s.Results(t.Context(), r, tokens[0], 1000); err != engine.ErrResultsGone {
		t.Errorf("a token of rows that were dropped: got %v", err)
	}
	p, err := w.s.Results(t.Context(), r, tokens[len(tokens)-2], 1000)
	if err != nil || len(p.Rows) != 1 || string(p.Rows[0].Row[0]) != `"39"` {
		t.Errorf("the last token again: %d rows, %v", len(p.Rows), err)
	}
	if p, err = w.s.Results(t.Context(), r, engine.OldestRow, 1); err != nil || len(p.Rows) != 1 ||
		string(p.Rows[0].Row[0]) == `"0"` {
		t.Errorf("the first page afterwards: %d rows, %v; want the oldest row that is held", len(p.Rows), err)
	}
	if err := w.s.StopStatement(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if m := w.s.Memory(); m.Results != 0 || m.State != 0 {
		t.Errorf("after it was deleted: %+v is held", m)
	}
}

// TestASortOfMoreThanResultsMayTake waits in the middle of the end of a Sort.
func TestASortOfMoreThanResultsMayTake(t *testing.T) {
	w := newTabled(t, sql.Options{Memory: memory.Limits{Results: 1 << 20}})
	w.must(
		"CREATE TABLE g (i INT, b STRING) WITH " +
			"('connector'='datagen','number-of-rows'='1000','fields.i.kind'='sequence','fields.i.start'='0'," +
			"'fields.i.end'='999','fields.b.length'='10000')",
	)
	r := w.run("SELECT i, b FROM g ORDER BY i DESC")
	r.Configuration = map[string]string{"execution.runtime-mode": "BATCH"}
	if o := w.observe(r); !strings.Contains(o.Detail, "Waiting for its reader") {
		t.Fatalf("got %s %q %v", o.State, o.Detail, o.Exceptions)
	}
	offset, n := engine.OldestRow, 999
	for {
		p, err := w.s.Results(t.Context(), r, offset, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range p.Rows {
			if string(row.Row[0]) != fmt.Sprintf("%q", fmt.Sprint(n)) {
				t.Fatalf("row %d: got %s", n, row.Row[0])
			}
			n--
		}
		if offset = p.Next; p.Done {
			break
		}
		if m := w.s.Memory(); m.Results > 1<<20 {
			t.Fatalf("%+v is held", m)
		}
	}
	if n != -1 {
		t.Errorf("the last row was %d", n)
	}
	if o := w.observe(r); o.State != cmf.JobFinished || w.s.Memory().State != 0 {
		t.Errorf("got %s, and %+v is held at the end", o.State, w.s.Memory())
	}
}

// TestStateThatCannotGrowFailsTheStatement names the operator, what it holds
// and the flag, for each operator that remembers rows.
func TestStateThatCannotGrowFailsTheStatement(t *testing.T) {
	for text, operator := range map[string]string{
		"SELECT LISTAGG(b) FROM g":                  "GroupAggregate",
		"SELECT b, COUNT(*) FROM g GROUP BY b":      "GroupAggregate",
		"SELECT COUNT(DISTINCT b) FROM g":           "GroupAggregate",
		"SELECT MAX(b) FROM g GROUP BY b":           "GroupAggregate",
		"SELECT DISTINCT b FROM g":                  "Distinct",
		"SELECT l.b FROM g l JOIN g r ON l.b = r.b": "Join",
		"SELECT b FROM g ORDER BY b LIMIT 100000":   "SortLimit",
		"SELECT b FROM g UNION SELECT b FROM g":     "",
		"SELECT b FROM (SELECT b, ROW_NUMBER() OVER (PARTITION BY b ORDER BY b) AS n FROM g) WHERE n = 1":                                                                                        "",
		"SELECT window_start, COUNT(DISTINCT b) FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end":                                                 "WindowAggregate",
		"SELECT b, COUNT(*) OVER (PARTITION BY b ORDER BY ts) FROM e":                                                                                                                            "OverAggregate",
		"SELECT * FROM e MATCH_RECOGNIZE (PARTITION BY b ORDER BY ts MEASURES x.b AS y PATTERN (x z) DEFINE z AS z.b = 'q')":                                                                     "Match",
		"SELECT window_start, COUNT(*) FROM TABLE(SESSION(TABLE e PARTITION BY b, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end, b":                                       "SessionTableFunction",
		"SELECT * FROM (SELECT b, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, b ORDER BY b) AS n FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' DAY))) WHERE n <= 100000": "WindowRank",
	} {
		w := newTabled(t, sql.Options{Memory: memory.Limits{State: 2 << 20, Results: 1 << 40, All: 1 << 40}})
		w.must(
			"CREATE TABLE g (b STRING) WITH ('connector'='datagen','number-of-rows'='30000','fields.b.length'='300')",
		)
		w.must(
			"CREATE TABLE e (b STRING, ts AS CURRENT_TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) " +
				"WITH ('connector'='datagen','number-of-rows'='30000','fields.b.length'='300')",
		)
		w.now = start.Add(time.Hour)
		o := w.observe(w.run(text))
		if o.State != cmf.JobFailed || len(o.Exceptions) != 1 {
			t.Errorf("%s: got %s %q", text, o.State, o.Detail)
			continue
		}
		if m := o.Exceptions[0].Text; !strings.Contains(m, "the operator "+operator) ||
			!strings.Contains(m, "--statement-state") || !strings.Contains(m, "rows and groups") {
			t.Errorf("%s: got %s", text, m)
		}
		if m := w.s.Memory(); m.State != 0 {
			t.Errorf("%s: %+v is held after it failed", text, m)
		}
	}
}

// TestFirstRowsNeedLittleState sorts and numbers six times what the state of a
// statement may take, and wants few rows of it.
func TestFirstRowsNeedLittleState(t *testing.T) {
	const numbered = "SELECT i, MOD(i, 2) AS k, b, ROW_NUMBER() OVER (PARTITION BY MOD(i, 2) ORDER BY i DESC) AS n FROM g"
	for text, want := range map[string][]string{
		"SELECT i, b FROM g ORDER BY i DESC LIMIT 3 OFFSET 2":                                    {"29995", "29996", "29997"},
		"SELECT i, b FROM (" + numbered + ") WHERE n <= 2":                                       {"29996", "29997", "29998", "29999"},
		"SELECT i, b, n FROM (" + numbered + ") WHERE n < 4 AND n > 2 AND k = 1":                 {"29995"},
		"SELECT i, b FROM (" + numbered + ") AS t WHERE 2 >= t.n AND CHAR_LENGTH(b) + i < 30298": {"29996", "29997"},
		"SELECT i, b FROM g QUALIFY ROW_NUMBER() OVER (PARTITION BY MOD(i, 2) ORDER BY i) = 2":   {"2", "3"},
	} {
		w := newTabled(t, sql.Options{Memory: memory.Limits{State: 2 << 20}})
		w.must(
			"CREATE TABLE g (i INT, b STRING) WITH " +
				"('connector'='datagen','number-of-rows'='30000','fields.i.kind'='sequence'," +
				"'fields.i.start'='0','fields.i.end'='29999','fields.b.length'='300')",
		)
		r := w.run(text)
		r.Configuration = map[string]string{"execution.runtime-mode": "batch"}
		if o := w.observe(r); o.State != cmf.JobFinished {
			t.Fatalf("%s: got %s %v", text, o.State, o.Exceptions)
		}
		p, err := w.s.Results(t.Context(), r, engine.OldestRow, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, row := range p.Rows {
			got = append(got, strings.Trim(string(row.Row[0]), `"`))
		}
		slices.SortFunc(got, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// TestALargeTableIsJoinedToASmallOne in both modes and on either side: the rows
// of the small one are all that is remembered.
func TestALargeTableIsJoinedToASmallOne(t *testing.T) {
	w := newTabled(t, sql.Options{Memory: memory.Limits{State: 2 << 20}})
	var large, small strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&large, "%d,%0300d\n", i%1000, i)
	}
	for i := range 500 {
		fmt.Fprintf(&small, "%d,name%d\n", i, i)
	}
	w.write("big.csv", large.String())
	w.write("small.csv", small.String())
	for _, name := range []string{"big", "small"} {
		w.must("CREATE TABLE " + name + " (k INT, s STRING) WITH ('connector'='filesystem','format'='csv','path'='" +
			w.files + "/" + name + ".csv')")
	}
	for text, want := range map[string]string{
		"SELECT COUNT(*), COUNT(DISTINCT r.s), MAX(l.s) FROM big l JOIN small r ON l.k = r.k":             "30000 500 ",
		"SELECT COUNT(*), COUNT(DISTINCT l.s), MAX(r.s) FROM small l JOIN big r ON l.k = r.k":             "30000 500 ",
		"SELECT COUNT(*), COUNT(r.s) FROM big l LEFT JOIN small r ON l.k = r.k":                           "60000 30000 ",
		"SELECT COUNT(*), COUNT(s) FROM big WHERE NOT EXISTS (SELECT 1 FROM small WHERE small.k = big.k)": "30000 30000 ",
		"SELECT COUNT(*), COUNT(k), MAX(s) FROM big WHERE k IN (SELECT k FROM small WHERE k < 10)":        "600 600 ",
	} {
		for _, mode := range []string{"batch", "streaming"} {
			r := w.run(text)
			r.Configuration = map[string]string{"execution.runtime-mode": mode}
			if o := w.observe(r); o.State != cmf.JobFinished {
				t.Errorf("%s in %s mode: got %s %v", text, mode, o.State, o.Exceptions)
				continue
			}
			var last string
			for offset, done := engine.OldestRow, false; !done; {
				p, err := w.s.Results(t.Context(), r, offset, 100_000)
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range p.Rows {
					last = strings.ReplaceAll(fmt.Sprintf("%s %s ", row.Row[0], row.Row[1]), `"`, "")
				}
				offset, done = p.Next, p.Done
			}
			if last != want {
				t.Errorf("%s in %s mode: got %s, want %s", text, mode, last, want)
			}
		}
	}
}

// TestAllStatementsTogether has the first statements take nearly all: those
// that need little go on, the others wait or fail and say why.
func TestAllStatementsTogether(t *testing.T) {
	w := newTabled(t, sql.Options{Memory: memory.Limits{Results: 6 << 20, State: 64 << 20, All: 16 << 20}})
	w.must("CREATE TABLE g (b STRING) WITH ('connector'='datagen','number-of-rows'='30000','fields.b.length'='1000')")
	var last engine.StatementObservation
	var runs []engine.StatementRun
	for range 4 {
		runs = append(runs, w.run("SELECT b FROM g"))
		last = w.observe(runs[len(runs)-1])
	}
	if !strings.Contains(last.Detail, "--statements-memory") {
		t.Errorf("the last one: got %s %q", last.State, last.Detail)
	}
	if m := w.s.Memory(); m.Results > 16<<20 {
		t.Errorf("%+v is held", m)
	}
	o := w.observe(w.run("SELECT b, COUNT(*) FROM g GROUP BY b"))
	if o.State != cmf.JobFailed || !strings.Contains(o.Exceptions[0].Text, "--statements-memory") {
		t.Errorf("state: got %s %q %v", o.State, o.Detail, o.Exceptions)
	}
	if o := w.observe(w.run("SELECT 1")); o.State != cmf.JobFinished {
		t.Errorf("SELECT 1: got %s %q", o.State, o.Detail)
	}
	// Rows that were fetched are dropped for those that wait.
	p, err := w.s.Results(t.Context(), runs[0], engine.OldestRow, 1000)
	for range 5 {
		if err != nil {
			t.Fatal(err)
		}
		p, err = w.s.Results(t.Context(), runs[0], p.Next, 1000)
	}
	before := w.s.Memory()
	if o := w.observe(runs[3]); o.Resources.TaskManager.Memory <= last.Resources.TaskManager.Memory {
		t.Errorf(
			"the one that waits went from %d to %d bytes of %+v, want more", last.Resources.TaskManager.Memory,
			o.Resources.TaskManager.Memory, before,
		)
	}
}

// TestAValueIsBounded has each function that makes much of little fail before
// it does, with the size.
func TestAValueIsBounded(t *testing.T) {
	w := newTabled(t, sql.Options{})
	w.must("CREATE TABLE g (b STRING) WITH ('connector'='datagen','number-of-rows'='64','fields.b.length'='1000')")
	big := "REPEAT(b, 10000)"
	for _, text := range []string{
		"REPEAT(b, 2000000000)", "REPEAT(" + big + ", 1000)", "REPLACE(" + big + ", 'a', b)",
		"LPAD(b, 2147483647, 'xyz')", "RPAD(b, 20000000, 'x')",
		big + " || " + big, "CONCAT(" + big + ", " + big + ")", "CONCAT_WS(b, " + big + ", " + big + ")",
		"ARRAY[" + big + ", " + big + "]", "ROW(" + big + ", " + big + ")",
		"SPLIT(" + big + ", 'a')", "ARRAY_JOIN(ARRAY[" + big + ", 'x'], " + big + ")",
		"TO_BASE64(REPEAT(b, 15000))", "HEX(" + big + ")",
		"REGEXP_REPLACE(b, '.', REPEAT('x', 30000))", "REGEXP_EXTRACT_ALL(" + big + ", '(.)')",
		"CONCAT_WS('x'" + strings.Repeat(", "+big, 40) + ")", "STR_TO_MAP(" + big + ", 'a', 'b')",
		"JSON_OBJECT('k' VALUE " + big + ", 'l' VALUE " + big + ")", "CAST(b AS CHAR(100000000))",
	} {
		o := w.observe(w.run("SELECT " + text + " AS x FROM g"))
		if o.State != cmf.JobFailed || len(o.Exceptions) != 1 ||
			!strings.Contains(o.Exceptions[0].Text, "at most 16.0 MB") || !strings.Contains(
			o.Exceptions[0].Text, "bytes)",
		) {
			t.Errorf("%s: got %s %q %v", text, o.State, o.Detail, o.Exceptions)
		}
	}
}

// TestTextsCutFromLongOnesDoNotHoldThem looks at what stays in memory.
func TestTextsCutFromLongOnesDoNotHoldThem(t *testing.T) {
	w := newTabled(t, sql.Options{})
	w.must("CREATE TABLE g (b STRING) WITH ('connector'='datagen','number-of-rows'='300','fields.b.length'='1000')")
	for _, text := range []string{
		"SUBSTRING(REPEAT(b, 1000), 5, 3)", "LEFT(REPEAT(b, 1000), 3)", "SPLIT_INDEX(REPEAT(b, 1000), 'a', 1)",
		"RIGHT(REPEAT(b, 1000), 3)", "SPLIT(REPEAT(b, 1000), LEFT(b, 20))[2]",
		"REGEXP_EXTRACT_ALL(REPEAT(b, 1000), SUBSTRING(b, 1, 20), 0)[1]", "REGEXP_EXTRACT(REPEAT(b, 1000), '.(..)', 1)",
		"TRIM(BOTH '0123456789abcdef' FROM REPEAT(b, 1000))",
	} {
		before := heap()
		r := w.run("SELECT " + text + " AS x FROM g")
		if o := w.observe(r); o.State != cmf.JobFinished {
			t.Fatalf("%s: %s %v", text, o.State, o.Exceptions)
		}
		if grown := heap() - before; grown > 8<<20 {
			t.Errorf("%s: 300 texts of a few letters hold %d bytes", text, grown)
		}
	}
}

// heap is what is alive.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestAFileWithALongLine names the size of a record, or of a value in it, and
// holds neither.
func TestAFileWithALongLine(t *testing.T) {
	w := newTabled(t, sql.Options{})
	w.must("CREATE TABLE f (a STRING, b STRING) WITH ('connector'='filesystem', 'path'='${FILES}/f', 'format'='csv')")
	for _, c := range []struct {
		a, b int
		want string
	}{
		{50 << 20, 3, "a record takes 50.0 MB (52428804 bytes)"},
		{20 << 20, 3, "the value of the column a takes 20.0 MB"},
		{9 << 20, 9 << 20, ""},
	} {
		line := strings.Repeat("x", c.a) + "," + strings.Repeat("y", c.b) + "\n1,2\n"
		if err := os.WriteFile(filepath.Join(w.files, "f"), []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		o := w.observe(w.run("SELECT CHAR_LENGTH(a) AS x FROM f"))
		runtime.ReadMemStats(&after)
		if c.want == "" && o.State != cmf.JobFinished ||
			c.want != "" && (len(o.Exceptions) != 1 || !strings.Contains(o.Exceptions[0].Text, c.want)) {
			t.Errorf("%d and %d: got %s %v", c.a, c.b, o.State, o.Exceptions)
		}
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 200<<20 {
			t.Errorf("%d and %d: %d bytes were allocated", c.a, c.b, taken)
		}
	}
}
