package queries

import (
	"fmt"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// Query reads [WITH …] body [ORDER BY …] [LIMIT …].
func (p *Parser) Query() (*ast.Query, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	start := p.Pos()
	q := &ast.Query{}
	if p.Accept("WITH") {
		if err := p.with(q); err != nil {
			return nil, err
		}
	}
	var err error
	if q.Body, err = p.setOperation(0); err != nil {
		return nil, err
	}
	if p.Accept("ORDER") {
		if err := p.Expect("BY"); err != nil {
			return nil, err
		}
		if q.OrderBy, err = p.orderItems(); err != nil {
			return nil, err
		}
	}
	if err := p.limits(q); err != nil {
		return nil, err
	}
	q.Pos = p.From(start)
	return q, nil
}

func (p *Parser) with(q *ast.Query) error {
	q.Recursive = p.Accept("RECURSIVE")
	for {
		var c ast.CTE
		var err error
		if c.Name, err = p.Name(); err != nil {
			return err
		}
		if p.Is("(") {
			list := p.Pos()
			if c.Columns, err = p.Names(); err != nil {
				return err
			}
			c.List = p.From(list)
		}
		if err := p.Expect("AS", "("); err != nil {
			return err
		}
		if c.Query, err = p.Query(); err != nil {
			return err
		}
		if err := p.Expect(")"); err != nil {
			return err
		}
		q.With = append(q.With, c)
		if !p.Accept(",") {
			return nil
		}
	}
}

// setOperation reads bodies joined by operators of at least this precedence:
// 0 for UNION and EXCEPT, 1 for INTERSECT.
func (p *Parser) setOperation(precedence int) (ast.Body, error) {
	left, err := p.body()
	if err != nil {
		return nil, err
	}
	for count := 0; ; count++ {
		op := p.IsAny("UNION", "EXCEPT", "INTERSECT", "MINUS")
		if op == "" || precedence == 1 && op != "INTERSECT" {
			return left, nil
		}
		if op == "MINUS" {
			return nil, &ast.Error{
				Pos: p.Pos(), Message: "SQL parse failed. MINUS is not allowed under the current SQL conformance level",
			}
		}
		if count > MaxDepth {
			return nil, p.Unsupported(fmt.Sprintf("more than %d set operations in a row", MaxDepth))
		}
		p.At++
		all := p.Accept("ALL")
		if !all {
			p.Accept("DISTINCT")
		}
		var right ast.Body
		if op == "INTERSECT" {
			right, err = p.body()
		} else {
			right, err = p.setOperation(1)
		}
		if err != nil {
			return nil, err
		}
		left = &ast.SetOp{Pos: left.Span().To(right.Span()), Op: op, All: all, L: left, R: right}
	}
}

func (p *Parser) body() (ast.Body, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	switch p.IsAny("SELECT", "VALUES", "(", "TABLE") {
	case "SELECT":
		return p.selectBody()
	case "VALUES":
		return p.Values()
	case "(":
		p.At++
		q, err := p.Query()
		if err != nil {
			return nil, err
		}
		return q, p.Expect(")")
	case "TABLE":
		if p.PeekKind(1) == flinksql.Identifier {
			return nil, p.Unsupported("TABLE name as a query")
		}
	}
	return nil, p.Unexpected(false)
}

// Values reads VALUES.
func (p *Parser) Values() (ast.Body, error) {
	start := p.Pos()
	p.At++
	v := &ast.Values{}
	for {
		e, err := p.Expr()
		if err != nil {
			return nil, err
		}
		v.Rows = append(v.Rows, e)
		if !p.Accept(",") {
			v.Pos = p.From(start)
			return v, nil
		}
	}
}

func (p *Parser) selectBody() (ast.Body, error) {
	start := p.Pos()
	p.At++
	s := &ast.Select{}
	if p.Kind() == flinksql.Hint || p.Is("STREAM") {
		return nil, p.Unsupported("a hint or STREAM after SELECT")
	}
	if p.Accept("DISTINCT") {
		s.Distinct = true
	} else {
		p.Accept("ALL")
	}
	for {
		item, err := p.item()
		if err != nil {
			return nil, err
		}
		s.Items = append(s.Items, item)
		if !p.Accept(",") {
			break
		}
	}
	if err := p.clauses(s); err != nil {
		return nil, err
	}
	s.Pos = p.From(start)
	return s, nil
}

func (p *Parser) item() (ast.Item, error) {
	var it ast.Item
	var err error
	if it.Expr, err = p.itemExpr(); err != nil {
		return it, err
	}
	it.Alias, err = p.alias()
	return it, err
}

func (p *Parser) itemExpr() (ast.Expr, error) {
	if p.Is("*") {
		p.At++
		return &ast.Star{Pos: p.From(tokenPos(p.Tokens[p.At-1]))}, nil
	}
	return p.Expr()
}

// alias reads [AS] name; after AS also a 'string'.
func (p *Parser) alias() (*ast.Name, error) {
	if p.Accept("AS") {
		if p.Kind() == flinksql.String {
			return nil, p.Unsupported("a string as an alias")
		}
		if !p.isName() {
			return nil, p.Unexpected(true)
		}
	}
	if !p.isName() {
		return nil, nil
	}
	n := p.anyName()
	return &n, nil
}

// clauses reads what follows the select list.
func (p *Parser) clauses(s *ast.Select) error {
	var err error
	if !p.Accept("FROM") {
		return nil
	}
	if s.From, err = p.from1(); err != nil {
		return err
	}
	if p.Accept("WHERE") {
		if s.Where, err = p.Expr(); err != nil {
			return err
		}
	}
	if p.Accept("GROUP") {
		if err := p.groupBy(s); err != nil {
			return err
		}
	}
	if p.Accept("HAVING") {
		if s.Having, err = p.Expr(); err != nil {
			return err
		}
	}
	if p.Accept("WINDOW") {
		if err := p.windows(s); err != nil {
			return err
		}
	}
	if p.Accept("QUALIFY") {
		s.Qualify, err = p.Expr()
	}
	return err
}
