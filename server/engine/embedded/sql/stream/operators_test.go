package stream_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/streamtest"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func setOp(want func(l, r int) int) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(b *stream.Builder, next stream.Op) []stream.Op {
		s := &stream.SetOp{
			Types: []types.Type{streamtest.Text}, Want: want, Budget: b.Operator("SetOperation"), Next: next,
		}
		return []stream.Op{s.Left(), s.Right()}
	}
}

func sorted(keys []stream.SortKey, first int) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(b *stream.Builder, next stream.Op) []stream.Op {
		return streamtest.One(&stream.Sort{Keys: keys, First: first, Budget: b.Operator("Sort"), Next: next})
	}
}

var byCount = []stream.SortKey{{Column: 1, Type: streamtest.Number, Desc: true}}

// operators are cases of the operators of this package.
var operators = []streamtest.Case{
	{
		Name: "Filter", Build: func(_ *stream.Builder, next stream.Op) []stream.Op {
			return streamtest.One(&stream.Filter{Cond: func(row value.Row) (value.Value, error) {
				if !row[0].Valid {
					return value.NULL, nil
				}
				return value.Bool(row[0].I > 1), nil
			}, Next: next})
		},
		In:   []string{"+I 1", "+I 2", "+I ~", "-U 2", "+U 3", "-D 3"},
		Want: []string{"+I 2", "-U 2", "+U 3", "-D 3"},
	},
	{
		Name: "Project", Build: func(_ *stream.Builder, next stream.Op) []stream.Op {
			return streamtest.One(&stream.Project{
				Columns: []expr.Fn{streamtest.Column(1), streamtest.Column(0)}, Next: next,
			})
		},
		In:   []string{"+I a 1", "-D a 1"},
		Want: []string{"+I 1 a", "-D 1 a"},
	},
	{
		Name: "Union", Build: func(_ *stream.Builder, next stream.Op) []stream.Op {
			u := &stream.Union{Inputs: 2, Next: next}
			return []stream.Op{u, u}
		},
		In:   []string{"+I a", "r +I b", "r -D b", "+I a"},
		Want: []string{"+I a", "+I b", "-D b", "+I a"},
	},
	{
		Name: "Expand", Build: func(_ *stream.Builder, next stream.Op) []stream.Op {
			return streamtest.One(&stream.Expand{Sets: [][]bool{{true}, {false}}, Keys: 1, Next: next})
		},
		In:   []string{"+I a 7", "-D a 7"},
		Want: []string{"+I a 7 0", "+I ~ 7 1", "-D a 7 0", "-D ~ 7 1"},
	},
	{
		Name: "Limit", Build: func(_ *stream.Builder, next stream.Op) []stream.Op {
			return streamtest.One(&stream.Limit{Skip: 1, Count: 2, Next: next})
		},
		In:   []string{"+I a", "+I b", "+I c", "+I d"},
		Want: []string{"+I b", "+I c"},
	},
	{
		Name: "Settle", Build: func(b *stream.Builder, next stream.Op) []stream.Op {
			return streamtest.One(&stream.Materialize{
				Types: []types.Type{streamtest.Text, streamtest.Number}, Budget: b.Operator("Settle"), Next: next,
			})
		},
		In:   []string{"+I a 1", "+I b 1", "-U a 1", "+U a 2", "-D b 1", "+I c 1", "+I c 1", "-D c 1"},
		Want: []string{"+I a 2", "+I c 1"},
	},
	{
		Name: "Sort keeps the order of equal rows", Build: sorted(byCount, 0),
		In:   []string{"+I a 1", "+I b 3", "+I c 1", "+I d 3", "+I e ~", "+I f 2"},
		Want: []string{"+I b 3", "+I d 3", "+I f 2", "+I a 1", "+I c 1", "+I e ~"},
	},
	{
		Name: "INTERSECT ALL", Build: setOp(func(l, r int) int { return min(l, r) }),
		In:   []string{"+I a", "+I a", "r +I a", "r +I a", "-D a"},
		Want: []string{"+I a", "+I a", "-D a"},
	},
	{
		Name: "EXCEPT", Build: setOp(func(l, r int) int { return min(max(l, 0), 1) * max(1-r, 0) }),
		In:   []string{"+I a", "+I a", "r +I a", "r -D a"},
		Want: []string{"+I a", "-D a", "+I a"},
	},
}

func TestOperators(t *testing.T) {
	streamtest.Run(t, operators)
}

// TestTheFirstRowsOfAnOrderAreHeldAlone sorts many rows of which few are
// wanted: they are those of the whole order, and few are remembered meanwhile.
func TestTheFirstRowsOfAnOrderAreHeldAlone(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, first := range []int{1, 10, 3000} {
		rows := make([]string, 20_000)
		for i := range rows {
			rows[i] = fmt.Sprintf("+I row%d %d", i, random.IntN(200))
		}
		all := streamtest.Case{Name: "all", Build: sorted(byCount, 0), In: rows}.Changes(t, -1)
		b, out := stream.NewBuilder(), &streamtest.Sink{}
		op, most := sorted(byCount, first)(b, out)[0].(*stream.Sort), 0
		for i, row := range rows {
			c := streamtest.Change(t, strings.Fields(row))
			if err := op.Push(c); err != nil {
				t.Fatal(err)
			}
			if most = max(most, b.Budget.Used()); i == 7777 { // goes on in another
				saved := state.NewSaver()
				streamtest.Carry(saved, b, streamtest.One(op))
				b = stream.NewBuilder()
				op = sorted(byCount, first)(b, out)[0].(*stream.Sort)
				streamtest.Carry(state.NewLoader(saved.Buf), b, streamtest.One(op))
			}
		}
		if err := op.Finish(); err != nil {
			t.Fatal(err)
		}
		if got := out.List[:first]; !slices.Equal(got, all[:first]) {
			t.Errorf("first %d: they are others than those of the whole order", first)
		}
		if limit := max(2*first, 1024); most > limit || len(out.List) > limit {
			t.Errorf(
				"first %d: %d rows were remembered and %d passed on, want at most %d", first, most, len(out.List),
				limit,
			)
		}
		if b.Budget.Used() != 0 || b.Budget.Held() != 0 {
			t.Errorf(
				"first %d: %d rows and %d bytes are counted after the end", first, b.Budget.Used(), b.Budget.Held(),
			)
		}
	}
}
