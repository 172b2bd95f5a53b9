package window

import (
	"testing"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/streamtest"
	"drey/server/engine/types"
)

func aligned(w Windows) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(_ *stream.Builder, next stream.Op) []stream.Op {
		op := w
		op.Time, op.Next = 1, next
		return streamtest.One(&op)
	}
}

func sessions(b *stream.Builder, next stream.Op) []stream.Op {
	return streamtest.One(&Sessions{
		Time: 1, Gap: 10, Keys: []expr.Fn{streamtest.Column(0)}, KeyTypes: []types.Type{streamtest.Text},
		Budget: b.Operator("SessionTableFunction"), Next: next,
	})
}

func TestWindows(t *testing.T) {
	streamtest.Run(t, []streamtest.Case{
		{Name: "that follow one another", Build: aligned(Windows{Size: 10, Slide: 10}), In: []string{"+I a 3", "+I a 10", "+I a -1", "+I a ~", "mark 5"}, Want: []string{"+I a 3 0 10 9", "+I a 10 10 20 19", "+I a -1 -10 0 -1", "mark 5"}},
		{Name: "with an offset", Build: aligned(Windows{Size: 10, Slide: 10, Offset: 3}), In: []string{"+I a 2", "+I a 3"}, Want: []string{"+I a 2 -7 3 2", "+I a 3 3 13 12"}},
		{Name: "that overlap", Build: aligned(Windows{Size: 10, Slide: 5}), In: []string{"+I a 7"}, Want: []string{"+I a 7 5 15 14", "+I a 7 0 10 9"}},
		{Name: "that grow", Build: aligned(Windows{Size: 10, Slide: 5, Cumulate: true}), In: []string{"+I a 2", "+I a 7"}, Want: []string{"+I a 2 0 5 4", "+I a 2 0 10 9", "+I a 7 0 10 9"}},
		{Name: "of rows within a gap", Build: sessions, In: []string{"+I a 0", "+I a 25", "+I b 5", "+I a 8", "+I a ~", "mark 17", "+I a 5", "mark 18", "+I a 3", "mark max"}, Want: []string{"+I b 5 5 15 14", "+I a 0 0 18 17", "+I a 8 0 18 17", "mark 17", "mark 18", "+I a 25 25 35 34", "mark max"}},
		{Name: "that a row joins", Build: sessions, In: []string{"+I a 0", "+I a 15", "+I a 8", "mark 100"}, Want: []string{"+I a 0 0 25 24", "+I a 15 0 25 24", "+I a 8 0 25 24", "mark 100"}},
		{
			Name: "of rows on time", Build: func(_ *stream.Builder, next stream.Op) []stream.Op {
				return streamtest.One(&OnTime{End: 1, Next: next})
			},
			In: []string{"+I a 10", "mark 5", "+I a 10", "mark 9", "+I a 20", "+I a 10"},
			Want: []string{
				"+I a 10", "mark 5", "+I a 10", "mark 9", "+I a 20",
				"fails: not supported by the embedded engine: a late row in a join of windows",
			},
		},
	})
}
