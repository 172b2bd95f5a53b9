package times

import (
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
)

// windowEdge resolves TUMBLE_START, HOP_END and the like.
func windowEdge(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	name, _, err := r.WindowCall(c)
	if err != nil {
		return nil, err
	}
	if r.Group == nil {
		return nil, sqlerr.Refuse(c.Pos, "%s without windows in GROUP BY", f.Name)
	}
	kind, edge, _ := strings.Cut(f.Name, "_")
	for _, rel := range r.Scope.Relations {
		for _, col := range rel.Columns {
			if col.Name == edge+name {
				return r.Resolve(&ast.Ident{Pos: c.Pos, Parts: []ast.Name{{Pos: c.Pos, Text: col.Name}}})
			}
		}
	}
	return nil, sqlerr.Invalid(
		c.Pos,
		"Call to auxiliary group function '%s' must have matching call to group function '$%s' in GROUP BY clause",
		f.Name, kind,
	)
}
