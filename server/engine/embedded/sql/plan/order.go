package plan

import (
	"strconv"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
)

// ordered adds ORDER BY and LIMIT to a query that is no plain SELECT: its keys
// are columns of the result.
func (p *Planner) ordered(n tree.Node, q *ast.Query) (tree.Node, error) {
	var keys []stream.SortKey
	for _, o := range q.OrderBy {
		at, err := outputColumn(o.Expr, n.Schema(), nil)
		if err != nil {
			return nil, err
		}
		if at < 0 {
			x, err := p.resolver((&tables{n, []expr.Relation{{Columns: n.Schema()}}}).scope(), "ORDER BY").Value(o.Expr)
			if err != nil {
				return nil, err
			}
			if at = x.Column; at < 0 {
				return nil, sqlerr.Refuse(o.Expr.Span(), "ORDER BY an expression after a set operation")
			}
		}
		keys = append(keys, tree.SortKey(o, at, n.Schema()[at].Type))
	}
	return p.limited(n, q, keys)
}

func countOf(e ast.Expr) (int64, error) {
	if e == nil {
		return -1, nil
	}
	l, ok := e.(*ast.Literal)
	if !ok {
		return 0, sqlerr.Refuse(e.Span(), "this LIMIT")
	}
	n, err := strconv.ParseInt(l.Text, 10, 32)
	if err != nil {
		return 0, sqlerr.Refuse(l.Pos, "LIMIT or OFFSET %s", l.Text)
	}
	return n, nil
}

// limited adds the order and the limit, as far as the mode has them.
func (p *Planner) limited(n tree.Node, q *ast.Query, keys []stream.SortKey) (tree.Node, error) {
	limit, err := countOf(q.Limit)
	if err != nil {
		return nil, err
	}
	skip, err := countOf(q.Offset)
	if err != nil {
		return nil, err
	}
	skip = max(skip, 0)
	switch {
	case limit == 0:
		return tree.Nothing(n.Schema()), nil
	case len(keys) == 0 && limit < 0 && q.Offset == nil:
		return n, nil
	case limit < 0 && q.Offset != nil:
		if len(keys) == 0 {
			return nil, sqlerr.Refuse(q.Offset.Span(), "OFFSET without FETCH or LIMIT")
		}
		if p.Batch {
			return nil, sqlerr.TableError(q.Offset.Span(), "Not support limitEnd is max value now!")
		}
		return nil, sqlerr.TableError(
			q.Offset.Span(), "FETCH is missed, which on streaming table is not supported currently.",
		)
	case len(keys) == 0:
		return p.firstRows(n, q, skip, limit)
	case p.Batch:
		return tree.NewSort(n, keys, skip, limit), nil
	case limit >= 0:
		return tree.NewTopN(n, keys, int(skip), int(limit)), nil
	}
	first := keys[0]
	if n.Schema()[first.Column].Type.Proctime {
		return nil, sqlerr.Refuse(q.OrderBy[0].Expr.Span(), "ORDER BY the time of processing")
	}
	if !n.Schema()[first.Column].Type.Rowtime || first.Desc {
		return nil, sqlerr.TableError(q.OrderBy[0].Expr.Span(), "Sort on a non-time-attribute field is not supported.")
	}
	if !n.Traits().Append {
		return nil, sqlerr.Refuse(q.OrderBy[0].Expr.Span(), "ORDER BY time of a changing input")
	}
	return tree.NewTimeSort(n, keys), nil
}

// firstRows is LIMIT without an order.
func (p *Planner) firstRows(n tree.Node, q *ast.Query, skip, limit int64) (tree.Node, error) {
	n = tree.Materialized(n, p.Batch)
	if !n.Traits().Append {
		return nil, sqlerr.Refuse(q.Limit.Span(), "LIMIT without ORDER BY of a changing input")
	}
	return tree.NewLimit(n, skip, limit), nil
}
