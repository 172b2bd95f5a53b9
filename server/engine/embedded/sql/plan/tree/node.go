// Package tree is a planned query as data: nodes with their inputs, columns and
// traits, which every node computes from its inputs. A rewrite is a function
// from trees to trees; nothing is executed before Build.
package tree

import (
	"slices"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Node is one operator of a query over its inputs. It is not changed once it is
// made: With gives another one over other inputs.
type Node interface {
	Inputs() []Node
	// With is the node over other inputs of the same columns.
	With(inputs []Node) Node
	Schema() []expr.Column
	Traits() Traits
	// Build puts the operator before next, and the inputs before it.
	Build(b *stream.Builder, next stream.Op)
	// Name is the operator as the rows of an input see it; empty for one that
	// does nothing with them.
	Name(input int) string
	// needs says which columns of each input are read when these of the node are.
	needs(read []bool) [][]bool
}

// Traits are what the changes of a node are like.
type Traits struct {
	Append  bool // only inserts
	Bounded bool
	// Shuffled says that Flink reads the rows from several sources at once, so
	// that they come in no certain order.
	Shuffled bool
	// Joined says that rows of several tables met, so that a time attribute may
	// or may not still be one.
	Joined bool
	// Literal says that the rows are written in the statement.
	Literal bool
	// Bytes is how much is read for it, about; 0: nobody knows.
	Bytes int64
	// Upsert are the columns of a key by which the changelog is unique, or nil.
	// A column that is not there any more is -1.
	Upsert []int
	// Versions are the columns of a key by which later rows replace earlier
	// ones: what a temporal join can ask for.
	Versions []int
	// Windows are the columns that a windowing function added.
	Windows *Windowed
}

// unkeyed are the traits without the keys of the changelog.
func (t Traits) unkeyed() Traits {
	t.Upsert, t.Versions = nil, nil
	return t
}

// moved follows columns through a projection.
func (t Traits) moved(at func(column int) int) Traits {
	t.Windows = t.Windows.moved(at)
	t.Versions = movedAll(t.Versions, at)
	if slices.Contains(t.Versions, -1) {
		t.Versions = nil
	}
	t.Upsert = movedAll(t.Upsert, at)
	return t
}

// movedAll follows columns; nil stays nil.
func movedAll(columns []int, at func(int) int) []int {
	if columns == nil {
		return nil
	}
	out := make([]int, len(columns))
	for i, c := range columns {
		if out[i] = -1; c >= 0 {
			out[i] = at(c)
		}
	}
	return out
}

// Windowed says which columns of a node are those that a windowing function
// added; -1 for one that is not there any more.
type Windowed struct {
	Start, End, Time int
	Session          bool
	Shifted          int64 // by an offset: from one window to the next, in milliseconds
}

// moved follows the columns through a projection.
func (w *Windowed) moved(at func(int) int) *Windowed {
	if w == nil {
		return nil
	}
	out := *w
	for _, c := range []*int{&out.Start, &out.End, &out.Time} {
		if *c >= 0 {
			*c = at(*c)
		}
	}
	return &out
}

// base is what all nodes have.
type base struct {
	inputs []Node
	schema []expr.Column
	traits Traits
}

// Inputs implements Node.
func (n *base) Inputs() []Node { return n.inputs }

// Schema implements Node.
func (n *base) Schema() []expr.Column { return n.schema }

// Traits implements Node.
func (n *base) Traits() Traits { return n.traits }

func (n *base) input() Node { return n.inputs[0] }

// passing is the base of a node that passes on rows of its input.
func passing(in Node) base {
	return base{inputs: []Node{in}, schema: in.Schema(), traits: in.Traits()}
}

// width is how many columns the first input has.
func (n *base) width() int { return len(n.inputs[0].Schema()) }

// Types are those of the columns of a node.
func Types(n Node) []types.Type {
	ts := make([]types.Type, len(n.Schema()))
	for i, c := range n.Schema() {
		ts[i] = c.Type
	}
	return ts
}

// evals are what computes expressions.
func evals(list []*expr.Expr) []expr.Fn {
	fns := make([]expr.Fn, len(list))
	for i, x := range list {
		fns[i] = x.Eval
	}
	return fns
}

func typesOf(list []*expr.Expr) []types.Type {
	if list == nil {
		return nil
	}
	return expr.TypesOf(list)
}

// Plain is column i of a row, as it is there.
func Plain(i int, c expr.Column) *expr.Expr {
	return &expr.Expr{Type: c.Type, Column: i, Name: c.Name, Eval: columnAt(i)}
}

func columnAt(i int) expr.Fn {
	return func(row value.Row) (value.Value, error) { return row[i], nil }
}

// reading is a set of columns, those that expressions read added.
func reading(width int, read []bool, list ...*expr.Expr) []bool {
	out := make([]bool, width)
	copy(out, read)
	for _, x := range list {
		if x == nil {
			continue
		}
		x.EachColumn(func(i int) {
			if i < width {
				out[i] = true
			}
		})
	}
	return out
}

// with adds columns to a set.
func with(read []bool, columns ...int) []bool {
	for _, c := range columns {
		if c >= 0 && c < len(read) {
			read[c] = true
		}
	}
	return read
}

// every is the set of all columns.
func every(n Node) []bool {
	all := make([]bool, len(n.Schema()))
	for i := range all {
		all[i] = true
	}
	return all
}

// WithoutTime is a type that is no time attribute.
func WithoutTime(t types.Type) types.Type {
	t.Rowtime, t.Proctime = false, false
	return t
}
