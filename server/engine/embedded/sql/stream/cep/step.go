package cep

import "drey/server/engine/embedded/sql/value"

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
