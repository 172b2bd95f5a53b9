package tree

import (
	"fmt"
	"slices"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
)

// Filter passes on the rows that fulfil a condition.
type Filter struct {
	base
	Cond *expr.Expr
}

// NewFilter filters by a condition.
func NewFilter(in Node, cond *expr.Expr) *Filter {
	n := &Filter{passing(in), cond}
	n.traits = n.traits.unkeyed() // Flink's filter wants to know what was there before
	return n
}

// With implements Node.
func (n *Filter) With(in []Node) Node { return NewFilter(in[0], n.Cond) }

// Name implements Node.
func (n *Filter) Name(int) string { return "Filter" }

// Build implements Node.
func (n *Filter) Build(b *stream.Builder, next stream.Op) {
	n.input().Build(b, &stream.Filter{Cond: n.Cond.Eval, Next: next})
}

func (n *Filter) needs(read []bool) [][]bool { return [][]bool{reading(n.width(), read, n.Cond)} }

// Project computes new rows.
type Project struct {
	base
	Items []*expr.Expr
}

// NewProject computes these columns by these expressions.
func NewProject(in Node, columns []expr.Column, items []*expr.Expr) *Project {
	n := &Project{passing(in), items}
	n.schema = columns
	n.traits = n.traits.moved(n.at)
	return n
}

// at is where a column of the input is, or -1.
func (n *Project) at(column int) int {
	return slices.IndexFunc(n.Items, func(x *expr.Expr) bool { return x.Column == column })
}

// First passes on the first columns.
func First(in Node, width int) *Project {
	items := make([]*expr.Expr, width)
	for i := range items {
		items[i] = Plain(i, in.Schema()[i])
	}
	return NewProject(in, in.Schema()[:width], items)
}

// With implements Node.
func (n *Project) With(in []Node) Node { return NewProject(in[0], n.schema, n.Items) }

// Name implements Node.
func (n *Project) Name(int) string { return fmt.Sprintf("Project(%d columns)", len(n.Items)) }

// Build implements Node.
func (n *Project) Build(b *stream.Builder, next stream.Op) {
	n.input().Build(b, &stream.Project{Columns: evals(n.Items), Next: next})
}

func (n *Project) needs(read []bool) [][]bool {
	var items []*expr.Expr
	for i, x := range n.Items {
		if read[i] {
			items = append(items, x)
		}
	}
	return [][]bool{reading(n.width(), nil, items...)}
}

// Rename gives columns other names.
type Rename struct {
	base
}

// NewRename gives the columns of a node these names.
func NewRename(in Node, names []string) *Rename {
	n := &Rename{passing(in)}
	n.schema = make([]expr.Column, len(names))
	for i, name := range names {
		n.schema[i] = expr.Column{Name: name, Type: in.Schema()[i].Type}
	}
	return n
}

// With implements Node.
func (n *Rename) With(in []Node) Node {
	out := *n
	out.inputs, out.traits = in, in[0].Traits()
	return &out
}

// Name implements Node.
func (n *Rename) Name(int) string { return "" }

// Build implements Node.
func (n *Rename) Build(b *stream.Builder, next stream.Op) { n.input().Build(b, next) }

func (n *Rename) needs(read []bool) [][]bool { return [][]bool{read} }

// Watermark tells how far event time has come.
type Watermark struct {
	base
	Time int // the column of event time
	Expr *expr.Expr
	mark *expr.Watermark
}

// NewWatermark makes a column a time attribute. Keys are the columns of the
// table's primary key; mark is advanced while rows are read.
func NewWatermark(in Node, time int, x *expr.Expr, keys []int, mark *expr.Watermark) *Watermark {
	n := &Watermark{passing(in), time, x, mark}
	n.schema = slices.Clone(n.schema)
	n.schema[time].Type.Rowtime = true
	n.traits.Versions = keys
	return n
}

// With implements Node.
func (n *Watermark) With(in []Node) Node {
	return NewWatermark(in[0], n.Time, n.Expr, n.traits.Versions, n.mark)
}

// Name implements Node.
func (n *Watermark) Name(int) string { return "WatermarkAssigner" }

// Build implements Node.
func (n *Watermark) Build(b *stream.Builder, next stream.Op) {
	n.mark.Advance(expr.NoWatermark)
	n.input().Build(b, &stream.Watermarks{Time: n.Time, Expr: n.Expr.Eval, Next: next, Tell: n.mark.Advance})
}

func (n *Watermark) needs(read []bool) [][]bool {
	return [][]bool{with(reading(n.width(), read, n.Expr), n.Time)}
}

// Settle makes the changelog of a batch job insert only.
type Materialize struct{ base }

// Settled is the node as a batch job shows it: what is left at the end.
func Materialized(in Node, batch bool) Node {
	if !batch || in.Traits().Append {
		return in
	}
	n := &Materialize{passing(in)}
	n.traits.Append, n.traits.Upsert = true, nil
	return n
}

// With implements Node.
func (n *Materialize) With(in []Node) Node { return Materialized(in[0], true) }

// Name implements Node.
func (n *Materialize) Name(int) string { return "Settle" }

// Build implements Node.
func (n *Materialize) Build(b *stream.Builder, next stream.Op) {
	n.input().Build(b, &stream.Materialize{Types: Types(n), Budget: b.Operator("Settle"), Next: next})
}

func (n *Materialize) needs(read []bool) [][]bool { return [][]bool{read} }

// Unnest makes a row of each element of a collection.
type Unnest struct {
	base
	Of *expr.Expr
	UnnestOptions
}

// UnnestOptions say how elements become rows.
type UnnestOptions struct {
	// Spread gives the values of an element of an ARRAY; nil: it is a MAP.
	Spread     func(value.Value) []value.Value
	Outer      bool // a row without elements is passed on with NULLs
	Ordinality bool
}

// NewUnnest adds the columns of the elements behind those of the input.
func NewUnnest(in Node, of *expr.Expr, columns []expr.Column, o UnnestOptions) *Unnest {
	n := &Unnest{passing(in), of, o}
	n.schema = append(slices.Clone(n.schema), columns...)
	t := in.Traits()
	n.traits = Traits{Append: t.Append, Bounded: t.Bounded, Shuffled: t.Shuffled, Joined: t.Joined}
	return n
}

// With implements Node.
func (n *Unnest) With(in []Node) Node {
	return NewUnnest(in[0], n.Of, n.schema[n.width():], n.UnnestOptions)
}

// Name implements Node.
func (n *Unnest) Name(int) string { return "Unnest" }

// Build implements Node.
func (n *Unnest) Build(b *stream.Builder, next stream.Op) {
	n.input().Build(b, &stream.Unnest{
		Of: n.Of.Eval, Spread: n.Spread, Width: len(n.schema) - n.width(), Outer: n.Outer, Ordinality: n.Ordinality,
		Next: next,
	})
}

func (n *Unnest) needs(read []bool) [][]bool { return [][]bool{reading(n.width(), read, n.Of)} }
