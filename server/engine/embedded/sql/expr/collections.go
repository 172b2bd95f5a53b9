package expr

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// cardinality resolves CARDINALITY of an ARRAY or a MAP.
func cardinality(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if err := count(c, args, 1); err != nil {
		return nil, err
	}
	x := args[0]
	switch x.Type.Root {
	case types.Array, types.Map:
	case types.Multiset:
		return nil, sqlerr.Refuse(c.Pos, "CARDINALITY of %s", x.Type)
	default:
		return nil, cannotApply(c.Pos, "CARDINALITY", "CARDINALITY("+signature(args)+")", "'CARDINALITY(<MULTISET>)'\n'CARDINALITY(<ARRAY>)'\n'CARDINALITY(<MAP>)'")
	}
	t := types.Of(types.Integer).Null(x.Type.Nullable)
	return Fold(r.Env.node(c.Pos, "CARDINALITY", t, args, strict(args, func(vs []value.Value) (value.Value, error) {
		if x.Type.Root == types.Map {
			return value.Int(int64(len(vs[0].Entries()))), nil
		}
		return value.Int(int64(len(vs[0].Items()))), nil
	}))), nil
}

// element resolves ELEMENT: the only element of an ARRAY.
func element(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) != 1 || args[0].Type.Root != types.Array {
		if len(args) == 1 && args[0].Type.Root != types.Multiset {
			return nil, cannotApply(c.Pos, "ELEMENT", "ELEMENT("+signature(args)+")", "'ELEMENT(<MULTISET>)'\n'ELEMENT(<ARRAY>)'")
		}
		return nil, sqlerr.Refuse(c.Pos, "ELEMENT with these arguments")
	}
	return r.Env.node(c.Pos, "ELEMENT", args[0].Type.Elem.OrNull(args[0].Type.Nullable), args, strict(args, func(vs []value.Value) (value.Value, error) {
		switch items := vs[0].Items(); len(items) {
		case 0:
			return value.NULL, nil
		case 1:
			return items[0], nil
		}
		return value.NULL, sqlerr.Fail("java.lang.RuntimeException", "Array has more than one element.")
	})), nil
}
