package sql_test

import (
	"slices"
	"testing"

	"drey/server/engine/embedded/sql"
)

// TestColumnsThatNobodyReadsAreNotRead reads files of which a column holds what
// is no number, by queries that need it or not.
func TestColumnsThatNobodyReadsAreNotRead(t *testing.T) {
	w := newTabled(t, sql.Options{})
	w.write("f.csv", "1,b,x\n2,a,y\n2,a,z\n")
	w.write(
		"f.json",
		`{"k":1,"s":"b","broken":"x"}`+"\n"+`{"k":2,"s":"a","broken":"y"}`+"\n"+`{"k":2,"s":"a","broken":"z"}`+"\n",
	)
	for _, format := range []string{"csv", "json"} {
		w.must("CREATE TABLE " + format + " (k INT, s STRING, broken INT) WITH ('connector'='filesystem','format'='" +
			format + "','path'='${FILES}/f." + format + "')")
		for _, c := range []struct {
			query string
			want  []string // nil: it needs the column
		}{
			{"SELECT s FROM t WHERE k = 2", []string{`["a"]`, `["a"]`}},
			{"SELECT s FROM (SELECT * FROM t) ORDER BY k DESC", []string{`["a"]`, `["a"]`, `["b"]`}},
			{"SELECT k, COUNT(*) FROM t GROUP BY k", []string{`["1","1"]`, `["2","2"]`}},
			{"SELECT DISTINCT k, s FROM t", []string{`["1","b"]`, `["2","a"]`}},
			{"SELECT a.s FROM t AS a JOIN t AS b ON a.k = b.k WHERE b.s = 'b'", []string{`["b"]`}},
			{"SELECT k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY s) AS n FROM t) WHERE n = 1", []string{`["1"]`, `["2"]`}},
			{"SELECT k FROM t UNION ALL SELECT k FROM t WHERE s = 'b'", []string{`["1"]`, `["2"]`, `["2"]`, `["1"]`}},
			{"SELECT * FROM t", nil},
			{"SELECT k FROM t WHERE broken > 1", nil},
			{"SELECT k FROM t ORDER BY broken", nil},
			{"SELECT COUNT(broken) FROM t", nil},
			{"SELECT DISTINCT * FROM t", nil},
			{"SELECT a.s FROM t AS a JOIN t AS b ON a.k = b.broken", nil},
		} {
			r := w.run("WITH t AS (SELECT * FROM " + format + ") " + c.query)
			r.Configuration = map[string]string{"execution.runtime-mode": "batch"}
			got, failed := w.rowsOf(r)
			slices.Sort(got)
			want := slices.Sorted(slices.Values(c.want))
			if (failed == "") != (c.want != nil) || failed == "" && !slices.Equal(got, want) {
				t.Errorf("%s: %s: %v, %q, want %v", format, c.query, got, failed, want)
			}
		}
	}
}
