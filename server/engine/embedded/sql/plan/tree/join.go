package tree

import (
	"fmt"
	"slices"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/join"
	"drey/server/engine/embedded/sql/stream/window"
	"drey/server/engine/embedded/sql/value"
)

// JoinKind says which rows a join gives.
type JoinKind string

// Kinds of joins. Scalar is a left join to a query that stands for a value;
// Semi gives the left rows that have a match, and Anti those that have none.
const (
	Inner  JoinKind = "INNER"
	Cross  JoinKind = "CROSS"
	Left   JoinKind = "LEFT"
	Right  JoinKind = "RIGHT"
	Full   JoinKind = "FULL"
	Scalar JoinKind = "SCALAR"
	Semi   JoinKind = "SEMI"
	Anti   JoinKind = "ANTI"
)

// JoinSpec is what a join compares.
type JoinSpec struct {
	Kind  JoinKind
	Batch bool
	// LeftKeys are over the left row, RightKeys over the right one.
	LeftKeys, RightKeys []*expr.Expr
	// Conds are over the row of both; all must be TRUE.
	Conds   []*expr.Expr
	Meeting *join.Meeting
	// Windows says that both sides are rows of windows, joined by these.
	Windows bool
}

// Interval says whether it joins rows within an interval of event time.
func (s *JoinSpec) Interval() bool {
	return s.Meeting != nil && s.Meeting.Possible() && !s.half()
}

// half says whether the rows are those of the left side.
func (s *JoinSpec) half() bool { return s.Kind == Semi || s.Kind == Anti }

// fillsLeft and fillsRight say whether rows without a match are filled with
// NULLs in the place of that side.
func (s *JoinSpec) fillsLeft() bool { return s.Kind == Right || s.Kind == Full }

func (s *JoinSpec) fillsRight() bool { return s.Kind == Left || s.Kind == Full || s.Kind == Scalar }

// Join joins two inputs.
type Join struct {
	base
	JoinSpec
}

// NewJoin joins; in batch mode what changes is settled.
func NewJoin(l, r Node, s JoinSpec) Node { return Materialized(newJoin(l, r, s), s.Batch) }

func newJoin(l, r Node, s JoinSpec) *Join {
	n := &Join{base{inputs: []Node{l, r}}, s}
	if s.half() {
		n.schema = l.Schema()
		n.traits = n.halfTraits()
		return n
	}
	n.schema = append(nullable(l.Schema(), s.fillsLeft()), nullable(r.Schema(), s.fillsRight())...)
	for i := range n.schema { // joined rows have no order in time, unless it is what joins them
		n.schema[i].Type.Rowtime = s.Interval() && (i == s.Meeting.Left || i == s.Meeting.Right+len(l.Schema()))
	}
	n.traits = n.joinTraits()
	return n
}

// nullable are columns that may be NULL where a side is filled.
func nullable(columns []expr.Column, filled bool) []expr.Column {
	out := make([]expr.Column, len(columns))
	for i, c := range columns {
		out[i] = expr.Column{Name: c.Name, Type: c.Type.OrNull(filled)}
	}
	return out
}

func (n *Join) joinTraits() Traits {
	lt, rt := n.inputs[0].Traits(), n.inputs[1].Traits()
	t := Traits{Bounded: lt.Bounded && rt.Bounded, Joined: !n.Interval()}
	t.Append = (n.Kind == Inner || n.Kind == Cross || n.Interval()) && lt.Append && rt.Append ||
		n.Batch && (n.Kind == Left || n.Kind == Scalar) && n.rightFirst() // its matches are known when a left row comes
	if n.Kind == Scalar {
		t.Shuffled = lt.Shuffled
		return t
	}
	if lt.Bytes > 0 && rt.Bytes > 0 {
		t.Bytes = lt.Bytes + rt.Bytes
	}
	return t
}

func (n *Join) halfTraits() Traits {
	lt, rt := n.inputs[0].Traits(), n.inputs[1].Traits()
	t := lt.unkeyed()
	t.Bounded, t.Joined = lt.Bounded && rt.Bounded, true
	t.Append = lt.Append && rt.Append && (n.Kind == Semi || n.Batch && n.rightFirst())
	return t
}

// largeInput is from how many bytes on an input is read behind a small one that
// it is joined to: the rows of the one that is read first are remembered.
const largeInput = 16 << 20

// rightFirst says whether the right side is small beside a large left one. The
// rows of both come in no certain order then.
func (n *Join) rightFirst() bool {
	l, r := n.inputs[0].Traits(), n.inputs[1].Traits()
	return l.Append && r.Append && l.Bounded && r.Bounded && !n.Windows &&
		l.Bytes >= largeInput && r.Bytes > 0 && r.Bytes <= l.Bytes/4
}

// With implements Node.
func (n *Join) With(in []Node) Node { return newJoin(in[0], in[1], n.JoinSpec) }

