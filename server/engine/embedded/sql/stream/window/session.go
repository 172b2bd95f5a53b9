package window

import (
	"math"
	"sort"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/types"
)

func (s *Sessions) State(c *state.Codec) {
	c.Bool(&s.begun)
	c.Int64(&s.time)
	c.Int(&s.count)
	state.Table(c, &s.open, func(all *[]*session) {
		state.List(c, all, state.Pointer(func(o *session) {
			c.Int64(&o.start)
			c.Int64(&o.end)
			c.Int(&o.order)
			state.List(c, &o.rows, func(p *stream.Change) { stream.CarryChange(c, p) })
		}))
	})
}

// Sessions puts rows of a key that follow one another within a gap into one
// window, and gives them when its time is over.
type Sessions struct {
	Time     int
	Gap      int64
	Keys     []expr.Fn
	KeyTypes []types.Type
	Budget   *state.Budget
	Next     stream.Op
	time     int64
	begun    bool
	open     map[string][]*session
	count    int
}

type session struct {
	start, end int64
	rows       []stream.Change
	order      int
}

// Push implements Op.
func (s *Sessions) Push(c stream.Change) error {
	if !s.begun {
		s.begun, s.time, s.open = true, math.MinInt64, map[string][]*session{}
	}
	at := c.Row[s.Time]
	if !at.Valid {
		return nil
	}
	key, err := stream.KeyOf(s.Keys, s.KeyTypes, c.Row)
	if err != nil {
		return err
	}
	s.count++
	merged := &session{start: at.I, end: at.I + s.Gap, order: s.count}
	var others []*session
	for _, o := range s.open[key] {
		if o.start <= merged.end && merged.start <= o.end {
			merged.start, merged.end = min(o.start, merged.start), max(o.end, merged.end)
			merged.order = min(o.order, merged.order)
			merged.rows = append(merged.rows, o.rows...)
			continue
		}
		others = append(others, o)
	}
	if stream.Passed(merged.end, s.time) {
		return nil
	}
	merged.rows = append(merged.rows, c)
	s.open[key] = append(others, merged)
	return s.Budget.Take(0, c.Row)
}

// Mark implements Marker.
func (s *Sessions) Mark(watermark int64) error {
	if s.begun {
		s.time = max(s.time, watermark)
	}
	var ended []*session
	for key, list := range s.open {
		rest := list[:0]
		for _, o := range list {
			if stream.Passed(o.end, watermark) {
				ended = append(ended, o)
			} else {
				rest = append(rest, o)
			}
		}
		if s.open[key] = rest; len(rest) == 0 {
			delete(s.open, key)
		}
	}
	sort.Slice(ended, func(i, j int) bool {
		if ended[i].end != ended[j].end {
			return ended[i].end < ended[j].end
		}
		return ended[i].order < ended[j].order
	})
	for _, o := range ended {
		for _, c := range o.rows {
			s.Budget.Give(0, c.Row)
			if err := s.Next.Push(stream.Change{Op: c.Op, Row: withWindow(c.Row, o.start, o.end)}); err != nil {
				return err
			}
		}
	}
	return stream.PassMark(s.Next, watermark)
}

// Finish implements Op.
func (s *Sessions) Finish() error { return s.Next.Finish() }

// Name implements Step.
func (o *Sessions) Name() string { return "SessionTableFunction" }

// Behind implements Step.
func (o *Sessions) Behind() stream.Op { return o.Next }
