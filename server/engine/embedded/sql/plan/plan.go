// Package plan turns a parsed statement into a query that can be run.
package plan

import (
	"fmt"
	"slices"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/connect"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/types"
)

// Node is a planned query: its columns, what its changelog is like, and how
// its operators are put together.
type Node struct {
	Columns []expr.Column
	Append  bool // only inserts
	Bounded bool
	// Shuffled says that Flink reads the rows from several sources at once, so
	// that they come in no certain order.
	Shuffled bool
	// Joined says that rows of several tables met, so that a time attribute may
	// or may not still be one.
	Joined bool
	// Upsert are the columns of a key by which the changelog is unique, or nil.
	Upsert []int
	// versions are the columns of a key by which later rows replace earlier
	// ones: what a temporal join can ask for.
	versions []int
	// Bytes is how much is read for it, about; 0: nobody knows.
	Bytes int64
	// Literal says that the rows are written in the statement.
	Literal bool
	// windows are the columns that a windowing function added.
	windows *windowed
	// rank says how the first rows by a number can be had.
	rank *rank
	// Build puts the operators before next.
	Build func(b *stream.Builder, next stream.Op)
}

// Types are those of the columns.
func (n *Node) Types() []types.Type {
	ts := make([]types.Type, len(n.Columns))
	for i, c := range n.Columns {
		ts[i] = c.Type
	}
	return ts
}

// Planner plans the queries of one statement.
type Planner struct {
	Env       *expr.Env
	Catalog   catalog.Catalog
	Batch     bool
	Files     connect.Files
	ctes      []map[string]*cte
	outers    []*expr.Scope // of the queries around the one being planned
	views     int
	viewDepth int
	hints     []parse.Expr // conjuncts of the WHERE of the FROM being planned
}

type cte struct {
	node *Node
}

// Query plans a query.
func (p *Planner) Query(q *parse.Query) (*Node, error) {
	n, err := p.query(q)
	if err != nil {
		return nil, err
	}
	return n, requireExecutable(n)
}

// query plans a query of which maybe only the first rows can be had.
func (p *Planner) query(q *parse.Query) (*Node, error) {
	if len(q.With) > 0 {
		if err := p.with(q); err != nil {
			return nil, recursive(q, err)
		}
		defer func() { p.ctes = p.ctes[:len(p.ctes)-1] }()
	}
	if s, ok := q.Body.(*parse.Select); ok {
		return p.selectQuery(s, q)
	}
	n, err := p.body(q.Body)
	if err != nil {
		return nil, err
	}
	if len(q.OrderBy) == 0 && q.Limit == nil && q.Offset == nil {
		return n, nil
	}
	if err := requireExecutable(n); err != nil {
		return nil, err
	}
	n = unranked(n)
	return p.ordered(n, q)
}

// recursive refuses a WITH RECURSIVE of which a query asks for itself; what is
// only called so is a plain WITH.
func recursive(q *parse.Query, err error) error {
	for _, c := range q.With {
		if e, ok := sqlerr.AsError(err); q.Recursive && ok && e.Code == sqlerr.CodeNoObject && e.Object == c.Name.Text {
			return sqlerr.Refuse(q.Pos, "WITH RECURSIVE")
		}
	}
	return err
}

func (p *Planner) with(q *parse.Query) error {
	names := map[string]*cte{}
	p.ctes = append(p.ctes, names)
	for _, c := range q.With {
		if _, ok := p.Catalog.Table(p.Env.Catalog, p.Env.Database, c.Name.Text); ok && q.Recursive {
			return sqlerr.Refuse(c.Name.Pos, "WITH RECURSIVE with the name of a table")
		}
		n, err := p.query(unordered(c.Query))
		if err == nil && c.Columns != nil && len(c.Columns) != len(n.Columns) {
			err = sqlerr.Invalid(c.List, "Number of columns must match number of query columns")
		}
		if err == nil && c.Columns != nil {
			n, err = renamed(n, c.Columns, c.Name.Pos)
		}
		if err != nil {
			p.ctes = p.ctes[:len(p.ctes)-1]
			return err
		}
		names[c.Name.Text] = &cte{n}
	}
	return nil
}

// renamed gives a node's columns the names of an alias.
func renamed(n *Node, names []parse.Name, pos parse.Pos) (*Node, error) {
	if len(names) != len(n.Columns) {
		var have string
		for i, c := range n.Columns {
			if i > 0 {
				have += ", "
			}
			have += "'" + c.Name + "'"
		}
		return nil, sqlerr.Invalid(pos, "List of column aliases must have same degree as table; table has %d columns (%s), whereas alias list has %d columns", len(n.Columns), have, len(names))
	}
	out := *n
	out.Columns = make([]expr.Column, len(names))
	for i, name := range names {
		out.Columns[i] = expr.Column{Name: name.Text, Type: n.Columns[i].Type, Used: n.Columns[i].Used}
	}
	return &out, nil
}

func (p *Planner) body(b parse.Body) (*Node, error) {
	switch b := b.(type) {
	case *parse.Select:
		return p.selectQuery(b, &parse.Query{Pos: b.Pos, Body: b})
	case *parse.Values:
		return p.values(b)
	case *parse.SetOp:
		return p.setOp(b)
	case *parse.Query:
		return p.query(b)
	}
	return nil, sqlerr.Refuse(b.Span(), "this query")
}

// resolver is one for expressions over these relations.
func (p *Planner) resolver(scope *expr.Scope, where string) *expr.Resolver {
	return &expr.Resolver{Env: p.Env, Scope: scope, Where: where}
}

// settled makes the changelog of a batch job insert only.
func (p *Planner) settled(n *Node) *Node {
	if !p.Batch || n.Append {
		return n
	}
	out := *n
	out.Append, out.Upsert = true, nil
	ts, build := n.Types(), n.Build
	out.Build = func(b *stream.Builder, next stream.Op) {
		build(b, &stream.Settle{Types: ts, Budget: b.Operator("Settle"), Next: next})
	}
	return &out
}

// UniqueNames gives the columns of a result the names that Flink gives them:
// a second id is id0.
func UniqueNames(columns []expr.Column) []expr.Column {
	seen := map[string]bool{}
	out := make([]expr.Column, len(columns))
	for i, c := range columns {
		name := c.Name
		for n := 0; seen[name]; n++ {
			name = fmt.Sprintf("%s%d", c.Name, n)
		}
		seen[name] = true
		out[i] = expr.Column{Name: name, Type: c.Type}
	}
	return out
}

// unranked forgets that first rows could be had, and what the changelog is keyed by.
func unranked(n *Node) *Node {
	out := *n
	out.rank, out.Upsert, out.versions = nil, nil, nil
	return &out
}

// use says that columns are wanted, by their places; all of them without any.
func (n *Node) use(columns ...int) {
	for i, c := range n.Columns {
		if c.Used != nil && (len(columns) == 0 || slices.Contains(columns, i)) {
			*c.Used = true
		}
	}
}
