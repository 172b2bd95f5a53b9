// Package joins finds what a join compares: its keys, and how far apart the event
// times of its sides may be.
package joins

import (
	"math"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/plan/tree"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream/join"
	"drey/server/engine/types"
)

// MeetingOf finds in the condition of a join how far the event times of both
// sides may be apart; nil when they may be as far as they like. Rows that no
// row on time can meet any more are forgotten.
func (s *Spec) MeetingOf(conds []ast.Expr, relations []expr.Relation) *join.Meeting {
	if s.Batch || !s.L.Traits().Append || !s.R.Traits().Append {
		return nil
	}
	m := &interval{
		spec: s, relations: relations, width: len(s.L.Schema()), low: math.MinInt64, high: math.MaxInt64, left: -1,
		right: -1,
	}
	for _, cond := range conds {
		for _, c := range ast.Conjuncts(cond) {
			switch c := c.(type) {
			case *ast.Binary:
				m.compare(c.Op, c.L, c.R)
			case *ast.Between:
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
	return &join.Meeting{Left: m.left, Right: m.right - m.width, Low: m.low, High: m.high}
}

// Spec is a join while it is planned.
type Spec struct {
	tree.JoinSpec
	env  *expr.Env
	L, R tree.Node
}

// New is a join of two nodes without keys.
func New(env *expr.Env, kind tree.JoinKind, batch bool, l, r tree.Node) *Spec {
	return &Spec{JoinSpec: tree.JoinSpec{Kind: kind, Batch: batch}, env: env, L: l, R: r}
}

// AddKey adds a key: an expression over the left row, and one over the right.
func (s *Spec) AddKey(left, right *expr.Expr) {
	s.LeftKeys = append(s.LeftKeys, left)
	s.RightKeys = append(s.RightKeys, right)
}

// key adds columns of the joined row as a key.
func (s *Spec) key(left, right *expr.Expr) {
	s.AddKey(left, s.env.Ref(right.Pos, right.Column-len(s.L.Schema()), right.Name, right.Type))
}

// equalities finds a = b in the conjuncts of a condition where a is of the
// left side and b of the right one: the keys of the join.
func (s *Spec) AddEqualities(cond ast.Expr, relations []expr.Relation) error {
	width := len(s.L.Schema())
	for _, c := range ast.Conjuncts(cond) {
		eq, ok := c.(*ast.Binary)
		if !ok || eq.Op != "=" {
			continue
		}
		a, err := s.side(eq.L, relations)
		if err != nil {
			return err
		}
		b, err := s.side(eq.R, relations)
		if err != nil {
			return err
		}
		if a == nil || b == nil {
			continue
		}
		if a.Column >= width {
			a, b = b, a
		}
		if a.Column >= width || b.Column < width {
			continue
		}
		if !a.Type.Same(b.Type) && !(a.Type.IsInt() && b.Type.IsInt()) || a.Type.IsApprox() ||
			a.Type.Root >= types.Array {
			if a.Type.IsText() != b.Type.IsText() && (a.Type.IsNumeric() || b.Type.IsNumeric()) {
				return &sqlerr.Error{
					Pos: eq.Pos, Class: sqlerr.ClassTable,
					Message: "implicit type conversion between " + a.Type.Calcite() + " and " + b.Type.Calcite() +
						" is not supported on join's condition now",
				}
			}
			continue
		}
		s.key(a, b)
	}
	return nil
}

// mixedKeys complains of keys of which one is a text and one a number.
func (s *Spec) CheckKeys(cond ast.Expr, relations []expr.Relation, width int) error {
	for _, c := range ast.Conjuncts(cond) {
		eq, ok := c.(*ast.Binary)
		if !ok || eq.Op != "=" {
			continue
		}
		a, err := s.side(eq.L, relations)
		if err != nil || a == nil {
			continue
		}
		b, err := s.side(eq.R, relations)
		if err != nil || b == nil || (a.Column < width) == (b.Column < width) {
			continue
		}
		if a.Type.IsText() && b.Type.IsNumeric() || a.Type.IsNumeric() && b.Type.IsText() {
			return &sqlerr.Error{
				Pos: eq.Pos, Class: sqlerr.ClassTable,
				Message: "implicit type conversion between " + a.Type.Calcite() + " and " + b.Type.Calcite() +
					" is not supported on join's condition now",
			}
		}
	}
	return nil
}

// sideOf resolves a plain column of a condition; nil for anything else.
func (s *Spec) side(e ast.Expr, relations []expr.Relation) (*expr.Expr, error) {
	id, ok := e.(*ast.Ident)
	if !ok {
		return nil, nil
	}
	x, err := expr.NewResolver(s.env, &expr.Scope{Relations: relations}, "ON").Value(id)
	if err != nil || x.Column < 0 {
		return nil, err
	}
	return x, nil
}

// Covers says whether the equalities are those of the whole key, and of
// nothing else.
func (s *Spec) Covers(on ast.Expr, relations []expr.Relation) bool {
	found := map[int]bool{}
	width := len(s.L.Schema())
	for _, c := range ast.Conjuncts(on) {
		eq, ok := c.(*ast.Binary)
		if !ok || eq.Op != "=" {
			continue
		}
		for _, side := range []ast.Expr{eq.L, eq.R} {
			if x, err := s.side(side, relations); err == nil && x != nil && x.Column >= width {
				found[x.Column-width] = true
			}
		}
	}
	for _, k := range s.R.Traits().Versions {
		if !found[k] {
			return false
		}
	}
	return len(found) == len(s.R.Traits().Versions) && len(s.LeftKeys) == len(found)
}
