package parse

import (
	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

func (p *parser) groupBy(s *ast.Select) error {
	if err := p.expect("BY"); err != nil {
		return err
	}
	s.Grouped = true
	if p.isAny("DISTINCT", "ALL") != "" {
		return p.unsupported("GROUP BY DISTINCT or ALL")
	}
	for {
		g, err := p.groupItem()
		if err != nil {
			return err
		}
		s.GroupBy = append(s.GroupBy, g)
		if !p.accept(",") {
			return nil
		}
	}
}

func (p *parser) groupItem() (ast.GroupItem, error) {
	start := p.pos()
	var g ast.GroupItem
	switch {
	case p.accept("ROLLUP"):
		g.Kind = "ROLLUP"
	case p.accept("CUBE"):
		g.Kind = "CUBE"
	case p.accept("GROUPING", "SETS"):
		g.Kind = "GROUPING SETS"
	case p.accept("(", ")"):
		g.Kind = "GROUPING SETS"
		g.Sets = [][]ast.Expr{{}}
		g.Pos = p.from(start)
		return g, nil
	default:
		e, err := p.expr()
		g.Expr, g.Pos = e, p.from(start)
		return g, err
	}
	if err := p.expect("("); err != nil {
		return g, err
	}
	for {
		set, err := p.groupSet()
		if err != nil {
			return g, err
		}
		g.Sets = append(g.Sets, set)
		if !p.accept(",") {
			g.Pos = p.from(start)
			return g, p.expect(")")
		}
	}
}

// groupSet reads (a, b), () or a.
func (p *parser) groupSet() ([]ast.Expr, error) {
	if p.accept("(", ")") {
		return []ast.Expr{}, nil
	}
	if w := p.isAny("ROLLUP", "CUBE", "GROUPING"); w != "" {
		return nil, p.unsupported("nested " + w)
	}
	e, err := p.expr()
	if err != nil {
		return nil, err
	}
	if r, ok := e.(*ast.Row); ok {
		return r.Items, nil
	}
	return []ast.Expr{e}, nil
}

func (p *parser) orderItems() ([]ast.OrderItem, error) {
	var all []ast.OrderItem
	for {
		e, err := p.expr()
		if err != nil {
			return nil, err
		}
		it := ast.OrderItem{Expr: e}
		if p.accept("DESC") {
			it.Desc = true
		} else {
			p.accept("ASC")
		}
		if p.accept("NULLS") {
			first := p.accept("FIRST")
			if !first {
				if err := p.expect("LAST"); err != nil {
					return nil, err
				}
			}
			it.NullsFirst = &first
		}
		all = append(all, it)
		if !p.accept(",") {
			return all, nil
		}
	}
}

// limits reads LIMIT, OFFSET and FETCH in the orders that Flink allows.
func (p *parser) limits(q *ast.Query) error {
	var err error
	for {
		switch {
		case p.accept("LIMIT"):
			if p.accept("ALL") {
				continue
			}
			if q.Limit, err = p.count(); err != nil {
				return err
			}
			if p.is(",") {
				return p.unsupported("LIMIT start, count")
			}
		case p.accept("OFFSET"):
			if q.Offset, err = p.count(); err != nil {
				return err
			}
			p.acceptAny("ROW", "ROWS")
		case p.accept("FETCH"):
			if p.acceptAny("FIRST", "NEXT") == "" {
				return p.unexpected(false)
			}
			if q.Limit, err = p.count(); err != nil {
				return err
			}
			if p.acceptAny("ROW", "ROWS") == "" {
				return p.unexpected(false)
			}
			if err := p.expect("ONLY"); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// count reads an unsigned number.
func (p *parser) count() (ast.Expr, error) {
	if p.kind() != flinksql.Number {
		return nil, p.unexpected(false)
	}
	p.at++
	t := p.tokens[p.at-1]
	return &ast.Literal{Pos: tokenPos(t), Kind: ast.Number, Text: t.Text}, nil
}
