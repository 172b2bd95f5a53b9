package ddl

import (
	"fmt"
	"slices"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/sqlerr"
)

// once complains of a view with two columns of one name. Flink tells where the
// first of them is computed.
func once(v *ast.CreateView, columns []string) error {
	for i, name := range columns {
		first := slices.Index(columns, name)
		if first == i {
			continue
		}
		s, ok := v.Query.Body.(*ast.Select)
		if !ok || slices.ContainsFunc(s.Items, func(it ast.Item) bool { _, star := it.Expr.(*ast.Star); return star }) {
			return sqlerr.Refuse(v.Pos, "a view with two columns %s", name)
		}
		at := s.Items[first].Expr.Span()
		return &sqlerr.Error{
			Pos: at, Class: sqlerr.ClassValidation, Validated: 1,
			Message: fmt.Sprintf(
				"A column with the same name `%s` has been defined at line %d, column %d.", name, at.Line, at.Col,
			),
		}
	}
	return nil
}
