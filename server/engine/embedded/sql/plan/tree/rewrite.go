package tree

import (
	"slices"

	"drey/server/engine/embedded/sql/expr"
)

// Optimized is the tree as it is run: conditions stand below joins where they
// say the same there, and what nobody reads is not computed.
func Optimized(root Node) Node { return Pruned(PushedDown(root)) }

// PushedDown moves conditions below joins.
func PushedDown(n Node) Node {
	if f, ok := n.(*Filter); ok {
		if lower := pushed(f); lower != nil {
			return PushedDown(lower)
		}
	}
	return mapInputs(n, PushedDown)
}

// mapInputs is a node over other inputs; the same one where none changed.
func mapInputs(n Node, f func(Node) Node) Node {
	changed := false
	in := make([]Node, len(n.Inputs()))
	for i, old := range n.Inputs() {
		in[i] = f(old)
		changed = changed || in[i] != old
	}
	if !changed {
		return n
	}
	return n.With(in)
}

// pushed is a filter with those of its conditions below a join that ask for the
// columns of one side; nil when there are none. A condition that may fail
// stays: rows that no other row meets would end the statement.
func pushed(f *Filter) Node {
	var outer []*Rename // between the filter and the join
	in := f.input()
	for {
		r, ok := in.(*Rename)
		if !ok {
			break
		}
		outer, in = append(outer, r), r.input()
	}
	final, isFinal := in.(*Materialize)
	if isFinal {
		in = final.input()
	}
	j, ok := in.(*Join)
	if !ok || j.half() || j.Interval() || j.Windows {
		return nil
	}
	left, right, rest := j.parted(f.Cond)
	if len(left)+len(right) == 0 {
		return nil
	}
	sides := slices.Clone(j.inputs)
	for _, c := range left {
		sides[0] = NewFilter(sides[0], c)
	}
	for _, c := range right {
		sides[1] = NewFilter(sides[1], c.Shifted(j.width()))
	}
	var out Node = j.With(sides)
	if isFinal {
		out = final.With([]Node{out})
	}
	for _, r := range slices.Backward(outer) {
		out = r.With([]Node{out})
	}
	for _, c := range rest {
		out = NewFilter(out, c)
	}
	return out
}

// parted tells the conditions that can be asked of one side alone.
func (n *Join) parted(cond *expr.Expr) (left, right, rest []*expr.Expr) {
	width := n.width()
	for _, c := range cond.Conjuncts() {
		readsLeft, readsRight := false, false
		c.EachColumn(func(i int) {
			readsLeft, readsRight = readsLeft || i < width, readsRight || i >= width
		})
		switch {
		case !c.Certain() || readsLeft == readsRight:
			rest = append(rest, c)
		case readsLeft && !n.fillsLeft():
			left = append(left, c)
		case readsRight && !n.fillsRight():
			right = append(right, c)
		default:
			rest = append(rest, c)
		}
	}
	return left, right, rest
}

// Pruned lets sources know which of their columns are read, and gives NULL in
// the place of what is computed and not read.
func Pruned(root Node) Node { return pruned(root, every(root)) }

func pruned(n Node, read []bool) Node {
	switch n := n.(type) {
	case *Scan:
		out := *n
		out.read = read
		return &out
	case *Project:
		if lower := n.without(read); lower != n {
			return pruned(lower, read)
		}
	}
	needs := n.needs(read)
	in := make([]Node, len(needs))
	for i, need := range needs {
		in[i] = pruned(n.Inputs()[i], need)
	}
	return n.With(in)
}

// without is the projection with NULL for what is not read.
func (n *Project) without(read []bool) *Project {
	items := slices.Clone(n.Items)
	for i, x := range items {
		if !read[i] && !x.IsUnread() {
			items[i] = expr.Unread(x.Type)
		}
	}
	if slices.Equal(items, n.Items) {
		return n
	}
	out := *n
	out.Items = items
	return &out
}
