package sql_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/engine/embedded/sql"
)

// million are the queries over a CSV of a million rows, written to a file in
// batch mode. sqlite3 does the same with .import, .mode csv and .output.
var million = []struct{ name, columns, query string }{
	{"filter", "id INT, k INT, n INT, price DOUBLE, name STRING, txt STRING", "SELECT * FROM big WHERE n < 5000"},
	{"group by 1,000 keys", "k INT, c BIGINT, s DOUBLE, m INT", "SELECT k, COUNT(*), SUM(price), MAX(n) FROM big GROUP BY k"},
	{"join with 1,000 rows", "id INT, name STRING, g STRING", "SELECT b.id, b.name, s.g FROM big AS b JOIN small AS s ON b.k = s.k"},
	{"sort of all", "id INT, k INT, n INT, price DOUBLE, name STRING, txt STRING", "SELECT * FROM big ORDER BY name, id"},
	{"top 10", "id INT, k INT, n INT, price DOUBLE, name STRING, txt STRING", "SELECT * FROM big ORDER BY price DESC LIMIT 10"},
	{"top 3 per group", "id INT, k INT, n INT, price DOUBLE, name STRING, txt STRING, r BIGINT", "SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY price DESC) AS r FROM big) WHERE r <= 3"},
	{"join and filter", "id INT, name STRING, g STRING", "SELECT b.id, b.name, s.g FROM big AS b JOIN small AS s ON b.k = s.k WHERE b.n < 5000"},
}

// millionRows writes the files, once for all benchmarks of a process.
func millionRows(b *testing.B) string {
	b.Helper()
	dir := os.Getenv("DREY_MILLION") // a folder that is used again
	if dir == "" {
		dir = b.TempDir()
	}
	if _, err := os.Stat(filepath.Join(dir, "big.csv")); err == nil {
		return dir
	}
	for name, write := range map[string]func(*bufio.Writer){
		"big.csv": func(w *bufio.Writer) {
			rng := rand.New(rand.NewPCG(1, 1))
			for i := range 1_000_000 {
				fmt.Fprintf(
					w, "%d,%d,%d,%.4f,name-%07d,some text %05d padding\n", i, rng.IntN(1000), rng.IntN(100_000),
					rng.Float64()*1000, rng.IntN(1_000_000), i%977,
				)
			}
		},
		"small.csv": func(w *bufio.Writer) {
			for i := range 1000 {
				fmt.Fprintf(w, "%d,group number %d\n", i, i)
			}
		},
	} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			b.Fatal(err)
		}
		w := bufio.NewWriter(f)
		write(w)
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// BenchmarkMillionRows prints what a million rows cost, reading and writing
// included.
func BenchmarkMillionRows(b *testing.B) {
	dir := millionRows(b)
	for _, q := range million {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				runMillion(b, dir, q.columns, q.query)
			}
		})
	}
}

func runMillion(b *testing.B, dir, columns, query string) {
	b.Helper()
	out := b.TempDir()
	s := sql.New(sql.Options{Dir: b.TempDir(), Files: []string{dir, out}, Now: func() time.Time { return start }})
	table := func(columns, name, path string) string {
		return fmt.Sprintf(
			"CREATE TABLE %s (%s) WITH ('connector'='filesystem', 'format'='csv', 'path'='%s')", name, columns, path,
		)
	}
	for i, text := range []string{
		table("id INT, k INT, n INT, price DOUBLE, name STRING, txt STRING", "big", dir+"/big.csv"),
		table("k INT, g STRING", "small", dir+"/small.csv"), table(columns, "sink", out),
	} {
		if _, err := s.Prepare(b.Context(), engine.StatementRun{ID: fmt.Sprintf("%032d", i), SQL: text}); err != nil {
			b.Fatal(err)
		}
	}
	r := engine.StatementRun{
		ID: fmt.Sprintf("%032d", 9), SQL: "INSERT INTO sink " + query, SubmittedAt: start,
		Configuration: map[string]string{"execution.runtime-mode": "batch"},
	}
	if err := s.Start(b.Context(), r); err != nil {
		b.Fatal(err)
	}
	for {
		o, err := s.ObserveStatement(b.Context(), r)
		if err != nil || o.State == cmf.JobFailed {
			b.Fatal(err, o.Exceptions)
		}
		if o.State == cmf.JobFinished {
			return
		}
	}
}
