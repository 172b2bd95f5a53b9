package stream

import (
	"fmt"
	"slices"
	"strings"

	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
)

// with is the path with one more row.
func (r *matchedRow) with(id eventID, row value.Row, variable int) *matchedRow {
	n := 1
	if r != nil {
		n = r.length + 1
	}
	return &matchedRow{id, row, variable, r, n}
}

// rows are those of the path, first to last.
func (r *matchedRow) rows() *MatchRows {
	if r == nil {
		return &MatchRows{}
	}
	m := &MatchRows{Rows: make([]value.Row, r.length), Variables: make([]int, r.length)}
	for ; r != nil; r = r.before {
		m.Rows[r.length-1], m.Variables[r.length-1] = r.row, r.variable
	}
	return m
}

// attempt is a row that is tried on a partial match.
type attempt struct {
	m    *Match
	path *matchedRow
	row  value.Row
	id   eventID
	is   map[int]bool // what variables the row is one of
}

func (a *attempt) test(variable int) (bool, error) {
	if yes, ok := a.is[variable]; ok {
		return yes, nil
	}
	yes, err := a.m.Is(variable, a.path.with(a.id, a.row, variable).rows())
	a.is[variable] = yes
	return yes, err
}

func (a *attempt) open(e patternEdge) (bool, error) {
	if e.take {
		if yes, err := a.test(e.variable); err != nil || !yes {
			return false, err
		}
	}
	for _, not := range e.nots {
		if yes, err := a.test(not); err != nil || yes {
			return false, err
		}
	}
	return true, nil
}

// takes are the ways to take the row from a state, those behind open ways
// without a row included.
func (a *attempt) takes(state int) ([]patternEdge, error) {
	var out []patternEdge
	stack := []int{state}
	for len(stack) > 0 {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, e := range a.m.Pattern.states[s].edges {
			yes, err := a.open(e)
			switch {
			case err != nil:
				return nil, err
			case yes && e.take:
				out = append(out, e)
			case yes:
				stack = append(stack, e.to)
			}
		}
	}
	return out, nil
}

// ends says whether the end can be had from a state without another row.
func (a *attempt) ends(state int) (bool, error) {
	stack := []int{state}
	for len(stack) > 0 {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, e := range a.m.Pattern.states[s].edges {
			if e.take {
				continue
			}
			yes, err := a.open(e)
			switch {
			case err != nil:
				return false, err
			case yes && e.to == patternEnd:
				return true, nil
			case yes:
				stack = append(stack, e.to)
			}
		}
	}
	return false, nil
}

// row tries a row on all partial matches of a key.
func (m *Match) row(k *matchKey, row value.Row, id eventID) error {
	var next, done matchHeap
	for _, p := range k.partials {
		a := &attempt{m, p.path, row, id, map[int]bool{}}
		edges, err := a.takes(p.state)
		if err != nil {
			return err
		}
		for _, e := range edges {
			if err := m.step(a, p, e, &next, &done); err != nil {
				return err
			}
		}
		if p.path == nil {
			next.add(p)
		}
	}
	for range max(0, len(next)-len(k.partials)) {
		if err := m.Budget.Take(0); err != nil {
			return err
		}
	}
	for range len(k.partials) - len(next) {
		m.Budget.Give(0)
	}
	k.partials = next
	for _, p := range done {
		k.completed.add(p)
	}
	return m.tell(k)
}

func (m *Match) step(a *attempt, p *partial, e patternEdge, next, done *matchHeap) error {
	path := p.path.with(a.id, a.row, e.variable)
	first := p.first
	if p.path == nil {
		first = a.id
	}
	if e.to == patternEnd {
		done.add(&partial{e.to, first, path})
		return nil
	}
	next.add(&partial{e.to, first, path})
	after := *a
	ends, err := after.ends(e.to)
	if ends {
		done.add(&partial{patternEnd, first, path})
	}
	return err
}

// tell gives the matches that no earlier one can spoil any more.
func (m *Match) tell(k *matchKey) error {
	for len(k.completed) > 0 && (len(k.partials) == 0 || !k.partials[0].before(k.completed[0])) {
		found := k.completed.poll()
		if err := m.prune(k, found); err != nil {
			return err
		}
		if err := m.give(found.path); err != nil {
			return err
		}
	}
	return nil
}

// prune drops what may not begin beside a match that was found.
func (m *Match) prune(k *matchKey, found *partial) error {
	until, with := found.path.id, true
	switch {
	case m.Skip.Next:
		until = found.first
	case m.Skip.To >= 0:
		var at *matchedRow
		for r := found.path; r != nil; r = r.before {
			if r.variable == m.Skip.To && (at == nil || m.Skip.First) {
				at = r
			}
		}
		if at == nil {
			return &sqlerr.Failure{Class: "org.apache.flink.util.FlinkRuntimeException", Message: fmt.Sprintf("Could not skip to %s. No such element in the found match %s", m.Variables[m.Skip.To], m.text(found.path))}
		}
		if at.id == found.first {
			return &sqlerr.Failure{Class: "org.apache.flink.util.FlinkRuntimeException", Message: "Could not skip to first element of a match."}
		}
		until, with = at.id, false
	}
	gone := func(p *partial) bool {
		return p.path != nil && (p.first.before(until) || with && p.first == until)
	}
	k.partials.drop(gone)
	k.completed.drop(gone)
	return nil
}

// text is a match as Flink writes it.
func (m *Match) text(path *matchedRow) string {
	ids := map[int][]string{}
	var order []int
	for r := path; r != nil; r = r.before {
		if !slices.Contains(order, r.variable) {
			order = append(order, r.variable)
		}
		ids[r.variable] = append([]string{fmt.Sprintf("EventId{id=%d, timestamp=%d}", r.id.n, r.id.at)}, ids[r.variable]...)
	}
	slices.Reverse(order)
	parts := make([]string, len(order))
	for i, v := range order {
		parts[i] = m.Variables[v] + "=[" + strings.Join(ids[v], ", ") + "]"
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// expire drops partial matches that would be longer than WITHIN, which may
// free others that waited for them.
func (m *Match) expire(k *matchKey, now int64) error {
	if m.Within == 0 {
		return nil
	}
	n := len(k.partials)
	k.partials.drop(func(p *partial) bool { return p.path != nil && now-p.first.at >= m.Within })
	for range n - len(k.partials) {
		m.Budget.Give(0)
	}
	return m.tell(k)
}
