package stream

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions/aggregates"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// operatorCase is what an operator makes of changes. A change is written as
// "+I a 1": texts and numbers, ~ for NULL; "r" before it sends it to the right
// input, "end" and "r end" end one.
type operatorCase struct {
	name  string
	build func(b *Builder, next Op) []Op // its inputs
	in    []string
	want  []string
}

var ops = map[string]cmf.Op{"+I": cmf.OpInsert, "-U": cmf.OpUpdateBefore, "+U": cmf.OpUpdateAfter, "-D": cmf.OpDelete}

func parseChange(t *testing.T, text string) (side int, c Change) {
	t.Helper()
	words := strings.Fields(text)
	if words[0] == "r" {
		side, words = 1, words[1:]
	}
	op, ok := ops[words[0]]
	if !ok {
		t.Fatalf("no change: %q", text)
	}
	c.Op = op
	for _, word := range words[1:] {
		n, err := strconv.ParseInt(word, 10, 64)
		switch {
		case word == "~":
			c.Row = append(c.Row, value.NULL)
		case err == nil:
			c.Row = append(c.Row, value.Int(n))
		default:
			c.Row = append(c.Row, value.Text(word))
		}
	}
	return side, c
}

// changes are the last operator: what came of an input.
type changes struct {
	list  []string
	ended int
}

func (o *changes) Push(c Change) error {
	text := ""
	for name, op := range ops {
		if op == c.Op {
			text = name
		}
	}
	for _, v := range c.Row {
		switch {
		case !v.Valid:
			text += " ~"
		case v.S != "":
			text += " " + v.S
		default:
			text += fmt.Sprint(" ", v.I)
		}
	}
	o.list = append(o.list, text)
	return nil
}

func (o *changes) Finish() error { o.ended++; return nil }

