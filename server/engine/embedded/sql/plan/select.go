package plan

import (
	"fmt"
	"strconv"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
)

// one is the source of a query without FROM.
type one struct{}

// Row implements stream.Source.
func (one) Row(i int64) (value.Row, bool, error) { return value.Row{}, i == 0, nil }

// Due implements stream.Source.
func (one) Due(int64) int64 { return 0 }

// output is the select list as resolved: what is shown, and what only sorts.
type output struct {
	columns []expr.Column
	items   []*expr.X
	visible int
}

// selectQuery plans SELECT with the ORDER BY and LIMIT around it.
func (p *Planner) selectQuery(s *parse.Select, q *parse.Query) (*Node, error) {
	from, err := p.source(s)
	if err != nil {
		return nil, err
	}
	r := p.resolver(&expr.Scope{Relations: from.relations}, "")
	n := from.node
	var group *grouping
	if grouped(s, q) {
		if group, err = p.group(s, from); err != nil {
			return nil, err
		}
		r.Group = group.Group
	}
	values := &scalars{p: p, width: len(n.Columns), scope: r.Scope}
	if group == nil {
		r.Query = values.resolve
	}
	over := &overs{p: p, named: s.Windows}
	if err := over.allowed(s, group, r); err != nil {
		return nil, err
	}
	out, err := p.items(s, r)
	if err != nil {
		return nil, err
	}
	r.Query = nil
	n = values.join(n)
	qualify, err := over.qualify(s, r)
	if err != nil {
		return nil, err
	}
	r.Over = nil
	var having *expr.X
	if s.Having != nil {
		if having, err = condition(r, s.Having, "HAVING"); err != nil {
			return nil, err
		}
	}
	keys, err := p.sortKeys(q, s, r, out)
	if err != nil {
		return nil, err
	}
	if group != nil {
		if err := orderless(group, n, s); err != nil {
			return nil, err
		}
		n = p.grouped(group, n)
	}
	if having != nil {
		n = filtered(n, having)
	}
	if n, err = over.applied(n, qualify); err != nil {
		return nil, err
	}
	return p.finished(n, s, q, out, keys)
}

// source plans FROM and WHERE.
func (p *Planner) source(s *parse.Select) (*tables, error) {
	if s.From == nil {
		return &tables{node: &Node{Append: true, Bounded: true, Build: func(b *stream.Builder, next stream.Op) { b.Input(one{}, next) }}}, nil
	}
	saved := p.hints
	p.hints = nil
	if s.Where != nil {
		p.hints = conjuncts(s.Where)
	}
	from, err := p.from(s.From)
	p.hints = saved
	if err != nil || s.Where == nil {
		if err == nil {
			err = ready(from.node)
		}
		return buildable(from), err
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
	if err := ready(from.node); err != nil {
		return nil, err
	}
	return p.where(buildable(from), where)
}

// buildable forgets that the first rows of a node could be had.
func buildable(from *tables) *tables {
	if from == nil || from.node.rank == nil || from.node.Build == nil {
		return from
	}
	out := *from
	n := *from.node
	n.rank = nil
	out.node = &n
	return &out
}

func condition(r *expr.Resolver, e parse.Expr, clause string) (*expr.X, error) {
	x, err := r.Resolve(e)
	if err != nil || x.IsNull() { // NULL lets no row pass
		return x, err
	}
	if x.Bare != nil {
		return nil, x.Bare
	}
	if x.Type.Root != types.Boolean {
		return nil, expr.Invalid(x.Pos, "%s clause must be a condition", clause)
	}
	return x, nil
}

func filtered(n *Node, cond *expr.X) *Node {
	out := *n
	out.rank, out.Upsert, out.versions = nil, nil, nil // Flink's filter wants to know what was there before
	out.Build = func(b *stream.Builder, next stream.Op) { n.Build(b, &stream.Filter{Cond: cond.Fn, Next: next}) }
	return &out
}

// items resolves the select list.
func (p *Planner) items(s *parse.Select, r *expr.Resolver) (*output, error) {
	out := &output{}
	for _, it := range s.Items {
		if star, ok := it.Expr.(*parse.Star); ok {
			if s.From == nil {
				return nil, expr.Refuse(star.Pos, "* without FROM")
			}
			all, err := r.Star(star)
			if err != nil {
				return nil, err
			}
			for _, x := range all {
				if x.Bare != nil {
					return nil, x.Bare
				}
				out.add(x.Name, x)
			}
			continue
		}
		x, err := r.Value(it.Expr)
		if err != nil {
			return nil, err
		}
		if x.Bare != nil {
			return nil, x.Bare
		}
		out.add(itemName(it, len(out.items)), x)
	}
	out.visible = len(out.items)
	return out, nil
}

func (o *output) add(name string, x *expr.X) {
	o.items = append(o.items, x)
	o.columns = append(o.columns, expr.Column{Name: name, Type: x.Type})
}

func itemName(it parse.Item, i int) string {
	if it.Alias != nil {
		return it.Alias.Text
	}
	switch e := it.Expr.(type) {
	case *parse.Ident:
		return e.Parts[len(e.Parts)-1].Text
	case *parse.Field:
		return e.Name.Text
	}
	return fmt.Sprintf("EXPR$%d", i)
}

// sortKeys resolves ORDER BY; expressions that are not shown become hidden items.
func (p *Planner) sortKeys(q *parse.Query, s *parse.Select, r *expr.Resolver, out *output) ([]stream.SortKey, error) {
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
			if x.Bare != nil {
				return nil, x.Bare
			}
			at = out.find(x)
			if at < 0 {
				if s.Distinct {
					return nil, expr.Refuse(o.Expr.Span(), "ORDER BY an expression that SELECT DISTINCT does not show")
				}
				at = len(out.items)
				out.add("", x)
			}
		}
		keys = append(keys, sortKey(o, at, out.columns[at].Type))
	}
	return keys, nil
}

