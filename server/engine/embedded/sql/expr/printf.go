package expr

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// printf resolves PRINTF: what Java's formatter complains of is NULL.
func printf(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return nil, r.noSignature(c, args, "PRINTF(format <CHARACTER_STRING>, obj <ANY>...)")
	}
	if !args[0].Type.IsText() {
		return nil, invalidCall(c.Name, args)
	}
	return Fold(r.Env.node(c.Pos, "PRINTF", types.String.Null(true), args, func(row value.Row) (value.Value, error) {
		vs, err := computed(args, row)
		if err != nil || !vs[0].Valid {
			return value.NULL, err
		}
		text, ok, err := java.Format(vs[0].S, argTypes(args[1:]), vs[1:])
		if err != nil || !ok {
			return value.NULL, err
		}
		return value.Text(text), nil
	})), nil
}
