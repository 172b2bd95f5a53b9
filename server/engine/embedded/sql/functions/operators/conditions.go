package operators

import (
	"cmp"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func caseExpr(r *expr.Resolver, e *ast.Case) (*expr.Expr, error) {
	conds := make([]*expr.Expr, len(e.Whens))
	results := make([]*expr.Expr, 0, len(e.Whens)+1)
	var operand *expr.Expr
	var err error
	if e.Operand != nil {
		if operand, err = r.Resolve(e.Operand); err != nil {
			return nil, err
		}
	}
	for i, w := range e.Whens {
		if conds[i], err = when(r, operand, w.Cond, e.Pos); err != nil {
			return nil, err
		}
		x, err := r.Resolve(w.Then)
		if err != nil {
			return nil, err
		}
		results = append(results, x)
	}
	last := r.Env.Literal(e.Pos, types.Type{Root: types.Null, Nullable: true}, value.NULL)
	if e.Else != nil {
		if last, err = r.Resolve(e.Else); err != nil {
			return nil, err
		}
	}
	return FirstTrue(r, e.Pos, conds, append(results, last))
}

func when(r *expr.Resolver, operand *expr.Expr, cond ast.Expr, pos ast.Pos) (*expr.Expr, error) {
	x, err := r.Resolve(cond)
	if err != nil {
		return nil, err
	}
	if operand != nil {
		return compare(r, pos, "=", operand, x)
	}
	if x.Type.Root != types.Boolean && !x.IsNull() {
		return nil, sqlerr.Invalid(pos, "Expected a boolean type")
	}
	return x, nil
}

// chooseResult is the result whose condition is the first TRUE one.
func FirstTrue(r *expr.Resolver, pos ast.Pos, conds, results []*expr.Expr) (*expr.Expr, error) {
	ts := make([]types.Type, len(results))
	for i, x := range results {
		ts[i] = x.Type
	}
	t, ok := types.Least(ts...)
	if !ok && !types.Clash(ts...) && !dateAndTime(ts) {
		return nil, sqlerr.Refuse(pos, "these types together: %s", expr.TypeList(ts))
	}
	if !ok {
		return nil, sqlerr.Invalid(pos, "Illegal mixing of types in CASE or COALESCE statement")
	}
	if t.Root == types.Null {
		return nil, sqlerr.Invalid(pos, "ELSE clause or at least one THEN clause must be non-NULL")
	}
	for i, x := range results {
		c, err := r.Coerce(x, t)
		if err != nil {
			return nil, err
		}
		results[i] = c
	}
	all := append(append([]*expr.Expr{}, conds...), results...)
	return r.Env.Node(pos, "CASE", t, all, func(row value.Row) (value.Value, error) {
		for i, c := range conds {
			v, err := c.Eval(row)
			if err != nil {
				return v, err
			}
			if v.True() {
				return results[i].Eval(row)
			}
		}
		return results[len(results)-1].Eval(row)
	}), nil
}

// dateAndTime says whether there are only dates and timestamps.
func dateAndTime(ts []types.Type) bool {
	for _, t := range ts {
		if t.Root != types.Date && t.Root != types.Timestamp {
			return false
		}
	}
	return true
}

func between(r *expr.Resolver, e *ast.Between) (*expr.Expr, error) {
	xs, err := r.List([]ast.Expr{e.X, e.Low, e.High})
	if err != nil {
		return nil, err
	}
	if t := xs[0].Type; apart(t, xs[1].Type) || apart(t, xs[2].Type) {
		form := "BETWEEN ASYMMETRIC"
		return nil, expr.CannotApply(
			e.Pos, form, "<"+t.Calcite()+"> "+form+" <"+xs[1].Type.Calcite()+"> AND <"+xs[2].Type.Calcite()+">",
			"'<COMPARABLE_TYPE> BETWEEN <COMPARABLE_TYPE> AND <COMPARABLE_TYPE>'",
		)
	}
	if e.Symmetric {
		return symmetric(r, e, xs)
	}
	low, err := compare(r, e.Pos, ">=", xs[0], xs[1])
	if err != nil {
		return nil, err
	}
	high, err := compare(r, e.Pos, "<=", xs[0], xs[2])
	if err != nil {
		return nil, err
	}
	t := types.Of(types.Boolean).Null(low.Type.Nullable || high.Type.Nullable)
	return r.Env.Node(
		e.Pos, "BETWEEN"+notSuffix(e.Not), t, []*expr.Expr{low, high},
		func(row value.Row) (value.Value, error) {
			a, err := low.Eval(row)
			if err != nil {
				return a, err
			}
			b, err := high.Eval(row)
			if err != nil {
				return b, err
			}
			switch {
			case a.Valid && a.I == 0, b.Valid && b.I == 0:
				return value.Bool(e.Not), nil
			case !a.Valid || !b.Valid:
				return value.NULL, nil
			}
			return value.Bool(!e.Not), nil
		},
	), nil
}

// symmetric is BETWEEN of bounds in any order.
func symmetric(r *expr.Resolver, e *ast.Between, xs []*expr.Expr) (*expr.Expr, error) {
	var tests [4]*expr.Expr
	nullable := false
	for i, op := range []string{">=", "<=", ">=", "<="} {
		bound := xs[1]
		if i == 1 || i == 2 {
			bound = xs[2]
		}
		x, err := compare(r, e.Pos, op, xs[0], bound)
		if err != nil {
			return nil, err
		}
		tests[i] = x
		nullable = nullable || x.Type.Nullable
	}
	return r.Env.Node(e.Pos, "BETWEEN SYMMETRIC"+notSuffix(e.Not), types.Of(types.Boolean).Null(
		nullable,
	), xs, func(row value.Row) (value.Value, error) {
		var vs [4]value.Value
		for i, t := range tests {
			v, err := t.Eval(row)
			if err != nil {
				return v, err
			}
			vs[i] = v
		}
		v := either(conjunction(vs[0], vs[1]), conjunction(vs[2], vs[3]))
		if e.Not && v.Valid {
			return value.Bool(v.I == 0), nil
		}
		return v, nil
	}), nil
}

// conjunction is AND of three values.
func conjunction(a, b value.Value) value.Value {
	switch {
	case a.Valid && a.I == 0, b.Valid && b.I == 0:
		return value.Bool(false)
	case !a.Valid || !b.Valid:
		return value.NULL
	}
	return value.Bool(true)
}

// either is OR of three values.
func either(a, b value.Value) value.Value {
	switch {
	case a.True(), b.True():
		return value.Bool(true)
	case !a.Valid || !b.Valid:
		return value.NULL
	}
	return value.Bool(false)
}

func in(r *expr.Resolver, e *ast.In) (*expr.Expr, error) {
	x, err := r.Resolve(e.X)
	if err != nil {
		return nil, err
	}
	items, err := inList(r, e, x)
	if err != nil {
		return nil, err
	}
	args := append([]*expr.Expr{x}, items...)
	nullable := x.Type.Nullable || x.IsNull()
	if has := setOf(x, items); has != nil {
		return r.Env.Node(e.Pos, "IN"+notSuffix(e.Not), types.Of(types.Boolean).Null(
			nullable,
		), args, func(row value.Row) (value.Value, error) {
			v, err := x.Eval(row)
			if err != nil || !v.Valid {
				return value.NULL, err
			}
			return value.Bool(has(v) != e.Not), nil
		}), nil
	}
	tests := make([]*expr.Expr, len(items))
	for i, y := range items {
		if tests[i], err = compare(r, e.Pos, "=", x, y); err != nil {
			return nil, err
		}
		nullable = nullable || tests[i].Type.Nullable || y.IsNull()
	}
	t := types.Of(types.Boolean).Null(nullable)
	return r.Env.Node(e.Pos, "IN"+notSuffix(e.Not), t, args, func(row value.Row) (value.Value, error) {
		unknown := false
		for _, test := range tests {
			v, err := test.Eval(row)
			if err != nil {
				return v, err
			}
			if v.True() {
				return value.Bool(!e.Not), nil
			}
			unknown = unknown || !v.Valid
		}
		if unknown {
			return value.NULL, nil
		}
		return value.Bool(e.Not), nil
	}), nil
}

// setOf gives a test of a value against constants that are all integers, or
// all texts, without looking at each; nil for other lists.
func setOf(x *expr.Expr, items []*expr.Expr) func(value.Value) bool {
	ints, texts := x.Type.IsInt(), x.Type.IsText()
	for _, y := range items {
		known := y.Literal != nil && y.Literal.Valid
		ints, texts = ints && known && y.Type.IsInt(), texts && known && y.Type.IsText()
	}
	switch {
	case ints:
		return among(items, func(v value.Value) int64 { return v.I })
	case texts:
		return among(items, func(v value.Value) string { return v.S })
	}
	return nil
}

// among tests whether a value is one of the constants.
func among[K cmp.Ordered](items []*expr.Expr, key func(value.Value) K) func(value.Value) bool {
	all := make(map[K]struct{}, len(items))
	for _, y := range items {
		all[key(*y.Literal)] = struct{}{}
	}
	return func(v value.Value) bool {
		_, ok := all[key(v)]
		return ok
	}
}

// MaxList is how many values a list of IN may have.
const MaxList = 100_000

// inList resolves the list of IN: texts among numbers are read as numbers, and
// numbers among texts as texts.
func inList(r *expr.Resolver, e *ast.In, x *expr.Expr) ([]*expr.Expr, error) {
	if len(e.List) > MaxList {
		return nil, sqlerr.Refuse(e.Pos, "a list of %d values; IN takes %d", len(e.List), MaxList)
	}
	items, err := r.List(e.List)
	if err != nil {
		return nil, err
	}
	kinds := map[byte]bool{}
	for _, y := range items {
		kinds[kindOf(y.Type)] = true
	}
	delete(kinds, 0)
	if len(kinds) == 0 || len(kinds) > 1 {
		pos := items[0].Pos
		pos.Col--
		pos.EndLine, pos.EndCol = e.Pos.EndLine, e.Pos.EndCol
		return nil, sqlerr.Invalid(pos, "Values in expression list must have compatible types")
	}
	for i, y := range items {
		switch k, own := kindOf(y.Type), kindOf(x.Type); {
		case k == own || k == 0 || own == 0 || own == 'd' && k == 't':
		case own == 'n' && k == 't' || own == 't' && k == 'n':
			t := x.Type
			if own == 't' {
				t = types.String
			}
			if items[i], err = r.CastTo(y.Pos, y, t.Null(false), false); err != nil {
				return nil, err
			}
		case !e.Not && len(items) == 1 && (apart(x.Type, y.Type) || apart(y.Type, x.Type) || own == 'b' && k == 'n'):
			return nil, sqlerr.Invalid(e.Pos, "Values passed to IN operator must have compatible types")
		default:
			return nil, sqlerr.Refuse(e.Pos, "IN with %s and %s", x.Type, y.Type)
		}
		if x.Type.Root == types.Row && len(y.Type.Fields) != len(x.Type.Fields) {
			return nil, sqlerr.Invalid(e.Pos, "Values passed to IN operator must have compatible types")
		}
	}
	return items, nil
}

// kindOf is a letter for what can stand together in a list; 0 for NULL.
func kindOf(t types.Type) byte {
	switch {
	case t.Root == types.Null:
		return 0
	case t.IsNumeric():
		return 'n'
	case t.IsText():
		return 't'
	case t.Root == types.Boolean:
		return 'b'
	case t.IsDatetime():
		return 'd'
	}
	return 'o'
}
