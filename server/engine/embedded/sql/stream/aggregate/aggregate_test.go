package aggregate

import (
	"testing"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions/aggregates"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/streamtest"
	"drey/server/engine/types"
)

func grouped(retracts, batch bool, aggs ...*expr.Agg) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(b *stream.Builder, next stream.Op) []stream.Op {
		return streamtest.One(&Aggregate{
			Keys: []expr.Fn{streamtest.Column(0)}, KeyTypes: []types.Type{streamtest.Text}, Aggs: aggs,
			Retracts: retracts, Batch: batch, Budget: b.Operator("GroupAggregate"), Next: next,
		})
	}
}

func TestGroups(t *testing.T) {
	streamtest.Run(t, []streamtest.Case{
		{
			Name: "Aggregate while running",
			Build: grouped(
				true, false, streamtest.Agg("COUNT", 1, streamtest.Number), streamtest.Agg("SUM", 1, streamtest.Number),
			),
			In: []string{"+I a 1", "+I b 5", "+I a 2", "-D a 1", "-D a 2", "+I a ~"},
			Want: []string{
				"+I a 1 1", "+I b 1 5", "-U a 1 1", "+U a 2 3", "-U a 2 3", "+U a 1 2", "-D a 1 2", "+I a 0 ~",
			},
		},
		{
			Name: "Aggregate in batch",
			Build: grouped(
				false, true, streamtest.Agg("MIN", 1, streamtest.Number), streamtest.Agg("MAX", 1, streamtest.Number),
			),
			In:   []string{"+I b 5", "+I a 1", "+I b 7", "+I a ~"},
			Want: []string{"+I b 5 7", "+I a 1 1"},
		},
		{
			Name:  "Aggregate takes an extreme back",
			Build: grouped(true, false, streamtest.Agg("MAX", 1, streamtest.Number)),
			In:    []string{"+I a 1", "+I a 3", "-D a 3"},
			Want:  []string{"+I a 1", "-U a 1", "+U a 3", "-U a 3", "+U a 1"},
		},
		{
			Name: "Aggregate of different values",
			Build: grouped(true, false, &expr.Agg{
				Of: aggregates.Named("COUNT"), Distinct: true,
				AggInput: expr.AggInput{Arg: &expr.Expr{
					Type: streamtest.Number, Eval: streamtest.Column(1), Column: 1,
				}},
				Type: streamtest.Number,
			}),
			In:   []string{"+I a 1", "+I a 1", "+I a 2", "-D a 1", "-D a 1"},
			Want: []string{"+I a 1", "-U a 1", "+U a 2", "-U a 2", "+U a 1"},
		},
	})
}
