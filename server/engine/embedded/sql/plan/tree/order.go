package tree

import (
	"fmt"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/topn"
	"drey/server/engine/types"
)

// Sort orders the rows of a batch job.
type Sort struct {
	base
	Keys  []stream.SortKey
	Skip  int64
	Count int64 // how many rows are wanted behind Skip; negative: all
}

// NewSort orders, and takes some of the rows.
func NewSort(in Node, keys []stream.SortKey, skip, count int64) *Sort {
	n := &Sort{passing(Materialized(in, true)), keys, skip, count}
	n.traits = n.traits.unkeyed()
	return n
}

// With implements Node.
func (n *Sort) With(in []Node) Node { return NewSort(in[0], n.Keys, n.Skip, n.Count) }

// Name implements Node.
func (n *Sort) Name(int) string {
	if n.Count > 0 {
		return fmt.Sprintf("Sort -> Limit(offset %d, fetch %d)", n.Skip, n.Count)
	}
	return "Sort"
}

// Build implements Node.
func (n *Sort) Build(b *stream.Builder, next stream.Op) {
	sort := &stream.Sort{Keys: n.Keys, Budget: b.Operator("Sort"), Next: next}
	if n.Count > 0 {
		sort.First = int(n.Skip + n.Count)
		sort.Next = &stream.Limit{Skip: n.Skip, Count: n.Count, Next: next}
	}
	n.input().Build(b, sort)
}

func (n *Sort) needs(read []bool) [][]bool { return [][]bool{sortNeeds(n.width(), read, n.Keys)} }

func sortNeeds(width int, read []bool, keys []stream.SortKey) []bool {
	out := reading(width, read)
	for _, k := range keys {
		out[k.Column] = true
	}
	return out
}

// TopN keeps some rows in order as they change.
type TopN struct {
	base
	Keys        []stream.SortKey
	Skip, Count int
}

// NewTopN is ORDER BY with LIMIT in streaming mode.
func NewTopN(in Node, keys []stream.SortKey, skip, count int) *TopN {
	n := &TopN{passing(in), keys, skip, count}
	n.traits = n.traits.unkeyed()
	n.traits.Append = false
	return n
}

// With implements Node.
func (n *TopN) With(in []Node) Node { return NewTopN(in[0], n.Keys, n.Skip, n.Count) }

// Name implements Node.
func (n *TopN) Name(int) string {
	return fmt.Sprintf("SortLimit(offset %d, fetch %d)", n.Skip, n.Count)
}

// Build implements Node.
func (n *TopN) Build(b *stream.Builder, next stream.Op) {
	n.input().Build(b, &topn.TopN{
		Keys: n.Keys, Types: Types(n.input()), Skip: n.Skip, Count: n.Count, Append: n.input().Traits().Append,
		Budget: b.Operator("SortLimit"), Next: next,
	})
}

func (n *TopN) needs(read []bool) [][]bool { return [][]bool{sortNeeds(n.width(), read, n.Keys)} }

// TimeSort gives rows in the order of event time, without those that are late.
type TimeSort struct {
	base
	Keys []stream.SortKey // the first is the time
}

// NewTimeSort orders by time.
func NewTimeSort(in Node, keys []stream.SortKey) *TimeSort {
	n := &TimeSort{passing(in), keys}
	n.traits = n.traits.unkeyed()
	return n
}

// With implements Node.
func (n *TimeSort) With(in []Node) Node { return NewTimeSort(in[0], n.Keys) }

// Name implements Node.
func (n *TimeSort) Name(int) string { return "TemporalSort" }

// Build implements Node.
func (n *TimeSort) Build(b *stream.Builder, next stream.Op) {
	n.input().Build(b, &stream.TimeSort{
		Time: n.Keys[0].Column, Keys: n.Keys[1:], Budget: b.Operator("TemporalSort"), Next: next,
	})
}

func (n *TimeSort) needs(read []bool) [][]bool { return [][]bool{sortNeeds(n.width(), read, n.Keys)} }

// Limit takes some rows of an input that only inserts.
type Limit struct {
	base
	Skip, Count int64
}

// NewLimit is LIMIT without an order.
func NewLimit(in Node, skip, count int64) *Limit {
	n := &Limit{passing(in), skip, count}
	n.traits = n.traits.unkeyed()
	return n
}

// With implements Node.
func (n *Limit) With(in []Node) Node { return NewLimit(in[0], n.Skip, n.Count) }

// Name implements Node.
func (n *Limit) Name(int) string { return fmt.Sprintf("Limit(offset %d, fetch %d)", n.Skip, n.Count) }

// Build implements Node.
func (n *Limit) Build(b *stream.Builder, next stream.Op) {
	n.input().Build(b, &stream.Limit{Skip: n.Skip, Count: n.Count, Next: next})
}

func (n *Limit) needs(read []bool) [][]bool { return [][]bool{read} }

func SortKey(o ast.OrderItem, at int, t types.Type) stream.SortKey {
	k := stream.SortKey{Column: at, Type: t, Desc: o.Desc, NullsFirst: !o.Desc}
	if o.NullsFirst != nil {
		k.NullsFirst = *o.NullsFirst
	}
	return k
}
