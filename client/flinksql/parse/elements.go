package parse

import "drey/client/flinksql/ast"

// elements reads columns and constraints up to the closing parenthesis.
func (p *parser) elements() (ast.Elements, error) {
	var e ast.Elements
	for {
		if err := p.element(&e); err != nil {
			return e, err
		}
		if !p.accept(",") {
			return e, p.expectOr(")")
		}
	}
}

func (p *parser) element(e *ast.Elements) error {
	switch {
	case p.is("WATERMARK") && p.peekIs(1, "FOR"):
		return p.watermark(e)
	case p.is("PRIMARY") || p.is("CONSTRAINT") || p.is("UNIQUE"):
		return p.constraint(e)
	}
	c, err := p.columnDef()
	if err == nil {
		e.Columns = append(e.Columns, c)
	}
	return err
}

func (p *parser) watermark(e *ast.Elements) error {
	start := p.pos()
	p.at += 2
	w := &ast.WatermarkDef{}
	var err error
	if w.Column, _, err = p.path(); err != nil {
		return err
	}
	if err := p.expect("AS"); err != nil {
		return err
	}
	token := p.at
	if w.Expr, err = p.expr(); err != nil {
		return err
	}
	w.ExprText = p.textFrom(token)
	w.Pos = p.from(start)
	if e.Watermark != nil {
		return &ast.Error{Pos: w.Pos, Message: "SQL parse failed. Multiple WATERMARK declarations are not supported yet."}
	}
	e.Watermark = w
	return nil
}

func (p *parser) constraint(e *ast.Elements) error {
	start := p.pos()
	if p.accept("CONSTRAINT") {
		n, err := p.name()
		if err != nil {
			return err
		}
		e.KeyName = n.Text
	}
	if p.is("UNIQUE") {
		return p.unsupported("UNIQUE")
	}
	if err := p.expect("PRIMARY", "KEY"); err != nil {
		return err
	}
	if e.PrimaryKey != nil {
		return &ast.Error{Pos: start, Message: "Duplicate primary key definition"}
	}
	var err error
	if e.PrimaryKey, err = p.names(); err != nil {
		return err
	}
	e.Enforced = !p.accept("NOT", "ENFORCED")
	p.accept("ENFORCED")
	return nil
}

func (p *parser) columnDef() (ast.ColumnDef, error) {
	start := p.pos()
	var c ast.ColumnDef
	var err error
	if c.Name, err = p.name(); err != nil {
		return c, err
	}
	token := p.at
	if p.accept("AS") {
		token = p.at
		if c.Expr, err = p.expr(); err != nil {
			return c, err
		}
		c.ExprText = p.textFrom(token)
	} else {
		if c.Type, err = p.columnType(); err != nil {
			return c, err
		}
		c.TypeText = p.textFrom(token)
		if err := p.metadata(&c); err != nil {
			return c, err
		}
	}
	if p.is("PRIMARY") {
		return c, p.unsupported("PRIMARY KEY behind a column")
	}
	if c.Comment, err = p.comment(); err != nil {
		return c, err
	}
	c.Pos = p.from(start)
	return c, nil
}

func (p *parser) metadata(c *ast.ColumnDef) error {
	if !p.accept("METADATA") {
		return nil
	}
	c.Metadata = true
	if p.accept("FROM") {
		key, err := p.text1()
		if err != nil {
			return err
		}
		c.Key = key
	}
	c.Virtual = p.accept("VIRTUAL")
	return nil
}
