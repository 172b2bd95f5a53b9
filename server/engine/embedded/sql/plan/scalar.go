package plan

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
)

// scalars are the queries that stand for a value in the expressions over one
// row. Each becomes a column behind the row's own.
type scalars struct {
	p     *Planner
	width int
	scope *expr.Scope
	nodes []*Node
}

// resolve is the hook of expr.Resolver for queries.
func (s *scalars) resolve(e parse.Expr) (*expr.X, error) {
	sub, ok := e.(*parse.Subquery)
	if !ok {
		return nil, expr.Refuse(e.Span(), "a query in this place")
	}
	if !oneRow(sub.Query) {
		return nil, expr.Refuse(e.Span(), "a query as a value that is no single aggregate")
	}
	n, err := s.p.Query(unordered(sub.Query))
	if err, ok := expr.AsError(err); ok && err.Class == expr.ClassValidation && uses(sub.Query, s.scope) {
		return nil, expr.Refuse(err.Pos, "a query that uses columns of the query around it")
	}
	if err != nil {
		return nil, err
	}
	if len(n.Columns) != 1 {
		return nil, expr.Refuse(e.Span(), "a query of %d columns as a value", len(n.Columns))
	}
	s.nodes = append(s.nodes, n)
	at := s.width + len(s.nodes) - 1
	return s.p.Env.Ref(e.Span(), at, "", withoutTime(n.Columns[0].Type).Null(true)), nil
}

// oneRow says whether a query gives one row: it aggregates without GROUP BY.
func oneRow(q *parse.Query) bool {
	s, ok := q.Body.(*parse.Select)
	if !ok || s.Grouped || s.Having != nil || s.Distinct || q.Limit != nil || q.Offset != nil || len(s.Items) != 1 {
		return false
	}
	return expr.HasAggregate(s.Items[0].Expr)
}

// join puts the values behind the row; a query without a row gives NULL.
func (s *scalars) join(n *Node) *Node {
	for _, sub := range s.nodes {
		spec := &joinSpec{kind: "LEFT", l: n, r: sub}
		out := &Node{Columns: append([]expr.Column{}, n.Columns...), Bounded: n.Bounded && sub.Bounded, Shuffled: n.Shuffled, Joined: true, Build: spec.build}
		out.Columns = append(out.Columns, expr.Column{Type: sub.Columns[0].Type.Null(true)})
		s.p.joinTraits(out, spec)
		n = out
	}
	return n
}

// plain drops the values again.
func (s *scalars) plain(n *Node) *Node {
	if len(s.nodes) == 0 {
		return n
	}
	return cut(n, s.width)
}
