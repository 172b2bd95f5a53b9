package expr

import (
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
)

// mapCall resolves MAP_KEYS and its kin.
func mapCall(r *Resolver, c *parse.Call) (*X, error) {
	name := strings.ToUpper(c.Name)
	args, err := r.known(c)
	if err != nil {
		return nil, err
	}
	t, ok := mapType(name, args)
	if !ok {
		return nil, Refuse(c.Pos, "%s(%s)", name, signature(args))
	}
	key := args[0].Type.Key
	if name == "MAP_FROM_ARRAYS" {
		key = args[0].Type.Elem
	}
	return Fold(r.Env.node(c.Pos, name, t, args, strict(args, func(vs []value.Value) (value.Value, error) {
		return mapEval(name, *key, vs)
	}))), nil
}

func mapType(name string, args []*X) (types.Type, bool) {
	nullable := false
	for _, a := range args {
		nullable = nullable || a.Type.Nullable
	}
	list := func(elem types.Type) (types.Type, bool) {
		return types.Type{Root: types.Array, Elem: &elem, Nullable: nullable}, true
	}
	if name == "MAP_FROM_ARRAYS" {
		if len(args) != 2 || args[0].Type.Root != types.Array || args[1].Type.Root != types.Array {
			return types.Type{}, false
		}
		return types.Type{Root: types.Map, Key: args[0].Type.Elem, Elem: args[1].Type.Elem, Nullable: nullable}, true
	}
	if len(args) == 0 || len(args) > 1 && name != "MAP_UNION" {
		return types.Type{}, false
	}
	for _, a := range args {
		if a.Type.Root != types.Map || !a.Type.Null(true).Equal(args[0].Type.Null(true)) {
			return types.Type{}, false
		}
	}
	m := args[0].Type
	switch name {
	case "MAP_KEYS":
		return list(*m.Key)
	case "MAP_VALUES":
		return list(*m.Elem)
	case "MAP_ENTRIES":
		return list(types.Type{Root: types.Row, Nullable: true, Fields: []types.Field{{Name: "key", Type: *m.Key}, {Name: "value", Type: *m.Elem}}})
	}
	return m.Null(nullable), true
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
			return value.NULL, fail("org.apache.flink.util.FlinkRuntimeException",
				"Invalid function MAP_FROM_ARRAYS call:\nThe length of the keys array %d is not equal to the length of the values array %d", len(keys), len(values))
		}
		var entries []value.Entry
		for i := range keys {
			entries = append(entries, value.Entry{Key: keys[i], Value: values[i]})
		}
		return mapOf(key, entries), nil
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
		return nil, Invalid(e.Pos, "Map requires at least 2 arguments")
	case len(items)%2 != 0:
		return nil, Invalid(e.Pos, "Map requires an even number of arguments")
	}
	var keys, values []*X
	for i, it := range items {
		if it.IsNull() {
			return nil, Refuse(e.Pos, "NULL in a MAP")
		}
		if i%2 == 0 {
			keys = append(keys, it)
		} else {
			values = append(values, it)
		}
	}
	keys, kt, err := r.unify(keys)
	if err != nil {
		return nil, err
	}
	values, vt, err := r.unify(values)
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
