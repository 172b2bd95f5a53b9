package parse

import (
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse/queries"
)

// statement reads the statement that begins here.
func (p *parser) statement() (ast.Statement, error) {
	if p.Kind() == queries.EOF {
		return nil, &ast.Error{Message: `Encountered "<EOF>" at line 0, column 0.`}
	}
	start := p.Pos()
	switch p.IsAny(
		"SELECT", "VALUES", "WITH", "(", "INSERT", "SHOW", "DESCRIBE", "DESC", "EXECUTE", "UPSERT", "CREATE", "DROP",
		"ALTER", "EXPLAIN",
	) {
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
	if p.Is("END") && p.PeekKind(1) == queries.EOF {
		return nil, &ast.Error{
			Pos:     start,
			Message: "No Statement Set to submit. 'END' statement should be used after 'BEGIN STATEMENT SET'.",
		}
	}
	return nil, p.notAStatement(start)
}

func (p *parser) queryStatement() (ast.Statement, error) {
	start := p.Pos()
	q, err := p.Query()
	if err != nil {
		return nil, err
	}
	return &ast.QueryStatement{Pos: p.From(start), Query: q}, nil
}

func (p *parser) execute() (ast.Statement, error) {
	if p.PeekIs(1, "STATEMENT") {
		start := p.Pos()
		p.At++
		return p.statementSet(start)
	}
	if p.PeekIs(1, "PLAN") {
		return nil, p.Unsupported("EXECUTE " + strings.ToUpper(p.Tokens[p.At+1].Text))
	}
	p.At++
	if p.Is("INSERT") {
		return p.insert()
	}
	return p.queryStatement()
}

// notAStatement tells a statement that drey does not read from a text that is none.
func (p *parser) notAStatement(start ast.Pos) error {
	var rest strings.Builder
	for i := p.At; i < min(p.At+8, len(p.Tokens)); i++ {
		rest.WriteString(p.Tokens[i].Text + " ")
	}
	kind := flinksql.KindOf(rest.String())
	if kind != flinksql.Unknown && len(p.Tokens) > p.At+1 {
		return ast.Unsupported(start, "the statement "+strings.ReplaceAll(string(kind), "_", " "))
	}
	if p.Kind() == flinksql.Identifier && kind == flinksql.Unknown {
		return &ast.Error{Pos: start, Message: "SQL parse failed. Non-query expression encountered in illegal context"}
	}
	if kind != flinksql.Unknown {
		return p.keywordError(start)
	}
	return p.Unexpected(true)
}

func (p *parser) keywordError(start ast.Pos) error {
	saved := p.Tokens[p.At].Kind
	p.Tokens[p.At].Kind = flinksql.Keyword
	err := p.Unexpected(true)
	p.Tokens[p.At].Kind = saved
	err.Pos = start
	return err
}

func (p *parser) insert() (ast.Statement, error) {
	start := p.Pos()
	p.At++
	s := &ast.Insert{Overwrite: p.Accept("OVERWRITE")}
	if !s.Overwrite {
		if err := p.Expect("INTO"); err != nil {
			return nil, err
		}
	}
	var err error
	if s.Table, _, err = p.Path(); err != nil {
		return nil, err
	}
	if s.Options, err = p.TableHint(); err != nil {
		return nil, err
	}
	if p.Accept("PARTITION") {
		if s.Partition, err = p.partition(); err != nil {
			return nil, err
		}
	}
	if p.Is("(") && !p.PeekIs(1, "SELECT") && !p.PeekIs(1, "VALUES") && !p.PeekIs(1, "WITH") && !p.PeekIs(1, "(") {
		if s.Columns, err = p.Names(); err != nil {
			return nil, err
		}
	}
	if p.Is("VALUE") && p.PeekIs(1, "(") { // here it may stand for VALUES
		s.Query = &ast.Query{}
		if s.Query.Body, err = p.Values(); err == nil {
			s.Query.Pos = s.Query.Body.Span()
		}
	} else {
		s.Query, err = p.Query()
	}
	s.Pos = p.From(start)
	return s, err
}

var shown = []string{
	"CATALOGS", "DATABASES", "TABLES", "VIEWS", "FUNCTIONS", "MODULES", "COLUMNS", "JOBS", "JARS", "CURRENT", "CREATE",
	"FULL", "USER", "PARTITIONS", "PROCEDURES", "MODELS", "MATERIALIZED",
}

// partition reads (column = value, …).
func (p *parser) partition() ([]ast.PartitionValue, error) {
	if err := p.Expect("("); err != nil {
		return nil, err
	}
	var all []ast.PartitionValue
	for {
		n, err := p.Name()
		if err != nil {
			return nil, err
		}
		if !p.Accept("=") {
			return nil, p.Unsupported("a partition without a value")
		}
		e, err := p.Expr()
		if err != nil {
			return nil, err
		}
		all = append(all, ast.PartitionValue{Column: n, Value: e})
		if !p.Accept(",") {
			return all, p.ExpectOr(")")
		}
	}
}

func (p *parser) show(start ast.Pos) (ast.Statement, error) {
	if p.At+1 >= len(p.Tokens) {
		return nil, p.keywordError(start)
	}
	p.At++
	what := p.AcceptAny(shown...)
	switch what {
	case "":
		p.At--
		return nil, p.keywordError(start)
	case "CURRENT":
		w := p.AcceptAny("CATALOG", "DATABASE")
		if w == "" {
			return nil, p.Unexpected(false)
		}
		return &ast.Show{Pos: p.From(start), What: what + " " + w}, nil
	case "CATALOGS", "DATABASES", "TABLES", "VIEWS", "FUNCTIONS", "COLUMNS":
		return p.showList(start, what)
	case "CREATE":
		return p.showCreate(start)
	case "MODULES", "JARS", "MODELS", "JOBS":
		return &ast.Show{Pos: p.From(start), What: what}, nil
	case "FULL", "USER":
		if w := p.AcceptAny("MODULES", "FUNCTIONS"); (what == "FULL") == (w == "MODULES") && w != "" {
			return &ast.Show{Pos: p.From(start), What: what + " " + w}, nil
		}
	}
	p.At -= 2
	return nil, p.Unsupported("SHOW " + what)
}

// showCreate reads SHOW CREATE TABLE, VIEW or CATALOG.
func (p *parser) showCreate(start ast.Pos) (ast.Statement, error) {
	what := p.AcceptAny("TABLE", "VIEW", "CATALOG")
	if what == "" {
		p.At--
		return nil, p.Unsupported("this SHOW CREATE")
	}
	of, _, err := p.Path()
	return &ast.Show{Pos: p.From(start), What: "CREATE " + what, Of: of}, err
}

func (p *parser) showList(start ast.Pos, what string) (ast.Statement, error) {
	s := &ast.Show{What: what}
	if p.AcceptAny("FROM", "IN") != "" {
		var err error
		if s.Of, _, err = p.Path(); err != nil {
			return nil, err
		}
	}
	if p.Is("ILIKE") || p.Is("NOT") && p.PeekIs(1, "ILIKE") {
		return nil, p.Unsupported("ILIKE")
	}
	s.Not = p.Accept("NOT")
	if s.Not && !p.Is("LIKE") {
		return nil, p.Unexpected(false)
	}
	if p.Accept("LIKE") {
		if p.Kind() != flinksql.String {
			return nil, p.Unexpected(false)
		}
		lit, err := p.StringLiteral()
		if err != nil {
			return nil, err
		}
		s.Like = lit
	}
	s.Pos = p.From(start)
	return s, nil
}

func (p *parser) describe(start ast.Pos) (ast.Statement, error) {
	p.At++
	named := p.PeekKind(1) != queries.EOF && !p.PeekIs(1, ".") && !p.PeekIs(1, ";")
	if p.Is("CATALOG") && named {
		p.At++
		parts, _, err := p.Path()
		return &ast.Show{Pos: p.From(start), What: "CREATE CATALOG", Of: parts}, err
	}
	if what := p.IsAny("FUNCTION", "DATABASE"); what != "" && named {
		p.At++
		p.Accept("EXTENDED")
		parts, pos, err := p.Path()
		// taken for a column, as by Flink
		if err == nil && what == "DATABASE" && len(parts) == 1 && p.Kind() == queries.EOF {
			return nil, queries.Validation(pos, "Column '"+parts[0].Text+"' not found in any table")
		}
		if err == nil {
			err = ast.Unsupported(start, "DESCRIBE "+what)
		}
		return nil, err
	}
	if p.IsAny("MODEL", "JOB") != "" && named {
		return nil, p.Unsupported("DESCRIBE " + strings.ToUpper(p.Tokens[p.At].Text))
	}
	if named {
		p.Accept("EXTENDED")
	}
	p.Accept("TABLE")
	parts, _, err := p.Path()
	if err != nil {
		return nil, err
	}
	return &ast.Describe{Pos: p.From(start), Table: parts}, nil
}
