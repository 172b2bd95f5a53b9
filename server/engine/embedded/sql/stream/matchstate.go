package stream

func (m *Match) state(c *codec) {
	if c.bool(&m.begun); !m.begun {
		return
	}
	c.int64(&m.time)
	table(c, &m.keys, pointer(func(k *matchKey) {
		c.int(&k.order)
		c.row(&k.key)
		c.waiting(&k.waiting)
		for _, h := range []*matchHeap{&k.partials, &k.completed} {
			all := []*partial(*h)
			list(c, &all, pointer(c.partial))
			*h = all
		}
	}))
}

// partial carries a partial match; its rows are written for each that has them.
func (c *codec) partial(p *partial) {
	c.int(&p.state)
	c.eventID(&p.first)
	var path []matchedRow
	for r := p.path; r != nil; r = r.before {
		path = append([]matchedRow{*r}, path...)
	}
	list(c, &path, func(r *matchedRow) {
		c.eventID(&r.id)
		c.row(&r.row)
		c.int(&r.variable)
	})
	if !c.loading {
		return
	}
	p.path = nil
	for _, r := range path {
		p.path = p.path.with(r.id, r.row, r.variable)
	}
}

func (c *codec) eventID(e *eventID) {
	c.int64(&e.at)
	c.int(&e.n)
}
