package stream

import (
	"bytes"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
)

// Sort passes on the rows in order when the input, which only inserts, ends.
// Of rows that are equal in their keys the earlier one is first.
type Sort struct {
	Keys []SortKey
	// First is how many rows are wanted, from the beginning of the order; 0:
	// all. Twice as many are remembered at most.
	First  int
	Budget *state.Budget
	Next   Op

	rows packedRows
	// last is the key of the last row that is wanted of those seen up to when the
	// others were forgotten; nil before.
	last []byte
}

// sortAtLeast is how many rows are collected before any is forgotten.
const sortAtLeast = 1024

// Push implements Op.
func (s *Sort) Push(c Change) error {
	var scratch [64]byte
	key := s.key(scratch[:0], c.Row)
	if s.last != nil && bytes.Compare(s.last, key) <= 0 {
		return s.Budget.GoOn()
	}
	if err := s.Budget.Hold(1, s.rows.add(key, c.Row)); err != nil {
		return err
	}
	if s.First > 0 && len(s.rows.list) >= max(2*s.First, sortAtLeast) {
		s.forget()
	}
	return nil
}

// key is ordered as the rows are.
func (s *Sort) key(key []byte, row value.Row) []byte {
	for _, k := range s.Keys {
		key = value.AppendOrderKey(key, k.Type, row[k.Column], value.Order{Desc: k.Desc, NullsFirst: k.NullsFirst})
	}
	return key
}

// forget leaves the rows that are wanted.
func (s *Sort) forget() {
	s.rows.sort()
	wanted := packedRows{}
	for _, r := range s.rows.list[:s.First] {
		wanted.copy(s.rows.key(r), s.rows.row(r))
	}
	s.last = bytes.Clone(wanted.key(wanted.list[s.First-1]))
	_ = s.Budget.Hold(s.First-len(s.rows.list), wanted.size()-s.rows.size())
	s.rows = wanted
}

// Finish implements Op.
func (s *Sort) Finish() error {
	s.rows.sort()
	for _, r := range s.rows.list {
		row, err := s.rows.unpacked(r)
		if err != nil {
			return err
		}
		if err := s.Next.Push(Change{cmf.OpInsert, row}); err != nil {
			return err
		}
	}
	s.rows, s.last = packedRows{}, nil
	s.Budget.Reset()
	return s.Next.Finish()
}

// State implements state.Stateful.
func (s *Sort) State(c *state.Codec) {
	n := c.Length(len(s.rows.list))
	if !c.Loading {
		for _, r := range s.rows.list {
			key, row := string(s.rows.key(r)), string(s.rows.row(r))
			c.Text(&key)
			c.Text(&row)
		}
		return
	}
	for range n {
		var key, row string
		c.Text(&key)
		if c.Text(&row); c.Err != nil {
			return
		}
		s.rows.copy([]byte(key), []byte(row))
	}
}

// Name implements Step.
func (o *Sort) Name() string { return "Sort" }

// Behind implements Step.
func (o *Sort) Behind() Op { return o.Next }
