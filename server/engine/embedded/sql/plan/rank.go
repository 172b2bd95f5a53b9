package plan

import (
	"math"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/over"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
)

// topRows plans WHERE number <= n over a query that numbers its rows; nil
// when the condition is none of these.
func (p *Planner) topRows(from *tables, s *ast.Select) (*tables, ast.Expr, error) {
	found, column := tree.FindNumber(from.node)
	if found == nil {
		return nil, nil, nil
	}
	name := from.node.Schema()[column].Name
	isNumber := func(e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		return ok && id.Parts[len(id.Parts)-1].Text == name &&
			(len(id.Parts) == 1 || len(id.Parts) == 2 && id.Parts[0].Text == from.relations[0].Name)
	}
	if s.Where == nil || len(from.relations) != 1 {
		return nil, nil, nil
	}
	first, last, rest, ok := over.Bounds(ast.Conjuncts(s.Where), isNumber)
	if !ok && first > 1 && last == math.MaxInt32 && !p.Batch {
		return nil, nil, sqlerr.TableError(
			s.Where.Span(),
			"Rank end is not specified. Currently rank only support TopN, which means the rank end must be specified.",
		)
	}
	if !ok {
		return nil, nil, nil
	}
	numbered := false
	for _, e := range append(ast.ItemExprs(s), rest...) {
		numbered = numbered || ast.UsesName(e, name)
	}
	n, err := tree.FirstRows(from.node, first, last, numbered)
	if err != nil {
		return nil, nil, err
	}
	if p.Batch {
		rest = []ast.Expr{s.Where}
	}
	return &tables{n, []expr.Relation{{Name: from.relations[0].Name, Columns: n.Schema()}}}, ast.Conjoin(rest), nil
}
