package operators

import (
	"time"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/calendar"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func timeArithmetic(r *expr.Resolver, pos ast.Pos, op string, l, rt *expr.Expr) (*expr.Expr, error) {
	if op == "+" && l.Type.IsInterval() && rt.Type.IsDatetime() {
		l, rt = rt, l
	}
	switch {
	case (op == "+" || op == "-") && l.Type.IsDatetime() && rt.Type.IsInterval():
		return addInterval(r, pos, op, l, rt)
	case (op == "+" || op == "-") && l.Type.IsInterval() && rt.Type.Root == l.Type.Root:
		t := l.Type.Null(l.Type.Nullable || rt.Type.Nullable)
		return r.Env.Node(pos, op, t, []*expr.Expr{l, rt}, intFn(op, l, rt, t)), nil
	case op == "*" && l.Type.IsInterval() && rt.Type.IsInt() && rt.Type.Root != types.Bigint, op == "*" &&
		rt.Type.IsInterval() && l.Type.IsInt() && l.Type.Root != types.Bigint:
		t := l.Type
		if rt.Type.IsInterval() {
			t = rt.Type
		}
		return r.Env.Node(pos, op, t.Null(l.Type.Nullable || rt.Type.Nullable), []*expr.Expr{
			l, rt,
		}, func(row value.Row) (value.Value, error) {
			a, b, ok, err := expr.Both(l, rt, row)
			if !ok {
				return value.NULL, err
			}
			return value.Int(a.I * b.I), nil
		}), nil
	case op == "/" && l.Type.IsInterval() && rt.Type.IsInt():
		return nil, expr.NoCode(pos, "/("+l.Type.String()+", "+rt.Type.String()+")")
	case (op == "+" || op == "-") && l.Type.IsInterval() && rt.Type.IsNumeric():
		return nil, expr.CannotApply(pos, op, "<"+l.Type.Calcite()+"> "+op+" <"+rt.Type.Calcite()+">", plusForms(op))
	case l.Type.IsInterval() && rt.Type.IsNumeric() || rt.Type.IsInterval() && l.Type.IsNumeric():
		return nil, sqlerr.Refuse(pos, "%s of an interval and a number", op)
	}
	return nil, expr.CannotApply(pos, op, "<"+l.Type.Calcite()+"> "+op+" <"+rt.Type.Calcite()+">", plusForms(op))
}

func addInterval(r *expr.Resolver, pos ast.Pos, op string, l, rt *expr.Expr) (*expr.Expr, error) {
	t := l.Type.OrNull(rt.Type.Nullable)
	t.Rowtime = false
	months := rt.Type.Root == types.IntervalMonths
	if months && l.Type.Root == types.Time {
		return nil, sqlerr.Refuse(pos, "months added to a TIME")
	}
	if l.Type.Root == types.TimestampLTZ && months && r.Env.Location() != time.UTC {
		return nil, sqlerr.Refuse(pos, "months added to a TIMESTAMP_LTZ")
	}
	sign := int64(1)
	if op == "-" {
		sign = -1
	}
	return r.Env.Node(pos, op, t, []*expr.Expr{l, rt}, func(row value.Row) (value.Value, error) {
		a, b, ok, err := expr.Both(l, rt, row)
		if !ok {
			return value.NULL, err
		}
		if months {
			return calendar.AddMonthsTo(a, t, sign*b.I), nil
		}
		if b.I%1000 != 0 && (t.Root == types.Time || t.IsTimestamp() && t.P < 3) {
			return value.NULL, sqlerr.RefuseRow("a fraction of a second added to %s", t)
		}
		return calendar.AddMillis(a, t, sign*b.I), nil
	}), nil
}

func concat(r *expr.Resolver, pos ast.Pos, l, rt *expr.Expr) (*expr.Expr, error) {
	if !l.Type.IsText() || !rt.Type.IsText() {
		if l.Type.IsBytes() && rt.Type.IsBytes() || l.Type.Root == types.Array || l.Type.IsText() && rt.Type.IsText() {
			return nil, sqlerr.Refuse(pos, "|| of %s and %s", l.Type, rt.Type)
		}
		return nil, expr.CannotApply(
			pos, "||", "<"+l.Type.Calcite()+"> || <"+rt.Type.Calcite()+">",
			"'<STRING> || <STRING>'\n'<EQUIVALENT_TYPE> || <EQUIVALENT_TYPE>'",
		)
	}
	t := types.Type{Root: types.Varchar, P: int(min(int64(l.Type.P)+int64(rt.Type.P), types.MaxLength))}
	if l.Type.Root == types.Char && rt.Type.Root == types.Char {
		t.Root = types.Char
	}
	t.Nullable = l.Type.Nullable || rt.Type.Nullable
	return r.Env.Node(pos, "||", t, []*expr.Expr{l, rt}, func(row value.Row) (value.Value, error) {
		a, b, ok, err := expr.Both(l, rt, row)
		if !ok {
			return value.NULL, err
		}
		if err := expr.Fits("||", int64(len(a.S)+len(b.S))); err != nil {
			return value.NULL, err
		}
		return value.Text(a.S + b.S), nil
	}), nil
}

// overlaps says whether two periods have a moment in common; the moment where
// one ends and the other begins is one.
func overlaps(r *expr.Resolver, b *ast.Binary) (*expr.Expr, error) {
	var ends [4]*expr.Expr
	for i, side := range []ast.Expr{b.L, b.R} {
		items, err := r.Values(side.(*ast.Row).Items)
		if err != nil {
			return nil, err
		}
		if items[1].Type.IsInterval() {
			if items[1], err = timeArithmetic(r, b.Pos, "+", items[0], items[1]); err != nil {
				return nil, err
			}
		}
		ends[2*i], ends[2*i+1] = items[0], items[1]
	}
	t := types.Of(types.Boolean)
	for _, x := range ends {
		if !x.Type.IsDatetime() || x.Type.Root != ends[0].Type.Root {
			return nil, sqlerr.Refuse(b.Pos, "OVERLAPS of %s and %s", ends[0].Type, x.Type)
		}
		t = t.OrNull(x.Type.Nullable)
	}
	root := ends[0].Type
	return r.Env.Node(b.Pos, "OVERLAPS", t, ends[:], expr.Strict(ends[:], func(vs expr.Args) (value.Value, error) {
		order := func(a, b value.Value) (value.Value, value.Value) {
			if value.Compare(root, a, b) > 0 {
				return b, a
			}
			return a, b
		}
		from1, to1 := order(vs[0], vs[1])
		from2, to2 := order(vs[2], vs[3])
		return value.Bool(value.Compare(root, to1, from2) >= 0 && value.Compare(root, to2, from1) >= 0), nil
	})), nil
}
