package plan

import (
	"fmt"
	"strconv"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/types"
)

// output is the select list as resolved: what is shown, and what only sorts.
type output struct {
	columns []expr.Column
	items   []*expr.Expr
	visible int
}

func (o *output) add(name string, x *expr.Expr) {
	o.items = append(o.items, x)
	o.columns = append(o.columns, expr.Column{Name: name, Type: x.Type})
}

func itemName(it parse.Item, i int) string {
	if it.Alias != nil {
		return it.Alias.Text
	}
	if e, ok := it.Expr.(*parse.Ident); ok {
		return e.Parts[len(e.Parts)-1].Text
	}
	return fmt.Sprintf("EXPR$%d", i)
}

func (o *output) find(x *expr.Expr) int {
	for i, it := range o.items {
		if it.ID == x.ID {
			return i
		}
	}
	return -1
}

func sortKey(o parse.OrderItem, at int, t types.Type) stream.SortKey {
	k := stream.SortKey{Column: at, Type: t, Desc: o.Desc, NullsFirst: !o.Desc}
	if o.NullsFirst != nil {
		k.NullsFirst = *o.NullsFirst
	}
	return k
}

// outputColumn finds the column that an ordinal or an alias names, or -1.
func outputColumn(e parse.Expr, columns []expr.Column, items []parse.Item) (int, error) {
	if l, ok := e.(*parse.Literal); ok && l.Kind == parse.Number {
		n, err := strconv.Atoi(l.Text)
		if err != nil || n < 1 || n > len(columns) {
			return 0, sqlerr.Invalid(l.Pos, "Ordinal out of range")
		}
		return n - 1, nil
	}
	id, ok := e.(*parse.Ident)
	if !ok || len(id.Parts) != 1 {
		return -1, nil
	}
	found := -1
	for i, c := range columns {
		if c.Name != id.Parts[0].Text {
			continue
		}
		if i < len(items) && len(items) == len(columns) && items[i].Alias == nil {
			continue
		}
		if found >= 0 {
			return 0, sqlerr.Refuse(id.Pos, "ORDER BY a name that two columns have")
		}
		if i < len(items) || items == nil {
			found = i
		}
	}
	return found, nil
}

// projected is the node behind the projection.
func (o *output) projected(n *Node, fns []expr.Fn) *Node {
	out := &Node{Columns: o.columns, Append: n.Append, Bounded: n.Bounded, Shuffled: n.Shuffled, Joined: n.Joined, Literal: n.Literal, Bytes: n.Bytes}
	if n.Build != nil {
		out.Build = func(b *stream.Builder, next stream.Op) { n.Build(b, &stream.Project{Columns: fns, Next: next}) }
	}
	at := func(col int) int {
		for i, x := range o.items {
			if x.Column == col {
				return i
			}
		}
		return -1
	}
	out.windows = n.windows.moved(at)
	for _, col := range n.versions {
		i := -1
		if col >= 0 {
			i = at(col)
		}
		if out.versions = append(out.versions, i); i < 0 {
			out.versions = nil
			break
		}
	}
	if n.Upsert != nil {
		out.Upsert = make([]int, len(n.Upsert))
		for i, col := range n.Upsert {
			if out.Upsert[i] = -1; col >= 0 {
				out.Upsert[i] = at(col)
			}
		}
	}
	if r := n.rank; r != nil {
		moved := *r
		moved.col = -1
		for i, x := range o.items {
			if x.ID == r.id || r.col >= 0 && x.Column == r.col {
				moved.col = i
			}
		}
		moved.limited = func(first, last int, numbered bool) (*Node, error) {
			limited, err := r.limited(first, last, numbered)
			if err != nil {
				return nil, err
			}
			return o.projected(limited, fns), nil
		}
		if out.rank = &moved; moved.col < 0 {
			out.rank = nil
		}
	}
	return out
}

// cut drops the hidden columns.
func cut(n *Node, width int) *Node {
	fns := make([]expr.Fn, width)
	for i := range fns {
		fns[i] = columnFn(i)
	}
	out := *n
	out.Columns = n.Columns[:width]
	out.rank = nil
	out.Build = func(b *stream.Builder, next stream.Op) { n.Build(b, &stream.Project{Columns: fns, Next: next}) }
	return &out
}

func (p *Planner) distinct(n *Node) *Node {
	out := *n
	ts := n.Types()
	fns := make([]expr.Fn, len(ts))
	for i := range fns {
		fns[i] = columnFn(i)
		out.Columns = append(out.Columns[:i:i], expr.Column{Name: n.Columns[i].Name, Type: withoutTime(n.Columns[i].Type)})
	}
	out.Build = func(b *stream.Builder, next stream.Op) {
		n.Build(b, &stream.Aggregate{Keys: fns, KeyTypes: ts, Retracts: !n.Append, Batch: p.Batch, Budget: b.Operator("Distinct"), Expiry: &b.Expiry, Next: next})
	}
	out.Append = n.Append
	return &out
}
