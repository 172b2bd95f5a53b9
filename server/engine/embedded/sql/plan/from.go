package plan

import (
	"fmt"
	"strings"

	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/match"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
)

// tables is FROM as planned: a node and the relations of its row.
type tables struct {
	node      tree.Node
	relations []expr.Relation
}

// scope is what names mean over the row.
func (t *tables) scope() *expr.Scope {
	return &expr.Scope{Relations: t.relations, Input: tree.InputOf(t.node)}
}

func (p *Planner) from(t ast.TableRef) (*tables, error) {
	switch t := t.(type) {
	case *ast.Table:
		return p.table(t)
	case *ast.Derived:
		if t.Lateral {
			return nil, sqlerr.Refuse(t.Pos, "LATERAL")
		}
		n, err := p.query(ast.Unordered(t.Query))
		if err != nil {
			return nil, err
		}
		return aliased(n, "", t.Alias)
	case *ast.Join:
		return p.join(t)
	case *ast.Function:
		return p.function(t)
	case *ast.Unnest:
		return p.unnest(t, &tables{node: tree.SingleRow()}, false)
	case *ast.Match:
		return p.match(t)
	}
	return nil, sqlerr.Refuse(t.Span(), "this in FROM")
}

// aliased is a node under the name of its alias.
func aliased(n tree.Node, name string, a ast.Alias) (*tables, error) {
	if a.Name != nil {
		name = a.Name.Text
	}
	if a.Columns != nil {
		var err error
		if n, err = renamed(n, a.Columns, a.Columns[0].Pos.To(a.Columns[len(a.Columns)-1].Pos)); err != nil {
			return nil, err
		}
	}
	return &tables{n, []expr.Relation{{Name: name, Columns: n.Schema()}}}, nil
}

func (p *Planner) table(t *ast.Table) (*tables, error) {
	if t.AsOf != nil {
		return nil, sqlerr.Refuse(t.AsOf.Span(), "FOR SYSTEM_TIME AS OF in this place")
	}
	name := t.Parts[len(t.Parts)-1].Text
	if len(t.Parts) == 1 {
		for i := len(p.ctes) - 1; i >= 0; i-- {
			if c, ok := p.ctes[i][name]; ok {
				return aliased(c.node, name, t.Alias)
			}
		}
	}
	found, err := p.Lookup(t.Parts, t.Pos)
	if err != nil {
		return nil, err
	}
	if found.View != "" && len(t.Options) > 0 {
		return nil, hintOnView(p.FullName(t.Parts), t.Pos)
	}
	if found.View != "" {
		n, err := p.view(found, t)
		if err != nil {
			return nil, err
		}
		return aliased(n, name, t.Alias)
	}
	if found.Options != nil {
		n, err := p.scan(found, t)
		if err != nil {
			return nil, err
		}
		return aliased(n, name, t.Alias)
	}
	if len(t.Options) > 0 {
		return nil, sqlerr.Refuse(t.Pos, "options for a table without a connector")
	}
	if found.Open == nil {
		return nil, sqlerr.Refuse(t.Pos, "reading the table %s, which is a sink", name)
	}
	seed := p.Env.Seed
	var columns []expr.Column
	for _, c := range found.Columns {
		columns = append(columns, expr.Column{Name: c.Name, Type: c.Type})
	}
	n := tree.NewScan(columns, tree.Traits{Append: true, Bounded: found.Bounded}, func(func(int) bool) stream.Source {
		return found.Open(seed)
	})
	if p.Batch && !found.Bounded {
		return nil, unboundedInBatch(t.Pos, p.FullName(t.Parts))
	}
	return aliased(n, name, t.Alias)
}

// hintOnView is Flink's complaint about options for a view.
func hintOnView(name string, pos ast.Pos) error {
	parts := strings.Split(name, ".")
	for i, part := range parts {
		parts[i] = ast.Quoted(part)
	}
	return &sqlerr.Error{
		Pos: pos, Class: sqlerr.ClassValidation,
		Message: "View '" + strings.Join(parts, ".") +
			"' cannot be enriched with new options. Hints can only be applied to tables.",
	}
}

// Limits of views in one statement.
const (
	maxViews     = 1000
	maxViewDepth = 50
)

