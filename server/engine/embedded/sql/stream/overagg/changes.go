package overagg

import (
	"sort"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/aggregate"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func (o *OverChanges) State(c *state.Codec) {
	state.Table(c, &o.parts, func(p **partition) { carryPartition(c, p) })
}

// maxChanging is how many rows a partition may have that is computed again
// with each of them.
const maxChanging = 1000

// OverChanges computes functions over windows of an input as it changes: each
// row that comes computes its partition again, so it is for inputs that end.
type OverChanges struct {
	OverSpec
	Types  []types.Type
	Budget *state.Budget
	Next   stream.Op
	parts  map[string]*partition
}

// Push implements Op.
func (o *OverChanges) Push(c stream.Change) error {
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
	}
	by, err := stream.RankValues(o.Keys, c.Row)
	if err != nil {
		return err
	}
	if !c.Adds() {
		return o.remove(p, c.Row, by)
	}
	at := sort.Search(len(p.rows), func(i int) bool { return stream.CompareRank(o.Keys, p.keys[i], by) > 0 })
	p.rows, p.keys, p.shown = stream.InsertAt(p.rows, at, c.Row), stream.InsertAt(p.keys, at, by), stream.InsertAt(
		p.shown, at, nil,
	)
	if len(p.rows) > maxChanging {
		return sqlerr.RefuseRow(
			"OVER by other than time of more than %d rows of a partition in streaming mode; use batch mode",
			maxChanging,
		)
	}
	if err := o.Budget.Take(0, c.Row, by); err != nil {
		return err
	}
	return o.show(p)
}

func (o *OverChanges) remove(p *partition, row, by value.Row) error {
	want := string(value.RowKey(nil, o.Types, row))
	for i := range p.rows {
		if stream.CompareRank(o.Keys, p.keys[i], by) != 0 || string(value.RowKey(nil, o.Types, p.rows[i])) != want {
			continue
		}
		old := p.shown[i]
		deleted := stream.JoinRows(p.rows[i], old)
		o.Budget.Give(0, p.rows[i], p.keys[i])
		p.rows, p.keys, p.shown = stream.RemoveAt(p.rows, i), stream.RemoveAt(p.keys, i), stream.RemoveAt(p.shown, i)
		if err := o.Next.Push(stream.Change{Op: cmf.OpDelete, Row: deleted}); err != nil {
			return err
		}
		return o.show(p)
	}
	return nil
}

// show passes on which rows have other values now.
func (o *OverChanges) show(p *partition) error {
	values, err := o.compute(p, o.Budget)
	if err != nil {
		return err
	}
	if err := o.ties(p); err != nil {
		return err
	}
	for i, row := range p.rows {
		old := p.shown[i]
		p.shown[i] = values[i]
		if old == nil {
			if err := o.Next.Push(stream.Change{Op: cmf.OpInsert, Row: stream.JoinRows(row, values[i])}); err != nil {
				return err
			}
			continue
		}
		if o.same(old, values[i]) {
			continue
		}
		if err := o.Next.Push(stream.Change{Op: cmf.OpUpdateBefore, Row: stream.JoinRows(row, old)}); err != nil {
			return err
		}
		if err := o.Next.Push(stream.Change{Op: cmf.OpUpdateAfter, Row: stream.JoinRows(row, values[i])}); err != nil {
			return err
		}
	}
	return nil
}

// ties refuses rows that the order has equal: how Flink counts them as they
// change is not known well enough for some functions.
func (o *OverChanges) ties(p *partition) error {
	for _, c := range o.Calls {
		if c.Of == nil || !c.Of.Over.NoTies {
			continue
		}
		for i := 1; i < len(p.keys); i++ {
			if stream.CompareRank(o.Keys, p.keys[i-1], p.keys[i]) == 0 {
				return sqlerr.RefuseRow("%s of equal rows in streaming mode", c.Of.Name)
			}
		}
	}
	return nil
}

func (o *OverChanges) same(a, b value.Row) bool {
	for i, call := range o.Calls {
		t := types.Of(types.Bigint)
		if call.Agg != nil {
			t = call.Agg.Type
		}
		if !aggregate.Alike(t, a[i], b[i]) {
			return false
		}
	}
	return true
}

// Finish implements Op.
func (o *OverChanges) Finish() error { return o.Next.Finish() }

// Name implements Step.
func (o *OverChanges) Name() string { return "OverAggregate(of changes)" }

// Behind implements Step.
func (o *OverChanges) Behind() stream.Op { return o.Next }
