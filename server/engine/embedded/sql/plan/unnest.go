package plan

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// joinUnnest plans l CROSS JOIN UNNEST(x), and LEFT JOIN with ON TRUE.
func (p *Planner) joinUnnest(j *ast.Join, u *ast.Unnest, l *tables) (*tables, error) {
	always := false
	if lit, ok := j.On.(*ast.Literal); ok {
		always = lit.Kind == ast.Bool && lit.Text == "TRUE"
	}
	if j.Natural || j.Using != nil || j.On != nil && !always || j.Kind == "RIGHT" || j.Kind == "FULL" {
		return nil, sqlerr.Refuse(j.Pos, "this join with UNNEST")
	}
	return p.unnest(u, l, j.Kind == "LEFT")
}

func (p *Planner) unnest(u *ast.Unnest, l *tables, outer bool) (*tables, error) {
	x, err := p.resolver(l.scope(), "").Value(u.X)
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
	if names := u.Alias.Columns; names != nil {
		if len(names) != len(columns) {
			return nil, wrongDegree(columns, len(names), names[0].Pos.To(names[len(names)-1].Pos))
		}
		for i, name := range names {
			columns[i].Name = name.Text
		}
	}
	name := ""
	if u.Alias.Name != nil {
		name = u.Alias.Name.Text
	}
	n := tree.NewUnnest(l.node, x, columns, tree.UnnestOptions{Spread: spread, Outer: outer, Ordinality: u.Ordinality})
	relations := append(append([]expr.Relation{}, l.relations...), expr.Relation{
		Name: name, Columns: columns, Offset: len(l.node.Schema()),
	})
	return &tables{n, relations}, nil
}

// unnested are the columns of a collection's elements, and how an element
// becomes their values.
func unnested(u *ast.Unnest, x *expr.Expr) ([]expr.Column, func(value.Value) []value.Value, error) {
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
		return []expr.Column{{Name: "EXPR$0", Type: *x.Type.Elem}}, func(v value.Value) []value.Value {
			return []value.Value{v}
		}, nil
	case x.Type.Root == types.Array || x.Type.Root == types.Map:
		return nil, nil, sqlerr.Refuse(u.Pos, "UNNEST without names for its columns")
	}
	return nil, nil, sqlerr.Refuse(u.Pos, "UNNEST of %s", x.Type)
}
