package plan

import (
	"slices"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/joins"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/types"
)

func (p *Planner) join(j *ast.Join) (*tables, error) {
	hints := p.hints
	if j.Kind != "CROSS" && j.Kind != "INNER" {
		p.hints = nil
	}
	l, err := p.from(j.L)
	if err != nil {
		return nil, err
	}
	if u, ok := j.R.(*ast.Unnest); ok {
		p.hints = hints
		if err := tree.RequireExecutable(l.node); err != nil {
			return nil, err
		}
		return p.joinUnnest(j, u, withoutRank(l))
	}
	if t, ok := j.R.(*ast.Table); ok && t.AsOf != nil {
		p.hints = hints
		if err := tree.RequireExecutable(l.node); err != nil {
			return nil, err
		}
		return p.temporal(j, t, withoutRank(l))
	}
	r, err := p.from(j.R)
	if err != nil {
		return nil, err
	}
	p.hints = hints
	for _, side := range []*tables{l, r} {
		if err := tree.RequireExecutable(side.node); err != nil {
			return nil, err
		}
	}
	l, r = withoutRank(l), withoutRank(r)
	if err := checkJoin(j, l, r); err != nil {
		return nil, err
	}
	if (j.Natural || j.Using != nil) && j.Kind != "CROSS" {
		return p.joinUsing(j, l, r)
	}
	return p.joinOn(j, l, r)
}

// checkJoin refuses what no join may be, in Flink's order.
func checkJoin(j *ast.Join, l, r *tables) error {
	for _, b := range r.relations {
		for _, a := range l.relations {
			if a.Name == b.Name && a.Name != "" {
				return sqlerr.Invalid(wholePos(j.R), "Duplicate relation name '%s' in FROM clause", a.Name)
			}
		}
	}
	named := j.Natural || j.Using != nil
	switch {
	case j.Kind != "CROSS" && j.On == nil && !named:
		return sqlerr.Invalid(
			j.Word, "INNER, LEFT, RIGHT or FULL join requires a condition (NATURAL keyword or ON or USING clause)",
		)
	case j.Kind == "CROSS" && named:
		return sqlerr.Refuse(j.Pos, "NATURAL or USING with CROSS JOIN")
	case j.Kind == "CROSS" && j.On != nil:
		return sqlerr.Invalid(
			j.Cond, "Cannot specify condition (NATURAL keyword, or ON or USING clause) following CROSS JOIN",
		)
	}
	return nil
}

// joinOn joins by a condition, or all with all.
func (p *Planner) joinOn(j *ast.Join, l, r *tables) (*tables, error) {
	kind := tree.JoinKind(j.Kind)
	relations := combined(kind, l, r)
	spec := joins.New(p.Env, kind, p.Batch, l.node, r.node)
	if j.On != nil {
		if err := p.condition(spec, j.On, relations, len(l.node.Schema())); err != nil {
			return nil, err
		}
	}
	if kind == tree.Cross {
		p.useHints(spec, relations)
	}
	conds := p.hints
	if kind != tree.Cross && kind != tree.Inner {
		conds = nil
	}
	if j.On != nil {
		conds = append([]ast.Expr{j.On}, conds...)
	}
	spec.Meeting = spec.MeetingOf(conds, relations)
	spec.Windows = !p.Batch && windowsOf(l.node) && windowsOf(r.node) && len(spec.LeftKeys) > 1
	n := tree.NewJoin(l.node, r.node, spec.JoinSpec)
	return &tables{n, typedAs(relations, n.Schema())}, nil
}

// typedAs are relations whose columns are time attributes where those of the
// joined row are.
func typedAs(relations []expr.Relation, schema []expr.Column) []expr.Relation {
	for _, rel := range relations {
		for i := range rel.Columns {
			at := rel.Offset + i
			if rel.At != nil {
				at = rel.At[i]
			}
			rel.Columns[i].Type.Rowtime = schema[at].Type.Rowtime
		}
	}
	return relations
}

// condition resolves ON over both sides, the left one of so many columns.
func (p *Planner) condition(spec *joins.Spec, on ast.Expr, relations []expr.Relation, left int) error {
	if err := spec.CheckKeys(on, relations, left); err != nil {
		return err
	}
	scope := &expr.Scope{Relations: relations, Input: tree.InputOf(spec.L).And(tree.InputOf(spec.R))}
	x, err := p.resolver(scope, "ON").Value(on)
	if err != nil {
		return err
	}
	if x.Type.Root != types.Boolean {
		return sqlerr.Invalid(x.Pos, "ON clause must be a condition")
	}
	if err := spec.AddEqualities(on, relations); err != nil {
		return err
	}
	spec.Conds = []*expr.Expr{x}
	return nil
}

// CarryWindows says whether the rows still tell the end of their window.
func windowsOf(n tree.Node) bool { w := n.Traits().Windows; return w != nil && w.End >= 0 }

// useHints takes equalities of WHERE as keys: what they drop, WHERE drops too.
func (p *Planner) useHints(s *joins.Spec, relations []expr.Relation) {
	for _, h := range p.hints {
		trial := *s
		trial.LeftKeys, trial.RightKeys = slices.Clip(s.LeftKeys), slices.Clip(s.RightKeys)
		if err := trial.AddEqualities(h, relations); err == nil {
			*s = trial
		}
	}
}

func wholePos(t ast.TableRef) ast.Pos {
	if t, ok := t.(*ast.Table); ok {
		return t.Whole
	}
	return t.Span()
}

// combined are the relations of two sides one after the other; the side that an
// outer join may fill with NULLs becomes nullable.
func combined(kind tree.JoinKind, l, r *tables) []expr.Relation {
	var out []expr.Relation
	leftNull, rightNull := kind == tree.Right || kind == tree.Full, kind == tree.Left || kind == tree.Full
	add := func(t *tables, null bool, offset int) {
		for _, rel := range t.relations {
			columns := make([]expr.Column, len(rel.Columns))
			for i, c := range rel.Columns {
				columns[i] = c
				columns[i].Type = c.Type.OrNull(null)
			}
			moved := expr.Relation{Name: rel.Name, Columns: columns, Offset: rel.Offset + offset}
			for _, at := range rel.At {
				moved.At = append(moved.At, at+offset)
			}
			out = append(out, moved)
		}
	}
	add(l, leftNull, 0)
	add(r, rightNull, len(l.node.Schema()))
	return out
}
