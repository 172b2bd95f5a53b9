package over

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
)

// Condition is one condition of QUALIFY.
type Condition struct {
	e ast.Expr
	x *expr.Expr
}

func remaining(all []Condition, rest []ast.Expr) []Condition {
	var out []Condition
	for _, q := range all {
		for _, e := range rest {
			if q.e == e {
				out = append(out, q)
			}
		}
	}
	return out
}
