package functions_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions"
	"drey/server/engine/embedded/sql/functions/functiontest"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// families are an expression of each kind, over a text and a number.
var families = []string{
	"a", "n + 1", "n * 2 / 3", "- n", "a || '-' || a", "n > 3 AND a < 'text 5'", "n BETWEEN 2 AND 5",
	"n IN (1, 3, 5)", "a LIKE '%1%'", "a IS NULL",
	"CASE WHEN n > 3 THEN a ELSE 'few' END", "COALESCE(a, 'none')", "NULLIF(n, 3)", "GREATEST(n, 3)", "IF(n > 2, a, 'x')",
	"CAST(n AS STRING)", "TRY_CAST(a AS INT)", "CAST(n AS DECIMAL(10, 2))",
	"UPPER(UPPER(a))", "CONCAT(a, UPPER(a), LOWER(a))", "CONCAT_WS(',', a, a)", "SUBSTRING(a FROM 3)",
	"TRIM('t' FROM a)", "REPLACE(a, 't', UPPER(a))",
	"REGEXP_EXTRACT(a, '([0-9]+)', 1)", "REGEXP_REPLACE(a, a, UPPER(a))", "SPLIT_INDEX(a, ' ', 1)",
	"SHA256(a)", "ENCODE(a, 'UTF-8')", "PRINTF('%s', a)",
	"ABS(n)", "ROUND(n * 1.55, 1)", "SQRT(n)", "BIN(n)",
	"DATE_FORMAT(TO_TIMESTAMP_LTZ(n, 0), 'yyyy-MM-dd HH:mm:ss')", "TIMESTAMPADD(DAY, n, DATE '2024-01-31')",
	"EXTRACT(DOY FROM DATE '2024-01-31' + INTERVAL '1' DAY)",
	"ARRAY[n, n + 1][1]", "ARRAY_JOIN(ARRAY_SORT(ARRAY[a, 'b']), ',')", "CARDINALITY(SPLIT(a, 'e'))",
	"MAP['k', n]['k']", "MAP_KEYS(MAP[a, n])", "ROW(n, a)",
	"JSON_OBJECT('n' VALUE n)", "JSON_ARRAY(a, n)", "JSON_VALUE(JSON_OBJECT('n' VALUE a), '$.n')",
	"JSON_STRING(a)", "RAND_INTEGER(3, 1)",
}

// resolved is an expression over the columns a and n.
func resolved(t *testing.T, text string) *expr.Expr {
	t.Helper()
	e, err := parse.ParseExpr(text)
	if err != nil {
		t.Fatal(err)
	}
	env := &expr.Env{
		Zone: time.UTC, Streaming: true, Functions: functions.Builtin, Run: &expr.Run{Now: func() int64 { return 0 }},
		Seed: 7,
	}
	scope := &expr.Scope{Relations: []expr.Relation{{Columns: []expr.Column{
		{Name: "a", Type: types.String.Null(true)}, {Name: "n", Type: types.Of(types.Integer)},
	}}}}
	x, err := expr.NewResolver(env, scope, "").Value(e)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return x
}

func rows(n int) []value.Row {
	list := make([]value.Row, n)
	for i := range list {
		list[i] = value.Row{value.Text(fmt.Sprint("text ", i%7)), value.Int(int64(i % 7))}
	}
	return list
}

func TestExpressionsAreReentrant(t *testing.T) {
	for _, text := range families {
		var want []string
		alone := resolved(t, text)
		for _, row := range rows(50) {
			want = append(want, functiontest.Text(alone, row))
		}
		got := functiontest.Concurrently(resolved(t, text), rows(50))
		if text == "RAND_INTEGER(3, 1)" { // who gets which number is by chance
			slices.Sort(want)
			slices.Sort(got)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got\n%q, want\n%q", text, got, want)
		}
	}
}

// TestRandomNumbersGoOn has a source that is saved after some numbers, before it
// was asked, and one that begins again.
func TestRandomNumbersGoOn(t *testing.T) {
	env := &expr.Env{Functions: functions.Builtin, Run: &expr.Run{}, Seed: 7}
	for _, text := range []string{"UUID()", "RAND()", "RAND(5)", "RAND_INTEGER(1000000)", "RAND_INTEGER(5, 1000000)"} {
		e, err := parse.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		x, err := expr.NewResolver(env, &expr.Scope{}, "").Value(e)
		if err != nil {
			t.Fatal(err)
		}
		draw := func() string { return functiontest.Text(x, nil) }
		env.Run.Random.Load(nil)
		first, second := draw(), draw()
		saved, err := env.Run.Random.Save()
		if err != nil {
			t.Fatal(err)
		}
		third := draw()
		env.Run.Random.Load(saved)
		if waiting, err := env.Run.Random.Save(); err != nil || len(waiting) != len(saved) {
			t.Errorf("%s: saved before it is asked: %d sources, %v, want %d", text, len(waiting), err, len(saved))
		}
		if got := draw(); got != third {
			t.Errorf("%s: goes on with %s, want %s", text, got, third)
		}
		env.Run.Random.Load(nil)
		if got := []string{draw(), draw()}; got[0] != first || got[1] != second || first == second {
			t.Errorf("%s: begins again with %v, want %s and %s", text, got, first, second)
		}
		for id := range saved {
			saved[id] = []byte("of another kind")
		}
		env.Run.Random.Load(saved)
		if _, err := x.Eval(nil); err == nil {
			t.Errorf("%s: goes on from what is no state", text)
		}
	}
}

// TestNoCallPanics calls every function with up to six arguments of several types,
// under its name and under its quoted one, which the parser reads as any other.
func TestNoCallPanics(t *testing.T) {
	for _, f := range functions.Builtin.Functions {
		for _, name := range []string{f.Name, "`" + f.Name + "`"} {
			for n := range 7 {
				for _, arg := range []string{"'a'", "1", "DATE '2020-01-01'", "ARRAY[1]"} {
					text := name + "(" + strings.TrimSuffix(strings.Repeat(arg+", ", n), ", ") + ")"
					if typ, got := functiontest.Compute(t, text); typ == "" && got == "" {
						t.Errorf("%s: neither a value nor a complaint", text)
					}
				}
			}
		}
	}
}
