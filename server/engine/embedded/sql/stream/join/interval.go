package join

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
)

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

// IntervalJoin joins rows whose event times are within an interval of one
// another, as Flink's TimeIntervalJoin does: it only inserts. A row of an outer
// side is given with NULLs once the watermark says that nothing can meet it.
// What is late, and what is dropped, follows its timers.
type IntervalJoin struct {
	Join // keys, condition, outer sides

	low        stream.Lowest
	now        int64    // the watermark of both sides; 0 before the first
	expiration [2]int64 // up to which time rows of a side were dropped
	keys       map[string]*intervalKey
	timers     []intervalTimer
}

// intervalKey are the rows of a key, by side and time.
type intervalKey struct {
	rows  [2]map[int64][]*joinRow
	timer [2]int64 // when rows of a side are looked at next; 0: not at all
}

// intervalTimer asks for a look at a key.
type intervalTimer struct {
	at  int64
	key string
}

// Left is the operator for the left input.
func (j *IntervalJoin) Left() stream.Op { return &intervalSide{j, 0} }

// Right is the operator for the right input.
func (j *IntervalJoin) Right() stream.Op { return &intervalSide{j, 1} }

// intervalSide is one of the two inputs: 0 is the left one.
type intervalSide struct {
	j    *IntervalJoin
	side int
}

func (s *intervalSide) of() *joinSide { return &joinSide{&s.j.Join, s.side == 0} }

// size is how far a row of this side may be before one that it meets.
func (j *IntervalJoin) size(side int) int64 {
	if side == 0 {
		return -j.Meeting.Low
	}
	return j.Meeting.High
}

func (j *IntervalJoin) timeOf(side int, row value.Row) value.Value {
	if side == 0 {
		return row[j.Meeting.Left]
	}
	return row[j.Meeting.Right]
}

func (j *IntervalJoin) outer(side int) bool {
	return side == 0 && j.LeftOuter || side == 1 && j.RightOuter
}

func (j *IntervalJoin) begin() {
	if j.keys == nil {
		j.keys, j.low = map[string]*intervalKey{}, stream.NewLowest(2)
	}
}

// Push implements Op.
func (s *intervalSide) Push(c stream.Change) error {
	j, other := s.j, 1-s.side
	j.begin()
	key, _, err := s.of().key(c.Row)
	if err != nil {
		return err
	}
	at := j.timeOf(s.side, c.Row).I
	from, to := at-j.size(other), at+j.size(s.side)
	k := j.keys[key]
	if k == nil {
		k = &intervalKey{}
		j.keys[key] = k
		if err := j.Budget.Take(len(key)); err != nil {
			return err
		}
	}
	matched := false
	if j.expiration[other] < to {
		j.expiration[other] = j.expires(other)
		if matched, err = s.meet(k, c.Row, from, to); err != nil {
			return err
		}
	}
	if j.now < to {
		return s.cache(k, key, at, c.Row, matched)
	}
	if !matched && j.outer(s.side) {
		return j.Next.Push(stream.Change{Op: cmf.OpInsert, Row: s.of().padded(c.Row)})
	}
	return nil
}

// meet joins a row with those of the other side, and drops those that expired.
func (s *intervalSide) meet(k *intervalKey, row value.Row, from, to int64) (matched bool, err error) {
	j, other := s.j, 1-s.side
	rows := k.rows[other]
	for _, at := range sortedTimes(rows) {
		for _, o := range rows[at] {
			if at < from || at > to {
				break
			}
			if err := j.Budget.GoOn(); err != nil {
				return matched, err
			}
			joined := s.of().joined(row, o.row)
			if j.Cond != nil {
				v, err := j.Cond(joined)
				if err != nil {
					return matched, err
				}
				if !v.True() {
					continue
				}
			}
			matched = true
			o.matches++
			if err := j.Next.Push(stream.Change{Op: cmf.OpInsert, Row: joined}); err != nil {
				return matched, err
			}
		}
		if at <= j.expiration[other] {
			if err := j.drop(k, other, at); err != nil {
				return matched, err
			}
		}
	}
	return matched, nil
}

func sortedTimes(rows map[int64][]*joinRow) []int64 {
	times := make([]int64, 0, len(rows))
	for at := range rows {
		times = append(times, at)
	}
	slices.Sort(times)
	return times
}

// drop forgets rows of one time. Those of an outer side that met nothing are given.
func (j *IntervalJoin) drop(k *intervalKey, side int, at int64) error {
	s := &intervalSide{j, side}
	rows := k.rows[side][at]
	delete(k.rows[side], at)
	for _, r := range rows {
		j.Budget.Give(0, r.row)
		if r.matches > 0 || !j.outer(side) {
			continue
		}
		if err := j.Next.Push(stream.Change{Op: cmf.OpInsert, Row: s.of().padded(r.row)}); err != nil {
			return err
		}
	}
	return nil
}

