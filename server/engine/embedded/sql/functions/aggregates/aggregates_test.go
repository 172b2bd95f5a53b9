package aggregates_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"

	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions"
	"drey/server/engine/embedded/sql/functions/aggregates"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// aggregateCase is a call over a column x with its type, and the result after
// each value: "+1" adds 1, "-1" takes it back, ~ is NULL. A result is written as
// text, or is the class of the exception.
type aggregateCase struct {
	call string
	of   string // the type of x; and of k, a text, for calls with two columns
	want string // the type of the result
	in   string
	out  string // behind each value, parted by ";"
}

var cases = []aggregateCase{
	{"COUNT(x)", "INT", "BIGINT NOT NULL", "+1 +~ +2 -1 -2", "1;1;2;1;0"},
	{"COUNT(*)", "INT", "BIGINT NOT NULL", "+1 +~ -1", "1;2;1"},
	{"COUNT(DISTINCT x)", "INT", "BIGINT NOT NULL", "+1 +1 +2 -1 -1", "1;1;2;2;1"},
	{"COUNT(x) FILTER (WHERE x > 1)", "INT", "BIGINT NOT NULL", "+1 +2 -2 +3", "0;1;0;1"},
	{"SUM(x)", "INT", "INT", "+1 +~ +2147483647 -1 -2147483647", "1;1;-2147483648;2147483647;~"},
	{"SUM(x)", "BIGINT", "BIGINT", "+5 +7 -5", "5;12;7"},
	{"SUM(x)", "FLOAT", "FLOAT", "+16777216 +1 -16777216", "1.6777216E7;1.6777216E7;0.0"},
	{"SUM(x)", "DOUBLE", "DOUBLE", "+0.5 +0.25 -0.5", "0.5;0.75;0.25"},
	{"SUM(x)", "DECIMAL(10, 2)", "DECIMAL(38, 2)", "+1.50 +2.25 -1.50", "1.50;3.75;2.25"},
	{"SUM(DISTINCT x)", "INT", "INT", "+2 +2 +3 -2 -2", "2;2;5;5;3"},
	{"AVG(x)", "INT", "INT", "+1 +2 +4 -1", "1;1;2;3"},
	{"AVG(x)", "DOUBLE", "DOUBLE", "+1 +2 -1", "1.0;1.5;2.0"},
	{"AVG(x)", "DECIMAL(10, 2)", "DECIMAL(38, 6)", "+1.00 +2.00 +2.00", "1.000000;1.500000;1.666667"},
	{"MIN(x)", "INT", "INT", "+3 +1 +~ +2 -1 -2 -3", "3;1;1;1;2;3;~"},
	{"MAX(x)", "STRING", "STRING", "+b +a +c -c -b -a", "b;b;c;b;a;~"},
	{"MAX(DISTINCT x)", "INT", "INT", "+1 +3 +3 -3 -3", "1;3;3;3;1"},
	{"FIRST_VALUE(x)", "INT", "INT", "+~ +2 +3", "~;2;2"},
	{"LAST_VALUE(x)", "INT", "INT", "+1 +~ +3", "1;1;3"},
	{"LISTAGG(x)", "STRING", "STRING", "+a +~ +b -a", "a;a;a,b;b"},
	{"LISTAGG(x, '-')", "STRING", "STRING", "+a +b -b", "a;a-b;a"},
	{"LISTAGG(DISTINCT x)", "STRING", "STRING", "+a +a +b -a -a", "a;a;a,b;a,b;b"},
	{"COLLECT(x)", "STRING", "MULTISET<STRING> NOT NULL", "+b +a +b -b -b", "{b=1};{a=1, b=1};{a=1, b=2};{a=1, b=1};{a=1}"},
	{"COLLECT(x)", "BIGINT", "MULTISET<BIGINT> NOT NULL", "+1 -1", "{1=1};{}"},
	{"COLLECT(x)", "BOOLEAN", "MULTISET<BOOLEAN> NOT NULL", "+1 +0", "{TRUE=1};{FALSE=1, TRUE=1}"},
	{"ARRAY_AGG(x)", "INT", "ARRAY<INT>", "+1 +2 +1", "[1];[1, 2];[1, 2, 1]"},
	{"ARRAY_AGG(x)", "INT", "ARRAY<INT>", "+~", "java.lang.UnsupportedOperationException"},
	{"SINGLE_VALUE(x)", "INT", "INT", "+1 -1 +2", "1;~;2"},
	{"SINGLE_VALUE(x)", "INT", "INT", "+1 +2", "1;java.lang.RuntimeException"},
	{"VAR_POP(x)", "DOUBLE", "DOUBLE", "+1 +3 +5 -5", "0.0;1.0;2.6666666666666665;1.0"},
	{"VAR_SAMP(x)", "DOUBLE", "DOUBLE", "+1 +3 -3", "~;2.0;~"},
	{"VARIANCE(x)", "INT", "INT", "+1 +4", "~;5"}, // in the arithmetic of INT,
	{"STDDEV_POP(x)", "DOUBLE", "DOUBLE", "+1 +3", "0.0;1.0"},
	{"STDDEV_SAMP(x)", "INT", "INT", "+1 +4", "~;2"},
	{"STDDEV(x)", "DECIMAL(10, 2)", "DECIMAL(38, 6)", "+1.00 +3.00 -3.00", "~;1.414214;~"},
	{"VAR_POP(x)", "DECIMAL(10, 2)", "DECIMAL(38, 6)", "+1.00 +3.00", "0.000000;1.000000"},
	{"PERCENTILE(x, 0.5)", "INT", "DOUBLE", "+1 +2 +10 -10", "1.0;1.5;2.0;1.5"},
	{"PERCENTILE(x, ARRAY[0.0, 1.0])", "INT", "ARRAY<DOUBLE>", "+3 +1", "[3.0, 3.0];[1.0, 3.0]"},
	{"JSON_ARRAYAGG(x)", "STRING", "VARCHAR(2000) NOT NULL", "+a +~ +b -a", `["a"];["a"];["a","b"];["b"]`},
	{"JSON_ARRAYAGG(x NULL ON NULL)", "INT", "VARCHAR(2000) NOT NULL", "+1 +~", `[1];[1,null]`},
	{"JSON_OBJECTAGG(KEY k VALUE x)", "INT", "VARCHAR(2000) NOT NULL", "+2 +~ -2", `{"k2":2};{"k2":2,"k~":null};{"k~":null}`},
	{"JSON_OBJECTAGG(KEY k VALUE x)", "INT", "VARCHAR(2000) NOT NULL", "+2 +2", `{"k2":2};org.apache.flink.table.api.TableRuntimeException`},
}

