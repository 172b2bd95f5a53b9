package cep

// Pattern is what MATCH_RECOGNIZE looks for, as the automaton that Flink's
// library for complex events makes of strictly contiguous variables.
type Pattern struct {
	states []patternState
	start  int
}

// patternEnd is the state in which a match is complete.
const patternEnd = 0

type patternState struct {
	edges []patternEdge
}

// patternEdge leads to another state: with a row that is one of the variable,
// or, when take is false, without one. It is open unless the row is one of
// the variables in nots, which are greedy.
type patternEdge struct {
	take     bool
	variable int
	to       int
	nots     []int
}

// PatternPart is how often a variable must match and may match; Most is -1
// without a limit.
type PatternPart struct {
	Least, Most int
	Greedy      bool
}

// NewPattern makes the automaton. Parts are numbered as their variables are.
func NewPattern(parts []PatternPart) *Pattern {
	p := &Pattern{states: []patternState{{}}}
	sink := patternEnd
	for i := len(parts) - 1; i >= 0; i-- {
		sink = p.part(i, parts[i], sink)
	}
	p.start = sink
	return p
}

func (p *Pattern) add(edges ...patternEdge) int {
	p.states = append(p.states, patternState{edges})
	return len(p.states) - 1
}

// single is a state that takes one row, or goes on without when past is a state.
func (p *Pattern) single(variable, to, past int) int {
	edges := []patternEdge{{take: true, variable: variable, to: to}}
	if past >= 0 {
		edges = append(edges, patternEdge{to: past})
	}
	return p.add(edges...)
}

// yield lets the ways out of a state be open only for rows that are none of
// the variable.
func (p *Pattern) yield(state, variable int) {
	for i := range p.states[state].edges {
		e := &p.states[state].edges[i]
		e.nots = append(e.nots, variable)
	}
}

func (p *Pattern) part(variable int, part PatternPart, sink int) int {
	past := -1
	if part.Least == 0 {
		past = sink
	}
	last, least := sink, max(part.Least, 1)
	switch {
	case part.Most < 0:
		if part.Greedy {
			p.yield(sink, variable)
		}
		last = p.add()
		p.states[last].edges = []patternEdge{{to: sink}, {take: true, variable: variable, to: last}}
	case part.Greedy && least != part.Most:
		p.yield(sink, variable)
	}
	for i := least; i < part.Most; i++ {
		last = p.single(variable, last, sink)
	}
	for i := 0; i < least-1; i++ {
		last = p.single(variable, last, -1)
	}
	return p.single(variable, last, past)
}
