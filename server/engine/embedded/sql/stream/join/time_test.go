package join

import (
	"fmt"
	"testing"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/streamtest"
	"drey/server/engine/types"
)

// rows of these tests are a key, a time and a number.
var timed = []types.Type{streamtest.Text, streamtest.Number, streamtest.Number}

func keyed(j Join, b *stream.Builder, next stream.Op) Join {
	j.LeftTypes, j.RightTypes, j.KeyTypes = timed, timed, []types.Type{streamtest.Text}
	j.LeftKeys, j.RightKeys = []expr.Fn{streamtest.Column(0)}, []expr.Fn{streamtest.Column(0)}
	j.Budget, j.Next = b.Operator("Join"), next
	return j
}

// interval joins rows of which the left is up to 10 before the right, and up to
// 5 behind it.
func interval(kind Join) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(b *stream.Builder, next stream.Op) []stream.Op {
		kind.Meeting = &Meeting{Left: 1, Right: 1, Low: -10, High: 5}
		op := &IntervalJoin{Join: keyed(kind, b, next)}
		return []stream.Op{op.Left(), op.Right()}
	}
}

func temporal(outer bool) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(b *stream.Builder, next stream.Op) []stream.Op {
		op := &TemporalJoin{
			LeftKeys: []expr.Fn{streamtest.Column(0)}, RightKeys: []expr.Fn{streamtest.Column(0)},
			KeyTypes: []types.Type{streamtest.Text},
			LeftTime: 1, RightTime: 1, Outer: outer, RightWidth: 3, Budget: b.Operator("TemporalJoin"), Next: next,
		}
		return []stream.Op{op.Left(), op.Right()}
	}
}

// expiring forgets rows that were not touched for 100.
func expiring(kind Join) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(b *stream.Builder, next stream.Op) []stream.Op {
		b.Expiry.TTL = 100
		j := keyed(kind, b, next)
		j.Expiry = &b.Expiry
		return []stream.Op{j.Left(), j.Right()}
	}
}

func conditional(kind Join) func(b *stream.Builder, next stream.Op) []stream.Op {
	kind.Cond = streamtest.Less(2, 5)
	return func(b *stream.Builder, next stream.Op) []stream.Op {
		j := keyed(kind, b, next)
		return []stream.Op{j.Left(), j.Right()}
	}
}

func TestJoinsInTime(t *testing.T) {
	streamtest.Run(t, []streamtest.Case{
		{
			Name: "within an interval", Build: interval(Join{}),
			In: []string{
				"+I a 100 1", "r +I a 90 2", "r +I a 96 3", "r +I a 110 4", "r +I a 111 5", "r +I b 100 6",
				"mark 200", "r mark 200", "+I a 105 7",
			},
			Want: []string{"+I a 100 1 a 96 3", "+I a 100 1 a 110 4", "mark 190"},
		},
		{
			Name: "a left row is given alone once nothing can meet it", Build: interval(Join{LeftOuter: true}),
			In:   []string{"+I a 100 1", "+I a 200 2", "r +I a 205 3", "mark 150", "r mark 150", "mark max", "r mark max"},
			Want: []string{"+I a 200 2 a 205 3", "+I a 100 1 ~ ~ ~", "mark 140", "mark max"},
		},
		{
			Name: "a late left row is given alone at once", Build: interval(Join{LeftOuter: true}),
			In:   []string{"mark 500", "r mark 500", "+I a 100 1", "r +I a 100 2"},
			Want: []string{"mark 490", "+I a 100 1 ~ ~ ~"},
		},
		{
			Name: "both sides are given alone", Build: interval(Join{LeftOuter: true, RightOuter: true}),
			In:   []string{"+I a 100 1", "r +I b 100 2", "mark 1000", "r mark 1000"},
			Want: []string{"+I ~ ~ ~ b 100 2", "+I a 100 1 ~ ~ ~", "mark 990"},
		},
		{
			Name: "with the version of the time", Build: temporal(false),
			In: []string{
				"r +I a 10 1", "r +U a 20 2", "+I a 15 7", "+I a 25 8", "+I a 5 9", "+I b 15 6", "mark 30",
				"r mark 30", "r -U a 20 2", "r +U a 40 3", "+I a 45 5", "mark 50", "r mark 50",
			},
			Want: []string{"+I a 15 7 a 10 1", "+I a 25 8 a 20 2", "mark 30", "+I a 45 5 a 40 3", "mark 50"},
		},
		{
			Name: "without a version", Build: temporal(true),
			In:   []string{"+I a 15 7", "r +I a 20 1", "+I ~ 16 8", "r +I a 20 2", "mark 30", "r mark 30"},
			Want: []string{"+I a 15 7 ~ ~ ~", "+I ~ 16 8 ~ ~ ~", "mark 30"},
		},
		{
			Name: "with a version that is deleted", Build: temporal(false),
			In:   []string{"r +I a 10 1", "r -D a 10 1"},
			Want: []string{"fails: not supported by the embedded engine: a version that is deleted, in a temporal join"},
		},
		{
			Name: "rows that expire", Build: expiring(Join{}),
			In:   []string{"at 0", "+I a 1 1", "at 50", "r +I a 1 2", "at 120", "r +I a 1 3", "+I a 1 4", "-D a 1 1"},
			Want: []string{"+I a 1 1 a 1 2", "+I a 1 4 a 1 2", "+I a 1 4 a 1 3", "-D a 1 1 a 1 2", "-D a 1 1 a 1 3"},
		},
		{
			Name: "a condition besides the key", Build: conditional(Join{}),
			In:   []string{"+I a 1 5", "r +I a 1 4", "r +I a 1 6", "-D a 1 5"},
			Want: []string{"+I a 1 5 a 1 6", "-D a 1 5 a 1 6"},
		},
		{
			Name: "a condition of a right join", Build: conditional(Join{RightOuter: true}),
			In:   []string{"r +I a 1 4", "+I a 1 5", "+I a 1 3", "-U a 1 3", "+U a 1 9"},
			Want: []string{"+I ~ ~ ~ a 1 4", "-D ~ ~ ~ a 1 4", "+I a 1 3 a 1 4", "-U a 1 3 a 1 4", "+I ~ ~ ~ a 1 4"},
		},
	})
}

// TestASweepForgetsWhatCannotMeet has many rows pass whose time is over.
func TestASweepForgetsWhatCannotMeet(t *testing.T) {
	b := stream.NewBuilder()
	j := keyed(Join{Meeting: &Meeting{Left: 1, Right: 1, Low: 0, High: 0}}, b, &streamtest.Sink{})
	left, right := j.Left(), j.Right()
	for i := range 10_000 {
		for _, side := range []stream.Op{left, right} {
			row := streamtest.Row(fmt.Sprint("k", i%500), int64(i), int64(i))
			if err := side.Push(stream.Change{Row: row}); err != nil {
				t.Fatal(err)
			}
			if err := stream.PassMark(side, int64(i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if held := b.Budget.Used(); held > 3*stream.SweepFrom {
		t.Errorf("%d rows are remembered, want about those that can be met", held)
	}
}
