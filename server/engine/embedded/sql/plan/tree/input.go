package tree

import "drey/server/engine/embedded/sql/expr"

// InputOf is what is known of where the rows of a node come from. A query that is
// used twice counts once.
func InputOf(n Node) expr.Input {
	var in expr.Input
	seen := map[Node]bool{}
	var visit func(Node)
	visit = func(n Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		switch n := n.(type) {
		case *Scan:
			in = in.And(n.from)
		case *Watermark:
			in.Watermarks = append(in.Watermarks, n.mark)
		}
		for _, from := range n.Inputs() {
			visit(from)
		}
	}
	visit(n)
	return in
}
