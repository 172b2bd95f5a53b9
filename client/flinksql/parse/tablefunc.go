package parse

import (
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// unnest reads UNNEST(x) [WITH ORDINALITY] [AS t(a, b)].
func (p *parser) unnest(start ast.Pos) (ast.TableRef, error) {
	p.at++
	if err := p.expect("("); err != nil {
		return nil, err
	}
	u := &ast.Unnest{}
	var err error
	if u.X, err = p.expr(); err != nil {
		return nil, err
	}
	if p.is(",") {
		return nil, p.unsupported("UNNEST of several collections")
	}
	if err := p.expectOr(")"); err != nil {
		return nil, err
	}
	u.Ordinality = p.accept("WITH", "ORDINALITY")
	u.Alias, err = p.tableAlias()
	u.Pos = p.from(start)
	return u, err
}

// lateral reads LATERAL (query).
func (p *parser) lateral(start ast.Pos) (ast.TableRef, error) {
	t, err := p.parenTable(start)
	if d, ok := t.(*ast.Derived); ok {
		d.Lateral = true
		return d, err
	}
	if err == nil {
		err = ast.Unsupported(start, "this LATERAL")
	}
	return nil, err
}

// wrappedFunction reads TABLE(function(…)).
func (p *parser) wrappedFunction(start ast.Pos, lateral bool) (ast.TableRef, error) {
	p.at += 2
	name := p.pos()
	n, err := p.name()
	if err != nil {
		return nil, err
	}
	if !p.is("(") {
		return nil, p.unsupported("TABLE of what is no function")
	}
	f, err := p.tableFunction(n, name)
	if err != nil {
		return nil, err
	}
	if err := p.expectOr(")"); err != nil {
		return nil, err
	}
	f.Pos, f.Lateral, f.Wrapped = p.from(start), lateral, true
	f.Alias, err = p.tableAlias()
	return f, err
}

// tableFunction reads the arguments of a function.
func (p *parser) tableFunction(n ast.Name, start ast.Pos) (*ast.Function, error) {
	f := &ast.Function{Name: n}
	p.at++
	for !p.accept(")") {
		if len(f.Args) > 0 {
			if err := p.expectOr(","); err != nil {
				return nil, err
			}
		}
		a, err := p.argument()
		if err != nil {
			return nil, err
		}
		f.Args = append(f.Args, a)
	}
	f.Pos = p.from(start)
	f.Call = f.Pos
	return f, nil
}

func (p *parser) argument() (ast.Argument, error) {
	start := p.pos()
	var a ast.Argument
	if p.peekIs(1, "=>") {
		a.Name = strings.ToUpper(p.tokens[p.at].Text)
		p.at += 2
	}
	var err error
	switch {
	case p.accept("TABLE"):
		err = p.tableArgument(&a)
	case p.is("DESCRIPTOR") && p.peekIs(1, "("):
		p.at++
		a.Descriptor, err = p.names()
	case p.is("(") && (p.peekIs(1, "SELECT") || p.peekIs(1, "WITH") || p.peekIs(1, "VALUES")):
		return a, p.unsupported("a query as an argument")
	default:
		a.Expr, err = p.expr()
	}
	a.Pos = p.from(start)
	return a, err
}

func (p *parser) tableArgument(a *ast.Argument) error {
	if p.is("(") { // Flink takes a name here, no query
		return p.unexpected(false)
	} else {
		parts, pos, err := p.path()
		if err != nil {
			return err
		}
		t := &ast.Table{Pos: pos, Whole: pos, Parts: parts}
		if t.Options, err = p.tableHint(); err != nil {
			return err
		}
		a.Table = t
	}
	var err error
	if p.accept("PARTITION", "BY") {
		if a.PartitionBy, err = p.argumentKeys(); err != nil {
			return err
		}
	}
	if p.accept("ORDER", "BY") {
		a.OrderBy, err = p.orderItems()
	}
	return err
}

// argumentKeys reads a or (a, b).
func (p *parser) argumentKeys() ([]ast.Expr, error) {
	e, err := p.expr()
	if err != nil {
		return nil, err
	}
	if r, ok := e.(*ast.Row); ok {
		return r.Items, nil
	}
	return []ast.Expr{e}, nil
}

// tableHint reads /*+ OPTIONS('key' = 'value') */, if it comes next.
func (p *parser) tableHint() ([]ast.Option, error) {
	if p.kind() != flinksql.Hint {
		return nil, nil
	}
	text := p.tokens[p.at].Text
	inner := newParser(strings.TrimSuffix(strings.TrimPrefix(text, "/*+"), "*/"))
	if !inner.accept("OPTIONS") {
		return nil, p.unsupported("this hint")
	}
	all, err := inner.options()
	if err != nil || inner.kind() != eof {
		return nil, p.unsupported("this hint")
	}
	p.at++
	return all, nil
}

// asOf reads FOR SYSTEM_TIME AS OF expression.
func (p *parser) asOf(t *ast.Table) error {
	if t.AsOf != nil || !p.accept("FOR", "SYSTEM_TIME", "AS", "OF") {
		return nil
	}
	var err error
	t.AsOf, err = p.expr()
	return err
}

// windows reads WINDOW name AS (…), ….
func (p *parser) windows(s *ast.Select) error {
	s.Windows = map[string]*ast.Window{}
	for {
		n, err := p.name()
		if err != nil {
			return err
		}
		if err := p.expect("AS"); err != nil {
			return err
		}
		if s.Windows[n.Text], err = p.window(); err != nil {
			return err
		}
		if !p.accept(",") {
			return nil
		}
	}
}

// window reads what follows OVER: a name, or a specification.
func (p *parser) window() (*ast.Window, error) {
	start := p.pos()
	if p.isName() {
		n := p.anyName()
		return &ast.Window{Pos: start, Ref: &n}, nil
	}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	w := &ast.Window{}
	var err error
	if p.isName() && !p.is("PARTITION") && !p.is("ROWS") && !p.is("RANGE") {
		return nil, p.unsupported("a window that extends another")
	}
	if p.accept("PARTITION", "BY") {
		for {
			e, err := p.expr()
			if err != nil {
				return nil, err
			}
			w.PartitionBy = append(w.PartitionBy, e)
			if !p.accept(",") {
				break
			}
		}
	}
	if p.accept("ORDER", "BY") {
		if w.OrderBy, err = p.orderItems(); err != nil {
			return nil, err
		}
	}
	if p.isAny("ROWS", "RANGE") != "" {
		if w.Frame, err = p.frame(); err != nil {
			return nil, err
		}
	}
	err = p.expectOr(")")
	w.Pos = p.from(start)
	return w, err
}

func (p *parser) frame() (*ast.Frame, error) {
	start := p.pos()
	f := &ast.Frame{Rows: p.acceptAny("ROWS", "RANGE") == "ROWS", To: ast.Bound{Current: true}}
	var err error
	if p.accept("BETWEEN") {
		if f.From, err = p.bound(); err != nil {
			return nil, err
		}
		if err := p.expect("AND"); err != nil {
			return nil, err
		}
		f.To, err = p.bound()
	} else {
		f.From, err = p.bound()
	}
	f.Pos = p.from(start)
	return f, err
}

func (p *parser) bound() (ast.Bound, error) {
	var b ast.Bound
	var err error
	switch {
	case p.accept("CURRENT", "ROW"):
		return ast.Bound{Current: true}, nil
	case p.accept("UNBOUNDED"):
	default:
		if b.By, err = p.exprAbove(precBetween); err != nil {
			return b, err
		}
	}
	switch {
	case p.accept("PRECEDING"):
	case p.accept("FOLLOWING"):
		b.Following = true
	default:
		return b, p.unexpected(false)
	}
	return b, nil
}
