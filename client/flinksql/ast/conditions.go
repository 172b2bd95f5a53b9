package ast

// Conjuncts are the conditions that AND joins.
func Conjuncts(e Expr) []Expr {
	b, ok := e.(*Binary)
	if !ok || b.Op != "AND" {
		return []Expr{e}
	}
	return append(Conjuncts(b.L), Conjuncts(b.R)...)
}

// Conjoin joins conditions again.
func Conjoin(list []Expr) Expr {
	var out Expr
	for _, c := range list {
		if out == nil {
			out = c
			continue
		}
		out = &Binary{Pos: out.Span().To(c.Span()), Op: "AND", L: out, R: c}
	}
	return out
}
