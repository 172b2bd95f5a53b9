package topn

import (
	"fmt"
	"math"
	"sort"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func (r *WindowRank) State(c *state.Codec) {
	c.Bool(&r.begun)
	c.Int64(&r.time)
	ends := stream.CarryWindows(c, &r.open)
	for i := range ends {
		parts := r.open[ends[i]]
		c.Int64(&ends[i])
		state.Table(c, &parts, func(p **ranked) { carryRanked(c, p) })
		r.open[ends[i]] = parts
	}
}

// WindowRank keeps the first rows of each partition of a window, and gives
// them when the window's time is over.
type WindowRank struct {
	Partition      []expr.Fn
	PartitionTypes []types.Type
	End            expr.Fn
	Keys           []stream.RankKey
	Limit          int
	Budget         *state.Budget
	Next           stream.Op
	time           int64
	begun          bool
	open           map[int64]map[string]*ranked
}

type ranked struct {
	rows  []value.Row
	keys  []value.Row
	order int
	// touched is when the partition last got a row.
	touched int64
}

// Push implements Op.
func (r *WindowRank) Push(c stream.Change) error {
	if !r.begun {
		r.begun, r.time, r.open = true, math.MinInt64, map[int64]map[string]*ranked{}
	}
	end, err := r.End(c.Row)
	if err != nil || stream.Passed(end.I, r.time) {
		return err
	}
	key, err := stream.KeyOf(r.Partition, r.PartitionTypes, c.Row)
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
	by, err := stream.RankValues(r.Keys, c.Row)
	if err != nil {
		return err
	}
	at := sort.Search(len(p.rows), func(i int) bool { return stream.CompareRank(r.Keys, p.keys[i], by) > 0 })
	if at >= r.Limit {
		return nil
	}
	p.rows, p.keys = stream.InsertAt(p.rows, at, c.Row), stream.InsertAt(p.keys, at, by)
	if len(p.rows) > r.Limit {
		r.Budget.Give(0, p.rows[r.Limit], p.keys[r.Limit])
		p.rows, p.keys = p.rows[:r.Limit], p.keys[:r.Limit]
	}
	return r.Budget.Take(0, c.Row, by)
}

// Mark implements Marker.
func (r *WindowRank) Mark(watermark int64) error {
	if r.begun {
		r.time = max(r.time, watermark)
	}
	var ends []int64
	for end := range r.open {
		if stream.Passed(end, watermark) {
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
				if err := r.Next.Push(stream.Change{Op: cmf.OpInsert, Row: numbered}); err != nil {
					return err
				}
			}
		}
		delete(r.open, end)
	}
	return stream.PassMark(r.Next, watermark)
}

// Finish implements Op.
func (r *WindowRank) Finish() error { return r.Next.Finish() }

// Name implements Step.
func (o *WindowRank) Name() string { return fmt.Sprintf("WindowRank(first %d)", o.Limit) }

// Behind implements Step.
func (o *WindowRank) Behind() stream.Op { return o.Next }
