package stream

import (
	"drey/client/cmf"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// SetOp is UNION, INTERSECT or EXCEPT by counting equal rows of both inputs.
type SetOp struct {
	Types  []types.Type
	Want   func(left, right int) int // how often a row is in the result
	Budget *state.Budget
	Next   Op
	rows   map[string]*setRow
	ended  int
}

type setRow struct{ left, right int }

// Left is the operator for the left input.
func (s *SetOp) Left() Op { return &setSide{s, true} }

// Right is the operator for the right input.
func (s *SetOp) Right() Op { return &setSide{s, false} }

type setSide struct {
	s      *SetOp
	isLeft bool
}

// Push implements Op.
func (x *setSide) Push(c Change) error {
	s := x.s
	if s.rows == nil {
		s.rows = map[string]*setRow{}
	}
	key := string(value.RowKey(nil, s.Types, c.Row))
	r, ok := s.rows[key]
	if !ok {
		r = &setRow{}
		s.rows[key] = r
		if err := s.Budget.Take(len(key)); err != nil {
			return err
		}
	}
	before := s.Want(r.left, r.right)
	by := 1
	if !c.Adds() {
		by = -1
	}
	if x.isLeft {
		r.left += by
	} else {
		r.right += by
	}
	after := s.Want(r.left, r.right)
	if r.left == 0 && r.right == 0 {
		delete(s.rows, key)
		s.Budget.Give(len(key))
	}
	for ; before < after; before++ {
		if err := s.Next.Push(Change{cmf.OpInsert, c.Row}); err != nil {
			return err
		}
	}
	for ; before > after; before-- {
		if err := s.Next.Push(Change{cmf.OpDelete, c.Row}); err != nil {
			return err
		}
	}
	return nil
}

// Finish implements Op.
func (x *setSide) Finish() error {
	if x.s.ended++; x.s.ended < 2 {
		return nil
	}
	return x.s.Next.Finish()
}

// Name implements Step.
func (o *setSide) Name() string { return "SetOperation" }

// Behind implements Step.
func (o *setSide) Behind() Op { return o.s.Next }

// Memory implements Sharer: both sides remember in one.
func (o *setSide) Memory() state.Stateful { return o.s }
