package overagg

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/streamtest"
	"drey/server/engine/types"
)

func TestFunctionsOverWindows(t *testing.T) {
	streamtest.Run(t, []streamtest.Case{
		{
			Name: "Over numbers the rows of each partition",
			Build: func(b *stream.Builder, next stream.Op) []stream.Op {
				return streamtest.One(&Over{
					OverSpec: OverSpec{
						Partition: []expr.Fn{streamtest.Column(0)}, PartitionTypes: []types.Type{streamtest.Text},
						Keys: []stream.RankKey{{
							Fn: streamtest.Column(1), SortKey: stream.SortKey{Type: streamtest.Number},
						}}, Calls: []OverCall{{Of: functions.Builtin.Function("ROW_NUMBER")}, {
							Of: functions.Builtin.Function("RANK"),
						}},
					},
					Budget: b.Operator("OverAggregate"), Next: next,
				})
			},
			In:   []string{"+I b 2", "+I a 5", "+I b 1", "+I b 1", "+I a 4"},
			Want: []string{"+I b 1 1 1", "+I b 1 2 1", "+I b 2 3 3", "+I a 4 1 1", "+I a 5 2 2"},
		},
	})
}

// TestTheFirstRowsOfPartitionsAreHeldAlone numbers many rows of which the first
// of each partition are wanted.
func TestTheFirstRowsOfPartitionsAreHeldAlone(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	rows := make([]string, 20_000)
	for i := range rows {
		rows[i] = fmt.Sprintf("+I part%d %d row%d", random.IntN(7), random.IntN(50), i)
	}
	numbered := func(first int) func(b *stream.Builder, next stream.Op) []stream.Op {
		return func(b *stream.Builder, next stream.Op) []stream.Op {
			return streamtest.One(&Over{
				OverSpec: OverSpec{
					Partition: []expr.Fn{streamtest.Column(0)}, PartitionTypes: []types.Type{streamtest.Text},
					Keys: []stream.RankKey{{
						Fn: streamtest.Column(1), SortKey: stream.SortKey{Type: streamtest.Number},
					}}, Calls: []OverCall{{Of: functions.Builtin.Function("ROW_NUMBER")}},
				},
				First: first, Budget: b.Operator("OverAggregate"), Next: next,
			})
		}
	}
	upTo := func(list []string, first int) (out []string) {
		for _, row := range list {
			n, err := strconv.Atoi(row[strings.LastIndex(row, " ")+1:])
			if err != nil {
				t.Fatal(err)
			}
			if n <= first {
				out = append(out, row)
			}
		}
		return out
	}
	all := streamtest.Case{Name: "all", Build: numbered(0), In: rows}.Changes(t, -1)
	for _, first := range []int{1, 3, 100} {
		for _, pause := range []int{-1, 15, 9999} {
			got := streamtest.Case{Name: "first", Build: numbered(first), In: rows}.Changes(t, pause)
			if want := upTo(all, first); !slices.Equal(upTo(got, first), want) || len(want) != 7*first {
				t.Errorf("first %d, paused after %d: they are others than those of all rows", first, pause)
			}
			if limit := 7 * max(2*first, overAtLeast); len(got) > limit {
				t.Errorf("first %d: %d rows were held, want at most %d", first, len(got), limit)
			}
		}
	}
}
