// Package topn finds the first rows of an order, of all or of each partition.
package topn

import (
	"fmt"
	"sort"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func (r *Rank) State(c *state.Codec) {
	c.Int(&r.left)
	state.Table(c, &r.parts, func(p **ranked) { carryRanked(c, p) })
}

func (d *Deduplicate) State(c *state.Codec) {
	c.Int(&d.left)
	state.Table(c, &d.rows, func(k *keptRow) {
		c.Row(&k.row)
		c.Int64(&k.touched)
	})
}

// Rank keeps the first rows of each partition, from First to Last, and passes
// on how they change. The row's number is added as a column.
type Rank struct {
	Partition      []expr.Fn
	PartitionTypes []types.Type
	Keys           []stream.RankKey
	Types          []types.Type
	First, Last    int
	Append         bool // the input only inserts: rows behind the last are forgotten
	Numbered       bool // the number is used: rows that move are told
	Budget         *state.Budget
	Expiry         *stream.Expiry // nil: rows stay for ever
	Next           stream.Op
	parts          map[string]*ranked
	left           int // partitions after the last sweep
}

// Push implements Op.
func (r *Rank) Push(c stream.Change) error {
	if r.parts == nil {
		r.parts = map[string]*ranked{}
	}
	key, err := stream.KeyOf(r.Partition, r.PartitionTypes, c.Row)
	if err != nil {
		return err
	}
	p := r.parts[key]
	if p != nil && r.Expiry.Expired(p.touched) {
		r.drop(key, p)
		p = nil
	}
	if p == nil {
		r.left = stream.Sweep(r.Expiry, r.parts, r.left, func(p *ranked) int64 { return p.touched }, r.drop)
		p = &ranked{}
		r.parts[key] = p
	}
	p.touched = r.Expiry.Now()
	by, err := stream.RankValues(r.Keys, c.Row)
	if err != nil {
		return err
	}
	before := append([]value.Row(nil), r.shown(p)...)
	if c.Adds() {
		at := sort.Search(len(p.rows), func(i int) bool { return stream.CompareRank(r.Keys, p.keys[i], by) > 0 })
		if at >= r.Last && r.Append {
			return nil
		}
		p.rows, p.keys = stream.InsertAt(p.rows, at, c.Row), stream.InsertAt(p.keys, at, by)
		if err := r.Budget.Take(0, c.Row, by); err != nil {
			return err
		}
		if r.Append && len(p.rows) > r.Last {
			r.Budget.Give(0, p.rows[r.Last], p.keys[r.Last])
			p.rows, p.keys = p.rows[:r.Last], p.keys[:r.Last]
		}
	} else if !r.remove(p, c.Row, by) {
		return nil
	}
	if len(p.rows) == 0 {
		delete(r.parts, key)
	}
	return r.changed(before, r.shown(p))
}

// drop forgets a partition; what was told of it stays.
func (r *Rank) drop(key string, p *ranked) {
	for i, row := range p.rows {
		r.Budget.Give(0, row, p.keys[i])
	}
	delete(r.parts, key)
}

func (r *Rank) remove(p *ranked, row, by value.Row) bool {
	want := string(value.RowKey(nil, r.Types, row))
	at := sort.Search(len(p.rows), func(i int) bool { return stream.CompareRank(r.Keys, p.keys[i], by) >= 0 })
	for i := at; i < len(p.rows) && stream.CompareRank(r.Keys, p.keys[i], by) == 0; i++ {
		if string(value.RowKey(nil, r.Types, p.rows[i])) == want {
			r.Budget.Give(0, p.rows[i], p.keys[i])
			p.rows, p.keys = stream.RemoveAt(p.rows, i), stream.RemoveAt(p.keys, i)
			return true
		}
	}
	return false
}

// shown are the rows from First to Last.
func (r *Rank) shown(p *ranked) []value.Row {
	if len(p.rows) < r.First {
		return nil
	}
	return p.rows[r.First-1 : min(r.Last, len(p.rows))]
}

// changed passes on the difference. Where the number is not used, and more
// than one row is kept, only the row that left and the one that came are told.
func (r *Rank) changed(before, after []value.Row) error {
	if !r.Numbered && r.First != r.Last {
		return r.swapped(before, after)
	}
	for i := range max(len(before), len(after)) {
		switch {
		case i >= len(after):
			if err := r.tell(cmf.OpDelete, before[i], i); err != nil {
				return err
			}
		case i >= len(before):
			if err := r.tell(cmf.OpInsert, after[i], i); err != nil {
				return err
			}
		case &before[i][0] != &after[i][0]:
			if err := r.tell(cmf.OpUpdateBefore, before[i], i); err != nil {
				return err
			}
			if err := r.tell(cmf.OpUpdateAfter, after[i], i); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Rank) swapped(before, after []value.Row) error {
	has := func(list []value.Row, row value.Row) bool {
		for _, other := range list {
			if &other[0] == &row[0] {
				return true
			}
		}
		return false
	}
	for i, row := range before {
		if !has(after, row) {
			if err := r.tell(cmf.OpDelete, row, i); err != nil {
				return err
			}
		}
	}
	for i, row := range after {
		if !has(before, row) {
			if err := r.tell(cmf.OpInsert, row, i); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Rank) tell(op cmf.Op, row value.Row, i int) error {
	return r.Next.Push(stream.Change{Op: op, Row: append(
		append(make(value.Row, 0, len(row)+1), row...), value.Int(int64(r.First+i)),
	)})
}

// Finish implements Op.
func (r *Rank) Finish() error { return r.Next.Finish() }

// Mark implements Marker.
func (r *Rank) Mark(w int64) error { return stream.PassMark(r.Next, w) }

// Deduplicate keeps the first or the last row of each partition by event time.
type Deduplicate struct {
	Partition      []expr.Fn
	PartitionTypes []types.Type
	Time           expr.Fn
	Last           bool
	Budget         *state.Budget
	Expiry         *stream.Expiry // nil: rows stay for ever
	Next           stream.Op
	rows           map[string]keptRow
	left           int // rows after the last sweep
}

type keptRow struct {
	row     value.Row
	touched int64
}

// Push implements Op.
func (d *Deduplicate) Push(c stream.Change) error {
	if d.rows == nil {
		d.rows = map[string]keptRow{}
	}
	key, err := stream.KeyOf(d.Partition, d.PartitionTypes, c.Row)
	if err != nil {
		return err
	}
	held, ok := d.rows[key]
	if ok && d.Expiry.Expired(held.touched) {
		d.Budget.Give(len(key), held.row)
		delete(d.rows, key)
		ok = false
	}
	old := held.row
	if !ok {
		d.left = stream.Sweep(
			d.Expiry, d.rows, d.left, func(k keptRow) int64 { return k.touched },
			func(key string, k keptRow) { d.Budget.Give(len(key), k.row) },
		)
		d.rows[key] = keptRow{c.Row, d.Expiry.Now()}
		if err := d.Budget.Take(len(key), c.Row); err != nil {
			return err
		}
		return d.tell(cmf.OpInsert, c.Row)
	}
	was, err := d.Time(old)
	if err != nil {
		return err
	}
	now, err := d.Time(c.Row)
	if err != nil {
		return err
	}
	switch {
	case !d.Last && now.I < was.I:
		return sqlerr.RefuseRow("the first row by time of an input that is not in the order of time")
	case !d.Last || now.I < was.I:
		return nil
	}
	d.rows[key] = keptRow{c.Row, d.Expiry.Now()}
	if err := d.Budget.Grow(c.Row.Size() - old.Size()); err != nil {
		return err
	}
	if err := d.tell(cmf.OpUpdateBefore, old); err != nil {
		return err
	}
	return d.tell(cmf.OpUpdateAfter, c.Row)
}

func (d *Deduplicate) tell(op cmf.Op, row value.Row) error {
	return d.Next.Push(stream.Change{Op: op, Row: append(append(make(value.Row, 0, len(row)+1), row...), value.Int(1))})
}

// Finish implements Op.
func (d *Deduplicate) Finish() error { return d.Next.Finish() }

// Mark implements Marker.
func (d *Deduplicate) Mark(w int64) error { return stream.PassMark(d.Next, w) }

// Name implements Step.
func (o *Rank) Name() string { return fmt.Sprintf("Rank(%d to %d)", o.First, o.Last) }

// Behind implements Step.
func (o *Rank) Behind() stream.Op { return o.Next }

// Name implements Step.
func (o *Deduplicate) Name() string { return "Deduplicate" }

// Behind implements Step.
func (o *Deduplicate) Behind() stream.Op { return o.Next }
