package expr

import (
	"errors"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/jsondoc"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// UnsupportedCall is Flink's complaint of a call that it has no code for.
func UnsupportedCall(c *parse.Call, args []*Expr) error {
	ts := make([]types.Type, len(args))
	for i, a := range args {
		ts[i] = a.Type
	}
	return NoCode(c.Pos, strings.ToUpper(c.Name)+"("+TypeList(ts)+")")
}

func NoCode(pos parse.Pos, call string) error {
	return &sqlerr.Error{
		Pos: pos, Class: "org.apache.flink.table.planner.codegen.CodeGenException",
		Message: "Unsupported call: " + call + " \nIf you think this function should be supported, you can create an issue and start a discussion for it.",
	}
}

func Clipped(s string) string {
	if len(s) > 200 {
		return s[:200]
	}
	return s
}

// isJSON resolves x IS JSON, which NULL is not.
func (r *Resolver) isJSON(e *parse.Is, x *Expr) (*Expr, error) {
	if !x.Type.IsText() {
		if x.IsNull() || e.What != "JSON" || e.Not {
			return nil, sqlerr.Refuse(e.Pos, "IS JSON of %s", x.Type)
		}
		return nil, CannotApply(e.Pos, "IS JSON VALUE", "<"+x.Type.Calcite()+"> IS JSON VALUE", "'<CHARACTER> IS JSON VALUE'")
	}
	return Fold(r.Env.Node(e.Pos, "IS "+e.What+notSuffix(e.Not), types.Of(types.Boolean), []*Expr{x}, func(row value.Row) (value.Value, error) {
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
	})), nil
}
