package parse

import (
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// postfixed reads a primary with its [index] and .field parts.
func (p *parser) postfixed() (ast.Expr, error) {
	start := p.pos()
	x, err := p.primary()
	if err != nil {
		return nil, err
	}
	for count := 0; ; count++ {
		if count > MaxDepth {
			return nil, p.unsupported("a path that long")
		}
		switch {
		case p.accept("["):
			at, err := p.expr()
			if err != nil {
				return nil, err
			}
			if err := p.expectOr("]"); err != nil {
				return nil, err
			}
			x = &ast.Index{Pos: p.from(start), X: x, At: at}
		case p.is(".") && (p.peekKind(1) == flinksql.Identifier || p.peekKind(1) == flinksql.Quoted):
			p.at++
			n := p.anyName()
			x = &ast.Field{Pos: p.from(start), X: x, Name: n}
		default:
			return x, nil
		}
	}
}

func (p *parser) primary() (ast.Expr, error) {
	start := p.pos()
	switch p.kind() {
	case flinksql.Number:
		p.at++
		return &ast.Literal{Pos: start, Kind: ast.Number, Text: p.tokens[p.at-1].Text}, nil
	case flinksql.String:
		return p.stringExpr()
	case flinksql.Identifier, flinksql.Quoted:
		return p.identOrCall()
	case flinksql.Keyword:
		return p.keyword()
	}
	if p.is("(") {
		return p.parenthesized()
	}
	return nil, p.unexpected(true)
}

// parenthesized reads (query), (expr), or a row (a, b).
func (p *parser) parenthesized() (ast.Expr, error) {
	start := p.pos()
	p.at++
	if p.beginsQuery() {
		q, err := p.query()
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
		return &ast.Row{Pos: p.from(start), Items: list}, nil
	}
	if w := p.isAny("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"); w != "" {
		return p.difference(list[0], start)
	}
	return list[0], nil
}

// difference reads (a - b) UNIT.
func (p *parser) difference(e ast.Expr, start ast.Pos) (ast.Expr, error) {
	minus, ok := e.(*ast.Binary)
	if !ok || minus.Op != "-" || p.peekIs(1, "TO") || p.peekIs(1, "(") {
		return nil, p.unsupported("a unit in this place")
	}
	unit := p.symbol()
	return &ast.Call{Pos: p.from(start), Name: "$DIFFERENCE", Args: []ast.Expr{unit, minus.L, minus.R}}, nil
}

func (p *parser) closed(q *ast.Subquery, start ast.Pos) (ast.Expr, error) {
	err := p.expectOr(")")
	q.Pos = p.from(start)
	return q, err
}

// identOrCall reads a.b.c, a.b.* or f(…).
func (p *parser) identOrCall() (ast.Expr, error) {
	start := p.pos()
	if p.kind() == flinksql.Identifier && p.peekIs(1, "(") {
		return p.call()
	}
	if p.kind() == flinksql.Identifier && p.is("MAP") && p.peekIs(1, "[") {
		return p.constructor("MAP")
	}
	id := &ast.Ident{}
	for {
		id.Parts = append(id.Parts, p.anyName())
		id.Pos = p.from(start)
		if !p.is(".") {
			return id, nil
		}
		if p.peekIs(1, "*") {
			p.at += 2
			return &ast.Star{Pos: p.from(start), Of: id.Parts}, nil
		}
		k := p.peekKind(1)
		if k != flinksql.Identifier && k != flinksql.Quoted && k != flinksql.Keyword {
			p.at++
			return nil, p.unexpected(true)
		}
		p.at++
		if k == flinksql.Keyword {
			return nil, p.unexpected(true)
		}
		if p.peekIs(1, "(") {
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
func (p *parser) keyword() (ast.Expr, error) {
	start := p.pos()
	word := strings.ToUpper(p.tokens[p.at].Text)
	switch word {
	case "NULL", "TRUE", "FALSE", "UNKNOWN":
		p.at++
		kind := ast.Bool
		if word == "NULL" {
			kind = ast.Null
		}
		return &ast.Literal{Pos: start, Kind: kind, Text: word}, nil
	case "DATE", "TIME", "TIMESTAMP":
		if p.peekKind(1) == flinksql.String {
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
		if p.peekIs(1, "(") {
			return p.specialCall(word)
		}
	case "USER":
		if !p.peekIs(1, "(") {
			return &ast.Ident{Parts: []ast.Name{p.anyName()}, Pos: start}, nil
		}
	case "CURSOR", "UNIQUE", "NEXT", "CURRENT", "NEW", "PERIOD":
		if p.peekKind(1) != eof {
			return nil, p.unsupported(word)
		}
	}
	if niladic[word] && !p.peekIs(1, "(") {
		p.at++
		return &ast.Call{Pos: start, Name: word, Niladic: true}, nil
	}
	if clocks[word] && p.peekIs(1, "(") && p.peekIs(2, ")") { // Flink lets them have parentheses
		p.at += 3
		return &ast.Call{Pos: p.from(start), Name: word, Niladic: true}, nil
	}
	if p.peekIs(1, "(") && callable[word] {
		return p.call()
	}
	return nil, p.unexpected(true)
}

func (p *parser) caseExpr() (ast.Expr, error) {
	start := p.pos()
	p.at++
	c := &ast.Case{}
	var err error
	if !p.is("WHEN") {
		if c.Operand, err = p.expr(); err != nil {
			return nil, err
		}
	}
	for p.accept("WHEN") {
		var w ast.When
		if w.Cond, err = p.expr(); err != nil {
			return nil, err
		}
		if p.is(",") {
			return nil, p.unsupported("CASE … WHEN with a list")
		}
		if err := p.expect("THEN"); err != nil {
			return nil, err
		}
		if w.Then, err = p.expr(); err != nil {
			return nil, err
		}
		c.Whens = append(c.Whens, w)
	}
	if len(c.Whens) == 0 {
		return nil, p.unexpected(false)
	}
	if p.accept("ELSE") {
		if c.Else, err = p.expr(); err != nil {
			return nil, err
		}
	}
	err = p.expect("END")
	c.Pos = p.from(start)
	return c, err
}

func (p *parser) exists() (ast.Expr, error) {
	start := p.pos()
	p.at++
	q, _, err := p.listOrQuery()
	if err != nil {
		return nil, err
	}
	if q == nil {
		return nil, ast.Unsupported(start, "EXISTS of what is no query")
	}
	return &ast.Exists{Pos: p.from(start), Query: q}, nil
}
