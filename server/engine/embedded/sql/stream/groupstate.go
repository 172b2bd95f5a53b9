package stream

import (
	"drey/server/engine/embedded/sql/value"
)

func (a *Aggregate) state(c *codec) {
	c.int(&a.left)
	began := a.groups != nil
	if c.bool(&began); !began {
		return
	}
	a.begin()
	groups := a.order
	if !a.Batch && !c.loading {
		for _, g := range a.groups {
			groups = append(groups, g)
		}
	}
	list(c, &groups, func(p **group) { a.group(c, p) })
	if c.loading {
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

func (a *Aggregate) group(c *codec, p **group) {
	if c.loading {
		*p = &group{accs: make([]accumulator, len(a.Aggs))}
		for i, agg := range a.Aggs {
			(*p).accs[i] = newAccumulator(agg, a.Retracts, a.Budget)
		}
	}
	g := *p
	c.row(&g.keys)
	if len(g.keys) != len(a.Keys) {
		c.damaged()
		return
	}
	for _, acc := range g.accs {
		acc.state(c)
	}
	c.int64(&g.count)
	c.row(&g.shown)
	c.int64(&g.touched)
}

func (a *WindowAggregate) state(c *codec) {
	c.int64(&a.time)
	a.local.state(c)
	a.global.state(c)
	began := a.open != nil
	if c.bool(&began); !began {
		return
	}
	a.start()
	a.begin()
	ends := windowsOf(c, &a.open)
	for i := range ends {
		groups := a.open[ends[i]]
		c.int64(&ends[i])
		list(c, &groups, func(p **group) { a.group(c, p) })
		if !c.loading || c.err != nil {
			continue
		}
		a.open[ends[i]] = groups
		for _, g := range groups {
			a.keys[g] = a.keyOf(g)
			a.groups[a.keys[g]] = g
		}
	}
}

func (o *Over) state(c *codec) {
	table(c, &o.parts, c.partition)
	if !c.loading {
		at := map[*partition]string{}
		for key, p := range o.parts {
			at[p] = key
		}
		for _, p := range o.order {
			key := at[p]
			c.text(&key)
		}
		return
	}
	for range o.parts {
		var key string
		c.text(&key)
		if p := o.parts[key]; p != nil {
			o.order = append(o.order, p)
		}
	}
}

func (o *OverChanges) state(c *codec) { table(c, &o.parts, c.partition) }

func (c *codec) partition(p **partition) {
	pointer(func(p *partition) {
		c.rows(&p.rows)
		c.rows(&p.keys)
		c.rows(&p.shown)
	})(p)
}

func (o *OverTime) state(c *codec) {
	c.bool(&o.begun)
	c.int64(&o.time)
	c.waiting(&o.waiting)
	table(c, &o.parts, pointer(func(p *timePartition) {
		if c.loading {
			p.accs = o.accumulators()
		}
		for _, acc := range p.accs {
			if acc != nil {
				acc.state(c)
			}
		}
		c.waiting(&p.kept)
		c.int64(&p.count)
		c.int64(&p.last)
		c.int64(&p.cleanup)
	}))
}

func (c *counter) state(k *codec) { k.int64(&c.n) }

func (s *summer) state(c *codec) {
	c.int64(&s.n)
	c.int64(&s.i)
	c.float(&s.f)
	c.decimal(&s.dec)
}

func (e *extreme) state(c *codec) { c.value(&e.best) }

func (e *extremes) state(c *codec) {
	table(c, &e.seen, pointer(func(p *counted) {
		c.value(&p.v)
		c.int(&p.n)
	}))
	c.value(&e.best)
	c.bool(&e.stale)
}

func (d *distinct) state(c *codec) {
	table(c, &d.seen, c.int)
	d.inner.state(c)
}

func (o *ordered) state(c *codec) { c.value(&o.v) }

func (l *lister) state(c *codec) {
	text := l.text.String()
	c.text(&text)
	c.bool(&l.any)
	c.int64(&l.size)
	list(c, &l.parts, c.text)
	if c.loading {
		l.text.Reset()
		l.text.WriteString(text)
	}
}

func (c *collector) state(k *codec) {
	k.int64(&c.size)
	list(k, &c.items, k.value)
}

func (s *single) state(c *codec) {
	c.value(&s.v)
	c.int(&s.n)
}

func (s *spread) state(c *codec) {
	c.int64(&s.n)
	c.int64(&s.sum)
	c.int64(&s.squares)
	c.float(&s.fsum)
	c.float(&s.fsq)
}

func (s *decimalSpread) state(c *codec) {
	c.int64(&s.n)
	c.decimal(&s.sum)
	c.decimal(&s.squares)
}
