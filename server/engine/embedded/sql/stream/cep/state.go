package cep

import "drey/server/engine/embedded/sql/state"

// partial carries a partial match; its rows are written for each that has them.
func carryPartial(c *state.Codec, p *partial) {
	c.Int(&p.state)
	carryEventID(c, &p.first)
	var path []matchedRow
	for r := p.path; r != nil; r = r.before {
		path = append([]matchedRow{*r}, path...)
	}
	state.List(c, &path, func(r *matchedRow) {
		carryEventID(c, &r.id)
		c.Row(&r.row)
		c.Int(&r.variable)
	})
	if !c.Loading {
		return
	}
	p.path = nil
	for _, r := range path {
		p.path = p.path.with(r.id, r.row, r.variable)
	}
}

func carryEventID(c *state.Codec, e *eventID) {
	c.Int64(&e.at)
	c.Int(&e.n)
}