// run pushes changes into an operator until its inputs end; after pause of them
// it goes on in another one, with what the first one remembered.
func (c operatorCase) run(t *testing.T, pause int) []string {
	t.Helper()
	out := &changes{}
	b := &Builder{Budget: &state.Budget{}}
	inputs := c.build(b, out)
	ended := map[int]bool{}
	for i, text := range c.in {
		if i == pause {
			saved := state.NewSaver()
			carry(saved, b, inputs)
			b = &Builder{Budget: &state.Budget{}}
			inputs = c.build(b, out)
			loaded := state.NewLoader(saved.Buf)
			if carry(loaded, b, inputs); loaded.Err != nil || len(loaded.Buf) > 0 {
				t.Fatalf("%s: what was remembered after %d changes cannot be read: %v, %d bytes are left", c.name, i, loaded.Err, len(loaded.Buf))
			}
		}
		if text == "end" || text == "r end" {
			if err := inputs[len(text)/4].Finish(); err != nil {
				t.Fatalf("%s: %s: %v", c.name, text, err)
			}
			ended[len(text)/4] = true
			continue
		}
		side, change := parseChange(t, text)
		if err := inputs[side].Push(change); err != nil {
			t.Fatalf("%s: %s: %v", c.name, text, err)
		}
	}
	for i, input := range inputs {
		if ended[i] {
			continue
		}
		if err := input.Finish(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
	}
	if out.ended != 1 {
		t.Errorf("%s: told its end %d times, want once", c.name, out.ended)
	}
	return out.list
}

// carry saves or loads what operators remember, in the order of Pipeline.state.
func carry(c *state.Codec, b *Builder, inputs []Op) {
	b.Budget.State(c)
	seen := map[state.Stateful]bool{}
	for _, op := range inputs {
		for ; op != nil; _, op = describe(op) {
			if s := remembers(op); s != nil && !seen[s] {
				seen[s] = true
				s.State(c)
			}
		}
	}
}

func column(i int) expr.Fn {
	return func(row value.Row) (value.Value, error) { return row[i], nil }
}

var (
	text    = types.String
	number  = types.Of(types.Bigint)
	byText  = []SortKey{{Column: 0, Type: text}}
	byCount = []SortKey{{Column: 1, Type: number, Desc: true}}
)

func agg(name string, arg int, result types.Type) *expr.Agg {
	return &expr.Agg{Of: aggregates.Named(name), Arg: &expr.Expr{Type: number, Eval: column(arg), Column: arg}, Type: result}
}

func one(op Op) []Op { return []Op{op} }

func join(kind Join) func(b *Builder, next Op) []Op {
	return func(b *Builder, next Op) []Op {
		j := kind
		j.LeftTypes, j.RightTypes, j.KeyTypes = []types.Type{text, number}, []types.Type{text, number}, []types.Type{text}
		j.LeftKeys, j.RightKeys = []expr.Fn{column(0)}, []expr.Fn{column(0)}
		j.Budget, j.Next = b.Operator("Join"), next
		return []Op{j.Left(), j.Right()}
	}
}

func setOp(want func(l, r int) int) func(b *Builder, next Op) []Op {
	return func(b *Builder, next Op) []Op {
		s := &SetOp{Types: []types.Type{text}, Want: want, Budget: b.Operator("SetOperation"), Next: next}
		return []Op{s.Left(), s.Right()}
	}
}

func grouped(retracts, batch bool, aggs ...*expr.Agg) func(b *Builder, next Op) []Op {
	return func(b *Builder, next Op) []Op {
		return one(&Aggregate{
			Keys: []expr.Fn{column(0)}, KeyTypes: []types.Type{text}, Aggs: aggs,
			Retracts: retracts, Batch: batch, Budget: b.Operator("GroupAggregate"), Next: next,
		})
	}
}

func topTwo(numbered, appends bool) func(b *Builder, next Op) []Op {
	return func(b *Builder, next Op) []Op {
		return one(&Rank{
			Partition: []expr.Fn{column(0)}, PartitionTypes: []types.Type{text},
			Keys: []RankKey{{Fn: column(1), SortKey: SortKey{Type: number}}}, Types: []types.Type{text, number},
			First: 1, Last: 2, Numbered: numbered, Append: appends, Budget: b.Operator("Rank"), Next: next,
		})
	}
}

func sorted(keys []SortKey, first int) func(b *Builder, next Op) []Op {
	return func(b *Builder, next Op) []Op {
		return one(&Sort{Keys: keys, First: first, Budget: b.Operator("Sort"), Next: next})
	}
}

func topN(skip, count int, appends bool) func(b *Builder, next Op) []Op {
	return func(b *Builder, next Op) []Op {
		return one(&TopN{
			Keys: byText, Types: []types.Type{text, number}, Skip: skip, Count: count, Append: appends,
			Budget: b.Operator("SortLimit"), Next: next,
		})
	}
}

var operatorCases = []operatorCase{
	{
		"Filter", func(_ *Builder, next Op) []Op {
			return one(&Filter{Cond: func(row value.Row) (value.Value, error) {
				if !row[0].Valid {
					return value.NULL, nil
				}
				return value.Bool(row[0].I > 1), nil
			}, Next: next})
		},
		[]string{"+I 1", "+I 2", "+I ~", "-U 2", "+U 3", "-D 3"},
		[]string{"+I 2", "-U 2", "+U 3", "-D 3"},
	},
	{
		"Project", func(_ *Builder, next Op) []Op {
			return one(&Project{Columns: []expr.Fn{column(1), column(0)}, Next: next})
		},
		[]string{"+I a 1", "-D a 1"},
		[]string{"+I 1 a", "-D 1 a"},
	},
	{
		"Union", func(_ *Builder, next Op) []Op { u := &Union{Inputs: 2, Next: next}; return []Op{u, u} },
		[]string{"+I a", "r +I b", "r -D b", "+I a"},
		[]string{"+I a", "+I b", "-D b", "+I a"},
	},
	{
		"Expand", func(_ *Builder, next Op) []Op {
			return one(&Expand{Sets: [][]bool{{true}, {false}}, Keys: 1, Next: next})
		},
		[]string{"+I a 7", "-D a 7"},
		[]string{"+I a 7 0", "+I ~ 7 1", "-D a 7 0", "-D ~ 7 1"},
	},
	{
		"Limit", func(_ *Builder, next Op) []Op { return one(&Limit{Skip: 1, Count: 2, Next: next}) },
		[]string{"+I a", "+I b", "+I c", "+I d"},
		[]string{"+I b", "+I c"},
	},
	{
		"Settle", func(b *Builder, next Op) []Op {
			return one(&Settle{Types: []types.Type{text, number}, Budget: b.Operator("Settle"), Next: next})
		},
		[]string{"+I a 1", "+I b 1", "-U a 1", "+U a 2", "-D b 1", "+I c 1", "+I c 1", "-D c 1"},
		[]string{"+I a 2", "+I c 1"},
	},
	{
		"Sort keeps the order of equal rows", sorted(byCount, 0),
		[]string{"+I a 1", "+I b 3", "+I c 1", "+I d 3", "+I e ~", "+I f 2"},
		[]string{"+I b 3", "+I d 3", "+I f 2", "+I a 1", "+I c 1", "+I e ~"},
	},
	{
		"TopN of rows that are only inserted", topN(0, 2, true),
		[]string{"+I c 1", "+I b 1", "+I d 1", "+I a 1", "+I a 2"},
		[]string{"+I c 1", "+I b 1", "-D c 1", "+I a 1", "-D b 1", "+I a 2"},
	},
	{
		"TopN with an offset of rows that are taken back", topN(1, 1, false),
		[]string{"+I b 1", "+I c 1", "+I a 1", "-D a 1", "-D b 1"},
		[]string{"+I c 1", "-D c 1", "+I b 1", "-D b 1", "+I c 1", "-D c 1"},
	},
	{
		"Aggregate while running", grouped(true, false, agg("COUNT", 1, number), agg("SUM", 1, number)),
		[]string{"+I a 1", "+I b 5", "+I a 2", "-D a 1", "-D a 2", "+I a ~"},
		[]string{"+I a 1 1", "+I b 1 5", "-U a 1 1", "+U a 2 3", "-U a 2 3", "+U a 1 2", "-D a 1 2", "+I a 0 ~"},
	},
	{
		"Aggregate in batch", grouped(false, true, agg("MIN", 1, number), agg("MAX", 1, number)),
		[]string{"+I b 5", "+I a 1", "+I b 7", "+I a ~"},
		[]string{"+I b 5 7", "+I a 1 1"},
	},
	{
		"Aggregate takes an extreme back", grouped(true, false, agg("MAX", 1, number)),
		[]string{"+I a 1", "+I a 3", "-D a 3"},
		[]string{"+I a 1", "-U a 1", "+U a 3", "-U a 3", "+U a 1"},
	},
	{
		"Aggregate of different values", grouped(true, false, &expr.Agg{Of: aggregates.Named("COUNT"), Distinct: true, Arg: &expr.Expr{Type: number, Eval: column(1), Column: 1}, Type: number}),
		[]string{"+I a 1", "+I a 1", "+I a 2", "-D a 1", "-D a 1"},
		[]string{"+I a 1", "-U a 1", "+U a 2", "-U a 2", "+U a 1"},
	},
	{
		"Join", join(Join{}),
		[]string{"+I a 1", "r +I a 10", "r +I b 20", "+I b 2", "+I ~ 3", "r +I ~ 30", "-D a 1"},
		[]string{"+I a 1 a 10", "+I b 2 b 20", "-D a 1 a 10"},
	},
	{
		"LEFT JOIN", join(Join{LeftOuter: true}),
		[]string{"+I a 1", "r +I a 10", "r +I a 11", "r -D a 10", "r -D a 11", "-D a 1"},
		[]string{"+I a 1 ~ ~", "-D a 1 ~ ~", "+I a 1 a 10", "+I a 1 a 11", "-D a 1 a 10", "-D a 1 a 11", "+I a 1 ~ ~", "-D a 1 ~ ~"},
	},
	{
		"FULL JOIN", join(Join{LeftOuter: true, RightOuter: true}),
		[]string{"r +I a 10", "+I a 1", "-D a 1"},
		[]string{"+I ~ ~ a 10", "-D ~ ~ a 10", "+I a 1 a 10", "-D a 1 a 10", "+I ~ ~ a 10"},
	},
	{
		"IN", join(Join{Semi: true}),
		[]string{"+I a 1", "r +I a 10", "r +I a 11", "r -D a 10", "r -D a 11"},
		[]string{"+I a 1", "-D a 1"},
	},
	{
		"NOT EXISTS", join(Join{Anti: true}),
		[]string{"+I a 1", "r +I a 10", "r -D a 10"},
		[]string{"+I a 1", "-D a 1", "+I a 1"},
	},
	{
		"LEFT JOIN to what has ended", join(Join{LeftOuter: true, LeftAppend: true, RightAppend: true}),
		[]string{"r +I a 10", "+I a 1", "r end", "+I a 2", "+I b 3"},
		[]string{"+I a 1 a 10", "+I a 2 a 10", "+I b 3 ~ ~"},
	},
	{
		"RIGHT JOIN of what is taken back to what has ended", join(Join{RightOuter: true, RightAppend: true}),
		[]string{"r +I a 10", "r end", "+I a 1", "+I a 2", "-D a 1", "-D a 2"},
		[]string{"+I ~ ~ a 10", "-D ~ ~ a 10", "+I a 1 a 10", "+I a 2 a 10", "-D a 1 a 10", "-D a 2 a 10", "+I ~ ~ a 10"},
	},
	{
		"INTERSECT ALL", setOp(func(l, r int) int { return min(l, r) }),
		[]string{"+I a", "+I a", "r +I a", "r +I a", "-D a"},
		[]string{"+I a", "+I a", "-D a"},
	},
	{
		"EXCEPT", setOp(func(l, r int) int { return min(max(l, 0), 1) * max(1-r, 0) }),
		[]string{"+I a", "+I a", "r +I a", "r -D a"},
		[]string{"+I a", "-D a", "+I a"},
	},
	{
		"Over numbers the rows of each partition", func(b *Builder, next Op) []Op {
			return one(&Over{
				OverSpec: OverSpec{
					Partition: []expr.Fn{column(0)}, PartitionTypes: []types.Type{text},
					Keys: []RankKey{{Fn: column(1), SortKey: SortKey{Type: number}}}, Calls: []OverCall{{Name: "ROW_NUMBER"}, {Name: "RANK"}},
				},
				Budget: b.Operator("OverAggregate"), Next: next,
			})
		},
		[]string{"+I b 2", "+I a 5", "+I b 1", "+I b 1", "+I a 4"},
		[]string{"+I b 1 1 1", "+I b 1 2 1", "+I b 2 3 3", "+I a 4 1 1", "+I a 5 2 2"},
	},
	{
		"Rank without its number", topTwo(false, true),
		[]string{"+I a 5", "+I a 3", "+I b 9", "+I a 4", "+I a 6"},
		[]string{"+I a 5 1", "+I a 3 1", "+I b 9 1", "-D a 5 2", "+I a 4 2"},
	},
}

// TestOperators runs each case in one go, and once more for each of its steps,
// after which another operator goes on.
func TestOperators(t *testing.T) {
	for _, c := range operatorCases {
		t.Run(c.name, func(t *testing.T) {
			for pause := -1; pause < len(c.in); pause++ {
				if got := c.run(t, pause); !slices.Equal(got, c.want) {
					t.Errorf("paused after %d: got\n%s\nwant\n%s", pause, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
				}
			}
		})
	}
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
		all := operatorCase{"all", sorted(byCount, 0), rows, nil}.run(t, -1)
		b, out := &Builder{Budget: &state.Budget{}}, &changes{}
		op, most := sorted(byCount, first)(b, out)[0].(*Sort), 0
		for i, row := range rows {
			_, c := parseChange(t, row)
			if err := op.Push(c); err != nil {
				t.Fatal(err)
			}
			if most = max(most, b.Budget.Used()); i == 7777 { // goes on in another
				saved := state.NewSaver()
				carry(saved, b, one(op))
				b = &Builder{Budget: &state.Budget{}}
				op = sorted(byCount, first)(b, out)[0].(*Sort)
				carry(state.NewLoader(saved.Buf), b, one(op))
			}
		}
		if len(op.rows.list) != b.Budget.Used() {
			t.Errorf("first %d: %d rows are held and %d counted", first, len(op.rows.list), b.Budget.Used())
		}
		if err := op.Finish(); err != nil {
			t.Fatal(err)
		}
		if got := out.list[:first]; !slices.Equal(got, all[:first]) {
			t.Errorf("first %d: they are others than those of the whole order", first)
		}
		if limit := max(2*first, sortAtLeast); most > limit || len(out.list) > limit {
			t.Errorf("first %d: %d rows were remembered and %d passed on, want at most %d", first, most, len(out.list), limit)
		}
		if b.Budget.Used() != 0 || b.Budget.Held() != 0 {
			t.Errorf("first %d: %d rows and %d bytes are counted after the end", first, b.Budget.Used(), b.Budget.Held())
		}
	}
}

// TestTheFirstRowsOfPartitionsAreHeldAlone numbers many rows of which the first
// of each partition are wanted.
func TestTheFirstRowsOfPartitionsAreHeldAlone(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	rows := make([]string, 20_000)
	for i := range rows {
		rows[i] = fmt.Sprintf("+I part%d %d row%d", random.IntN(7), random.IntN(50), i)
	}
	numbered := func(first int) func(b *Builder, next Op) []Op {
		return func(b *Builder, next Op) []Op {
			return one(&Over{
				OverSpec: OverSpec{
					Partition: []expr.Fn{column(0)}, PartitionTypes: []types.Type{text},
					Keys: []RankKey{{Fn: column(1), SortKey: SortKey{Type: number}}}, Calls: []OverCall{{Name: "ROW_NUMBER"}},
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
	all := operatorCase{"all", numbered(0), rows, nil}.run(t, -1)
	for _, first := range []int{1, 3, 100} {
		for _, pause := range []int{-1, 15, 9999} {
			got := operatorCase{"first", numbered(first), rows, nil}.run(t, pause)
			if want := upTo(all, first); !slices.Equal(upTo(got, first), want) || len(want) != 7*first {
				t.Errorf("first %d, paused after %d: they are others than those of all rows", first, pause)
			}
			if limit := 7 * max(2*first, overAtLeast); len(got) > limit {
				t.Errorf("first %d: %d rows were held, want at most %d", first, len(got), limit)
			}
		}
	}
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
			want := operatorCase{name, join(kind), rows, nil}.run(t, -1)
			kind.LeftAppend, kind.RightAppend = true, true
			var budget *state.Budget
			known := func(b *Builder, next Op) []Op {
				budget = b.Budget
				return join(kind)(b, next)
			}
			for _, pause := range []int{-1, 3, 22, 300} {
				got := operatorCase{name, known, rows, nil}.run(t, pause)
				if !slices.Equal(got, want) {
					t.Errorf("%s, %sended first, paused after %d: got other rows than without knowing", name, first, pause)
				}
				if pause == -1 && budget.Used() != 20 {
					t.Errorf("%s, %sended first: %d rows are remembered, want those 20 that ended", name, first, budget.Used())
				}
			}
		}
	}
}
