package plan

import (
	"math"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/types"
)

// meeting finds in the condition of a join how far the event times of both
// sides may be apart; nil when they may be as far as they like. Rows that no
// row on time can meet any more are forgotten.
func (p *Planner) meeting(s *joinSpec, conds []parse.Expr, relations []expr.Relation) *stream.Meeting {
	if p.Batch || !s.l.Traits().Append || !s.r.Traits().Append {
		return nil
	}
	m := &meetingOf{p: p, relations: relations, width: len(s.l.Schema()), low: math.MinInt64, high: math.MaxInt64, left: -1, right: -1}
	for _, cond := range conds {
		for _, c := range parse.Conjuncts(cond) {
			switch c := c.(type) {
			case *parse.Binary:
				m.compare(c.Op, c.L, c.R)
			case *parse.Between:
				if !c.Not && !c.Symmetric {
					m.compare(">=", c.X, c.Low)
					m.compare("<=", c.X, c.High)
				}
			}
		}
	}
	if m.low == math.MinInt64 || m.high == math.MaxInt64 {
		return nil
	}
	return &stream.Meeting{Left: m.left, Right: m.right - m.width, Low: m.low, High: m.high}
}

// meetingOf is what is known of left time - right time.
type meetingOf struct {
	p           *Planner
	relations   []expr.Relation
	width       int
	low, high   int64
	left, right int // columns of the joined row
}

func (m *meetingOf) compare(op string, l, r parse.Expr) {
	a, plusA, ok := m.moment(l)
	if !ok {
		return
	}
	b, plusB, ok := m.moment(r)
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

// moment reads a column of event time, or one with an interval added.
func (m *meetingOf) moment(e parse.Expr) (column int, plus int64, ok bool) {
	switch e := e.(type) {
	case *parse.Ident:
		x, err := m.p.sideOf(e, m.relations)
		if err != nil || x == nil || !x.Type.Rowtime {
			return 0, 0, false
		}
		return x.Column, 0, true
	case *parse.Binary:
		i, isInterval := e.R.(*parse.Interval)
		if !isInterval || e.Op != "+" && e.Op != "-" {
			return 0, 0, false
		}
		x, err := m.p.resolver(&expr.Scope{}, "ON").Value(i)
		if err != nil || x.Literal == nil || x.Type.Root != types.IntervalMillis {
			return 0, 0, false
		}
		plus = x.Literal.I
		if e.Op == "-" {
			plus = -plus
		}
		column, more, ok := m.moment(e.L)
		return column, plus + more, ok
	}
	return 0, 0, false
}
