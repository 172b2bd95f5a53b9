package sql

import (
	"slices"
	"testing"

	"drey/server/engine/enginetest/corpus"
)

// TestFunctionsOverSeveralWindows has calls of windows that come in turns, and one
// over what another gives: each value must be in its own column.
func TestFunctionsOverSeveralWindows(t *testing.T) {
	const rows = "(VALUES ('p', 1, 10), ('p', 2, 20), ('q', 1, 30)) AS t (a, b, n)"
	for query, want := range map[string][]string{
		"SELECT n, SUM(n) OVER (PARTITION BY a) AS x, SUM(n) OVER (PARTITION BY b) AS y, COUNT(*) OVER " +
			"(PARTITION BY a) AS z FROM " + rows: {
			`+I "10", "30", "40", "2"`, `+I "20", "30", "20", "2"`, `+I "30", "30", "40", "1"`,
		},
		"SELECT n, LAG(SUM(n) OVER (PARTITION BY a)) OVER (ORDER BY n) AS x, SUM(n) OVER (PARTITION BY a) AS y FROM " +
			rows: {
			`+I "10", NULL, "30"`, `+I "20", "30", "30"`, `+I "30", "30", "30"`,
		},
	} {
		got := newCaseRun(t, corpus.Folders{}).Run(corpus.Statement{
			SQL: query, Configuration: map[string]string{"execution.runtime-mode": "batch"},
		})
		var rows []string
		for _, row := range got.Rows {
			rows = append(rows, row.String())
		}
		slices.Sort(rows)
		if got.Error != "" || !slices.Equal(rows, want) {
			t.Errorf("%s: got %q %s, want %q", query, rows, got.Error, want)
		}
	}
}
