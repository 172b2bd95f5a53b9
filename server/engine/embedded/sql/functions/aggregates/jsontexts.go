package aggregates

import (
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions/jsons"
	"drey/server/engine/embedded/sql/jsondoc"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// objectArgs resolves the key and the value of JSON_OBJECTAGG, and arrayArgs the
// item of JSON_ARRAYAGG. What is computed from is the JSON text of an item, or
// of a key and its value.
func objectArgs(r *expr.Resolver, c *ast.Call, of *expr.Aggregate) (expr.AggInput, error) {
	return jsonArgs(r, c, of, 2)
}

func arrayArgs(r *expr.Resolver, c *ast.Call, of *expr.Aggregate) (expr.AggInput, error) {
	return jsonArgs(r, c, of, 1)
}

func jsonArgs(r *expr.Resolver, c *ast.Call, of *expr.Aggregate, want int) (expr.AggInput, error) {
	if len(c.Args) == 1 {
		if star, is := c.Args[0].(*ast.Star); is {
			return expr.AggInput{}, sqlerr.Invalid(star.Pos, "Unknown identifier '*'")
		}
	}
	object := want == 2
	if c.JSON == nil || len(c.Args) != want || c.Distinct {
		return expr.AggInput{}, sqlerr.Refuse(c.Pos, "%s written this way", of.Name)
	}
	absent := c.JSON.OnNull == "ABSENT" || c.JSON.OnNull == "" && !object
	item, raw, err := jsons.Member(r, c.Args[want-1])
	if err != nil {
		return expr.AggInput{}, err
	}
	if item.IsNull() {
		return expr.AggInput{}, sqlerr.Refuse(item.Pos, "NULL as an item of JSON")
	}
	if err := jsons.Convertible(c.Pos, item.Type); err != nil {
		return expr.AggInput{}, err
	}
	args := []*expr.Expr{item}
	if object {
		key, err := r.Value(c.Args[0])
		if err != nil {
			return expr.AggInput{}, err
		}
		if args = []*expr.Expr{key, item}; !key.Type.IsText() {
			name := of.Name + "_NULL_ON_NULL"
			if absent {
				name = of.Name + "_ABSENT_ON_NULL"
			}
			return expr.AggInput{}, expr.CannotApply(
				c.Pos, name, name+"("+expr.Signature(args)+")", "'"+name+"(<CHARACTER>, <ANY>)'",
			)
		}
	}
	text := r.Env.Node(
		c.Pos, of.Name+c.JSON.OnNull, types.String.Null(absent), args,
		func(row value.Row) (value.Value, error) {
			vs, err := expr.EvalAll(args, row)
			if err != nil {
				return value.NULL, err
			}
			return jsonItem(vs, item.Type, raw, absent)
		},
	)
	return expr.AggInput{Arg: text, All: []*expr.Expr{text}}, nil
}

// jsonItem is the text of the last value; behind the key, when there is one.
func jsonItem(vs []value.Value, t types.Type, raw, absent bool) (value.Value, error) {
	v := vs[len(vs)-1]
	if !v.Valid && absent {
		return value.NULL, nil
	}
	n, err := jsons.Document(v, t, raw)
	if err != nil {
		return value.NULL, err
	}
	text := value.Text(n.String())
	if len(vs) == 1 {
		return text, nil
	}
	if !vs[0].Valid {
		return value.NULL, sqlerr.RefuseRow("a key of JSON that is NULL")
	}
	return value.List([]value.Value{vs[0], text}), nil
}

func jsonType(*expr.Resolver, *ast.Call, *expr.Agg) (types.Type, error) {
	return types.Text(2000), nil
}

func newJSONItems(_ *expr.Agg, _ bool, b *state.Budget) state.Accumulator {
	return &jsonItems{budget: b}
}

func newJSONMembers(_ *expr.Agg, _ bool, b *state.Budget) state.Accumulator {
	return &jsonMembers{seen: map[string]string{}, budget: b}
}

// JSONText is a text as JSON has it.
func JSONText(s string) string {
	var b strings.Builder
	jsondoc.Quote(&b, s)
	return b.String()
}
