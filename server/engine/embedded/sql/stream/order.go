package stream

import (
	"sort"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// SortKey is one column to sort by.
type SortKey struct {
	Column     int
	Type       types.Type
	Desc       bool
	NullsFirst bool
}

func compareRows(keys []SortKey, a, b value.Row) int {
	for _, k := range keys {
		x, y := a[k.Column], b[k.Column]
		if !x.Valid || !y.Valid {
			if x.Valid == y.Valid {
				continue
			}
			if x.Valid != k.NullsFirst {
				return -1
			}
			return 1
		}
		c := value.Compare(k.Type, x, y)
		if k.Desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// TopN keeps the rows from Skip up to Skip+Count in order, and passes on
// which rows enter and leave that window.
type TopN struct {
	Keys        []SortKey
	Types       []types.Type
	Skip, Count int
	Append      bool // the input only inserts: rows behind the window are forgotten
	Budget      *state.Budget
	Next        Op
	rows        []value.Row
}

// Push implements Op.
func (t *TopN) Push(c Change) error {
	if t.Count == 0 {
		return nil
	}
	if c.adds() {
		return t.insert(c.Row)
	}
	key := string(value.RowKey(nil, t.Types, c.Row))
	low := sort.Search(len(t.rows), func(i int) bool { return compareRows(t.Keys, t.rows[i], c.Row) >= 0 })
	for i := low; i < len(t.rows) && compareRows(t.Keys, t.rows[i], c.Row) == 0; i++ {
		if string(value.RowKey(nil, t.Types, t.rows[i])) == key {
			return t.remove(i)
		}
	}
	return nil
}

func (t *TopN) insert(row value.Row) error {
	end := t.Skip + t.Count
	at := sort.Search(len(t.rows), func(i int) bool { return compareRows(t.Keys, t.rows[i], row) > 0 })
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
		if err := t.Next.Push(Change{cmf.OpDelete, t.rows[end]}); err != nil {
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
	return t.Next.Push(Change{cmf.OpInsert, row})
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
	if err := t.Next.Push(Change{cmf.OpDelete, row}); err != nil {
		return err
	}
	if len(t.rows) < end {
		return nil
	}
	return t.Next.Push(Change{cmf.OpInsert, t.rows[end-1]})
}

// Finish implements Op.
func (t *TopN) Finish() error { return t.Next.Finish() }
