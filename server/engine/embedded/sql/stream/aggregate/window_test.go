package aggregate

import (
	"fmt"
	"testing"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/streamtest"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// windowed counts and sums by a text and the end of a window.
func windowed(shifted int64) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(b *stream.Builder, next stream.Op) []stream.Op {
		op := NewWindowAggregate(Aggregate{
			Keys:     []expr.Fn{streamtest.Column(0), streamtest.Column(1)},
			KeyTypes: []types.Type{streamtest.Text, streamtest.Number},
			Aggs: []*expr.Agg{
				streamtest.Agg("COUNT", 2, streamtest.Number), streamtest.Agg("SUM", 2, streamtest.Number),
			}, Budget: b.Operator("GroupAggregate"), Next: next,
		}, 1)
		op.Shifted = shifted
		return streamtest.One(op)
	}
}

// expiring forgets groups that were not touched for 100.
func expiring(b *stream.Builder, next stream.Op) []stream.Op {
	b.Expiry.TTL = 100
	return streamtest.One(&Aggregate{
		Keys: []expr.Fn{streamtest.Column(0)}, KeyTypes: []types.Type{streamtest.Text},
		Aggs:   []*expr.Agg{streamtest.Agg("COUNT", 1, streamtest.Number)},
		Budget: b.Operator("GroupAggregate"), Expiry: &b.Expiry, Next: next,
	})
}

func TestGroupsOfWindows(t *testing.T) {
	streamtest.Run(t, []streamtest.Case{
		{
			Name: "are given when the window is over", Build: windowed(0),
			In: []string{
				"+I a 10 1", "+I b 10 2", "+I a 10 3", "+I a 20 4", "mark 8", "mark 9", "+I a 10 5", "+I a 20 6",
				"mark max",
			},
			Want: []string{"mark 8", "+I a 10 2 4", "+I b 10 1 2", "mark 9", "+I a 20 2 10", "mark max"},
		},
		{
			Name: "in the order of their ends", Build: windowed(0),
			In:   []string{"+I a 30 1", "+I a 10 2", "+I a 20 3", "mark 100"},
			Want: []string{"+I a 10 1 2", "+I a 20 1 3", "+I a 30 1 1", "mark 100"},
		},
		{
			Name: "with an offset are looked at when windows without one end", Build: windowed(10),
			In: []string{
				"+I a 15 1", "+I a 15 2", "mark 14", "+I a 25 3", "mark 19", "mark 29", "mark 39", "mark max",
			},
			Want: []string{"+I a 15 2 3", "mark 14", "mark 19", "+I a 25 1 3", "mark 29", "mark 39", "mark max"},
		},
		{
			Name: "without groups at the end of a batch job",
			Build: func(b *stream.Builder, next stream.Op) []stream.Op {
				return streamtest.One(&Aggregate{
					Aggs: []*expr.Agg{streamtest.Agg("COUNT", 0, streamtest.Number)}, Batch: true,
					Blank: streamtest.Row(), Budget: b.Operator("GroupAggregate"), Next: next,
				})
			},
			In:   []string{"end"},
			Want: []string{"+I 0"},
		},
		{
			Name: "that expire begin again", Build: expiring,
			In:   []string{"at 0", "+I a 1", "at 90", "+I a 2", "at 200", "+I a 3", "-D b 1"},
			Want: []string{"+I a 1", "-U a 1", "+U a 2", "+I a 1"},
		},
	})
}

// TestGroupsThatExpireAreForgotten has each of many groups once.
func TestGroupsThatExpireAreForgotten(t *testing.T) {
	b := stream.NewBuilder()
	op := expiring(b, &streamtest.Sink{})[0]
	for i := range 20_000 {
		b.Expiry.Set(int64(i))
		if err := op.Push(stream.Change{Row: streamtest.Row(fmt.Sprint("k", i), int64(i))}); err != nil {
			t.Fatal(err)
		}
	}
	if held := b.Budget.Used(); held > 3*stream.SweepFrom {
		t.Errorf("%d groups are remembered, want about those of the last 100", held)
	}
}

func TestAggregatesOfRows(t *testing.T) {
	v, err := Aggregated(streamtest.Agg("SUM", 0, streamtest.Number), []value.Row{
		streamtest.Row(int64(3)), streamtest.Row(int64(4)),
	})
	if err != nil || v.I != 7 {
		t.Errorf("got %v, %v, want 7", v, err)
	}
}