func (s *intervalSide) cache(k *intervalKey, key string, at int64, row value.Row, matched bool) error {
	j := s.j
	r := &joinRow{row: row}
	if matched {
		r.matches = 1
	}
	if k.rows[s.side] == nil {
		k.rows[s.side] = map[int64][]*joinRow{}
	}
	k.rows[s.side][at] = append(k.rows[s.side][at], r)
	if k.timer[s.side] == 0 {
		j.ask(k, key, s.side, at)
	}
	return j.Budget.Take(0, row)
}

// ask registers when rows of a side are looked at, the earliest being of that time.
func (j *IntervalJoin) ask(k *intervalKey, key string, side int, at int64) {
	k.timer[side] = at + j.size(side) + (j.size(0)+j.size(1))/2 + 1
	t := intervalTimer{k.timer[side], key}
	i, _ := slices.BinarySearchFunc(j.timers, t.at+1, func(a intervalTimer, at int64) int {
		return cmp.Compare(a.at, at)
	})
	j.timers = slices.Insert(j.timers, i, t)
}

// expires is up to which time rows of a side cannot be met any more.
func (j *IntervalJoin) expires(side int) int64 {
	if j.now == math.MaxInt64 {
		return j.now
	}
	return j.now - j.size(side) - 1
}

// Mark implements Marker.
func (s *intervalSide) Mark(w int64) error {
	j := s.j
	j.begin()
	low, ok := j.low.Advance(s.side, w)
	if !ok {
		return nil
	}
	j.now = max(0, low)
	for len(j.timers) > 0 && j.timers[0].at <= low {
		t := j.timers[0]
		j.timers = j.timers[1:]
		if err := j.look(t); err != nil {
			return err
		}
	}
	if low != math.MaxInt64 && low != math.MinInt64 {
		low -= max(j.size(0), j.size(1))
	}
	return stream.PassMark(j.Next, low)
}

// look drops what expired of the sides of a key whose time it is.
func (j *IntervalJoin) look(t intervalTimer) error {
	k := j.keys[t.key]
	if k == nil {
		return nil
	}
	for _, side := range []int{1, 0} {
		if k.timer[side] != t.at {
			continue
		}
		j.expiration[side] = j.expires(side)
		for _, at := range sortedTimes(k.rows[side]) {
			if at > j.expiration[side] {
				break
			}
			if err := j.drop(k, side, at); err != nil {
				return err
			}
		}
		if left := sortedTimes(k.rows[side]); len(left) > 0 && left[0] > 0 {
			j.ask(k, t.key, side, left[0])
			continue
		}
		k.timer[side], k.rows[side] = 0, nil
	}
	if k.timer[0] == 0 && k.timer[1] == 0 {
		delete(j.keys, t.key)
		j.Budget.Give(len(t.key))
	}
	return nil
}

// Finish implements Op.
func (s *intervalSide) Finish() error {
	j := s.j
	if j.ended++; j.ended < 2 {
		return nil
	}
	return j.Next.Finish()
}

func (j *IntervalJoin) State(c *state.Codec) {
	c.Int(&j.ended)
	c.Int64(&j.now)
	c.Int64(&j.expiration[0])
	c.Int64(&j.expiration[1])
	j.low.State(c)
	state.List(c, &j.timers, func(t *intervalTimer) {
		c.Int64(&t.at)
		c.Text(&t.key)
	})
	state.Table(c, &j.keys, state.Pointer(func(k *intervalKey) {
		for side := range k.rows {
			c.Int64(&k.timer[side])
			times := sortedTimes(k.rows[side])
			state.List(c, &times, c.Int64)
			for _, at := range times {
				rows := k.rows[side][at]
				state.List(c, &rows, state.Pointer(func(r *joinRow) {
					c.Row(&r.row)
					c.Int(&r.matches)
				}))
				if c.Loading {
					if k.rows[side] == nil {
						k.rows[side] = map[int64][]*joinRow{}
					}
					k.rows[side][at] = rows
				}
			}
		}
	}))
}

// Possible says whether rows can meet at all.
func (m *Meeting) Possible() bool { return m.Low <= m.High }

// Name implements Step.
func (o *intervalSide) Name() string {
	return fmt.Sprintf("IntervalJoin(%s input, %d keys)", [2]string{"left", "right"}[o.side], len(o.j.KeyTypes))
}

// Behind implements Step.
func (o *intervalSide) Behind() stream.Op { return o.j.Next }

// Memory implements Sharer: both sides remember in one.
func (o *intervalSide) Memory() state.Stateful { return o.j }
