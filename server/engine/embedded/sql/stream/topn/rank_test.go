package topn

import (
	"fmt"
	"testing"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/streamtest"
	"drey/server/engine/types"
)

var (
	byKey = []expr.Fn{streamtest.Column(0)}
	texts = []types.Type{streamtest.Text}
)

func byRank(r Rank) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(b *stream.Builder, next stream.Op) []stream.Op {
		op := r
		op.Partition, op.PartitionTypes, op.Keys, op.Types = byKey, texts, []stream.RankKey{streamtest.By(
			1, true,
		)}, []types.Type{streamtest.Text, streamtest.Number}
		op.Budget, op.Next, op.Expiry = b.Operator("Rank"), next, &b.Expiry
		return streamtest.One(&op)
	}
}

func deduplicated(last bool, ttl int64) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(b *stream.Builder, next stream.Op) []stream.Op {
		b.Expiry.TTL = ttl
		return streamtest.One(&Deduplicate{
			Partition: byKey, PartitionTypes: texts, Time: streamtest.Column(1), Last: last,
			Budget: b.Operator("Deduplicate"), Expiry: &b.Expiry, Next: next,
		})
	}
}

func inWindows(b *stream.Builder, next stream.Op) []stream.Op {
	return streamtest.One(&WindowRank{
		Partition: byKey, PartitionTypes: texts, End: streamtest.Column(1),
		Keys: []stream.RankKey{streamtest.By(2, false)}, Limit: 2, Budget: b.Operator("WindowRank"), Next: next,
	})
}

func TestRanks(t *testing.T) {
	streamtest.Run(t, []streamtest.Case{
		{
			Name: "with numbers that change", Build: byRank(Rank{First: 1, Last: 2, Append: true, Numbered: true}),
			In: []string{"+I a 5", "+I a 7", "+I a 6", "+I b 1", "mark 3"},
			Want: []string{
				"+I a 5 1", "-U a 5 1", "+U a 7 1", "+I a 5 2", "-U a 5 2", "+U a 6 2", "+I b 1 1", "mark 3",
			},
		},
		{
			Name: "of rows that are taken back", Build: byRank(Rank{First: 1, Last: 1, Numbered: true}),
			In:   []string{"+I a 5", "+I a 7", "-D a 7", "-D a 5", "-D a 4"},
			Want: []string{"+I a 5 1", "-U a 5 1", "+U a 7 1", "-U a 7 1", "+U a 5 1", "-D a 5 1"},
		},
		{
			Name: "the second alone", Build: byRank(Rank{First: 2, Last: 2}),
			In:   []string{"+I a 5", "+I a 7", "+I a 6", "-D a 7"},
			Want: []string{"+I a 5 2", "-U a 5 2", "+U a 6 2", "-U a 6 2", "+U a 5 2"},
		},
		{
			Name: "without numbers of rows that are taken back", Build: byRank(Rank{First: 1, Last: 2}),
			In:   []string{"+I a 5", "+I a 7", "+I a 6", "-D a 7", "-D a 6"},
			Want: []string{"+I a 5 1", "+I a 7 1", "-D a 5 2", "+I a 6 2", "-D a 7 1", "+I a 5 2", "-D a 6 1"},
		},
		{
			Name: "the last row by time", Build: deduplicated(true, 0),
			In:   []string{"+I a 5", "+I a 7", "+I a 6", "+I b 1", "mark 9"},
			Want: []string{"+I a 5 1", "-U a 5 1", "+U a 7 1", "+I b 1 1", "mark 9"},
		},
		{
			Name: "the first row by time", Build: deduplicated(false, 0),
			In:   []string{"+I a 5", "+I a 7", "+I b 1"},
			Want: []string{"+I a 5 1", "+I b 1 1"},
		},
		{
			Name: "the first row of times out of order", Build: deduplicated(false, 0),
			In: []string{"+I a 5", "+I a 4"},
			Want: []string{
				"+I a 5 1",
				"fails: not supported by the embedded engine: the first row by time of an input that is not in the order of time",
			},
		},
		{
			Name: "of a key that expired", Build: deduplicated(false, 100),
			In:   []string{"at 0", "+I a 5", "at 50", "+I a 6", "at 200", "+I a 7"},
			Want: []string{"+I a 5 1", "+I a 7 1"},
		},
		{
			Name: "of windows", Build: inWindows,
			In: []string{
				"+I a 10 5", "+I b 10 9", "+I a 10 3", "+I a 10 4", "+I a 20 1", "mark 9", "+I a 10 0", "mark max",
			},
			Want: []string{"+I a 10 3 1", "+I a 10 4 2", "+I b 10 9 1", "mark 9", "+I a 20 1 1", "mark max"},
		},
	})
}

// TestPartitionsThatExpireAreForgotten has each of many partitions once.
func TestPartitionsThatExpireAreForgotten(t *testing.T) {
	for name, build := range map[string]func(b *stream.Builder, next stream.Op) []stream.Op{
		"Rank": byRank(Rank{First: 1, Last: 1}), "Deduplicate": deduplicated(true, 100),
	} {
		b := stream.NewBuilder()
		b.Expiry.TTL = 100
		op := build(b, &streamtest.Sink{})[0]
		for i := range 20_000 {
			b.Expiry.Set(int64(i))
			if err := op.Push(stream.Change{Row: streamtest.Row(fmt.Sprint("k", i), int64(i))}); err != nil {
				t.Fatal(err)
			}
		}
		if held := b.Budget.Used(); held > 3*stream.SweepFrom {
			t.Errorf("%s: %d partitions are remembered, want about those of the last 100", name, held)
		}
	}
}
