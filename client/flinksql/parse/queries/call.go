package queries

import (
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// call reads name(arguments) with FILTER and OVER.
func (p *Parser) call() (ast.Expr, error) {
	start := p.Pos()
	word := strings.ToUpper(p.Tokens[p.At].Text)
	switch word {
	case "TRY_CAST":
		return p.cast(true)
	case "FLOOR", "CEIL", "CEILING", "TIMESTAMPADD", "TIMESTAMPDIFF":
		return p.unitCall(word)
	}
	if read, ok := jsonCalls[word]; ok {
		return p.jsonCall(read)
	}
	c := &ast.Call{Name: p.Tokens[p.At].Text}
	p.At += 2
	c.Distinct = p.Accept("DISTINCT")
	if !c.Distinct {
		p.Accept("ALL")
	}
	if err := p.arguments(c); err != nil {
		return nil, err
	}
	c.Pos = p.From(start)
	return p.callSuffix(c)
}

// arguments reads up to the closing parenthesis.
func (p *Parser) arguments(c *ast.Call) error {
	if p.Accept(")") {
		return nil
	}
	if p.Accept("*") {
		c.Args = []ast.Expr{&ast.Star{Pos: tokenPos(p.Tokens[p.At-1])}}
		return p.Expect(")")
	}
	if p.beginsQuery() {
		return p.Unsupported("a query as an argument")
	}
	for {
		if p.PeekIs(1, "=>") {
			return p.Unsupported("a named argument")
		}
		e, err := p.Expr()
		if err != nil {
			return err
		}
		c.Args = append(c.Args, e)
		if w := p.IsAny("ORDER", "SEPARATOR", "RESPECT", "IGNORE"); w != "" {
			return p.Unsupported(w + " in a function call")
		}
		if !p.Accept(",") {
			return p.ExpectOr(")")
		}
	}
}

func (p *Parser) callSuffix(c *ast.Call) (ast.Expr, error) {
	if w := p.IsAny("WITHIN", "RESPECT", "IGNORE"); w != "" &&
		(p.PeekIs(1, "GROUP") || p.PeekIs(1, "DISTINCT") || p.PeekIs(1, "NULLS")) {
		return nil, p.Unsupported(w + " after a function")
	}
	var err error
	if p.Is("FILTER") && p.PeekIs(1, "(") {
		p.At++
		if err := p.Expect("(", "WHERE"); err != nil {
			return nil, err
		}
		if c.Filter, err = p.Expr(); err != nil {
			return nil, err
		}
		if err := p.ExpectOr(")"); err != nil {
			return nil, err
		}
		c.Pos = p.From(c.Pos)
	}
	if p.Is("OVER") {
		if !p.PeekIs(1, "(") && p.PeekKind(1) != flinksql.Identifier && p.PeekKind(1) != flinksql.Quoted {
			p.At++
			return nil, p.Unexpected(true)
		}
		p.At++
		if c.Over, err = p.window(); err != nil {
			return nil, err
		}
		c.Pos = p.From(c.Pos)
	}
	return c, nil
}

// cast reads CAST(x AS type) and TRY_CAST.
func (p *Parser) cast(try bool) (ast.Expr, error) {
	start := p.Pos()
	p.At++
	if err := p.Expect("("); err != nil {
		return nil, err
	}
	x, err := p.Expr()
	if err != nil {
		return nil, err
	}
	if err := p.Expect("AS"); err != nil {
		return nil, err
	}
	t, err := p.dataType()
	if err != nil {
		return nil, err
	}
	if p.Is("FORMAT") {
		return nil, p.Unsupported("CAST … FORMAT")
	}
	err = p.Expect(")")
	return &ast.Cast{Pos: p.From(start), X: x, Type: t, Try: try}, err
}

// constructor reads ROW(…), ARRAY[…] and MAP[…].
func (p *Parser) constructor(word string) (ast.Expr, error) {
	start := p.Pos()
	p.At++
	open, end := "[", "]"
	if word == "ROW" {
		open, end = "(", ")"
	}
	if word == "MULTISET" || p.Is("(") && open == "[" {
		p.At--
		return nil, p.Unsupported(word + " of a query or a list")
	}
	bracket := p.Pos()
	if err := p.Expect(open); err != nil {
		return nil, err
	}
	var items []ast.Expr
	if word == "ROW" && p.Is(")") {
		return nil, p.Unexpected(true)
	}
	for !p.Accept(end) {
		if len(items) > 0 {
			if err := p.ExpectOr(","); err != nil {
				return nil, err
			}
		}
		e, err := p.Expr()
		if err != nil {
			return nil, err
		}
		items = append(items, e)
	}
	switch word {
	case "ROW":
		return &ast.Row{Pos: p.From(bracket), Items: items}, nil
	case "MAP":
		return &ast.Map{Pos: p.From(start), Items: items}, nil
	}
	return &ast.Array{Pos: p.From(start), Items: items}, nil
}

// unitCall reads FLOOR(x TO unit), TIMESTAMPADD(unit, n, t) and the like.
func (p *Parser) unitCall(word string) (ast.Expr, error) {
	start := p.Pos()
	c := &ast.Call{Name: p.Tokens[p.At].Text}
	p.At += 2
	if strings.HasPrefix(word, "TIMESTAMP") && p.At < len(p.Tokens) && p.PeekIs(1, ",") {
		c.Args = append(c.Args, p.symbol())
		p.At++
	}
	if p.Accept(")") {
		c.Pos = p.From(start)
		return c, nil
	}
	for {
		e, err := p.Expr()
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, e)
		if p.Accept("TO") {
			c.Args = append(c.Args, p.symbol())
		}
		if !p.Accept(",") {
			err := p.ExpectOr(")")
			c.Pos = p.From(start)
			return c, err
		}
	}
}

