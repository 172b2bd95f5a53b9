package results

import (
	"testing"

	"drey/client/statement"
	"drey/views/results/rowset"
)

func TestNestedValuesAreWrittenAsFlinkWritesThem(t *testing.T) {
	text, number := statement.DataType{Type: "VARCHAR"}, statement.DataType{Type: "INTEGER"}
	row := statement.DataType{Type: "ROW", Fields: []statement.Field{
		{Name: "a", Type: number}, {Name: "b", Type: text},
	}}
	for _, tc := range []struct {
		raw  string
		t    statement.DataType
		want string
	}{
		{`["a","b c",null]`, statement.DataType{Type: "ARRAY", ElementType: &text}, "[a, b c, NULL]"},
		{`[]`, statement.DataType{Type: "ARRAY", ElementType: &text}, "[]"},
		{`[["k","1"],["l",null]]`, statement.DataType{Type: "MAP", KeyType: &text, ValueType: &number}, "{k=1, l=NULL}"},
		{`[["x","2"]]`, statement.DataType{Type: "MULTISET", ElementType: &text}, "{x=2}"},
		{`["1","x"]`, row, "(1, x)"},
		{`[["1","x"],null]`, statement.DataType{Type: "ARRAY", ElementType: &row}, "[(1, x), NULL]"},
		{`["1"]`, row, `["1"]`},
		{`{"a":1}`, statement.DataType{Type: "ARRAY", ElementType: &text}, `{"a":1}`},
		{`[1, 2]`, statement.DataType{Type: "STRUCTURED_TYPE"}, "[1, 2]"},
	} {
		if got := string(rowset.NestedText([]byte(tc.raw), tc.t)); got != tc.want {
			t.Errorf("%s of %s: got %s, want %s", tc.raw, tc.t.Type, got, tc.want)
		}
	}
}

func TestAFilterThatCannotMeanWhatItSeemsSaysSo(t *testing.T) {
	columns := []statement.Column{{Name: "amount", Type: statement.DataType{Type: "DECIMAL"}}, {
		Name: "name", Type: statement.DataType{Type: "VARCHAR"},
	}}
	for query, want := range map[string]string{
		"orders !x ~ab name:a amount>3 am=": "",
		"nope:x":                            "no column begins with nope: the words are looked for as they are",
		"amount>abc":                        "amount is a number and abc is none",
		"name>":                             "name> wants a value behind >",
		"~":                                 "~ wants letters behind it",
		"a !amount<x":                       "amount is a number and x is none",
	} {
		if got := rowset.FilterProblem(query, columns); got != want {
			t.Errorf("%q: got %q, want %q", query, got, want)
		}
	}
}
