package tree

import "drey/server/engine/embedded/sql/stream"

// Inserts are the queries of several INSERTs that run as one job.
type Inserts struct{ base }

// NewInserts is what several are like together.
func NewInserts(list []Node) *Inserts {
	n := &Inserts{base{inputs: list, traits: Traits{Bounded: true, Append: true}}}
	for _, in := range list {
		t := in.Traits()
		n.traits.Bounded, n.traits.Append = n.traits.Bounded && t.Bounded, n.traits.Append && t.Append
	}
	return n
}

// With implements Node.
func (n *Inserts) With(in []Node) Node { return NewInserts(in) }

// Name implements Node.
func (n *Inserts) Name(int) string { return "" }

// Build implements Node: each input goes to the same end.
func (n *Inserts) Build(b *stream.Builder, next stream.Op) {
	for _, in := range n.inputs {
		in.Build(b, next)
	}
}

func (n *Inserts) needs([]bool) [][]bool {
	var all [][]bool
	for _, in := range n.inputs {
		all = append(all, every(in))
	}
	return all
}
