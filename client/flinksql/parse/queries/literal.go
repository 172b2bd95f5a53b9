package queries

import (
	"fmt"
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

func (p *Parser) stringExpr() (ast.Expr, error) {
	lit, err := p.StringLiteral()
	if err != nil {
		return nil, err
	}
	if p.Kind() == flinksql.String {
		next := p.Pos()
		if next.Line == lit.EndLine {
			return nil, Validation(next, "String literal continued on same line")
		}
		return nil, p.Unsupported("a string in several pieces")
	}
	return lit, nil
}

// Validation is a complaint of Flink's validator.
func Validation(pos ast.Pos, text string) *ast.Error {
	where := fmt.Sprintf("From line %d, column %d to line %d, column %d", pos.Line, pos.Col, pos.EndLine, pos.EndCol)
	if pos.Line == pos.EndLine && pos.Col == pos.EndCol {
		where = fmt.Sprintf("At line %d, column %d", pos.Line, pos.Col)
	}
	return &ast.Error{Pos: pos, Validation: true, Message: "SQL validation failed. " + where + ": " + text}
}

// StringLiteral reads 'text', X'CAFE' or _UTF8'text'.
func (p *Parser) StringLiteral() (*ast.Literal, error) {
	start := p.Pos()
	t := p.Tokens[p.At]
	p.At++
	open := strings.IndexByte(t.Text, '\'')
	body := strings.ReplaceAll(t.Text[open+1:len(t.Text)-1], "''", "'")
	switch prefix := strings.ToUpper(t.Text[:open]); prefix {
	case "", "_UTF8", "N":
		return &ast.Literal{Pos: start, Kind: ast.Text, Text: body}, nil
	case "X":
		if strings.Trim(body, "0123456789abcdefABCDEF") != "" {
			return nil, &ast.Error{
				Pos:     start,
				Message: "SQL parse failed. Binary literal string must contain only characters '0' - '9', 'A' - 'F'",
			}
		}
		if len(body)%2 != 0 {
			return nil, Validation(start, "Binary literal string must contain an even number of hexits")
		}
		return &ast.Literal{Pos: start, Kind: ast.Hex, Text: body}, nil
	default:
		return nil, ast.Unsupported(start, "a string with the prefix "+prefix)
	}
}

func (p *Parser) timeLiteral(start ast.Pos, word string) (ast.Expr, error) {
	p.At++
	lit, err := p.StringLiteral()
	if err != nil {
		return nil, err
	}
	lit.Kind = map[string]ast.LiteralKind{"DATE": ast.Date, "TIME": ast.Time, "TIMESTAMP": ast.Timestamp}[word]
	lit.Pos = p.From(start)
	return lit, nil
}

var units = map[string]string{
	"YEAR": "YEAR", "YEARS": "YEAR", "QUARTER": "QUARTER", "QUARTERS": "QUARTER", "MONTH": "MONTH", "MONTHS": "MONTH",
	"WEEK": "WEEK", "WEEKS": "WEEK", "DAY": "DAY", "DAYS": "DAY", "HOUR": "HOUR", "HOURS": "HOUR",
	"MINUTE": "MINUTE", "MINUTES": "MINUTE",
	"SECOND": "SECOND", "SECONDS": "SECOND",
}

func (p *Parser) unit() (string, error) {
	if p.At < len(p.Tokens) {
		if u, ok := units[strings.ToUpper(p.Tokens[p.At].Text)]; ok {
			p.At++
			return u, nil
		}
	}
	return "", p.Unexpected(false)
}

func (p *Parser) interval() (ast.Expr, error) {
	start := p.Pos()
	p.At++
	iv := &ast.Interval{}
	switch p.AcceptAny("-", "+") {
	case "-":
		iv.Negative = true
	}
	if p.Kind() != flinksql.String {
		if p.Kind() == EOF {
			return nil, p.Unexpected(true)
		}
		return nil, p.Unsupported("INTERVAL of an expression")
	}
	lit, err := p.StringLiteral()
	if err != nil {
		return nil, err
	}
	iv.Text = lit.Text
	if iv.From, err = p.unit(); err != nil {
		return nil, err
	}
	if p.Is("(") {
		return nil, p.Unsupported("an interval with a precision")
	}
	if p.Accept("TO") {
		if iv.To, err = p.unit(); err != nil {
			return nil, err
		}
		if p.Is("(") {
			return nil, p.Unsupported("an interval with a precision")
		}
	}
	iv.Pos = p.From(start)
	return iv, nil
}
