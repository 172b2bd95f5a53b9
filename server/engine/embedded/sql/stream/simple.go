package stream

import (
	"fmt"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Filter passes on the changes whose row fulfils the condition.
type Filter struct {
	Cond expr.Fn
	Next Op
}

// Push implements Op.
func (f *Filter) Push(c Change) error {
	v, err := f.Cond(c.Row)
	if err != nil || !v.True() {
		return err
	}
	return f.Next.Push(c)
}

// Finish implements Op.
func (f *Filter) Finish() error { return f.Next.Finish() }

// Project computes new rows.
type Project struct {
	Columns []expr.Fn
	Next    Op
}

// Push implements Op.
func (p *Project) Push(c Change) error {
	row, size := make(value.Row, len(p.Columns)), int64(0)
	for i, fn := range p.Columns {
		v, err := fn(c.Row)
		if err != nil {
			return err
		}
		if size += int64(len(v.S)); size > memory.MaxRow {
			return rowTooLarge(size)
		}
		row[i] = v
	}
	return p.Next.Push(Change{c.Op, row})
}

func rowTooLarge(size int64) error {
	return state.OverLimit(
		"a row takes %s (%d bytes) or more; the embedded engine computes rows of at most %s", memory.Text(size), size,
		memory.Text(memory.MaxRow),
	)
}

// Finish implements Op.
func (p *Project) Finish() error { return p.Next.Finish() }

// Union passes on what comes from several inputs.
type Union struct {
	Inputs int
	Next   Op
}

// Push implements Op.
func (u *Union) Push(c Change) error { return u.Next.Push(c) }

// Finish implements Op.
func (u *Union) Finish() error {
	if u.Inputs--; u.Inputs > 0 {
		return nil
	}
	return u.Next.Finish()
}

// Expand makes several rows of one: for GROUPING SETS. Each set names the
// columns that are kept; the others become NULL, and its number is added.
type Expand struct {
	Sets [][]bool
	Keys int // the first columns, to which the sets apply
	Next Op
}

// Push implements Op.
func (e *Expand) Push(c Change) error {
	for i, set := range e.Sets {
		row := append(make(value.Row, 0, len(c.Row)+1), c.Row...)
		for k := range e.Keys {
			if !set[k] {
				row[k] = value.NULL
			}
		}
		if err := e.Next.Push(Change{c.Op, append(row, value.Int(int64(i)))}); err != nil {
			return err
		}
	}
	return nil
}

// Finish implements Op.
func (e *Expand) Finish() error { return e.Next.Finish() }

// Limit passes on some rows of an input that only inserts.
type Limit struct {
	Skip, Count int64 // Count < 0: all
	Next        Op
	seen        int64
}

// Push implements Op.
func (l *Limit) Push(c Change) error {
	l.seen++
	if l.seen <= l.Skip || l.Count >= 0 && l.seen > l.Skip+l.Count {
		return nil
	}
	return l.Next.Push(c)
}

// Finish implements Op.
func (l *Limit) Finish() error { return l.Next.Finish() }

// Settle holds an input back until it ends and passes on the rows that are
// left: what a batch job shows.
type Materialize struct {
	Types  []types.Type
	Budget *state.Budget
	Next   Op
	rows   []*materialized
	byKey  map[string][]*materialized
}

type materialized struct {
	row     value.Row
	deleted bool
}

// Push implements Op.
func (s *Materialize) Push(c Change) error {
	if s.byKey == nil {
		s.byKey = map[string][]*materialized{}
	}
	key := string(value.RowKey(nil, s.Types, c.Row))
	if c.Adds() {
		r := &materialized{row: c.Row}
		s.rows = append(s.rows, r)
		s.byKey[key] = append(s.byKey[key], r)
		return s.Budget.Take(len(key), c.Row)
	}
	if same := s.byKey[key]; len(same) > 0 {
		same[len(same)-1].deleted = true
		s.byKey[key] = same[:len(same)-1]
		s.Budget.Give(len(key), c.Row)
	}
	return nil
}

// Finish implements Op.
func (s *Materialize) Finish() error {
	for _, r := range s.rows {
		if r.deleted {
			continue
		}
		if err := s.Next.Push(Change{cmf.OpInsert, r.row}); err != nil {
			return err
		}
	}
	s.rows, s.byKey = nil, nil
	s.Budget.Reset()
	return s.Next.Finish()
}

// Name implements Step.
func (o *Filter) Name() string { return "Filter" }

// Behind implements Step.
func (o *Filter) Behind() Op { return o.Next }

// Name implements Step.
func (o *Project) Name() string { return fmt.Sprintf("Project(%d columns)", len(o.Columns)) }

// Behind implements Step.
func (o *Project) Behind() Op { return o.Next }

// Name implements Step.
func (o *Union) Name() string { return "Union" }

// Behind implements Step.
func (o *Union) Behind() Op { return o.Next }

// Name implements Step.
func (o *Expand) Name() string { return fmt.Sprintf("Expand(%d grouping sets)", len(o.Sets)) }

// Behind implements Step.
func (o *Expand) Behind() Op { return o.Next }

// Name implements Step.
func (o *Limit) Name() string { return fmt.Sprintf("Limit(offset %d, fetch %d)", o.Skip, o.Count) }

// Behind implements Step.
func (o *Limit) Behind() Op { return o.Next }

// Name implements Step.
func (o *Materialize) Name() string { return "Settle" }

// Behind implements Step.
func (o *Materialize) Behind() Op { return o.Next }
