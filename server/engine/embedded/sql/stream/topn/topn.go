package topn

import (
	"fmt"
	"sort"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func (t *TopN) State(c *state.Codec) { c.Rows(&t.rows) }

// TopN keeps the rows from Skip up to Skip+Count in order, and passes on
// which rows enter and leave that window.
type TopN struct {
	Keys        []stream.SortKey
	Types       []types.Type
	Skip, Count int
	Append      bool // the input only inserts: rows behind the window are forgotten
	Budget      *state.Budget
	Next        stream.Op
	rows        []value.Row
}

// Push implements Op.
func (t *TopN) Push(c stream.Change) error {
	if t.Count == 0 {
		return nil
	}
	if c.Adds() {
		return t.insert(c.Row)
	}
	key := string(value.RowKey(nil, t.Types, c.Row))
	low := sort.Search(len(t.rows), func(i int) bool { return stream.CompareRows(t.Keys, t.rows[i], c.Row) >= 0 })
	for i := low; i < len(t.rows) && stream.CompareRows(t.Keys, t.rows[i], c.Row) == 0; i++ {
		if string(value.RowKey(nil, t.Types, t.rows[i])) == key {
			return t.remove(i)
		}
	}
	return nil
}

func (t *TopN) insert(row value.Row) error {
	end := t.Skip + t.Count
	at := sort.Search(len(t.rows), func(i int) bool { return stream.CompareRows(t.Keys, t.rows[i], row) > 0 })
	if at >= end && t.Append {
		return nil
	}
	t.rows = append(t.rows, nil)
	copy(t.rows[at+1:], t.rows[at:])
	t.rows[at] = row
	if err := t.Budget.Take(0, row); err != nil {
		return err
	}
	if at >= end {
		return nil
	}
	if len(t.rows) > end {
		if err := t.Next.Push(stream.Change{Op: cmf.OpDelete, Row: t.rows[end]}); err != nil {
			return err
		}
		if t.Append {
			t.Budget.Give(0, t.rows[end])
			t.rows = t.rows[:end]
		}
	}
	if at < t.Skip {
		if len(t.rows) <= t.Skip {
			return nil
		}
		row = t.rows[t.Skip]
	}
	return t.Next.Push(stream.Change{Op: cmf.OpInsert, Row: row})
}

func (t *TopN) remove(at int) error {
	end := t.Skip + t.Count
	row := t.rows[at]
	if at < t.Skip && len(t.rows) > t.Skip {
		row = t.rows[t.Skip]
	}
	shown := at < end && max(at, t.Skip) < len(t.rows)
	t.Budget.Give(0, t.rows[at])
	t.rows = append(t.rows[:at], t.rows[at+1:]...)
	if !shown {
		return nil
	}
	if err := t.Next.Push(stream.Change{Op: cmf.OpDelete, Row: row}); err != nil {
		return err
	}
	if len(t.rows) < end {
		return nil
	}
	return t.Next.Push(stream.Change{Op: cmf.OpInsert, Row: t.rows[end-1]})
}

// Finish implements Op.
func (t *TopN) Finish() error { return t.Next.Finish() }

// Name implements Step.
func (o *TopN) Name() string { return fmt.Sprintf("SortLimit(offset %d, fetch %d)", o.Skip, o.Count) }

// Behind implements Step.
func (o *TopN) Behind() stream.Op { return o.Next }
