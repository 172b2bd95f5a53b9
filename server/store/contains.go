package store

import (
	sqldriver "database/sql/driver"
	"strings"

	"modernc.org/sqlite"
)

// containsFunction is an SQL function of two texts: whether the first has the
// second in it. SQLite's instr compares the whole text at each letter, which
// takes seconds for a long one in a long document; this one is linear.
const containsFunction = "drey_contains"

func init() {
	sqlite.MustRegisterDeterministicScalarFunction(containsFunction, 2,
		func(_ *sqlite.FunctionContext, args []sqldriver.Value) (sqldriver.Value, error) {
			text, _ := args[0].(string) // NULL contains nothing
			part, _ := args[1].(string)
			return args[0] != nil && strings.Contains(text, part), nil
		})
}
