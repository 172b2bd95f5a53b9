package stream

import (
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/value"
)

// Unnest makes a row of each element of a collection, behind the row's own
// columns.
type Unnest struct {
	Of expr.Fn
	// Spread gives the values of an element of an ARRAY; nil: it is a MAP.
	Spread     func(value.Value) []value.Value
	Width      int
	Outer      bool // a row without elements is passed on with NULLs
	Ordinality bool
	Next       Op
}

// Push implements Op.
func (u *Unnest) Push(c Change) error {
	v, err := u.Of(c.Row)
	if err != nil {
		return err
	}
	var parts [][]value.Value
	switch {
	case !v.Valid:
	case u.Spread == nil:
		for _, e := range v.Entries() {
			parts = append(parts, []value.Value{e.Key, e.Value})
		}
	default:
		for _, e := range v.Items() {
			parts = append(parts, u.Spread(e))
		}
	}
	if len(parts) == 0 && u.Outer {
		return u.Next.Push(Change{c.Op, JoinRows(c.Row, make(value.Row, u.Width))})
	}
	for i, part := range parts {
		row := JoinRows(c.Row, part)
		if u.Ordinality {
			row = append(row, value.Int(int64(i+1)))
		}
		if err := u.Next.Push(Change{c.Op, row}); err != nil {
			return err
		}
	}
	return nil
}

// Finish implements Op.
func (u *Unnest) Finish() error { return u.Next.Finish() }

// Mark implements Marker.
func (u *Unnest) Mark(w int64) error { return PassMark(u.Next, w) }

// Name implements Step.
func (o *Unnest) Name() string { return "Unnest" }

// Behind implements Step.
func (o *Unnest) Behind() Op { return o.Next }
