package collections

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// mapParts resolves MAP_KEYS and its kin: a list of something of each entry.
func mapParts(p mapPart) func(*expr.Resolver, *expr.Function, *ast.Call) (*expr.Expr, error) {
	return func(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
		args, err := mapArgs(r, f, c, 1)
		if err != nil {
			return nil, err
		}
		t := args[0].Type
		result := types.Type{Root: types.Array, Elem: p.elem(t), Nullable: t.Nullable}
		return r.Env.Folded(c.Pos, f.Name, result, args, expr.StrictList(args, func(vs []value.Value) (value.Value, error) {
			items := []value.Value{}
			for _, e := range vs[0].Entries() {
				items = append(items, p.item(e))
			}
			return value.List(items), nil
		})), nil
	}
}

// mapPart is what a list has of each entry of a MAP.
type mapPart struct {
	elem func(m types.Type) *types.Type
	item func(e value.Entry) value.Value
}

var (
	mapKeys = mapPart{func(m types.Type) *types.Type { return m.Key }, func(e value.Entry) value.Value {
		return e.Key
	}}
	mapValues = mapPart{func(m types.Type) *types.Type { return m.Elem }, func(e value.Entry) value.Value {
		return e.Value
	}}
	mapEntries = mapPart{entryType, func(e value.Entry) value.Value {
		return value.List([]value.Value{e.Key, e.Value})
	}}
)

func entryType(m types.Type) *types.Type {
	return &types.Type{Root: types.Row, Nullable: true, Fields: []types.Field{
		{Name: "key", Type: *m.Key}, {Name: "value", Type: *m.Elem},
	}}
}

// mapArgs resolves arguments that are maps, at most so many, and brings them to
// one type.
func mapArgs(r *expr.Resolver, f *expr.Function, c *ast.Call, most int) ([]*expr.Expr, error) {
	args, err := r.KnownArgs(c)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 || len(args) > most {
		return nil, sqlerr.Refuse(c.Pos, "%s(%s)", f.Name, expr.Signature(args))
	}
	for _, a := range args {
		if a.Type.Root != types.Map {
			return nil, expr.InvalidCall(f.Name, args)
		}
	}
	common, ok := types.Least(expr.TypesOf(args)...)
	if !ok {
		return nil, expr.InvalidCall(f.Name, args)
	}
	for i, a := range args {
		if args[i], err = r.Coerce(a, common); err != nil {
			return nil, err
		}
	}
	return args, nil
}

// mapUnion resolves MAP_UNION: the last map comes first, and its values count.
func mapUnion(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := mapArgs(r, f, c, len(c.Args))
	if err != nil {
		return nil, err
	}
	common, nullable := args[0].Type, false
	for _, a := range args {
		nullable = nullable || a.Type.Nullable
	}
	return r.Env.Folded(
		c.Pos, f.Name, common.Null(nullable), args,
		expr.StrictList(args, func(vs []value.Value) (value.Value, error) {
			var entries []value.Entry
			for i := len(vs) - 1; i >= 0; i-- {
				for _, e := range vs[i].Entries() {
					if !value.HasKey(*common.Key, entries, e.Key) {
						entries = append(entries, e)
					}
				}
			}
			return value.Value{Valid: true, R: entries}, nil
		}),
	), nil
}

// mapFromArrays resolves MAP_FROM_ARRAYS(keys, values).
func mapFromArrays(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.KnownArgs(c)
	if err != nil {
		return nil, err
	}
	if len(args) != 2 {
		return nil, r.NoSignature(c, args, "MAP_FROM_ARRAYS(keysArray <ARRAY>, valuesArray <ARRAY>)")
	}
	if args[0].Type.Root != types.Array || args[1].Type.Root != types.Array {
		return nil, expr.InvalidCall(f.Name, args)
	}
	t := types.Type{
		Root: types.Map, Key: args[0].Type.Elem, Elem: args[1].Type.Elem,
		Nullable: args[0].Type.Nullable || args[1].Type.Nullable,
	}
	return r.Env.Folded(c.Pos, f.Name, t, args, expr.StrictList(args, func(vs []value.Value) (value.Value, error) {
		keys, values := vs[0].Items(), vs[1].Items()
		if len(keys) != len(values) {
			return value.NULL, sqlerr.Fail("org.apache.flink.util.FlinkRuntimeException",
				"Invalid function MAP_FROM_ARRAYS call:\nThe length of the keys array %d is not equal to the "+
					"length of the values array %d",
				len(keys), len(values))
		}
		var entries []value.Entry
		for i := range keys {
			entries = append(entries, value.Entry{Key: keys[i], Value: values[i]})
		}
		return value.Value{Valid: true, R: entries}, nil
	})), nil
}
