// Package parse reads the grammar of one Flink SQL statement into a tree with
// positions. What Flink knows and drey does not is an Error with Unsupported.
package parse

import (
	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse/queries"
)

// parser reads statements; what stands in queries and expressions is read by
// the parser that it is made of.
type parser struct{ *queries.Parser }

func newParser(text string) *parser { return &parser{queries.New(text)} }

// Parse reads one statement; an ending semicolon is allowed.
func Parse(text string) (ast.Statement, error) {
	p := newParser(text)
	s, err := p.statement()
	if err != nil {
		return nil, err
	}
	if p.Accept(";") && p.Kind() != queries.EOF {
		return nil, &ast.Error{Pos: p.Pos(), Message: "only single statement supported"}
	}
	if p.Kind() != queries.EOF {
		return nil, p.Unexpected(true)
	}
	return s, nil
}

// ParseType reads a data type alone.
func ParseType(text string) (*ast.Type, error) {
	p := newParser(text)
	t, err := p.ColumnType()
	if err == nil && p.Kind() != queries.EOF {
		err = p.Unexpected(true)
	}
	return t, err
}

// ParseExpr reads an expression alone.
func ParseExpr(text string) (ast.Expr, error) {
	p := newParser(text)
	e, err := p.Expr()
	if err == nil && p.Kind() != queries.EOF {
		err = p.Unexpected(true)
	}
	return e, err
}
