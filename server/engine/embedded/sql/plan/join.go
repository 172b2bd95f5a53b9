package plan

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func (p *Planner) join(j *parse.Join) (*tables, error) {
	hints := p.hints
	if j.Kind != "CROSS" && j.Kind != "INNER" {
		p.hints = nil
	}
	l, err := p.from(j.L)
	if err != nil {
		return nil, err
	}
	if u, ok := j.R.(*parse.Unnest); ok {
		p.hints = hints
		if err := requireExecutable(l.node); err != nil {
			return nil, err
		}
		return p.joinUnnest(j, u, withoutRank(l))
	}
	if t, ok := j.R.(*parse.Table); ok && t.AsOf != nil {
		p.hints = hints
		if err := requireExecutable(l.node); err != nil {
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
		if err := requireExecutable(side.node); err != nil {
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
func checkJoin(j *parse.Join, l, r *tables) error {
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
		return sqlerr.Invalid(j.Word, "INNER, LEFT, RIGHT or FULL join requires a condition (NATURAL keyword or ON or USING clause)")
	case j.Kind == "CROSS" && named:
		return sqlerr.Refuse(j.Pos, "NATURAL or USING with CROSS JOIN")
	case j.Kind == "CROSS" && j.On != nil:
		return sqlerr.Invalid(j.Cond, "Cannot specify condition (NATURAL keyword, or ON or USING clause) following CROSS JOIN")
	}
	return nil
}

// joinOn joins by a condition, or all with all.
func (p *Planner) joinOn(j *parse.Join, l, r *tables) (*tables, error) {
	out := combined(j.Kind, l, r)
	spec := &joinSpec{kind: j.Kind, l: l.node, r: r.node}
	if j.On != nil {
		if err := p.condition(spec, j.On, out.relations, len(l.node.Columns)); err != nil {
			return nil, err
		}
	}
	if j.Kind == "CROSS" {
		p.useHints(spec, out.relations)
	}
	conds := p.hints
	if j.Kind != "CROSS" && j.Kind != "INNER" {
		conds = nil
	}
	if j.On != nil {
		conds = append([]parse.Expr{j.On}, conds...)
	}
	spec.meeting = p.meeting(spec, conds, out.relations)
	spec.windows = !p.Batch && windowsOf(l.node) && windowsOf(r.node) && len(spec.leftKeys) > 1
	out.node.Build = spec.build
	p.joinTraits(out.node, spec)
	out.node.Joined = !spec.interval()
	for _, rel := range out.relations {
		for i := range rel.Columns {
			at := rel.Offset + i
			if rel.At != nil {
				at = rel.At[i]
			}
			rel.Columns[i].Type.Rowtime = out.node.Columns[at].Type.Rowtime
		}
	}
	return out, nil
}

// condition resolves ON over both sides, the left one of so many columns.
func (p *Planner) condition(spec *joinSpec, on parse.Expr, relations []expr.Relation, left int) error {
	if err := p.mixedKeys(on, relations, left); err != nil {
		return err
	}
	x, err := p.resolver(&expr.Scope{Relations: relations}, "ON").Value(on)
	if err != nil {
		return err
	}
	if x.Type.Root != types.Boolean {
		return sqlerr.Invalid(x.Pos, "ON clause must be a condition")
	}
	if err := p.equalities(spec, on, relations); err != nil {
		return err
	}
	spec.cond = x.Eval
	return nil
}

// windowsOf says whether the rows still tell the end of their window.
func windowsOf(n *Node) bool { return n.windows != nil && n.windows.end >= 0 }

// useHints takes equalities of WHERE as keys: what they drop, WHERE drops too.
func (p *Planner) useHints(s *joinSpec, relations []expr.Relation) {
	for _, h := range p.hints {
		trial := *s
		if err := p.equalities(&trial, h, relations); err == nil {
			*s = trial
		}
	}
}

func wholePos(t parse.TableRef) parse.Pos {
	if t, ok := t.(*parse.Table); ok {
		return t.Whole
	}
	return t.Span()
}

// combined puts the columns of two sides one after the other; the side that
// an outer join may fill with NULLs becomes nullable.
func combined(kind string, l, r *tables) *tables {
	out := &tables{node: &Node{Joined: true, Bounded: l.node.Bounded && r.node.Bounded}}
	if l.node.Bytes > 0 && r.node.Bytes > 0 {
		out.node.Bytes = l.node.Bytes + r.node.Bytes
	}
	leftNull, rightNull := kind == "RIGHT" || kind == "FULL", kind == "LEFT" || kind == "FULL"
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
			out.relations = append(out.relations, moved)
		}
		for _, c := range t.node.Columns {
			out.node.Columns = append(out.node.Columns, expr.Column{Name: c.Name, Type: c.Type.OrNull(null), Used: c.Used})
		}
	}
	add(l, leftNull, 0)
	add(r, rightNull, len(l.node.Columns))
	return out
}

type joinSpec struct {
	kind                string
	l, r                *Node
	leftKeys, rightKeys []expr.Fn
	keyTypes            []types.Type
	cond                expr.Fn
	semi, anti          bool
	meeting             *stream.Meeting
	windows             bool // both sides are rows of windows, joined by these
}

func (s *joinSpec) build(b *stream.Builder, next stream.Op) {
	j := stream.Join{
		LeftTypes: s.l.Types(), RightTypes: s.r.Types(), LeftKeys: s.leftKeys, RightKeys: s.rightKeys, KeyTypes: s.keyTypes,
		Cond: s.cond, LeftOuter: s.kind == "LEFT" || s.kind == "FULL", RightOuter: s.kind == "RIGHT" || s.kind == "FULL",
		Semi: s.semi, Anti: s.anti, LeftAppend: s.l.Append, RightAppend: s.r.Append, Budget: b.Operator("Join"), Expiry: &b.Expiry, Meeting: s.meeting, Next: next,
	}
	if s.interval() {
		both := &stream.IntervalJoin{Join: j}
		s.l.Build(b, both.Left())
		s.r.Build(b, both.Right())
		return
	}
	left, right := j.Left(), j.Right()
	if s.windows {
		left, right = &stream.OnTime{End: s.l.windows.end, Next: left}, &stream.OnTime{End: s.r.windows.end, Next: right}
	}
	if s.rightFirst() {
		s.r.Build(b, right)
		s.l.Build(b, left)
		return
	}
	s.l.Build(b, left)
	s.r.Build(b, right)
}

// largeInput is from how many bytes on an input is read behind a small one that
// it is joined to: the rows of the one that is read first are remembered.
const largeInput = 16 << 20

// rightFirst says whether the right side is small beside a large left one. The
// rows of both come in no certain order then.
func (s *joinSpec) rightFirst() bool {
	return s.l.Append && s.r.Append && s.l.Bounded && s.r.Bounded && !s.windows &&
		s.l.Bytes >= largeInput && s.r.Bytes > 0 && s.r.Bytes <= s.l.Bytes/4
}

// interval says whether the join is one of rows within an interval of time.
func (s *joinSpec) interval() bool {
	return s.meeting != nil && s.meeting.Possible() && !s.semi && !s.anti
}

func (p *Planner) joinTraits(n *Node, s *joinSpec) {
	n.Append = (s.kind == "INNER" || s.kind == "CROSS" || s.interval()) && s.l.Append && s.r.Append ||
		p.Batch && s.kind == "LEFT" && s.rightFirst() // its matches are known when a left row comes
	settled := p.settled(n)
	n.Build, n.Append = settled.Build, settled.Append
	for i := range n.Columns { // joined rows have no order in time, unless it is what joins them
		n.Columns[i].Type.Rowtime = s.interval() && (i == s.meeting.Left || i == s.meeting.Right+len(s.l.Columns))
	}
}

// equalities finds a = b in the conjuncts of a condition where a is of the
// left side and b of the right one: the keys of the join.
func (p *Planner) equalities(s *joinSpec, cond parse.Expr, relations []expr.Relation) error {
	width := len(s.l.Columns)
	for _, c := range conjuncts(cond) {
		eq, ok := c.(*parse.Binary)
		if !ok || eq.Op != "=" {
			continue
		}
		a, err := p.sideOf(eq.L, relations)
		if err != nil {
			return err
		}
		b, err := p.sideOf(eq.R, relations)
		if err != nil {
			return err
		}
		if a == nil || b == nil {
			continue
		}
		if a.Column >= width {
			a, b = b, a
		}
		if a.Column >= width || b.Column < width {
			continue
		}
		if !a.Type.Same(b.Type) && !(a.Type.IsInt() && b.Type.IsInt()) || a.Type.IsApprox() || a.Type.Root >= types.Array {
			if a.Type.IsText() != b.Type.IsText() && (a.Type.IsNumeric() || b.Type.IsNumeric()) {
				return &sqlerr.Error{Pos: eq.Pos, Class: sqlerr.ClassTable, Message: "implicit type conversion between " + a.Type.Calcite() + " and " + b.Type.Calcite() + " is not supported on join's condition now"}
			}
			continue
		}
		s.leftKeys = append(s.leftKeys, a.Eval)
		s.rightKeys = append(s.rightKeys, shifted(b.Eval, width))
		s.keyTypes = append(s.keyTypes, a.Type)
	}
	return nil
}

// mixedKeys complains of keys of which one is a text and one a number.
func (p *Planner) mixedKeys(cond parse.Expr, relations []expr.Relation, width int) error {
	for _, c := range conjuncts(cond) {
		eq, ok := c.(*parse.Binary)
		if !ok || eq.Op != "=" {
			continue
		}
		a, err := p.sideOf(eq.L, relations)
		if err != nil || a == nil {
			continue
		}
		b, err := p.sideOf(eq.R, relations)
		if err != nil || b == nil || (a.Column < width) == (b.Column < width) {
			continue
		}
		if a.Type.IsText() && b.Type.IsNumeric() || a.Type.IsNumeric() && b.Type.IsText() {
			return &sqlerr.Error{Pos: eq.Pos, Class: sqlerr.ClassTable, Message: "implicit type conversion between " + a.Type.Calcite() + " and " + b.Type.Calcite() + " is not supported on join's condition now"}
		}
	}
	return nil
}

// shifted lets an expression over the joined row see the right row alone.
func shifted(fn expr.Fn, width int) expr.Fn {
	var wide value.Row
	return func(row value.Row) (value.Value, error) {
		if len(wide) != width+len(row) {
			wide = make(value.Row, width+len(row))
		}
		copy(wide[width:], row)
		return fn(wide)
	}
}

func conjuncts(e parse.Expr) []parse.Expr {
	b, ok := e.(*parse.Binary)
	if !ok || b.Op != "AND" {
		return []parse.Expr{e}
	}
	return append(conjuncts(b.L), conjuncts(b.R)...)
}

// sideOf resolves a plain column of a condition; nil for anything else.
func (p *Planner) sideOf(e parse.Expr, relations []expr.Relation) (*expr.Expr, error) {
	id, ok := e.(*parse.Ident)
	if !ok {
		return nil, nil
	}
	x, err := p.resolver(&expr.Scope{Relations: relations}, "ON").Value(id)
	if err != nil || x.Column < 0 {
		return nil, err
	}
	return x, nil
}
