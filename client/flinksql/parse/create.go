package parse

import (
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// textFrom is the statement's text from a token to the last one taken.
func (p *parser) textFrom(token int) string {
	if token >= p.at {
		return ""
	}
	return p.text[p.tokens[token].Offset:p.tokens[p.at-1].End()]
}

// create reads CREATE of what drey knows.
func (p *parser) create(start ast.Pos) (ast.Statement, error) {
	first := p.at
	p.at++
	replace := p.accept("OR", "REPLACE")
	temporary := p.accept("TEMPORARY")
	switch p.acceptAny("TABLE", "VIEW", "DATABASE", "CATALOG") {
	case "TABLE":
		return p.createTable(&ast.CreateTable{OrReplace: replace, Temporary: temporary}, start)
	case "VIEW":
		if !replace {
			return p.createView(&ast.CreateView{Temporary: temporary}, start)
		}
	case "DATABASE":
		if !replace && !temporary {
			return p.createObject(&ast.CreateObject{What: "DATABASE"}, start)
		}
	case "CATALOG":
		if !replace && !temporary {
			return p.createObject(&ast.CreateObject{What: "CATALOG"}, start)
		}
	}
	p.at = first
	return nil, p.notAStatement(start)
}

func (p *parser) createTable(t *ast.CreateTable, start ast.Pos) (ast.Statement, error) {
	t.IfNotExists = p.accept("IF", "NOT", "EXISTS")
	var err error
	if p.is("IF") && p.peekIs(1, "EXISTS") {
		p.at++
		return nil, p.unexpected(false)
	}
	if t.Name, _, err = p.path(); err != nil {
		return nil, err
	}
	if p.accept("(") {
		if t.Elements, err = p.elements(); err != nil {
			return nil, err
		}
	}
	if t.Comment, err = p.comment(); err != nil {
		return nil, err
	}
	if p.isAny("DISTRIBUTED") != "" {
		return nil, p.unsupported("DISTRIBUTED")
	}
	if p.accept("PARTITIONED") {
		if err := p.expect("BY"); err != nil {
			return nil, err
		}
		if t.PartitionedBy, err = p.names(); err != nil {
			return nil, err
		}
	}
	if p.accept("WITH") {
		if t.Options, err = p.options(); err != nil {
			return nil, err
		}
	}
	if p.is("LIKE") {
		if t.Like, err = p.likeTable(); err != nil {
			return nil, err
		}
	}
	if p.accept("AS") {
		if t.As, err = p.query(); err != nil {
			return nil, err
		}
	}
	t.Pos = p.from(start)
	return t, nil
}

// likeTable reads LIKE table [(INCLUDING ALL …)].
func (p *parser) likeTable() (*ast.TableLike, error) {
	start := p.pos()
	p.at++
	l := &ast.TableLike{}
	var err error
	if l.Table, _, err = p.path(); err != nil {
		return nil, err
	}
	if p.accept("(") {
		for !p.accept(")") {
			how := p.acceptAny("INCLUDING", "EXCLUDING", "OVERWRITING")
			what := p.acceptAny("ALL", "CONSTRAINTS", "DISTRIBUTION", "GENERATED", "METADATA", "OPTIONS", "PARTITIONS", "WATERMARKS")
			if how == "" || what == "" {
				return nil, p.unexpected(false)
			}
			l.Options = append(l.Options, [2]string{how, what})
		}
	}
	l.Pos = p.from(start)
	return l, nil
}

// comment reads COMMENT 'text', if it comes next.
func (p *parser) comment() (string, error) {
	if !p.is("COMMENT") || p.peekKind(1) != flinksql.String {
		return "", nil
	}
	p.at++
	return p.text1()
}

// text1 reads one string.
func (p *parser) text1() (string, error) {
	if p.kind() != flinksql.String {
		return "", p.unexpected(false)
	}
	l, err := p.stringLiteral()
	if err != nil {
		return "", err
	}
	return l.Text, nil
}

// options reads ('key' = 'value', …).
func (p *parser) options() ([]ast.Option, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var all []ast.Option
	if p.accept(")") {
		return []ast.Option{}, nil
	}
	for {
		start := p.pos()
		key, err := p.text1()
		if err != nil {
			return nil, err
		}
		if err := p.expect("="); err != nil {
			return nil, err
		}
		v, err := p.text1()
		if err != nil {
			return nil, err
		}
		all = append(all, ast.Option{Pos: p.from(start), Key: key, Value: v})
		if !p.accept(",") {
			return all, p.expectOr(")")
		}
	}
}

func (p *parser) createView(v *ast.CreateView, start ast.Pos) (ast.Statement, error) {
	v.IfNotExists = p.accept("IF", "NOT", "EXISTS")
	var err error
	if v.Name, _, err = p.path(); err != nil {
		return nil, err
	}
	if p.is("(") {
		if v.Columns, err = p.names(); err != nil {
			return nil, err
		}
	}
	if v.Comment, err = p.comment(); err != nil {
		return nil, err
	}
	return p.viewQuery(v, start)
}

func (p *parser) viewQuery(v *ast.CreateView, start ast.Pos) (ast.Statement, error) {
	if err := p.expect("AS"); err != nil {
		return nil, err
	}
	token := p.at
	var err error
	if v.Query, err = p.query(); err != nil {
		return nil, err
	}
	v.Text = p.textFrom(token)
	v.Pos = p.from(start)
	return v, nil
}

func (p *parser) createObject(o *ast.CreateObject, start ast.Pos) (ast.Statement, error) {
	o.IfNotExists = p.accept("IF", "NOT", "EXISTS")
	var err error
	if o.Name, _, err = p.path(); err != nil {
		return nil, err
	}
	if o.Comment, err = p.comment(); err != nil {
		return nil, err
	}
	if p.accept("WITH") {
		if o.Options, err = p.options(); err != nil {
			return nil, err
		}
	}
	o.Pos = p.from(start)
	return o, nil
}

// drop reads DROP of what drey knows.
func (p *parser) drop(start ast.Pos) (ast.Statement, error) {
	first := p.at
	p.at++
	d := &ast.Drop{Temporary: p.accept("TEMPORARY")}
	if d.What = p.acceptAny("TABLE", "VIEW", "DATABASE", "CATALOG", "FUNCTION"); d.What == "" || d.Temporary && d.What != "TABLE" && d.What != "VIEW" {
		p.at = first
		return nil, p.notAStatement(start)
	}
	d.IfExists = p.accept("IF", "EXISTS")
	var err error
	if d.Name, _, err = p.path(); err != nil {
		return nil, err
	}
	if d.What == "DATABASE" {
		d.Cascade = p.accept("CASCADE")
		if !d.Cascade {
			p.accept("RESTRICT")
		}
	}
	d.Pos = p.from(start)
	return d, nil
}

// explain reads EXPLAIN [PLAN FOR | details] statement.
func (p *parser) explain(start ast.Pos) (ast.Statement, error) {
	p.at++
	e := &ast.Explain{}
	if !p.accept("PLAN", "FOR") {
		for {
			d := p.acceptAny("ESTIMATED_COST", "CHANGELOG_MODE", "JSON_EXECUTION_PLAN", "PLAN_ADVICE")
			if d == "" {
				break
			}
			e.Details = append(e.Details, d)
			p.accept(",")
		}
	}
	var err error
	switch {
	case p.is("STATEMENT") && p.peekIs(1, "SET"):
		e.Statement, err = p.statementSet(p.pos())
	case p.is("INSERT"):
		e.Statement, err = p.insert()
	case p.isAny("SELECT", "VALUES", "WITH", "(") != "":
		e.Statement, err = p.queryStatement()
	case p.kind() == eof:
		return nil, p.unexpected(true)
	default:
		return nil, p.unsupported("EXPLAIN of " + strings.ToUpper(p.tokens[p.at].Text))
	}
	e.Pos = p.from(start)
	return e, err
}

// statementSet reads STATEMENT SET BEGIN insert; … END.
func (p *parser) statementSet(start ast.Pos) (ast.Statement, error) {
	if err := p.expect("STATEMENT", "SET", "BEGIN"); err != nil {
		return nil, err
	}
	set := &ast.StatementSet{}
	for !p.accept("END") {
		if !p.is("INSERT") {
			if p.is("CREATE") {
				return nil, p.unsupported("CREATE in a statement set")
			}
			return nil, p.unexpected(false)
		}
		s, err := p.insert()
		if err != nil {
			return nil, err
		}
		set.Inserts = append(set.Inserts, s.(*ast.Insert))
		if err := p.expect(";"); err != nil {
			return nil, err
		}
	}
	set.Pos = p.from(start)
	return set, nil
}
