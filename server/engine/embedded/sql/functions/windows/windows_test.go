package windows

import (
	"testing"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/types"
)

// numbers are what functions give the rows of a partition of which the second
// and the third are equal in the order.
var numbers = []struct {
	name     string
	constant int64
	want     []string
}{
	{"ROW_NUMBER", 0, []string{"1", "2", "3", "4", "5"}},
	{"RANK", 0, []string{"1", "2", "2", "4", "5"}},
	{"DENSE_RANK", 0, []string{"1", "2", "2", "3", "4"}},
	{"PERCENT_RANK", 0, []string{"0.0", "0.25", "0.25", "0.75", "1.0"}},
	{"CUME_DIST", 0, []string{"0.2", "0.6", "0.6", "0.8", "1.0"}},
	{"NTILE", 1, []string{"1", "1", "1", "1", "1"}},
	{"NTILE", 2, []string{"1", "1", "1", "2", "2"}},
	{"NTILE", 3, []string{"1", "1", "2", "2", "3"}},
	{"NTILE", 9, []string{"1", "2", "3", "4", "5"}},
}

// standings are those rows.
var standings = []expr.Standing{
	{Row: 0, First: 0, End: 1, Before: 0, Rows: 5},
	{Row: 1, First: 1, End: 3, Before: 1, Rows: 5},
	{Row: 2, First: 1, End: 3, Before: 1, Rows: 5},
	{Row: 3, First: 3, End: 4, Before: 2, Rows: 5},
	{Row: 4, First: 4, End: 5, Before: 3, Rows: 5},
}

func named(t *testing.T, name string) *expr.OverFunction {
	t.Helper()
	for _, f := range Functions {
		if f.Name == name && f.Over != nil {
			return f.Over
		}
	}
	t.Fatalf("there is no function %s over a window", name)
	return nil
}

func TestNumbersOfRows(t *testing.T) {
	for _, c := range numbers {
		f := named(t, c.name)
		for i, s := range standings {
			if got := f.Number(s, c.constant).Text(f.Type, nil); got != c.want[i] {
				t.Errorf("%s, %d, of row %d: %s, want %s", c.name, c.constant, i+1, got, c.want[i])
			}
		}
	}
}

// TestEveryFunctionOfAWindowIsWhole holds what one value says against the rest
// of it: a number has a type and is in the table above, a neighbour has neither.
func TestEveryFunctionOfAWindowIsWhole(t *testing.T) {
	inTable := map[string]bool{}
	for _, c := range numbers {
		inTable[c.name] = true
	}
	for _, f := range Functions {
		over, windowing := f.Over, f.Windowing
		switch {
		case (over == nil) == (windowing == nil) || f.Forms == nil:
			t.Errorf("%s is neither a function over a window nor one that makes windows", f.Name)
		case over != nil && over.Step == 0 && (over.Number == nil || over.Type.Root == types.Null || !inTable[f.Name]):
			t.Errorf("%s: no number, no type, or no case", f.Name)
		case over != nil && over.Step != 0 && (over.Number != nil || over.Constant || over.Ranks ||
			over.Step*over.Step != 1):
			t.Errorf("%s is a neighbour and a number", f.Name)
		case windowing != nil && (len(windowing.Arguments) < 3 || windowing.Form == "" ||
			windowing.Sessions && windowing.Cumulates):
			t.Errorf("%s: arguments %v, form %q", f.Name, windowing.Arguments, windowing.Form)
		}
	}
}

func TestNumbersOfASingleRow(t *testing.T) {
	want := map[string]string{
		"ROW_NUMBER": "1", "RANK": "1", "DENSE_RANK": "1", "NTILE": "1", "PERCENT_RANK": "0.0", "CUME_DIST": "1.0",
	}
	for name, text := range want {
		f := named(t, name)
		if got := f.Number(expr.Standing{End: 1, Rows: 1}, 3).Text(f.Type, nil); got != text {
			t.Errorf("%s: %s, want %s", name, got, text)
		}
	}
}
