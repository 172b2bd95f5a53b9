package queries

import (
	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

func (p *Parser) groupBy(s *ast.Select) error {
	if err := p.Expect("BY"); err != nil {
		return err
	}
	s.Grouped = true
	if p.IsAny("DISTINCT", "ALL") != "" {
		return p.Unsupported("GROUP BY DISTINCT or ALL")
	}
	for {
		g, err := p.groupItem()
		if err != nil {
			return err
		}
		s.GroupBy = append(s.GroupBy, g)
		if !p.Accept(",") {
			return nil
		}
	}
}

func (p *Parser) groupItem() (ast.GroupItem, error) {
	start := p.Pos()
	var g ast.GroupItem
	switch {
	case p.Accept("ROLLUP"):
		g.Kind = "ROLLUP"
	case p.Accept("CUBE"):
		g.Kind = "CUBE"
	case p.Accept("GROUPING", "SETS"):
		g.Kind = "GROUPING SETS"
	case p.Accept("(", ")"):
		g.Kind = "GROUPING SETS"
		g.Sets = [][]ast.Expr{{}}
		g.Pos = p.From(start)
		return g, nil
	default:
		e, err := p.Expr()
		g.Expr, g.Pos = e, p.From(start)
		return g, err
	}
	if err := p.Expect("("); err != nil {
		return g, err
	}
	for {
		set, err := p.groupSet()
		if err != nil {
			return g, err
		}
		g.Sets = append(g.Sets, set)
		if !p.Accept(",") {
			g.Pos = p.From(start)
			return g, p.Expect(")")
		}
	}
}

// groupSet reads (a, b), () or a.
func (p *Parser) groupSet() ([]ast.Expr, error) {
	if p.Accept("(", ")") {
		return []ast.Expr{}, nil
	}
	if w := p.IsAny("ROLLUP", "CUBE", "GROUPING"); w != "" {
		return nil, p.Unsupported("nested " + w)
	}
	e, err := p.Expr()
	if err != nil {
		return nil, err
	}
	if r, ok := e.(*ast.Row); ok {
		return r.Items, nil
	}
	return []ast.Expr{e}, nil
}

func (p *Parser) orderItems() ([]ast.OrderItem, error) {
	var all []ast.OrderItem
	for {
		e, err := p.Expr()
		if err != nil {
			return nil, err
		}
		it := ast.OrderItem{Expr: e}
		if p.Accept("DESC") {
			it.Desc = true
		} else {
			p.Accept("ASC")
		}
		if p.Accept("NULLS") {
			first := p.Accept("FIRST")
			if !first {
				if err := p.Expect("LAST"); err != nil {
					return nil, err
				}
			}
			it.NullsFirst = &first
		}
		all = append(all, it)
		if !p.Accept(",") {
			return all, nil
		}
	}
}

// limits reads LIMIT, OFFSET and FETCH in the orders that Flink allows.
func (p *Parser) limits(q *ast.Query) error {
	var err error
	for {
		switch {
		case p.Accept("LIMIT"):
			if p.Accept("ALL") {
				continue
			}
			if q.Limit, err = p.count(); err != nil {
				return err
			}
			if p.Is(",") {
				return p.Unsupported("LIMIT start, count")
			}
		case p.Accept("OFFSET"):
			if q.Offset, err = p.count(); err != nil {
				return err
			}
			p.AcceptAny("ROW", "ROWS")
		case p.Accept("FETCH"):
			if p.AcceptAny("FIRST", "NEXT") == "" {
				return p.Unexpected(false)
			}
			if q.Limit, err = p.count(); err != nil {
				return err
			}
			if p.AcceptAny("ROW", "ROWS") == "" {
				return p.Unexpected(false)
			}
			if err := p.Expect("ONLY"); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// count reads an unsigned number.
func (p *Parser) count() (ast.Expr, error) {
	if p.Kind() != flinksql.Number {
		return nil, p.Unexpected(false)
	}
	p.At++
	t := p.Tokens[p.At-1]
	return &ast.Literal{Pos: tokenPos(t), Kind: ast.Number, Text: t.Text}, nil
}
