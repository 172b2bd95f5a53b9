package queries

import (
	"fmt"
	"strings"

	"drey/client/flinksql/ast"
)

// Precedences of Calcite's operators; a higher one binds tighter.
const (
	precOr      = 22
	precAnd     = 24
	precNot     = 26
	precIs      = 28
	precCompare = 30
	precBetween = 32
	precPlus    = 40
	precTimes   = 60
	precSign    = 80
)

var infix = map[string]int{
	"OR": precOr, "AND": precAnd, "=": precCompare, "<>": precCompare, "<": precCompare, ">": precCompare,
	"<=": precCompare, ">=": precCompare, "+": precPlus, "-": precPlus, "*": precTimes, "/": precTimes,
	"%": precTimes, "||": precTimes,
}

// Expr reads an expression.
func (p *Parser) Expr() (ast.Expr, error) { return p.exprAbove(0) }

// exprAbove reads an expression whose infix operators bind tighter than min.
func (p *Parser) exprAbove(least int) (ast.Expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	left, err := p.prefix()
	if err != nil {
		return nil, err
	}
	for count := 0; ; count++ {
		if count > maxChain {
			return nil, p.Unsupported(fmt.Sprintf("more than %d operators in a row", maxChain))
		}
		next, err := p.infix(left, least)
		if err != nil {
			return nil, err
		}
		if next == nil {
			return left, nil
		}
		left = next
	}
}

func (p *Parser) prefix() (ast.Expr, error) {
	start := p.Pos()
	switch p.IsAny("NOT", "-", "+") {
	case "NOT":
		p.At++
		x, err := p.exprAbove(precNot - 1)
		return &ast.Unary{Pos: p.From(start), Op: "NOT", X: x}, err
	case "-", "+":
		op := p.Tokens[p.At].Text
		p.At++
		x, err := p.exprAbove(precSign - 1)
		return &ast.Unary{Pos: p.From(start), Op: op, X: x}, err
	}
	return p.postfixed()
}

// infix extends left by what follows; nil when nothing does.
func (p *Parser) infix(left ast.Expr, least int) (ast.Expr, error) {
	if p.At >= len(p.Tokens) {
		return nil, nil
	}
	word := strings.ToUpper(p.Tokens[p.At].Text)
	if !p.Is(word) {
		return nil, nil
	}
	if prec, ok := infix[word]; ok {
		if prec <= least {
			return nil, nil
		}
		return p.binary(left, word, prec)
	}
	switch word {
	case "!=":
		return nil, &ast.Error{
			Pos:     p.Pos(),
			Message: "SQL parse failed. Bang equal '!=' is not allowed under the current SQL conformance level",
		}
	case "IS":
		if precIs > least {
			return p.isTest(left)
		}
	case "BETWEEN", "IN", "LIKE", "SIMILAR", "NOT":
		if precBetween > least {
			return p.predicate(left)
		}
	case "OVERLAPS":
		if l, ok := left.(*ast.Row); ok && precBetween > least {
			return p.overlaps(l)
		}
	case "ILIKE", "RLIKE", "CONTAINS", "EQUALS", "PRECEDES", "SUCCEEDS", "MEMBER", "SUBMULTISET", "MULTISET",
		"FORMAT", "<=>", "::", "IMMEDIATELY":
		if p.PeekKind(1) != EOF && precBetween > least && word != "FORMAT" {
			return nil, p.Unsupported("the operator " + word)
		}
	}
	return nil, nil
}

func (p *Parser) binary(left ast.Expr, op string, prec int) (ast.Expr, error) {
	p.At++
	if w := p.IsAny("ANY", "ALL", "SOME"); w != "" && prec == precCompare && p.PeekIs(1, "(") {
		p.At++
		return p.quantified(left, op, w == "ALL")
	}
	right, err := p.exprAbove(prec)
	if err != nil {
		return nil, err
	}
	return &ast.Binary{Pos: left.Span().To(right.Span()), Op: op, L: left, R: right}, nil
}

func (p *Parser) quantified(left ast.Expr, op string, all bool) (ast.Expr, error) {
	q := &ast.Quantified{Op: op, X: left, All: all}
	var err error
	q.Query, q.List, err = p.listOrQuery()
	q.Pos = p.From(left.Span())
	return q, err
}

// listOrQuery reads (query) or (a, b).
func (p *Parser) listOrQuery() (*ast.Query, []ast.Expr, error) {
	if err := p.Expect("("); err != nil {
		return nil, nil, err
	}
	if p.beginsQuery() {
		q, err := p.Query()
		if err != nil {
			return nil, nil, err
		}
		return q, nil, p.Expect(")")
	}
	list, err := p.exprs()
	return nil, list, err
}

