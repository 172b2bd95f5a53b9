package expr

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
)

func (r *Resolver) mapExpr(e *parse.Map) (*X, error) {
	items, err := r.list(e.Items)
	if err != nil {
		return nil, err
	}
	switch {
	case len(items) == 0:
		return nil, Invalid(e.Pos, "Map requires at least 2 arguments")
	case len(items)%2 != 0:
		return nil, Invalid(e.Pos, "Map requires an even number of arguments")
	}
	if len(items) != 2 {
		return nil, Refuse(e.Pos, "a MAP with other than one entry")
	}
	k, v := items[0], items[1]
	if k.IsNull() || v.IsNull() {
		return nil, Refuse(e.Pos, "NULL in a MAP")
	}
	t := types.Type{Root: types.Map, Key: &k.Type, Elem: &v.Type}
	return r.Env.node(e.Pos, "MAP", t, items, func(row value.Row) (value.Value, error) {
		kv, err := k.Fn(row)
		if err != nil {
			return kv, err
		}
		vv, err := v.Fn(row)
		return value.Value{Valid: true, R: []value.Entry{{Key: kv, Value: vv}}}, err
	}), nil
}

func (r *Resolver) field(x *X, n parse.Name, pos parse.Pos) (*X, error) {
	if x.Type.Root != types.Row {
		return nil, Refuse(pos, "a field of a value of type %s", x.Type)
	}
	for i, f := range x.Type.Fields {
		if f.Name != n.Text {
			continue
		}
		out := r.Env.node(pos, "."+n.Text, f.Type.OrNull(x.Type.Nullable), []*X{x}, func(row value.Row) (value.Value, error) {
			v, err := x.Fn(row)
			if err != nil || !v.Valid {
				return value.NULL, err
			}
			return v.Items()[i], nil
		})
		out.Name = n.Text
		return r.grouped(out), nil
	}
	return nil, Refuse(pos, "a field that the type does not have")
}

func (r *Resolver) index(e *parse.Index) (*X, error) {
	x, err := r.Value(e.X)
	if err != nil {
		return nil, err
	}
	at, err := r.Value(e.At)
	if err != nil {
		return nil, err
	}
	if x.Const && at.Const {
		return nil, Refuse(e.Pos, "an element of a constant")
	}
	switch {
	case x.Type.Root == types.Array && at.Type.IsInt() && (at.Lit == nil || at.Lit.I > 0):
		return r.Env.node(e.Pos, "[]", x.Type.Elem.Null(true), []*X{x, at}, elementAt(x, at)), nil
	case x.Type.Root == types.Map && at.Type.Same(*x.Type.Key):
		return r.Env.node(e.Pos, "[]", x.Type.Elem.Null(true), []*X{x, at}, valueAt(x, at)), nil
	}
	return nil, Refuse(e.Pos, "%s[%s]", x.Type, at.Type)
}

func elementAt(x, at *X) Fn {
	return func(row value.Row) (value.Value, error) {
		v, err := x.Fn(row)
		if err != nil {
			return v, err
		}
		i, err := at.Fn(row)
		if err != nil || !v.Valid || !i.Valid {
			return value.NULL, err
		}
		if items := v.Items(); i.I >= 1 && i.I <= int64(len(items)) {
			return items[i.I-1], nil
		}
		return value.NULL, nil
	}
}

func valueAt(x, at *X) Fn {
	kt := *x.Type.Key
	return func(row value.Row) (value.Value, error) {
		v, err := x.Fn(row)
		if err != nil {
			return v, err
		}
		k, err := at.Fn(row)
		if err != nil || !v.Valid || !k.Valid {
			return value.NULL, err
		}
		for _, e := range v.Entries() {
			if e.Key.Valid && value.Compare(kt, e.Key, k) == 0 {
				return e.Value, nil
			}
		}
		return value.NULL, nil
	}
}
