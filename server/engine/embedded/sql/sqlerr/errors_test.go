package sqlerr

import (
	"errors"
	"testing"

	"drey/client/flinksql/ast"
)

func TestComplaintsReadAsFlinks(t *testing.T) {
	pos := ast.Pos{Line: 1, Col: 8, EndLine: 1, EndCol: 9}
	invalid := Invalid(pos, "Column '%s' is ambiguous", "ab")
	planned := NoPlan(pos, true, "No.")
	e, _ := AsError(planned)
	withPlan := *e
	withPlan.Plan = "FlinkLogicalSink"
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"the validator's", invalid, "SQL validation failed. From line 1, column 8 to line 1, column 9: Column 'ab' is ambiguous"},
		{"of a query within", Within(invalid), "SQL validation failed. SQL validation failed. From line 1, column 8 to line 1, column 9: Column 'ab' is ambiguous"},
		{"as a view passes it on", WithoutPrefix(invalid), "From line 1, column 8 to line 1, column 9: Column 'ab' is ambiguous"},
		{"at one letter", Invalid(ast.Pos{Line: 2, Col: 3, EndLine: 2, EndCol: 3}, "x"), "SQL validation failed. At line 2, column 3: x"},
		{"the planner's while running", planned, "Sql optimization: Cannot generate a valid execution plan for the given query: \n\nNo."},
		{"the planner's in batch", NoPlan(pos, false, "No."), "Cannot generate a valid execution plan for the given query: \n\nNo."},
		{"the planner's with the plan", &withPlan, "Sql optimization: Cannot generate a valid execution plan for the given query: \n\nFlinkLogicalSink\nNo."},
		{"with a cause", &Error{Message: "a", Cause: "b"}, "a\n\nCaused by: b"},
		{"a refusal", Refuse(pos, "x"), "not supported by the embedded engine: x (line 1, column 8)"},
		{"a refused row", RefuseRow("the value %d", 7), "not supported by the embedded engine: the value 7"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if plain := errors.New("x"); Within(plain) != plain || WithoutPrefix(plain) != plain ||
		Within(Refuse(pos, "x")).Error() != Refuse(pos, "x").Error() {
		t.Error("complaints of others than the validator are changed")
	}
}
