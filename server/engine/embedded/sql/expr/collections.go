package expr

import (
	"fmt"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// mapExpr resolves MAP[k, v, …].
func (r *Resolver) mapExpr(e *ast.Map) (*Expr, error) {
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
	return r.Env.Node(
		e.Pos, "MAP", t, append(append([]*Expr{}, keys...), values...),
		func(row value.Row) (value.Value, error) {
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
		},
	), nil
}

func (r *Resolver) row(e *ast.Row) (*Expr, error) {
	items, err := r.Values(e.Items)
	if err != nil {
		return nil, err
	}
	t := types.Type{Root: types.Row}
	for i, it := range items {
		t.Fields = append(t.Fields, types.Field{Name: fmt.Sprintf("EXPR$%d", i), Type: it.Type})
	}
	return r.Env.Node(e.Pos, "ROW", t, items, listOf(items)), nil
}

func (r *Resolver) array(e *ast.Array) (*Expr, error) {
	items, err := r.List(e.Items)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, sqlerr.Invalid(e.Pos, "Require at least 1 argument")
	}
	items, t, err := r.alike(e.Pos, items)
	if err != nil {
		return nil, err
	}
	return r.Env.Node(e.Pos, "ARRAY", types.Type{Root: types.Array, Elem: &t}, items, listOf(items)), nil
}

// alike brings the items of an ARRAY or a MAP to their common type.
func (r *Resolver) alike(pos ast.Pos, items []*Expr) ([]*Expr, types.Type, error) {
	ts := make([]types.Type, len(items))
	for i, it := range items {
		ts[i] = it.Type
	}
	if t, ok := types.Least(ts...); !ok || t.Root == types.Null {
		return nil, t, sqlerr.Invalid(pos, "Parameters must be of the same type")
	}
	return r.Unify(items, types.Least)
}

// Unify brings expressions to their common type; the error has no position.
func (r *Resolver) Unify(items []*Expr, common func(...types.Type) (types.Type, bool)) ([]*Expr, types.Type, error) {
	ts := make([]types.Type, len(items))
	for i, it := range items {
		ts[i] = it.Type
	}
	t, ok := common(ts...)
	if !ok {
		return nil, t, sqlerr.Refuse(items[0].Pos, "these types together: %s", TypeList(ts))
	}
	out := make([]*Expr, len(items))
	for i, it := range items {
		c, err := r.Coerce(it, t)
		if err != nil {
			return nil, t, err
		}
		out[i] = c
	}
	return out, t, nil
}
