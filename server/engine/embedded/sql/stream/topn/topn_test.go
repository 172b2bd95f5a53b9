package topn

import (
	"testing"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/streamtest"
	"drey/server/engine/types"
)

func topTwo(numbered, appends bool) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(b *stream.Builder, next stream.Op) []stream.Op {
		return streamtest.One(&Rank{
			Partition: []expr.Fn{streamtest.Column(0)}, PartitionTypes: []types.Type{streamtest.Text},
			Keys:  []stream.RankKey{{Fn: streamtest.Column(1), SortKey: stream.SortKey{Type: streamtest.Number}}},
			Types: []types.Type{streamtest.Text, streamtest.Number},
			First: 1, Last: 2, Numbered: numbered, Append: appends, Budget: b.Operator("Rank"), Next: next,
		})
	}
}

func topN(skip, count int, appends bool) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(b *stream.Builder, next stream.Op) []stream.Op {
		return streamtest.One(&TopN{
			Keys: byText, Types: []types.Type{streamtest.Text, streamtest.Number}, Skip: skip, Count: count,
			Append: appends,
			Budget: b.Operator("SortLimit"), Next: next,
		})
	}
}

var byText = []stream.SortKey{{Column: 0, Type: streamtest.Text}}

func TestFirstRows(t *testing.T) {
	streamtest.Run(t, []streamtest.Case{
		{
			Name: "TopN of rows that are only inserted", Build: topN(0, 2, true),
			In:   []string{"+I c 1", "+I b 1", "+I d 1", "+I a 1", "+I a 2"},
			Want: []string{"+I c 1", "+I b 1", "-D c 1", "+I a 1", "-D b 1", "+I a 2"},
		},
		{
			Name: "TopN with an offset of rows that are taken back", Build: topN(1, 1, false),
			In:   []string{"+I b 1", "+I c 1", "+I a 1", "-D a 1", "-D b 1"},
			Want: []string{"+I c 1", "-D c 1", "+I b 1", "-D b 1", "+I c 1", "-D c 1"},
		},
		{
			Name: "Rank without its number", Build: topTwo(false, true),
			In:   []string{"+I a 5", "+I a 3", "+I b 9", "+I a 4", "+I a 6"},
			Want: []string{"+I a 5 1", "+I a 3 1", "+I b 9 1", "-D a 5 2", "+I a 4 2"},
		},
	})
}
