package expr

import (
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// mapCall resolves MAP_KEYS and its kin.
func mapCall(r *Resolver, c *parse.Call) (*X, error) {
	name := strings.ToUpper(c.Name)
	args, err := r.known(c)
	if err != nil {
		return nil, err
	}
	pair := name == "MAP_FROM_ARRAYS"
	if pair && len(args) != 2 {
		return nil, r.noSignature(c, args, "MAP_FROM_ARRAYS(keysArray <ARRAY>, valuesArray <ARRAY>)")
	}
	if len(args) == 0 || len(args) > 1 && !pair && name != "MAP_UNION" {
		return nil, sqlerr.Refuse(c.Pos, "%s(%s)", name, signature(args))
	}
	ts := make([]types.Type, len(args))
	for i, a := range args {
		if ts[i] = a.Type; pair != (a.Type.Root == types.Array) || !pair && a.Type.Root != types.Map {
			return nil, invalidCall(name, args)
		}
	}
	key := ts[0].Key
	if pair {
		key = ts[0].Elem
	} else {
		common, ok := types.Least(ts...)
		if !ok {
			return nil, invalidCall(name, args)
		}
		for i, a := range args {
			if args[i], err = r.coerce(a, common); err != nil {
				return nil, err
			}
		}
		ts[0], key = common, common.Key
	}
	return Fold(r.Env.node(c.Pos, name, mapType(name, ts), args, strict(args, func(vs []value.Value) (value.Value, error) {
		return mapEval(name, *key, vs)
	}))), nil
}

// mapType is the type of the result; a MAP is of the type that all have.
func mapType(name string, ts []types.Type) types.Type {
	nullable := false
	for _, t := range ts {
		nullable = nullable || t.Nullable
	}
	m := ts[0]
	elem := m.Elem
	switch name {
	case "MAP_FROM_ARRAYS":
		return types.Type{Root: types.Map, Key: m.Elem, Elem: ts[1].Elem, Nullable: nullable}
	case "MAP_UNION":
		return m.Null(nullable)
	case "MAP_KEYS":
		elem = m.Key
	case "MAP_ENTRIES":
		elem = &types.Type{Root: types.Row, Nullable: true, Fields: []types.Field{{Name: "key", Type: *m.Key}, {Name: "value", Type: *m.Elem}}}
	}
	return types.Type{Root: types.Array, Elem: elem, Nullable: nullable}
}

func mapEval(name string, key types.Type, vs []value.Value) (value.Value, error) {
	items := []value.Value{}
	switch name {
	case "MAP_KEYS", "MAP_VALUES", "MAP_ENTRIES":
		for _, e := range vs[0].Entries() {
			switch name {
			case "MAP_KEYS":
				items = append(items, e.Key)
			case "MAP_VALUES":
				items = append(items, e.Value)
			default:
				items = append(items, value.List([]value.Value{e.Key, e.Value}))
			}
		}
		return value.List(items), nil
	case "MAP_FROM_ARRAYS":
		keys, values := vs[0].Items(), vs[1].Items()
		if len(keys) != len(values) {
			return value.NULL, sqlerr.Fail("org.apache.flink.util.FlinkRuntimeException",
				"Invalid function MAP_FROM_ARRAYS call:\nThe length of the keys array %d is not equal to the length of the values array %d", len(keys), len(values))
		}
		var entries []value.Entry
		for i := range keys {
			entries = append(entries, value.Entry{Key: keys[i], Value: values[i]})
		}
		return value.Value{Valid: true, R: entries}, nil
	}
	var entries []value.Entry
	for i := len(vs) - 1; i >= 0; i-- { // the last map comes first, and its values count
		for _, e := range vs[i].Entries() {
			if !hasKey(key, entries, e.Key) {
				entries = append(entries, e)
			}
		}
	}
	return value.Value{Valid: true, R: entries}, nil
}

func hasKey(t types.Type, entries []value.Entry, key value.Value) bool {
	for _, e := range entries {
		if sameValue(t, e.Key, key) {
			return true
		}
	}
	return false
}

// mapOf makes a MAP: the last of several values for a key counts.
func mapOf(key types.Type, entries []value.Entry) value.Value {
	out := []value.Entry{}
	for _, e := range entries {
		found := false
		for i := range out {
			if sameValue(key, out[i].Key, e.Key) {
				out[i].Value, found = e.Value, true
			}
		}
		if !found {
			out = append(out, e)
		}
	}
	return value.Value{Valid: true, R: out}
}

// mapExpr resolves MAP[k, v, …].
func (r *Resolver) mapExpr(e *parse.Map) (*X, error) {
	items, err := r.list(e.Items)
	if err != nil {
		return nil, err
	}
	switch {
	case len(items) == 0:
		return nil, sqlerr.Invalid(e.Pos, "Map requires at least 2 arguments")
	case len(items)%2 != 0:
		return nil, sqlerr.Invalid(e.Pos, "Map requires an even number of arguments")
	}
	var keys, values []*X
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
	return r.Env.node(e.Pos, "MAP", t, append(append([]*X{}, keys...), values...), func(row value.Row) (value.Value, error) {
		entries := make([]value.Entry, len(keys))
		for i := range keys {
			k, err := keys[i].Fn(row)
			if err != nil {
				return k, err
			}
			v, err := values[i].Fn(row)
			if err != nil {
				return v, err
			}
			entries[i] = value.Entry{Key: k, Value: v}
		}
		return mapOf(kt, entries), nil
	}), nil
}
