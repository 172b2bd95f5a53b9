package plan

import (
	"math"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/over"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
)

// topRows plans WHERE number <= n over a query that numbers its rows; nil
// when the condition is none of these.
func (p *Planner) topRows(from *tables, s *parse.Select) (*tables, parse.Expr, error) {
	found, column := tree.FindNumber(from.node)
	if found == nil {
		return nil, nil, nil
	}
	name := from.node.Schema()[column].Name
	isNumber := func(e parse.Expr) bool {
		id, ok := e.(*parse.Ident)
		return ok && id.Parts[len(id.Parts)-1].Text == name && (len(id.Parts) == 1 || len(id.Parts) == 2 && id.Parts[0].Text == from.relations[0].Name)
	}
	if s.Where == nil || len(from.relations) != 1 {
		return nil, nil, nil
	}
	first, last, rest, ok := over.Bounds(parse.Conjuncts(s.Where), isNumber)
	if !ok && first > 1 && last == math.MaxInt32 && !p.Batch {
		return nil, nil, sqlerr.TableError(s.Where.Span(), "Rank end is not specified. Currently rank only support TopN, which means the rank end must be specified.")
	}
	if !ok {
		return nil, nil, nil
	}
	numbered := false
	for _, e := range append(itemExprs(s), rest...) {
		numbered = numbered || usesName(e, name)
	}
	n, err := tree.FirstRows(from.node, first, last, numbered)
	if err != nil {
		return nil, nil, err
	}
	if p.Batch {
		rest = []parse.Expr{s.Where}
	}
	return &tables{n, []expr.Relation{{Name: from.relations[0].Name, Columns: n.Schema()}}}, parse.Conjoin(rest), nil
}

func itemExprs(s *parse.Select) []parse.Expr {
	var all []parse.Expr
	for _, it := range s.Items {
		all = append(all, it.Expr)
	}
	for _, g := range s.GroupBy {
		all = append(all, g.Expr)
		for _, set := range g.Sets {
			all = append(all, set...)
		}
	}
	return append(all, s.Having)
}

// usesName says whether an expression may use a column.
func usesName(e parse.Expr, name string) bool {
	found := false
	parse.Walk(e, func(x parse.Expr) bool {
		switch x := x.(type) {
		case *parse.Star:
			found = true
		case *parse.Ident:
			for _, n := range x.Parts {
				found = found || n.Text == name
			}
		}
		return !found
	})
	return found
}
