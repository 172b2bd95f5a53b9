package over

import (
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
)

// Condition is one condition of QUALIFY.
type Condition struct {
	e parse.Expr
	x *expr.Expr
}

func remaining(all []Condition, rest []parse.Expr) []Condition {
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
