package plan

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/over"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
)

// selectQuery plans SELECT with the ORDER BY and LIMIT around it.
func (p *Planner) selectQuery(s *ast.Select, q *ast.Query) (tree.Node, error) {
	from, err := p.source(s)
	if err == nil {
		s, from, err = p.groupWindow(s, from)
	}
	if err != nil {
		return nil, err
	}
	r := p.resolver(from.scope(), "")
	n := from.node
	var group *grouping
	if p.grouped(s, q) {
		if group, err = p.group(s, q, from); err != nil {
			return nil, err
		}
		r.Group = group.Group
	}
	var having *expr.Expr
	if s.Having != nil { // Flink looks at it before what is selected
		if having, err = r.Condition(s.Having, "HAVING"); err != nil {
			return nil, err
		}
	}
	if err := over.Allowed(s, group != nil); err != nil {
		return nil, err
	}
	if group == nil {
		values := p.scalars(n, r.Scope, ast.ShownExprs(s))
		n, r.Query = values.join(n), values.resolve
		r.Scope = &expr.Scope{Relations: from.relations, Input: tree.InputOf(n)}
	}
	calls := over.NewCalls(r, p.Batch, s, len(n.Schema()))
	r.Over = calls.Resolve
	out, err := p.items(s, r)
	if err != nil {
		return nil, p.unplanned(err, s, q)
	}
	r.Query = nil
	qualify, err := calls.Qualify(s, r)
	if err != nil {
		return nil, err
	}
	r.Over = nil
	keys, err := p.sortKeys(q, s, r, out)
	if err != nil {
		return nil, err
	}
	if group != nil {
		if n, err = p.allGroups(group, n, s); err != nil {
			return nil, err
		}
	}
	if having != nil {
		n = tree.NewFilter(n, having)
	}
	if n, err = calls.Apply(n, qualify); err != nil {
		return nil, err
	}
	return p.finished(n, s, q, out, keys)
}

// allGroups makes groups of rows, where that can be done.
func (p *Planner) allGroups(g *grouping, n tree.Node, s *ast.Select) (tree.Node, error) {
	if err := orderless(g, n, s); err != nil {
		return nil, err
	}
	if n.Traits().Windows != nil && n.Traits().Windows.Session && g.sets != nil && !p.Batch {
		return nil, sqlerr.Refuse(s.Pos, "GROUPING SETS of the windows of SESSION")
	}
	return p.aggregated(g, n), nil
}

// source plans FROM and WHERE.
func (p *Planner) source(s *ast.Select) (*tables, error) {
	if s.From == nil {
		return &tables{node: tree.SingleRow()}, nil
	}
	saved := p.hints
	p.hints = nil
	if s.Where != nil {
		p.hints = ast.Conjuncts(s.Where)
	}
	from, err := p.from(s.From)
	p.hints = saved
	if err != nil || s.Where == nil {
		if err == nil {
			err = tree.RequireExecutable(from.node)
		}
		return withoutRank(from), err
	}
	where := s.Where
	top, rest, err := p.topRows(from, s)
	switch {
	case err != nil:
		return nil, err
	case top != nil && rest == nil:
		return top, nil
	case top != nil:
		from, where = top, rest
	}
	if err := tree.RequireExecutable(from.node); err != nil {
		return nil, err
	}
	return p.where(withoutRank(from), where)
}

// withoutRank forgets that the first rows of a node could be had.
func withoutRank(from *tables) *tables {
	if from == nil {
		return from
	}
	out := *from
	out.node = tree.AllNumbers(from.node)
	return &out
}

// items resolves the select list.
func (p *Planner) items(s *ast.Select, r *expr.Resolver) (*output, error) {
	out := &output{}
	for _, it := range s.Items {
		if star, ok := it.Expr.(*ast.Star); ok {
			if s.From == nil {
				return nil, sqlerr.Refuse(star.Pos, "* without FROM")
			}
			all, err := r.Star(star)
			if err != nil {
				return nil, err
			}
			for _, x := range all {
				if err := x.RequireGrouped(); err != nil {
					return nil, err
				}
				out.add(x.Name, x)
			}
			continue
		}
		x, err := r.Value(it.Expr)
		if err != nil {
			return nil, err
		}
		if err := x.RequireGrouped(); err != nil {
			return nil, err
		}
		if x.TopLevel != nil {
			x = x.TopLevel
		}
		out.add(itemName(it, len(out.items)), x)
	}
	out.visible = len(out.items)
	return out, nil
}

// sortKeys resolves ORDER BY; expressions that are not shown become hidden items.
func (p *Planner) sortKeys(q *ast.Query, s *ast.Select, r *expr.Resolver, out *output) ([]stream.SortKey, error) {
	var keys []stream.SortKey
	for _, o := range q.OrderBy {
		at, err := outputColumn(o.Expr, out.columns[:out.visible], s.Items)
		if err != nil {
			return nil, err
		}
		if at < 0 {
			x, err := r.Value(o.Expr)
			if err != nil {
				return nil, err
			}
			if err := x.RequireGrouped(); err != nil {
				return nil, err
			}
			at = out.find(x)
			if at < 0 {
				if s.Distinct {
					return nil, sqlerr.Refuse(
						o.Expr.Span(), "ORDER BY an expression that SELECT DISTINCT does not show",
					)
				}
				at = len(out.items)
				out.add("", x)
			}
		}
		keys = append(keys, tree.SortKey(o, at, out.columns[at].Type))
	}
	return keys, nil
}

// finished adds the projection, DISTINCT, the order and the limit.
func (p *Planner) finished(
	n tree.Node, s *ast.Select, q *ast.Query, out *output, keys []stream.SortKey,
) (tree.Node, error) {
	if (s.Distinct || q.Limit != nil || q.OrderBy != nil) && !tree.Executable(n) {
		return nil, sqlerr.Refuse(s.Pos, "ROW_NUMBER in this place in streaming mode")
	}
	var result tree.Node = tree.NewProject(n, out.columns, out.items)
	if s.Distinct {
		result = tree.NewDistinct(result, p.Batch)
	}
	result, err := p.limited(result, q, keys)
	if err != nil || out.visible == len(out.items) {
		return result, err
	}
	return tree.First(result, out.visible), nil
}
