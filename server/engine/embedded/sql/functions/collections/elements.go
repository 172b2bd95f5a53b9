package collections

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// cardinality resolves CARDINALITY of an ARRAY or a MAP.
func cardinality(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	if err := expr.WantArgs(c, args, 1); err != nil {
		return nil, err
	}
	x := args[0]
	switch x.Type.Root {
	case types.Array, types.Map:
	case types.Multiset:
		return nil, sqlerr.Refuse(c.Pos, "CARDINALITY of %s", x.Type)
	default:
		return nil, expr.CannotApply(
			c.Pos, "CARDINALITY", "CARDINALITY("+expr.Signature(args)+")",
			"'CARDINALITY(<MULTISET>)'\n'CARDINALITY(<ARRAY>)'\n'CARDINALITY(<MAP>)'",
		)
	}
	t := types.Of(types.Integer).Null(x.Type.Nullable)
	return r.Env.Folded(c.Pos, "CARDINALITY", t, args, expr.Strict(args, func(vs expr.Args) (value.Value, error) {
		if x.Type.Root == types.Map {
			return value.Int(int64(len(vs[0].Entries()))), nil
		}
		return value.Int(int64(len(vs[0].Items()))), nil
	})), nil
}

// element resolves ELEMENT: the only element of an ARRAY.
func element(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) != 1 || args[0].Type.Root != types.Array {
		if len(args) == 1 && args[0].Type.Root != types.Multiset {
			return nil, expr.CannotApply(
				c.Pos, "ELEMENT", "ELEMENT("+expr.Signature(args)+")", "'ELEMENT(<MULTISET>)'\n'ELEMENT(<ARRAY>)'",
			)
		}
		return nil, sqlerr.Refuse(c.Pos, "ELEMENT with these arguments")
	}
	return r.Env.Node(
		c.Pos, "ELEMENT", args[0].Type.Elem.OrNull(args[0].Type.Nullable), args,
		expr.Strict(args, func(vs expr.Args) (value.Value, error) {
			switch items := vs[0].Items(); len(items) {
			case 0:
				return value.NULL, nil
			case 1:
				return items[0], nil
			}
			return value.NULL, sqlerr.Fail("java.lang.RuntimeException", "Array has more than one element.")
		}),
	), nil
}
