package parse

import (
	"fmt"
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

func (p *parser) stringExpr() (ast.Expr, error) {
	lit, err := p.stringLiteral()
	if err != nil {
		return nil, err
	}
	if p.kind() == flinksql.String {
		next := p.pos()
		if next.Line == lit.EndLine {
			return nil, validation(next, "String literal continued on same line")
		}
		return nil, p.unsupported("a string in several pieces")
	}
	return lit, nil
}

// validation is a complaint of Flink's validator.
func validation(pos ast.Pos, text string) *ast.Error {
	where := fmt.Sprintf("From line %d, column %d to line %d, column %d", pos.Line, pos.Col, pos.EndLine, pos.EndCol)
	if pos.Line == pos.EndLine && pos.Col == pos.EndCol {
		where = fmt.Sprintf("At line %d, column %d", pos.Line, pos.Col)
	}
	return &ast.Error{Pos: pos, Validation: true, Message: "SQL validation failed. " + where + ": " + text}
}

// stringLiteral reads 'text', X'CAFE' or _UTF8'text'.
func (p *parser) stringLiteral() (*ast.Literal, error) {
	start := p.pos()
	t := p.tokens[p.at]
	p.at++
	open := strings.IndexByte(t.Text, '\'')
	body := strings.ReplaceAll(t.Text[open+1:len(t.Text)-1], "''", "'")
	switch prefix := strings.ToUpper(t.Text[:open]); prefix {
	case "", "_UTF8", "N":
		return &ast.Literal{Pos: start, Kind: ast.Text, Text: body}, nil
	case "X":
		if strings.Trim(body, "0123456789abcdefABCDEF") != "" {
			return nil, &ast.Error{Pos: start, Message: "SQL parse failed. Binary literal string must contain only characters '0' - '9', 'A' - 'F'"}
		}
		if len(body)%2 != 0 {
			return nil, validation(start, "Binary literal string must contain an even number of hexits")
		}
		return &ast.Literal{Pos: start, Kind: ast.Hex, Text: body}, nil
	default:
		return nil, ast.Unsupported(start, "a string with the prefix "+prefix)
	}
}

func (p *parser) timeLiteral(start ast.Pos, word string) (ast.Expr, error) {
	p.at++
	lit, err := p.stringLiteral()
	if err != nil {
		return nil, err
	}
	lit.Kind = map[string]ast.LiteralKind{"DATE": ast.Date, "TIME": ast.Time, "TIMESTAMP": ast.Timestamp}[word]
	lit.Pos = p.from(start)
	return lit, nil
}

var units = map[string]string{
	"YEAR": "YEAR", "YEARS": "YEAR", "QUARTER": "QUARTER", "QUARTERS": "QUARTER", "MONTH": "MONTH", "MONTHS": "MONTH",
	"WEEK": "WEEK", "WEEKS": "WEEK", "DAY": "DAY", "DAYS": "DAY", "HOUR": "HOUR", "HOURS": "HOUR", "MINUTE": "MINUTE", "MINUTES": "MINUTE",
	"SECOND": "SECOND", "SECONDS": "SECOND",
}

func (p *parser) unit() (string, error) {
	if p.at < len(p.tokens) {
		if u, ok := units[strings.ToUpper(p.tokens[p.at].Text)]; ok {
			p.at++
			return u, nil
		}
	}
	return "", p.unexpected(false)
}

func (p *parser) interval() (ast.Expr, error) {
	start := p.pos()
	p.at++
	iv := &ast.Interval{}
	switch p.acceptAny("-", "+") {
	case "-":
		iv.Negative = true
	}
	if p.kind() != flinksql.String {
		if p.kind() == eof {
			return nil, p.unexpected(true)
		}
		return nil, p.unsupported("INTERVAL of an expression")
	}
	lit, err := p.stringLiteral()
	if err != nil {
		return nil, err
	}
	iv.Text = lit.Text
	if iv.From, err = p.unit(); err != nil {
		return nil, err
	}
	if p.is("(") {
		return nil, p.unsupported("an interval with a precision")
	}
	if p.accept("TO") {
		if iv.To, err = p.unit(); err != nil {
			return nil, err
		}
		if p.is("(") {
			return nil, p.unsupported("an interval with a precision")
		}
	}
	iv.Pos = p.from(start)
	return iv, nil
}
