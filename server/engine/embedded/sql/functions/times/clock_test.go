package times_test

import (
	"testing"

	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions"
	"drey/server/engine/embedded/sql/functions/functiontest"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// clocks read the time of functiontest, 2023-11-14 22:13:20.
var clocks = []functiontest.Case{
	{"CURRENT_DATE", "DATE NOT NULL", "2023-11-14"},
	{"CURRENT_TIME", "TIME(0) NOT NULL", "22:13:20"},
	{"LOCALTIME", "TIME(0) NOT NULL", "22:13:20"},
	{"LOCALTIMESTAMP", "TIMESTAMP(3) NOT NULL", "2023-11-14 22:13:20.000"},
	{"CURRENT_TIMESTAMP", "TIMESTAMP_LTZ(3) NOT NULL", "2023-11-14 22:13:20.000"},
	{"NOW()", "TIMESTAMP_LTZ(3) NOT NULL", "2023-11-14 22:13:20.000"},
	{"CURRENT_ROW_TIMESTAMP()", "TIMESTAMP_LTZ(3) NOT NULL", "2023-11-14 22:13:20.000"},
	{"PROCTIME()", "TIMESTAMP_LTZ(3) NOT NULL", "2023-11-14 22:13:20.000"},
	{"PROCTIME(1)", "", "not supported by the embedded engine: PROCTIME with arguments (line 1, column 8)"},
	{"NOW(1)", "", "Unsupported call: NOW(INT NOT NULL) \nIf you think this function should be supported, you can create an issue and start a discussion for it."},
	{"FLOOR(TIMESTAMP '2024-02-29 13:14:15.678' TO HOUR)", "TIMESTAMP(3) NOT NULL", "2024-02-29 13:00:00.000"},
	{"FLOOR(TIMESTAMP '2024-02-29 13:14:15.678' TO MONTH)", "TIMESTAMP(3) NOT NULL", "2024-02-01 00:00:00.000"},
	{"FLOOR(DATE '2024-05-17' TO QUARTER)", "DATE NOT NULL", "2024-04-01"},
	{"CEIL(TIMESTAMP '2024-02-29 13:14:15' TO DAY)", "TIMESTAMP(0) NOT NULL", "2024-03-01 00:00:00"},
	{"CEIL(DATE '2024-05-17' TO YEAR)", "DATE NOT NULL", "2025-01-01"},
	{"FLOOR(DATE '2024-05-17' TO HOUR)", "DATE NOT NULL", "2024-05-17"},
	{"TIMESTAMPADD(DAY, 3, DATE '2024-02-27')", "DATE NOT NULL", "2024-03-01"},
	{"TIMESTAMPADD(MONTH, 1, DATE '2024-01-31')", "DATE NOT NULL", "2024-02-29"},
	{"TIMESTAMPDIFF(MONTH, DATE '2024-01-31', DATE '2024-02-29')", "INT NOT NULL", "1"},
	{"TIMESTAMPDIFF(HOUR, TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-02 01:59:59')", "INT NOT NULL", "25"},
}

// windowed belong to the windows of GROUP BY, and are refused without.
var windowed = []functiontest.Case{
	refused("TUMBLE_START"), refused("TUMBLE_END"), refused("TUMBLE_ROWTIME"), refused("HOP_START"),
	refused("HOP_END"), refused("HOP_ROWTIME"),
	refused("SESSION_START"), refused("SESSION_END"), refused("SESSION_ROWTIME"),
	{
		"CURRENT_WATERMARK(TIMESTAMP '2024-01-01 00:00:00')", "",
		"SQL validation failed. Invalid function call:\nCURRENT_WATERMARK(TIMESTAMP(0) NOT NULL)",
	},
}

func refused(name string) functiontest.Case {
	return functiontest.Case{
		name + "(TIMESTAMP '2024-01-01 00:00:00', INTERVAL '1' HOUR)", "",
		"not supported by the embedded engine: " + name + " without windows in GROUP BY (line 1, column 8)",
	}
}

func TestClocks(t *testing.T) { functiontest.Run(t, clocks) }

func TestFunctionsOfWindowsWithoutWindows(t *testing.T) { functiontest.Run(t, windowed) }

// TestEdgesOfWindows has a scope with the columns that GROUP BY TUMBLE adds.
func TestEdgesOfWindows(t *testing.T) {
	stamp := types.Type{Root: types.Timestamp, P: 3}
	timed := stamp
	timed.Rowtime = true
	env := &expr.Env{Functions: functions.Builtin, Streaming: true}
	mark := expr.NewWatermark(false)
	scope := &expr.Scope{
		Relations: []expr.Relation{{Columns: []expr.Column{{Name: "ts", Type: timed}}}},
		Input:     expr.Input{Watermarks: []*expr.Watermark{mark}},
	}
	resolver := expr.NewResolver(env, scope, "")
	call := func(text string) *ast.Call {
		e, err := parse.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		return e.(*ast.Call)
	}
	name, args, err := resolver.WindowCall(call("TUMBLE(ts, INTERVAL '1' HOUR)"))
	if err != nil || len(args) != 2 {
		t.Fatalf("got %v, %v", args, err)
	}
	scope.Relations = append(scope.Relations, expr.Relation{Offset: 1, Columns: []expr.Column{
		{Name: "START" + name, Type: stamp}, {Name: "END" + name, Type: stamp},
	}})
	resolver.Group = &expr.Group{Keys: map[expr.ID]*expr.Expr{}}
	row := value.Row{value.Stamp(5, 0), value.Stamp(0, 0), value.Stamp(3600000, 0)}
	for text, want := range map[string]int64{
		"TUMBLE_START(ts, INTERVAL '1' HOUR)": 0, "TUMBLE_END(ts, INTERVAL '1' HOUR)": 3600000,
	} {
		x, err := resolver.Resolve(call(text))
		if err != nil {
			t.Fatal(err)
		}
		if v, err := x.Eval(row); err != nil || v.I != want {
			t.Errorf("%s: got %v, %v, want %d", text, v, err, want)
		}
	}
	if _, err := resolver.Resolve(call("HOP_END(ts, INTERVAL '1' HOUR)")); err == nil {
		t.Error("HOP_END of TUMBLE is taken")
	}
	plain := expr.NewResolver(env, scope, "")
	x, err := plain.Resolve(call("CURRENT_WATERMARK(ts)"))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := x.Eval(row); err != nil || v.Valid {
		t.Errorf("before the first watermark: got %v, %v, want NULL", v, err)
	}
	mark.Advance(77)
	if v, err := x.Eval(row); err != nil || v.I != 77 {
		t.Errorf("got %v, %v, want the watermark", v, err)
	}
}
