package stream

import (
	"drey/client/cmf"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
)

func (u *Union) State(c *state.Codec) { c.Int(&u.Inputs) }

func (l *Limit) State(c *state.Codec) { c.Int64(&l.seen) }

func (w *Watermarks) State(c *state.Codec) {
	c.Bool(&w.begun)
	c.Int64(&w.high)
	c.Int64(&w.told)
	w.tell()
}

func (o *OnTime) State(c *state.Codec) {
	c.Bool(&o.begun)
	c.Int64(&o.time)
}

func (s *TimeSort) State(c *state.Codec) {
	c.Bool(&s.given)
	c.Int64(&s.last)
	carryWaiting(c, &s.waiting)
}

func (t *TopN) State(c *state.Codec) { c.Rows(&t.rows) }

func (s *SetOp) State(c *state.Codec) {
	c.Int(&s.ended)
	state.Table(c, &s.rows, state.Pointer(func(r *setRow) {
		c.Int(&r.left)
		c.Int(&r.right)
	}))
}

func (s *Settle) State(c *state.Codec) {
	var rows []value.Row
	for _, r := range s.rows {
		if !r.gone {
			rows = append(rows, r.row)
		}
	}
	c.Rows(&rows)
	if !c.Loading {
		return
	}
	s.byKey = map[string][]*settled{}
	for _, row := range rows {
		r := &settled{row: row}
		key := string(value.RowKey(nil, s.Types, row))
		s.rows, s.byKey[key] = append(s.rows, r), append(s.byKey[key], r)
	}
}

func (l *lowest) State(c *state.Codec) {
	state.List(c, &l.marks, c.Int64)
	c.Int64(&l.told)
	if len(l.marks) == 0 {
		l.marks = nil
	}
}

func (j *Join) State(c *state.Codec) {
	c.Int(&j.count)
	c.Int(&j.leftRows)
	c.Int(&j.ended)
	j.marks.State(c)
	for _, side := range []*map[string][]*joinRow{&j.left, &j.right} {
		state.Table(c, side, func(rows *[]*joinRow) {
			state.List(c, rows, state.Pointer(func(r *joinRow) {
				c.Row(&r.row)
				c.Int(&r.matches)
				c.Int64(&r.touched)
			}))
		})
	}
}

func (t *TemporalJoin) State(c *state.Codec) {
	c.Int(&t.ended)
	t.low.State(c)
	carryWaiting(c, &t.waiting)
	state.Table(c, &t.versions, func(all *[]version) {
		state.List(c, all, func(v *version) {
			c.Int64(&v.from)
			c.Row(&v.row)
		})
	})
}

func carryWaiting(c *state.Codec, p *[]waitingRow) {
	state.List(c, p, func(w *waitingRow) {
		c.Int64(&w.at)
		c.Text(&w.key)
		c.Row(&w.row)
	})
}

func carryRanked(c *state.Codec, p **ranked) {
	state.Pointer(func(r *ranked) {
		c.Rows(&r.rows)
		c.Rows(&r.keys)
		c.Int(&r.order)
		c.Int64(&r.touched)
	})(p)
}

func (r *Rank) State(c *state.Codec) {
	c.Int(&r.left)
	state.Table(c, &r.parts, func(p **ranked) { carryRanked(c, p) })
}

func (r *WindowRank) State(c *state.Codec) {
	c.Bool(&r.begun)
	c.Int64(&r.time)
	ends := windowsOf(c, &r.open)
	for i := range ends {
		parts := r.open[ends[i]]
		c.Int64(&ends[i])
		state.Table(c, &parts, func(p **ranked) { carryRanked(c, p) })
		r.open[ends[i]] = parts
	}
}

// windowsOf carries how many windows there are, and makes room for them.
func windowsOf[T any](c *state.Codec, open *map[int64]T) []int64 {
	ends := make([]int64, 0, len(*open))
	for end := range *open {
		ends = append(ends, end)
	}
	n := c.Length(len(ends))
	if c.Loading {
		ends, *open = make([]int64, n), make(map[int64]T, n)
	}
	return ends
}

func (d *Deduplicate) State(c *state.Codec) {
	c.Int(&d.left)
	state.Table(c, &d.kept, func(k *keptRow) {
		c.Row(&k.row)
		c.Int64(&k.touched)
	})
}

func (s *Sessions) State(c *state.Codec) {
	c.Bool(&s.begun)
	c.Int64(&s.time)
	c.Int(&s.count)
	state.Table(c, &s.open, func(all *[]*session) {
		state.List(c, all, state.Pointer(func(o *session) {
			c.Int64(&o.start)
			c.Int64(&o.end)
			c.Int(&o.order)
			state.List(c, &o.rows, func(p *Change) { carryChange(c, p) })
		}))
	})
}

func carryChange(c *state.Codec, ch *Change) {
	op := int(ch.Op)
	c.Int(&op)
	ch.Op = cmf.Op(op)
	c.Row(&ch.Row)
}
