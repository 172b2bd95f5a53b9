package plan

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/joins"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/types"
)

// scalars are the queries that stand for a value in the expressions over one
// row. Each becomes a column behind the row's own.
type scalars struct {
	p     *Planner
	width int
	scope *expr.Scope
	nodes []scalar
	found map[*ast.Subquery]planned
}

// planned is what came of a query as a value: its column, or a complaint.
type planned struct {
	x   *expr.Expr
	err error
}

// scalar is one query as a value. With keys, the value is that of the row
// whose columns behind the first one equal them.
type scalar struct {
	node tree.Node
	keys []*expr.Expr
}

// scalars plans the queries in expressions over the rows of a node. A complaint
// waits for who resolves the expression: there may be another one before it.
func (p *Planner) scalars(n tree.Node, scope *expr.Scope, list []ast.Expr) *scalars {
	s := &scalars{p: p, width: len(n.Schema()), scope: scope, found: map[*ast.Subquery]planned{}}
	at := s.width
	for _, e := range list {
		ast.Walk(e, func(e ast.Expr) bool {
			sub, ok := e.(*ast.Subquery)
			if !ok {
				return true
			}
			q, err := s.plan(sub)
			if err != nil {
				s.found[sub] = planned{err: err}
				return true
			}
			schema := q.node.Schema()
			s.found[sub] = planned{x: p.Env.Ref(sub.Pos, at, "", tree.WithoutTime(schema[0].Type).Null(true))}
			s.nodes = append(s.nodes, q)
			at += len(schema)
			return true
		})
	}
	return s
}

// resolve is the hook of expr.Resolver for queries.
func (s *scalars) resolve(e ast.Expr) (*expr.Expr, error) {
	sub, ok := e.(*ast.Subquery)
	if !ok {
		return nil, sqlerr.Refuse(e.Span(), "a query in this place")
	}
	q, ok := s.found[sub]
	if !ok {
		return nil, sqlerr.Refuse(e.Span(), "a query in this place")
	}
	return q.x, q.err
}

// plan plans one query as a value.
func (s *scalars) plan(sub *ast.Subquery) (scalar, error) {
	if !s.p.oneRow(sub.Query) {
		return s.single(sub)
	}
	n, err := s.p.Query(ast.Unordered(sub.Query))
	if e, ok := sqlerr.AsError(err); ok && e.Class == sqlerr.ClassValidation && uses(sub.Query, s.scope) {
		return s.correlated(sub, e)
	}
	if err != nil {
		return scalar{}, err
	}
	if len(n.Schema()) != 1 {
		return scalar{}, sqlerr.Refuse(sub.Pos, "a query of %d columns as a value", len(n.Schema()))
	}
	return scalar{node: n}, nil
}

// single plans a query that must have at most one row.
func (s *scalars) single(sub *ast.Subquery) (scalar, error) {
	n, err := s.p.Query(ast.Unordered(sub.Query))
	if e, ok := sqlerr.AsError(err); ok && e.Class == sqlerr.ClassValidation && uses(sub.Query, s.scope) {
		return scalar{}, sqlerr.Refuse(e.Pos, "a query of this form that uses columns of the query around it")
	}
	if err != nil {
		return scalar{}, err
	}
	if len(n.Schema()) != 1 || n.Schema()[0].Type.Root >= types.Array {
		return scalar{}, sqlerr.Refuse(sub.Pos, "this query as a value")
	}
	return scalar{node: tree.NewSingleValue(n, s.p.Batch)}, nil
}

// correlated plans an aggregate over the rows whose columns equal columns of
// the query around it: as groups by these columns.
func (s *scalars) correlated(sub *ast.Subquery, cause *sqlerr.Error) (scalar, error) {
	refused := sqlerr.Refuse(cause.Pos, "a query of this form that uses columns of the query around it")
	body := sub.Query.Body.(*ast.Select)
	if body.Where == nil || body.From == nil || len(sub.Query.With) > 0 || body.Qualify != nil {
		return scalar{}, refused
	}
	from, err := s.p.from(body.From)
	if err != nil {
		return scalar{}, err
	}
	own, conditions, err := s.p.parted(body.Where, from.relations, s.scope)
	if err != nil {
		return scalar{}, err
	}
	grouped := *body
	grouped.Where, grouped.Grouped = own, true
	var keys []*expr.Expr
	for _, c := range conditions {
		in, out, ok := s.sides(c, from.relations)
		if !ok {
			return scalar{}, refused
		}
		grouped.Items = append(grouped.Items[:len(grouped.Items):len(grouped.Items)], ast.Item{Expr: in})
		grouped.GroupBy = append(grouped.GroupBy, ast.GroupItem{Pos: in.Span(), Expr: in})
		keys = append(keys, out)
	}
	n, err := s.p.Query(&ast.Query{Pos: sub.Pos, Body: &grouped})
	if err != nil {
		return scalar{}, err
	}
	if !tree.NullWithoutRows(n) {
		return scalar{}, refused
	}
	for i, k := range keys {
		if t := n.Schema()[i+1].Type; !t.Same(k.Type) && !(t.IsInt() && k.Type.IsInt()) || t.IsApprox() ||
			t.Root >= types.Array {
			return scalar{}, refused
		}
	}
	return scalar{n, keys}, nil
}

// sides parts inner = outer.
func (s *scalars) sides(c ast.Expr, own []expr.Relation) (in ast.Expr, out *expr.Expr, ok bool) {
	eq, is := c.(*ast.Binary)
	if !is || eq.Op != "=" {
		return nil, nil, false
	}
	for _, side := range [][2]ast.Expr{{eq.L, eq.R}, {eq.R, eq.L}} {
		_, err := s.p.resolver(&expr.Scope{Relations: own}, "WHERE").Value(side[0])
		if err != nil {
			continue
		}
		r := s.p.resolver(&expr.Scope{Relations: own, Outer: s.scope}, "WHERE")
		if x, err := r.Value(side[1]); err != nil || !r.Correlated(side[1]) || x.Column < 0 {
			continue
		}
		x, err := s.p.resolver(s.scope, "WHERE").Value(side[1])
		if err == nil && x.Column >= 0 {
			return side[0], x, true
		}
	}
	return nil, nil, false
}

// oneRow says whether a query gives one row: it aggregates without GROUP BY.
func (p *Planner) oneRow(q *ast.Query) bool {
	s, ok := q.Body.(*ast.Select)
	if !ok || s.Grouped || s.Having != nil || s.Distinct || q.Limit != nil || q.Offset != nil || len(s.Items) != 1 {
		return false
	}
	return p.Env.Functions.HasAggregate(s.Items[0].Expr)
}

// join puts the values behind the row; a query without a row gives NULL.
func (s *scalars) join(n tree.Node) tree.Node {
	for _, sub := range s.nodes {
		spec := joins.New(s.p.Env, tree.Scalar, s.p.Batch, n, sub.node)
		for i, k := range sub.keys {
			spec.AddKey(k, tree.Plain(i+1, sub.node.Schema()[i+1]))
		}
		n = tree.NewJoin(n, sub.node, spec.JoinSpec)
	}
	return n
}

// plain drops the values again.
func (s *scalars) plain(n tree.Node) tree.Node {
	if len(s.nodes) == 0 {
		return n
	}
	return tree.First(n, s.width)
}
