package plan

import (
	"slices"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/joins"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// joinUsing is NATURAL JOIN and JOIN … USING: the shared columns come first, once.
func (p *Planner) joinUsing(j *ast.Join, l, r *tables) (*tables, error) {
	if len(l.relations) != 1 || len(r.relations) != 1 || l.relations[0].At != nil || r.relations[0].At != nil {
		return nil, sqlerr.Refuse(j.Pos, "NATURAL and USING of more than two tables")
	}
	names := j.Using
	if j.Natural {
		for _, c := range l.node.Schema() {
			if find(r.node.Schema(), c.Name) >= 0 {
				names = append(names, ast.Name{Text: c.Name, Pos: j.Pos})
			}
		}
	}
	if len(names) == 0 {
		return nil, sqlerr.Refuse(j.Pos, "NATURAL JOIN without common columns")
	}
	kind := tree.JoinKind(j.Kind)
	spec := joins.New(p.Env, kind, p.Batch, l.node, r.node)
	width := len(l.node.Schema())
	var shared []*expr.Expr
	var pairs [][2]int
	for _, n := range names {
		a, b := find(l.node.Schema(), n.Text), find(r.node.Schema(), n.Text)
		if a < 0 || b < 0 {
			return nil, sqlerr.Invalid(n.Pos, "Column '%s' not found in any table", n.Text)
		}
		lt, rt := l.node.Schema()[a].Type, r.node.Schema()[b].Type
		if !lt.Equal(rt) || lt.Root >= types.Array {
			return nil, sqlerr.Refuse(n.Pos, "USING with %s and %s", lt, rt)
		}
		spec.AddKey(tree.Plain(a, l.node.Schema()[a]), tree.Plain(b, r.node.Schema()[b]))
		pairs = append(pairs, [2]int{a, width + b})
	}
	out := &tables{tree.NewJoin(l.node, r.node, spec.JoinSpec), combined(kind, l, r)}
	for i, n := range names {
		shared = append(shared, p.sharedColumn(kind, n, out.node.Schema(), pairs[i][0], pairs[i][1]))
	}
	joined := usingColumns(out, names, shared)
	if j.Natural { // Flink's validator does not see that the two are one
		for i := range joined.relations[0].Columns {
			joined.relations[0].Columns[i].Ambiguous = true
		}
	}
	return joined, nil
}

func find(columns []expr.Column, name string) int {
	for i, c := range columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}

// sharedColumn is COALESCE(left, right) of a column of USING.
func (p *Planner) sharedColumn(kind tree.JoinKind, n ast.Name, columns []expr.Column, a, b int) *expr.Expr {
	switch kind {
	case tree.Inner, tree.Left:
		return p.Env.Ref(n.Pos, a, n.Text, columns[a].Type)
	case tree.Right:
		return p.Env.Ref(n.Pos, b, n.Text, columns[b].Type)
	}
	x := p.Env.Ref(n.Pos, a, n.Text, columns[a].Type)
	x.Op, x.Args = "USING", []*expr.Expr{tree.Plain(a, columns[a]), tree.Plain(b, columns[b])}
	x.Column = -1
	x.Type.Nullable = true
	x.Eval = func(row value.Row) (value.Value, error) {
		if row[a].Valid {
			return row[a], nil
		}
		return row[b], nil
	}
	return x
}

// usingColumns puts the shared columns before the joined row and lets the
// tables' own be found by their qualified names only.
func usingColumns(t *tables, names []ast.Name, shared []*expr.Expr) *tables {
	first := len(shared)
	var front []expr.Column
	for i, x := range shared {
		front = append(front, expr.Column{Name: names[i].Text, Type: x.Type})
	}
	items := slices.Clone(shared)
	for i, c := range t.node.Schema() {
		items = append(items, tree.Plain(i, c))
	}
	n := tree.NewProject(t.node, append(slices.Clone(front), t.node.Schema()...), items)
	out := &tables{node: n, relations: []expr.Relation{{Columns: front}}}
	for _, rel := range t.relations {
		columns := append([]expr.Column{}, rel.Columns...)
		for i := range columns {
			for _, name := range names {
				columns[i].Hidden = columns[i].Hidden || columns[i].Name == name.Text
			}
		}
		out.relations = append(out.relations, expr.Relation{
			Name: rel.Name, Columns: columns, Offset: rel.Offset + first,
		})
	}
	return out
}
