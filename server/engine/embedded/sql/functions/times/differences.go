package times

import (
	"time"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/calendar"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// withUnit resolves TIMESTAMPADD and TIMESTAMPDIFF, whose first argument is a unit.
func withUnit(
	resolve func(r *expr.Resolver, c *ast.Call, unit string, args []*expr.Expr) (*expr.Expr, error),
) func(*expr.Resolver, *expr.Function, *ast.Call) (*expr.Expr, error) {
	return func(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
		if len(c.Args) != 3 {
			return nil, sqlerr.Refuse(c.Pos, "%s with %d arguments", f.Name, len(c.Args))
		}
		unit, ok := c.Args[0].(*ast.Symbol)
		if !ok || calendar.UnitMillis[unit.Word] == 0 && calendar.UnitMonths[unit.Word] == 0 {
			if ok && calendar.NoUnit(unit.Word) {
				return nil, sqlerr.Invalid(unit.Pos, "'%s' is not a valid time frame", unit.Word)
			}
			return nil, sqlerr.Refuse(c.Pos, "this unit of %s", f.Name)
		}
		args, err := r.Values(c.Args[1:])
		if err != nil {
			return nil, err
		}
		return resolve(r, c, unit.Word, args)
	}
}

func timestampDiff(r *expr.Resolver, c *ast.Call, unit string, args []*expr.Expr) (*expr.Expr, error) {
	for _, a := range args {
		if a.Type.Root != types.Date && !a.Type.IsTimestamp() ||
			args[0].Type.Root == types.TimestampLTZ != (a.Type.Root == types.TimestampLTZ) {
			return nil, noDifference(c, unit, a, args)
		}
	}
	t := types.Of(types.Integer).Null(args[0].Type.Nullable || args[1].Type.Nullable)
	return r.Env.Folded(c.Pos, "TIMESTAMPDIFF "+unit, t, args, expr.Strict(args, func(vs expr.Args) (value.Value, error) {
		from, to := calendar.MillisOf(vs[0], args[0].Type), calendar.MillisOf(vs[1], args[1].Type)
		if m, ok := calendar.UnitMonths[unit]; ok {
			return value.Int(numeric.WrapInt(calendar.MonthsBetween(to, from)/m, types.Integer)), nil
		}
		return value.Int(numeric.WrapInt((to-from)/calendar.UnitMillis[unit], types.Integer)), nil
	})), nil
}

// noDifference is the complaint of what is no time, or a time of another kind.
func noDifference(c *ast.Call, unit string, a *expr.Expr, args []*expr.Expr) error {
	if a.Type.Root == types.Time && args[0].Type.Root == types.Time {
		return &sqlerr.Error{
			Pos: c.Pos, Class: "scala.MatchError",
			Message: "(TIME_WITHOUT_TIME_ZONE,TIME_WITHOUT_TIME_ZONE) (of class scala.Tuple2)",
		}
	}
	if a.Type.IsNumeric() || a.Type.IsText() || a.Type.Root == types.Boolean {
		return expr.CannotApply(
			c.Pos, "TIMESTAMPDIFF", "TIMESTAMPDIFF(<INTERVAL "+unit+">, "+expr.Signature(args)+")",
			"'TIMESTAMPDIFF(<ANY>, <DATETIME>, <DATETIME>)'",
		)
	}
	return sqlerr.Refuse(c.Pos, "TIMESTAMPDIFF of %s", a.Type)
}

func timestampAdd(r *expr.Resolver, c *ast.Call, unit string, args []*expr.Expr) (*expr.Expr, error) {
	n, x := args[0], args[1]
	days := unit == "DAY" || unit == "WEEK" || calendar.UnitMonths[unit] > 0
	switch {
	case !n.Type.IsInt() || x.Type.IsText() || x.Type.IsNumeric():
		return nil, expr.CannotApply(
			c.Pos, "TIMESTAMPADD", "TIMESTAMPADD(<INTERVAL "+unit+">, "+expr.Signature(args)+")",
			"'TIMESTAMPADD(<ANY>, <INTEGER>, <DATETIME>)'",
		)
	case !x.Type.IsDatetime() ||
		x.Type.Root == types.TimestampLTZ && calendar.UnitMonths[unit] > 0 && r.Env.Location() != time.UTC:
		return nil, sqlerr.Refuse(c.Pos, "TIMESTAMPADD of %s and %s", n.Type, x.Type)
	case x.Type.Root == types.Time && days: // it has no days
		return x, nil
	case x.Type.Root == types.Date && !days:
		var err error
		if x, err = r.CastTo(x.Pos, x, types.Type{Root: types.Timestamp, P: 6}, false); err != nil {
			return nil, err
		}
		args = []*expr.Expr{n, x}
	}
	t := x.Type.OrNull(n.Type.Nullable)
	t.Rowtime = false
	return r.Env.Folded(c.Pos, "TIMESTAMPADD "+unit, t, args, expr.Strict(args, func(vs expr.Args) (value.Value, error) {
		if m, ok := calendar.UnitMonths[unit]; ok {
			return calendar.AddMonthsTo(vs[1], t, vs[0].I*m), nil
		}
		return calendar.AddMillis(vs[1], t, vs[0].I*calendar.UnitMillis[unit]), nil
	})), nil
}

// difference resolves (a - b) UNIT: the interval between two times.
func difference(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	if len(c.Args) != 3 {
		return nil, sqlerr.Refuse(c.Pos, "%s written this way", f.Name)
	}
	symbol, ok := c.Args[0].(*ast.Symbol)
	if !ok {
		return nil, sqlerr.Refuse(c.Pos, "%s written this way", f.Name)
	}
	unit := symbol.Word
	args, err := r.Values(c.Args[1:])
	if err != nil {
		return nil, err
	}
	a, b := args[0].Type, args[1].Type
	if a.Root != b.Root || a.Root != types.Date && a.Root != types.Timestamp || calendar.UnitMillis[unit] == 0 {
		return nil, sqlerr.Refuse(c.Pos, "the difference of %s and %s in %s", a, b, unit)
	}
	scale := int64(1)
	if a.Root == types.Date {
		scale = 86400000
	}
	t := types.Of(types.IntervalMillis).Null(a.Nullable || b.Nullable)
	return r.Env.Folded(c.Pos, "DIFFERENCE "+unit, t, args, expr.Strict(args, func(vs expr.Args) (value.Value, error) {
		d := (vs[0].I - vs[1].I) * scale
		if d%calendar.UnitMillis[unit] != 0 || vs[0].N != 0 || vs[1].N != 0 {
			return value.NULL, sqlerr.RefuseRow("a difference that is no number of whole %sS", unit)
		}
		return value.Int(d), nil
	})), nil
}
