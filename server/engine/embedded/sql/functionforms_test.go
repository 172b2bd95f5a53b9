package sql_test

import (
	"testing"

	"drey/server/engine"
	"drey/server/engine/embedded/sql"
	"drey/server/engine/embedded/sql/functions"
)

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

// unlisted are aggregates that are computed and that SHOW FUNCTIONS does not tell of.
var unlisted = map[string]bool{"SINGLE_VALUE": true, "GROUPING": true, "GROUPING_ID": true}

func TestTheFormsOfFunctionsArePlanned(t *testing.T) {
	w := newTabled(t, sql.Options{})
	w.must(
		"CREATE TABLE e (b STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH " +
			"('connector'='datagen','number-of-rows'='10')",
	)
	for name, text := range forms {
		if f := functions.Builtin.Function(name); !unlisted[name] && (f == nil || !f.Embedded() || f.Computed()) {
			t.Errorf("%s is no form of the language", name)
		}
		r := w.run(text)
		streaming := w.plans(r)
		r.Configuration = map[string]string{"execution.runtime-mode": "batch"}
		if batch := w.plans(r); streaming != nil && batch != nil {
			t.Errorf("%s: %v while running, %v in batch", name, streaming, batch)
		}
	}
}

func TestEveryFormOfFunctionsHasAStatement(t *testing.T) {
	for _, f := range functions.Builtin.Functions {
		if f.Embedded() && !f.Computed() && forms[f.Name] == "" {
			t.Errorf("%s: no statement shows that it is planned", f.Name)
		}
	}
}

func (w *tabled) plans(r engine.StatementRun) error {
	_, err := w.s.Prepare(w.t.Context(), r)
	return err
}