// Name implements Node.
func (n *Join) Name(input int) string {
	name := "Join"
	switch {
	case n.Interval():
		name = "IntervalJoin"
	case n.Windows:
		name = "OnTime -> Join"
	case n.Kind == Semi:
		name = "SemiJoin"
	case n.Kind == Anti:
		name = "AntiJoin"
	}
	return fmt.Sprintf("%s(%s input, %d keys)", name, [2]string{"left", "right"}[input], len(n.LeftKeys))
}

// order is in which order the inputs are read.
func (n *Join) order() []int {
	if !n.Interval() && n.rightFirst() {
		return []int{1, 0}
	}
	return []int{0, 1}
}

// Build implements Node.
func (n *Join) Build(b *stream.Builder, next stream.Op) {
	l, r := n.inputs[0], n.inputs[1]
	j := join.Join{
		LeftTypes: Types(l), RightTypes: Types(r), LeftKeys: evals(n.LeftKeys), RightKeys: evals(n.RightKeys),
		KeyTypes: typesOf(n.LeftKeys),
		Cond:     allTrue(n.Conds), LeftOuter: n.fillsRight(), RightOuter: n.fillsLeft(), Semi: n.Kind == Semi,
		Anti:       n.Kind == Anti,
		LeftAppend: l.Traits().Append, RightAppend: r.Traits().Append, Budget: b.Operator("Join"), Expiry: &b.Expiry,
		Meeting: n.Meeting, Next: next,
	}
	if n.Interval() {
		both := &join.IntervalJoin{Join: j}
		l.Build(b, both.Left())
		r.Build(b, both.Right())
		return
	}
	sides := []stream.Op{j.Left(), j.Right()}
	if n.Windows {
		sides[0] = &window.OnTime{End: l.Traits().Windows.End, Next: sides[0]}
		sides[1] = &window.OnTime{End: r.Traits().Windows.End, Next: sides[1]}
	}
	for _, i := range n.order() {
		n.inputs[i].Build(b, sides[i])
	}
}

// allTrue is a condition of several; nil without any.
func allTrue(conds []*expr.Expr) expr.Fn {
	switch len(conds) {
	case 0:
		return nil
	case 1:
		return conds[0].Eval
	}
	fns := evals(conds)
	return func(row value.Row) (value.Value, error) {
		for _, c := range fns {
			v, err := c(row)
			if err != nil || !v.True() {
				return value.Bool(false), err
			}
		}
		return value.Bool(true), nil
	}
}

func (n *Join) needs(read []bool) [][]bool {
	lw, rw := n.width(), len(n.inputs[1].Schema())
	both := reading(lw+rw, read, n.Conds...)
	left, right := both[:lw:lw], slices.Clone(both[lw:])
	left, right = reading(lw, left, n.LeftKeys...), reading(rw, right, n.RightKeys...)
	if n.Meeting != nil {
		with(left, n.Meeting.Left)
		with(right, n.Meeting.Right)
	}
	for i, side := range [][]bool{left, right} {
		if w := n.inputs[i].Traits().Windows; n.Windows && w != nil {
			with(side, w.Start, w.End, w.Time)
		}
	}
	return [][]bool{left, right}
}

// TemporalJoin joins each left row with the version that the right side had at
// the row's time.
type TemporalJoin struct {
	base
	JoinSpec
	LeftTime, RightTime int
}

// NewTemporalJoin is INNER or LEFT; the times are columns of each side.
func NewTemporalJoin(l, r Node, s JoinSpec, leftTime, rightTime int) *TemporalJoin {
	joined := newJoin(l, r, s)
	n := &TemporalJoin{base{inputs: joined.inputs, schema: joined.schema}, s, leftTime, rightTime}
	n.schema[leftTime].Type.Rowtime = l.Schema()[leftTime].Type.Rowtime
	n.traits = Traits{
		Append: true, Shuffled: true, Joined: true, Bounded: joined.traits.Bounded, Bytes: joined.traits.Bytes,
	}
	return n
}

// With implements Node.
func (n *TemporalJoin) With(in []Node) Node {
	return NewTemporalJoin(in[0], in[1], n.JoinSpec, n.LeftTime, n.RightTime)
}

// Name implements Node.
func (n *TemporalJoin) Name(int) string { return "TemporalJoin" }

// Build implements Node.
func (n *TemporalJoin) Build(b *stream.Builder, next stream.Op) {
	op := &join.TemporalJoin{
		LeftKeys: evals(n.LeftKeys), RightKeys: evals(n.RightKeys), KeyTypes: typesOf(n.LeftKeys),
		LeftTime: n.LeftTime, RightTime: n.RightTime,
		Cond: allTrue(n.Conds), Outer: n.Kind == Left, RightWidth: len(n.inputs[1].Schema()),
		Budget: b.Operator("TemporalJoin"), Next: next,
	}
	n.inputs[0].Build(b, op.Left())
	n.inputs[1].Build(b, op.Right())
}

func (n *TemporalJoin) needs(read []bool) [][]bool {
	lw, rw := n.width(), len(n.inputs[1].Schema())
	both := reading(lw+rw, read, n.Conds...)
	return [][]bool{with(reading(lw, both[:lw], n.LeftKeys...), n.LeftTime), with(
		reading(rw, both[lw:], n.RightKeys...), n.RightTime,
	)}
}
