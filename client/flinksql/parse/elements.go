package parse

import "drey/client/flinksql/ast"

// elements reads columns and constraints up to the closing parenthesis.
func (p *parser) elements() (ast.Elements, error) {
	var e ast.Elements
	for {
		if err := p.element(&e); err != nil {
			return e, err
		}
		if !p.Accept(",") {
			return e, p.ExpectOr(")")
		}
	}
}

func (p *parser) element(e *ast.Elements) error {
	switch {
	case p.Is("WATERMARK") && p.PeekIs(1, "FOR"):
		return p.watermark(e)
	case p.Is("PRIMARY") || p.Is("CONSTRAINT") || p.Is("UNIQUE"):
		return p.constraint(e)
	}
	c, err := p.columnDef()
	if err == nil {
		e.Columns = append(e.Columns, c)
	}
	return err
}

func (p *parser) watermark(e *ast.Elements) error {
	start := p.Pos()
	p.At += 2
	w := &ast.WatermarkDef{}
	var err error
	if w.Column, _, err = p.Path(); err != nil {
		return err
	}
	if err := p.Expect("AS"); err != nil {
		return err
	}
	token := p.At
	if w.Expr, err = p.Expr(); err != nil {
		return err
	}
	w.ExprText = p.TextFrom(token)
	w.Pos = p.From(start)
	if e.Watermark != nil {
		return &ast.Error{
			Pos: w.Pos, Message: "SQL parse failed. Multiple WATERMARK declarations are not supported yet.",
		}
	}
	e.Watermark = w
	return nil
}

func (p *parser) constraint(e *ast.Elements) error {
	start := p.Pos()
	if p.Accept("CONSTRAINT") {
		n, err := p.Name()
		if err != nil {
			return err
		}
		e.KeyName = n.Text
	}
	if p.Is("UNIQUE") {
		return p.Unsupported("UNIQUE")
	}
	if err := p.Expect("PRIMARY", "KEY"); err != nil {
		return err
	}
	if e.PrimaryKey != nil {
		return &ast.Error{Pos: start, Message: "Duplicate primary key definition"}
	}
	var err error
	if e.PrimaryKey, err = p.Names(); err != nil {
		return err
	}
	e.Enforced = !p.Accept("NOT", "ENFORCED")
	p.Accept("ENFORCED")
	return nil
}

func (p *parser) columnDef() (ast.ColumnDef, error) {
	start := p.Pos()
	var c ast.ColumnDef
	var err error
	if c.Name, err = p.Name(); err != nil {
		return c, err
	}
	token := p.At
	if p.Accept("AS") {
		token = p.At
		if c.Expr, err = p.Expr(); err != nil {
			return c, err
		}
		c.ExprText = p.TextFrom(token)
	} else {
		if c.Type, err = p.ColumnType(); err != nil {
			return c, err
		}
		c.TypeText = p.TextFrom(token)
		if err := p.metadata(&c); err != nil {
			return c, err
		}
	}
	if p.Is("PRIMARY") {
		return c, p.Unsupported("PRIMARY KEY behind a column")
	}
	if c.Comment, err = p.comment(); err != nil {
		return c, err
	}
	c.Pos = p.From(start)
	return c, nil
}

func (p *parser) metadata(c *ast.ColumnDef) error {
	if !p.Accept("METADATA") {
		return nil
	}
	c.Metadata = true
	if p.Accept("FROM") {
		key, err := p.PlainString()
		if err != nil {
			return err
		}
		c.Key = key
	}
	c.Virtual = p.Accept("VIRTUAL")
	return nil
}
