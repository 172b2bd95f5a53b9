package queries

import (
	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// TextFrom is the statement's text from a token to the last one taken.
func (p *Parser) TextFrom(token int) string {
	if token >= p.At {
		return ""
	}
	return p.Text[p.Tokens[token].Offset:p.Tokens[p.At-1].End()]
}

// PlainString reads one string.
func (p *Parser) PlainString() (string, error) {
	if p.Kind() != flinksql.String {
		return "", p.Unexpected(false)
	}
	l, err := p.StringLiteral()
	if err != nil {
		return "", err
	}
	return l.Text, nil
}

// Options reads ('key' = 'value', …).
func (p *Parser) Options() ([]ast.Option, error) {
	if err := p.Expect("("); err != nil {
		return nil, err
	}
	var all []ast.Option
	if p.Accept(")") {
		return []ast.Option{}, nil
	}
	for {
		start := p.Pos()
		key, err := p.PlainString()
		if err != nil {
			return nil, err
		}
		if err := p.Expect("="); err != nil {
			return nil, err
		}
		v, err := p.PlainString()
		if err != nil {
			return nil, err
		}
		all = append(all, ast.Option{Pos: p.From(start), Key: key, Value: v})
		if !p.Accept(",") {
			return all, p.ExpectOr(")")
		}
	}
}
