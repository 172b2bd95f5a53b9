package parse

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
	"<=": precCompare, ">=": precCompare, "+": precPlus, "-": precPlus, "*": precTimes, "/": precTimes, "%": precTimes, "||": precTimes,
}

func (p *parser) expr() (ast.Expr, error) { return p.exprAbove(0) }

// exprAbove reads an expression whose infix operators bind tighter than min.
func (p *parser) exprAbove(least int) (ast.Expr, error) {
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
			return nil, p.unsupported(fmt.Sprintf("more than %d operators in a row", maxChain))
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

func (p *parser) prefix() (ast.Expr, error) {
	start := p.pos()
	switch p.isAny("NOT", "-", "+") {
	case "NOT":
		p.at++
		x, err := p.exprAbove(precNot - 1)
		return &ast.Unary{Pos: p.from(start), Op: "NOT", X: x}, err
	case "-", "+":
		op := p.tokens[p.at].Text
		p.at++
		x, err := p.exprAbove(precSign - 1)
		return &ast.Unary{Pos: p.from(start), Op: op, X: x}, err
	}
	return p.postfixed()
}

// infix extends left by what follows; nil when nothing does.
func (p *parser) infix(left ast.Expr, least int) (ast.Expr, error) {
	if p.at >= len(p.tokens) {
		return nil, nil
	}
	word := strings.ToUpper(p.tokens[p.at].Text)
	if !p.is(word) {
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
		return nil, &ast.Error{Pos: p.pos(), Message: "SQL parse failed. Bang equal '!=' is not allowed under the current SQL conformance level"}
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
	case "ILIKE", "RLIKE", "CONTAINS", "EQUALS", "PRECEDES", "SUCCEEDS", "MEMBER", "SUBMULTISET", "MULTISET", "FORMAT", "<=>", "::", "IMMEDIATELY":
		if p.peekKind(1) != eof && precBetween > least && word != "FORMAT" {
			return nil, p.unsupported("the operator " + word)
		}
	}
	return nil, nil
}

func (p *parser) binary(left ast.Expr, op string, prec int) (ast.Expr, error) {
	p.at++
	if w := p.isAny("ANY", "ALL", "SOME"); w != "" && prec == precCompare && p.peekIs(1, "(") {
		p.at++
		return p.quantified(left, op, w == "ALL")
	}
	right, err := p.exprAbove(prec)
	if err != nil {
		return nil, err
	}
	return &ast.Binary{Pos: left.Span().To(right.Span()), Op: op, L: left, R: right}, nil
}

func (p *parser) quantified(left ast.Expr, op string, all bool) (ast.Expr, error) {
	q := &ast.Quantified{Op: op, X: left, All: all}
	var err error
	q.Query, q.List, err = p.listOrQuery()
	q.Pos = p.from(left.Span())
	return q, err
}

// listOrQuery reads (query) or (a, b).
func (p *parser) listOrQuery() (*ast.Query, []ast.Expr, error) {
	if err := p.expect("("); err != nil {
		return nil, nil, err
	}
	if p.beginsQuery() {
		q, err := p.query()
		if err != nil {
			return nil, nil, err
		}
		return q, nil, p.expect(")")
	}
	list, err := p.exprs()
	return nil, list, err
}

func (p *parser) beginsQuery() bool { return p.isAny("SELECT", "WITH", "VALUES") != "" }

// exprs reads a, b) with the closing parenthesis.
func (p *parser) exprs() ([]ast.Expr, error) {
	var list []ast.Expr
	for {
		e, err := p.expr()
		if err != nil {
			return nil, err
		}
		list = append(list, e)
		if !p.accept(",") {
			return list, p.expectOr(")")
		}
	}
}

// expectOr is expect for a place where an expression could go on.
func (p *parser) expectOr(word string) error {
	if p.accept(word) {
		return nil
	}
	return p.unexpected(true)
}

func (p *parser) isTest(left ast.Expr) (ast.Expr, error) {
	p.at++
	t := &ast.Is{X: left, Not: p.accept("NOT")}
	switch w := p.acceptAny("NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT", "JSON", "A", "EMPTY"); w {
	case "NULL", "TRUE", "FALSE", "UNKNOWN":
		t.What = w
	case "DISTINCT":
		t.What = w
		if err := p.expect("FROM"); err != nil {
			return nil, err
		}
		var err error
		if t.Y, err = p.exprAbove(precIs); err != nil {
			return nil, err
		}
	case "JSON":
		t.What = w
		if kind := p.acceptAny("VALUE", "SCALAR", "ARRAY", "OBJECT"); kind != "" && kind != "VALUE" {
			t.What += " " + kind
		}
	case "":
		return nil, p.unexpected(false)
	default:
		p.at--
		return nil, p.unsupported("IS " + w)
	}
	t.Pos = p.from(left.Span())
	return t, nil
}

func (p *parser) predicate(left ast.Expr) (ast.Expr, error) {
	start := p.at
	not := p.accept("NOT")
	switch p.acceptAny("BETWEEN", "IN", "LIKE", "SIMILAR") {
	case "BETWEEN":
		return p.between(left, not)
	case "IN":
		in := &ast.In{X: left, Not: not}
		var err error
		in.Query, in.List, err = p.listOrQuery()
		in.Pos = p.from(left.Span())
		return in, err
	case "LIKE":
		return p.like(left, not, false)
	case "SIMILAR":
		if err := p.expect("TO"); err != nil {
			return nil, err
		}
		return p.like(left, not, true)
	}
	p.at = start
	if p.peekIs(1, "ILIKE") || p.peekIs(1, "RLIKE") {
		return nil, p.unsupported("ILIKE and RLIKE")
	}
	return nil, nil
}

func (p *parser) between(left ast.Expr, not bool) (ast.Expr, error) {
	b := &ast.Between{X: left, Not: not, Symmetric: p.accept("SYMMETRIC")}
	if !b.Symmetric {
		p.accept("ASYMMETRIC")
	}
	var err error
	if b.Low, err = p.exprAbove(precBetween); err != nil {
		return nil, err
	}
	if !p.accept("AND") {
		return nil, &ast.Error{Pos: left.Span(), Message: "SQL parse failed. BETWEEN operator has no terminating AND"}
	}
	if b.High, err = p.exprAbove(precBetween); err != nil {
		return nil, err
	}
	b.Pos = left.Span().To(b.High.Span())
	return b, nil
}

func (p *parser) like(left ast.Expr, not, similar bool) (ast.Expr, error) {
	l := &ast.Like{X: left, Not: not, Similar: similar}
	var err error
	if l.Pattern, err = p.exprAbove(precBetween); err != nil {
		return nil, err
	}
	if p.accept("ESCAPE") {
		if l.Escape, err = p.exprAbove(precBetween); err != nil {
			return nil, err
		}
	}
	l.Pos = p.from(left.Span())
	return l, nil
}

// overlaps reads the second of two periods, (start, end or length) each.
func (p *parser) overlaps(left *ast.Row) (ast.Expr, error) {
	at := p.pos()
	p.at++
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
