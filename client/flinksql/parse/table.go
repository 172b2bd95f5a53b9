package parse

import (
	"fmt"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// from1 reads the tables of FROM up to the next clause.
func (p *parser) from1() (ast.TableRef, error) {
	left, err := p.joined()
	if err != nil {
		return nil, err
	}
	for count := 0; p.accept(","); count++ {
		if count > MaxDepth {
			return nil, p.unsupported(fmt.Sprintf("more than %d tables", MaxDepth))
		}
		right, err := p.joined()
		if err != nil {
			return nil, err
		}
		left = &ast.Join{Pos: left.Span().To(right.Span()), Kind: "CROSS", Comma: true, L: left, R: right}
	}
	return left, nil
}

func (p *parser) joined() (ast.TableRef, error) {
	left, err := p.table()
	if err != nil {
		return nil, err
	}
	for count := 0; ; count++ {
		if count > MaxDepth {
			return nil, p.unsupported(fmt.Sprintf("more than %d joins", MaxDepth))
		}
		j, err := p.joinHead()
		if err != nil || j == nil {
			return left, err
		}
		if j.R, err = p.table(); err != nil {
			return nil, err
		}
		j.L = left
		if err := p.joinCondition(j); err != nil {
			return nil, err
		}
		j.Pos = p.from(left.Span())
		left = j
	}
}

// joinHead reads up to JOIN; nil when no join follows.
func (p *parser) joinHead() (*ast.Join, error) {
	first := p.at
	j := &ast.Join{Kind: "INNER", Natural: p.accept("NATURAL")}
	switch {
	case p.accept("CROSS"):
		if p.is("APPLY") {
			return nil, p.unsupported("CROSS APPLY")
		}
		j.Kind = "CROSS"
	case p.accept("INNER"):
	case p.isAny("LEFT", "RIGHT", "FULL") != "":
		j.Kind = p.acceptAny("LEFT", "RIGHT", "FULL")
		p.accept("OUTER")
	case !p.is("JOIN"):
		if j.Natural {
			return nil, p.unexpected(false)
		}
		return nil, nil
	}
	if j.Word = p.pos(); !p.is("JOIN") {
		p.at = first
		return nil, p.unexpected(true)
	}
	if p.at++; p.kind() == eof {
		p.at = first
		return nil, p.unexpected(true)
	}
	return j, nil
}

func (p *parser) joinCondition(j *ast.Join) error {
	var err error
	j.Cond = p.pos()
	switch {
	case p.accept("ON"):
		j.On, err = p.expr()
	case p.accept("USING"):
		j.Using, err = p.names()
	}
	return err
}

func (p *parser) table() (ast.TableRef, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	start := p.pos()
	lateral := p.accept("LATERAL")
	switch {
	case p.is("UNNEST"):
		return p.unnest(start)
	case p.is("TABLE") && p.peekIs(1, "("):
		return p.wrappedFunction(start, lateral)
	case lateral && !p.is("("):
		return nil, p.unsupported("this LATERAL")
	case lateral:
		return p.lateral(start)
	}
	if p.is("(") {
		return p.parenTable(start)
	}
	return p.namedTable(start)
}

// namedTable reads a table by its path, or a function that gives one.
func (p *parser) namedTable(start ast.Pos) (ast.TableRef, error) {
	parts, pos, err := p.path()
	if err != nil {
		return nil, err
	}
	if p.is("(") && len(parts) == 1 {
		f, err := p.tableFunction(parts[0], start)
		if err != nil {
			return nil, err
		}
		f.Alias, err = p.tableAlias()
		return f, err
	}
	t := &ast.Table{Pos: pos, Parts: parts}
	if t.Options, err = p.tableHint(); err != nil {
		return nil, err
	}
	if err := p.asOf(t); err != nil {
		return nil, err
	}
	if p.is("MATCH_RECOGNIZE") && p.peekIs(1, "(") {
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
	if p.is("MATCH_RECOGNIZE") && p.peekIs(1, "(") {
		t.Whole = p.from(start)
		return p.matchRecognize(t, start)
	}
	if err := p.tableSuffix(); err != nil {
		return nil, err
	}
	t.Whole = p.from(start)
	return t, nil
}

func (p *parser) tableSuffix() error {
	if p.kind() == flinksql.Hint {
		return p.unsupported("a hint")
	}
	if w := p.isAny("MATCH_RECOGNIZE", "PIVOT", "UNPIVOT", "TABLESAMPLE"); w == "TABLESAMPLE" || w != "" && p.peekIs(1, "(") {
		return p.unsupported(w)
	}
	if p.is("FOR") && (p.peekIs(1, "SYSTEM_TIME") || p.peekIs(1, "SYSTEM")) {
		return p.unsupported("FOR SYSTEM_TIME AS OF")
	}
	return nil
}

func (p *parser) tableAlias() (ast.Alias, error) {
	var a ast.Alias
	if p.accept("AS") && !p.isName() {
		return a, p.unexpected(true)
	}
	if !p.isName() || p.is("MATCH_RECOGNIZE") || p.is("PIVOT") || p.is("UNPIVOT") {
		return a, nil
	}
	n := p.anyName()
	a.Name = &n
	if p.is("(") {
		var err error
		a.Columns, err = p.names()
		return a, err
	}
	return a, nil
}

// parenTable reads (query) or (a JOIN b).
func (p *parser) parenTable(start ast.Pos) (ast.TableRef, error) {
	n := 1
	for p.peekIs(n, "(") {
		n++
	}
	if !p.peekIs(n, "SELECT") && !p.peekIs(n, "VALUES") && !p.peekIs(n, "WITH") {
		p.at++
		t, err := p.from1()
		if err != nil {
			return nil, err
		}
		return t, p.expect(")")
	}
	if n > 1 {
		if t, ok, err := p.tryParenJoin(); ok || err != nil {
			return t, err
		}
	}
	p.at++
	q, err := p.query()
	if err != nil {
		return nil, err
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	d := &ast.Derived{Query: q}
	if p.is("MATCH_RECOGNIZE") && p.peekIs(1, "(") {
		d.Pos = p.from(start)
		return p.matchRecognize(d, start)
	}
	if err := p.tableSuffix(); err != nil {
		return nil, err
	}
	if d.Alias, err = p.tableAlias(); err != nil {
		return nil, err
	}
	d.Pos = p.from(start)
	return d, p.tableSuffix()
}

// tryParenJoin reads ((query) AS a JOIN b …): it is refused, as telling it
// from ((query) UNION …) takes more than looking one token ahead.
func (p *parser) tryParenJoin() (ast.TableRef, bool, error) {
	depth := 0
	for i := p.at + 1; i < len(p.tokens); i++ {
		switch {
		case p.tokens[i].Is("("):
			depth++
		case p.tokens[i].Is(")"):
			depth--
		}
		if depth > 0 {
			continue
		}
		next := ""
		for _, w := range []string{")", "UNION", "EXCEPT", "INTERSECT", "ORDER", "LIMIT", "OFFSET", "FETCH"} {
			if i+1 < len(p.tokens) && p.tokens[i+1].Is(w) {
				next = w
			}
		}
		if next == "" && i+1 < len(p.tokens) {
			return nil, false, p.unsupported("a join in parentheses that begins with a query")
		}
		return nil, false, nil
	}
	return nil, false, nil
}