// resolved is the aggregate of a call over the columns x and k.
func resolved(t *testing.T, call, of string) (*expr.Agg, types.Type, error) {
	t.Helper()
	tree, err := parse.ParseType(of)
	if err != nil {
		t.Fatal(err)
	}
	typ, err := expr.TypeOf(tree)
	if err != nil {
		t.Fatal(err)
	}
	typ.Nullable = true
	e, err := parse.ParseExpr(call)
	if err != nil {
		t.Fatal(err)
	}
	env := &expr.Env{Functions: functions.Builtin, Streaming: true, Zone: time.UTC}
	r := expr.NewResolver(
		env,
		&expr.Scope{Relations: []expr.Relation{{Columns: []expr.Column{{Name: "x", Type: typ}, {
			Name: "k", Type: types.String,
		}}}}},
		"",
	)
	r.Group = &expr.Group{Keys: map[expr.ID]*expr.Expr{}}
	r.Group = r.WithAggregates([]ast.Expr{e})
	if _, err := r.Resolve(e); err != nil {
		return nil, typ, err
	}
	return r.Group.Aggs[0], typ, nil
}

// running computes one aggregate.
type running struct {
	t   *testing.T
	agg *expr.Agg
	of  types.Type
	acc state.Accumulator
	b   *state.Budget
}

func (r *running) begin(retracts bool) {
	r.b = (&state.Budget{}).Operator("Aggregate")
	r.acc = aggregates.New(r.agg, retracts, r.b)
}

// resume goes on in another accumulator.
func (r *running) resume(retracts bool) {
	saved := state.NewSaver()
	r.acc.State(saved)
	r.begin(retracts)
	loaded := state.NewLoader(saved.Buf)
	if r.acc.State(loaded); loaded.Err != nil || len(loaded.Buf) > 0 {
		r.t.Fatalf("%s: the state cannot be read: %v, %d bytes are left", r.agg.Of.Name, loaded.Err, len(loaded.Buf))
	}
}

