package numbers_test

import (
	"regexp"
	"testing"

	"drey/server/engine/embedded/sql/functions/functiontest"
)

// random differ from row to row, and are the same when a statement is computed
// again; those with a seed are Java's.
var random = []functiontest.Case{
	{"RAND(42)", "DOUBLE NOT NULL", "0.7275636800328681"},
	{"RAND(CAST(NULL AS INT))", "DOUBLE", "<null>"},
	{"RAND_INTEGER(1, CAST(NULL AS INT))", "INT", "<null>"},
	{"RAND_INTEGER(1, 0)", "", "bound must be positive"},
	{"RAND('a')", "", "SQL validation failed. From line 1, column 8 to line 1, column 16: Cannot apply 'RAND' to arguments of type 'RAND(<CHAR(1)>)'. Supported form(s): 'RAND()'\n'RAND(<NUMERIC>)'"},
	{"UUID(1)", "", "SQL validation failed. From line 1, column 8 to line 1, column 14: Invalid number of arguments to function 'UUID'. Was expecting 0 arguments"},
}

func TestRandomNumbersWithASeed(t *testing.T) { functiontest.Run(t, random) }

func TestRandomNumbersAreTheSameAgain(t *testing.T) {
	for text, pattern := range map[string]string{
		"UUID()": `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`,
		"RAND()": `^0\.[0-9]+$`, "RAND_INTEGER(7)": `^[0-6]$`,
	} {
		_, first := functiontest.Compute(t, text)
		_, again := functiontest.Compute(t, text)
		if first != again || !regexp.MustCompile(pattern).MatchString(first) {
			t.Errorf("%s: got %q, and %q again", text, first, again)
		}
	}
}
