package queries

import (
	"fmt"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// from1 reads the tables of FROM up to the next clause.
func (p *Parser) from1() (ast.TableRef, error) {
	left, err := p.joined()
	if err != nil {
		return nil, err
	}
	for count := 0; p.Accept(","); count++ {
		if count > MaxDepth {
			return nil, p.Unsupported(fmt.Sprintf("more than %d tables", MaxDepth))
		}
		right, err := p.joined()
		if err != nil {
			return nil, err
		}
		left = &ast.Join{Pos: left.Span().To(right.Span()), Kind: "CROSS", Comma: true, L: left, R: right}
	}
	return left, nil
}

func (p *Parser) joined() (ast.TableRef, error) {
	left, err := p.Table()
	if err != nil {
		return nil, err
	}
	for count := 0; ; count++ {
		if count > MaxDepth {
			return nil, p.Unsupported(fmt.Sprintf("more than %d joins", MaxDepth))
		}
		j, err := p.joinHead()
		if err != nil || j == nil {
			return left, err
		}
		if j.R, err = p.Table(); err != nil {
			return nil, err
		}
		j.L = left
		if err := p.joinCondition(j); err != nil {
			return nil, err
		}
		j.Pos = p.From(left.Span())
		left = j
	}
}

// joinHead reads up to JOIN; nil when no join follows.
func (p *Parser) joinHead() (*ast.Join, error) {
	first := p.At
	j := &ast.Join{Kind: "INNER", Natural: p.Accept("NATURAL")}
	switch {
	case p.Accept("CROSS"):
		if p.Is("APPLY") {
			return nil, p.Unsupported("CROSS APPLY")
		}
		j.Kind = "CROSS"
	case p.Accept("INNER"):
	case p.IsAny("LEFT", "RIGHT", "FULL") != "":
		j.Kind = p.AcceptAny("LEFT", "RIGHT", "FULL")
		p.Accept("OUTER")
	case !p.Is("JOIN"):
		if j.Natural {
			return nil, p.Unexpected(false)
		}
		return nil, nil
	}
	if j.Word = p.Pos(); !p.Is("JOIN") {
		p.At = first
		return nil, p.Unexpected(true)
	}
	if p.At++; p.Kind() == EOF {
		p.At = first
		return nil, p.Unexpected(true)
	}
	return j, nil
}

func (p *Parser) joinCondition(j *ast.Join) error {
	var err error
	j.Cond = p.Pos()
	switch {
	case p.Accept("ON"):
		j.On, err = p.Expr()
	case p.Accept("USING"):
		j.Using, err = p.Names()
	}
	return err
}

// Table reads what stands behind FROM.
func (p *Parser) Table() (ast.TableRef, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	start := p.Pos()
	lateral := p.Accept("LATERAL")
	switch {
	case p.Is("UNNEST"):
		return p.unnest(start)
	case p.Is("TABLE") && p.PeekIs(1, "("):
		return p.wrappedFunction(start, lateral)
	case lateral && !p.Is("("):
		return nil, p.Unsupported("this LATERAL")
	case lateral:
		return p.lateral(start)
	}
	if p.Is("(") {
		return p.parenTable(start)
	}
	return p.namedTable(start)
}

// namedTable reads a table by its path, or a function that gives one.
func (p *Parser) namedTable(start ast.Pos) (ast.TableRef, error) {
	parts, pos, err := p.Path()
	if err != nil {
		return nil, err
	}
	if p.Is("(") && len(parts) == 1 {
		f, err := p.tableFunction(parts[0], start)
		if err != nil {
			return nil, err
		}
		f.Alias, err = p.tableAlias()
		return f, err
	}
	t := &ast.Table{Pos: pos, Parts: parts}
	if t.Options, err = p.TableHint(); err != nil {
		return nil, err
	}
	if err := p.asOf(t); err != nil {
		return nil, err
	}
	if p.Is("MATCH_RECOGNIZE") && p.PeekIs(1, "(") {
		return p.matchRecognize(t, start)
	}
	if err := p.tableSuffix(); err != nil {
		return nil, err
	}
	if t.Alias, err = p.tableAlias(); err != nil {
		return nil, err
	}
	if err := p.asOf(t); err != nil {
		return nil, err
	}
	if p.Is("MATCH_RECOGNIZE") && p.PeekIs(1, "(") {
		t.Whole = p.From(start)
		return p.matchRecognize(t, start)
	}
	if err := p.tableSuffix(); err != nil {
		return nil, err
	}
	t.Whole = p.From(start)
	return t, nil
}

func (p *Parser) tableSuffix() error {
	if p.Kind() == flinksql.Hint {
		return p.Unsupported("a hint")
	}
	if w := p.IsAny("MATCH_RECOGNIZE", "PIVOT", "UNPIVOT", "TABLESAMPLE"); w == "TABLESAMPLE" ||
		w != "" && p.PeekIs(1, "(") {
		return p.Unsupported(w)
	}
	if p.Is("FOR") && (p.PeekIs(1, "SYSTEM_TIME") || p.PeekIs(1, "SYSTEM")) {
		return p.Unsupported("FOR SYSTEM_TIME AS OF")
	}
	return nil
}

func (p *Parser) tableAlias() (ast.Alias, error) {
	var a ast.Alias
	if p.Accept("AS") && !p.isName() {
		return a, p.Unexpected(true)
	}
	if !p.isName() || p.Is("MATCH_RECOGNIZE") || p.Is("PIVOT") || p.Is("UNPIVOT") {
		return a, nil
	}
	n := p.anyName()
	a.Name = &n
	if p.Is("(") {
		var err error
		a.Columns, err = p.Names()
		return a, err
	}
	return a, nil
}

// parenTable reads (query) or (a JOIN b).
func (p *Parser) parenTable(start ast.Pos) (ast.TableRef, error) {
	n := 1
	for p.PeekIs(n, "(") {
		n++
	}
	if !p.PeekIs(n, "SELECT") && !p.PeekIs(n, "VALUES") && !p.PeekIs(n, "WITH") {
		p.At++
		t, err := p.from1()
		if err != nil {
			return nil, err
		}
		return t, p.Expect(")")
	}
	if n > 1 {
		if t, ok, err := p.tryParenJoin(); ok || err != nil {
			return t, err
		}
	}
	p.At++
	q, err := p.Query()
	if err != nil {
		return nil, err
	}
	if err := p.Expect(")"); err != nil {
		return nil, err
	}
	d := &ast.Derived{Query: q}
	if p.Is("MATCH_RECOGNIZE") && p.PeekIs(1, "(") {
		d.Pos = p.From(start)
		return p.matchRecognize(d, start)
	}
	if err := p.tableSuffix(); err != nil {
		return nil, err
	}
	if d.Alias, err = p.tableAlias(); err != nil {
		return nil, err
	}
	d.Pos = p.From(start)
	return d, p.tableSuffix()
}

// tryParenJoin reads ((query) AS a JOIN b …): it is refused, as telling it
// from ((query) UNION …) takes more than looking one token ahead.
func (p *Parser) tryParenJoin() (ast.TableRef, bool, error) {
	depth := 0
	for i := p.At + 1; i < len(p.Tokens); i++ {
		switch {
		case p.Tokens[i].Is("("):
			depth++
		case p.Tokens[i].Is(")"):
			depth--
		}
		if depth > 0 {
			continue
		}
		next := ""
		for _, w := range []string{")", "UNION", "EXCEPT", "INTERSECT", "ORDER", "LIMIT", "OFFSET", "FETCH"} {
			if i+1 < len(p.Tokens) && p.Tokens[i+1].Is(w) {
				next = w
			}
		}
		if next == "" && i+1 < len(p.Tokens) {
			return nil, false, p.Unsupported("a join in parentheses that begins with a query")
		}
		return nil, false, nil
	}
	return nil, false, nil
}
