package parse

import (
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse/queries"
)

// create reads CREATE of what drey knows.
func (p *parser) create(start ast.Pos) (ast.Statement, error) {
	first := p.At
	p.At++
	replace := p.Accept("OR", "REPLACE")
	temporary := p.Accept("TEMPORARY")
	switch p.AcceptAny("TABLE", "VIEW", "DATABASE", "CATALOG") {
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
	p.At = first
	return nil, p.notAStatement(start)
}

func (p *parser) createTable(t *ast.CreateTable, start ast.Pos) (ast.Statement, error) {
	t.IfNotExists = p.Accept("IF", "NOT", "EXISTS")
	var err error
	if p.Is("IF") && p.PeekIs(1, "EXISTS") {
		p.At++
		return nil, p.Unexpected(false)
	}
	if t.Name, _, err = p.Path(); err != nil {
		return nil, err
	}
	if p.Accept("(") {
		if t.Elements, err = p.elements(); err != nil {
			return nil, err
		}
	}
	if t.Comment, err = p.comment(); err != nil {
		return nil, err
	}
	if p.IsAny("DISTRIBUTED") != "" {
		return nil, p.Unsupported("DISTRIBUTED")
	}
	if p.Accept("PARTITIONED") {
		if err := p.Expect("BY"); err != nil {
			return nil, err
		}
		if t.PartitionedBy, err = p.Names(); err != nil {
			return nil, err
		}
	}
	if p.Accept("WITH") {
		if t.Options, err = p.Options(); err != nil {
			return nil, err
		}
	}
	if p.Is("LIKE") {
		if t.Like, err = p.likeTable(); err != nil {
			return nil, err
		}
	}
	if p.Accept("AS") {
		if t.As, err = p.Query(); err != nil {
			return nil, err
		}
	}
	t.Pos = p.From(start)
	return t, nil
}

// likeTable reads LIKE table [(INCLUDING ALL …)].
func (p *parser) likeTable() (*ast.TableLike, error) {
	start := p.Pos()
	p.At++
	l := &ast.TableLike{}
	var err error
	if l.Table, _, err = p.Path(); err != nil {
		return nil, err
	}
	if p.Accept("(") {
		for !p.Accept(")") {
			how := p.AcceptAny("INCLUDING", "EXCLUDING", "OVERWRITING")
			what := p.AcceptAny(
				"ALL", "CONSTRAINTS", "DISTRIBUTION", "GENERATED", "METADATA", "OPTIONS", "PARTITIONS", "WATERMARKS",
			)
			if how == "" || what == "" {
				return nil, p.Unexpected(false)
			}
			l.Options = append(l.Options, [2]string{how, what})
		}
	}
	l.Pos = p.From(start)
	return l, nil
}

// comment reads COMMENT 'text', if it comes next.
func (p *parser) comment() (string, error) {
	if !p.Is("COMMENT") || p.PeekKind(1) != flinksql.String {
		return "", nil
	}
	p.At++
	return p.PlainString()
}

func (p *parser) createView(v *ast.CreateView, start ast.Pos) (ast.Statement, error) {
	v.IfNotExists = p.Accept("IF", "NOT", "EXISTS")
	var err error
	if v.Name, _, err = p.Path(); err != nil {
		return nil, err
	}
	if p.Is("(") {
		if v.Columns, err = p.Names(); err != nil {
			return nil, err
		}
	}
	if v.Comment, err = p.comment(); err != nil {
		return nil, err
	}
	return p.viewQuery(v, start)
}

func (p *parser) viewQuery(v *ast.CreateView, start ast.Pos) (ast.Statement, error) {
	if err := p.Expect("AS"); err != nil {
		return nil, err
	}
	token := p.At
	var err error
	if v.Query, err = p.Query(); err != nil {
		return nil, err
	}
	v.Text = p.TextFrom(token)
	v.Pos = p.From(start)
	return v, nil
}

func (p *parser) createObject(o *ast.CreateObject, start ast.Pos) (ast.Statement, error) {
	o.IfNotExists = p.Accept("IF", "NOT", "EXISTS")
	var err error
	if o.Name, _, err = p.Path(); err != nil {
		return nil, err
	}
	if o.Comment, err = p.comment(); err != nil {
		return nil, err
	}
	if p.Accept("WITH") {
		if o.Options, err = p.Options(); err != nil {
			return nil, err
		}
	}
	o.Pos = p.From(start)
	return o, nil
}

// drop reads DROP of what drey knows.
func (p *parser) drop(start ast.Pos) (ast.Statement, error) {
	first := p.At
	p.At++
	d := &ast.Drop{Temporary: p.Accept("TEMPORARY")}
	if d.What = p.AcceptAny("TABLE", "VIEW", "DATABASE", "CATALOG", "FUNCTION"); d.What == "" ||
		d.Temporary && d.What != "TABLE" && d.What != "VIEW" {
		p.At = first
		return nil, p.notAStatement(start)
	}
	d.IfExists = p.Accept("IF", "EXISTS")
	var err error
	if d.Name, _, err = p.Path(); err != nil {
		return nil, err
	}
	if d.What == "DATABASE" {
		d.Cascade = p.Accept("CASCADE")
		if !d.Cascade {
			p.Accept("RESTRICT")
		}
	}
	d.Pos = p.From(start)
	return d, nil
}

// explain reads EXPLAIN [PLAN FOR | details] statement.
func (p *parser) explain(start ast.Pos) (ast.Statement, error) {
	p.At++
	e := &ast.Explain{}
	if !p.Accept("PLAN", "FOR") {
		for {
			d := p.AcceptAny("ESTIMATED_COST", "CHANGELOG_MODE", "JSON_EXECUTION_PLAN", "PLAN_ADVICE")
			if d == "" {
				break
			}
			e.Details = append(e.Details, d)
			p.Accept(",")
		}
	}
	var err error
	switch {
	case p.Is("STATEMENT") && p.PeekIs(1, "SET"):
		e.Statement, err = p.statementSet(p.Pos())
	case p.Is("INSERT"):
		e.Statement, err = p.insert()
	case p.IsAny("SELECT", "VALUES", "WITH", "(") != "":
		e.Statement, err = p.queryStatement()
	case p.Kind() == queries.EOF:
		return nil, p.Unexpected(true)
	default:
		return nil, p.Unsupported("EXPLAIN of " + strings.ToUpper(p.Tokens[p.At].Text))
	}
	e.Pos = p.From(start)
	return e, err
}

// statementSet reads STATEMENT SET BEGIN insert; … END.
func (p *parser) statementSet(start ast.Pos) (ast.Statement, error) {
	if err := p.Expect("STATEMENT", "SET", "BEGIN"); err != nil {
		return nil, err
	}
	set := &ast.StatementSet{}
	for !p.Accept("END") {
		if !p.Is("INSERT") {
			if p.Is("CREATE") {
				return nil, p.Unsupported("CREATE in a statement set")
			}
			return nil, p.Unexpected(false)
		}
		s, err := p.insert()
		if err != nil {
			return nil, err
		}
		set.Inserts = append(set.Inserts, s.(*ast.Insert))
		if err := p.Expect(";"); err != nil {
			return nil, err
		}
	}
	set.Pos = p.From(start)
	return set, nil
}
