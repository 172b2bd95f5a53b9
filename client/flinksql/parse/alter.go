package parse

import (
	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse/queries"
)

// alter reads ALTER of what drey knows.
func (p *parser) alter(start ast.Pos) (ast.Statement, error) {
	first := p.At
	p.At++
	a := &ast.Alter{What: p.AcceptAny("TABLE", "VIEW", "DATABASE", "CATALOG")}
	if a.What == "" {
		p.At = first
		return nil, p.notAStatement(start)
	}
	a.IfExists = p.Accept("IF", "EXISTS")
	var err error
	if a.Name, _, err = p.Path(); err != nil {
		return nil, err
	}
	if a.What == "VIEW" && p.Is("AS") {
		return p.viewQuery(&ast.CreateView{Name: a.Name, Alter: true}, start)
	}
	if err := p.alteration(a); err != nil {
		return nil, err
	}
	a.Pos = p.From(start)
	return a, nil
}

func (p *parser) alteration(a *ast.Alter) error {
	var err error
	switch a.Action = p.AcceptAny("SET", "RESET", "RENAME", "ADD", "MODIFY", "DROP"); a.Action {
	case "SET":
		if p.Accept("TBLPROPERTIES") && !p.Is("(") {
			return p.Unexpected(false)
		}
		a.Options, err = p.Options()
	case "RESET":
		err = p.keys(a)
	case "RENAME":
		err = p.rename(a)
	case "ADD", "MODIFY":
		err = p.added(a)
	case "DROP":
		err = p.dropped(a)
	default:
		if p.Kind() == queries.EOF {
			return p.Unexpected(true)
		}
		return p.Unsupported("this ALTER " + a.What)
	}
	return err
}

func (p *parser) keys(a *ast.Alter) error {
	if err := p.Expect("("); err != nil {
		return err
	}
	for {
		k, err := p.PlainString()
		if err != nil {
			return err
		}
		a.Keys = append(a.Keys, k)
		if !p.Accept(",") {
			return p.ExpectOr(")")
		}
	}
}

// rename reads RENAME TO table, or RENAME column TO column.
func (p *parser) rename(a *ast.Alter) error {
	var err error
	if !p.Is("TO") {
		if a.Columns, _, err = p.Path(); err != nil {
			return err
		}
		a.Action = "RENAME COLUMN"
	}
	if err := p.Expect("TO"); err != nil {
		return err
	}
	a.To, _, err = p.Path()
	return err
}

// added reads one element, or several in parentheses.
func (p *parser) added(a *ast.Alter) error {
	if p.Is("PARTITION") || p.Is("DISTRIBUTION") || p.Is("IF") {
		return p.Unsupported("ALTER TABLE " + a.Action + " " + p.Tokens[p.At].Text)
	}
	several := p.Accept("(")
	for {
		if err := p.element(&a.Elements); err != nil {
			return err
		}
		if err := p.position(&a.Elements); err != nil {
			return err
		}
		if !several || !p.Accept(",") {
			break
		}
	}
	if several {
		return p.ExpectOr(")")
	}
	return nil
}

// place reads FIRST or AFTER column behind a column.
func (p *parser) position(e *ast.Elements) error {
	if len(e.Columns) == 0 || p.IsAny("FIRST", "AFTER") == "" {
		return nil
	}
	c := &e.Columns[len(e.Columns)-1]
	if p.Accept("FIRST") {
		c.First = true
		return nil
	}
	p.At++
	n, err := p.Name()
	c.After = &n
	return err
}

func (p *parser) dropped(a *ast.Alter) error {
	switch {
	case p.Accept("PRIMARY", "KEY"):
		a.Action = "DROP KEY"
		return nil
	case p.Accept("CONSTRAINT"):
		n, err := p.Name()
		a.Action, a.Columns = "DROP CONSTRAINT", []ast.Name{n}
		return err
	case p.Accept("WATERMARK"):
		a.Action = "DROP WATERMARK"
		return nil
	case p.Is("PARTITION") || p.Is("DISTRIBUTION") || p.Is("IF"):
		return p.Unsupported("ALTER TABLE DROP " + p.Tokens[p.At].Text)
	case p.Is("("):
		var err error
		a.Columns, err = p.Names()
		return err
	}
	n, err := p.Name()
	a.Columns = []ast.Name{n}
	return err
}
