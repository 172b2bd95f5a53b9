package sql

import (
	"drey/client/flinksql"
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan"
)

// explain plans a statement and tells how it would run here.
func (c *compiled) explain(t *parse.Explain, p *plan.Planner) error {
	c.kind = flinksql.Explain
	return expr.Refuse(t.Pos, "EXPLAIN")
}
