package plan

import (
	"math"
	"strconv"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/types"
)

// rank is a node with a column of ROW_NUMBER, of which a condition may want
// only the first rows: what Flink plans as Top-N or deduplication.
type rank struct {
	name  string // ROW_NUMBER, RANK, DENSE_RANK
	pos   parse.Pos
	id    int // of the expression that is the number
	col   int // the column of the number; -1 before the projection
	types []types.Type
	// descending says that it is ordered backwards, several that it is ordered by
	// more than one column: what streaming has for first rows only.
	descending, several bool
	// limited gives the rows whose number is in the range.
	limited func(first, last int, numbered bool) (*Node, error)
}

// rank tells how the first rows of the only call can be had; nil when that
// is no number of a row.
func (o *overs) rank(n *Node) *rank {
	if len(o.calls) != 1 || o.calls[0].call.Agg != nil || len(o.calls[0].order) == 0 {
		return nil
	}
	c := o.calls[0]
	switch c.call.Name {
	case "ROW_NUMBER", "RANK", "DENSE_RANK":
	default:
		return nil
	}
	r := &rank{name: c.call.Name, pos: c.pos, id: c.id, col: -1, types: n.Types(), descending: c.keys[0].Desc, several: len(c.keys) > 1}
	r.limited = func(first, last int, numbered bool) (*Node, error) {
		if c.call.Name != "ROW_NUMBER" {
			return nil, tableError(c.pos, c.call.Name+"() on streaming table is not supported currently")
		}
		return o.limited(n, r, first, last, numbered)
	}
	return r
}

// limited plans the rows from first to last of each partition.
func (o *overs) limited(n *Node, r *rank, first, last int, numbered bool) (*Node, error) {
	c, spec := o.calls[0], o.spec()
	out := *n
	out.rank, out.windows, out.Upsert, out.Append = nil, nil, nil, false
	if end, ok := c.ofWindow(n); ok && n.Append {
		if first != 1 {
			return nil, sqlerr.Refuse(c.pos, "rows of a window from other than the first on")
		}
		out.Append, out.windows = true, n.windows
		out.Build = func(b *stream.Builder, next stream.Op) {
			n.Build(b, &stream.WindowRank{
				Partition: spec.Partition, PartitionTypes: spec.PartitionTypes, End: columnFn(end), Keys: spec.Keys, Limit: last, Budget: b.Operator("WindowRank"), Next: next,
			})
		}
		return &out, nil
	}
	if c.order[0].Type.Rowtime && len(c.order) == 1 && first == 1 && last == 1 && n.Append {
		if out.Append = !c.keys[0].Desc; !out.Append {
			out.versions = nil
			for _, x := range c.partition {
				out.versions = append(out.versions, x.Column)
			}
		}
		out.Build = func(b *stream.Builder, next stream.Op) {
			n.Build(b, &stream.Deduplicate{
				Partition: spec.Partition, PartitionTypes: spec.PartitionTypes, Time: spec.Keys[0].Fn, Last: c.keys[0].Desc, Budget: b.Operator("Deduplicate"), Expiry: &b.Expiry, Next: next,
			})
		}
		return &out, nil
	}
	if first == 1 && last == 1 && n.Append && len(c.order) > 1 { // by one column Flink tells what was before
		out.Upsert = []int{}
		for _, x := range c.partition {
			out.Upsert = append(out.Upsert, x.Column)
		}
	}
	out.Build = func(b *stream.Builder, next stream.Op) {
		n.Build(b, &stream.Rank{
			Partition: spec.Partition, PartitionTypes: spec.PartitionTypes, Keys: spec.Keys, Types: r.types, First: first, Last: last,
			Append: n.Append, Numbered: numbered, Budget: b.Operator("Rank"), Expiry: &b.Expiry, Next: next,
		})
	}
	return &out, nil
}

// ofWindow says whether the partition is by a window, and which column its end is.
func (c *overCall) ofWindow(n *Node) (column int, ok bool) {
	if n.windows == nil {
		return 0, false
	}
	start, end := false, false
	for _, x := range c.partition {
		start = start || x.Column >= 0 && x.Column == n.windows.start
		end = end || x.Column >= 0 && x.Column == n.windows.end
	}
	return n.windows.end, start && end
}

// requireExecutable complains of a node of which only the first rows can be had.
func requireExecutable(n *Node) error {
	if n.Build != nil {
		return nil
	}
	if n.rank != nil && (n.rank.descending || n.rank.several) {
		return orderError(n.rank.pos, n.rank.several)
	}
	pos := parse.Pos{}
	if n.rank != nil {
		pos = n.rank.pos
	}
	if n.rank != nil && n.rank.name == "RANK" {
		return sqlerr.Refuse(pos, "RANK by other than time in streaming mode")
	}
	return sqlerr.Refuse(pos, "OVER by other than time of an unbounded input, except for its first rows by ROW_NUMBER")
}

