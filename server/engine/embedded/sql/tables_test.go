package sql_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/engine/embedded/sql"
	"drey/server/engine/embedded/sql/memory"
	"drey/server/model"
	"drey/server/store"
)

// tabled is an engine with folders that tables may use.
type tabled struct {
	t     *testing.T
	s     *sql.Statements
	files string
	now   time.Time
	n     int
}

func newTabled(t *testing.T, options sql.Options) *tabled {
	t.Helper()
	w := &tabled{t: t, now: start}
	if options.Files == nil {
		w.files = t.TempDir()
		options.Files = []string{w.files}
	}
	if options.Dir == "" {
		options.Dir = t.TempDir()
	}
	options.Now = func() time.Time { return w.now }
	w.s = sql.New(options)
	t.Cleanup(func() { _ = w.s.Close() })
	return w
}

func (w *tabled) run(text string) engine.StatementRun {
	w.n++
	return engine.StatementRun{
		ID: fmt.Sprintf("%032d", w.n), Name: "statement", Environment: "env", SubmittedAt: start,
		SQL: strings.ReplaceAll(text, "${FILES}", w.files),
	}
}

// prepare plans a statement, or executes it.
func (w *tabled) prepare(text string) error {
	_, err := w.s.Prepare(w.t.Context(), w.run(text))
	return err
}

func (w *tabled) must(text string) {
	w.t.Helper()
	if err := w.prepare(text); err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
}

// rows runs a query to its end.
func (w *tabled) rows(text string) ([]string, string) {
	w.t.Helper()
	return w.rowsOf(w.run(text))
}

