package tree

import (
	"fmt"
	"slices"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/overagg"
	"drey/server/engine/embedded/sql/stream/topn"
)

// OverMode says how functions over windows are computed.
type OverMode int

// Ways to compute functions over windows.
const (
	OverAll     OverMode = iota // at the end of an input that ends
	OverTime                    // in the order of event time
	OverChanges                 // every partition again as rows come
)

// Window is the window of some functions, and what they read.
type Window struct {
	Partition []*expr.Expr
	Order     []*expr.Expr
	Keys      []stream.RankKey // of Order
	Calls     []overagg.OverCall
	Reads     []*expr.Expr // arguments of the calls
	Results   []expr.Column
}

func (w *Window) spec() overagg.OverSpec {
	return overagg.OverSpec{
		Partition: evals(w.Partition), PartitionTypes: typesOf(w.Partition), Keys: w.Keys, Calls: w.Calls,
	}
}

func (w *Window) reads() []*expr.Expr {
	list := slices.Concat(w.Partition, w.Order, w.Reads)
	for _, c := range w.Calls {
		if c.Agg != nil {
			list = append(list, aggregated([]*expr.Agg{c.Agg})...)
		}
	}
	return list
}

// Over adds the results of functions over a window to the row.
type Over struct {
	base
	Window
	Mode OverMode
	// First is how many rows of each partition are wanted, from its beginning;
	// 0: all. Rows behind them may be missing, or have other values.
	First int
}

// NewOver computes functions over one window.
func NewOver(in Node, w Window, mode OverMode, first int) *Over {
	n := &Over{passing(in), w, mode, first}
	n.schema = append(slices.Clone(n.schema), w.Results...)
	n.traits.Windows, n.traits.Upsert = nil, nil
	if mode == OverChanges {
		n.traits.Append = false
	}
	return n
}

// With implements Node.
func (n *Over) With(in []Node) Node { return NewOver(in[0], n.Window, n.Mode, n.First) }

// Name implements Node.
func (n *Over) Name(int) string {
	return [...]string{"OverAggregate", "OverAggregate(by time)", "OverAggregate(of changes)"}[n.Mode]
}

// Build implements Node.
func (n *Over) Build(b *stream.Builder, next stream.Op) {
	budget := b.Operator("OverAggregate")
	switch n.Mode {
	case OverAll:
		n.input().Build(b, &overagg.Over{OverSpec: n.spec(), First: n.First, Budget: budget, Next: next})
	case OverTime:
		n.input().Build(b, &overagg.OverTime{OverSpec: n.spec(), Time: n.Order[0].Column, Budget: budget, Next: next})
	case OverChanges:
		n.input().Build(b, &overagg.OverChanges{
			OverSpec: n.spec(), Types: Types(n.input()), Budget: budget, Next: next,
		})
	}
}

func (n *Over) needs(read []bool) [][]bool { return [][]bool{reading(n.width(), read, n.reads()...)} }

// Numbered adds a number to each row of a partition, of which a condition may
// want only the first rows: what Flink plans as Top-N or deduplication. FirstRows
// and AllNumbers make of it what can be run.
type Numbered struct {
	base
	Window
	Number
	all Node // with the numbers of all rows; nil: only the first rows can be had
}

// Number is what numbers rows.
type Number struct {
	Function *expr.Function // that ranks
	Pos      ast.Pos
	ID       expr.ID // of the expression that is the number; zero: no condition can want the first rows
	Batch    bool
}

// NewNumbered is a window whose only call is a number. All computes it for all
// rows; nil where that is not possible.
func NewNumbered(in Node, w Window, number Number, all Node) *Numbered {
	n := &Numbered{passing(in), w, number, all}
	n.schema = append(slices.Clone(n.schema), w.Results...)
	n.traits.Windows, n.traits.Upsert = nil, nil
	if number.Batch || all != nil {
		n.traits = all.Traits()
	} else if !(len(w.Order) > 0 && w.Order[0].Type.Rowtime && in.Traits().Append) {
		n.traits.Append = false
	}
	return n
}

// With implements Node.
func (n *Numbered) With(in []Node) Node {
	all := n.all
	if all != nil {
		all = all.With(in)
	}
	return NewNumbered(in[0], n.Window, n.Number, all)
}

// Name implements Node.
func (n *Numbered) Name(input int) string {
	if n.all == nil {
		return "Number"
	}
	return n.all.Name(input)
}

