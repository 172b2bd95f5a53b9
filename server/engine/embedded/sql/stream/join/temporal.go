package join

import (
	"sort"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func (t *TemporalJoin) State(c *state.Codec) {
	c.Int(&t.ended)
	t.low.State(c)
	stream.CarryWaiting(c, &t.waiting)
	state.Table(c, &t.versions, func(all *[]version) {
		state.List(c, all, func(v *version) {
			c.Int64(&v.from)
			c.Row(&v.row)
		})
	})
}

// TemporalJoin joins each left row with the version that the right side had
// at the row's time. Rows wait until both sides have come that far.
type TemporalJoin struct {
	LeftKeys, RightKeys []expr.Fn
	KeyTypes            []types.Type
	LeftTime, RightTime int
	Cond                expr.Fn // of the joined row; nil: always
	Outer               bool
	RightWidth          int
	Budget              *state.Budget
	Next                stream.Op

	low      stream.Lowest
	waiting  []stream.WaitingRow
	versions map[string][]version
	ended    int
}

type version struct {
	from int64
	row  value.Row
}

// Left is the operator for the left input.
func (t *TemporalJoin) Left() stream.Op { return &temporalSide{t, 0} }

// Right is the operator for the right input.
func (t *TemporalJoin) Right() stream.Op { return &temporalSide{t, 1} }

type temporalSide struct {
	t    *TemporalJoin
	side int
}

// Push implements Op.
func (s *temporalSide) Push(c stream.Change) error {
	t := s.t
	if t.versions == nil {
		t.versions, t.low = map[string][]version{}, stream.NewLowest(2)
	}
	fns := t.LeftKeys
	if s.side == 1 {
		fns = t.RightKeys
	}
	key, err := stream.KeyOf(fns, t.KeyTypes, c.Row)
	if err != nil {
		return err
	}
	if s.side == 0 {
		t.waiting = append(t.waiting, stream.WaitingRow{At: c.Row[t.LeftTime].I, Key: key, Row: c.Row})
		return t.Budget.Take(len(key), c.Row)
	}
	return t.version(key, c)
}

func (t *TemporalJoin) version(key string, c stream.Change) error {
	if !c.Adds() {
		if c.Op.String() == "-U" { // the version that follows tells
			return nil
		}
		return sqlerr.RefuseRow("a version that is deleted, in a temporal join")
	}
	list, from := t.versions[key], c.Row[t.RightTime].I
	at := sort.Search(len(list), func(i int) bool { return list[i].from >= from })
	if at < len(list) && list[at].from == from {
		grown := c.Row.Size() - list[at].row.Size()
		list[at].row = c.Row
		return t.Budget.Grow(grown)
	}
	list = append(list, version{})
	copy(list[at+1:], list[at:])
	list[at] = version{from, c.Row}
	t.versions[key] = list
	return t.Budget.Take(len(key), c.Row)
}

// Mark implements Marker.
func (s *temporalSide) Mark(w int64) error {
	t := s.t
	if t.versions == nil {
		t.versions, t.low = map[string][]version{}, stream.NewLowest(2)
	}
	low, ok := t.low.Advance(s.side, w)
	if !ok {
		return nil
	}
	sort.SliceStable(t.waiting, func(i, j int) bool { return t.waiting[i].At < t.waiting[j].At })
	n := sort.Search(len(t.waiting), func(i int) bool { return t.waiting[i].At > low })
	for _, r := range t.waiting[:n] {
		t.Budget.Give(len(r.Key), r.Row)
		if err := t.give(r); err != nil {
			return err
		}
	}
	t.waiting = stream.DropFirst(t.waiting, n)
	t.forget(low)
	return stream.PassMark(t.Next, low)
}

func (t *TemporalJoin) give(r stream.WaitingRow) error {
	list := t.versions[r.Key]
	at := sort.Search(len(list), func(i int) bool { return list[i].from > r.At }) - 1
	if at >= 0 && t.known(r.Row) {
		row := stream.JoinRows(r.Row, list[at].row)
		matches := true
		if t.Cond != nil {
			v, err := t.Cond(row)
			if err != nil {
				return err
			}
			matches = v.True()
		}
		if matches {
			return t.Next.Push(stream.Change{Row: row})
		}
	}
	if !t.Outer {
		return nil
	}
	return t.Next.Push(stream.Change{Row: stream.JoinRows(r.Row, make(value.Row, t.RightWidth))})
}

// known says whether no part of the key is NULL.
func (t *TemporalJoin) known(row value.Row) bool {
	for _, fn := range t.LeftKeys {
		if v, err := fn(row); err != nil || !v.Valid {
			return false
		}
	}
	return true
}

// forget drops versions that no row can want any more.
func (t *TemporalJoin) forget(until int64) {
	for key, list := range t.versions {
		for len(list) > 1 && list[1].from <= until {
			t.Budget.Give(len(key), list[0].row)
			list[0].row = nil
			list = list[1:]
		}
		t.versions[key] = list
	}
}

// Finish implements Op.
func (s *temporalSide) Finish() error {
	if s.t.ended++; s.t.ended < 2 {
		return nil
	}
	return s.t.Next.Finish()
}

// Name implements Step.
func (o *temporalSide) Name() string { return "TemporalJoin" }

// Behind implements Step.
func (o *temporalSide) Behind() stream.Op { return o.t.Next }

// Memory implements Sharer: both sides remember in one.
func (o *temporalSide) Memory() state.Stateful { return o.t }
