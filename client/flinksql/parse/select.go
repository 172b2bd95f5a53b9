package parse

import (
	"fmt"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// query reads [WITH …] body [ORDER BY …] [LIMIT …].
func (p *parser) query() (*ast.Query, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	start := p.pos()
	q := &ast.Query{}
	if p.accept("WITH") {
		if err := p.with(q); err != nil {
			return nil, err
		}
	}
	var err error
	if q.Body, err = p.setOperation(0); err != nil {
		return nil, err
	}
	if p.accept("ORDER") {
		if err := p.expect("BY"); err != nil {
			return nil, err
		}
		if q.OrderBy, err = p.orderItems(); err != nil {
			return nil, err
		}
	}
	if err := p.limits(q); err != nil {
		return nil, err
	}
	q.Pos = p.from(start)
	return q, nil
}

func (p *parser) with(q *ast.Query) error {
	q.Recursive = p.accept("RECURSIVE")
	for {
		var c ast.CTE
		var err error
		if c.Name, err = p.name(); err != nil {
			return err
		}
		if p.is("(") {
			list := p.pos()
			if c.Columns, err = p.names(); err != nil {
				return err
			}
			c.List = p.from(list)
		}
		if err := p.expect("AS", "("); err != nil {
			return err
		}
		if c.Query, err = p.query(); err != nil {
			return err
		}
		if err := p.expect(")"); err != nil {
			return err
		}
		q.With = append(q.With, c)
		if !p.accept(",") {
			return nil
		}
	}
}

// setOperation reads bodies joined by operators of at least this precedence:
// 0 for UNION and EXCEPT, 1 for INTERSECT.
func (p *parser) setOperation(precedence int) (ast.Body, error) {
	left, err := p.body()
	if err != nil {
		return nil, err
	}
	for count := 0; ; count++ {
		op := p.isAny("UNION", "EXCEPT", "INTERSECT", "MINUS")
		if op == "" || precedence == 1 && op != "INTERSECT" {
			return left, nil
		}
		if op == "MINUS" {
			return nil, &ast.Error{Pos: p.pos(), Message: "SQL parse failed. MINUS is not allowed under the current SQL conformance level"}
		}
		if count > MaxDepth {
			return nil, p.unsupported(fmt.Sprintf("more than %d set operations in a row", MaxDepth))
		}
		p.at++
		all := p.accept("ALL")
		if !all {
			p.accept("DISTINCT")
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

func (p *parser) body() (ast.Body, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	switch p.isAny("SELECT", "VALUES", "(", "TABLE") {
	case "SELECT":
		return p.selectBody()
	case "VALUES":
		return p.values()
	case "(":
		p.at++
		q, err := p.query()
		if err != nil {
			return nil, err
		}
		return q, p.expect(")")
	case "TABLE":
		if p.peekKind(1) == flinksql.Identifier {
			return nil, p.unsupported("TABLE name as a query")
		}
	}
	return nil, p.unexpected(false)
}

func (p *parser) values() (ast.Body, error) {
	start := p.pos()
	p.at++
	v := &ast.Values{}
	for {
		e, err := p.expr()
		if err != nil {
			return nil, err
		}
		v.Rows = append(v.Rows, e)
		if !p.accept(",") {
			v.Pos = p.from(start)
			return v, nil
		}
	}
}

func (p *parser) selectBody() (ast.Body, error) {
	start := p.pos()
	p.at++
	s := &ast.Select{}
	if p.kind() == flinksql.Hint || p.is("STREAM") {
		return nil, p.unsupported("a hint or STREAM after SELECT")
	}
	if p.accept("DISTINCT") {
		s.Distinct = true
	} else {
		p.accept("ALL")
	}
	for {
		item, err := p.item()
		if err != nil {
			return nil, err
		}
		s.Items = append(s.Items, item)
		if !p.accept(",") {
			break
		}
	}
	if err := p.clauses(s); err != nil {
		return nil, err
	}
	s.Pos = p.from(start)
	return s, nil
}

func (p *parser) item() (ast.Item, error) {
	var it ast.Item
	var err error
	if it.Expr, err = p.itemExpr(); err != nil {
		return it, err
	}
	it.Alias, err = p.alias()
	return it, err
}

func (p *parser) itemExpr() (ast.Expr, error) {
	if p.is("*") {
		p.at++
		return &ast.Star{Pos: p.from(tokenPos(p.tokens[p.at-1]))}, nil
	}
	return p.expr()
}

// alias reads [AS] name; after AS also a 'string'.
func (p *parser) alias() (*ast.Name, error) {
	if p.accept("AS") {
		if p.kind() == flinksql.String {
			return nil, p.unsupported("a string as an alias")
		}
		if !p.isName() {
			return nil, p.unexpected(true)
		}
	}
	if !p.isName() {
		return nil, nil
	}
	n := p.anyName()
	return &n, nil
}

// clauses reads what follows the select list.
func (p *parser) clauses(s *ast.Select) error {
	var err error
	if !p.accept("FROM") {
		return nil
	}
	if s.From, err = p.from1(); err != nil {
		return err
	}
	if p.accept("WHERE") {
		if s.Where, err = p.expr(); err != nil {
			return err
		}
	}
	if p.accept("GROUP") {
		if err := p.groupBy(s); err != nil {
			return err
		}
	}
	if p.accept("HAVING") {
		if s.Having, err = p.expr(); err != nil {
			return err
		}
	}
	if p.accept("WINDOW") {
		if err := p.windows(s); err != nil {
			return err
		}
	}
	if p.accept("QUALIFY") {
		s.Qualify, err = p.expr()
	}
	return err
}
