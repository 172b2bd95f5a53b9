package parse

import (
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// statement reads the statement that begins here.
func (p *parser) statement() (ast.Statement, error) {
	if p.kind() == eof {
		return nil, &ast.Error{Message: `Encountered "<EOF>" at line 0, column 0.`}
	}
	start := p.pos()
	switch p.isAny("SELECT", "VALUES", "WITH", "(", "INSERT", "SHOW", "DESCRIBE", "DESC", "EXECUTE", "UPSERT", "CREATE", "DROP", "ALTER", "EXPLAIN") {
	case "SELECT", "VALUES", "WITH", "(":
		return p.queryStatement()
	case "EXECUTE":
		return p.execute()
	case "INSERT":
		return p.insert()
	case "SHOW":
		return p.show(start)
	case "DESCRIBE", "DESC":
		return p.describe(start)
	case "CREATE":
		return p.create(start)
	case "DROP":
		return p.drop(start)
	case "ALTER":
		return p.alter(start)
	case "EXPLAIN":
		return p.explain(start)
	}
	if p.is("END") && p.peekKind(1) == eof {
		return nil, &ast.Error{Pos: start, Message: "No Statement Set to submit. 'END' statement should be used after 'BEGIN STATEMENT SET'."}
	}
	return nil, p.notAStatement(start)
}

func (p *parser) queryStatement() (ast.Statement, error) {
	start := p.pos()
	q, err := p.query()
	if err != nil {
		return nil, err
	}
	return &ast.QueryStatement{Pos: p.from(start), Query: q}, nil
}

func (p *parser) execute() (ast.Statement, error) {
	if p.peekIs(1, "STATEMENT") {
		start := p.pos()
		p.at++
		return p.statementSet(start)
	}
	if p.peekIs(1, "PLAN") {
		return nil, p.unsupported("EXECUTE " + strings.ToUpper(p.tokens[p.at+1].Text))
	}
	p.at++
	if p.is("INSERT") {
		return p.insert()
	}
	return p.queryStatement()
}

// notAStatement tells a statement that drey does not read from a text that is none.
func (p *parser) notAStatement(start ast.Pos) error {
	var rest strings.Builder
	for i := p.at; i < min(p.at+8, len(p.tokens)); i++ {
		rest.WriteString(p.tokens[i].Text + " ")
	}
	kind := flinksql.KindOf(rest.String())
	if kind != flinksql.Unknown && len(p.tokens) > p.at+1 {
		return ast.Unsupported(start, "the statement "+strings.ReplaceAll(string(kind), "_", " "))
	}
	if p.kind() == flinksql.Identifier && kind == flinksql.Unknown {
		return &ast.Error{Pos: start, Message: "SQL parse failed. Non-query expression encountered in illegal context"}
	}
	if kind != flinksql.Unknown {
		return p.keywordError(start)
	}
	return p.unexpected(true)
}

func (p *parser) keywordError(start ast.Pos) error {
	saved := p.tokens[p.at].Kind
	p.tokens[p.at].Kind = flinksql.Keyword
	err := p.unexpected(true)
	p.tokens[p.at].Kind = saved
	err.Pos = start
	return err
}

func (p *parser) insert() (ast.Statement, error) {
	start := p.pos()
	p.at++
	s := &ast.Insert{Overwrite: p.accept("OVERWRITE")}
	if !s.Overwrite {
		if err := p.expect("INTO"); err != nil {
			return nil, err
		}
	}
	var err error
	if s.Table, _, err = p.path(); err != nil {
		return nil, err
	}
	if s.Options, err = p.tableHint(); err != nil {
		return nil, err
	}
	if p.accept("PARTITION") {
		if s.Partition, err = p.partition(); err != nil {
			return nil, err
		}
	}
	if p.is("(") && !p.peekIs(1, "SELECT") && !p.peekIs(1, "VALUES") && !p.peekIs(1, "WITH") && !p.peekIs(1, "(") {
		if s.Columns, err = p.names(); err != nil {
			return nil, err
		}
	}
	if p.is("VALUE") && p.peekIs(1, "(") { // here it may stand for VALUES
		s.Query = &ast.Query{}
		if s.Query.Body, err = p.values(); err == nil {
			s.Query.Pos = s.Query.Body.Span()
		}
	} else {
		s.Query, err = p.query()
	}
	s.Pos = p.from(start)
	return s, err
}

var shown = []string{"CATALOGS", "DATABASES", "TABLES", "VIEWS", "FUNCTIONS", "MODULES", "COLUMNS", "JOBS", "JARS", "CURRENT", "CREATE", "FULL", "USER", "PARTITIONS", "PROCEDURES", "MODELS", "MATERIALIZED"}

// partition reads (column = value, …).
func (p *parser) partition() ([]ast.PartitionValue, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var all []ast.PartitionValue
	for {
		n, err := p.name()
		if err != nil {
			return nil, err
		}
		if !p.accept("=") {
			return nil, p.unsupported("a partition without a value")
		}
		e, err := p.expr()
		if err != nil {
			return nil, err
		}
		all = append(all, ast.PartitionValue{Column: n, Value: e})
		if !p.accept(",") {
			return all, p.expectOr(")")
		}
	}
}

func (p *parser) show(start ast.Pos) (ast.Statement, error) {
	if p.at+1 >= len(p.tokens) {
		return nil, p.keywordError(start)
	}
	p.at++
	what := p.acceptAny(shown...)
	switch what {
	case "":
		p.at--
		return nil, p.keywordError(start)
	case "CURRENT":
		w := p.acceptAny("CATALOG", "DATABASE")
		if w == "" {
			return nil, p.unexpected(false)
		}
		return &ast.Show{Pos: p.from(start), What: what + " " + w}, nil
	case "CATALOGS", "DATABASES", "TABLES", "VIEWS", "FUNCTIONS", "COLUMNS":
		return p.showList(start, what)
	case "CREATE":
		return p.showCreate(start)
	case "MODULES", "JARS", "MODELS", "JOBS":
		return &ast.Show{Pos: p.from(start), What: what}, nil
	case "FULL", "USER":
		if w := p.acceptAny("MODULES", "FUNCTIONS"); (what == "FULL") == (w == "MODULES") && w != "" {
			return &ast.Show{Pos: p.from(start), What: what + " " + w}, nil
		}
	}
	p.at -= 2
	return nil, p.unsupported("SHOW " + what)
}

// showCreate reads SHOW CREATE TABLE, VIEW or CATALOG.
func (p *parser) showCreate(start ast.Pos) (ast.Statement, error) {
	what := p.acceptAny("TABLE", "VIEW", "CATALOG")
	if what == "" {
		p.at--
		return nil, p.unsupported("this SHOW CREATE")
	}
	of, _, err := p.path()
	return &ast.Show{Pos: p.from(start), What: "CREATE " + what, Of: of}, err
}

func (p *parser) showList(start ast.Pos, what string) (ast.Statement, error) {
	s := &ast.Show{What: what}
	if p.acceptAny("FROM", "IN") != "" {
		var err error
		if s.Of, _, err = p.path(); err != nil {
			return nil, err
		}
	}
	if p.is("ILIKE") || p.is("NOT") && p.peekIs(1, "ILIKE") {
		return nil, p.unsupported("ILIKE")
	}
	s.Not = p.accept("NOT")
	if s.Not && !p.is("LIKE") {
		return nil, p.unexpected(false)
	}
	if p.accept("LIKE") {
		if p.kind() != flinksql.String {
			return nil, p.unexpected(false)
		}
		lit, err := p.stringLiteral()
		if err != nil {
			return nil, err
		}
		s.Like = lit
	}
	s.Pos = p.from(start)
	return s, nil
}

func (p *parser) describe(start ast.Pos) (ast.Statement, error) {
	p.at++
	named := p.peekKind(1) != eof && !p.peekIs(1, ".") && !p.peekIs(1, ";")
	if p.is("CATALOG") && named {
		p.at++
		parts, _, err := p.path()
		return &ast.Show{Pos: p.from(start), What: "CREATE CATALOG", Of: parts}, err
	}
	if what := p.isAny("FUNCTION", "DATABASE"); what != "" && named {
		p.at++
		p.accept("EXTENDED")
		parts, pos, err := p.path()
		if err == nil && what == "DATABASE" && len(parts) == 1 && p.kind() == eof { // taken for a column, as by Flink
			return nil, validation(pos, "Column '"+parts[0].Text+"' not found in any table")
		}
		if err == nil {
			err = ast.Unsupported(start, "DESCRIBE "+what)
		}
		return nil, err
	}
	if p.isAny("MODEL", "JOB") != "" && named {
		return nil, p.unsupported("DESCRIBE " + strings.ToUpper(p.tokens[p.at].Text))
	}
	if named {
		p.accept("EXTENDED")
	}
	p.accept("TABLE")
	parts, _, err := p.path()
	if err != nil {
		return nil, err
	}
	return &ast.Describe{Pos: p.from(start), Table: parts}, nil
}
