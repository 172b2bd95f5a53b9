package collections

import (
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// listCall resolves a function of an ARRAY.
func listCall(f listFn) func(*expr.Resolver, *expr.Function, *ast.Call) (*expr.Expr, error) {
	return func(r *expr.Resolver, function *expr.Function, c *ast.Call) (*expr.Expr, error) {
		name := function.Name
		args, err := r.List(c.Args)
		if err != nil {
			return nil, err
		}
		if err := f.accepted(r, name, c, args); err != nil {
			return nil, err
		}
		args, array, err := listArgs(r, c, name, f, args)
		if err != nil {
			return nil, err
		}
		nullable := array.Nullable
		for i, a := range args[1:] {
			nullable = nullable || a.Type.Nullable && (!f.null || f.grows && f.letter(i) == 'e')
		}
		t := f.typ(array)
		t.Nullable = nullable || t.Nullable && t.Root != types.Array
		return r.Env.Folded(c.Pos, name, t, args, func(row value.Row) (value.Value, error) {
			vs, held := make([]value.Value, len(args)), expr.Arguments{}
			for i, a := range args {
				v, err := a.Eval(row)
				if err != nil || !v.Valid && (i == 0 || !f.null) {
					return value.NULL, err
				}
				if err := held.Add(v); err != nil {
					return value.NULL, err
				}
				vs[i] = v
			}
			return f.eval(array, vs[0].Items(), vs[1:])
		}), nil
	}
}

// accepted complains of another number of arguments, and of what is no ARRAY
// that the function takes.
func (f listFn) accepted(r *expr.Resolver, name string, c *ast.Call, args []*expr.Expr) error {
	if required := strings.TrimRight(f.args, "EAIBT"); len(args)-1 < len(required) && !f.repeat ||
		len(args)-1 > len(f.args) && !f.repeat {
		if f.forms == "" {
			return sqlerr.Refuse(c.Pos, "%s with %d arguments", name, len(args))
		}
		return r.NoSignature(c, args, f.forms)
	}
	if len(args) == 0 || args[0].IsNull() {
		return sqlerr.Refuse(c.Pos, "%s(%s)", name, expr.Signature(args))
	}
	array := args[0].Type
	if array.Root != types.Array || f.texts && !array.Elem.IsText() {
		return expr.InvalidCall(name, args)
	}
	if array.Elem.Root >= types.Array && f.ordered || array.Elem.Root == types.Map {
		return sqlerr.Refuse(c.Pos, "%s(%s)", name, expr.Signature(args))
	}
	return nil
}

// listArgs brings what follows an array to the types that the function takes,
// and gives the type of the array.
func listArgs(
	r *expr.Resolver, c *ast.Call, name string, f listFn, args []*expr.Expr,
) ([]*expr.Expr, types.Type, error) {
	array := args[0].Type
	out := append([]*expr.Expr{}, args...)
	elem := *array.Elem
	var err error
	for i, a := range args[1:] {
		switch letter := f.letter(i); {
		case letter == 'e' && a.IsNull():
			out[i+1] = r.Env.Literal(a.Pos, elem.Null(true), value.NULL)
		case letter == 'e' && !implicit(a.Type, elem), letter == 'a' && a.Type.Root != types.Array,
			letter == 'i' && (!a.Type.IsInt() || a.Type.Root == types.Bigint), letter == 'b' &&
				a.Type.Root != types.Boolean, letter == 't' && !a.Type.IsText():
			if a.IsNull() || elem.Root >= types.Array {
				return nil, array, sqlerr.Refuse(c.Pos, "%s(%s)", name, expr.Signature(args))
			}
			return nil, array, expr.InvalidCall(name, args)
		case letter == 'e' && !a.Type.Equal(elem):
			out[i+1], err = r.CastTo(a.Pos, a, elem, false)
		case letter == 'a':
			var ok bool
			if elem, ok = types.Least(elem, *a.Type.Elem); !ok {
				return nil, array, expr.InvalidCall(name, args)
			}
		}
		if err != nil {
			return nil, array, err
		}
		if f.letter(i) == 'e' {
			elem.Nullable = elem.Nullable || out[i+1].Type.Nullable
		}
	}
	array.Elem = &elem
	for i, a := range out {
		if a.Type.Root == types.Array && !a.Type.Elem.Equal(elem) && (i == 0 || f.letter(i-1) == 'a') {
			if out[i], err = r.CastTo(a.Pos, a, types.Type{Root: types.Array, Elem: &elem}, false); err != nil {
				return nil, array, err
			}
		}
	}
	return out, array, nil
}

// implicit says whether Flink brings a value to a type without a CAST.
func implicit(from, to types.Type) bool {
	switch {
	case from.Equal(to):
		return true
	case from.IsInt() && to.IsInt():
		return from.Root <= to.Root
	case from.IsInt() && to.IsNumeric():
		return true
	case from.Root == types.Decimal && to.IsApprox(), from.Root == types.Float &&
		to.Root == types.Double, from.Root == types.Decimal && to.Root == types.Decimal:
		return true
	case from.IsText() && to.IsText(), from.IsBytes() && to.IsBytes():
		return true
	}
	return from.Root == to.Root && from.IsTimestamp()
}

func (f listFn) letter(i int) byte {
	if i >= len(f.args) {
		if !f.repeat {
			return 0
		}
		i = len(f.args) - 1
	}
	return f.args[i] | 0x20
}
