package plan

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions/operators"
	"drey/server/engine/embedded/sql/plan/joins"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// membership is a condition that asks whether a query has rows: EXISTS, IN,
// or a comparison with ANY or ALL. It becomes a semi-join or an anti-join.
type membership struct {
	pos   ast.Pos
	query *ast.Query
	// items are compared by op with the columns of the query; none for EXISTS.
	items []ast.Expr
	op    string
	// anti passes on the rows that nothing matches; then a comparison that is
	// not known counts as a match, as NOT IN and ALL want it.
	anti    bool
	unknown bool
	// opposite has a row match when the comparison fails: of ALL.
	opposite bool
}

// membershipOf reads such a condition; nil for any other.
func membershipOf(e ast.Expr) *membership {
	switch e := e.(type) {
	case *ast.In:
		if e.Query != nil {
			return &membership{pos: e.Pos, query: e.Query, items: ast.RowItems(e.X), op: "=", anti: e.Not, unknown: e.Not}
		}
	case *ast.Exists:
		return &membership{pos: e.Pos, query: e.Query}
	case *ast.Unary:
		if m := membershipOf(e.X); e.Op == "NOT" && m != nil {
			switch in := e.X.(type) {
			case *ast.Exists:
				m.anti = true
				return m
			case *ast.In:
				if !in.Not {
					m.anti, m.unknown = true, true
					return m
				}
			}
		}
	case *ast.Quantified:
		if e.Query != nil {
			return &membership{
				pos: e.Pos, query: e.Query, items: []ast.Expr{e.X}, op: e.Op, anti: e.All, unknown: e.All,
				opposite: e.All,
			}
		}
	}
	return nil
}

// semi plans a membership over the rows of a node.
func (p *Planner) semi(n tree.Node, r *expr.Resolver, m *membership) (tree.Node, error) {
	inner, correlated, err := p.inner(m, r.Scope)
	if err != nil {
		return nil, err
	}
	q := inner.node
	spec := joins.New(p.Env, tree.Semi, p.Batch, n, q)
	if m.anti {
		spec.Kind = tree.Anti
	}
	if len(m.items) > 0 && len(m.items) != len(q.Schema()) {
		pos := m.pos // up to the end of the query, without its bracket
		pos.EndLine, pos.EndCol = m.query.Pos.EndLine, m.query.Pos.EndCol
		return nil, sqlerr.Invalid(pos, "Values passed to IN operator must have compatible types")
	}
	width := len(n.Schema())
	for i, item := range m.items {
		if err := p.compared(spec, r, m, item, i, width); err != nil {
			return nil, err
		}
	}
	scope := &expr.Scope{
		Relations: shiftedRelations(inner.relations, width),
		Outer:     &expr.Scope{Relations: r.Scope.Relations, Input: r.Scope.Input}, Input: tree.InputOf(q),
	}
	for _, c := range correlated {
		x, err := p.resolver(scope, "WHERE").Condition(c, "WHERE")
		if err != nil {
			return nil, err
		}
		spec.Conds = append(spec.Conds, x)
		p.innerKeys(spec, c, scope, width)
	}
	return tree.NewJoin(n, q, spec.JoinSpec), nil
}

func shiftedRelations(list []expr.Relation, width int) []expr.Relation {
	out := make([]expr.Relation, len(list))
	for i, rel := range list {
		rel.Offset += width
		at := rel.At
		rel.At = nil
		for _, a := range at {
			rel.At = append(rel.At, a+width)
		}
		out[i] = rel
	}
	return out
}

