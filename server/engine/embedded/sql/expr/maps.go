package expr

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// mapExpr resolves MAP[k, v, …].
func (r *Resolver) mapExpr(e *parse.Map) (*Expr, error) {
	items, err := r.List(e.Items)
	if err != nil {
		return nil, err
	}
	switch {
	case len(items) == 0:
		return nil, sqlerr.Invalid(e.Pos, "Map requires at least 2 arguments")
	case len(items)%2 != 0:
		return nil, sqlerr.Invalid(e.Pos, "Map requires an even number of arguments")
	}
	var keys, values []*Expr
	nulls := 0
	for i, it := range items {
		if i%2 == 0 {
			keys = append(keys, it)
			continue
		}
		if values = append(values, it); it.IsNull() {
			nulls++
		}
	}
	if keys[0].IsNull() || nulls > 0 && nulls < len(values) {
		return nil, sqlerr.Invalid(e.Pos, "Parameters must be of the same type")
	}
	keys, kt, err := r.alike(e.Pos, keys)
	if err != nil {
		return nil, err
	}
	vt := kt.Null(true) // of nothing but NULL
	if nulls == 0 {
		values, vt, err = r.alike(e.Pos, values)
	}
	if err != nil {
		return nil, err
	}
	t := types.Type{Root: types.Map, Key: &kt, Elem: &vt}
	return r.Env.Node(e.Pos, "MAP", t, append(append([]*Expr{}, keys...), values...), func(row value.Row) (value.Value, error) {
		entries := make([]value.Entry, len(keys))
		for i := range keys {
			k, err := keys[i].Eval(row)
			if err != nil {
				return k, err
			}
			v, err := values[i].Eval(row)
			if err != nil {
				return v, err
			}
			entries[i] = value.Entry{Key: k, Value: v}
		}
		return value.MapOf(kt, entries), nil
	}), nil
}
