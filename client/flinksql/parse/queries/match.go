package queries

import (
	"strconv"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// matchRecognize reads from MATCH_RECOGNIZE on, behind its table.
func (p *Parser) matchRecognize(t ast.TableRef, start ast.Pos) (ast.TableRef, error) {
	p.At += 2
	m := &ast.Match{Table: t, Skip: ast.Skip{Next: true}}
	for _, read := range []func(*ast.Match) error{
		p.matchRows, p.matchMeasures, p.matchSkip, p.matchPattern, p.matchDefine,
	} {
		if err := read(m); err != nil {
			return nil, err
		}
	}
	if err := p.Expect(")"); err != nil {
		return nil, err
	}
	m.Pos = p.From(start)
	var err error
	m.Alias, err = p.tableAlias()
	return m, err
}

func (p *Parser) matchRows(m *ast.Match) error {
	for p.Accept("PARTITION", "BY") || len(m.PartitionBy) > 0 && p.Accept(",") {
		e, err := p.Expr()
		if err != nil {
			return err
		}
		m.PartitionBy = append(m.PartitionBy, e)
	}
	if !p.Accept("ORDER", "BY") {
		return nil
	}
	var err error
	m.OrderBy, err = p.orderItems()
	return err
}

func (p *Parser) matchMeasures(m *ast.Match) error {
	for p.Accept("MEASURES") || len(m.Measures) > 0 && p.Accept(",") {
		if w := p.IsAny("FINAL", "RUNNING"); w != "" && p.PeekIs(2, "(") {
			return p.Unsupported(w + " in MEASURES")
		}
		e, err := p.Expr()
		if err != nil {
			return err
		}
		if err := p.Expect("AS"); err != nil {
			return err
		}
		n, err := p.Name()
		if err != nil {
			return err
		}
		m.Measures = append(m.Measures, ast.Item{Expr: e, Alias: &n})
	}
	if p.Accept("ONE", "ROW", "PER", "MATCH") {
		return nil
	}
	if p.Is("ALL") && p.PeekIs(1, "ROWS") {
		return p.Unsupported("ALL ROWS PER MATCH")
	}
	return nil
}

func (p *Parser) matchSkip(m *ast.Match) error {
	start := p.Pos()
	if !p.Accept("AFTER") {
		return nil
	}
	if err := p.Expect("MATCH", "SKIP"); err != nil {
		return err
	}
	switch {
	case p.Accept("PAST", "LAST", "ROW"):
		m.Skip.Next = false
	case p.Accept("TO", "NEXT", "ROW"):
	case p.Accept("TO"):
		m.Skip.Next = false
		if p.Is("FIRST") || p.Is("LAST") {
			m.Skip.First = p.Is("FIRST")
			p.At++
		}
		n, err := p.Name()
		if err != nil {
			return err
		}
		m.Skip.Var = &n
	default:
		return p.Unexpected(false)
	}
	m.Skip.Pos = p.From(start)
	return nil
}

func (p *Parser) matchPattern(m *ast.Match) error {
	if err := p.Expect("PATTERN", "("); err != nil {
		return err
	}
	p.Accept("^") // a match may begin anywhere all the same
	for !p.Accept(")") {
		if p.Is("$") && p.PeekIs(1, ")") {
			p.At++
			continue
		}
		if w := p.IsAny("|", "(", "{"); w != "" || p.Is("PERMUTE") && p.PeekIs(1, "(") {
			return p.Unsupported("groups and alternatives in PATTERN")
		}
		n, err := p.Name()
		if err != nil {
			return err
		}
		part := ast.PatternPart{Var: n, From: 1, To: 1}
		if err := p.quantifier(&part); err != nil {
			return err
		}
		m.Pattern = append(m.Pattern, part)
	}
	if len(m.Pattern) == 0 {
		return p.Unsupported("an empty PATTERN")
	}
	if p.Accept("WITHIN") {
		var err error
		m.Within, err = p.Expr()
		return err
	}
	return nil
}

// quantifier reads *, +, ?, {n}, {n,}, {,m} or {n,m}, and ? for a reluctant one.
func (p *Parser) quantifier(part *ast.PatternPart) error {
	switch {
	case p.Accept("*"):
		part.From, part.To = 0, -1
	case p.Accept("+"):
		part.From, part.To = 1, -1
	case p.Accept("?"):
		part.From, part.To = 0, 1
	case p.Is("{") && p.PeekIs(1, "-"):
		return p.Unsupported("rows that PATTERN excludes")
	case p.Accept("{"):
		var err error
		if part.From, err = p.repeats(-1); err != nil {
			return err
		}
		part.To = part.From
		if p.Accept(",") {
			if part.To, err = p.repeats(-1); err != nil {
				return err
			}
		}
		if err := p.Expect("}"); err != nil {
			return err
		}
	default:
		return nil
	}
	part.Reluctant = p.Accept("?")
	return nil
}

// repeats reads a number, or gives another one when none is there.
func (p *Parser) repeats(without int) (int, error) {
	if p.Kind() != flinksql.Number {
		return without, nil
	}
	n, err := strconv.Atoi(p.Tokens[p.At].Text)
	if err != nil || n > 1000 {
		return 0, p.Unsupported("this quantifier")
	}
	p.At++
	return n, nil
}

func (p *Parser) matchDefine(m *ast.Match) error {
	if p.Is("SUBSET") {
		return p.Unsupported("SUBSET")
	}
	for p.Accept("DEFINE") || len(m.Define) > 0 && p.Accept(",") {
		n, err := p.Name()
		if err != nil {
			return err
		}
		if err := p.Expect("AS"); err != nil {
			return err
		}
		d := ast.Definition{Var: n}
		if d.Cond, err = p.Expr(); err != nil {
			return err
		}
		m.Define = append(m.Define, d)
	}
	return nil
}
