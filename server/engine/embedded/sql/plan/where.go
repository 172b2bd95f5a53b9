package plan

import (
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/types"
)

// where filters by a condition. A conjunct x IN (query) becomes a semi-join.
func (p *Planner) where(from *tables, cond parse.Expr) (*tables, error) {
	r := p.resolver(&expr.Scope{Relations: from.relations}, "WHERE")
	values := &scalars{p: p, width: len(from.node.Columns), scope: r.Scope}
	r.Query = values.resolve
	out := *from
	var plain parse.Expr
	var ins []*parse.In
	for _, c := range conjuncts(cond) {
		if in, ok := c.(*parse.In); ok && in.Query != nil {
			ins = append(ins, in)
			continue
		}
		if plain == nil {
			plain = c
		} else {
			plain = &parse.Binary{Pos: plain.Span().To(c.Span()), Op: "AND", L: plain, R: c}
		}
	}
	if len(ins) == 0 {
		plain = cond
	}
	if plain != nil {
		x, err := condition(r, plain, "WHERE")
		if err != nil {
			return nil, err
		}
		out.node = values.plain(filtered(values.join(out.node), x))
	}
	for _, in := range ins {
		n, err := p.semi(out.node, r, in)
		if err != nil {
			return nil, err
		}
		out.node = n
	}
	return &out, nil
}

// unordered drops an ORDER BY that means nothing inside of another query.
func unordered(q *parse.Query) *parse.Query {
	if q.Limit != nil || q.Offset != nil || q.OrderBy == nil {
		return q
	}
	out := *q
	out.OrderBy = nil
	return &out
}

// uses says whether a query names what the scope has, as far as its own
// select list and condition show.
func uses(q *parse.Query, scope *expr.Scope) bool {
	s, ok := q.Body.(*parse.Select)
	if !ok {
		return true
	}
	found := false
	look := func(e parse.Expr) bool {
		if id, ok := e.(*parse.Ident); ok {
			found = found || scope.Has(id.Parts[0].Text)
		}
		return !found
	}
	for _, it := range s.Items {
		parse.Walk(it.Expr, look)
	}
	for _, e := range []parse.Expr{s.Where, s.Having} {
		parse.Walk(e, look)
	}
	return found
}

// semi plans x IN (query) as a join that passes on the left rows with a match.
func (p *Planner) semi(n *Node, r *expr.Resolver, in *parse.In) (*Node, error) {
	q, err := p.Query(unordered(in.Query))
	if e, ok := expr.AsError(err); ok && e.Class == expr.ClassValidation && strings.Contains(e.Message, "not found") && uses(in.Query, r.Scope) {
		return nil, expr.Refuse(e.Pos, "a query that uses columns of the query around it")
	}
	if err != nil {
		return nil, err
	}
	spec := &joinSpec{kind: "INNER", l: n, r: q, semi: !in.Not, anti: in.Not}
	items := rowItems(in.X)
	if len(items) != len(q.Columns) {
		return nil, expr.Invalid(in.Pos, "Values passed to IN operator must have compatible types")
	}
	for i, item := range items {
		x, err := r.Value(item)
		if err != nil {
			return nil, err
		}
		c := q.Columns[i].Type
		if !x.Type.Same(c) && !(x.Type.IsInt() && c.IsInt()) || x.Type.Root >= types.Array || x.Type.IsApprox() {
			return nil, expr.Refuse(in.Pos, "IN with %s and %s", x.Type, c)
		}
		if in.Not && (x.Type.Nullable || c.Nullable) {
			return nil, expr.Refuse(in.Pos, "NOT IN where either side may be NULL")
		}
		spec.leftKeys = append(spec.leftKeys, x.Fn)
		spec.rightKeys = append(spec.rightKeys, columnFn(i))
		spec.keyTypes = append(spec.keyTypes, x.Type)
	}
	out := *n
	out.Bounded, out.Joined = n.Bounded && q.Bounded, true
	out.Append = n.Append && q.Append && !in.Not
	out.Build = spec.build
	return p.settled(&out), nil
}