// rowsOf runs a query to its end: its rows, and what it failed with.
func (w *tabled) rowsOf(r engine.StatementRun) ([]string, string) {
	w.t.Helper()
	if _, err := w.s.Prepare(w.t.Context(), r); err != nil {
		return nil, err.Error()
	}
	var out []string
	for offset := int64(0); ; {
		page, err := w.s.Results(w.t.Context(), r, offset, 1000)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, row := range page.Rows {
			b, err := json.Marshal(row.Row)
			if err != nil {
				w.t.Fatal(err)
			}
			out = append(out, string(b))
		}
		if offset = page.Next; page.Done {
			break
		}
	}
	o, err := w.s.ObserveStatement(w.t.Context(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(o.Exceptions) > 0 {
		return out, o.Exceptions[0].Text
	}
	return out, ""
}

// finish runs an INSERT until it ends.
func (w *tabled) finish(r engine.StatementRun) {
	w.t.Helper()
	if err := w.s.Start(w.t.Context(), r); err != nil {
		w.t.Fatal(err)
	}
	for range 10000 {
		o, err := w.s.ObserveStatement(w.t.Context(), r)
		if err != nil {
			w.t.Fatal(err)
		}
		if o.State == cmf.JobFinished {
			return
		}
		if o.State != cmf.JobRunning {
			w.t.Fatalf("%s: %+v", r.SQL, o.Exceptions)
		}
	}
	w.t.Fatal("the INSERT does not end")
}

func (w *tabled) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.files, name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func TestTablesAreDurableAndTheEnvironmentsOwn(t *testing.T) {
	dir := t.TempDir()
	for round := range 2 {
		stored, err := store.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if round == 0 {
			err := stored.Update(t.Context(), func(tx model.Tx) error {
				return tx.Put(model.Record{
					Scope: model.Scope{Kind: model.KindEnvironment}, Name: "env", UID: "u", Created: start,
					Updated: start, Doc: []byte("{}"),
				})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		w := newTabled(t, sql.Options{Tables: stored})
		if round == 0 {
			w.must(
				"CREATE TABLE g (id BIGINT) WITH ('connector'='datagen', 'number-of-rows'='3', " +
					"'fields.id.kind'='sequence', 'fields.id.start'='1', 'fields.id.end'='3')",
			)
			w.must("CREATE VIEW v AS SELECT id * 2 AS twice FROM g")
		}
		if rows, text := w.rows("SELECT * FROM v"); strings.Join(rows, "") != `["2"]["4"]["6"]` || text != "" {
			t.Errorf("round %d: got %v %s", round, rows, text)
		}
		if err := stored.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestARepeatedCreateOfOneRunIsNoError(t *testing.T) {
	w := newTabled(t, sql.Options{})
	r := w.run("CREATE TABLE t (a INT) WITH ('connector'='blackhole')")
	for range 2 {
		if _, err := w.s.Prepare(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.prepare(r.SQL); err == nil || !strings.Contains(err.Error(), "already exists in Catalog") {
		t.Errorf("another run: got %v, want it told that the table exists", err)
	}
}

func TestNoFileOutsideTheFoldersIsReached(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret.csv"), []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := newTabled(t, sql.Options{})
	if err := os.Symlink(outside, filepath.Join(w.files, "link")); err != nil {
		t.Fatal(err)
	}
	for i, path := range []string{
		outside + "/secret.csv", "file://" + outside + "/secret.csv",
		w.files + "/../" + filepath.Base(outside) + "/secret.csv", w.files + "/link/secret.csv",
		"file://" + w.files + "/%2e%2e/" + filepath.Base(outside) + "/secret.csv", "hdfs://host/secret.csv",
		"secret.csv", w.files + "/link",
	} {
		name := fmt.Sprintf("t%d", i)
		w.must("CREATE TABLE " + name + " (a INT) WITH ('connector'='filesystem', 'format'='csv', 'path'='" + path +
			"')")
		if rows, text := w.rows("SELECT * FROM " + name); text == "" || len(rows) > 0 {
			t.Errorf("%s: read %v, want an error", path, rows)
		}
		r := w.run("INSERT INTO " + name + " VALUES (1)")
		if _, err := w.s.Prepare(t.Context(), r); err != nil {
			continue
		}
		if err := w.s.Start(t.Context(), r); err != nil {
			continue
		}
		if o, err := w.s.ObserveStatement(t.Context(), r); err == nil && o.State != cmf.JobFailed {
			t.Errorf("%s: an INSERT is %s, want it failed", path, o.State)
		}
	}
	if names, err := os.ReadDir(outside); err != nil || len(names) != 1 {
		t.Errorf("outside there are %v, %v", names, err)
	}
	none := newTabled(t, sql.Options{Files: []string{}})
	none.must("CREATE TABLE t (a INT) WITH ('connector'='filesystem', 'format'='csv', 'path'='/tmp/x')")
	if _, text := none.rows("SELECT * FROM t"); !strings.Contains(text, "--files") {
		t.Errorf("without folders: got %q, want --files named", text)
	}
}

func TestASinkHasEachRowOnceAfterARestart(t *testing.T) {
	w := newTabled(t, sql.Options{})
	stored := memoryOf(w)
	w.must(
		"CREATE TABLE g (id BIGINT) WITH ('connector'='datagen', 'number-of-rows'='200000', " +
			"'fields.id.kind'='sequence', 'fields.id.start'='1', 'fields.id.end'='200000')",
	)
	w.must("CREATE TABLE out1 (id BIGINT) WITH ('connector'='filesystem', 'format'='csv', 'path'='${FILES}/out')")
	r := w.run("INSERT INTO out1 SELECT id FROM g /*+ OPTIONS('rows-per-second'='20000') */")
	if err := w.s.Start(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	w.now = start.Add(3 * time.Second)
	if _, err := w.s.ObserveStatement(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(6 * time.Second)
	if _, err := w.s.ObserveStatement(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if parts, _ := filepath.Glob(filepath.Join(w.files, "out", "part-*")); len(parts) == 0 {
		t.Error("nothing is visible before the end")
	}
	stored() // the process ends
	w.now = w.now.Add(time.Minute)
	w.finish(r)
	rows, text := w.rows("SELECT COUNT(*) AS n, COUNT(DISTINCT id) AS d, SUM(id) AS s FROM out1")
	if text != "" || len(rows) == 0 || rows[len(rows)-1] != `["200000","200000","20000100000"]` {
		t.Errorf("got %v %s", rows[max(0, len(rows)-1):], text)
	}
}

// memoryOf makes the engine forget its jobs, as the end of its process does.
func memoryOf(w *tabled) func() {
	return func() {
		if err := w.s.Close(); err != nil {
			w.t.Fatal(err)
		}
	}
}

func TestBrokenFilesFailTheStatementAndSayWhy(t *testing.T) {
	w := newTabled(t, sql.Options{})
	w.write("half.csv", "1,a\n2,\"b")
	w.write("short.csv", "1,a\n2\n")
	w.write("half.json", `{"a":1,"b":"x"}`+"\n"+`{"a":2,`)
	for name, want := range map[string]string{
		"short.csv": "Row length mismatch. 2 fields expected but was 1.", "half.json": "Failed to deserialize JSON",
		"gone.csv": "gone.csv does not exist",
	} {
		table := strings.ReplaceAll(name, ".", "_")
		w.must("CREATE TABLE " + table + " (a INT, b STRING) WITH ('connector'='filesystem', 'format'='" +
			name[strings.Index(name, ".")+1:] + "', 'path'='${FILES}/" + name + "')")
		if _, text := w.rows("SELECT * FROM " + table); !strings.Contains(text, want) {
			t.Errorf("%s: got %q, want %q", name, text, want)
		}
	}
	w.must(
		"CREATE TABLE half (a INT, b STRING) WITH ('connector'='filesystem', 'format'='csv', 'path'='${FILES}/half.csv')",
	)
	if rows, text := w.rows("SELECT * FROM half"); text != "" || strings.Join(rows, "") != `["1","a"]["2","b"]` {
		t.Errorf("a last line without an end: got %v %s", rows, text)
	}
	r := w.run("SELECT * FROM half")
	if err := w.s.Start(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(w.files, "half.csv")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.Results(t.Context(), r, 0, 10); err != nil {
		t.Fatal(err)
	}
	if o, err := w.s.ObserveStatement(t.Context(), r); err != nil || o.State != cmf.JobFailed {
		t.Errorf("a file that vanished: got %v %v, want it failed", o.State, err)
	}
}

func TestLongAndWideStatementsAreReadOrRefused(t *testing.T) {
	w := newTabled(t, sql.Options{})
	columns := make([]string, 10000)
	for i := range columns {
		columns[i] = fmt.Sprintf("c%d INT", i)
	}
	w.must("CREATE TABLE wide (" + strings.Join(columns, ", ") + ") WITH ('connector'='datagen', 'number-of-rows'='2')")
	if rows, text := w.rows("SELECT * FROM wide"); text != "" || len(rows) != 2 {
		t.Errorf("10,000 columns: got %d rows, %s", len(rows), text)
	}
	if rows, text := w.rows("SELECT '" + strings.Repeat("x", 1<<20) + "'"); text != "" || len(rows) != 1 {
		t.Errorf("a text of a megabyte: got %d rows, %.100s", len(rows), text)
	}
	for _, text := range []string{
		"CREATE TABLE " + strings.Repeat("a.", 1<<19) + "a (b INT)", strings.Repeat("CREATE VIEW v AS ", 1<<16),
		"SELECT " + strings.Repeat("(", 1<<20),
	} {
		if err := w.prepare(text); err == nil {
			t.Errorf("%.40s: got no error", text)
		}
	}
}

func TestViewsThatUseThemselvesAreRefused(t *testing.T) {
	w := newTabled(t, sql.Options{})
	w.must("CREATE VIEW a AS SELECT 1 AS x")
	w.must("CREATE VIEW b AS SELECT x FROM a")
	err := w.prepare("ALTER VIEW a AS SELECT x FROM b")
	if err == nil {
		_, text := w.rows("SELECT * FROM a")
		err = errors.New(text)
	}
	if !strings.Contains(err.Error(), "views that use one another") {
		t.Errorf("got %v, want the recursion named", err)
	}
	w.must("CREATE VIEW d0 AS SELECT 1 AS x")
	for i := range 20 { // each doubles the work of the one before
		if err = w.prepare(fmt.Sprintf(
			"CREATE VIEW d%d AS SELECT l.x FROM d%d AS l JOIN d%d AS r ON l.x = r.x", i+1, i, i,
		)); err != nil {
			break
		}
	}
	if err == nil || !strings.Contains(err.Error(), "1000 times in a statement") {
		t.Errorf("views that double: got %v, want a limit named", err)
	}
}

func TestStateIsBoundedInBytesToo(t *testing.T) {
	w := newTabled(t, sql.Options{Memory: memory.Limits{State: 1 << 20}})
	w.must("CREATE TABLE g (k STRING) WITH ('connector'='datagen', 'number-of-rows'='20000', 'fields.k.length'='200')")
	if _, text := w.rows("SELECT k, COUNT(*) AS n FROM g GROUP BY k"); !strings.Contains(
		text, "may take 1.0 MB; the operator GroupAggregate holds 1.0 MB",
	) || !strings.Contains(text, "--statement-state") {
		t.Errorf("got %q, want the limit named", text)
	}
}

func TestTimeIsBounded(t *testing.T) {
	w := newTabled(t, sql.Options{Time: time.Nanosecond})
	w.must("CREATE TABLE g (k INT) WITH ('connector'='datagen', 'number-of-rows'='200000')")
	if _, text := w.rows("SELECT COUNT(*) AS n FROM g"); !strings.Contains(text, "for at most 1ns") {
		t.Errorf("got %q, want the limit named", text)
	}
}

func TestAStatementTellsWhatItHolds(t *testing.T) {
	w := newTabled(t, sql.Options{})
	w.must("CREATE TABLE g (k STRING) WITH ('connector'='datagen', 'number-of-rows'='1000')")
	r := w.run("SELECT k, COUNT(*) AS n FROM g GROUP BY k")
	if _, err := w.s.Results(t.Context(), r, 0, 0); err == nil {
		_, err = w.s.Results(t.Context(), r, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
	}
	o, err := w.s.ObserveStatement(t.Context(), r)
	if err != nil || o.Resources.TaskManager == nil || o.Resources.TaskManager.Memory < 100_000 {
		t.Errorf("got %+v, %v, want the bytes of a thousand groups", o.Resources.TaskManager, err)
	}
}

func BenchmarkScanOfACSVFile(b *testing.B) {
	const rows = 200_000
	dir := b.TempDir()
	line := "12345,apple,3.50,2024-01-01 10:00:00.000\n"
	if err := os.WriteFile(filepath.Join(dir, "f.csv"), []byte(strings.Repeat(line, rows)), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s := sql.New(sql.Options{Dir: b.TempDir(), Files: []string{dir}, Now: func() time.Time { return start }})
		for i, text := range []string{
			"CREATE TABLE f (id INT, product STRING, amount DECIMAL(10, 2), ts TIMESTAMP(3)) WITH ('connector'='filesystem', 'format'='csv', 'path'='" + dir + "/f.csv')",
			"CREATE TABLE bh (a STRING, b INT) WITH ('connector'='blackhole')",
		} {
			if _, err := s.Prepare(b.Context(), engine.StatementRun{
				ID: fmt.Sprintf("%032d", i), SQL: text,
			}); err != nil {
				b.Fatal(err)
			}
		}
		r := engine.StatementRun{
			ID: strings.Repeat("f", 32), SQL: "INSERT INTO bh SELECT product, id * 2 FROM f WHERE amount > 1",
			SubmittedAt: start,
		}
		if err := s.Start(b.Context(), r); err != nil {
			b.Fatal(err)
		}
		for {
			o, err := s.ObserveStatement(b.Context(), r)
			if err != nil {
				b.Fatal(err)
			}
			if o.State == cmf.JobFinished {
				break
			}
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func TestKafkaCatalogsAreShownAndNotRead(t *testing.T) {
	stored, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer stored.Close()
	err = stored.Update(t.Context(), func(tx model.Tx) error {
		return errors.Join(
			tx.Put(model.Record{
				Scope: model.Scope{Kind: model.KindEnvironment}, Name: "env", UID: "1", Created: start, Updated: start,
				Doc: []byte("{}"),
			}),
			tx.Put(model.Record{
				Scope: model.Scope{Kind: model.KindCatalog}, Name: "kc", UID: "2", Created: start, Updated: start,
				Doc: []byte("{}"),
			}),
			tx.Put(model.Record{
				Scope: model.Scope{Kind: model.KindDatabase, Parent: "kc"}, Name: "kd", UID: "3", Created: start,
				Updated: start, Doc: []byte(`{"spec":{"ddlEnvironments":["env"]}}`),
			}))
	})
	if err != nil {
		t.Fatal(err)
	}
	w := newTabled(t, sql.Options{Tables: stored})
	w.must("CREATE TABLE kc.kd.t (a INT)")
	for text, want := range map[string]string{
		"SHOW CATALOGS": "default_catalog examples kc", "SHOW DATABASES FROM kc": "kd", "SHOW TABLES FROM kc.kd": "t",
	} {
		p, err := w.s.Prepare(t.Context(), w.run(text))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, row := range p.Result {
			names = append(names, strings.Trim(string(row.Row[0]), `"`))
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{
		"SELECT * FROM kc.kd.t", "INSERT INTO kc.kd.t VALUES (1)", "EXPLAIN SELECT * FROM kc.kd.t",
	} {
		if err := w.prepare(text); err == nil || !strings.Contains(err.Error(), "needs the Flink engine") {
			t.Errorf("%s: got %v, want it said what Kafka needs", text, err)
		}
	}
}

func TestGroupsThatAreNotTouchedExpire(t *testing.T) {
	w := newTabled(t, sql.Options{State: 5000})
	w.must(
		"CREATE TABLE g (k BIGINT) WITH ('connector'='datagen', 'rows-per-second'='1000', " +
			"'fields.k.kind'='sequence', 'fields.k.start'='1', 'fields.k.end'='1000000')",
	)
	w.must("CREATE TABLE bh (k BIGINT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='blackhole')")
	for ttl, want := range map[string]string{"1 s": cmf.JobRunning, "0 ms": cmf.JobFailed} {
		r := w.run("INSERT INTO bh SELECT k, COUNT(*) FROM g GROUP BY k")
		r.Configuration = map[string]string{"table.exec.state.ttl": ttl}
		w.now = start.Add(time.Minute)
		if err := w.s.Start(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		var o engine.StatementObservation
		for range 50 {
			var err error
			if o, err = w.s.ObserveStatement(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		if o.State != want {
			t.Errorf("ttl %s: got %s %v, want %s", ttl, o.State, o.Exceptions, want)
		}
	}
}

func TestAWindowThatIsComputedAgainWithEachRowIsBounded(t *testing.T) {
	w := newTabled(t, sql.Options{})
	w.must("CREATE TABLE g (k INT) WITH ('connector'='datagen', 'number-of-rows'='20000')")
	if _, text := w.rows("SELECT k, SUM(k) OVER (ORDER BY k) AS s FROM g"); !strings.Contains(text, "use batch mode") {
		t.Errorf("got %.200q, want the way out named", text)
	}
}

// TestABoundedInsertThatFailsLeavesNoFiles fails behind more rows than wait in
// memory.
func TestABoundedInsertThatFailsLeavesNoFiles(t *testing.T) {
	w := newTabled(t, sql.Options{})
	var in strings.Builder
	for i := range 120_000 {
		fmt.Fprintf(&in, "%d,%s\n", i, strings.Repeat("x", 100))
	}
	w.write("good.csv", in.String())
	w.write("bad.csv", in.String()+"1\n")
	for _, name := range []string{"good", "bad"} {
		w.must(
			"CREATE TABLE " + name +
				" (a BIGINT, b STRING) WITH ('connector'='filesystem', 'format'='csv', 'path'='${FILES}/" + name + ".csv')",
		)
		w.must(
			"CREATE TABLE out_" + name +
				" (a BIGINT, b STRING) WITH ('connector'='filesystem', 'format'='csv', 'path'='${FILES}/out_" + name + "')",
		)
		r := w.run("INSERT INTO out_" + name + " SELECT * FROM " + name)
		if err := w.s.Start(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		state := cmf.JobRunning
		for state == cmf.JobRunning {
			w.now = w.now.Add(6 * time.Second)
			o, err := w.s.ObserveStatement(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			state = o.State
			if files, _ := filepath.Glob(filepath.Join(w.files, "out_"+name, "part-*")); len(files) > 0 &&
				state != cmf.JobFinished {
				t.Fatalf("%s: %d files are visible while it is %s", name, len(files), state)
			}
		}
		files, _ := filepath.Glob(filepath.Join(w.files, "out_"+name, "*"))
		hidden, _ := filepath.Glob(filepath.Join(w.files, "out_"+name, ".part-*"))
		if want := map[string]string{"good": cmf.JobFinished, "bad": cmf.JobFailed}[name]; state != want ||
			(len(files) > 0) != (name == "good") || len(hidden) > 0 {
			t.Errorf("%s: got %s with the files %v and %v, want %s", name, state, files, hidden, want)
		}
	}
	rows, text := w.rows("SELECT COUNT(*) AS n, COUNT(DISTINCT a) AS d FROM out_good")
	if text != "" || rows[len(rows)-1] != `["120000","120000"]` {
		t.Errorf("got %v %s", rows[max(0, len(rows)-1):], text)
	}
}
