package parse

import (
	"strconv"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// matchRecognize reads from MATCH_RECOGNIZE on, behind its table.
func (p *parser) matchRecognize(t ast.TableRef, start ast.Pos) (ast.TableRef, error) {
	p.at += 2
	m := &ast.Match{Table: t, Skip: ast.Skip{Next: true}}
	for _, read := range []func(*ast.Match) error{p.matchRows, p.matchMeasures, p.matchSkip, p.matchPattern, p.matchDefine} {
		if err := read(m); err != nil {
			return nil, err
		}
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	m.Pos = p.from(start)
	var err error
	m.Alias, err = p.tableAlias()
	return m, err
}

func (p *parser) matchRows(m *ast.Match) error {
	for p.accept("PARTITION", "BY") || len(m.PartitionBy) > 0 && p.accept(",") {
		e, err := p.expr()
		if err != nil {
			return err
		}
		m.PartitionBy = append(m.PartitionBy, e)
	}
	if !p.accept("ORDER", "BY") {
		return nil
	}
	var err error
	m.OrderBy, err = p.orderItems()
	return err
}

func (p *parser) matchMeasures(m *ast.Match) error {
	for p.accept("MEASURES") || len(m.Measures) > 0 && p.accept(",") {
		if w := p.isAny("FINAL", "RUNNING"); w != "" && p.peekIs(2, "(") {
			return p.unsupported(w + " in MEASURES")
		}
		e, err := p.expr()
		if err != nil {
			return err
		}
		if err := p.expect("AS"); err != nil {
			return err
		}
		n, err := p.name()
		if err != nil {
			return err
		}
		m.Measures = append(m.Measures, ast.Item{Expr: e, Alias: &n})
	}
	if p.accept("ONE", "ROW", "PER", "MATCH") {
		return nil
	}
	if p.is("ALL") && p.peekIs(1, "ROWS") {
		return p.unsupported("ALL ROWS PER MATCH")
	}
	return nil
}

func (p *parser) matchSkip(m *ast.Match) error {
	start := p.pos()
	if !p.accept("AFTER") {
		return nil
	}
	if err := p.expect("MATCH", "SKIP"); err != nil {
		return err
	}
	switch {
	case p.accept("PAST", "LAST", "ROW"):
		m.Skip.Next = false
	case p.accept("TO", "NEXT", "ROW"):
	case p.accept("TO"):
		m.Skip.Next = false
		if p.is("FIRST") || p.is("LAST") {
			m.Skip.First = p.is("FIRST")
			p.at++
		}
		n, err := p.name()
		if err != nil {
			return err
		}
		m.Skip.Var = &n
	default:
		return p.unexpected(false)
	}
	m.Skip.Pos = p.from(start)
	return nil
}

func (p *parser) matchPattern(m *ast.Match) error {
	if err := p.expect("PATTERN", "("); err != nil {
		return err
	}
	p.accept("^") // a match may begin anywhere all the same
	for !p.accept(")") {
		if p.is("$") && p.peekIs(1, ")") {
			p.at++
			continue
		}
		if w := p.isAny("|", "(", "{"); w != "" || p.is("PERMUTE") && p.peekIs(1, "(") {
			return p.unsupported("groups and alternatives in PATTERN")
		}
		n, err := p.name()
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
		return p.unsupported("an empty PATTERN")
	}
	if p.accept("WITHIN") {
		var err error
		m.Within, err = p.expr()
		return err
	}
	return nil
}

// quantifier reads *, +, ?, {n}, {n,}, {,m} or {n,m}, and ? for a reluctant one.
func (p *parser) quantifier(part *ast.PatternPart) error {
	switch {
	case p.accept("*"):
		part.From, part.To = 0, -1
	case p.accept("+"):
		part.From, part.To = 1, -1
	case p.accept("?"):
		part.From, part.To = 0, 1
	case p.is("{") && p.peekIs(1, "-"):
		return p.unsupported("rows that PATTERN excludes")
	case p.accept("{"):
		var err error
		if part.From, err = p.repeats(-1); err != nil {
			return err
		}
		part.To = part.From
		if p.accept(",") {
			if part.To, err = p.repeats(-1); err != nil {
				return err
			}
		}
		if err := p.expect("}"); err != nil {
			return err
		}
	default:
		return nil
	}
	part.Reluctant = p.accept("?")
	return nil
}

// repeats reads a number, or gives another one when none is there.
func (p *parser) repeats(without int) (int, error) {
	if p.kind() != flinksql.Number {
		return without, nil
	}
	n, err := strconv.Atoi(p.tokens[p.at].Text)
	if err != nil || n > 1000 {
		return 0, p.unsupported("this quantifier")
	}
	p.at++
	return n, nil
}

func (p *parser) matchDefine(m *ast.Match) error {
	if p.is("SUBSET") {
		return p.unsupported("SUBSET")
	}
	for p.accept("DEFINE") || len(m.Define) > 0 && p.accept(",") {
		n, err := p.name()
		if err != nil {
			return err
		}
		if err := p.expect("AS"); err != nil {
			return err
		}
		d := ast.Definition{Var: n}
		if d.Cond, err = p.expr(); err != nil {
			return err
		}
		m.Define = append(m.Define, d)
	}
	return nil
}