// orderError is Flink's complaint about an order that a window in streaming
// mode cannot have.
func orderError(pos parse.Pos, several bool) error {
	if several {
		return tableError(pos, "The window can only be ordered by a single time column.")
	}
	return tableError(pos, "The window can only be ordered in ASCENDING mode.")
}

// bounds reads a condition on the number of a row: the range of numbers that
// fulfil it. isNumber tells the number from other expressions.
func bounds(c parse.Expr, isNumber func(parse.Expr) bool) (first, last int, ok bool) {
	b, is := c.(*parse.Binary)
	if !is {
		return 0, 0, false
	}
	op, l, r := b.Op, b.L, b.R
	if isNumber(r) {
		l, r = r, l
		op = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
	}
	lit, is := r.(*parse.Literal)
	if !is || lit.Kind != parse.Number || !isNumber(l) {
		return 0, 0, false
	}
	n, err := strconv.Atoi(lit.Text)
	if err != nil || n < 0 || n > 1_000_000 {
		return 0, 0, false
	}
	switch op {
	case "=":
		return n, n, n > 0
	case "<=":
		return 1, n, n > 0
	case "<":
		return 1, n - 1, n > 1
	case ">=":
		return n, math.MaxInt32, true
	case ">":
		return n + 1, math.MaxInt32, true
	}
	return 0, 0, false
}

// firstRows takes the conditions on the number of a row out of a list; ok is
// false when the list does not bound the number.
func rankBounds(list []parse.Expr, isNumber func(parse.Expr) bool) (first, last int, rest []parse.Expr, ok bool) {
	first, last = 1, math.MaxInt32
	for _, c := range list {
		f, l, is := bounds(c, isNumber)
		if !is {
			rest = append(rest, c)
			continue
		}
		first, last = max(first, f), min(last, l)
	}
	return first, last, rest, last < math.MaxInt32 && first <= last
}

// and joins conditions again.
func and(list []parse.Expr) parse.Expr {
	var out parse.Expr
	for _, c := range list {
		if out == nil {
			out = c
			continue
		}
		out = &parse.Binary{Pos: out.Span().To(c.Span()), Op: "AND", L: out, R: c}
	}
	return out
}

// topRows plans WHERE number <= n over a query that numbers its rows; nil
// when the condition is none of these.
func (p *Planner) topRows(from *tables, s *parse.Select) (*tables, parse.Expr, error) {
	r := from.node.rank
	if r == nil || r.col < 0 {
		return nil, nil, nil
	}
	name := from.node.Columns[r.col].Name
	isNumber := func(e parse.Expr) bool {
		id, ok := e.(*parse.Ident)
		return ok && id.Parts[len(id.Parts)-1].Text == name && (len(id.Parts) == 1 || len(id.Parts) == 2 && id.Parts[0].Text == from.relations[0].Name)
	}
	if s.Where == nil || len(from.relations) != 1 {
		return nil, nil, nil
	}
	first, last, rest, ok := rankBounds(conjuncts(s.Where), isNumber)
	if !ok && first > 1 && last == math.MaxInt32 && !p.Batch {
		return nil, nil, tableError(s.Where.Span(), "Rank end is not specified. Currently rank only support TopN, which means the rank end must be specified.")
	}
	if !ok {
		return nil, nil, nil
	}
	numbered := false
	for _, e := range append(itemExprs(s), rest...) {
		numbered = numbered || usesName(e, name)
	}
	n, err := r.limited(first, last, numbered)
	if err != nil {
		return nil, nil, err
	}
	if p.Batch {
		rest = []parse.Expr{s.Where}
	}
	return &tables{n, []expr.Relation{{Name: from.relations[0].Name, Columns: n.Columns}}}, and(rest), nil
}

func itemExprs(s *parse.Select) []parse.Expr {
	var all []parse.Expr
	for _, it := range s.Items {
		all = append(all, it.Expr)
	}
	for _, g := range s.GroupBy {
		all = append(all, g.Expr)
		for _, set := range g.Sets {
			all = append(all, set...)
		}
	}
	return append(all, s.Having)
}

// usesName says whether an expression may use a column.
func usesName(e parse.Expr, name string) bool {
	found := false
	parse.Walk(e, func(x parse.Expr) bool {
		switch x := x.(type) {
		case *parse.Star:
			found = true
		case *parse.Ident:
			for _, n := range x.Parts {
				found = found || n.Text == name
			}
		}
		return !found
	})
	return found
}
