package operators

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/cast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func index(r *expr.Resolver, e *ast.Index) (*expr.Expr, error) {
	x, err := r.Value(e.X)
	if err != nil {
		return nil, err
	}
	at, err := r.Value(e.At)
	if err != nil {
		return nil, err
	}
	if x.Type.Root == types.Array && at.Literal != nil && at.Literal.Valid && at.Type.IsInt() && at.Literal.I <= 0 {
		return nil, &sqlerr.Error{
			Pos: e.Pos, Class: sqlerr.ClassValidation,
			Message: "Array element access needs an index starting at 1 but was " + at.Literal.Text(at.Type, nil) + ".",
		}
	}
	if x.Type.Root == types.Map && at.Type.IsNumeric() != x.Type.Key.IsNumeric() {
		return nil, noItem(e.Pos, x, at)
	}
	found, err := item(r, e, x, at)
	if err != nil || !x.Const || !at.Const {
		return found, err
	}
	v, err := x.Eval(nil)
	if err != nil {
		return nil, err
	}
	i, err := at.Eval(nil)
	if err != nil {
		return nil, err
	}
	if !v.Valid || !i.Valid || holds(v, x.Type, i) {
		return r.Env.Fold(found), nil
	}
	return missingItem(found), nil
}

// holds says whether an ARRAY or a MAP has the element.
func holds(v value.Value, t types.Type, at value.Value) bool {
	if t.Root == types.Array {
		return at.I >= 1 && at.I <= int64(len(v.Items()))
	}
	for _, e := range v.Entries() {
		if e.Key.Valid && value.Compare(*t.Key, e.Key, at) == 0 {
			return true
		}
	}
	return false
}

// missingItem is an element that a constant does not have: for some types
// Flink shows what its generated code has in the place of NULL.
func missingItem(x *expr.Expr) *expr.Expr {
	alone, within := *x, *x
	shown := value.NULL
	switch t := x.Type; {
	case t.IsInt() || t.Root == types.Date:
		shown = value.Int(-1)
	case t.IsApprox():
		shown = value.Float(-1)
	case t.Root == types.Boolean:
		shown = value.Bool(false)
	case t.IsText():
		shown = value.Text(cast.FitText("", t))
	}
	alone.Eval = expr.Always(shown)
	within.Eval = func(value.Row) (value.Value, error) {
		return value.NULL, sqlerr.RefuseRow("an element that a constant does not have, within an expression")
	}
	within.TopLevel = &alone
	return &within
}

func noItem(pos ast.Pos, x, at *expr.Expr) error {
	return expr.CannotApply(
		pos, "ITEM", "ITEM("+expr.Signature([]*expr.Expr{x, at})+")",
		"<ARRAY>[<INTEGER>]\n<MAP>[<ANY>]\n<ROW>[<CHARACTER>|<INTEGER>]",
	)
}

// item resolves x[at] by the types of both.
func item(r *expr.Resolver, e *ast.Index, x, at *expr.Expr) (*expr.Expr, error) {
	switch {
	case x.Type.Root == types.Array && at.Type.IsInt() && (at.Literal == nil || !at.Literal.Valid || at.Literal.I > 0):
		return r.Env.Node(e.Pos, "[]", x.Type.Elem.Null(true), []*expr.Expr{x, at}, elementAt(x, at)), nil
	case x.Type.Root == types.Map && at.Type.Same(*x.Type.Key):
		return r.Env.Node(e.Pos, "[]", x.Type.Elem.Null(true), []*expr.Expr{x, at}, valueAt(x, at)), nil
	}
	if x.Type.Root != types.Map && x.Type.Root != types.Row && x.Type.Root != types.Multiset {
		return nil, noItem(e.Pos, x, at)
	}
	return nil, sqlerr.Refuse(e.Pos, "%s[%s]", x.Type, at.Type)
}

func elementAt(x, at *expr.Expr) expr.Fn {
	return func(row value.Row) (value.Value, error) {
		v, err := x.Eval(row)
		if err != nil {
			return v, err
		}
		i, err := at.Eval(row)
		if err != nil || !v.Valid || !i.Valid {
			return value.NULL, err
		}
		if items := v.Items(); i.I >= 1 && i.I <= int64(len(items)) {
			return items[i.I-1], nil
		}
		return value.NULL, nil
	}
}

func valueAt(x, at *expr.Expr) expr.Fn {
	kt := *x.Type.Key
	return func(row value.Row) (value.Value, error) {
		v, err := x.Eval(row)
		if err != nil {
			return v, err
		}
		k, err := at.Eval(row)
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
