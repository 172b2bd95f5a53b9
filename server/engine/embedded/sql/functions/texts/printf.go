package texts

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// printf resolves PRINTF: what Java's formatter complains of is NULL.
func printf(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return nil, r.NoSignature(c, args, "PRINTF(format <CHARACTER_STRING>, obj <ANY>...)")
	}
	if !args[0].Type.IsText() {
		return nil, expr.InvalidCall(f.Name, args)
	}
	return r.Env.Folded(c.Pos, "PRINTF", types.String.Null(true), args, func(row value.Row) (value.Value, error) {
		vs, err := expr.EvalAll(args, row)
		if err != nil || !vs[0].Valid {
			return value.NULL, err
		}
		text, ok, err := java.Format(vs[0].S, expr.TypesOf(args[1:]), vs[1:])
		if err != nil || !ok {
			return value.NULL, err
		}
		return value.Text(text), nil
	}), nil
}
