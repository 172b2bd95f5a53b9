package stream

import (
	"drey/client/cmf"
	"drey/server/engine/embedded/sql/value"
)

func (u *Union) state(c *codec) { c.int(&u.Inputs) }

func (l *Limit) state(c *codec) { c.int64(&l.seen) }

func (w *Watermarks) state(c *codec) {
	c.bool(&w.begun)
	c.int64(&w.high)
	c.int64(&w.told)
	w.tell()
}

func (o *OnTime) state(c *codec) {
	c.bool(&o.begun)
	c.int64(&o.time)
}

func (s *TimeSort) state(c *codec) {
	c.bool(&s.given)
	c.int64(&s.last)
	c.waiting(&s.waiting)
}

func (s *Sort) state(c *codec) { c.rows(&s.rows) }

func (t *TopN) state(c *codec) { c.rows(&t.rows) }

func (s *SetOp) state(c *codec) {
	c.int(&s.ended)
	table(c, &s.rows, pointer(func(r *setRow) {
		c.int(&r.left)
		c.int(&r.right)
	}))
}

func (s *Settle) state(c *codec) {
	var rows []value.Row
	for _, r := range s.rows {
		if !r.gone {
			rows = append(rows, r.row)
		}
	}
	c.rows(&rows)
	if !c.loading {
		return
	}
	s.byKey = map[string][]*settled{}
	for _, row := range rows {
		r := &settled{row: row}
		key := string(value.RowKey(nil, s.Types, row))
		s.rows, s.byKey[key] = append(s.rows, r), append(s.byKey[key], r)
	}
}

func (l *lowest) state(c *codec) {
	list(c, &l.marks, c.int64)
	c.int64(&l.told)
	if len(l.marks) == 0 {
		l.marks = nil
	}
}

func (j *Join) state(c *codec) {
	c.int(&j.count)
	c.int(&j.leftRows)
	c.int(&j.ended)
	j.marks.state(c)
	for _, side := range []*map[string][]*joinRow{&j.left, &j.right} {
		table(c, side, func(rows *[]*joinRow) {
			list(c, rows, pointer(func(r *joinRow) {
				c.row(&r.row)
				c.int(&r.matches)
				c.int64(&r.touched)
			}))
		})
	}
}

func (t *TemporalJoin) state(c *codec) {
	c.int(&t.ended)
	t.low.state(c)
	c.waiting(&t.waiting)
	table(c, &t.versions, func(all *[]version) {
		list(c, all, func(v *version) {
			c.int64(&v.from)
			c.row(&v.row)
		})
	})
}

func (c *codec) waiting(p *[]waitingRow) {
	list(c, p, func(w *waitingRow) {
		c.int64(&w.at)
		c.text(&w.key)
		c.row(&w.row)
	})
}

func (c *codec) ranked(p **ranked) {
	pointer(func(r *ranked) {
		c.rows(&r.rows)
		c.rows(&r.keys)
		c.int(&r.order)
		c.int64(&r.touched)
	})(p)
}

func (r *Rank) state(c *codec) {
	c.int(&r.left)
	table(c, &r.parts, c.ranked)
}

func (r *WindowRank) state(c *codec) {
	c.bool(&r.begun)
	c.int64(&r.time)
	ends := windowsOf(c, &r.open)
	for i := range ends {
		parts := r.open[ends[i]]
		c.int64(&ends[i])
		table(c, &parts, c.ranked)
		r.open[ends[i]] = parts
	}
}

// windowsOf carries how many windows there are, and makes room for them.
func windowsOf[T any](c *codec, open *map[int64]T) []int64 {
	ends := make([]int64, 0, len(*open))
	for end := range *open {
		ends = append(ends, end)
	}
	n := c.length(len(ends))
	if c.loading {
		ends, *open = make([]int64, n), make(map[int64]T, n)
	}
	return ends
}

func (d *Deduplicate) state(c *codec) {
	c.int(&d.left)
	table(c, &d.kept, func(k *keptRow) {
		c.row(&k.row)
		c.int64(&k.touched)
	})
}

func (s *Sessions) state(c *codec) {
	c.bool(&s.begun)
	c.int64(&s.time)
	c.int(&s.count)
	table(c, &s.open, func(all *[]*session) {
		list(c, all, pointer(func(o *session) {
			c.int64(&o.start)
			c.int64(&o.end)
			c.int(&o.order)
			list(c, &o.rows, c.change)
		}))
	})
}

func (c *codec) change(ch *Change) {
	op := int(ch.Op)
	c.int(&op)
	ch.Op = cmf.Op(op)
	c.row(&ch.Row)
}
