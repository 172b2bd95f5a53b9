package parse

import (
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// call reads name(arguments) with FILTER and OVER.
func (p *parser) call() (ast.Expr, error) {
	start := p.pos()
	word := strings.ToUpper(p.tokens[p.at].Text)
	switch word {
	case "TRY_CAST":
		return p.cast(true)
	case "FLOOR", "CEIL", "CEILING", "TIMESTAMPADD", "TIMESTAMPDIFF":
		return p.unitCall(word)
	}
	if read, ok := jsonCalls[word]; ok {
		return p.jsonCall(read)
	}
	c := &ast.Call{Name: p.tokens[p.at].Text}
	p.at += 2
	c.Distinct = p.accept("DISTINCT")
	if !c.Distinct {
		p.accept("ALL")
	}
	if err := p.arguments(c); err != nil {
		return nil, err
	}
	c.Pos = p.from(start)
	return p.callSuffix(c)
}

// arguments reads up to the closing parenthesis.
func (p *parser) arguments(c *ast.Call) error {
	if p.accept(")") {
		return nil
	}
	if p.accept("*") {
		c.Args = []ast.Expr{&ast.Star{Pos: tokenPos(p.tokens[p.at-1])}}
		return p.expect(")")
	}
	if p.beginsQuery() {
		return p.unsupported("a query as an argument")
	}
	for {
		if p.peekIs(1, "=>") {
			return p.unsupported("a named argument")
		}
		e, err := p.expr()
		if err != nil {
			return err
		}
		c.Args = append(c.Args, e)
		if w := p.isAny("ORDER", "SEPARATOR", "RESPECT", "IGNORE"); w != "" {
			return p.unsupported(w + " in a function call")
		}
		if !p.accept(",") {
			return p.expectOr(")")
		}
	}
}

func (p *parser) callSuffix(c *ast.Call) (ast.Expr, error) {
	if w := p.isAny("WITHIN", "RESPECT", "IGNORE"); w != "" && (p.peekIs(1, "GROUP") || p.peekIs(1, "DISTINCT") || p.peekIs(1, "NULLS")) {
		return nil, p.unsupported(w + " after a function")
	}
	var err error
	if p.is("FILTER") && p.peekIs(1, "(") {
		p.at++
		if err := p.expect("(", "WHERE"); err != nil {
			return nil, err
		}
		if c.Filter, err = p.expr(); err != nil {
			return nil, err
		}
		if err := p.expectOr(")"); err != nil {
			return nil, err
		}
		c.Pos = p.from(c.Pos)
	}
	if p.is("OVER") {
		if !p.peekIs(1, "(") && p.peekKind(1) != flinksql.Identifier && p.peekKind(1) != flinksql.Quoted {
			p.at++
			return nil, p.unexpected(true)
		}
		p.at++
		if c.Over, err = p.window(); err != nil {
			return nil, err
		}
		c.Pos = p.from(c.Pos)
	}
	return c, nil
}

// cast reads CAST(x AS type) and TRY_CAST.
func (p *parser) cast(try bool) (ast.Expr, error) {
	start := p.pos()
	p.at++
	if err := p.expect("("); err != nil {
		return nil, err
	}
	x, err := p.expr()
	if err != nil {
		return nil, err
	}
	if err := p.expect("AS"); err != nil {
		return nil, err
	}
	t, err := p.dataType()
	if err != nil {
		return nil, err
	}
	if p.is("FORMAT") {
		return nil, p.unsupported("CAST … FORMAT")
	}
	err = p.expect(")")
	return &ast.Cast{Pos: p.from(start), X: x, Type: t, Try: try}, err
}

// constructor reads ROW(…), ARRAY[…] and MAP[…].
func (p *parser) constructor(word string) (ast.Expr, error) {
	start := p.pos()
	p.at++
	open, end := "[", "]"
	if word == "ROW" {
		open, end = "(", ")"
	}
	if word == "MULTISET" || p.is("(") && open == "[" {
		p.at--
		return nil, p.unsupported(word + " of a query or a list")
	}
	bracket := p.pos()
	if err := p.expect(open); err != nil {
		return nil, err
	}
	var items []ast.Expr
	if word == "ROW" && p.is(")") {
		return nil, p.unexpected(true)
	}
	for !p.accept(end) {
		if len(items) > 0 {
			if err := p.expectOr(","); err != nil {
				return nil, err
			}
		}
		e, err := p.expr()
		if err != nil {
			return nil, err
		}
		items = append(items, e)
	}
	switch word {
	case "ROW":
		return &ast.Row{Pos: p.from(bracket), Items: items}, nil
	case "MAP":
		return &ast.Map{Pos: p.from(start), Items: items}, nil
	}
	return &ast.Array{Pos: p.from(start), Items: items}, nil
}

// unitCall reads FLOOR(x TO unit), TIMESTAMPADD(unit, n, t) and the like.
func (p *parser) unitCall(word string) (ast.Expr, error) {
	start := p.pos()
	c := &ast.Call{Name: p.tokens[p.at].Text}
	p.at += 2
	if strings.HasPrefix(word, "TIMESTAMP") && p.at < len(p.tokens) && p.peekIs(1, ",") {
		c.Args = append(c.Args, p.symbol())
		p.at++
	}
	if p.accept(")") {
		c.Pos = p.from(start)
		return c, nil
	}
	for {
		e, err := p.expr()
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, e)
		if p.accept("TO") {
			c.Args = append(c.Args, p.symbol())
		}
		if !p.accept(",") {
			err := p.expectOr(")")
			c.Pos = p.from(start)
			return c, err
		}
	}
}

