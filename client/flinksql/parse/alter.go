package parse

import "drey/client/flinksql/ast"

// alter reads ALTER of what drey knows.
func (p *parser) alter(start ast.Pos) (ast.Statement, error) {
	first := p.at
	p.at++
	a := &ast.Alter{What: p.acceptAny("TABLE", "VIEW", "DATABASE", "CATALOG")}
	if a.What == "" {
		p.at = first
		return nil, p.notAStatement(start)
	}
	a.IfExists = p.accept("IF", "EXISTS")
	var err error
	if a.Name, _, err = p.path(); err != nil {
		return nil, err
	}
	if a.What == "VIEW" && p.is("AS") {
		return p.viewQuery(&ast.CreateView{Name: a.Name, Alter: true}, start)
	}
	if err := p.alteration(a); err != nil {
		return nil, err
	}
	a.Pos = p.from(start)
	return a, nil
}

func (p *parser) alteration(a *ast.Alter) error {
	var err error
	switch a.Action = p.acceptAny("SET", "RESET", "RENAME", "ADD", "MODIFY", "DROP"); a.Action {
	case "SET":
		if p.accept("TBLPROPERTIES") && !p.is("(") {
			return p.unexpected(false)
		}
		a.Options, err = p.options()
	case "RESET":
		err = p.keys(a)
	case "RENAME":
		err = p.rename(a)
	case "ADD", "MODIFY":
		err = p.added(a)
	case "DROP":
		err = p.dropped(a)
	default:
		if p.kind() == eof {
			return p.unexpected(true)
		}
		return p.unsupported("this ALTER " + a.What)
	}
	return err
}

func (p *parser) keys(a *ast.Alter) error {
	if err := p.expect("("); err != nil {
		return err
	}
	for {
		k, err := p.text1()
		if err != nil {
			return err
		}
		a.Keys = append(a.Keys, k)
		if !p.accept(",") {
			return p.expectOr(")")
		}
	}
}

// rename reads RENAME TO table, or RENAME column TO column.
func (p *parser) rename(a *ast.Alter) error {
	var err error
	if !p.is("TO") {
		if a.Columns, _, err = p.path(); err != nil {
			return err
		}
		a.Action = "RENAME COLUMN"
	}
	if err := p.expect("TO"); err != nil {
		return err
	}
	a.To, _, err = p.path()
	return err
}

// added reads one element, or several in parentheses.
func (p *parser) added(a *ast.Alter) error {
	if p.is("PARTITION") || p.is("DISTRIBUTION") || p.is("IF") {
		return p.unsupported("ALTER TABLE " + a.Action + " " + p.tokens[p.at].Text)
	}
	several := p.accept("(")
	for {
		if err := p.element(&a.Elements); err != nil {
			return err
		}
		if err := p.position(&a.Elements); err != nil {
			return err
		}
		if !several || !p.accept(",") {
			break
		}
	}
	if several {
		return p.expectOr(")")
	}
	return nil
}

// place reads FIRST or AFTER column behind a column.
func (p *parser) position(e *ast.Elements) error {
	if len(e.Columns) == 0 || p.isAny("FIRST", "AFTER") == "" {
		return nil
	}
	c := &e.Columns[len(e.Columns)-1]
	if p.accept("FIRST") {
		c.First = true
		return nil
	}
	p.at++
	n, err := p.name()
	c.After = &n
	return err
}

func (p *parser) dropped(a *ast.Alter) error {
	switch {
	case p.accept("PRIMARY", "KEY"):
		a.Action = "DROP KEY"
		return nil
	case p.accept("CONSTRAINT"):
		n, err := p.name()
		a.Action, a.Columns = "DROP CONSTRAINT", []ast.Name{n}
		return err
	case p.accept("WATERMARK"):
		a.Action = "DROP WATERMARK"
		return nil
	case p.is("PARTITION") || p.is("DISTRIBUTION") || p.is("IF"):
		return p.unsupported("ALTER TABLE DROP " + p.tokens[p.at].Text)
	case p.is("("):
		var err error
		a.Columns, err = p.names()
		return err
	}
	n, err := p.name()
	a.Columns = []ast.Name{n}
	return err
}

// ParseType reads a data type alone.
func ParseType(text string) (*ast.Type, error) {
	p := newParser(text)
	t, err := p.columnType()
	if err == nil && p.kind() != eof {
		err = p.unexpected(true)
	}
	return t, err
}

// ParseExpr reads an expression alone.
func ParseExpr(text string) (ast.Expr, error) {
	p := newParser(text)
	e, err := p.expr()
	if err == nil && p.kind() != eof {
		err = p.unexpected(true)
	}
	return e, err
}