func (p *Parser) beginsQuery() bool { return p.IsAny("SELECT", "WITH", "VALUES") != "" }

// exprs reads a, b) with the closing parenthesis.
func (p *Parser) exprs() ([]ast.Expr, error) {
	var list []ast.Expr
	for {
		e, err := p.Expr()
		if err != nil {
			return nil, err
		}
		list = append(list, e)
		if !p.Accept(",") {
			return list, p.ExpectOr(")")
		}
	}
}

// ExpectOr is expect for a place where an expression could go on.
func (p *Parser) ExpectOr(word string) error {
	if p.Accept(word) {
		return nil
	}
	return p.Unexpected(true)
}

func (p *Parser) isTest(left ast.Expr) (ast.Expr, error) {
	p.At++
	t := &ast.Is{X: left, Not: p.Accept("NOT")}
	switch w := p.AcceptAny("NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT", "JSON", "A", "EMPTY"); w {
	case "NULL", "TRUE", "FALSE", "UNKNOWN":
		t.What = w
	case "DISTINCT":
		t.What = w
		if err := p.Expect("FROM"); err != nil {
			return nil, err
		}
		var err error
		if t.Y, err = p.exprAbove(precIs); err != nil {
			return nil, err
		}
	case "JSON":
		t.What = w
		if kind := p.AcceptAny("VALUE", "SCALAR", "ARRAY", "OBJECT"); kind != "" && kind != "VALUE" {
			t.What += " " + kind
		}
	case "":
		return nil, p.Unexpected(false)
	default:
		p.At--
		return nil, p.Unsupported("IS " + w)
	}
	t.Pos = p.From(left.Span())
	return t, nil
}

func (p *Parser) predicate(left ast.Expr) (ast.Expr, error) {
	start := p.At
	not := p.Accept("NOT")
	switch p.AcceptAny("BETWEEN", "IN", "LIKE", "SIMILAR") {
	case "BETWEEN":
		return p.between(left, not)
	case "IN":
		in := &ast.In{X: left, Not: not}
		var err error
		in.Query, in.List, err = p.listOrQuery()
		in.Pos = p.From(left.Span())
		return in, err
	case "LIKE":
		return p.like(left, not, false)
	case "SIMILAR":
		if err := p.Expect("TO"); err != nil {
			return nil, err
		}
		return p.like(left, not, true)
	}
	p.At = start
	if p.PeekIs(1, "ILIKE") || p.PeekIs(1, "RLIKE") {
		return nil, p.Unsupported("ILIKE and RLIKE")
	}
	return nil, nil
}

func (p *Parser) between(left ast.Expr, not bool) (ast.Expr, error) {
	b := &ast.Between{X: left, Not: not, Symmetric: p.Accept("SYMMETRIC")}
	if !b.Symmetric {
		p.Accept("ASYMMETRIC")
	}
	var err error
	if b.Low, err = p.exprAbove(precBetween); err != nil {
		return nil, err
	}
	if !p.Accept("AND") {
		return nil, &ast.Error{Pos: left.Span(), Message: "SQL parse failed. BETWEEN operator has no terminating AND"}
	}
	if b.High, err = p.exprAbove(precBetween); err != nil {
		return nil, err
	}
	b.Pos = left.Span().To(b.High.Span())
	return b, nil
}

func (p *Parser) like(left ast.Expr, not, similar bool) (ast.Expr, error) {
	l := &ast.Like{X: left, Not: not, Similar: similar}
	var err error
	if l.Pattern, err = p.exprAbove(precBetween); err != nil {
		return nil, err
	}
	if p.Accept("ESCAPE") {
		if l.Escape, err = p.exprAbove(precBetween); err != nil {
			return nil, err
		}
	}
	l.Pos = p.From(left.Span())
	return l, nil
}

// overlaps reads the second of two periods, (start, end or length) each.
func (p *Parser) overlaps(left *ast.Row) (ast.Expr, error) {
	at := p.Pos()
	p.At++
	right, err := p.exprAbove(precBetween)
	if err != nil {
		return nil, err
	}
	r, ok := right.(*ast.Row)
	if !ok || len(r.Items) != 2 || len(left.Items) != 2 {
		return nil, ast.Unsupported(at, "the operator OVERLAPS of other than two pairs")
	}
	return &ast.Binary{Pos: left.Pos.To(r.Pos), Op: "OVERLAPS", L: left, R: r}, nil
}
