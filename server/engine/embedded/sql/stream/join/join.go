// Package join joins two inputs: by keys, within an interval of event time, or
// with the version that a table had at a time.
package join

import (
	"fmt"
	"math"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Mark implements Marker: a join needs the watermarks of both sides.
func (s *joinSide) Mark(w int64) error {
	if s.j.marks.Marks == nil {
		s.j.marks = stream.NewLowest(2)
	}
	input := 1
	if s.isLeft {
		input = 0
	}
	s.j.marks.Advance(input, w)
	return nil
}

// watermark is the lowest one of both sides.
func (j *Join) watermark() int64 {
	if j.marks.Marks == nil {
		return math.MinInt64
	}
	return j.marks.Low
}

// swept drops the rows of both sides that are over.
func (s *joinSide) swept() {
	j := s.j
	j.count++
	if (j.Expiry == nil || j.Expiry.TTL <= 0) && j.Meeting == nil || j.count < max(stream.SweepFrom, j.leftRows) {
		return
	}
	j.count, j.leftRows = 0, 0
	watermark := j.watermark()
	for i, side := range []map[string][]*joinRow{j.left, j.right} {
		for key, rows := range side {
			rest := rows[:0:0]
			for _, r := range rows {
				if j.Expiry.Expired(r.touched) || j.Meeting.over(r.row, i == 0, watermark) {
					j.Budget.Give(len(key), r.row)
					continue
				}
				rest = append(rest, r)
			}
			if len(rest) == 0 {
				delete(side, key)
				continue
			}
			side[key] = rest
			j.leftRows += len(rest)
		}
	}
}

// alive are the rows that are not over.
func (j *Join) alive(rows []*joinRow) []*joinRow {
	if j.Expiry == nil || j.Expiry.TTL <= 0 {
		return rows
	}
	var out []*joinRow
	for _, r := range rows {
		if !j.Expiry.Expired(r.touched) {
			out = append(out, r)
		}
	}
	return out
}

// Join joins two inputs by equal keys and a condition, as Flink's streaming
// join does: both sides are remembered, outer rows wait filled with NULLs.
type Join struct {
	LeftTypes, RightTypes []types.Type
	LeftKeys, RightKeys   []expr.Fn
	KeyTypes              []types.Type
	Cond                  expr.Fn // of the joined row; nil: always
	LeftOuter, RightOuter bool
	// Semi passes on the left rows that have a match; Anti those without.
	Semi, Anti bool
	// LeftAppend and RightAppend say that an input only inserts: once the other
	// one has ended, none of its rows need be remembered.
	LeftAppend, RightAppend bool

	Budget          *state.Budget
	Expiry          *stream.Expiry // nil: rows stay for ever
	Meeting         *Meeting
	Next            stream.Op
	count, leftRows int // rows since the last sweep, and after it

	marks       stream.Lowest
	left, right map[string][]*joinRow
	ended       int
	// leftEnded and rightEnded are not saved: who goes on remembers more.
	leftEnded, rightEnded bool
}

type joinRow struct {
	row     value.Row
	matches int
	touched int64
}

// Left is the operator for the left input.
func (j *Join) Left() stream.Op { return &joinSide{j, true} }

// Right is the operator for the right input.
func (j *Join) Right() stream.Op { return &joinSide{j, false} }

type joinSide struct {
	j      *Join
	isLeft bool
}

// Finish implements Op.
func (s *joinSide) Finish() error {
	j := s.j
	if s.isLeft {
		j.leftEnded = true
	} else {
		j.rightEnded = true
	}
	if j.ended++; j.ended < 2 {
		j.release(!s.isLeft)
		return nil
	}
	return j.Next.Finish()
}

// unneeded reports whether no change of the other side can ask for the rows of
// this one any more.
func (j *Join) unneeded(isLeft bool) bool {
	if isLeft {
		return j.rightEnded && j.LeftAppend
	}
	return j.leftEnded && j.RightAppend
}

// release forgets the rows of a side that are not needed any more.
func (j *Join) release(isLeft bool) {
	if !j.unneeded(isLeft) {
		return
	}
	mine := &j.right
	if isLeft {
		mine = &j.left
	}
	for key, rows := range *mine {
		for _, r := range rows {
			j.Budget.Give(len(key), r.row)
		}
	}
	*mine = map[string][]*joinRow{}
}

// key is the row's key; ok is false when a part is NULL and nothing can match.
func (s *joinSide) key(row value.Row) (key string, ok bool, err error) {
	fns := s.j.RightKeys
	if s.isLeft {
		fns = s.j.LeftKeys
	}
	ok = true
	var b []byte
	for i, fn := range fns {
		v, err := fn(row)
		if err != nil {
			return "", false, err
		}
		ok = ok && v.Valid
		b = value.AppendKey(b, s.j.KeyTypes[i], v)
	}
	return string(b), ok, nil
}

// Push implements Op.
func (s *joinSide) Push(c stream.Change) error {
	j := s.j
	if j.left == nil {
		j.left, j.right = map[string][]*joinRow{}, map[string][]*joinRow{}
	}
	key, matchable, err := s.key(c.Row)
	if err != nil {
		return err
	}
	mine, others := j.right, j.left
	if s.isLeft {
		mine, others = others, mine
	}
	var matches []*joinRow
	if matchable {
		if matches, err = s.matches(c.Row, j.alive(others[key])); err != nil {
			return err
		}
	}
	switch {
	case c.Adds() && j.unneeded(s.isLeft):
	case c.Adds():
		s.swept()
		mine[key] = append(mine[key], &joinRow{c.Row, len(matches), j.Expiry.Now()})
		if err := j.Budget.Take(len(key), c.Row); err != nil {
			return err
		}
	case !s.forget(mine, key, c.Row):
		return nil
	}
	if j.Semi || j.Anti {
		return s.pushSemi(c, matches)
	}
	return s.pushJoin(c, matches)
}

func (s *joinSide) matches(row value.Row, others []*joinRow) ([]*joinRow, error) {
	if s.j.Cond == nil {
		return others, nil
	}
	var out []*joinRow
	for _, o := range others {
		if err := s.j.Budget.GoOn(); err != nil {
			return nil, err
		}
		v, err := s.j.Cond(s.joined(row, o.row))
		if err != nil {
			return nil, err
		}
		if v.True() {
			out = append(out, o)
		}
	}
	return out, nil
}

// joined is this side's row and the other's in the order of the query.
func (s *joinSide) joined(row, other value.Row) value.Row {
	if !s.isLeft {
		row, other = other, row
	}
	return append(append(make(value.Row, 0, len(row)+len(other)), row...), other...)
}

// padded is a row of this side without a match.
func (s *joinSide) padded(row value.Row) value.Row {
	if s.isLeft {
		return s.joined(row, make(value.Row, len(s.j.RightTypes)))
	}
	return s.joined(row, make(value.Row, len(s.j.LeftTypes)))
}

func (s *joinSide) forget(mine map[string][]*joinRow, key string, row value.Row) bool {
	ts := s.j.RightTypes
	if s.isLeft {
		ts = s.j.LeftTypes
	}
	want := string(value.RowKey(nil, ts, row))
	for i, r := range mine[key] {
		if string(value.RowKey(nil, ts, r.row)) != want {
			continue
		}
		rest := append(append([]*joinRow{}, mine[key][:i]...), mine[key][i+1:]...)
		if len(rest) == 0 {
			delete(mine, key)
		} else {
			mine[key] = rest
		}
		s.j.Budget.Give(len(key), r.row)
		return true
	}
	return false
}

// pushJoin passes on what a change of one side does to the joined rows.
func (s *joinSide) pushJoin(c stream.Change, matches []*joinRow) error {
	j := s.j
	outer, otherOuter := j.RightOuter, j.LeftOuter
	if s.isLeft {
		outer, otherOuter = otherOuter, outer
	}
	op := c.Op
	if outer || otherOuter {
		op = cmf.OpDelete
		if c.Adds() {
			op = cmf.OpInsert
		} else if !outer {
			op = c.Op
		}
	}
	if len(matches) == 0 {
		if !outer {
			return nil
		}
		return j.Next.Push(stream.Change{Op: op, Row: s.padded(c.Row)})
	}
	other := &joinSide{j, !s.isLeft}
	if c.Adds() {
		if err := s.count(matches, 1, otherOuter, func(o *joinRow) error {
			return j.Next.Push(stream.Change{Op: cmf.OpDelete, Row: other.padded(o.row)})
		}); err != nil {
			return err
		}
	}
	for _, o := range matches {
		if err := j.Budget.GoOn(); err != nil {
			return err
		}
		if err := j.Next.Push(stream.Change{Op: op, Row: s.joined(c.Row, o.row)}); err != nil {
			return err
		}
	}
	if c.Adds() {
		return nil
	}
	return s.count(matches, -1, otherOuter, func(o *joinRow) error {
		return j.Next.Push(stream.Change{Op: cmf.OpInsert, Row: other.padded(o.row)})
	})
}

// count changes how many matches the other side's rows have, and tells those
// that got their first or lost their last one.
func (s *joinSide) count(matches []*joinRow, by int, tell bool, turned func(*joinRow) error) error {
	for _, o := range matches {
		if err := s.j.Budget.GoOn(); err != nil {
			return err
		}
		before := o.matches
		o.matches += by
		if tell && (before == 0 || o.matches == 0) {
			if err := turned(o); err != nil {
				return err
			}
		}
	}
	return nil
}

// pushSemi passes on which left rows have a match, or none.
func (s *joinSide) pushSemi(c stream.Change, matches []*joinRow) error {
	j := s.j
	if s.isLeft {
		if len(matches) > 0 == j.Anti {
			return nil
		}
		return j.Next.Push(c)
	}
	by, op := 1, cmf.OpInsert
	if !c.Adds() {
		by = -1
	}
	if c.Adds() == j.Anti {
		op = cmf.OpDelete
	}
	return s.count(matches, by, true, func(o *joinRow) error { return j.Next.Push(stream.Change{Op: op, Row: o.row}) })
}

// Name implements Step.
func (o *joinSide) Name() string { return o.name() }

// Behind implements Step.
func (o *joinSide) Behind() stream.Op { return o.j.Next }

// Memory implements Sharer: both sides remember in one.
func (o *joinSide) Memory() state.Stateful { return o.j }

func (s *joinSide) name() string {
	side := "right"
	if s.isLeft {
		side = "left"
	}
	kind := "Join"
	switch {
	case s.j.Semi:
		kind = "SemiJoin"
	case s.j.Anti:
		kind = "AntiJoin"
	}
	return fmt.Sprintf("%s(%s input, %d keys)", kind, side, len(s.j.KeyTypes))
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