func (p *Planner) view(v *catalog.Table, t *ast.Table) (tree.Node, error) {
	s, err := parse.Parse(v.View)
	if err != nil {
		return nil, err
	}
	q, ok := s.(*ast.QueryStatement)
	p.views++
	if p.viewDepth++; !ok || p.views > maxViews || p.viewDepth > maxViewDepth {
		return nil, sqlerr.Refuse(
			t.Pos, "views that use one another %d deep, or %d times in a statement", maxViewDepth, maxViews,
		)
	}
	ctes, env, hints := p.ctes, p.Env, p.hints
	p.ctes, p.Env, p.hints = nil, env.Within(t.Pos, v.View, v.View), nil
	if v.Catalog != "" {
		p.Env.Catalog, p.Env.Database = v.Catalog, v.Database
	}
	n, err := p.query(ast.Unordered(q.Query))
	p.ctes, p.Env, p.hints = ctes, env, hints
	p.viewDepth--
	if err != nil {
		return nil, viewError(err, t)
	}
	return viewColumns(v, n, t)
}

// viewColumns gives a view the columns that it had when it was made.
func viewColumns(v *catalog.Table, n tree.Node, t *ast.Table) (tree.Node, error) {
	if v.Columns == nil {
		return n, nil
	}
	if len(v.Columns) != len(n.Schema()) {
		return nil, sqlerr.Refuse(
			t.Pos, "the view %s, whose tables have other columns than when it was made", t.Parts[len(t.Parts)-1].Text,
		)
	}
	names := make([]string, len(v.Columns))
	for i, c := range v.Columns {
		names[i] = c.Name
	}
	return tree.NewRename(n, names), nil
}

// viewError tells where the view is used: a position within its own text
// would say nothing to a person.
func viewError(err error, t *ast.Table) error {
	e, ok := sqlerr.AsError(err)
	if !ok {
		return err
	}
	out := *e
	out.Pos = t.Pos
	return &out
}

func watermarkOf(t *catalog.Table) catalog.Watermark {
	if t.Watermark == nil {
		return catalog.Watermark{}
	}
	return *t.Watermark
}

// Lookup finds a table by its one to three names.
func (p *Planner) Lookup(parts []ast.Name, pos ast.Pos) (*catalog.Table, error) {
	names := make([]string, len(parts))
	for i, n := range parts {
		names[i] = n.Text
	}
	c, d, name := p.Env.Catalog, p.Env.Database, names[len(names)-1]
	switch len(names) {
	case 1:
	case 2:
		d = names[0]
	case 3:
		c, d = names[0], names[1]
	default:
		return nil, sqlerr.Refuse(pos, "a table name of %d parts", len(names))
	}
	if t, ok := p.Catalog.Table(c, d, name); ok {
		p.used = append(p.used, fmt.Sprintf(
			"%s.%s.%s %v %q %q %q %v %v %v", c, d, name, t.Columns, t.View, t.Catalog, t.Database, t.Keys, t.Options,
			watermarkOf(t),
		))
		return t, nil
	}
	if len(names) == 1 {
		hint := ""
		all, _ := p.Catalog.Tables(c, d)
		for _, other := range all {
			if strings.EqualFold(other, name) {
				hint = "; did you mean '" + other + "'?"
			}
		}
		within := ""
		if hint != "" {
			within = " within '" + c + "." + d + "'"
		}
		return nil, sqlerr.NoObject(pos, name, within+hint)
	}
	return nil, sqlerr.NoObject(pos, p.missing(names), p.within(names))
}

// missing is the first of the names that is not there.
func (p *Planner) missing(names []string) string {
	if len(names) == 3 {
		if _, ok := p.Catalog.Databases(names[0]); !ok {
			return names[0]
		}
		if _, ok := p.Catalog.Tables(names[0], names[1]); !ok {
			return names[1]
		}
		return names[2]
	}
	if _, ok := p.Catalog.Tables(p.Env.Catalog, names[0]); !ok {
		return names[0]
	}
	return names[1]
}

func (p *Planner) within(names []string) string {
	switch m := p.missing(names); {
	case len(names) == 3 && m == names[1]:
		return " within '" + names[0] + "'"
	case len(names) == 3 && m == names[2]:
		return " within '" + names[0] + "." + names[1] + "'"
	case len(names) == 2 && m == names[1]:
		return " within '" + p.Env.Catalog + "." + names[0] + "'"
	}
	return ""
}

// match plans MATCH_RECOGNIZE.
func (p *Planner) match(t *ast.Match) (*tables, error) {
	from, err := p.from(t.Table)
	if err != nil {
		return nil, err
	}
	if err := tree.RequireExecutable(from.node); err != nil {
		return nil, err
	}
	n := tree.AllNumbers(from.node)
	if !n.Traits().Append {
		return nil, sqlerr.Refuse(t.Pos, "MATCH_RECOGNIZE of a changing input")
	}
	planned, err := match.Plan(p.Env, p.Batch, t, n)
	if err != nil {
		return nil, err
	}
	return aliased(planned, "", t.Alias)
}
