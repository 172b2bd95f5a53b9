package tree

import (
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
)

// UnionAll passes on what comes from two inputs.
type UnionAll struct{ base }

// NewUnionAll is UNION ALL of inputs of the same types.
func NewUnionAll(columns []expr.Column, l, r Node) *UnionAll {
	lt, rt := l.Traits(), r.Traits()
	return &UnionAll{base{inputs: []Node{l, r}, schema: columns, traits: Traits{
		Append: lt.Append && rt.Append, Bounded: lt.Bounded && rt.Bounded, Shuffled: true,
		Joined: lt.Joined || rt.Joined,
	}}}
}

// With implements Node.
func (n *UnionAll) With(in []Node) Node { return NewUnionAll(n.schema, in[0], in[1]) }

// Name implements Node.
func (n *UnionAll) Name(int) string { return "Union" }

// Build implements Node.
func (n *UnionAll) Build(b *stream.Builder, next stream.Op) {
	u := &stream.Union{Inputs: 2, Next: next}
	for _, in := range n.inputs {
		in.Build(b, u)
	}
}

func (n *UnionAll) needs(read []bool) [][]bool { return [][]bool{read, read} }

// SetOp is UNION, INTERSECT or EXCEPT, which count equal rows.
type SetOp struct {
	base
	Op  string
	All bool
}

// NewSetOp is a set operation of inputs of the same types.
func NewSetOp(op string, all bool, columns []expr.Column, l, r Node) *SetOp {
	lt, rt := l.Traits(), r.Traits()
	return &SetOp{base{inputs: []Node{l, r}, schema: columns, traits: Traits{
		Append: op != "EXCEPT" && lt.Append && rt.Append, Bounded: lt.Bounded && rt.Bounded,
	}}, op, all}
}

// With implements Node.
func (n *SetOp) With(in []Node) Node { return NewSetOp(n.Op, n.All, n.schema, in[0], in[1]) }

// Name implements Node.
func (n *SetOp) Name(int) string { return "SetOperation" }

// Build implements Node.
func (n *SetOp) Build(b *stream.Builder, next stream.Op) {
	op := &stream.SetOp{Types: Types(n), Want: counts(n.Op, n.All), Budget: b.Operator("SetOperation"), Next: next}
	n.inputs[0].Build(b, op.Left())
	n.inputs[1].Build(b, op.Right())
}

func (n *SetOp) needs([]bool) [][]bool { return [][]bool{every(n.inputs[0]), every(n.inputs[1])} }

// counts says how often a row is in the result that both inputs have so often.
func counts(op string, all bool) func(l, r int) int {
	once := func(yes bool) int {
		if yes {
			return 1
		}
		return 0
	}
	switch {
	case op == "UNION":
		return func(l, r int) int { return once(l+r > 0) }
	case op == "INTERSECT" && all:
		return func(l, r int) int { return max(0, min(l, r)) }
	case op == "INTERSECT":
		return func(l, r int) int { return once(l > 0 && r > 0) }
	case all:
		return func(l, r int) int { return max(0, l-max(0, r)) }
	}
	return func(l, r int) int { return once(l > 0 && r <= 0) }
}
