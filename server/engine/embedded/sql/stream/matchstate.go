package stream

import "drey/server/engine/embedded/sql/state"

func (m *Match) State(c *state.Codec) {
	if c.Bool(&m.begun); !m.begun {
		return
	}
	c.Int64(&m.time)
	state.Table(c, &m.keys, state.Pointer(func(k *matchKey) {
		c.Int(&k.order)
		c.Row(&k.key)
		carryWaiting(c, &k.waiting)
		for _, h := range []*matchHeap{&k.partials, &k.completed} {
			all := []*partial(*h)
			state.List(c, &all, state.Pointer(func(p *partial) { carryPartial(c, p) }))
			*h = all
		}
	}))
}

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