func (r *running) step(word string) error {
	row := value.Row{read(r.t, r.of, word[1:]), value.Text("k" + word[1:])}
	if r.agg.Filter != nil {
		if v, err := r.agg.Filter.Eval(row); err != nil || !v.True() {
			return err
		}
	}
	v := value.Bool(true)
	if r.agg.Arg != nil {
		var err error
		if v, err = r.agg.Arg.Eval(row); err != nil || !v.Valid && !r.agg.Of.Nulls {
			return err
		}
	}
	if word[0] == '+' {
		return r.acc.Add(v)
	}
	return r.acc.Retract(v)
}

func read(t *testing.T, of types.Type, word string) value.Value {
	switch {
	case word == "~":
		return value.NULL
	case of.IsText():
		return value.Text(word)
	case of.Root == types.Decimal:
		d, _, err := apd.NewFromString(word)
		if err != nil {
			t.Fatal(err)
		}
		return value.Dec(d)
	}
	f, err := strconv.ParseFloat(word, 64)
	if err != nil {
		t.Fatal(err)
	}
	if of.IsApprox() {
		return value.Float(f)
	}
	return value.Int(int64(f))
}

func (r *running) result() string {
	v, err := r.acc.Result()
	if err != nil {
		return class(err)
	}
	if !v.Valid {
		return "~"
	}
	return v.Text(r.agg.Type, time.UTC)
}

func class(err error) string {
	if f, ok := err.(*sqlerr.Failure); ok {
		return f.Class
	}
	return err.Error()
}

// TestAggregates computes each case in one go, and once more for each of its
// steps, after which another accumulator goes on.
func TestAggregates(t *testing.T) {
	for _, c := range cases {
		t.Run(c.call+" of "+c.of, func(t *testing.T) {
			agg, of, err := resolved(t, c.call, c.of)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.ReplaceAll(agg.Type.String(), "VARCHAR(2147483647)", "STRING"); got != c.want {
				t.Errorf("got the type %s, want %s", got, c.want)
			}
			words, want := strings.Fields(c.in), strings.Split(c.out, ";")
			retracts := strings.Contains(c.in, "-")
			for pause := range len(words) + 1 {
				r := &running{t: t, agg: agg, of: of}
				r.begin(retracts)
				for i, word := range words {
					if i == pause {
						r.resume(retracts)
					}
					_ = r.result() // reading it changes nothing
					var got string
					if err := r.step(word); err != nil {
						got = class(err)
					} else {
						got = r.result()
					}
					if got != want[i] {
						t.Errorf("resumed before %d: after %s got %s, want %s", pause, word, got, want[i])
					}
				}
			}
		})
	}
}

// TestWhatIsTakenBackIsNotCounted adds values, takes them all back, and looks
// for bytes that are counted yet.
func TestWhatIsTakenBackIsNotCounted(t *testing.T) {
	for _, c := range cases {
		agg, of, err := resolved(t, c.call, c.of)
		if err != nil {
			t.Fatal(err)
		}
		if !agg.Of.Retracts || agg.Of.Name == "SINGLE_VALUE" || strings.Contains(c.out, "java") ||
			strings.Contains(c.out, "apache") {
			continue
		}
		r := &running{t: t, agg: agg, of: of}
		r.begin(true)
		var added []string
		for _, word := range strings.Fields(c.in) {
			if word[0] == '+' && !strings.HasSuffix(word, "~") {
				added = append(added, word[1:])
			}
		}
		for _, sign := range []string{"+", "-"} {
			for _, v := range added {
				if err := r.step(sign + v); err != nil {
					t.Fatalf("%s: %v", c.call, err)
				}
			}
		}
		if held := r.b.Held(); held != 0 {
			t.Errorf("%s: %d bytes are counted after all is taken back", c.call, held)
		}
	}
}

