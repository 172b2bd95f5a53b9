package join

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/streamtest"
	"drey/server/engine/types"
)

func join(kind Join) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(b *stream.Builder, next stream.Op) []stream.Op {
		j := kind
		j.LeftTypes, j.RightTypes, j.KeyTypes = []types.Type{
			streamtest.Text, streamtest.Number,
		}, []types.Type{streamtest.Text, streamtest.Number}, []types.Type{streamtest.Text}
		j.LeftKeys, j.RightKeys = []expr.Fn{streamtest.Column(0)}, []expr.Fn{streamtest.Column(0)}
		j.Budget, j.Next = b.Operator("Join"), next
		return []stream.Op{j.Left(), j.Right()}
	}
}

func TestJoins(t *testing.T) {
	streamtest.Run(t, []streamtest.Case{
		{
			Name: "Join", Build: join(Join{}),
			In:   []string{"+I a 1", "r +I a 10", "r +I b 20", "+I b 2", "+I ~ 3", "r +I ~ 30", "-D a 1"},
			Want: []string{"+I a 1 a 10", "+I b 2 b 20", "-D a 1 a 10"},
		},
		{
			Name: "LEFT JOIN", Build: join(Join{LeftOuter: true}),
			In: []string{"+I a 1", "r +I a 10", "r +I a 11", "r -D a 10", "r -D a 11", "-D a 1"},
			Want: []string{
				"+I a 1 ~ ~", "-D a 1 ~ ~", "+I a 1 a 10", "+I a 1 a 11", "-D a 1 a 10", "-D a 1 a 11", "+I a 1 ~ ~",
				"-D a 1 ~ ~",
			},
		},
		{
			Name: "FULL JOIN", Build: join(Join{LeftOuter: true, RightOuter: true}),
			In:   []string{"r +I a 10", "+I a 1", "-D a 1"},
			Want: []string{"+I ~ ~ a 10", "-D ~ ~ a 10", "+I a 1 a 10", "-D a 1 a 10", "+I ~ ~ a 10"},
		},
		{
			Name: "IN", Build: join(Join{Semi: true}),
			In:   []string{"+I a 1", "r +I a 10", "r +I a 11", "r -D a 10", "r -D a 11"},
			Want: []string{"+I a 1", "-D a 1"},
		},
		{
			Name: "NOT EXISTS", Build: join(Join{Anti: true}),
			In:   []string{"+I a 1", "r +I a 10", "r -D a 10"},
			Want: []string{"+I a 1", "-D a 1", "+I a 1"},
		},
		{
			Name:  "LEFT JOIN to what has ended",
			Build: join(Join{LeftOuter: true, LeftAppend: true, RightAppend: true}),
			In:    []string{"r +I a 10", "+I a 1", "r end", "+I a 2", "+I b 3"},
			Want:  []string{"+I a 1 a 10", "+I a 2 a 10", "+I b 3 ~ ~"},
		},
		{
			Name:  "RIGHT JOIN of what is taken back to what has ended",
			Build: join(Join{RightOuter: true, RightAppend: true}),
			In:    []string{"r +I a 10", "r end", "+I a 1", "+I a 2", "-D a 1", "-D a 2"},
			Want: []string{
				"+I ~ ~ a 10", "-D ~ ~ a 10", "+I a 1 a 10", "+I a 2 a 10", "-D a 1 a 10", "-D a 2 a 10", "+I ~ ~ a 10",
			},
		},
	})
}

// TestJoinsRememberTheSideThatEndsFirst has one side end before the other: what
// comes of it does not depend on whether the inputs are known to insert only,
// and when they are, the rows of the other side are not remembered.
func TestJoinsRememberTheSideThatEndsFirst(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for name, kind := range map[string]Join{
		"inner": {}, "left": {LeftOuter: true}, "right": {RightOuter: true}, "full": {LeftOuter: true, RightOuter: true},
		"semi": {Semi: true}, "anti": {Anti: true},
	} {
		for _, first := range []string{"", "r "} {
			var rows []string
			other := map[string]string{"": "r ", "r ": ""}[first]
			for i := range 20 {
				rows = append(rows, fmt.Sprintf("%s+I k%d %d", first, random.IntN(8), i))
				if i%4 == 0 {
					rows = append(rows, fmt.Sprintf("%s+I k%d %d", other, random.IntN(8), i))
				}
			}
			rows = append(rows, first+"end")
			for i := range 500 {
				rows = append(rows, fmt.Sprintf("%s+I k%d %d", other, random.IntN(8), 100+i))
			}
			want := streamtest.Case{Name: name, Build: join(kind), In: rows}.Changes(t, -1)
			kind.LeftAppend, kind.RightAppend = true, true
			var budget *state.Budget
			known := func(b *stream.Builder, next stream.Op) []stream.Op {
				budget = b.Budget
				return join(kind)(b, next)
			}
			for _, pause := range []int{-1, 3, 22, 300} {
				got := streamtest.Case{Name: name, Build: known, In: rows}.Changes(t, pause)
				if !slices.Equal(got, want) {
					t.Errorf(
						"%s, %sended first, paused after %d: got other rows than without knowing", name, first, pause,
					)
				}
				if pause == -1 && budget.Used() != 20 {
					t.Errorf(
						"%s, %sended first: %d rows are remembered, want those 20 that ended", name, first,
						budget.Used(),
					)
				}
			}
		}
	}
}
