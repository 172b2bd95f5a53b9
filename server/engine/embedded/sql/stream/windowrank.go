package stream

import (
	"math"
	"sort"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// WindowRank keeps the first rows of each partition of a window, and gives
// them when the window's time is over.
type WindowRank struct {
	Partition      []expr.Fn
	PartitionTypes []types.Type
	End            expr.Fn
	Keys           []RankKey
	Limit          int
	Budget         *state.Budget
	Next           Op
	time           int64
	begun          bool
	open           map[int64]map[string]*ranked
}

// RankKey is an expression to sort by.
type RankKey struct {
	Fn expr.Fn
	SortKey
}

type ranked struct {
	rows  []value.Row
	keys  []value.Row
	order int
	// touched is when the partition last got a row.
	touched int64
}

// Push implements Op.
func (r *WindowRank) Push(c Change) error {
	if !r.begun {
		r.begun, r.time, r.open = true, math.MinInt64, map[int64]map[string]*ranked{}
	}
	end, err := r.End(c.Row)
	if err != nil || over(end.I, r.time) {
		return err
	}
	key, err := keyOf(r.Partition, r.PartitionTypes, c.Row)
	if err != nil {
		return err
	}
	parts := r.open[end.I]
	if parts == nil {
		parts = map[string]*ranked{}
		r.open[end.I] = parts
	}
	p := parts[key]
	if p == nil {
		p = &ranked{order: len(parts)}
		parts[key] = p
	}
	by, err := rankKeys(r.Keys, c.Row)
	if err != nil {
		return err
	}
	at := sort.Search(len(p.rows), func(i int) bool { return compareRank(r.Keys, p.keys[i], by) > 0 })
	if at >= r.Limit {
		return nil
	}
	p.rows, p.keys = insertAt(p.rows, at, c.Row), insertAt(p.keys, at, by)
	if len(p.rows) > r.Limit {
		r.Budget.Give(0, p.rows[r.Limit], p.keys[r.Limit])
		p.rows, p.keys = p.rows[:r.Limit], p.keys[:r.Limit]
	}
	return r.Budget.Take(0, c.Row, by)
}

func insertAt(list []value.Row, at int, row value.Row) []value.Row {
	list = append(list, nil)
	copy(list[at+1:], list[at:])
	list[at] = row
	return list
}

func keyOf(fns []expr.Fn, ts []types.Type, row value.Row) (string, error) {
	var key []byte
	for i, fn := range fns {
		v, err := fn(row)
		if err != nil {
			return "", err
		}
		key = value.AppendKey(key, ts[i], v)
	}
	return string(key), nil
}

func rankKeys(keys []RankKey, row value.Row) (value.Row, error) {
	out := make(value.Row, len(keys))
	for i, k := range keys {
		v, err := k.Fn(row)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func compareRank(keys []RankKey, a, b value.Row) int {
	for i, k := range keys {
		k.Column = i
		if c := compareRows([]SortKey{k.SortKey}, a, b); c != 0 {
			return c
		}
	}
	return 0
}

// Mark implements Marker.
func (r *WindowRank) Mark(watermark int64) error {
	if r.begun {
		r.time = max(r.time, watermark)
	}
	var ends []int64
	for end := range r.open {
		if over(end, watermark) {
			ends = append(ends, end)
		}
	}
	sort.Slice(ends, func(i, j int) bool { return ends[i] < ends[j] })
	for _, end := range ends {
		parts := make([]*ranked, 0, len(r.open[end]))
		for _, p := range r.open[end] {
			parts = append(parts, p)
		}
		sort.Slice(parts, func(i, j int) bool { return parts[i].order < parts[j].order })
		for _, p := range parts {
			for i, row := range p.rows {
				r.Budget.Give(0, row, p.keys[i])
				numbered := append(append(make(value.Row, 0, len(row)+1), row...), value.Int(int64(i+1)))
				if err := r.Next.Push(Change{cmf.OpInsert, numbered}); err != nil {
					return err
				}
			}
		}
		delete(r.open, end)
	}
	return mark(r.Next, watermark)
}

// Finish implements Op.
func (r *WindowRank) Finish() error { return r.Next.Finish() }