func (o *output) find(x *expr.X) int {
	for i, it := range o.items {
		if it.ID == x.ID {
			return i
		}
	}
	return -1
}

func sortKey(o parse.OrderItem, at int, t types.Type) stream.SortKey {
	k := stream.SortKey{Column: at, Type: t, Desc: o.Desc, NullsFirst: !o.Desc}
	if o.NullsFirst != nil {
		k.NullsFirst = *o.NullsFirst
	}
	return k
}

// outputColumn finds the column that an ordinal or an alias names, or -1.
func outputColumn(e parse.Expr, columns []expr.Column, items []parse.Item) (int, error) {
	if l, ok := e.(*parse.Literal); ok && l.Kind == parse.Number {
		n, err := strconv.Atoi(l.Text)
		if err != nil || n < 1 || n > len(columns) {
			return 0, expr.Invalid(l.Pos, "Ordinal out of range")
		}
		return n - 1, nil
	}
	id, ok := e.(*parse.Ident)
	if !ok || len(id.Parts) != 1 {
		return -1, nil
	}
	found := -1
	for i, c := range columns {
		if c.Name != id.Parts[0].Text {
			continue
		}
		if i < len(items) && len(items) == len(columns) && items[i].Alias == nil {
			continue
		}
		if found >= 0 {
			return 0, expr.Refuse(id.Pos, "ORDER BY a name that two columns have")
		}
		if i < len(items) || items == nil {
			found = i
		}
	}
	return found, nil
}

// finished adds the projection, DISTINCT, the order and the limit.
func (p *Planner) finished(n *Node, s *parse.Select, q *parse.Query, out *output, keys []stream.SortKey) (*Node, error) {
	fns := make([]expr.Fn, len(out.items))
	for i, x := range out.items {
		fns[i] = x.Fn
	}
	projected := out.projected(n, fns)
	if s.Distinct || q.Limit != nil || q.OrderBy != nil {
		projected.rank, projected.Upsert, projected.versions = nil, nil, nil
		if n.Build == nil {
			return nil, expr.Refuse(s.Pos, "ROW_NUMBER in this place in streaming mode")
		}
	}
	result := projected
	if s.Distinct {
		result = p.distinct(projected)
	}
	result, err := p.limited(result, q, keys)
	if err != nil || out.visible == len(out.items) {
		return result, err
	}
	return cut(result, out.visible), nil
}

// projected is the node behind the projection.
func (o *output) projected(n *Node, fns []expr.Fn) *Node {
	out := &Node{Columns: o.columns, Append: n.Append, Bounded: n.Bounded, Shuffled: n.Shuffled, Joined: n.Joined}
	if n.Build != nil {
		out.Build = func(b *stream.Builder, next stream.Op) { n.Build(b, &stream.Project{Columns: fns, Next: next}) }
	}
	at := func(col int) int {
		for i, x := range o.items {
			if x.Col == col {
				return i
			}
		}
		return -1
	}
	out.windows = n.windows.moved(at)
	for _, col := range n.versions {
		i := -1
		if col >= 0 {
			i = at(col)
		}
		if out.versions = append(out.versions, i); i < 0 {
			out.versions = nil
			break
		}
	}
	if n.Upsert != nil {
		out.Upsert = make([]int, len(n.Upsert))
		for i, col := range n.Upsert {
			if out.Upsert[i] = -1; col >= 0 {
				out.Upsert[i] = at(col)
			}
		}
	}
	if r := n.rank; r != nil {
		moved := *r
		moved.col = -1
		for i, x := range o.items {
			if x.ID == r.id || r.col >= 0 && x.Col == r.col {
				moved.col = i
			}
		}
		moved.limited = func(first, last int, numbered bool) (*Node, error) {
			limited, err := r.limited(first, last, numbered)
			if err != nil {
				return nil, err
			}
			return o.projected(limited, fns), nil
		}
		if out.rank = &moved; moved.col < 0 {
			out.rank = nil
		}
	}
	return out
}

// cut drops the hidden columns.
func cut(n *Node, width int) *Node {
	fns := make([]expr.Fn, width)
	for i := range fns {
		fns[i] = columnFn(i)
	}
	out := *n
	out.Columns = n.Columns[:width]
	out.rank = nil
	out.Build = func(b *stream.Builder, next stream.Op) { n.Build(b, &stream.Project{Columns: fns, Next: next}) }
	return &out
}

func (p *Planner) distinct(n *Node) *Node {
	out := *n
	ts := n.Types()
	fns := make([]expr.Fn, len(ts))
	for i := range fns {
		fns[i] = columnFn(i)
		out.Columns = append(out.Columns[:i:i], expr.Column{Name: n.Columns[i].Name, Type: withoutTime(n.Columns[i].Type)})
	}
	out.Build = func(b *stream.Builder, next stream.Op) {
		n.Build(b, &stream.Aggregate{Keys: fns, KeyTypes: ts, Retracts: !n.Append, Batch: p.Batch, Budget: b.Budget, Next: next})
	}
	out.Append = n.Append
	return &out
}
