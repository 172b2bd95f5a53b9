package plan

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/types"
)

// where filters by a condition. A conjunct x IN (query) becomes a semi-join.
func (p *Planner) where(from *tables, cond parse.Expr) (*tables, error) {
	r := p.resolver(&expr.Scope{Relations: from.relations}, "WHERE")
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
		out.node = filtered(out.node, x)
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

// semi plans x IN (query) as a join that passes on the left rows with a match.
func (p *Planner) semi(n *Node, r *expr.Resolver, in *parse.In) (*Node, error) {
	q, err := p.Query(in.Query)
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
	out.Bounded = n.Bounded && q.Bounded
	out.Append = n.Append && q.Append && !in.Not
	out.Build = spec.build
	return p.settled(&out), nil
}
