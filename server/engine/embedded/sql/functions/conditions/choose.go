package conditions

import (
	"slices"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions/operators"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// extreme resolves GREATEST, of sign 1, and LEAST, of sign -1.
func extreme(sign int) func(*expr.Resolver, *expr.Function, *ast.Call) (*expr.Expr, error) {
	return func(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
		args, err := r.List(c.Args)
		if err != nil {
			return nil, err
		}
		name := f.Name
		if len(args) == 0 {
			return nil, r.NoSignature(c, args, name+"(<COMPARABLE>...)")
		}
		if expr.Clash(args) {
			return nil, expr.InvalidCall(f.Name, args)
		}
		nulls := slices.ContainsFunc(args, (*expr.Expr).IsNull)
		args, t, err := r.Unify(args, types.Common)
		switch {
		case err != nil:
			return nil, err
		case t.Root == types.Null:
			return nil, expr.InvalidCall(f.Name, args)
		case nulls && t.IsNumeric():
			return nil, &sqlerr.Error{
				Pos: c.Pos, Class: sqlerr.ClassTable,
				Message: "Unsupported casting from NULL to " + t.Null(true).String() + ".",
			}
		case nulls:
			return nil, sqlerr.Refuse(c.Pos, "%s of NULL", f.Name)
		}
		if t.Root >= types.Array {
			return nil, sqlerr.Refuse(c.Pos, "%s of %s", f.Name, t)
		}
		return r.Env.Folded(c.Pos, name, t, args, expr.StrictList(args, func(vs []value.Value) (value.Value, error) {
			best := vs[0]
			for _, v := range vs[1:] {
				if cmp := value.Compare(t, v, best); cmp*sign > 0 {
					best = v
				}
			}
			return best, nil
		})), nil
	}
}

// coalesce resolves COALESCE.
func coalesce(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.List(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return nil, r.NoSignature(c, args, "COALESCE(<COMMON>, <COMMON>...)")
	}
	t, err := commonType(r, f, c, args)
	if err != nil {
		return nil, err
	}
	return firstValid(r, c, args, t)
}

// ifNull resolves IFNULL, which is its first argument where that is never NULL.
func ifNull(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.List(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) != 2 {
		return nil, r.NoSignature(c, args, "IFNULL(input <COMMON>, null_replacement <COMMON>)")
	}
	t, err := commonType(r, f, c, args)
	if err != nil {
		return nil, err
	}
	if !args[0].IsNull() && !args[0].Type.Nullable {
		return args[0], nil
	}
	return firstValid(r, c, args, t)
}

func commonType(r *expr.Resolver, f *expr.Function, c *ast.Call, args []*expr.Expr) (types.Type, error) {
	ts := expr.TypesOf(args)
	t, ok := types.Common(ts...)
	switch {
	case !ok && !types.Clash(ts...):
		return t, sqlerr.Refuse(c.Pos, "these types together: %s", expr.TypeList(ts))
	case !ok:
		return t, &sqlerr.Error{
			Pos: c.Pos, Class: sqlerr.ClassValidation, Validated: 1,
			Message: "Invalid function call:\n" + f.Name + "(" + expr.Summaries(ts) + ")",
		}
	case t.Root == types.Null:
		return t, sqlerr.Invalid(args[0].Pos, "Illegal use of 'NULL'")
	case writtenFloats(r, t, args):
		return t, sqlerr.Refuse(c.Pos, "FLOAT of VALUES as DOUBLE")
	}
	return t, nil
}

// firstValid is the first of the arguments that is not NULL.
func firstValid(r *expr.Resolver, c *ast.Call, args []*expr.Expr, t types.Type) (*expr.Expr, error) {
	nullable := true
	for i, a := range args {
		nullable = nullable && (a.Type.Nullable || a.IsNull())
		var err error
		if args[i], err = r.Coerce(a, t); err != nil {
			return nil, err
		}
	}
	return r.Env.Folded(c.Pos, "COALESCE", t.Null(nullable), args, func(row value.Row) (value.Value, error) {
		for _, a := range args {
			if v, err := a.Eval(row); err != nil || v.Valid {
				return v, err
			}
		}
		return value.NULL, nil
	}), nil
}

// writtenFloats says whether a FLOAT of VALUES becomes a DOUBLE: planning does
// that in a way of its own for some of them.
func writtenFloats(r *expr.Resolver, t types.Type, args []*expr.Expr) bool {
	return r.Scope.From().Values && t.Root == types.Double && slices.ContainsFunc(args, func(x *expr.Expr) bool {
		return x.Type.Root == types.Float && !x.Const
	})
}

func nullif(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.List(c.Args)
	if err != nil {
		return nil, err
	}
	if err := expr.WantArgs(c, args, 2); err != nil {
		return nil, err
	}
	if args[0].IsNull() {
		return nil, sqlerr.Invalid(c.Pos, "ELSE clause or at least one THEN clause must be non-NULL")
	}
	eq, err := operators.Compare(r, c.Pos, "=", args[0], args[1])
	if err != nil {
		return nil, err
	}
	x := args[0]
	return r.Env.Folded(c.Pos, "NULLIF", x.Type.Null(true), args, func(row value.Row) (value.Value, error) {
		v, err := eq.Eval(row)
		if err != nil || v.True() {
			return value.NULL, err
		}
		return x.Eval(row)
	}), nil
}

func ifCall(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	if err := expr.WantArgs(c, args, 3); err != nil {
		return nil, err
	}
	a, b := args[1].Type, args[2].Type
	if args[0].Type.Root != types.Boolean || a.IsNumeric() != b.IsNumeric() || a.IsText() != b.IsText() {
		return nil, expr.CannotApply(
			c.Pos, "IF", "IF("+expr.Signature(args)+")", "'IF(<ANY_TYPE>, <NUMERIC_TYPE>, <NUMERIC_TYPE>)'",
		)
	}
	x, err := operators.FirstTrue(r, c.Pos, args[:1], append([]*expr.Expr{}, args[1:]...))
	if err != nil {
		return nil, err
	}
	out := *x
	out.Type.Nullable = x.Type.Nullable || args[0].Type.Nullable
	return &out, nil
}
