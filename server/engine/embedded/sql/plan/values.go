package plan

import (
	"fmt"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// rows is a source of computed rows.
type rows struct {
	list [][]*expr.Expr
}

// Row implements stream.Source.
func (r rows) Row(i int64) (value.Row, bool, error) {
	if i >= int64(len(r.list)) {
		return nil, false, nil
	}
	row := make(value.Row, len(r.list[i]))
	for c, x := range r.list[i] {
		v, err := x.Eval(nil)
		if err != nil {
			return nil, false, err
		}
		row[c] = v
	}
	return row, true, nil
}

// Due implements stream.Source.
func (rows) Due(int64) int64 { return 0 }

func rowItems(e parse.Expr) []parse.Expr {
	if r, ok := e.(*parse.Row); ok {
		return r.Items
	}
	return []parse.Expr{e}
}

func (p *Planner) values(v *parse.Values) (*Node, error) {
	r := p.resolver(&expr.Scope{}, "VALUES")
	list := make([][]*expr.Expr, len(v.Rows))
	for i, row := range v.Rows {
		for _, item := range rowItems(row) {
			x, err := r.Value(item)
			if err != nil {
				return nil, err
			}
			list[i] = append(list[i], x)
		}
		if len(list[i]) != len(list[0]) {
			return nil, sqlerr.Invalid(v.Pos, "Values passed to VALUES operator must have compatible types")
		}
	}
	p.Env.Written = true
	n := &Node{Append: true, Bounded: true, Literal: true, Bytes: 1}
	for _, row := range v.Rows {
		for _, item := range rowItems(row) {
			n.Shuffled = n.Shuffled || len(v.Rows) > 1 && !plainLiteral(item)
		}
	}
	for c := range list[0] {
		t, err := p.valuesColumn(v, list, c)
		if err != nil {
			return nil, err
		}
		n.Columns = append(n.Columns, expr.Column{Name: fmt.Sprintf("EXPR$%d", c), Type: t})
	}
	n.Build = func(b *stream.Builder, next stream.Op) { b.Input(rows{list}, next) }
	return n, nil
}

// plainLiteral says whether a row of such items stays in one source of Flink's.
func plainLiteral(e parse.Expr) bool {
	if u, ok := e.(*parse.Unary); ok {
		e = u.X
	}
	_, ok := e.(*parse.Literal)
	return ok
}

// valuesColumn brings one column of VALUES to its type.
func (p *Planner) valuesColumn(v *parse.Values, list [][]*expr.Expr, c int) (types.Type, error) {
	ts := make([]types.Type, len(list))
	for i := range list {
		ts[i] = list[i][c].Type
	}
	t, ok := types.Least(ts...)
	if !ok && !types.Clash(ts...) {
		return t, sqlerr.Refuse(v.Pos, "VALUES of these types in one column")
	}
	if !ok {
		return t, sqlerr.Invalid(v.Pos, "Values passed to VALUES operator must have compatible types")
	}
	for _, u := range ts {
		p.Env.MixedRows = p.Env.MixedRows || u.String() != ts[0].String()
	}
	for i := range list {
		x, err := p.Env.Coerce(list[i][c], t)
		if err != nil {
			return t, err
		}
		list[i][c] = x
	}
	return t, nil
}

func (p *Planner) setOp(s *parse.SetOp) (*Node, error) {
	l, err := p.operand(s.L)
	if err != nil {
		return nil, err
	}
	r, err := p.operand(s.R)
	if err != nil {
		return nil, err
	}
	name := s.Op
	if s.All {
		name += " ALL"
	}
	if len(l.Columns) != len(r.Columns) {
		return nil, sqlerr.Invalid(startOf(s.R), "Column count mismatch in %s", name)
	}
	columns, l, r, err := p.aligned(s, name, l, r)
	if err != nil {
		return nil, err
	}
	if s.Op == "UNION" && s.All {
		return unionAll(columns, l, r), nil
	}
	n := &Node{Columns: columns, Bounded: l.Bounded && r.Bounded}
	ts := n.Types()
	n.Append = s.Op == "UNION" && l.Append && r.Append || s.Op == "INTERSECT" && l.Append && r.Append
	want := counts(s.Op, s.All)
	n.Build = func(b *stream.Builder, next stream.Op) {
		op := &stream.SetOp{Types: ts, Want: want, Budget: b.Operator("SetOperation"), Next: next}
		l.Build(b, op.Left())
		r.Build(b, op.Right())
	}
	return p.settled(n), nil
}

// operand plans one side of a set operation.
func (p *Planner) operand(b parse.Body) (*Node, error) {
	n, err := p.body(b)
	if err != nil {
		return nil, err
	}
	return unranked(n), requireExecutable(n)
}

// startOf is where the select list of a body begins, where Flink points.
func startOf(b parse.Body) parse.Pos {
	switch b := b.(type) {
	case *parse.Select:
		first, last := b.Items[0].Expr.Span(), b.Items[len(b.Items)-1].Expr.Span()
		return first.To(last)
	case *parse.SetOp:
		return startOf(b.L)
	case *parse.Query:
		return startOf(b.Body)
	}
	return b.Span()
}

func counts(op string, all bool) func(l, r int) int {
	one := func(yes bool) int {
		if yes {
			return 1
		}
		return 0
	}
	switch {
	case op == "UNION":
		return func(l, r int) int { return one(l+r > 0) }
	case op == "INTERSECT" && all:
		return func(l, r int) int { return max(0, min(l, r)) }
	case op == "INTERSECT":
		return func(l, r int) int { return one(l > 0 && r > 0) }
	case all:
		return func(l, r int) int { return max(0, l-max(0, r)) }
	}
	return func(l, r int) int { return one(l > 0 && r <= 0) }
}

// aligned brings both sides to the same types.
func (p *Planner) aligned(s *parse.SetOp, name string, l, r *Node) ([]expr.Column, *Node, *Node, error) {
	columns := make([]expr.Column, len(l.Columns))
	for i := range columns {
		t, ok := types.Least(l.Columns[i].Type, r.Columns[i].Type)
		if !ok && !types.Clash(l.Columns[i].Type, r.Columns[i].Type) {
			return nil, nil, nil, sqlerr.Refuse(s.Pos, "%s of %s and %s", name, l.Columns[i].Type, r.Columns[i].Type)
		}
		if !ok {
			return nil, nil, nil, sqlerr.Invalid(itemPos(s.L, i), "Type mismatch in column %d of %s", i+1, name)
		}
		columns[i] = expr.Column{Name: l.Columns[i].Name, Type: t}
	}
	lc, err := p.converted(l, columns)
	if err != nil {
		return nil, nil, nil, err
	}
	rc, err := p.converted(r, columns)
	return columns, lc, rc, err
}

func itemPos(b parse.Body, i int) parse.Pos {
	switch b := b.(type) {
	case *parse.Select:
		if i < len(b.Items) {
			return b.Items[i].Expr.Span()
		}
	case *parse.Query:
		return itemPos(b.Body, i)
	}
	return b.Span()
}

// converted casts a node's columns to these types where needed.
func (p *Planner) converted(n *Node, columns []expr.Column) (*Node, error) {
	fns := make([]expr.Fn, len(columns))
	changed := false
	for i, c := range columns {
		x := p.Env.Ref(parse.Pos{}, i, c.Name, n.Columns[i].Type)
		out, err := p.Env.Coerce(x, c.Type)
		if err != nil {
			return nil, err
		}
		changed = changed || out.Column < 0
		fns[i] = out.Eval
	}
	if !changed {
		return n, nil
	}
	out := *n
	out.Columns = columns
	out.Build = func(b *stream.Builder, next stream.Op) { n.Build(b, &stream.Project{Columns: fns, Next: next}) }
	return &out, nil
}

func unionAll(columns []expr.Column, l, r *Node) *Node {
	return &Node{
		Columns: columns, Append: l.Append && r.Append, Bounded: l.Bounded && r.Bounded, Shuffled: true, Joined: l.Joined || r.Joined,
		Build: func(b *stream.Builder, next stream.Op) {
			u := &stream.Union{Inputs: 2, Next: next}
			l.Build(b, u)
			r.Build(b, u)
		},
	}
}
