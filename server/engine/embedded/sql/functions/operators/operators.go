// Package operators resolves what is written with signs and words: arithmetic,
// comparisons, logic, LIKE, IN, BETWEEN, CASE, IS and x[i].
package operators

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
)

// Resolve resolves an expression that is an operator over others.
func Resolve(r *expr.Resolver, e parse.Expr) (*expr.Expr, error) {
	switch e := e.(type) {
	case *parse.Unary:
		return unary(r, e)
	case *parse.Binary:
		return binary(r, e)
	case *parse.Case:
		return caseExpr(r, e)
	case *parse.Between:
		return between(r, e)
	case *parse.In:
		return in(r, e)
	case *parse.Like:
		return like(r, e)
	case *parse.Is:
		return is(r, e)
	case *parse.Index:
		return index(r, e)
	}
	return nil, sqlerr.Refuse(e.Span(), "this expression")
}