// inner plans the query. Its conditions that use columns of the query around
// it are given back.
func (p *Planner) inner(m *membership, outer *expr.Scope) (*tables, []ast.Expr, error) {
	s, ok := m.query.Body.(*ast.Select)
	n, err := p.Query(ast.Unordered(m.query))
	if err == nil {
		return &tables{node: n}, nil, nil
	}
	e, isError := sqlerr.AsError(err)
	if !isError || e.Class != sqlerr.ClassValidation || !ok || !uses(m.query, outer) {
		for _, around := range p.outers {
			if isError && e.Class == sqlerr.ClassValidation && uses(m.query, around) {
				return nil, nil, sqlerr.Refuse(e.Pos, "a query that uses columns of one that is not directly around it")
			}
		}
		return nil, nil, err
	}
	if s.From == nil || s.Where == nil || p.grouped(s, m.query) || s.Distinct || len(m.query.With) > 0 ||
		m.query.Limit != nil || m.query.Offset != nil || s.Qualify != nil {
		return nil, nil, sqlerr.Refuse(e.Pos, "a query of this form that uses columns of the query around it")
	}
	from, err := p.from(s.From)
	if err != nil {
		return nil, nil, err
	}
	if err := tree.RequireExecutable(from.node); err != nil {
		return nil, nil, err
	}
	if from.node.Traits().Literal { // Flink loses the outer row in planning
		return nil, nil, sqlerr.Refuse(e.Pos, "a query of VALUES that uses columns of the query around it")
	}
	own, correlated, err := p.parted(s.Where, from.relations, outer)
	if err != nil {
		return nil, nil, err
	}
	if from = withoutRank(from); own != nil {
		p.outers = append(p.outers, outer)
		defer func() { p.outers = p.outers[:len(p.outers)-1] }()
		if from, err = p.where(from, own); err != nil {
			return nil, nil, err
		}
	}
	if len(m.items) == 0 {
		return from, correlated, nil
	}
	return nil, nil, sqlerr.Refuse(e.Pos, "IN, ANY or ALL with a query that uses columns of the query around it")
}

// parted parts the conditions that use the outer query from the others.
func (p *Planner) parted(where ast.Expr, own []expr.Relation, outer *expr.Scope) (ast.Expr, []ast.Expr, error) {
	var plain, correlated []ast.Expr
	for _, c := range ast.Conjuncts(where) {
		if membershipOf(c) != nil {
			plain = append(plain, c)
			continue
		}
		r := p.resolver(&expr.Scope{Relations: own, Outer: outer}, "WHERE")
		if _, err := r.Condition(c, "WHERE"); err != nil {
			return nil, nil, err
		}
		if r.Correlated(c) {
			correlated = append(correlated, c)
		} else {
			plain = append(plain, c)
		}
	}
	return ast.Conjoin(plain), correlated, nil
}

// compared adds the comparison of an item with a column of the query.
func (p *Planner) compared(spec *joins.Spec, r *expr.Resolver, m *membership, item ast.Expr, i, width int) error {
	x, err := r.Value(item)
	if err != nil {
		return err
	}
	c := spec.R.Schema()[i].Type
	if !x.Type.Same(c) && !(x.Type.IsInt() && c.IsInt()) || x.Type.Root >= types.Array || x.Type.IsApprox() {
		return sqlerr.Refuse(m.pos, "comparing %s with a query of %s", x.Type, c)
	}
	nullable := x.Type.Nullable || c.Nullable
	if m.op == "=" && !m.opposite && (!m.unknown || !nullable) {
		spec.AddKey(x, tree.Plain(i, spec.R.Schema()[i]))
		return nil
	}
	y := p.Env.Ref(m.pos, width+i, "", c)
	compared, err := operators.Compare(r, m.pos, m.op, x, y)
	if err != nil {
		return err
	}
	test := *compared
	test.Op = "MATCHES"
	test.Args = []*expr.Expr{compared}
	test.Eval = func(row value.Row) (value.Value, error) {
		v, err := compared.Eval(row)
		if err != nil {
			return v, err
		}
		if !v.Valid {
			return value.Bool(m.unknown), nil
		}
		return value.Bool(v.True() != m.opposite), nil
	}
	spec.Conds = append(spec.Conds, &test)
	return nil
}

// innerKeys takes a = b as a key where one side is of the outer row and the
// other of the inner one.
func (p *Planner) innerKeys(spec *joins.Spec, c ast.Expr, scope *expr.Scope, width int) {
	eq, ok := c.(*ast.Binary)
	if !ok || eq.Op != "=" {
		return
	}
	r := p.resolver(scope, "WHERE")
	a, err := r.Value(eq.L)
	if err != nil {
		return
	}
	b, err := r.Value(eq.R)
	if err != nil || a.Column < 0 || b.Column < 0 {
		return
	}
	if a.Column >= width {
		a, b = b, a
	}
	if a.Column >= width || b.Column < width || !a.Type.Same(b.Type) && !(a.Type.IsInt() && b.Type.IsInt()) ||
		a.Type.IsApprox() || a.Type.Root >= types.Array {
		return
	}
	spec.AddKey(a, tree.Plain(b.Column-width, spec.R.Schema()[b.Column-width]))
}