func TestComplaintsOfAggregates(t *testing.T) {
	for _, c := range []struct{ call, of, want string }{
		{"SUM(x)", "STRING", "Cannot apply 'SUM' to arguments of type 'SUM(<VARCHAR(2147483647)>)'. Supported form(s): 'SUM(<NUMERIC>)'"},
		{"AVG(x)", "BOOLEAN", "Cannot apply 'AVG' to arguments of type 'AVG(<BOOLEAN>)'. Supported form(s): 'AVG(<NUMERIC>)'"},
		{"STDDEV(x)", "DATE", "Cannot apply 'STDDEV' to arguments of type 'STDDEV(<DATE>)'. Supported form(s): 'STDDEV(<NUMERIC>)'"},
		{"SUM(*)", "INT", "Unknown identifier '*'"},
		{"SUM(SUM(x))", "INT", "Aggregate expressions cannot be nested"},
		{"MAX(x)", "BYTES", "Max aggregate function does not support type: ''VARBINARY''."},
		{"LISTAGG(x, x)", "STRING", "Argument to function 'LISTAGG' must be a literal"},
		{"LISTAGG(x)", "INT", "Cannot apply 'LISTAGG' to arguments of type 'LISTAGG(<INTEGER>)'."},
		{"COUNT(x, x)", "INT", "We now only support the count of one field."},
		{"COUNT()", "INT", "Invalid number of arguments to function 'COUNT'. Was expecting 1 arguments"},
		{"MIN(x, x)", "INT", "Invalid number of arguments to function 'MIN'. Was expecting 1 arguments"},
		{"APPROX_COUNT_DISTINCT(x)", "INT", "APPROX_COUNT_DISTINCT aggregate function does not support yet for streaming."},
		{"SUM0(x)", "INT", "not supported by the embedded engine: the function SUM0"},
		{"COVAR_POP(x, x)", "INT", "No match found for function signature COVAR_POP(<NUMERIC>, <NUMERIC>)"},
		{"FIRST_VALUE(x)", "ARRAY<INT>", "not supported by the embedded engine: FIRST_VALUE of ARRAY<INT>"},
		{"COLLECT(x)", "DOUBLE", "not supported by the embedded engine: COLLECT of DOUBLE"},
		{"PERCENTILE(x, 2)", "INT", "Invalid function call:\nPERCENTILE(INT, INT NOT NULL)"},
		{"SUM(x) FILTER (WHERE x)", "INT", "FILTER clause must be a condition"},
	} {
		if _, _, err := resolved(t, c.call, c.of); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s of %s: got %v, want %s", c.call, c.of, err, c.want)
		}
	}
}

func TestEveryAggregateHasACase(t *testing.T) {
	for _, a := range aggregates.Aggregates {
		found := a.New == nil
		for _, c := range cases {
			found = found || strings.HasPrefix(c.call, a.Name+"(")
		}
		if !found {
			t.Errorf("%s: no case tells what it gives", a.Name)
		}
	}
}

// TestGroupings has rows of two grouping sets, a and b: the number of the set is
// behind the keys.
func TestGroupings(t *testing.T) {
	env := &expr.Env{Functions: functions.Builtin, Zone: time.UTC}
	columns := []expr.Column{{Name: "a", Type: types.String}, {Name: "b", Type: types.String}}
	keys := func(sets [][]bool) *expr.Group {
		g := &expr.Group{Keys: map[expr.ID]*expr.Expr{}, Sets: sets, Column: 3}
		for i, c := range columns {
			x := env.Ref(ast.Pos{}, i, c.Name, c.Type)
			g.Keys[x.ID] = x
		}
		return g
	}
	resolve := func(g *expr.Group, text string) (*expr.Expr, error) {
		e, err := parse.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		r := expr.NewResolver(env, &expr.Scope{Relations: []expr.Relation{{Columns: columns}}}, "")
		r.Group = g
		return r.Resolve(e)
	}
	sets := [][]bool{{true, false}, {false, true}}
	for text, want := range map[string]string{
		"GROUPING(a)": "0 1", "GROUPING(b)": "1 0", "GROUPING_ID(a, b)": "1 2", "GROUPING_ID(b, a)": "2 1",
	} {
		x, err := resolve(keys(sets), text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for set := range sets {
			v, err := x.Eval(value.Row{value.NULL, value.NULL, value.Int(int64(set))})
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(v.I))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"GROUPING()": "Was expecting 1 arguments", "GROUPING('x')": "must be a grouped expression", "GROUP_ID(a)": "GROUP_ID",
	} {
		if _, err := resolve(keys(nil), text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	for _, text := range []string{"GROUPING(a)", "GROUP_ID()"} {
		if x, err := resolve(keys(nil), text); err != nil {
			t.Error(err)
		} else if v, _ := x.Eval(value.Row{value.NULL, value.NULL}); v.I != 0 {
			t.Errorf("%s without sets: got %d, want 0", text, v.I)
		}
	}
}
