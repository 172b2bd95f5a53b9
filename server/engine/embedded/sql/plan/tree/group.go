package tree

import (
	"fmt"
	"slices"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions/aggregates"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/aggregate"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Grouping is what an aggregation groups by and computes.
type Grouping struct {
	Keys []*expr.Expr
	// KeyTypes are those of the columns of the keys; nil: as the keys are.
	KeyTypes []types.Type
	// Sets are the keys of each grouping set; nil: one set of all keys.
	Sets  [][]bool
	Aggs  []*expr.Agg
	Batch bool
}

// Aggregate groups rows: its columns are the keys, the number of the set if
// there are several, and the aggregates.
type Aggregate struct {
	base
	Grouping
	end     int // the key that is the window's end
	windows bool
}

// NewAggregate groups by keys. Groups of windows are given when these are over.
func NewAggregate(in Node, g Grouping) *Aggregate {
	n := &Aggregate{base: base{inputs: []Node{in}}, Grouping: g}
	t := in.Traits()
	n.end, n.windows = g.windowEnd(t)
	n.windows = n.windows && !g.Batch
	n.traits = Traits{Bounded: t.Bounded, Bytes: t.Bytes, Append: g.Batch || n.windows || t.Append && len(g.Aggs) == 0}
	if n.windows {
		n.traits.Windows = t.Windows.moved(func(column int) int {
			return slices.IndexFunc(g.Keys, func(k *expr.Expr) bool { return k.Column == column })
		})
	}
	for i, k := range g.Keys {
		c := expr.Column{Name: k.Name, Type: k.Type}
		if g.KeyTypes != nil {
			c.Type = g.KeyTypes[i]
		}
		n.schema = append(n.schema, c)
	}
	if g.Sets != nil {
		n.schema = append(n.schema, expr.Column{Type: types.Of(types.Bigint)})
	}
	for _, a := range g.Aggs {
		n.schema = append(n.schema, expr.Column{Type: a.Type})
	}
	return n
}

// windowEnd says whether the keys are those of windows: start and end are among
// them. It gives the index of the end.
func (g *Grouping) windowEnd(t Traits) (end int, ok bool) {
	if t.Windows == nil || !t.Append {
		return 0, false
	}
	start, end := -1, -1
	for i, k := range g.Keys {
		switch {
		case k.Column == t.Windows.Start && k.Column >= 0:
			start = i
		case k.Column == t.Windows.End && k.Column >= 0:
			end = i
		}
	}
	return end, start >= 0 && end >= 0
}

// With implements Node.
func (n *Aggregate) With(in []Node) Node { return NewAggregate(in[0], n.Grouping) }

// Name implements Node.
func (n *Aggregate) Name(int) string {
	keys, before := len(n.Keys), ""
	if n.Sets != nil {
		before = fmt.Sprintf("Project(%d columns) -> Expand(%d grouping sets) -> ", keys+n.width(), len(n.Sets))
		keys++
	}
	name := "GroupAggregate"
	if n.windows {
		name = "WindowAggregate"
	}
	return fmt.Sprintf("%s%s(%d keys, %d aggregates)", before, name, keys, len(n.Aggs))
}

// Build implements Node.
func (n *Aggregate) Build(b *stream.Builder, next stream.Op) {
	a := &aggregate.Aggregate{
		Keys: evals(n.Keys), KeyTypes: typesOf(n.Keys), Aggs: n.Aggs, Retracts: !n.input().Traits().Append,
		Batch: n.Batch, Blank: n.blank(),
		Budget: b.Operator("GroupAggregate"), Expiry: &b.Expiry, Next: next,
	}
	if n.Sets == nil {
		n.input().Build(b, n.windowed(a))
		return
	}
	keys, width := len(n.Keys), n.width()
	a.KeyTypes, a.Aggs, a.Keys = append(slices.Clone(a.KeyTypes), types.Of(types.Bigint)), shiftPast(
		n.Aggs, keys, width,
	), nil
	project := &stream.Project{Columns: evals(n.Keys)}
	for i := range keys {
		a.Keys = append(a.Keys, columnAt(i))
	}
	a.Keys = append(a.Keys, columnAt(keys+width))
	for i := range width {
		project.Columns = append(project.Columns, columnAt(i))
	}
	project.Next = &stream.Expand{Sets: n.Sets, Keys: keys, Next: n.windowed(a)}
	n.input().Build(b, project)
}

// windowed gives groups of windows when these are over.
func (n *Aggregate) windowed(a *aggregate.Aggregate) stream.Op {
	if !n.windows {
		return a
	}
	op := aggregate.NewWindowAggregate(*a, n.end)
	op.Shifted = n.input().Traits().Windows.Shifted
	return op
}

// blank are the keys of the group that is there even without rows.
func (g *Grouping) blank() value.Row {
	if g.Sets == nil && len(g.Keys) == 0 {
		return value.Row{}
	}
	for i, s := range g.Sets {
		if !slices.Contains(s, true) {
			return append(make(value.Row, len(g.Keys)), value.Int(int64(i)))
		}
	}
	return nil
}

// shiftPast lets aggregates see their row behind the keys of an expanded one.
func shiftPast(aggs []*expr.Agg, keys, width int) []*expr.Agg {
	out := make([]*expr.Agg, len(aggs))
	move := func(x *expr.Expr) *expr.Expr {
		if x == nil {
			return nil
		}
		moved := *x
		moved.Eval = func(row value.Row) (value.Value, error) { return x.Eval(row[keys : keys+width]) }
		return &moved
	}
	for i, a := range aggs {
		moved := *a
		moved.Arg, moved.Filter = move(a.Arg), move(a.Filter)
		out[i] = &moved
	}
	return out
}

func (n *Aggregate) needs([]bool) [][]bool {
	return [][]bool{reading(n.width(), nil, append(slices.Clone(n.Keys), aggregated(n.Aggs)...)...)}
}

// aggregated are what aggregates are computed from.
func aggregated(aggs []*expr.Agg) []*expr.Expr {
	var list []*expr.Expr
	for _, a := range aggs {
		list = append(list, a.Arg, a.Filter, a.Extra)
	}
	return list
}

// Distinct gives each row once.
type Distinct struct {
	base
	Batch bool
}

// NewDistinct is SELECT DISTINCT.
func NewDistinct(in Node, batch bool) *Distinct {
	n := &Distinct{passing(in), batch}
	n.traits = n.traits.unkeyed()
	n.schema = make([]expr.Column, n.width())
	for i, c := range in.Schema() {
		n.schema[i] = expr.Column{Name: c.Name, Type: WithoutTime(c.Type)}
	}
	return n
}

// With implements Node.
func (n *Distinct) With(in []Node) Node { return NewDistinct(in[0], n.Batch) }

// Name implements Node.
func (n *Distinct) Name(int) string {
	return fmt.Sprintf("GroupAggregate(%d keys, 0 aggregates)", len(n.schema))
}

// Build implements Node.
func (n *Distinct) Build(b *stream.Builder, next stream.Op) {
	keys := make([]expr.Fn, len(n.schema))
	for i := range keys {
		keys[i] = columnAt(i)
	}
	n.input().Build(b, &aggregate.Aggregate{
		Keys: keys, KeyTypes: Types(n.input()), Retracts: !n.input().Traits().Append, Batch: n.Batch,
		Budget: b.Operator("Distinct"), Expiry: &b.Expiry, Next: next,
	})
}

func (n *Distinct) needs([]bool) [][]bool { return [][]bool{every(n.input())} }

// SingleValue is a query of at most one row and of one column as a value.
type SingleValue struct {
	base
	Batch bool
}

// NewSingleValue fails where there are several rows, and gives NULL for none.
func NewSingleValue(in Node, batch bool) *SingleValue {
	n := &SingleValue{base{inputs: []Node{in}}, batch}
	n.schema = []expr.Column{{Type: WithoutTime(in.Schema()[0].Type).Null(true)}}
	n.traits = Traits{Bounded: in.Traits().Bounded, Append: batch}
	return n
}

// With implements Node.
func (n *SingleValue) With(in []Node) Node { return NewSingleValue(in[0], n.Batch) }

// Name implements Node.
func (n *SingleValue) Name(int) string { return "GroupAggregate(0 keys, 1 aggregates)" }

// Build implements Node.
func (n *SingleValue) Build(b *stream.Builder, next stream.Op) {
	agg := aggregates.Single(Plain(0, n.input().Schema()[0]), n.schema[0].Type)
	n.input().Build(b, &aggregate.Aggregate{
		Aggs: []*expr.Agg{agg}, Retracts: !n.input().Traits().Append, Batch: n.Batch, Blank: value.Row{},
		Budget: b.Operator("SingleValue"), Next: next,
	})
}

func (n *SingleValue) needs([]bool) [][]bool { return [][]bool{every(n.input())} }

// NullWithoutRows says whether the first column of groups would be NULL for a group
// without rows: every aggregate is, and what is computed of them. A row without
// a group has NULL in any case.
func NullWithoutRows(n Node) bool {
	p, ok := n.(*Project)
	if !ok {
		return false
	}
	groups, ok := p.Inputs()[0].(*Aggregate)
	if !ok {
		return false
	}
	for _, a := range groups.Aggs {
		if a.Of.NeverNull {
			return false
		}
	}
	v, err := p.Items[0].Eval(make(value.Row, len(groups.Schema())))
	return err == nil && !v.Valid
}
