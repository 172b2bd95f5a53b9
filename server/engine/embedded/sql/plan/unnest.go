package plan

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// nothingLeft is what stands before an UNNEST that nothing stands before.
func nothingLeft() *tables {
	return &tables{node: &Node{Append: true, Bounded: true, Build: func(b *stream.Builder, next stream.Op) { b.Input(singleRow{}, next) }}}
}

// joinUnnest plans l CROSS JOIN UNNEST(x), and LEFT JOIN with ON TRUE.
func (p *Planner) joinUnnest(j *parse.Join, u *parse.Unnest, l *tables) (*tables, error) {
	always := false
	if lit, ok := j.On.(*parse.Literal); ok {
		always = lit.Kind == parse.Bool && lit.Text == "TRUE"
	}
	if j.Natural || j.Using != nil || j.On != nil && !always || j.Kind == "RIGHT" || j.Kind == "FULL" {
		return nil, sqlerr.Refuse(j.Pos, "this join with UNNEST")
	}
	return p.unnest(u, l, j.Kind == "LEFT")
}

func (p *Planner) unnest(u *parse.Unnest, l *tables, outer bool) (*tables, error) {
	x, err := p.resolver(&expr.Scope{Relations: l.relations}, "").Value(u.X)
	if err != nil {
		return nil, err
	}
	columns, spread, err := unnested(u, x)
	if err != nil {
		return nil, err
	}
	if u.Ordinality {
		columns = append(columns, expr.Column{Name: "ORDINALITY", Type: types.Of(types.Integer)})
	}
	for i := range columns {
		columns[i].Type = columns[i].Type.OrNull(outer)
	}
	right := &Node{Columns: columns}
	if u.Alias.Columns != nil {
		if right, err = renamed(right, u.Alias.Columns, u.Alias.Columns[0].Pos.To(u.Alias.Columns[len(u.Alias.Columns)-1].Pos)); err != nil {
			return nil, err
		}
	}
	name := ""
	if u.Alias.Name != nil {
		name = u.Alias.Name.Text
	}
	n := l.node
	width := len(n.Columns)
	out := &Node{Append: n.Append, Bounded: n.Bounded, Shuffled: n.Shuffled, Joined: n.Joined}
	out.Columns = append(append([]expr.Column{}, n.Columns...), right.Columns...)
	out.Build = func(b *stream.Builder, next stream.Op) {
		n.Build(b, &stream.Unnest{Of: x.Eval, Spread: spread, Width: len(right.Columns), Outer: outer, Ordinality: u.Ordinality, Next: next})
	}
	relations := append(append([]expr.Relation{}, l.relations...), expr.Relation{Name: name, Columns: right.Columns, Offset: width})
	return &tables{out, relations}, nil
}

// unnested are the columns of a collection's elements, and how an element
// becomes their values.
func unnested(u *parse.Unnest, x *expr.Expr) ([]expr.Column, func(value.Value) []value.Value, error) {
	named := u.Alias.Columns != nil
	switch {
	case x.Type.Root == types.Map && named:
		return []expr.Column{{Name: "KEY", Type: *x.Type.Key}, {Name: "VALUE", Type: *x.Type.Elem}}, nil, nil
	case x.Type.Root == types.Array && x.Type.Elem.Root == types.Row:
		var columns []expr.Column
		for _, f := range x.Type.Elem.Fields {
			columns = append(columns, expr.Column{Name: f.Name, Type: f.Type.OrNull(x.Type.Elem.Nullable)})
		}
		width := len(columns)
		return columns, func(v value.Value) []value.Value {
			if !v.Valid {
				return make([]value.Value, width)
			}
			return v.Items()
		}, nil
	case x.Type.Root == types.Array && named:
		return []expr.Column{{Name: "EXPR$0", Type: *x.Type.Elem}}, func(v value.Value) []value.Value { return []value.Value{v} }, nil
	case x.Type.Root == types.Array || x.Type.Root == types.Map:
		return nil, nil, sqlerr.Refuse(u.Pos, "UNNEST without names for its columns")
	}
	return nil, nil, sqlerr.Refuse(u.Pos, "UNNEST of %s", x.Type)
}
