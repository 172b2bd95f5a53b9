package sql_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"drey/client/flinksql"
	"drey/server/engine"
	"drey/server/engine/embedded/sql"
	"drey/server/engine/embedded/sql/expr"
)

// functionsPage is made of the list that completion, SHOW FUNCTIONS and the
// engine read.
const functionsPage = "../../../../docs/sql-functions.md"

// categories are the titles of the page's parts, in their order.
var categories = []struct{ name, title string }{
	{"comparison", "Comparison"},
	{"conditional", "Conditions"},
	{"arithmetic", "Numbers"},
	{"string", "Texts"},
	{"matching", "Patterns"},
	{"temporal", "Dates and times"},
	{"conversion", "Conversion"},
	{"collection", "Arrays and maps"},
	{"valueconstruction", "Making values"},
	{"valuemodification", "Changing values"},
	{"json", "JSON"},
	{"variant", "VARIANT"},
	{"hashfunctions", "Hashes"},
	{"aggregate", "Aggregates"},
	{"grouping", "Grouping"},
	{"window", "Windows"},
	{"catalog", "Catalogs"},
}

// forms are functions that are written in forms of their own or belong to a
// clause: a statement that has them planned shows that the engine knows them.
var forms = map[string]string{
	"EXISTS":       "SELECT b FROM e WHERE EXISTS (SELECT 1 FROM e AS x WHERE x.b = e.b)",
	"CASE":         "SELECT CASE b WHEN 'x' THEN 1 ELSE 2 END FROM e",
	"CAST":         "SELECT CAST(b AS INT) FROM e",
	"TRY_CAST":     "SELECT TRY_CAST(b AS INT) FROM e",
	"ROW":          "SELECT ROW(b, 1) FROM e",
	"SINGLE_VALUE": "SELECT SINGLE_VALUE(b) FROM e",
	"GROUPING":     "SELECT b, GROUPING(b) FROM e GROUP BY ROLLUP (b)",
	"GROUPING_ID":  "SELECT b, GROUPING_ID(b) FROM e GROUP BY ROLLUP (b)",
	"ROW_NUMBER":   "SELECT ROW_NUMBER() OVER (PARTITION BY b ORDER BY ts) FROM e",
	"RANK":         "SELECT RANK() OVER (PARTITION BY b ORDER BY ts) FROM e",
	"DENSE_RANK":   "SELECT DENSE_RANK() OVER (PARTITION BY b ORDER BY ts) FROM e",
	"PERCENT_RANK": "SELECT PERCENT_RANK() OVER (PARTITION BY b ORDER BY ts) FROM e",
	"CUME_DIST":    "SELECT CUME_DIST() OVER (PARTITION BY b ORDER BY ts) FROM e",
	"NTILE":        "SELECT NTILE(3) OVER (PARTITION BY b ORDER BY ts) FROM e",
	"LAG":          "SELECT LAG(b) OVER (PARTITION BY b ORDER BY ts) FROM e",
	"LEAD":         "SELECT LEAD(b) OVER (PARTITION BY b ORDER BY ts) FROM e",
	"TUMBLE":       "SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end",
	"HOP":          "SELECT COUNT(*) FROM TABLE(HOP(TABLE e, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '1' DAY)) GROUP BY window_start, window_end",
	"CUMULATE":     "SELECT COUNT(*) FROM TABLE(CUMULATE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '1' DAY)) GROUP BY window_start, window_end",
	"SESSION":      "SELECT COUNT(*) FROM TABLE(SESSION(TABLE e, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end",
}

func TestTheFormsOfFunctionsArePlanned(t *testing.T) {
	w := newTabled(t, sql.Options{})
	w.must("CREATE TABLE e (b STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector'='datagen','number-of-rows'='10')")
	for name, text := range forms {
		if len(flinksql.FunctionsNamed(name)) == 0 || expr.Implemented(name) {
			t.Errorf("%s is no function of the list, or has no form of its own", name)
		}
		r := w.run(text)
		streaming := w.plans(r)
		r.Configuration = map[string]string{"execution.runtime-mode": "batch"}
		if batch := w.plans(r); streaming != nil && batch != nil {
			t.Errorf("%s: %v while running, %v in batch", name, streaming, batch)
		}
	}
}

func (w *tabled) plans(r engine.StatementRun) error {
	_, err := w.s.Prepare(w.t.Context(), r)
	return err
}

func writeFunctionsPage() []byte {
	var b bytes.Buffer
	b.WriteString("# SQL functions\n\n" +
		"The built-in functions of Flink 2.2, and which of them the embedded engine computes; it refuses the\n" +
		"others. Over real Flink there are all of them. SHOW FUNCTIONS lists those of the engine that answers.\n" +
		"This page is made of the list in `client/flinksql/functable.go`; after a change of it:\n\n" +
		"    DREY_UPDATE=1 go test ./server/engine/embedded/sql -run TestTheFunctionsPage\n")
	for _, part := range categories {
		fmt.Fprintf(&b, "\n## %s\n\n| function | result | embedded | |\n|---|---|---|---|\n", part.title)
		for _, f := range flinksql.Functions {
			if f.Category != part.name {
				continue
			}
			embedded := "no"
			if expr.Implemented(f.Name) || forms[f.Name] != "" {
				embedded = "yes"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", cell(f.Signature), cell(f.Returns), embedded, cell(f.Doc))
		}
	}
	return b.Bytes()
}

// cell keeps a text within a cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}

func TestTheFunctionsPageIsMadeOfTheList(t *testing.T) {
	for _, f := range flinksql.Functions {
		if !slices.ContainsFunc(categories, func(c struct{ name, title string }) bool { return c.name == f.Category }) {
			t.Errorf("%s is of the category %q, which has no part of the page", f.Name, f.Category)
		}
	}
	want := writeFunctionsPage()
	if os.Getenv("DREY_UPDATE") != "" {
		if err := os.WriteFile(functionsPage, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(functionsPage)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/sql-functions.md is not what the list says; DREY_UPDATE=1 writes it")
	}
}
