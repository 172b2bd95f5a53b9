package expr

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
)

func (r *Resolver) caseExpr(e *parse.Case) (*X, error) {
	conds := make([]*X, len(e.Whens))
	results := make([]*X, 0, len(e.Whens)+1)
	var operand *X
	var err error
	if e.Operand != nil {
		if operand, err = r.Resolve(e.Operand); err != nil {
			return nil, err
		}
	}
	for i, w := range e.Whens {
		if conds[i], err = r.when(operand, w.Cond, e.Pos); err != nil {
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
	return r.chooseResult(e.Pos, conds, append(results, last))
}

func (r *Resolver) when(operand *X, cond parse.Expr, pos parse.Pos) (*X, error) {
	x, err := r.Resolve(cond)
	if err != nil {
		return nil, err
	}
	if operand != nil {
		return r.compare(pos, "=", operand, x)
	}
	if x.Type.Root != types.Boolean && !x.IsNull() {
		return nil, Invalid(pos, "Expected a boolean type")
	}
	return x, nil
}

// chooseResult is the result whose condition is the first TRUE one.
func (r *Resolver) chooseResult(pos parse.Pos, conds, results []*X) (*X, error) {
	ts := make([]types.Type, len(results))
	for i, x := range results {
		ts[i] = x.Type
	}
	t, ok := types.Least(ts...)
	if !ok && !types.Clash(ts...) {
		return nil, Refuse(pos, "these types together: %s", typeList(ts))
	}
	if !ok {
		return nil, Invalid(pos, "Illegal mixing of types in CASE or COALESCE statement")
	}
	if t.Root == types.Null {
		return nil, Invalid(pos, "ELSE clause or at least one THEN clause must be non-NULL")
	}
	for i, x := range results {
		c, err := r.coerce(x, t)
		if err != nil {
			return nil, err
		}
		results[i] = c
	}
	all := append(append([]*X{}, conds...), results...)
	return r.Env.node(pos, "CASE", t, all, func(row value.Row) (value.Value, error) {
		for i, c := range conds {
			v, err := c.Fn(row)
			if err != nil {
				return v, err
			}
			if v.True() {
				return results[i].Fn(row)
			}
		}
		return results[len(results)-1].Fn(row)
	}), nil
}

func (r *Resolver) between(e *parse.Between) (*X, error) {
	xs, err := r.list([]parse.Expr{e.X, e.Low, e.High})
	if err != nil {
		return nil, err
	}
	if e.Symmetric {
		return nil, Refuse(e.Pos, "BETWEEN SYMMETRIC")
	}
	if t := xs[0].Type; apart(t, xs[1].Type) || apart(t, xs[2].Type) {
		form := "BETWEEN ASYMMETRIC"
		return nil, cannotApply(e.Pos, form, "<"+t.Calcite()+"> "+form+" <"+xs[1].Type.Calcite()+"> AND <"+xs[2].Type.Calcite()+">", "'<COMPARABLE_TYPE> BETWEEN <COMPARABLE_TYPE> AND <COMPARABLE_TYPE>'")
	}
	low, err := r.compare(e.Pos, ">=", xs[0], xs[1])
	if err != nil {
		return nil, err
	}
	high, err := r.compare(e.Pos, "<=", xs[0], xs[2])
	if err != nil {
		return nil, err
	}
	t := types.Of(types.Boolean).Null(low.Type.Nullable || high.Type.Nullable)
	return r.Env.node(e.Pos, "BETWEEN"+notWord(e.Not), t, []*X{low, high}, func(row value.Row) (value.Value, error) {
		a, err := low.Fn(row)
		if err != nil {
			return a, err
		}
		b, err := high.Fn(row)
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
	}), nil
}

func (r *Resolver) in(e *parse.In) (*X, error) {
	x, err := r.Value(e.X)
	if err != nil {
		return nil, err
	}
	args := []*X{x}
	nullable := x.Type.Nullable
	tests := make([]*X, len(e.List))
	for i, item := range e.List {
		y, err := r.Resolve(item)
		if err != nil {
			return nil, err
		}
		if !y.IsNull() && (y.Type.IsNumeric() != x.Type.IsNumeric() || y.Type.IsText() != x.Type.IsText()) {
			if !x.Type.IsInt() || !y.Const || !y.Type.IsText() || len(e.List) > 1 {
				if len(e.List) == 1 && !e.Not && (apart(x.Type, y.Type) || apart(y.Type, x.Type) || x.Type.Root == types.Boolean && y.Type.IsNumeric()) {
					return nil, Invalid(e.Pos, "Values passed to IN operator must have compatible types")
				}
				return nil, Refuse(e.Pos, "IN with %s and %s", x.Type, y.Type)
			}
			if y, err = r.castTo(y.Pos, y, x.Type.Null(false), false); err != nil {
				return nil, err
			}
		}
		if tests[i], err = r.compare(e.Pos, "=", x, y); err != nil {
			return nil, err
		}
		nullable = nullable || y.Type.Nullable
		args = append(args, y)
	}
	t := types.Of(types.Boolean).Null(nullable)
	return r.Env.node(e.Pos, "IN"+notWord(e.Not), t, args, func(row value.Row) (value.Value, error) {
		unknown := false
		for _, test := range tests {
			v, err := test.Fn(row)
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
