package ast

// Walk visits an expression and its parts, outermost first, until visit gives
// false. It does not go into queries.
func Walk(e Expr, visit func(Expr) bool) {
	if e == nil || !visit(e) {
		return
	}
	for _, part := range parts(e) {
		if part != nil {
			Walk(part, visit)
		}
	}
}

func parts(e Expr) []Expr {
	switch e := e.(type) {
	case *Unary:
		return []Expr{e.X}
	case *Binary:
		return []Expr{e.L, e.R}
	case *Call:
		return append(append(append([]Expr{}, e.Args...), e.Filter), windowParts(e.Over)...)
	case *Cast:
		return []Expr{e.X}
	case *Case:
		list := []Expr{e.Operand, e.Else}
		for _, w := range e.Whens {
			list = append(list, w.Cond, w.Then)
		}
		return list
	case *Between:
		return []Expr{e.X, e.Low, e.High}
	case *In:
		return append([]Expr{e.X}, e.List...)
	case *Like:
		return []Expr{e.X, e.Pattern, e.Escape}
	case *Is:
		return []Expr{e.X, e.Y}
	case *Quantified:
		return append([]Expr{e.X}, e.List...)
	case *Row:
		return e.Items
	case *Array:
		return e.Items
	case *Map:
		return e.Items
	case *Index:
		return []Expr{e.X, e.At}
	case *Field:
		return []Expr{e.X}
	}
	return nil
}

func windowParts(w *Window) []Expr {
	if w == nil {
		return nil
	}
	list := append([]Expr{}, w.PartitionBy...)
	for _, o := range w.OrderBy {
		list = append(list, o.Expr)
	}
	return list
}