// symbol takes the next token as a word of a call.
func (p *parser) symbol() *ast.Symbol {
	if p.at >= len(p.tokens) {
		return &ast.Symbol{Pos: p.pos(), Word: ""}
	}
	s := &ast.Symbol{Pos: p.pos(), Word: strings.ToUpper(p.tokens[p.at].Text)}
	p.at++
	return s
}

// specialCall reads the calls whose arguments are parted by words.
func (p *parser) specialCall(word string) (ast.Expr, error) {
	start := p.pos()
	c := &ast.Call{Name: p.tokens[p.at].Text}
	p.at += 2
	var err error
	switch word {
	case "EXTRACT":
		c.Args = append(c.Args, p.symbol())
		err = p.separated(c, "FROM")
	case "TRIM":
		err = p.trim(c)
	case "SUBSTRING":
		err = p.parted(c, "FROM", "FOR")
	case "POSITION":
		err = p.parted(c, "IN", "FROM")
	case "OVERLAY":
		err = p.parted(c, "PLACING", "FROM", "FOR")
	}
	if err != nil {
		return nil, err
	}
	err = p.expectOr(")")
	c.Pos = p.from(start)
	return c, err
}

// separated reads WORD expr.
func (p *parser) separated(c *ast.Call, word string) error {
	if err := p.expect(word); err != nil {
		return err
	}
	e, err := p.expr()
	c.Args = append(c.Args, e)
	return err
}

// parted reads a first argument and then one after each of the words, or
// after commas; at least one must follow.
func (p *parser) parted(c *ast.Call, words ...string) error {
	least := precBetween
	if words[0] != "IN" {
		least = 0
	}
	e, err := p.exprAbove(least)
	if err != nil {
		return err
	}
	if words[0] == "IN" && p.is(",") { // only SUBSTRING and OVERLAY may have commas
		return p.unexpected(true)
	}
	c.Args = append(c.Args, e)
	for _, w := range words {
		if !p.accept(w) && !p.accept(",") {
			if len(c.Args) == 1 {
				return p.unexpected(true)
			}
			return nil
		}
		if e, err = p.expr(); err != nil {
			return err
		}
		c.Args = append(c.Args, e)
	}
	return nil
}

// trim reads [BOTH|LEADING|TRAILING] [x] FROM s, or s: always three arguments.
func (p *parser) trim(c *ast.Call) error {
	mode := &ast.Symbol{Pos: p.pos(), Word: "BOTH"}
	explicit := p.isAny("BOTH", "LEADING", "TRAILING") != ""
	if explicit {
		mode = p.symbol()
	}
	var what ast.Expr = &ast.Literal{Pos: p.pos(), Kind: ast.Text, Text: " "}
	if !p.is("FROM") {
		e, err := p.expr()
		if err != nil {
			return err
		}
		if !p.is("FROM") {
			if explicit {
				return p.unexpected(true)
			}
			c.Args = []ast.Expr{mode, what, e}
			return nil
		}
		what = e
	}
	c.Args = []ast.Expr{mode, what}
	return p.separated(c, "FROM")
}
