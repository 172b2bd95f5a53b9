package ast

// ItemExprs are the expressions of a select list, of GROUP BY and HAVING; HAVING may be nil.
func ItemExprs(s *Select) []Expr {
	var all []Expr
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

// UsesName says whether an expression may use a column.
func UsesName(e Expr, name string) bool {
	found := false
	Walk(e, func(x Expr) bool {
		switch x := x.(type) {
		case *Star:
			found = true
		case *Ident:
			for _, n := range x.Parts {
				found = found || n.Text == name
			}
		}
		return !found
	})
	return found
}

// ShownExprs are the expressions of the select list.
func ShownExprs(s *Select) []Expr {
	list := make([]Expr, len(s.Items))
	for i, it := range s.Items {
		list[i] = it.Expr
	}
	return list
}

// GroupedExprs are the expressions that may use aggregates, in the order in which
// Flink looks at them.
func GroupedExprs(s *Select, q *Query) []Expr {
	list := append([]Expr{s.Having}, ShownExprs(s)...)
	for _, o := range q.OrderBy {
		list = append(list, o.Expr)
	}
	return list
}

// RowItems are the items of a row, or the only one where there is none.
func RowItems(e Expr) []Expr {
	if r, ok := e.(*Row); ok {
		return r.Items
	}
	return []Expr{e}
}

// StartOf is where the select list of a body begins, where Flink points.
func StartOf(b Body) Pos {
	switch b := b.(type) {
	case *Select:
		first, last := b.Items[0].Expr.Span(), b.Items[len(b.Items)-1].Expr.Span()
		return first.To(last)
	case *SetOp:
		return StartOf(b.L)
	case *Query:
		return StartOf(b.Body)
	}
	return b.Span()
}

// ItemPos is where item i of a body's select list is, or the body.
func ItemPos(b Body, i int) Pos {
	switch b := b.(type) {
	case *Select:
		if i < len(b.Items) {
			return b.Items[i].Expr.Span()
		}
	case *Query:
		return ItemPos(b.Body, i)
	}
	return b.Span()
}

// Unordered drops an ORDER BY that means nothing inside of another query.
func Unordered(q *Query) *Query {
	if q.Limit != nil || q.Offset != nil || q.OrderBy == nil {
		return q
	}
	out := *q
	out.OrderBy = nil
	return &out
}
