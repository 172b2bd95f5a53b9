package aggregates

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// percentileArgs resolves PERCENTILE(x, share) and PERCENTILE(x, ARRAY[share, …]).
func percentileArgs(r *expr.Resolver, c *ast.Call, _ *expr.Aggregate) (in expr.AggInput, err error) {
	args, err := anyArgs(r, c)
	if err != nil {
		return in, err
	}
	if len(args) != 2 || !args[0].Type.IsNumeric() || c.Distinct {
		return in, sqlerr.Refuse(c.Pos, "PERCENTILE with these arguments")
	}
	shares := []ast.Expr{c.Args[1]}
	if list, ok := c.Args[1].(*ast.Array); ok {
		shares, in.Extra = list.Items, args[1]
	}
	for _, e := range shares {
		x, err := r.Value(e)
		if err != nil {
			return in, err
		}
		if x.Literal == nil || !x.Type.IsNumeric() {
			return in, sqlerr.Refuse(x.Pos, "a share of PERCENTILE that is no constant")
		}
		f := numeric.AsFloat(*x.Literal, x.Type)
		if f < 0 || f > 1 {
			return in, expr.InvalidCall("PERCENTILE", args)
		}
		in.Shares = append(in.Shares, f)
	}
	x, t := args[0], args[0].Type
	in.Arg = r.Env.Node(
		c.Pos, "PERCENTILE", types.Of(types.Double).Null(t.Nullable), args,
		func(row value.Row) (value.Value, error) {
			v, err := x.Eval(row)
			if err != nil || !v.Valid {
				return value.NULL, err
			}
			return value.Float(numeric.AsFloat(v, t)), nil
		},
	)
	in.All = []*expr.Expr{in.Arg}
	return in, nil
}

func percentileType(_ *expr.Resolver, _ *ast.Call, a *expr.Agg) (types.Type, error) {
	t := types.Of(types.Double).Null(true)
	if a.Extra != nil {
		elem := t
		t = types.Type{Root: types.Array, Elem: &elem, Nullable: true}
	}
	return t, nil
}

func newPercentile(a *expr.Agg, _ bool, b *state.Budget) state.Accumulator {
	return &percentile{shares: a.Shares, list: a.Extra != nil, budget: b}
}
