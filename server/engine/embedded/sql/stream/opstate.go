package stream

import (
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
)

func (u *Union) State(c *state.Codec) { c.Int(&u.Inputs) }

func (l *Limit) State(c *state.Codec) { c.Int64(&l.seen) }

func (w *Watermarks) State(c *state.Codec) {
	c.Bool(&w.begun)
	c.Int64(&w.high)
	c.Int64(&w.emitted)
	w.tell()
}

func (s *TimeSort) State(c *state.Codec) {
	c.Bool(&s.given)
	c.Int64(&s.last)
	CarryWaiting(c, &s.waiting)
}

func (s *SetOp) State(c *state.Codec) {
	c.Int(&s.ended)
	state.Table(c, &s.rows, state.Pointer(func(r *setRow) {
		c.Int(&r.left)
		c.Int(&r.right)
	}))
}

func (s *Materialize) State(c *state.Codec) {
	var rows []value.Row
	for _, r := range s.rows {
		if !r.deleted {
			rows = append(rows, r.row)
		}
	}
	c.Rows(&rows)
	if !c.Loading {
		return
	}
	s.byKey = map[string][]*materialized{}
	for _, row := range rows {
		r := &materialized{row: row}
		key := string(value.RowKey(nil, s.Types, row))
		s.rows, s.byKey[key] = append(s.rows, r), append(s.byKey[key], r)
	}
}

func (l *Lowest) State(c *state.Codec) {
	state.List(c, &l.Marks, c.Int64)
	c.Int64(&l.Low)
	if len(l.Marks) == 0 {
		l.Marks = nil
	}
}
