package plan

import (
	"math"
	"strconv"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
)

// bounds reads a condition on the number of a row: the range of numbers that
// fulfil it. isNumber tells the number from other expressions.
func bounds(c parse.Expr, isNumber func(parse.Expr) bool) (first, last int, ok bool) {
	b, is := c.(*parse.Binary)
	if !is {
		return 0, 0, false
	}
	op, l, r := b.Op, b.L, b.R
	if isNumber(r) {
		l, r = r, l
		op = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
	}
	lit, is := r.(*parse.Literal)
	if !is || lit.Kind != parse.Number || !isNumber(l) {
		return 0, 0, false
	}
	n, err := strconv.Atoi(lit.Text)
	if err != nil || n < 0 || n > 1_000_000 {
		return 0, 0, false
	}
	switch op {
	case "=":
		return n, n, n > 0
	case "<=":
		return 1, n, n > 0
	case "<":
		return 1, n - 1, n > 1
	case ">=":
		return n, math.MaxInt32, true
	case ">":
		return n + 1, math.MaxInt32, true
	}
	return 0, 0, false
}

// firstRows takes the conditions on the number of a row out of a list; ok is
// false when the list does not bound the number.
func rankBounds(list []parse.Expr, isNumber func(parse.Expr) bool) (first, last int, rest []parse.Expr, ok bool) {
	first, last = 1, math.MaxInt32
	for _, c := range list {
		f, l, is := bounds(c, isNumber)
		if !is {
			rest = append(rest, c)
			continue
		}
		first, last = max(first, f), min(last, l)
	}
	return first, last, rest, last < math.MaxInt32 && first <= last
}

// and joins conditions again.
func and(list []parse.Expr) parse.Expr {
	var out parse.Expr
	for _, c := range list {
		if out == nil {
			out = c
			continue
		}
		out = &parse.Binary{Pos: out.Span().To(c.Span()), Op: "AND", L: out, R: c}
	}
	return out
}

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
	first, last, rest, ok := rankBounds(conjuncts(s.Where), isNumber)
	if !ok && first > 1 && last == math.MaxInt32 && !p.Batch {
		return nil, nil, tableError(s.Where.Span(), "Rank end is not specified. Currently rank only support TopN, which means the rank end must be specified.")
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
	return &tables{n, []expr.Relation{{Name: from.relations[0].Name, Columns: n.Schema()}}}, and(rest), nil
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
