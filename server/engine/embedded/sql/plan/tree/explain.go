package tree

import "fmt"

// ordered is a node that reads its inputs in another order than theirs.
type ordered interface{ order() []int }

// reading order of the inputs of a node.
func orderOf(n Node) []int {
	if o, ok := n.(ordered); ok {
		return o.order()
	}
	all := make([]int, len(n.Inputs()))
	for i := range all {
		all[i] = i
	}
	return all
}

// Explain tells which operators the rows of each source go through, a line for
// each source in the order in which they are read.
func Explain(root Node) []string {
	var lines []string
	var walk func(n Node, behind string)
	walk = func(n Node, behind string) {
		if len(n.Inputs()) == 0 {
			lines = append(lines, fmt.Sprintf("input %d: %s%s", len(lines)+1, n.Name(0), behind))
			return
		}
		for _, i := range orderOf(n) {
			name := n.Name(i)
			if name != "" {
				name = " -> " + name
			}
			walk(n.Inputs()[i], name+behind)
		}
	}
	walk(root, " -> Sink")
	return lines
}

// Walk calls f for every node, inputs before what is over them.
func Walk(n Node, f func(Node)) {
	for _, in := range n.Inputs() {
		Walk(in, f)
	}
	f(n)
}