// Build implements Node.
func (n *Numbered) Build(b *stream.Builder, next stream.Op) { n.all.Build(b, next) }

func (n *Numbered) needs(read []bool) [][]bool {
	return [][]bool{reading(n.width(), read, n.reads()...)}
}

// descending and several say what of the order streaming has for first rows only.
func (n *Numbered) descending() bool { return len(n.Keys) > 0 && n.Keys[0].Desc }

func (n *Numbered) several() bool { return len(n.Keys) > 1 }

// FindNumber is the number of rows that a node shows, and its column; the
// column is -1 where it is not shown.
func FindNumber(n Node) (*Numbered, int) {
	switch n := n.(type) {
	case *Numbered:
		if n.ID == (expr.ID{}) {
			return nil, -1
		}
		return n, len(n.schema) - 1
	case *Rename:
		return FindNumber(n.input())
	case *Project:
		found, at := FindNumber(n.input())
		if found == nil {
			return nil, -1
		}
		column := -1
		for i, x := range n.Items {
			if x.ID == found.ID || x.Column == at && at >= 0 {
				column = i
			}
		}
		if column < 0 {
			return nil, -1
		}
		return found, column
	}
	return nil, -1
}

// replaceNumber puts another node in the place of the number of a tree.
func replaceNumber(n Node, by func(*Numbered) (Node, error)) (Node, error) {
	if found, ok := n.(*Numbered); ok {
		return by(found)
	}
	in, err := replaceNumber(n.Inputs()[0], by)
	if err != nil {
		return nil, err
	}
	return n.With([]Node{in}), nil
}

// AllNumbers gives all rows of a node their numbers where that can be done: no
// condition can want the first ones any more.
func AllNumbers(n Node) Node {
	found, _ := FindNumber(n)
	if found == nil || found.all == nil {
		return n
	}
	out, _ := replaceNumber(n, func(f *Numbered) (Node, error) { return f.all, nil })
	return out
}

// FirstRows gives the rows of a node whose number is in a range. Numbered says
// that the number itself is read.
func FirstRows(n Node, first, last int, numbered bool) (Node, error) {
	return replaceNumber(n, func(f *Numbered) (Node, error) { return f.firstRows(first, last, numbered) })
}

func (n *Numbered) firstRows(first, last int, numbered bool) (Node, error) {
	in := n.input()
	t := in.Traits()
	switch {
	case n.Batch:
		return NewOver(in, n.Window, OverAll, last), nil
	case !n.Function.Over.Counts:
		return nil, sqlerr.TableError(n.Pos, n.Function.Name+"() on streaming table is not supported currently")
	}
	if _, ok := n.windowEnd(t); ok && t.Append {
		if first != 1 {
			return nil, sqlerr.Refuse(n.Pos, "rows of a window from other than the first on")
		}
		return NewTopRows(in, n.Window, TopOfWindow, first, last, numbered), nil
	}
	if n.Order[0].Type.Rowtime && len(n.Order) == 1 && first == 1 && last == 1 && t.Append {
		return NewTopRows(in, n.Window, Deduplicated, first, last, numbered), nil
	}
	return NewTopRows(in, n.Window, Ranked, first, last, numbered), nil
}

// windowEnd says whether the partition is by a window, and which column its end is.
func (w *Window) windowEnd(t Traits) (column int, ok bool) {
	if t.Windows == nil {
		return 0, false
	}
	start, end := false, false
	for _, x := range w.Partition {
		start = start || x.Column >= 0 && x.Column == t.Windows.Start
		end = end || x.Column >= 0 && x.Column == t.Windows.End
	}
	return t.Windows.End, start && end
}

// RequireExecutable complains of a node of which only the first rows can be had.
func RequireExecutable(n Node) error {
	bad := unexecutable(n)
	switch {
	case bad == nil:
		return nil
	case bad.ID != (expr.ID{}) && (bad.descending() || bad.several()):
		return OrderError(bad.Pos, bad.several())
	case bad.ID != (expr.ID{}) && bad.Function.Over.NoChanges:
		return UnchangingError(bad.Pos, bad.Function)
	}
	pos := ast.Pos{}
	if bad.ID != (expr.ID{}) {
		pos = bad.Pos
	}
	return sqlerr.Refuse(pos, "OVER by other than time of an unbounded input, except for its first rows by ROW_NUMBER")
}

// Executable says whether a node can be run as it is.
func Executable(n Node) bool { return unexecutable(n) == nil }

