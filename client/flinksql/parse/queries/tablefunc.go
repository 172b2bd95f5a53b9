package queries

import (
	"strings"

	"drey/client/flinksql"
	"drey/client/flinksql/ast"
)

// unnest reads UNNEST(x) [WITH ORDINALITY] [AS t(a, b)].
func (p *Parser) unnest(start ast.Pos) (ast.TableRef, error) {
	p.At++
	if err := p.Expect("("); err != nil {
		return nil, err
	}
	u := &ast.Unnest{}
	var err error
	if u.X, err = p.Expr(); err != nil {
		return nil, err
	}
	if p.Is(",") {
		return nil, p.Unsupported("UNNEST of several collections")
	}
	if err := p.ExpectOr(")"); err != nil {
		return nil, err
	}
	u.Ordinality = p.Accept("WITH", "ORDINALITY")
	u.Alias, err = p.tableAlias()
	u.Pos = p.From(start)
	return u, err
}

// lateral reads LATERAL (query).
func (p *Parser) lateral(start ast.Pos) (ast.TableRef, error) {
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
func (p *Parser) wrappedFunction(start ast.Pos, lateral bool) (ast.TableRef, error) {
	p.At += 2
	name := p.Pos()
	n, err := p.Name()
	if err != nil {
		return nil, err
	}
	if !p.Is("(") {
		return nil, p.Unsupported("TABLE of what is no function")
	}
	f, err := p.tableFunction(n, name)
	if err != nil {
		return nil, err
	}
	if err := p.ExpectOr(")"); err != nil {
		return nil, err
	}
	f.Pos, f.Lateral, f.Wrapped = p.From(start), lateral, true
	f.Alias, err = p.tableAlias()
	return f, err
}

// tableFunction reads the arguments of a function.
func (p *Parser) tableFunction(n ast.Name, start ast.Pos) (*ast.Function, error) {
	f := &ast.Function{Name: n}
	p.At++
	for !p.Accept(")") {
		if len(f.Args) > 0 {
			if err := p.ExpectOr(","); err != nil {
				return nil, err
			}
		}
		a, err := p.argument()
		if err != nil {
			return nil, err
		}
		f.Args = append(f.Args, a)
	}
	f.Pos = p.From(start)
	f.Call = f.Pos
	return f, nil
}

func (p *Parser) argument() (ast.Argument, error) {
	start := p.Pos()
	var a ast.Argument
	if p.PeekIs(1, "=>") {
		a.Name = strings.ToUpper(p.Tokens[p.At].Text)
		p.At += 2
	}
	var err error
	switch {
	case p.Accept("TABLE"):
		err = p.tableArgument(&a)
	case p.Is("DESCRIPTOR") && p.PeekIs(1, "("):
		p.At++
		a.Descriptor, err = p.Names()
	case p.Is("(") && (p.PeekIs(1, "SELECT") || p.PeekIs(1, "WITH") || p.PeekIs(1, "VALUES")):
		return a, p.Unsupported("a query as an argument")
	default:
		a.Expr, err = p.Expr()
	}
	a.Pos = p.From(start)
	return a, err
}

func (p *Parser) tableArgument(a *ast.Argument) error {
	if p.Is("(") { // Flink takes a name here, no query
		return p.Unexpected(false)
	} else {
		parts, pos, err := p.Path()
		if err != nil {
			return err
		}
		t := &ast.Table{Pos: pos, Whole: pos, Parts: parts}
		if t.Options, err = p.TableHint(); err != nil {
			return err
		}
		a.Table = t
	}
	var err error
	if p.Accept("PARTITION", "BY") {
		if a.PartitionBy, err = p.argumentKeys(); err != nil {
			return err
		}
	}
	if p.Accept("ORDER", "BY") {
		a.OrderBy, err = p.orderItems()
	}
	return err
}

// argumentKeys reads a or (a, b).
func (p *Parser) argumentKeys() ([]ast.Expr, error) {
	e, err := p.Expr()
	if err != nil {
		return nil, err
	}
	if r, ok := e.(*ast.Row); ok {
		return r.Items, nil
	}
	return []ast.Expr{e}, nil
}

// TableHint reads /*+ OPTIONS('key' = 'value') */, if it comes next.
func (p *Parser) TableHint() ([]ast.Option, error) {
	if p.Kind() != flinksql.Hint {
		return nil, nil
	}
	text := p.Tokens[p.At].Text
	inner := New(strings.TrimSuffix(strings.TrimPrefix(text, "/*+"), "*/"))
	if !inner.Accept("OPTIONS") {
		return nil, p.Unsupported("this hint")
	}
	all, err := inner.Options()
	if err != nil || inner.Kind() != EOF {
		return nil, p.Unsupported("this hint")
	}
	p.At++
	return all, nil
}

// asOf reads FOR SYSTEM_TIME AS OF expression.
func (p *Parser) asOf(t *ast.Table) error {
	if t.AsOf != nil || !p.Accept("FOR", "SYSTEM_TIME", "AS", "OF") {
		return nil
	}
	var err error
	t.AsOf, err = p.Expr()
	return err
}

// windows reads WINDOW name AS (…), ….
func (p *Parser) windows(s *ast.Select) error {
	s.Windows = map[string]*ast.Window{}
	for {
		n, err := p.Name()
		if err != nil {
			return err
		}
		if err := p.Expect("AS"); err != nil {
			return err
		}
		if s.Windows[n.Text], err = p.window(); err != nil {
			return err
		}
		if !p.Accept(",") {
			return nil
		}
	}
}

// window reads what follows OVER: a name, or a specification.
func (p *Parser) window() (*ast.Window, error) {
	start := p.Pos()
	if p.isName() {
		n := p.anyName()
		return &ast.Window{Pos: start, Ref: &n}, nil
	}
	if err := p.Expect("("); err != nil {
		return nil, err
	}
	w := &ast.Window{}
	var err error
	if p.isName() && !p.Is("PARTITION") && !p.Is("ROWS") && !p.Is("RANGE") {
		return nil, p.Unsupported("a window that extends another")
	}
	if p.Accept("PARTITION", "BY") {
		for {
			e, err := p.Expr()
			if err != nil {
				return nil, err
			}
			w.PartitionBy = append(w.PartitionBy, e)
			if !p.Accept(",") {
				break
			}
		}
	}
	if p.Accept("ORDER", "BY") {
		if w.OrderBy, err = p.orderItems(); err != nil {
			return nil, err
		}
	}
	if p.IsAny("ROWS", "RANGE") != "" {
		if w.Frame, err = p.frame(); err != nil {
			return nil, err
		}
	}
	err = p.ExpectOr(")")
	w.Pos = p.From(start)
	return w, err
}

func (p *Parser) frame() (*ast.Frame, error) {
	start := p.Pos()
	f := &ast.Frame{Rows: p.AcceptAny("ROWS", "RANGE") == "ROWS", To: ast.Bound{Current: true}}
	var err error
	if p.Accept("BETWEEN") {
		if f.From, err = p.bound(); err != nil {
			return nil, err
		}
		if err := p.Expect("AND"); err != nil {
			return nil, err
		}
		f.To, err = p.bound()
	} else {
		f.From, err = p.bound()
	}
	f.Pos = p.From(start)
	return f, err
}

func (p *Parser) bound() (ast.Bound, error) {
	var b ast.Bound
	var err error
	switch {
	case p.Accept("CURRENT", "ROW"):
		return ast.Bound{Current: true}, nil
	case p.Accept("UNBOUNDED"):
	default:
		if b.By, err = p.exprAbove(precBetween); err != nil {
			return b, err
		}
	}
	switch {
	case p.Accept("PRECEDING"):
	case p.Accept("FOLLOWING"):
		b.Following = true
	default:
		return b, p.Unexpected(false)
	}
	return b, nil
}
