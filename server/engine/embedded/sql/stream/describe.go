package stream

import (
	"fmt"

	"drey/server/engine/embedded/sql/state"
)

// Step is an operator that others follow.
type Step interface {
	Op
	// Name is what EXPLAIN and the state of a pipeline call it.
	Name() string
	// Behind is the operator that gets its changes.
	Behind() Op
}

// Sharer is an operator that remembers in what another remembers in, too.
type Sharer interface{ Memory() state.Stateful }

// Describe tells which operators the rows of each input go through, one line
// for each input.
func (p *Pipeline) Describe() []string {
	var lines []string
	for i, in := range p.inputs {
		line := fmt.Sprintf("input %d: Scan", i+1)
		for op := in.next; op != nil; op = Following(op) {
			line += " -> " + nameOf(op)
		}
		lines = append(lines, line)
	}
	return lines
}

// nameOf names an operator; the end of a pipeline is its sink.
func nameOf(op Op) string {
	if s, ok := op.(Step); ok {
		return s.Name()
	}
	return "Sink"
}

// Following is the operator behind another; nil at the end.
func Following(op Op) Op {
	if s, ok := op.(Step); ok {
		return s.Behind()
	}
	return nil
}

// MemoryOf is what holds the state of an operator; nil: it has none.
func MemoryOf(op Op) state.Stateful {
	if s, ok := op.(Sharer); ok {
		return s.Memory()
	}
	s, _ := op.(state.Stateful)
	return s
}
