package tree

import (
	"slices"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/cep"
	"drey/server/engine/embedded/sql/stream/window"
)

// Windows puts each row into its windows: start, end and time are columns behind
// those of the input.
type Windows struct {
	base
	spec    window.Windows
	session *Session // nil: aligned windows
	keeps   bool
}

// Session are windows of rows that follow one another within a gap.
type Session struct {
	Gap  int64 // milliseconds
	Keys []*expr.Expr
}

// NewWindows is a windowing function: the columns are those of the result.
func NewWindows(in Node, columns []expr.Column, spec window.Windows, s *Session) *Windows {
	n := &Windows{base: passing(in), spec: spec, session: s}
	n.schema = columns
	t := in.Traits()
	n.traits = Traits{Append: true, Bounded: t.Bounded, Shuffled: t.Shuffled, Joined: t.Joined}
	n.mark()
	return n
}

// NewGroupWindows are windows in GROUP BY: what the input is like stays.
func NewGroupWindows(in Node, added []expr.Column, spec window.Windows, s *Session) *Windows {
	n := &Windows{base: passing(in), spec: spec, session: s, keeps: true}
	n.schema = append(slices.Clone(n.schema), added...)
	n.traits = n.traits.unkeyed()
	n.mark()
	return n
}

// mark tells which columns are the window's.
func (n *Windows) mark() {
	w := n.width()
	n.traits.Windows = &Windowed{Start: w, End: w + 1, Time: w + 2, Session: n.session != nil}
	if n.session == nil && n.spec.Offset%n.spec.Slide != 0 {
		n.traits.Windows.Shifted = n.spec.Slide
	}
}

// With implements Node.
func (n *Windows) With(in []Node) Node {
	if n.keeps {
		return NewGroupWindows(in[0], n.schema[n.width():], n.spec, n.session)
	}
	return NewWindows(in[0], n.schema, n.spec, n.session)
}

// Name implements Node.
func (n *Windows) Name(int) string {
	if n.session != nil {
		return "SessionTableFunction"
	}
	return "WindowTableFunction"
}

// Build implements Node.
func (n *Windows) Build(b *stream.Builder, next stream.Op) {
	if s := n.session; s != nil {
		n.input().Build(b, &window.Sessions{
			Time: n.spec.Time, Gap: s.Gap, Keys: evals(s.Keys), KeyTypes: typesOf(s.Keys),
			Budget: b.Operator("SessionTableFunction"), Next: next,
		})
		return
	}
	op := n.spec
	op.Next = next
	n.input().Build(b, &op)
}

func (n *Windows) needs(read []bool) [][]bool {
	var keys []*expr.Expr
	if n.session != nil {
		keys = n.session.Keys
	}
	return [][]bool{with(reading(n.width(), read, keys...), n.spec.Time)}
}

// Match finds rows that follow one another as a pattern says.
type Match struct {
	base
	op cep.Match
}

// NewMatch is MATCH_RECOGNIZE with these columns.
func NewMatch(in Node, columns []expr.Column, op cep.Match) *Match {
	n := &Match{passing(in), op}
	n.schema = columns
	n.traits = Traits{Append: true, Bounded: in.Traits().Bounded, Shuffled: in.Traits().Shuffled}
	return n
}

// With implements Node.
func (n *Match) With(in []Node) Node { return NewMatch(in[0], n.schema, n.op) }

// Name implements Node.
func (n *Match) Name(int) string { return n.op.Name() }

// Build implements Node.
func (n *Match) Build(b *stream.Builder, next stream.Op) {
	op := n.op
	op.Budget, op.Next = b.Operator("Match"), next
	n.input().Build(b, &op)
}

func (n *Match) needs([]bool) [][]bool { return [][]bool{every(n.input())} }
