package queries

import (
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// postfixed reads a primary with its [index] and .field parts.
func (p *Parser) postfixed() (ast.Expr, error) {
	start := p.Pos()
	x, err := p.Primary()
	if err != nil {
		return nil, err
	}
	for count := 0; ; count++ {
		if count > MaxDepth {
			return nil, p.Unsupported("a path that long")
		}
		switch {
		case p.Accept("["):
			at, err := p.Expr()
			if err != nil {
				return nil, err
			}
			if err := p.ExpectOr("]"); err != nil {
				return nil, err
			}
			x = &ast.Index{Pos: p.From(start), X: x, At: at}
		case p.Is(".") && (p.PeekKind(1) == flinksql.Identifier || p.PeekKind(1) == flinksql.Quoted):
			p.At++
			n := p.anyName()
			x = &ast.Field{Pos: p.From(start), X: x, Name: n}
		default:
			return x, nil
		}
	}
}

// Primary reads an expression without operators around it.
func (p *Parser) Primary() (ast.Expr, error) {
	start := p.Pos()
	switch p.Kind() {
	case flinksql.Number:
		p.At++
		return &ast.Literal{Pos: start, Kind: ast.Number, Text: p.Tokens[p.At-1].Text}, nil
	case flinksql.String:
		return p.stringExpr()
	case flinksql.Identifier, flinksql.Quoted:
		return p.identOrCall()
	case flinksql.Keyword:
		return p.keyword()
	}
	if p.Is("(") {
		return p.parenthesized()
	}
	return nil, p.Unexpected(true)
}

// parenthesized reads (query), (expr), or a row (a, b).
func (p *Parser) parenthesized() (ast.Expr, error) {
	start := p.Pos()
	p.At++
	if p.beginsQuery() {
		q, err := p.Query()
		if err != nil {
			return nil, err
		}
		return p.closed(&ast.Subquery{Pos: start, Query: q}, start)
	}
	list, err := p.exprs()
	if err != nil {
		return nil, err
	}
	if len(list) > 1 {
		return &ast.Row{Pos: p.From(start), Items: list}, nil
	}
	if w := p.IsAny("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"); w != "" {
		return p.difference(list[0], start)
	}
	return list[0], nil
}

// difference reads (a - b) UNIT.
func (p *Parser) difference(e ast.Expr, start ast.Pos) (ast.Expr, error) {
	minus, ok := e.(*ast.Binary)
	if !ok || minus.Op != "-" || p.PeekIs(1, "TO") || p.PeekIs(1, "(") {
		return nil, p.Unsupported("a unit in this place")
	}
	unit := p.symbol()
	return &ast.Call{Pos: p.From(start), Name: "$DIFFERENCE", Args: []ast.Expr{unit, minus.L, minus.R}}, nil
}

func (p *Parser) closed(q *ast.Subquery, start ast.Pos) (ast.Expr, error) {
	err := p.ExpectOr(")")
	q.Pos = p.From(start)
	return q, err
}

// identOrCall reads a.b.c, a.b.* or f(…).
func (p *Parser) identOrCall() (ast.Expr, error) {
	start := p.Pos()
	if p.Kind() == flinksql.Identifier && p.PeekIs(1, "(") {
		return p.call()
	}
	if p.Kind() == flinksql.Identifier && p.Is("MAP") && p.PeekIs(1, "[") {
		return p.constructor("MAP")
	}
	id := &ast.Ident{}
	for {
		id.Parts = append(id.Parts, p.anyName())
		id.Pos = p.From(start)
		if !p.Is(".") {
			return id, nil
		}
		if p.PeekIs(1, "*") {
			p.At += 2
			return &ast.Star{Pos: p.From(start), Of: id.Parts}, nil
		}
		k := p.PeekKind(1)
		if k != flinksql.Identifier && k != flinksql.Quoted && k != flinksql.Keyword {
			p.At++
			return nil, p.Unexpected(true)
		}
		p.At++
		if k == flinksql.Keyword {
			return nil, p.Unexpected(true)
		}
		if p.PeekIs(1, "(") {
			return nil, ast.Unsupported(start, "a function with a qualified name")
		}
	}
}

// callable are the reserved words that also name functions.
var callable = words(`ABS AVG CARDINALITY CEIL CEILING CHAR_LENGTH CHARACTER_LENGTH COALESCE COLLECT
		COUNT COVAR_POP COVAR_SAMP CUME_DIST DENSE_RANK ELEMENT EVERY EXP FIRST_VALUE FLOOR GROUPING HOUR LAST_VALUE LEFT
		LN LOWER MAX MIN MINUTE MOD MONTH NULLIF OCTET_LENGTH PERCENT_RANK POWER RANK REGR_COUNT RIGHT ROW_NUMBER
		SECOND SOME SQRT STDDEV_POP STDDEV_SAMP SUM UPPER USER VAR_POP VAR_SAMP YEAR DAY TRUNCATE IF CURRENT_TIMESTAMP
		PERCENTILE_CONT PERCENTILE_DISC INTERSECTION FUSION CORR HASH DATE TIMESTAMP TIME CONVERT TRANSLATE
		JSON_ARRAY JSON_ARRAYAGG JSON_EXISTS JSON_OBJECT JSON_OBJECTAGG JSON_QUERY JSON_VALUE LAG LEAD NTH_VALUE NTILE PREV
		REGR_SXX REGR_SYY RUNNING SAFE_CAST TIMESTAMP_DIFF TRY_CAST`)

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

var clocks = words(`CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP`)

var niladic = words(`CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP
	CURRENT_USER SESSION_USER SYSTEM_USER CURRENT_CATALOG CURRENT_SCHEMA CURRENT_ROLE CURRENT_PATH`)

// keyword reads what begins with a reserved word.
func (p *Parser) keyword() (ast.Expr, error) {
	start := p.Pos()
	word := strings.ToUpper(p.Tokens[p.At].Text)
	switch word {
	case "NULL", "TRUE", "FALSE", "UNKNOWN":
		p.At++
		kind := ast.Bool
		if word == "NULL" {
			kind = ast.Null
		}
		return &ast.Literal{Pos: start, Kind: kind, Text: word}, nil
	case "DATE", "TIME", "TIMESTAMP":
		if p.PeekKind(1) == flinksql.String {
			return p.timeLiteral(start, word)
		}
	case "INTERVAL":
		return p.interval()
	case "CASE":
		return p.caseExpr()
	case "CAST":
		return p.cast(false)
	case "EXISTS":
		return p.exists()
	case "ROW", "ARRAY", "MULTISET":
		return p.constructor(word)
	case "EXTRACT", "TRIM", "SUBSTRING", "POSITION", "OVERLAY":
		if p.PeekIs(1, "(") {
			return p.specialCall(word)
		}
	case "USER":
		if !p.PeekIs(1, "(") {
			return &ast.Ident{Parts: []ast.Name{p.anyName()}, Pos: start}, nil
		}
	case "CURSOR", "UNIQUE", "NEXT", "CURRENT", "NEW", "PERIOD":
		if p.PeekKind(1) != EOF {
			return nil, p.Unsupported(word)
		}
	}
	if niladic[word] && !p.PeekIs(1, "(") {
		p.At++
		return &ast.Call{Pos: start, Name: word, Niladic: true}, nil
	}
	if clocks[word] && p.PeekIs(1, "(") && p.PeekIs(2, ")") { // Flink lets them have parentheses
		p.At += 3
		return &ast.Call{Pos: p.From(start), Name: word, Niladic: true}, nil
	}
	if p.PeekIs(1, "(") && callable[word] {
		return p.call()
	}
	return nil, p.Unexpected(true)
}

func (p *Parser) caseExpr() (ast.Expr, error) {
	start := p.Pos()
	p.At++
	c := &ast.Case{}
	var err error
	if !p.Is("WHEN") {
		if c.Operand, err = p.Expr(); err != nil {
			return nil, err
		}
	}
	for p.Accept("WHEN") {
		var w ast.When
		if w.Cond, err = p.Expr(); err != nil {
			return nil, err
		}
		if p.Is(",") {
			return nil, p.Unsupported("CASE … WHEN with a list")
		}
		if err := p.Expect("THEN"); err != nil {
			return nil, err
		}
		if w.Then, err = p.Expr(); err != nil {
			return nil, err
		}
		c.Whens = append(c.Whens, w)
	}
	if len(c.Whens) == 0 {
		return nil, p.Unexpected(false)
	}
	if p.Accept("ELSE") {
		if c.Else, err = p.Expr(); err != nil {
			return nil, err
		}
	}
	err = p.Expect("END")
	c.Pos = p.From(start)
	return c, err
}

func (p *Parser) exists() (ast.Expr, error) {
	start := p.Pos()
	p.At++
	q, _, err := p.listOrQuery()
	if err != nil {
		return nil, err
	}
	if q == nil {
		return nil, ast.Unsupported(start, "EXISTS of what is no query")
	}
	return &ast.Exists{Pos: p.From(start), Query: q}, nil
}