// unexecutable is the number of which only the first rows can be had, if any.
func unexecutable(n Node) *Numbered {
	if found, ok := n.(*Numbered); ok && found.all == nil {
		return found
	}
	for _, in := range n.Inputs() {
		if found := unexecutable(in); found != nil {
			return found
		}
	}
	return nil
}

// UnchangingError refuses a number that is not computed again as rows come.
func UnchangingError(pos ast.Pos, f *expr.Function) error {
	return sqlerr.Refuse(pos, "%s by other than time in streaming mode", f.Name)
}

// OrderError is Flink's complaint about an order that a window in streaming
// mode cannot have.
func OrderError(pos ast.Pos, several bool) error {
	if several {
		return sqlerr.TableError(pos, "The window can only be ordered by a single time column.")
	}
	return sqlerr.TableError(pos, "The window can only be ordered in ASCENDING mode.")
}

// TopKind says how first rows are found.
type TopKind int

// Ways to find first rows: as they change, when a window is over, or the one
// first or last row by event time.
const (
	Ranked TopKind = iota
	TopOfWindow
	Deduplicated
)

// TopRows are the first rows of each partition, with their number.
type TopRows struct {
	base
	Window
	Kind        TopKind
	First, Last int
	Numbered    bool // the number is read
}

// NewTopRows takes the rows from first to last.
func NewTopRows(in Node, w Window, kind TopKind, first, last int, numbered bool) *TopRows {
	n := &TopRows{passing(in), w, kind, first, last, numbered}
	n.schema = append(slices.Clone(n.schema), w.Results...)
	t := in.Traits()
	n.traits.Windows, n.traits.Upsert, n.traits.Append = nil, nil, false
	switch {
	case kind == TopOfWindow:
		n.traits.Append, n.traits.Windows = true, t.Windows
	case kind == Deduplicated && w.Keys[0].Desc:
		n.traits.Versions = partitionColumns(w, nil)
	case kind == Deduplicated:
		n.traits.Append = true
	case first == 1 && last == 1 && t.Append && len(w.Order) > 1: // by one column Flink tells what was before
		n.traits.Upsert = partitionColumns(w, []int{})
	}
	return n
}

// partitionColumns are the columns of the partition; those that are no plain
// columns are -1.
func partitionColumns(w Window, columns []int) []int {
	for _, x := range w.Partition {
		columns = append(columns, x.Column)
	}
	return columns
}

// With implements Node.
func (n *TopRows) With(in []Node) Node {
	return NewTopRows(in[0], n.Window, n.Kind, n.First, n.Last, n.Numbered)
}

// Name implements Node.
func (n *TopRows) Name(int) string {
	switch n.Kind {
	case TopOfWindow:
		return fmt.Sprintf("WindowRank(first %d)", n.Last)
	case Deduplicated:
		return "Deduplicate"
	}
	return fmt.Sprintf("Rank(%d to %d)", n.First, n.Last)
}

// Build implements Node.
func (n *TopRows) Build(b *stream.Builder, next stream.Op) {
	partition, ts := evals(n.Partition), typesOf(n.Partition)
	switch n.Kind {
	case TopOfWindow:
		n.input().Build(b, &topn.WindowRank{
			Partition: partition, PartitionTypes: ts, End: columnAt(n.input().Traits().Windows.End), Keys: n.Keys,
			Limit: n.Last, Budget: b.Operator("WindowRank"), Next: next,
		})
	case Deduplicated:
		n.input().Build(b, &topn.Deduplicate{
			Partition: partition, PartitionTypes: ts, Time: n.Keys[0].Fn, Last: n.Keys[0].Desc,
			Budget: b.Operator("Deduplicate"), Expiry: &b.Expiry, Next: next,
		})
	case Ranked:
		n.input().Build(b, &topn.Rank{
			Partition: partition, PartitionTypes: ts, Keys: n.Keys, Types: Types(n.input()), First: n.First,
			Last:   n.Last,
			Append: n.input().Traits().Append, Numbered: n.Numbered, Budget: b.Operator("Rank"), Expiry: &b.Expiry,
			Next: next,
		})
	}
}

func (n *TopRows) needs(read []bool) [][]bool {
	out := reading(n.width(), read, n.reads()...)
	if w := n.input().Traits().Windows; n.Kind == TopOfWindow && w != nil {
		with(out, w.End)
	}
	return [][]bool{out}
}