// symbol takes the next token as a word of a call.
func (p *Parser) symbol() *ast.Symbol {
	if p.At >= len(p.Tokens) {
		return &ast.Symbol{Pos: p.Pos(), Word: ""}
	}
	s := &ast.Symbol{Pos: p.Pos(), Word: strings.ToUpper(p.Tokens[p.At].Text)}
	p.At++
	return s
}

// specialCall reads the calls whose arguments are parted by words.
func (p *Parser) specialCall(word string) (ast.Expr, error) {
	start := p.Pos()
	c := &ast.Call{Name: p.Tokens[p.At].Text}
	p.At += 2
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
	err = p.ExpectOr(")")
	c.Pos = p.From(start)
	return c, err
}

// separated reads WORD expr.
func (p *Parser) separated(c *ast.Call, word string) error {
	if err := p.Expect(word); err != nil {
		return err
	}
	e, err := p.Expr()
	c.Args = append(c.Args, e)
	return err
}

// parted reads a first argument and then one after each of the words, or
// after commas; at least one must follow.
func (p *Parser) parted(c *ast.Call, words ...string) error {
	least := precBetween
	if words[0] != "IN" {
		least = 0
	}
	e, err := p.exprAbove(least)
	if err != nil {
		return err
	}
	if words[0] == "IN" && p.Is(",") { // only SUBSTRING and OVERLAY may have commas
		return p.Unexpected(true)
	}
	c.Args = append(c.Args, e)
	for _, w := range words {
		if !p.Accept(w) && !p.Accept(",") {
			if len(c.Args) == 1 {
				return p.Unexpected(true)
			}
			return nil
		}
		if e, err = p.Expr(); err != nil {
			return err
		}
		c.Args = append(c.Args, e)
	}
	return nil
}

// trim reads [BOTH|LEADING|TRAILING] [x] FROM s, or s: always three arguments.
func (p *Parser) trim(c *ast.Call) error {
	mode := &ast.Symbol{Pos: p.Pos(), Word: "BOTH"}
	explicit := p.IsAny("BOTH", "LEADING", "TRAILING") != ""
	if explicit {
		mode = p.symbol()
	}
	var what ast.Expr = &ast.Literal{Pos: p.Pos(), Kind: ast.Text, Text: " "}
	if !p.Is("FROM") {
		e, err := p.Expr()
		if err != nil {
			return err
		}
		if !p.Is("FROM") {
			if explicit {
				return p.Unexpected(true)
			}
			c.Args = []ast.Expr{mode, what, e}
			return nil
		}
		what = e
	}
	c.Args = []ast.Expr{mode, what}
	return p.separated(c, "FROM")
}
