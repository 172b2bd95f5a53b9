// Package overagg computes functions over windows of rows.
package overagg

import (
	"sort"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions/aggregates"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/aggregate"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func (o *Over) State(c *state.Codec) {
	state.Table(c, &o.parts, func(p **partition) { carryPartition(c, p) })
	if !c.Loading {
		at := map[*partition]string{}
		for key, p := range o.parts {
			at[p] = key
		}
		for _, p := range o.order {
			key := at[p]
			c.Text(&key)
		}
		return
	}
	for range o.parts {
		var key string
		c.Text(&key)
		if p := o.parts[key]; p != nil {
			o.order = append(o.order, p)
		}
	}
}

// OverCall is one function over a window. What it computes is added to the
// row as a column.
type OverCall struct {
	// Of is a function that gives a number, or a value of another row; nil: Agg.
	Of    *expr.Function
	Agg   *expr.Agg
	Arg   expr.Fn // of Of, FIRST_VALUE and LAST_VALUE
	By    int64   // the constant argument: how many rows away, how many buckets
	Frame Frame
}

// Frame is which rows around the current one are taken.
type Frame struct {
	Rows     bool  // counts rows; else by the order
	From, To int64 // rows before (negative) or after; NoBound
	Range    int64 // milliseconds before the row, of a RANGE frame; NoBound
}

// NoBound is a frame without an end on that side.
const NoBound = int64(1) << 62

// OverSpec is the window that the calls of an operator share.
type OverSpec struct {
	Partition      []expr.Fn
	PartitionTypes []types.Type
	Keys           []stream.RankKey
	Calls          []OverCall
}

// partition is a sorted list of rows with their keys.
type partition struct {
	rows, keys []value.Row
	last       value.Row   // the key of the last row that is wanted, once others were forgotten
	shown      []value.Row // what was given last, by NonTime
}

// compute gives the values of all calls for the rows of a partition.
func (s *OverSpec) compute(p *partition, b *state.Budget) ([]value.Row, error) {
	out := make([]value.Row, len(p.rows))
	for i := range out {
		out[i] = make(value.Row, len(s.Calls))
	}
	for c := range s.Calls {
		if err := s.computeCall(c, p, out, b); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *OverSpec) computeCall(c int, p *partition, out []value.Row, b *state.Budget) error {
	call := &s.Calls[c]
	switch {
	case call.Of == nil:
		return s.aggregate(call, c, p, out, b)
	case call.Of.Over.Step == 0:
		s.numbers(call, c, p, out)
		return nil
	}
	for i := range p.rows {
		if at := i + call.distance(); at >= 0 && at < len(p.rows) {
			v, err := call.Arg(p.rows[at])
			if err != nil {
				return err
			}
			out[i][c] = v
		}
	}
	return nil
}

// distance is how many rows after this one the row is whose value is given;
// negative for rows before it.
func (c *OverCall) distance() int { return c.Of.Over.Step * int(c.By) }

// peersEnd is the index after the last row that the order has equal to row i.
func (s *OverSpec) peersEnd(p *partition, i int) int {
	end := i + 1
	for end < len(p.rows) && stream.CompareRank(s.Keys, p.keys[i], p.keys[end]) == 0 {
		end++
	}
	return end
}

// numbers computes what follows from where rows stand.
func (s *OverSpec) numbers(call *OverCall, c int, p *partition, out []value.Row) {
	at := expr.Standing{Rows: len(p.rows)}
	for at.First < at.Rows {
		at.End = s.peersEnd(p, at.First)
		for at.Row = at.First; at.Row < at.End; at.Row++ {
			out[at.Row][c] = call.Of.Over.Number(at, call.By)
		}
		at.First = at.End
		at.Before++
	}
}

// aggregate moves a frame over the partition: rows that enter are added, and
// those that leave are taken back.
func (s *OverSpec) aggregate(call *OverCall, c int, p *partition, out []value.Row, b *state.Budget) error {
	f := call.Frame
	acc := aggregates.New(call.Agg, f.From != NoBound, b)
	n, from, to := len(p.rows), 0, 0
	for i := 0; i < n; {
		group := i + 1
		end := n
		switch {
		case f.Rows && f.To != NoBound:
			end = min(n, max(0, i+int(f.To)+1))
		case !f.Rows:
			if group = s.peersEnd(p, i); f.To != NoBound {
				end = group
			}
		}
		for ; to < end; to++ {
			if err := aggregate.Feed(acc, call.Agg, stream.Change{Op: cmf.OpInsert, Row: p.rows[to]}); err != nil {
				return err
			}
		}
		if f.Rows && f.From != NoBound {
			for ; from < min(n, i+int(f.From)); from++ {
				if err := aggregate.Feed(acc, call.Agg, stream.Change{
					Op: cmf.OpDelete, Row: p.rows[from],
				}); err != nil {
					return err
				}
			}
		}
		v, err := s.frameValue(call, acc, p, max(from, 0), to)
		if err != nil {
			return err
		}
		for ; i < group; i++ {
			out[i][c] = v
		}
	}
	return nil
}

// frameValue is the aggregate of the rows from up to to.
func (s *OverSpec) frameValue(call *OverCall, acc state.Accumulator, p *partition, from, to int) (value.Value, error) {
	if call.Agg.Of.Edge != 0 {
		return firstValid(call, p.rows[min(from, to):to])
	}
	return acc.Result()
}

// firstValid is the first value of the rows that is not NULL, or the last.
func firstValid(call *OverCall, rows []value.Row) (value.Value, error) {
	for i := range rows {
		if call.Agg.Of.Edge < 0 {
			i = len(rows) - 1 - i
		}
		if v, err := call.Arg(rows[i]); err != nil || v.Valid {
			return v, err
		}
	}
	return value.NULL, nil
}

// Over computes functions over windows of an input that ends.
type Over struct {
	OverSpec
	// First is how many rows of each partition are wanted, from its beginning;
	// 0: all. Rows behind them may be missing, or have other values.
	First  int
	Budget *state.Budget
	Next   stream.Op
	parts  map[string]*partition
	order  []*partition
}

// Push implements Op.
func (o *Over) Push(c stream.Change) error {
	if o.parts == nil {
		o.parts = map[string]*partition{}
	}
	key, err := stream.KeyOf(o.Partition, o.PartitionTypes, c.Row)
	if err != nil {
		return err
	}
	p := o.parts[key]
	if p == nil {
		p = &partition{}
		o.parts[key] = p
		o.order = append(o.order, p)
	}
	by, err := stream.RankValues(o.Keys, c.Row)
	if err != nil {
		return err
	}
	if p.last != nil && stream.CompareRank(o.Keys, p.last, by) <= 0 {
		return o.Budget.GoOn()
	}
	p.rows, p.keys = append(p.rows, c.Row), append(p.keys, by)
	if err := o.Budget.Take(0, c.Row, by); err != nil {
		return err
	}
	if o.First > 0 && len(p.rows) >= max(2*o.First, overAtLeast) {
		o.forget(p)
	}
	return nil
}

// overAtLeast is how many rows of a partition are collected before any is
// forgotten.
const overAtLeast = 16

// forget leaves the rows of a partition that are wanted.
func (o *Over) forget(p *partition) {
	sort.Stable(&byRank{o.Keys, p})
	for i := o.First; i < len(p.rows); i++ {
		o.Budget.Give(0, p.rows[i], p.keys[i])
		p.rows[i], p.keys[i] = nil, nil
	}
	p.rows, p.keys, p.last = p.rows[:o.First], p.keys[:o.First], p.keys[o.First-1]
}

// Finish implements Op.
func (o *Over) Finish() error {
	for _, p := range o.order {
		sort.Stable(&byRank{o.Keys, p})
		values, err := o.compute(p, o.Budget)
		if err != nil {
			return err
		}
		for i, row := range p.rows {
			if err := o.Next.Push(stream.Change{Op: cmf.OpInsert, Row: stream.JoinRows(row, values[i])}); err != nil {
				return err
			}
		}
		p.rows, p.keys, p.last = nil, nil, nil
	}
	o.order, o.parts = nil, nil
	o.Budget.Reset()
	return o.Next.Finish()
}

type byRank struct {
	keys []stream.RankKey
	*partition
}

func (b *byRank) Len() int { return len(b.rows) }

func (b *byRank) Less(i, j int) bool {
	return stream.CompareRank(b.keys, b.partition.keys[i], b.partition.keys[j]) < 0
}

func (b *byRank) Swap(i, j int) {
	b.rows[i], b.rows[j] = b.rows[j], b.rows[i]
	b.partition.keys[i], b.partition.keys[j] = b.partition.keys[j], b.partition.keys[i]
}

// Name implements Step.
func (o *Over) Name() string { return "OverAggregate" }

// Behind implements Step.
func (o *Over) Behind() stream.Op { return o.Next }
