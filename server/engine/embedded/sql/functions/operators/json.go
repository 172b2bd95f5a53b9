package operators

import (
	"errors"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/jsondoc"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// isJSON resolves x IS JSON, which NULL is not.
func isJSON(r *expr.Resolver, e *ast.Is, x *expr.Expr) (*expr.Expr, error) {
	if !x.Type.IsText() {
		if x.IsNull() || e.What != "JSON" || e.Not {
			return nil, sqlerr.Refuse(e.Pos, "IS JSON of %s", x.Type)
		}
		return nil, expr.CannotApply(
			e.Pos, "IS JSON VALUE", "<"+x.Type.Calcite()+"> IS JSON VALUE", "'<CHARACTER> IS JSON VALUE'",
		)
	}
	return r.Env.Folded(e.Pos, "IS "+e.What+notSuffix(e.Not), types.Of(types.Boolean), []*expr.Expr{
		x,
	}, func(row value.Row) (value.Value, error) {
		v, err := x.Eval(row)
		if err != nil || !v.Valid {
			return value.Bool(e.Not), err
		}
		n, err := jsondoc.Parse(v.S)
		if errors.Is(err, jsondoc.ErrTooLarge) {
			return value.NULL, sqlerr.RefuseRow("%v", err)
		}
		yes := err == nil
		switch {
		case !yes:
		case e.What == "JSON SCALAR":
			yes = n.Scalar()
		case e.What == "JSON ARRAY":
			yes = n.Kind == '['
		case e.What == "JSON OBJECT":
			yes = n.Kind == '{'
		}
		return value.Bool(yes != e.Not), nil
	}), nil
}
