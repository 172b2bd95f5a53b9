package times

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/calendar"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// part resolves one of YEAR(t), MONTH(t) and so on, which are EXTRACT for Flink.
func part(unit string) func(*expr.Resolver, *expr.Function, *ast.Call) (*expr.Expr, error) {
	o := &expr.Overload{
		Args: []expr.Param{expr.Datetime}, Type: expr.BigintResult,
		Eval: func(e *expr.Env, v expr.Args, t []types.Type) (value.Value, error) {
			return calendar.Extract(e.Location(), unit, v[0], t[0])
		},
	}
	return func(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
		args, err := r.Values(c.Args)
		switch {
		case err != nil:
			return nil, err
		case len(args) != 1:
			return nil, sqlerr.Refuse(c.Pos, "%s with %d arguments", f.Name, len(args))
		case args[0].Type.IsText() || args[0].Type.IsNumeric():
			return nil, extractOf(c.Pos, unit, args[0].Type)
		case !args[0].Type.IsDatetime():
			return nil, sqlerr.Refuse(c.Pos, "%s(%s)", f.Name, expr.Signature(args))
		}
		return r.Apply(c.Pos, f.Name, o, args)
	}
}

// extractOf is Flink's complaint of what nothing can be extracted from.
func extractOf(pos ast.Pos, unit string, t types.Type) error {
	switch unit {
	case "DOY", "DOW", "ISODOW", "ISOYEAR", "EPOCH":
		return sqlerr.Refuse(pos, "EXTRACT of %s from %s", unit, t)
	}
	return expr.CannotApply(
		pos, "EXTRACT", "EXTRACT(<INTERVAL "+unit+"> FROM <"+t.Calcite()+">)",
		"'EXTRACT(<DATETIME_INTERVAL> FROM <DATETIME_INTERVAL>)'\n'EXTRACT(<DATETIME_INTERVAL> FROM <DATETIME>)'",
	)
}

// extractCall resolves EXTRACT(unit FROM t).
func extractCall(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	unit := c.Args[0].(*ast.Symbol)
	x, err := r.Value(c.Args[1])
	if err != nil {
		return nil, err
	}
	if !calendar.ExtractUnits[unit.Word] {
		if calendar.NoUnit(unit.Word) {
			return nil, sqlerr.Invalid(unit.Pos, "'%s' is not a valid time frame", unit.Word)
		}
		return nil, sqlerr.Refuse(c.Pos, "EXTRACT of %s", unit.Word)
	}
	if x.Type.IsText() || x.Type.IsNumeric() || x.Type.Root == types.Boolean || x.Type.Root == types.Array {
		return nil, extractOf(c.Pos, unit.Word, x.Type)
	}
	days := x.Type.Root == types.IntervalMillis && (unit.Word == "DAY" || calendar.ClockUnits[unit.Word])
	months := x.Type.Root == types.IntervalMonths && (unit.Word == "YEAR" || unit.Word == "MONTH")
	switch {
	case x.Type.Root == types.Time && (unit.Word == "YEAR" || unit.Word == "QUARTER" || unit.Word == "MONTH" ||
		unit.Word == "DAY"):
		return nil, &sqlerr.Error{
			Pos: c.Pos, Class: sqlerr.ClassTable, Message: "unit " + unit.Word + " can not be applied to time variable",
		}
	case !x.Type.IsDatetime() && !days && !months || x.Type.Root == types.Time && !calendar.ClockUnits[unit.Word]:
		return nil, sqlerr.Refuse(c.Pos, "EXTRACT of %s from %s", unit.Word, x.Type)
	}
	t := types.Of(types.Bigint).Null(x.Type.Nullable)
	return r.Env.Folded(c.Pos, "EXTRACT "+unit.Word, t, []*expr.Expr{x}, func(row value.Row) (value.Value, error) {
		v, err := x.Eval(row)
		if err != nil || !v.Valid {
			return value.NULL, err
		}
		return calendar.Extract(r.Env.Location(), unit.Word, v, x.Type)
	}), nil
}

// FloorTo resolves FLOOR(t TO unit) and CEIL(t TO unit).
func FloorTo(r *expr.Resolver, c *ast.Call, name string, unit *ast.Symbol, up bool) (*expr.Expr, error) {
	x, err := r.Value(c.Args[0])
	if err != nil {
		return nil, err
	}
	if x.Type.IsText() || x.Type.IsNumeric() {
		return nil, expr.CannotApply(c.Pos, name, name+"(<"+x.Type.Calcite()+">, <INTERVAL "+unit.Word+">)",
			"'"+name+"(<NUMERIC>)'\n'"+name+"(<DATETIME_INTERVAL>)'\n'"+name+"(<DATE> TO <TIME_UNIT>)'\n'"+name+
				"(<TIME> TO <TIME_UNIT>)'\n'"+name+"(<TIMESTAMP> TO <TIME_UNIT>)'")
	}
	if !x.Type.IsDatetime() || x.Type.Root == types.Time && (!calendar.ClockUnits[unit.Word] && unit.Word != "DAY" ||
		unit.Word == "MILLISECOND") {
		return nil, sqlerr.Refuse(c.Pos, "%s of %s", name, x.Type)
	}
	if x.Type.Root == types.Time && unit.Word == "DAY" && !up { // it has none
		return x, nil
	}
	if calendar.IndexOf(
		[]string{
			"MILLENNIUM", "CENTURY", "DECADE", "YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND",
		},
		unit.Word,
	) < 0 {
		if calendar.NoUnit(unit.Word) {
			return nil, sqlerr.Invalid(unit.Pos, "'%s' is not a valid time frame", unit.Word)
		}
		return nil, sqlerr.Refuse(c.Pos, "%s to %s", name, unit.Word)
	}
	if x.Type.Root == types.Date && calendar.ClockUnits[unit.Word] {
		return x, nil
	}
	t := x.Type
	t.Rowtime = false
	return r.Env.Folded(c.Pos, name+" "+unit.Word, t, []*expr.Expr{x}, func(row value.Row) (value.Value, error) {
		v, err := x.Eval(row)
		if err != nil || !v.Valid {
			return value.NULL, err
		}
		scale := int64(1)
		if t.Root == types.Date {
			scale = 86400000
		}
		at := calendar.WallClockOf(r.Env.Location(), v, t).I * scale
		low := calendar.FloorMillis(at, unit.Word)
		if up && (low != at || v.N > 0) {
			low = calendar.NextMillis(low, unit.Word)
		}
		if t.Root == types.TimestampLTZ {
			return calendar.Instant(r.Env.Location(), value.Stamp(low, 0)), nil
		}
		return value.Stamp(low/scale, 0), nil
	}), nil
}
