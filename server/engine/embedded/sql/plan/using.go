package plan

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// joinUsing is NATURAL JOIN and JOIN … USING: the shared columns come first, once.
func (p *Planner) joinUsing(j *parse.Join, l, r *tables) (*tables, error) {
	if len(l.relations) != 1 || len(r.relations) != 1 || l.relations[0].At != nil || r.relations[0].At != nil {
		return nil, sqlerr.Refuse(j.Pos, "NATURAL and USING of more than two tables")
	}
	names := j.Using
	if j.Natural {
		for _, c := range l.node.Columns {
			if find(r.node.Columns, c.Name) >= 0 {
				names = append(names, parse.Name{Text: c.Name, Pos: j.Pos})
			}
		}
	}
	if len(names) == 0 {
		return nil, sqlerr.Refuse(j.Pos, "NATURAL JOIN without common columns")
	}
	out := combined(j.Kind, l, r)
	spec := &joinSpec{kind: j.Kind, l: l.node, r: r.node}
	width := len(l.node.Columns)
	var shared []*expr.Expr
	for _, n := range names {
		a, b := find(l.node.Columns, n.Text), find(r.node.Columns, n.Text)
		if a < 0 || b < 0 {
			return nil, sqlerr.Invalid(n.Pos, "Column '%s' not found in any table", n.Text)
		}
		l.node.use(a)
		r.node.use(b)
		lt, rt := l.node.Columns[a].Type, r.node.Columns[b].Type
		if !lt.Equal(rt) || lt.Root >= types.Array {
			return nil, sqlerr.Refuse(n.Pos, "USING with %s and %s", lt, rt)
		}
		spec.leftKeys = append(spec.leftKeys, columnFn(a))
		spec.rightKeys = append(spec.rightKeys, columnFn(b))
		spec.keyTypes = append(spec.keyTypes, lt)
		shared = append(shared, p.sharedColumn(j.Kind, n, out.node.Columns, a, width+b))
	}
	out.node.Build = spec.build
	p.joinTraits(out.node, spec)
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

func columnFn(i int) expr.Fn {
	return func(row value.Row) (value.Value, error) { return row[i], nil }
}

// sharedColumn is COALESCE(left, right) of a column of USING.
func (p *Planner) sharedColumn(kind string, n parse.Name, columns []expr.Column, a, b int) *expr.Expr {
	switch kind {
	case "INNER", "LEFT":
		return p.Env.Ref(n.Pos, a, n.Text, columns[a].Type)
	case "RIGHT":
		return p.Env.Ref(n.Pos, b, n.Text, columns[b].Type)
	}
	x := p.Env.Ref(n.Pos, a, n.Text, columns[a].Type)
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
func usingColumns(t *tables, names []parse.Name, shared []*expr.Expr) *tables {
	inner := t.node
	n := *inner
	first := len(shared)
	fns := make([]expr.Fn, 0, first+len(inner.Columns))
	var front []expr.Column
	for i, x := range shared {
		fns = append(fns, x.Eval)
		front = append(front, expr.Column{Name: names[i].Text, Type: x.Type})
	}
	for i := range inner.Columns {
		fns = append(fns, columnFn(i))
	}
	n.Columns = append(append([]expr.Column{}, front...), inner.Columns...)
	n.Build = func(b *stream.Builder, next stream.Op) { inner.Build(b, &stream.Project{Columns: fns, Next: next}) }
	out := &tables{node: &n, relations: []expr.Relation{{Columns: front}}}
	for _, rel := range t.relations {
		columns := append([]expr.Column{}, rel.Columns...)
		for i := range columns {
			for _, name := range names {
				columns[i].Hidden = columns[i].Hidden || columns[i].Name == name.Text
			}
		}
		out.relations = append(out.relations, expr.Relation{Name: rel.Name, Columns: columns, Offset: rel.Offset + first})
	}
	return out
}
