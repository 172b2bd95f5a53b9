package plan

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
)

// where filters by a condition. Conjuncts that ask whether a query has rows
// become joins.
func (p *Planner) where(from *tables, cond ast.Expr) (*tables, error) {
	r := p.resolver(from.scope(), "WHERE")
	out := *from
	var plain []ast.Expr
	var members []*membership
	for _, c := range ast.Conjuncts(cond) {
		if m := membershipOf(c); m != nil {
			members = append(members, m)
			continue
		}
		plain = append(plain, c)
	}
	rest := ast.Conjoin(plain)
	if len(members) == 0 {
		rest = cond
	}
	if rest != nil {
		values := p.scalars(out.node, r.Scope, []ast.Expr{rest})
		own := *r
		own.Query = values.resolve
		x, err := own.Condition(rest, "WHERE")
		if err != nil {
			return nil, err
		}
		out.node = values.plain(tree.NewFilter(values.join(out.node), x))
	}
	for _, m := range members {
		n, err := p.semi(out.node, r, m)
		if err != nil {
			return nil, err
		}
		out.node = n
	}
	return &out, nil
}

// uses says whether a query names what the scope has, as far as its own
// select list and condition show.
func uses(q *ast.Query, scope *expr.Scope) bool {
	s, ok := q.Body.(*ast.Select)
	if !ok {
		return true
	}
	found := false
	look := func(e ast.Expr) bool {
		if id, ok := e.(*ast.Ident); ok {
			found = found || scope.Has(id.Parts[0].Text)
		}
		return !found
	}
	for _, it := range s.Items {
		ast.Walk(it.Expr, look)
	}
	for _, e := range []ast.Expr{s.Where, s.Having} {
		ast.Walk(e, look)
	}
	return found
}
