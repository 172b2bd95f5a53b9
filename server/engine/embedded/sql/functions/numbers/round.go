package numbers

import (
	"github.com/cockroachdb/apd/v3"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions/times"
	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// rounding resolves ROUND and TRUNCATE.
func rounding(mode apd.Rounder) func(*expr.Resolver, *expr.Function, *ast.Call) (*expr.Expr, error) {
	return func(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
		args, places, err := roundArgs(r, f, c)
		if err != nil {
			return nil, err
		}
		x := args[0]
		t := x.Type
		if t.Root == types.Decimal {
			t = types.Round(t, places)
		}
		if t.Root == types.Float {
			return nil, sqlerr.Refuse(c.Pos, "%s of %s", f.Name, t)
		}
		return r.Env.Folded(c.Pos, f.Name, t, args, func(row value.Row) (value.Value, error) {
			v, err := x.Eval(row)
			if err != nil || !v.Valid {
				return value.NULL, err
			}
			return numeric.Round(v, x.Type, t, places, mode)
		}), nil
	}
}

// roundArgs gives the number of digits besides the arguments.
func roundArgs(r *expr.Resolver, f *expr.Function, c *ast.Call) (args []*expr.Expr, places int, err error) {
	if args, err = r.Values(c.Args); err != nil {
		return nil, 0, err
	}
	if len(args) < 1 || len(args) > 2 {
		return nil, 0, sqlerr.Invalid(
			c.Pos, "Invalid number of arguments to function '%s'. Was expecting 1 arguments", f.Name,
		)
	}
	if !args[0].Type.IsNumeric() || len(args) == 2 && !args[1].Type.IsInt() {
		return nil, 0, expr.CannotApply(
			c.Pos, f.Name, f.Name+"("+expr.Signature(args)+")", "'"+f.Name+"(<NUMERIC>, <INTEGER>)'",
		)
	}
	if len(args) == 1 {
		return args, 0, nil
	}
	if args[1].Literal == nil || !args[1].Literal.Valid || args[1].Literal.I > 100 || args[1].Literal.I < -100 {
		return nil, 0, sqlerr.Refuse(c.Pos, "%s to a computed number of digits", f.Name)
	}
	return args, int(args[1].Literal.I), nil
}

// whole resolves FLOOR and CEIL: of numbers, or of times to a unit.
func whole(mode apd.Rounder, float func(float64) float64, up bool) func(
	*expr.Resolver, *expr.Function, *ast.Call,
) (*expr.Expr, error) {
	return func(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
		if len(c.Args) == 2 {
			if unit, ok := c.Args[1].(*ast.Symbol); ok {
				return times.FloorTo(r, c, f.Name, unit, up)
			}
		}
		args, err := r.Values(c.Args)
		if err != nil {
			return nil, err
		}
		if len(args) != 1 {
			return nil, sqlerr.Invalid(
				c.Pos, "Invalid number of arguments to function '%s'. Was expecting 1 arguments", f.Name,
			)
		}
		x := args[0]
		if !x.Type.IsNumeric() {
			return nil, expr.CannotApply(c.Pos, f.Name, f.Name+"("+expr.Signature(args)+")", "'"+f.Name+"(<NUMERIC>)'")
		}
		t := x.Type
		if t.Root == types.Decimal {
			t = types.Dec(t.P, 0).Null(t.Nullable)
		}
		return r.Env.Folded(c.Pos, f.Name, t, args, func(row value.Row) (value.Value, error) {
			v, err := x.Eval(row)
			if err != nil || !v.Valid || t.IsInt() {
				return v, err
			}
			if t.IsApprox() {
				return value.Float(float(v.F())), nil
			}
			return numeric.Round(v, x.Type, t, 0, mode)
		}), nil
	}
}
