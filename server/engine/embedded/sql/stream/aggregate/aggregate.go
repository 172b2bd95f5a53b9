// Package aggregate groups rows and computes aggregates of each group: as rows
// come, at the end, or when a window is over.
package aggregate

import (
	"fmt"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions/aggregates"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Aggregate groups its input. Its rows are the keys and then the aggregates.
type Aggregate struct {
	Keys     []expr.Fn
	KeyTypes []types.Type
	Aggs     []*expr.Agg
	Retracts bool // the input takes rows back
	Batch    bool // results come at the end
	// Blank are the keys of the group that a batch job shows for no rows at all.
	Blank  value.Row
	Budget *state.Budget
	Expiry *stream.Expiry // nil: groups stay for ever
	Next   stream.Op

	left   int // groups after the last sweep
	groups map[string]*group
	order  []*group
	types  []types.Type
	key    []byte
	values value.Row
}

type group struct {
	keys    value.Row
	accs    []state.Accumulator
	count   int64
	shown   value.Row // what was passed on last
	touched int64
}

// Push implements Op.
func (a *Aggregate) Push(c stream.Change) error {
	g, err := a.find(c)
	if err != nil || g == nil {
		return err
	}
	for i, agg := range a.Aggs {
		if err := Feed(g.accs[i], agg, c); err != nil {
			return err
		}
	}
	if c.Adds() {
		g.count++
	} else {
		g.count--
	}
	if a.Batch {
		return nil
	}
	return a.show(g)
}

func (a *Aggregate) begin() {
	if a.groups != nil {
		return
	}
	a.groups = map[string]*group{}
	a.values = make(value.Row, len(a.Keys))
	a.types = append(a.types, a.KeyTypes...)
	for _, agg := range a.Aggs {
		a.types = append(a.types, agg.Type)
	}
}

// find gives the group of a row; nil when a row is taken back that was not there.
func (a *Aggregate) find(c stream.Change) (*group, error) {
	a.begin()
	a.key = a.key[:0]
	for i, fn := range a.Keys {
		v, err := fn(c.Row)
		if err != nil {
			return nil, err
		}
		a.values[i] = v
		a.key = value.AppendKey(a.key, a.KeyTypes[i], v)
	}
	if g, ok := a.groups[string(a.key)]; ok {
		if !a.Expiry.Expired(g.touched) {
			g.touched = a.Expiry.Now()
			return g, nil
		}
		a.release(g, string(a.key))
		delete(a.groups, string(a.key))
	}
	if !c.Adds() {
		return nil, nil
	}
	a.swept()
	g := a.newGroup()
	g.touched = a.Expiry.Now()
	a.groups[string(a.key)] = g
	return g, a.Budget.Take(len(a.key), g.keys)
}

func (a *Aggregate) newGroup() *group {
	g := &group{keys: append(value.Row{}, a.values...), accs: make([]state.Accumulator, len(a.Aggs))}
	for i, agg := range a.Aggs {
		g.accs[i] = aggregates.New(agg, a.Retracts, a.Budget)
	}
	if a.Batch {
		a.order = append(a.order, g)
	}
	return g
}

func Feed(acc state.Accumulator, agg *expr.Agg, c stream.Change) error {
	if agg.Filter != nil {
		v, err := agg.Filter.Eval(c.Row)
		if err != nil || !v.True() {
			return err
		}
	}
	v := value.Bool(true)
	if agg.Arg != nil {
		var err error
		if v, err = agg.Arg.Eval(c.Row); err != nil {
			return err
		}
		if !v.Valid && !agg.Of.Nulls {
			return nil
		}
	}
	if c.Adds() {
		return acc.Add(v)
	}
	return acc.Retract(v)
}

// show passes on how a group's result changed.
func (a *Aggregate) show(g *group) error {
	if g.count == 0 {
		a.release(g, string(a.key))
		delete(a.groups, string(a.key))
		old := g.shown
		if old == nil {
			return nil
		}
		return a.Next.Push(stream.Change{Op: cmf.OpDelete, Row: old})
	}
	row, err := g.result()
	if err != nil {
		return err
	}
	old := g.shown
	if err := a.Budget.Grow(row.Size() - sizeOf(old)); err != nil {
		return err
	}
	if old == nil {
		g.shown = row
		return a.Next.Push(stream.Change{Op: cmf.OpInsert, Row: row})
	}
	if a.same(old, row) {
		return nil
	}
	g.shown = row
	if err := a.Next.Push(stream.Change{Op: cmf.OpUpdateBefore, Row: old}); err != nil {
		return err
	}
	return a.Next.Push(stream.Change{Op: cmf.OpUpdateAfter, Row: row})
}

// release gives back what a group takes that is forgotten.
func (a *Aggregate) release(g *group, key string) {
	a.Budget.Give(len(key), g.keys)
	_ = a.Budget.Grow(-sizeOf(g.shown))
	for _, acc := range g.accs {
		if h, ok := acc.(aggregates.Holder); ok {
			_ = a.Budget.Grow(-h.Held())
		}
	}
}

func sizeOf(row value.Row) int64 {
	if row == nil {
		return 0
	}
	return row.Size()
}

func (a *Aggregate) same(x, y value.Row) bool {
	for i := len(a.Keys); i < len(x); i++ {
		if !Alike(a.types[i], x[i], y[i]) {
			return false
		}
	}
	return true
}

// Alike says whether a result has not changed.
func Alike(t types.Type, x, y value.Value) bool {
	if t.Root == types.Multiset || t.Root == types.Map {
		return string(value.AppendKey(nil, t, x)) == string(value.AppendKey(nil, t, y))
	}
	return x.Valid == y.Valid && (!x.Valid || value.Compare(t, x, y) == 0)
}

func (g *group) result() (value.Row, error) {
	row := make(value.Row, len(g.keys)+len(g.accs))
	copy(row, g.keys)
	for i, acc := range g.accs {
		v, err := acc.Result()
		if err != nil {
			return nil, err
		}
		row[len(g.keys)+i] = v
	}
	return row, nil
}

// Finish implements Op.
func (a *Aggregate) Finish() error {
	if !a.Batch {
		return a.Next.Finish()
	}
	if a.Blank != nil && len(a.order) == 0 {
		a.values = a.Blank
		a.newGroup().count = 1
	}
	for _, g := range a.order {
		row, err := g.result()
		if err != nil {
			return err
		}
		if err := a.Next.Push(stream.Change{Op: cmf.OpInsert, Row: row}); err != nil {
			return err
		}
	}
	a.order, a.groups = nil, nil
	a.Budget.Reset()
	return a.Next.Finish()
}

// Aggregated is an aggregate of these rows.
func Aggregated(agg *expr.Agg, rows []value.Row) (value.Value, error) {
	acc := aggregates.New(agg, false, nil)
	for _, row := range rows {
		if err := Feed(acc, agg, stream.Change{Op: cmf.OpInsert, Row: row}); err != nil {
			return value.NULL, err
		}
	}
	return acc.Result()
}

// Name implements Step.
func (o *Aggregate) Name() string {
	return fmt.Sprintf("GroupAggregate(%d keys, %d aggregates)", len(o.Keys), len(o.Aggs))
}

// Behind implements Step.
func (o *Aggregate) Behind() stream.Op { return o.Next }

// swept drops the groups that are over, when there are twice as many as were
// left the last time: the cost of a row stays the same.
func (a *Aggregate) swept() {
	if a.Expiry == nil || a.Expiry.TTL <= 0 || len(a.groups) < max(stream.SweepFrom, 2*a.left) {
		return
	}
	for key, g := range a.groups {
		if a.Expiry.Expired(g.touched) {
			a.release(g, key)
			delete(a.groups, key)
		}
	}
	a.left = len(a.groups)
}

func (a *Aggregate) State(c *state.Codec) {
	c.Int(&a.left)
	began := a.groups != nil
	if c.Bool(&began); !began {
		return
	}
	a.begin()
	groups := a.order
	if !a.Batch && !c.Loading {
		for _, g := range a.groups {
			groups = append(groups, g)
		}
	}
	state.List(c, &groups, func(p **group) { a.group(c, p) })
	if c.Loading {
		for _, g := range groups {
			a.groups[a.keyOf(g)] = g
		}
		if a.Batch {
			a.order = groups
		}
	}
}

// keyOf is the key of a group in the table of groups.
func (a *Aggregate) keyOf(g *group) string {
	var key []byte
	for i, v := range g.keys {
		key = value.AppendKey(key, a.KeyTypes[i], v)
	}
	return string(key)
}

func (a *Aggregate) group(c *state.Codec, p **group) {
	if c.Loading {
		*p = &group{accs: make([]state.Accumulator, len(a.Aggs))}
		for i, agg := range a.Aggs {
			(*p).accs[i] = aggregates.New(agg, a.Retracts, a.Budget)
		}
	}
	g := *p
	c.Row(&g.keys)
	if len(g.keys) != len(a.Keys) {
		c.Damage()
		return
	}
	for _, acc := range g.accs {
		acc.State(c)
	}
	c.Int64(&g.count)
	c.Row(&g.shown)
	c.Int64(&g.touched)
}
