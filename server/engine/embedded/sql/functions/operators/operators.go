// Package operators resolves what is written with signs and words: arithmetic,
// comparisons, logic, LIKE, IN, BETWEEN, CASE, IS and x[i].
package operators

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
)

// Resolve resolves an expression that is an operator over others.
func Resolve(r *expr.Resolver, e ast.Expr) (*expr.Expr, error) {
	switch e := e.(type) {
	case *ast.Unary:
		return unary(r, e)
	case *ast.Binary:
		return binary(r, e)
	case *ast.Case:
		return caseExpr(r, e)
	case *ast.Between:
		return between(r, e)
	case *ast.In:
		return in(r, e)
	case *ast.Like:
		return like(r, e)
	case *ast.Is:
		return is(r, e)
	case *ast.Index:
		return index(r, e)
	}
	return nil, sqlerr.Refuse(e.Span(), "this expression")
}
