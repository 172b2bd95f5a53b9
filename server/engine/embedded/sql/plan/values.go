package plan

import (
	"fmt"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/types"
)

func (p *Planner) values(v *ast.Values) (tree.Node, error) {
	r := p.resolver(&expr.Scope{}, "VALUES")
	list := make([][]*expr.Expr, len(v.Rows))
	for i, row := range v.Rows {
		for _, item := range ast.RowItems(row) {
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
	shuffled := false
	for _, row := range v.Rows {
		for _, item := range ast.RowItems(row) {
			shuffled = shuffled || len(v.Rows) > 1 && !plainLiteral(item)
		}
	}
	var columns []expr.Column
	mixed := false
	for c := range list[0] {
		for i := range list {
			mixed = mixed || list[i][c].Type.String() != list[0][c].Type.String()
		}
		t, err := p.valuesColumn(v, list, c)
		if err != nil {
			return nil, err
		}
		columns = append(columns, expr.Column{Name: fmt.Sprintf("EXPR$%d", c), Type: t})
	}
	return tree.Values(columns, list, shuffled, mixed), nil
}

// plainLiteral says whether a row of such items stays in one source of Flink's.
func plainLiteral(e ast.Expr) bool {
	if u, ok := e.(*ast.Unary); ok {
		e = u.X
	}
	_, ok := e.(*ast.Literal)
	return ok
}

// valuesColumn brings one column of VALUES to its type.
func (p *Planner) valuesColumn(v *ast.Values, list [][]*expr.Expr, c int) (types.Type, error) {
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
	for i := range list {
		x, err := p.Env.Coerce(list[i][c], t)
		if err != nil {
			return t, err
		}
		list[i][c] = x
	}
	return t, nil
}

func (p *Planner) setOp(s *ast.SetOp) (tree.Node, error) {
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
	if len(l.Schema()) != len(r.Schema()) {
		return nil, sqlerr.Invalid(ast.StartOf(s.R), "Column count mismatch in %s", name)
	}
	columns, l, r, err := p.aligned(s, name, l, r)
	if err != nil {
		return nil, err
	}
	if s.Op == "UNION" && s.All {
		return tree.NewUnionAll(columns, l, r), nil
	}
	return tree.Materialized(tree.NewSetOp(s.Op, s.All, columns, l, r), p.Batch), nil
}

// operand plans one side of a set operation.
func (p *Planner) operand(b ast.Body) (tree.Node, error) {
	n, err := p.body(b)
	if err != nil {
		return nil, err
	}
	return tree.AllNumbers(n), tree.RequireExecutable(n)
}

// aligned brings both sides to the same types.
func (p *Planner) aligned(s *ast.SetOp, name string, l, r tree.Node) ([]expr.Column, tree.Node, tree.Node, error) {
	columns := make([]expr.Column, len(l.Schema()))
	for i := range columns {
		t, ok := types.Least(l.Schema()[i].Type, r.Schema()[i].Type)
		if !ok && !types.Clash(l.Schema()[i].Type, r.Schema()[i].Type) {
			return nil, nil, nil, sqlerr.Refuse(s.Pos, "%s of %s and %s", name, l.Schema()[i].Type, r.Schema()[i].Type)
		}
		if !ok {
			return nil, nil, nil, sqlerr.Invalid(ast.ItemPos(s.L, i), "Type mismatch in column %d of %s", i+1, name)
		}
		columns[i] = expr.Column{Name: l.Schema()[i].Name, Type: t}
	}
	lc, err := p.converted(l, columns)
	if err != nil {
		return nil, nil, nil, err
	}
	rc, err := p.converted(r, columns)
	return columns, lc, rc, err
}

// converted casts a node's columns to these types where needed.
func (p *Planner) converted(n tree.Node, columns []expr.Column) (tree.Node, error) {
	items := make([]*expr.Expr, len(columns))
	changed := false
	for i, c := range columns {
		x := p.Env.Ref(ast.Pos{}, i, c.Name, n.Schema()[i].Type)
		out, err := p.Env.Coerce(x, c.Type)
		if err != nil {
			return nil, err
		}
		changed = changed || out.Column < 0
		items[i] = out
	}
	if !changed {
		return n, nil
	}
	return tree.NewProject(n, columns, items), nil
}
