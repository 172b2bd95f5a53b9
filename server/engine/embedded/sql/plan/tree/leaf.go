package tree

import (
	"slices"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
)

// Scan is a source of rows.
type Scan struct {
	base
	// open gives the source; unused tells which columns nobody reads, which are
	// NULL then.
	open func(unused func(column int) bool) stream.Source
	read []bool // nil: all columns are read
	from expr.Input
}

// NewScan reads a table with these columns and traits.
func NewScan(columns []expr.Column, traits Traits, open func(unused func(column int) bool) stream.Source) *Scan {
	return &Scan{base: base{schema: columns, traits: traits}, open: open}
}

// With implements Node.
func (n *Scan) With([]Node) Node { return n }

// Name implements Node.
func (n *Scan) Name(int) string { return "Scan" }

// Build implements Node.
func (n *Scan) Build(b *stream.Builder, next stream.Op) {
	b.Input(n.open(func(column int) bool { return slices.Contains(n.read, true) && !n.read[column] }), next)
}

func (n *Scan) needs([]bool) [][]bool { return nil }

// SingleRow is the row without columns of a query without FROM.
func SingleRow() *Scan {
	return NewScan(nil, Traits{Append: true, Bounded: true}, func(func(int) bool) stream.Source { return singleRow{} })
}

// singleRow is the source of a query without FROM.
type singleRow struct{}

// Row implements stream.Source.
func (singleRow) Row(i int64) (value.Row, bool, error) { return value.Row{}, i == 0, nil }

// Due implements stream.Source.
func (singleRow) Due(int64) int64 { return 0 }

// Values are rows of expressions, all of the types of the columns.
//
// Flink reads them from several sources when they are shuffled, and they are mixed
// when the types of their items differ from row to row.
func Values(columns []expr.Column, rows [][]*expr.Expr, shuffled, mixed bool) *Scan {
	t := Traits{Append: true, Bounded: true, Literal: true, Bytes: 1, Shuffled: shuffled}
	n := NewScan(columns, t, func(func(int) bool) stream.Source { return literalRows{rows} })
	n.from = expr.Input{Values: true, MixedRows: mixed}
	return n
}

// Nothing is a query of these columns without rows.
func Nothing(columns []expr.Column) *Scan {
	return NewScan(columns, Traits{Append: true, Bounded: true}, func(func(int) bool) stream.Source {
		return literalRows{}
	})
}

// literalRows is a source of computed rows.
type literalRows struct {
	list [][]*expr.Expr
}

// Row implements stream.Source.
func (r literalRows) Row(i int64) (value.Row, bool, error) {
	if i >= int64(len(r.list)) {
		return nil, false, nil
	}
	row := make(value.Row, len(r.list[i]))
	for c, x := range r.list[i] {
		v, err := x.Eval(nil)
		if err != nil {
			return nil, false, err
		}
		row[c] = v
	}
	return row, true, nil
}

// Due implements stream.Source.
func (literalRows) Due(int64) int64 { return 0 }
