// Package plan turns a parsed statement into a query that can be run.
package plan

import (
	"fmt"
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/connect"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
)

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
	hints     []ast.Expr // conjuncts of the WHERE of the FROM being planned
	used      []string   // definitions of the tables that were found
}

// Used are the definitions of the tables that the statement uses.
func (p *Planner) Used() []string { return p.used }

type cte struct {
	node tree.Node
}

// Query plans a query.
func (p *Planner) Query(q *ast.Query) (tree.Node, error) {
	n, err := p.query(q)
	if err != nil {
		return nil, err
	}
	return n, tree.RequireExecutable(n)
}

// query plans a query of which maybe only the first rows can be had.
func (p *Planner) query(q *ast.Query) (tree.Node, error) {
	if len(q.With) > 0 {
		if err := p.with(q); err != nil {
			return nil, recursive(q, err)
		}
		defer func() { p.ctes = p.ctes[:len(p.ctes)-1] }()
	}
	if s, ok := q.Body.(*ast.Select); ok {
		return p.selectQuery(s, q)
	}
	n, err := p.body(q.Body)
	if err != nil {
		return nil, err
	}
	if len(q.OrderBy) == 0 && q.Limit == nil && q.Offset == nil {
		return n, nil
	}
	if err := tree.RequireExecutable(n); err != nil {
		return nil, err
	}
	return p.ordered(n, q)
}

// recursive refuses a WITH RECURSIVE of which a query asks for itself; what is
// only called so is a plain WITH.
func recursive(q *ast.Query, err error) error {
	for _, c := range q.With {
		if e, ok := sqlerr.AsError(err); q.Recursive && ok && e.Code == sqlerr.CodeNoObject && e.Object == c.Name.Text {
			return sqlerr.Refuse(q.Pos, "WITH RECURSIVE")
		}
	}
	return err
}

func (p *Planner) with(q *ast.Query) error {
	names := map[string]*cte{}
	p.ctes = append(p.ctes, names)
	for _, c := range q.With {
		if _, ok := p.Catalog.Table(p.Env.Catalog, p.Env.Database, c.Name.Text); ok && q.Recursive {
			return sqlerr.Refuse(c.Name.Pos, "WITH RECURSIVE with the name of a table")
		}
		n, err := p.query(ast.Unordered(c.Query))
		if err == nil && c.Columns != nil && len(c.Columns) != len(n.Schema()) {
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
func renamed(n tree.Node, names []ast.Name, pos ast.Pos) (tree.Node, error) {
	if len(names) != len(n.Schema()) {
		return nil, wrongDegree(n.Schema(), len(names), pos)
	}
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = name.Text
	}
	return tree.NewRename(n, texts), nil
}

// wrongDegree is the complaint of an alias with another number of columns.
func wrongDegree(columns []expr.Column, names int, pos ast.Pos) error {
	var have []string
	for _, c := range columns {
		have = append(have, "'"+c.Name+"'")
	}
	return sqlerr.Invalid(
		pos,
		"List of column aliases must have same degree as table; table has %d columns (%s), whereas alias list has %d columns",
		len(columns), strings.Join(have, ", "), names,
	)
}

func (p *Planner) body(b ast.Body) (tree.Node, error) {
	switch b := b.(type) {
	case *ast.Select:
		return p.selectQuery(b, &ast.Query{Pos: b.Pos, Body: b})
	case *ast.Values:
		return p.values(b)
	case *ast.SetOp:
		return p.setOp(b)
	case *ast.Query:
		return p.query(b)
	}
	return nil, sqlerr.Refuse(b.Span(), "this query")
}

// resolver is one for expressions over these relations.
func (p *Planner) resolver(scope *expr.Scope, where string) *expr.Resolver {
	return &expr.Resolver{Env: p.Env, Scope: scope, Where: where}
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
