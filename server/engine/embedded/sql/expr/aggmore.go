package expr

import (
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/jsondoc"
	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// jsonAggregate resolves JSON_ARRAYAGG and JSON_OBJECTAGG: their argument is
// the JSON text of an item, or of a key and its value.
func (r *Resolver) jsonAggregate(c *parse.Call, a *Agg) (*Agg, int, error) {
	object := a.Name == "JSON_OBJECTAGG"
	want := 1
	if object {
		want = 2
	}
	if c.JSON == nil || len(c.Args) != want || c.Distinct {
		return nil, 0, sqlerr.Refuse(c.Pos, "%s written this way", a.Name)
	}
	absent := c.JSON.OnNull == "ABSENT" || c.JSON.OnNull == "" && !object
	var raw bool
	item, err := r.jsonPart(c.Args[want-1], &raw)
	if err != nil {
		return nil, 0, err
	}
	if item.IsNull() {
		return nil, 0, sqlerr.Refuse(item.Pos, "NULL as an item of JSON")
	}
	if err := jsonable(c.Pos, item.Type); err != nil {
		return nil, 0, err
	}
	args := []*X{item}
	if object {
		key, err := r.Value(c.Args[0])
		if err != nil {
			return nil, 0, err
		}
		if args = []*X{key, item}; !key.Type.IsText() {
			name := a.Name + "_NULL_ON_NULL"
			if absent {
				name = a.Name + "_ABSENT_ON_NULL"
			}
			return nil, 0, cannotApply(c.Pos, name, name+"("+signature(args)+")", "'"+name+"(<CHARACTER>, <ANY>)'")
		}
	}
	a.Arg = r.Env.node(c.Pos, a.Name+c.JSON.OnNull, types.String.Null(absent), args, func(row value.Row) (value.Value, error) {
		vs, err := computed(args, row)
		if err != nil {
			return value.NULL, err
		}
		return jsonItem(vs, item.Type, raw, absent)
	})
	return r.filtered(c, a, []*X{a.Arg})
}

// jsonItem is the text of the last value; behind the key, when there is one.
func jsonItem(vs []value.Value, t types.Type, raw, absent bool) (value.Value, error) {
	v := vs[len(vs)-1]
	if !v.Valid && absent {
		return value.NULL, nil
	}
	n, err := rawJSON(v, t, raw)
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

// JSONText is a text as JSON has it.
func JSONText(s string) string {
	var b strings.Builder
	jsondoc.Quote(&b, s)
	return b.String()
}

// percentile resolves PERCENTILE(x, share) and PERCENTILE(x, ARRAY[share, …]).
func (r *Resolver) percentile(c *parse.Call, a *Agg, args []*X) (*Agg, int, error) {
	if len(args) != 2 || !args[0].Type.IsNumeric() || c.Distinct {
		return nil, 0, sqlerr.Refuse(c.Pos, "PERCENTILE with these arguments")
	}
	shares := []parse.Expr{c.Args[1]}
	if list, ok := c.Args[1].(*parse.Array); ok {
		shares, a.Extra = list.Items, args[1]
	}
	for _, e := range shares {
		x, err := r.Value(e)
		if err != nil {
			return nil, 0, err
		}
		if x.Lit == nil || !x.Type.IsNumeric() {
			return nil, 0, sqlerr.Refuse(x.Pos, "a share of PERCENTILE that is no constant")
		}
		f := numeric.AsFloat(*x.Lit, x.Type)
		if f < 0 || f > 1 {
			return nil, 0, invalidCall("PERCENTILE", args)
		}
		a.Shares = append(a.Shares, f)
	}
	x, t := args[0], args[0].Type
	a.Arg = r.Env.node(c.Pos, "PERCENTILE", types.Of(types.Double).Null(t.Nullable), args, func(row value.Row) (value.Value, error) {
		v, err := x.Fn(row)
		if err != nil || !v.Valid {
			return value.NULL, err
		}
		return value.Float(numeric.AsFloat(v, t)), nil
	})
	return r.filtered(c, a, []*X{a.Arg})
}
