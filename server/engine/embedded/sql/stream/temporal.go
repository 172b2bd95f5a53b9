package stream

import (
	"sort"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

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
	Next                Op

	low      lowest
	waiting  []waitingRow
	versions map[string][]version
	ended    int
}

type version struct {
	from int64
	row  value.Row
}

// Left is the operator for the left input.
func (t *TemporalJoin) Left() Op { return &temporalSide{t, 0} }

// Right is the operator for the right input.
func (t *TemporalJoin) Right() Op { return &temporalSide{t, 1} }

type temporalSide struct {
	t    *TemporalJoin
	side int
}

// Push implements Op.
func (s *temporalSide) Push(c Change) error {
	t := s.t
	if t.versions == nil {
		t.versions, t.low = map[string][]version{}, newLowest(2)
	}
	fns := t.LeftKeys
	if s.side == 1 {
		fns = t.RightKeys
	}
	key, err := keyOf(fns, t.KeyTypes, c.Row)
	if err != nil {
		return err
	}
	if s.side == 0 {
		t.waiting = append(t.waiting, waitingRow{c.Row[t.LeftTime].I, key, c.Row})
		return t.Budget.Take(len(key), c.Row)
	}
	return t.version(key, c)
}

func (t *TemporalJoin) version(key string, c Change) error {
	if !c.adds() {
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
		t.versions, t.low = map[string][]version{}, newLowest(2)
	}
	low, ok := t.low.advance(s.side, w)
	if !ok {
		return nil
	}
	sort.SliceStable(t.waiting, func(i, j int) bool { return t.waiting[i].at < t.waiting[j].at })
	n := sort.Search(len(t.waiting), func(i int) bool { return t.waiting[i].at > low })
	for _, r := range t.waiting[:n] {
		t.Budget.Give(len(r.key), r.row)
		if err := t.give(r); err != nil {
			return err
		}
	}
	t.waiting = behind(t.waiting, n)
	t.forget(low)
	return mark(t.Next, low)
}

func (t *TemporalJoin) give(r waitingRow) error {
	list := t.versions[r.key]
	at := sort.Search(len(list), func(i int) bool { return list[i].from > r.at }) - 1
	if at >= 0 && t.known(r.row) {
		row := joinRows(r.row, list[at].row)
		matches := true
		if t.Cond != nil {
			v, err := t.Cond(row)
			if err != nil {
				return err
			}
			matches = v.True()
		}
		if matches {
			return t.Next.Push(Change{Row: row})
		}
	}
	if !t.Outer {
		return nil
	}
	return t.Next.Push(Change{Row: joinRows(r.row, make(value.Row, t.RightWidth))})
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
