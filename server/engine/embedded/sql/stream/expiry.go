package stream

import (
	"math"

	"drey/server/engine/embedded/sql/value"
)

// Expiry is table.exec.state.ttl: what was not touched for that long, in the
// time of the sources, is forgotten. The zero Expiry keeps everything.
type Expiry struct {
	TTL int64 // milliseconds; 0: for ever
	now int64
}

// over says whether something was touched too long ago.
func (e *Expiry) over(touched int64) bool { return e != nil && e.TTL > 0 && e.now-touched > e.TTL }

// time is when something is touched now.
func (e *Expiry) time() int64 {
	if e == nil {
		return 0
	}
	return e.now
}

// sweepFrom is how many things must be remembered before all are looked at.
const sweepFrom = 1024

// swept drops the groups that are over, when there are twice as many as were
// left the last time: the cost of a row stays the same.
func (a *Aggregate) swept() {
	if a.Expiry == nil || a.Expiry.TTL <= 0 || len(a.groups) < max(sweepFrom, 2*a.left) {
		return
	}
	for key, g := range a.groups {
		if a.Expiry.over(g.touched) {
			a.release(g, key)
			delete(a.groups, key)
		}
	}
	a.left = len(a.groups)
}

// Meeting says how far the event times of the rows of a join are apart: left
// minus right is from Low to High.
type Meeting struct {
	Left, Right int // the columns of time
	Low, High   int64
}

// over says whether no row on time can meet the row any more.
func (m *Meeting) over(row value.Row, left bool, watermark int64) bool {
	if m == nil {
		return false
	}
	if left { // it meets right rows up to its time - Low
		return row[m.Left].Valid && row[m.Left].I-m.Low < watermark
	}
	return row[m.Right].Valid && row[m.Right].I+m.High < watermark
}

// Mark implements Marker: a join needs the watermarks of both sides.
func (s *joinSide) Mark(w int64) error {
	if s.j.marks.marks == nil {
		s.j.marks = newLowest(2)
	}
	input := 1
	if s.isLeft {
		input = 0
	}
	s.j.marks.advance(input, w)
	return nil
}

// watermark is the lowest one of both sides.
func (j *Join) watermark() int64 {
	if j.marks.marks == nil {
		return math.MinInt64
	}
	return j.marks.told
}

// swept drops the rows of both sides that are over.
func (s *joinSide) swept() {
	j := s.j
	j.count++
	if (j.Expiry == nil || j.Expiry.TTL <= 0) && j.Meeting == nil || j.count < max(sweepFrom, j.leftRows) {
		return
	}
	j.count, j.leftRows = 0, 0
	watermark := j.watermark()
	for i, side := range []map[string][]*joinRow{j.left, j.right} {
		for key, rows := range side {
			kept := rows[:0:0]
			for _, r := range rows {
				if j.Expiry.over(r.touched) || j.Meeting.over(r.row, i == 0, watermark) {
					j.Budget.Give(len(key), r.row)
					continue
				}
				kept = append(kept, r)
			}
			if len(kept) == 0 {
				delete(side, key)
				continue
			}
			side[key] = kept
			j.leftRows += len(kept)
		}
	}
}

// sweep calls drop for what was touched too long ago, when there is twice as
// much as was left the last time. It gives what is left.
func sweep[T any](e *Expiry, all map[string]T, left int, touched func(T) int64, drop func(key string, of T)) int {
	if e == nil || e.TTL <= 0 || len(all) < max(sweepFrom, 2*left) {
		return left
	}
	for key, of := range all {
		if e.over(touched(of)) {
			drop(key, of)
			delete(all, key)
		}
	}
	return len(all)
}

// alive are the rows that are not over.
func (j *Join) alive(rows []*joinRow) []*joinRow {
	if j.Expiry == nil || j.Expiry.TTL <= 0 {
		return rows
	}
	var out []*joinRow
	for _, r := range rows {
		if !j.Expiry.over(r.touched) {
			out = append(out, r)
		}
	}
	return out
}
