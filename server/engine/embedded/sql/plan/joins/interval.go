package joins

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/types"
)

// interval is what is known of left time - right time.
type interval struct {
	spec        *Spec
	relations   []expr.Relation
	width       int
	low, high   int64
	left, right int // columns of the joined row
}

func (m *interval) compare(op string, l, r ast.Expr) {
	a, plusA, ok := m.timeOf(l)
	if !ok {
		return
	}
	b, plusB, ok := m.timeOf(r)
	if !ok || (a < m.width) == (b < m.width) {
		return
	}
	if a >= m.width {
		a, b, plusA, plusB = b, a, plusB, plusA
		op = map[string]string{"=": "=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}[op]
	}
	if m.left >= 0 && (m.left != a || m.right != b) {
		return // other times than those of another condition
	}
	d := plusB - plusA // a op b + d
	switch op {
	case "=":
		m.low, m.high = max(m.low, d), min(m.high, d)
	case ">":
		m.low = max(m.low, d+1)
	case ">=":
		m.low = max(m.low, d)
	case "<":
		m.high = min(m.high, d-1)
	case "<=":
		m.high = min(m.high, d)
	default:
		return
	}
	m.left, m.right = a, b
}

// timeOf reads a column of event time, or one with an interval added.
func (m *interval) timeOf(e ast.Expr) (column int, plus int64, ok bool) {
	switch e := e.(type) {
	case *ast.Ident:
		x, err := m.spec.side(e, m.relations)
		if err != nil || x == nil || !x.Type.Rowtime {
			return 0, 0, false
		}
		return x.Column, 0, true
	case *ast.Binary:
		i, isInterval := e.R.(*ast.Interval)
		if !isInterval || e.Op != "+" && e.Op != "-" {
			return 0, 0, false
		}
		x, err := expr.NewResolver(m.spec.env, &expr.Scope{}, "ON").Value(i)
		if err != nil || x.Literal == nil || x.Type.Root != types.IntervalMillis {
			return 0, 0, false
		}
		plus = x.Literal.I
		if e.Op == "-" {
			plus = -plus
		}
		column, more, ok := m.timeOf(e.L)
		return column, plus + more, ok
	}
	return 0, 0, false
}
