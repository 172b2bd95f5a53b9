package expr

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/cast"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func (r *Resolver) field(x *X, n parse.Name, pos parse.Pos) (*X, error) {
	if x.Type.Root != types.Row {
		return nil, sqlerr.Refuse(pos, "a field of a value of type %s", x.Type)
	}
	for i, f := range x.Type.Fields {
		if f.Name != n.Text {
			continue
		}
		out := r.Env.Node(pos, "."+n.Text, f.Type.OrNull(x.Type.Nullable), []*X{x}, func(row value.Row) (value.Value, error) {
			v, err := x.Fn(row)
			if err != nil || !v.Valid {
				return value.NULL, err
			}
			return v.Items()[i], nil
		})
		out.Name = n.Text
		return r.grouped(out), nil
	}
	return nil, sqlerr.Invalid(n.Pos, "Unknown field '%s'", n.Text)
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
	if x.Type.Root == types.Array && at.Lit != nil && at.Lit.Valid && at.Type.IsInt() && at.Lit.I <= 0 {
		return nil, &sqlerr.Error{Pos: e.Pos, Class: sqlerr.ClassValidation, Message: "Array element access needs an index starting at 1 but was " + at.Lit.Text(at.Type, nil) + "."}
	}
	if x.Type.Root == types.Map && at.Type.IsNumeric() != x.Type.Key.IsNumeric() {
		return nil, noItem(e.Pos, x, at)
	}
	found, err := r.item(e, x, at)
	if err != nil || !x.Const || !at.Const {
		return found, err
	}
	v, err := x.Fn(nil)
	if err != nil {
		return nil, err
	}
	i, err := at.Fn(nil)
	if err != nil {
		return nil, err
	}
	if !v.Valid || !i.Valid || holds(v, x.Type, i) {
		return Fold(found), nil
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
func missingItem(x *X) *X {
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
	alone.Fn = Always(shown)
	within.Fn = func(value.Row) (value.Value, error) {
		return value.NULL, sqlerr.RefuseRow("an element that a constant does not have, within an expression")
	}
	within.Alone = &alone
	return &within
}

func noItem(pos parse.Pos, x, at *X) error {
	return CannotApply(pos, "ITEM", "ITEM("+Signature([]*X{x, at})+")", "<ARRAY>[<INTEGER>]\n<MAP>[<ANY>]\n<ROW>[<CHARACTER>|<INTEGER>]")
}

// item resolves x[at] by the types of both.
func (r *Resolver) item(e *parse.Index, x, at *X) (*X, error) {
	switch {
	case x.Type.Root == types.Array && at.Type.IsInt() && (at.Lit == nil || !at.Lit.Valid || at.Lit.I > 0):
		return r.Env.Node(e.Pos, "[]", x.Type.Elem.Null(true), []*X{x, at}, elementAt(x, at)), nil
	case x.Type.Root == types.Map && at.Type.Same(*x.Type.Key):
		return r.Env.Node(e.Pos, "[]", x.Type.Elem.Null(true), []*X{x, at}, valueAt(x, at)), nil
	}
	if x.Type.Root != types.Map && x.Type.Root != types.Row && x.Type.Root != types.Multiset {
		return nil, noItem(e.Pos, x, at)
	}
	return nil, sqlerr.Refuse(e.Pos, "%s[%s]", x.Type, at.Type)
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
