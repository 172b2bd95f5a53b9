package stream

import (
	"drey/server/engine/embedded/sql/functions/aggregates"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
)

func (a *Aggregate) State(c *state.Codec) {
	c.Int(&a.left)
	began := a.groups != nil
	if c.Bool(&began); !began {
		return
	}
	a.begin()
	groups := a.order
	if !a.Batch && !c.Loading {
		for _, g := range a.groups {
			groups = append(groups, g)
		}
	}
	state.List(c, &groups, func(p **group) { a.group(c, p) })
	if c.Loading {
		for _, g := range groups {
			a.groups[a.keyOf(g)] = g
		}
		if a.Batch {
			a.order = groups
		}
	}
}

// keyOf is the key of a group in the table of groups.
func (a *Aggregate) keyOf(g *group) string {
	var key []byte
	for i, v := range g.keys {
		key = value.AppendKey(key, a.KeyTypes[i], v)
	}
	return string(key)
}

func (a *Aggregate) group(c *state.Codec, p **group) {
	if c.Loading {
		*p = &group{accs: make([]state.Accumulator, len(a.Aggs))}
		for i, agg := range a.Aggs {
			(*p).accs[i] = aggregates.New(agg, a.Retracts, a.Budget)
		}
	}
	g := *p
	c.Row(&g.keys)
	if len(g.keys) != len(a.Keys) {
		c.Damage()
		return
	}
	for _, acc := range g.accs {
		acc.State(c)
	}
	c.Int64(&g.count)
	c.Row(&g.shown)
	c.Int64(&g.touched)
}

func (a *WindowAggregate) State(c *state.Codec) {
	c.Int64(&a.time)
	a.local.State(c)
	a.global.State(c)
	began := a.open != nil
	if c.Bool(&began); !began {
		return
	}
	a.start()
	a.begin()
	ends := windowsOf(c, &a.open)
	for i := range ends {
		groups := a.open[ends[i]]
		c.Int64(&ends[i])
		state.List(c, &groups, func(p **group) { a.group(c, p) })
		if !c.Loading || c.Err != nil {
			continue
		}
		a.open[ends[i]] = groups
		for _, g := range groups {
			a.keys[g] = a.keyOf(g)
			a.groups[a.keys[g]] = g
		}
	}
}

func (o *Over) State(c *state.Codec) {
	state.Table(c, &o.parts, func(p **partition) { carryPartition(c, p) })
	if !c.Loading {
		at := map[*partition]string{}
		for key, p := range o.parts {
			at[p] = key
		}
		for _, p := range o.order {
			key := at[p]
			c.Text(&key)
		}
		return
	}
	for range o.parts {
		var key string
		c.Text(&key)
		if p := o.parts[key]; p != nil {
			o.order = append(o.order, p)
		}
	}
}

func (o *OverChanges) State(c *state.Codec) {
	state.Table(c, &o.parts, func(p **partition) { carryPartition(c, p) })
}

func carryPartition(c *state.Codec, p **partition) {
	state.Pointer(func(p *partition) {
		c.Rows(&p.rows)
		c.Rows(&p.keys)
		c.Rows(&p.shown)
	})(p)
}

func (o *OverTime) State(c *state.Codec) {
	c.Bool(&o.begun)
	c.Int64(&o.time)
	carryWaiting(c, &o.waiting)
	state.Table(c, &o.parts, state.Pointer(func(p *timePartition) {
		if c.Loading {
			p.accs = o.accumulators()
		}
		for _, acc := range p.accs {
			if acc != nil {
				acc.State(c)
			}
		}
		carryWaiting(c, &p.kept)
		c.Int64(&p.count)
		c.Int64(&p.last)
		c.Int64(&p.cleanup)
	}))
}
