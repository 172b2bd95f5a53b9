package tree

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/overagg"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

var env = &expr.Env{Functions: functions.Builtin}

// table is a source of INT columns.
func table(t Traits, names ...string) *Scan {
	var columns []expr.Column
	for _, name := range names {
		columns = append(columns, expr.Column{Name: name, Type: types.Of(types.Integer).Null(true)})
	}
	return NewScan(columns, t, func(func(int) bool) stream.Source { return literalRows{} })
}

var bounded = Traits{Append: true, Bounded: true}

// on resolves an expression over the columns of some nodes, one behind the other.
func on(t *testing.T, text string, nodes ...Node) *expr.Expr {
	t.Helper()
	tree, err := parse.ParseExpr(text)
	if err != nil {
		t.Fatal(err)
	}
	var columns []expr.Column
	for _, n := range nodes {
		columns = append(columns, n.Schema()...)
	}
	r := &expr.Resolver{Env: env, Scope: &expr.Scope{Relations: []expr.Relation{{Columns: columns}}}}
	x, err := r.Resolve(tree)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestConditionsMoveBelowJoins(t *testing.T) {
	l, r := table(bounded, "a", "b"), table(bounded, "c", "d")
	for _, c := range []struct {
		name  string
		kind  JoinKind
		where string
		want  string // what the rows of each side go through
	}{
		{"of the left side", Inner, "b > 1", "Filter, Join | Join"},
		{"of the right side", Inner, "d > 1", "Join | Filter, Join"},
		{"of each side", Inner, "b > 1 AND d IS NULL", "Filter, Join | Filter, Join"},
		{"of both sides together", Inner, "b > d", "Join, Filter | Join, Filter"},
		{"some of them", Cross, "b > 1 AND a + d = 3 AND c IN (1, 2)", "Filter, Join, Filter | Filter, Join, Filter"},
		{"with OR", Inner, "b > 1 OR a = 2", "Filter, Join | Join"},
		{"with OR of both sides", Inner, "b > 1 OR d = 2", "Join, Filter | Join, Filter"},
		{"that may fail", Inner, "1 / b > 1", "Join, Filter | Join, Filter"},
		{"of constants", Inner, "1 = 2", "Join, Filter | Join, Filter"},
		{"of the side that is never filled", Left, "b > 1", "Filter, Join | Join"},
		{"of the side that is filled", Left, "d > 1", "Join, Filter | Join, Filter"},
		{"of the right side of a right join", Right, "d > 1", "Join | Filter, Join"},
		{"of the left side of a right join", Right, "b > 1", "Join, Filter | Join, Filter"},
		{"of a full join", Full, "b > 1 AND d > 1", "Join, Filter | Join, Filter"},
	} {
		t.Run(c.name, func(t *testing.T) {
			key := JoinSpec{
				Kind: c.kind, LeftKeys: []*expr.Expr{Plain(0, l.Schema()[0])},
				RightKeys: []*expr.Expr{Plain(0, r.Schema()[0])},
			}
			n := PushedDown(NewFilter(NewJoin(l, r, key), on(t, c.where, l, r)))
			if got := path(n); got != c.want {
				t.Errorf("%s: got %s, want %s", c.where, got, c.want)
			}
		})
	}
}

// path is what Explain tells, without what is the same everywhere; filters
// that follow one another are one.
func path(n Node) string {
	var sides []string
	for _, line := range Explain(n) {
		_, line, _ = strings.Cut(line, "Scan -> ")
		var names []string
		for _, name := range strings.Split(strings.TrimSuffix(line, " -> Sink"), " -> ") {
			name, _, _ = strings.Cut(name, "(")
			names = append(names, name)
		}
		sides = append(sides, strings.Join(slices.Compact(names), ", "))
	}
	return strings.Join(sides, " | ")
}

// TestMovedConditionsSayTheSame computes both plans of the same rows.
func TestMovedConditionsSayTheSame(t *testing.T) {
	rows := func(names ...string) *Scan {
		columns := table(bounded, names...).Schema()
		var list [][]*expr.Expr
		for i := range 20 {
			row := []*expr.Expr{
				env.Literal(ast.Pos{}, columns[0].Type, value.Int(int64(i%5))),
				env.Literal(ast.Pos{}, columns[1].Type, value.Int(int64(i))),
			}
			if i%7 == 3 {
				row[1] = env.Literal(ast.Pos{}, columns[1].Type, value.NULL)
			}
			list = append(list, row)
		}
		return Values(columns, list, false, false)
	}
	l, r := rows("a", "b"), rows("c", "d")
	for _, kind := range []JoinKind{Inner, Left, Right, Full, Cross} {
		for _, where := range []string{
			"b > 3", "d > 3", "b > 3 AND d < 9", "b IS NULL", "d IS NULL", "b BETWEEN 2 AND 8 AND (d = 4 OR d = 9)",
			"NOT (d > 4)",
		} {
			spec := JoinSpec{Kind: kind}
			if kind != Cross {
				spec.LeftKeys, spec.RightKeys = []*expr.Expr{Plain(0, l.Schema()[0])}, []*expr.Expr{Plain(
					0, r.Schema()[0],
				)}
			}
			n := NewFilter(NewJoin(l, r, spec), on(t, where, l, r))
			if got, want := results(t, Optimized(n)), results(t, n); got != want {
				t.Errorf("%s WHERE %s: got\n%s\nwant\n%s", kind, where, got, want)
			}
		}
	}
}

// collected is the end of a pipeline.
type collected struct{ rows []string }

func (c *collected) Push(ch stream.Change) error {
	text := ch.Op.String()
	for _, v := range ch.Row {
		text += " " + v.Text(types.Of(types.Integer), nil)
		if !v.Valid {
			text += "NULL"
		}
	}
	c.rows = append(c.rows, text)
	return nil
}

func (*collected) Finish() error { return nil }

func results(t *testing.T, n Node) string {
	t.Helper()
	b, out := stream.NewBuilder(), &collected{}
	n.Build(b, out)
	if _, err := b.Pipeline().Step(0, 1_000_000); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out.rows, "\n")
}

func TestSourcesKnowWhatIsRead(t *testing.T) {
	l, r := table(bounded, "a", "b", "c"), table(bounded, "d", "e", "f")
	project := func(in Node, texts ...string) Node {
		var items []*expr.Expr
		var columns []expr.Column
		for i, text := range texts {
			x := on(t, text, in)
			items, columns = append(items, x), append(columns, expr.Column{Name: fmt.Sprint("x", i), Type: x.Type})
		}
		return NewProject(in, columns, items)
	}
	joined := NewJoin(l, r, JoinSpec{
		Kind: Inner, LeftKeys: []*expr.Expr{Plain(0, l.Schema()[0])}, RightKeys: []*expr.Expr{Plain(1, r.Schema()[1])},
	})
	grouped := NewAggregate(l, Grouping{Keys: []*expr.Expr{Plain(2, l.Schema()[2])}})
	for _, c := range []struct {
		name string
		n    Node
		want string // the columns of each source
	}{
		{"all", l, "a b c"},
		{"a projection", project(l, "b + 1"), "b"},
		{"a projection of one that computes more", project(project(l, "a", "b", "c"), "x1"), "b"},
		{"a filter", project(NewFilter(l, on(t, "c > 1", l)), "a"), "a c"},
		{"a renaming", project(NewRename(l, []string{"u", "v", "w"}), "v"), "b"},
		{"the keys of a join", project(joined, "f"), "a | e f"},
		{"a group", grouped, "c"},
		{"a sort", project(NewSort(l, []stream.SortKey{{Column: 1}}, 0, -1), "a"), "a b"},
		{"DISTINCT", project(NewDistinct(l, false), "a"), "a b c"},
		{"UNION ALL", project(NewUnionAll(l.Schema(), l, l), "b"), "b | b"},
		{"EXCEPT", project(NewSetOp("EXCEPT", false, l.Schema(), l, l), "b"), "a b c | a b c"},
		{"first rows", project(NewTopRows(l, numbers(l), Ranked, 1, 3, false), "c"), "a b c"},
	} {
		if got := readBy(Pruned(c.n)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func readBy(n Node) string {
	var sources []string
	Walk(n, func(n Node) {
		if s, ok := n.(*Scan); ok {
			var names []string
			for i, c := range s.Schema() {
				if s.read[i] {
					names = append(names, c.Name)
				}
			}
			sources = append(sources, strings.Join(names, " "))
		}
	})
	return strings.Join(sources, " | ")
}

// numbers is ROW_NUMBER() OVER (PARTITION BY a ORDER BY b).
func numbers(in Node) Window {
	partition, order := Plain(0, in.Schema()[0]), Plain(1, in.Schema()[1])
	return Window{
		Partition: []*expr.Expr{partition}, Order: []*expr.Expr{order},
		Keys:    []stream.RankKey{{Fn: order.Eval, SortKey: stream.SortKey{Type: order.Type}}},
		Calls:   []overagg.OverCall{{Of: functions.Builtin.Function("ROW_NUMBER")}},
		Results: []expr.Column{{Name: "n", Type: types.Of(types.Bigint)}},
	}
}

func TestNumbersBecomeFirstRows(t *testing.T) {
	in := table(bounded, "a", "b")
	w := numbers(in)
	number := Number{Function: functions.Builtin.Function("ROW_NUMBER"), ID: expr.ID{77}}
	item := &expr.Expr{ID: expr.ID{77}, Column: -1, Type: types.Of(types.Bigint), Eval: columnAt(2)}
	over := func(n Node) Node {
		return NewProject(n, []expr.Column{{Name: "n"}, {Name: "b"}}, []*expr.Expr{item, Plain(1, in.Schema()[1])})
	}
	only, all := over(NewNumbered(in, w, number, nil)), over(NewNumbered(in, w, number, NewOver(in, w, OverChanges, 0)))
	if Executable(only) || RequireExecutable(only) == nil || !Executable(all) {
		t.Error("only the numbers of first rows can be had, and all of those that are computed")
	}
	for _, c := range []struct {
		name        string
		n           Node
		first, last int
		want        string
	}{
		{"the first three", only, 1, 3, "Rank, Project"},
		{"the second", only, 2, 2, "Rank, Project"},
		{"of all numbers", all, 1, 1, "Rank, Project"},
		{"in batch", over(NewNumbered(in, w, Number{Function: functions.Builtin.Function("ROW_NUMBER"), ID: expr.ID{77}, Batch: true}, NewOver(in, w, OverAll, 0))), 1, 3, "OverAggregate, Project"},
	} {
		found, column := FindNumber(c.n)
		if found == nil || column != 0 {
			t.Fatalf("%s: found %v in column %d", c.name, found, column)
		}
		n, err := FirstRows(c.n, c.first, c.last, false)
		if err != nil || path(n) != c.want || !Executable(n) {
			t.Errorf("%s: got %v, %v, want %s", c.name, n, err, c.want)
		}
		if found, _ := FindNumber(n); found != nil {
			t.Errorf("%s: there is a number yet", c.name)
		}
	}
	if n := AllNumbers(all); path(n) != "OverAggregate, Project" {
		t.Errorf("all numbers: got %s", path(n))
	}
	if found, _ := FindNumber(NewFilter(all, on(t, "n > 1", all))); found != nil {
		t.Error("a number is found behind a filter")
	}
}

// TestTraitsFollowFromInputs is what changes are like behind each node.
func TestTraitsFollowFromInputs(t *testing.T) {
	endless, changing := table(Traits{Append: true}, "a", "b"), table(
		Traits{Bounded: true, Upsert: []int{1}, Versions: []int{0}}, "a", "b",
	)
	ended := table(bounded, "a", "b")
	key := []*expr.Expr{Plain(0, ended.Schema()[0])}
	swapped := NewProject(changing, changing.Schema(), []*expr.Expr{
		Plain(1, changing.Schema()[1]), Plain(1, changing.Schema()[1]),
	})
	for _, c := range []struct {
		name string
		n    Node
		want string
	}{
		{"a filter forgets keys", NewFilter(changing, on(t, "a > 1", changing)), "changes, bounded"},
		{"a projection moves keys", swapped, "changes, bounded, upsert [0]"},
		{"a renaming keeps them", NewRename(changing, []string{"x", "y"}), "changes, bounded, upsert [1], versions [0]"},
		{"an inner join", NewJoin(ended, endless, JoinSpec{Kind: Inner}), "append, endless, joined"},
		{"a left join", NewJoin(ended, ended, JoinSpec{Kind: Left}), "changes, bounded, joined"},
		{"a left join in batch", NewJoin(ended, ended, JoinSpec{Kind: Left, Batch: true}), "append, bounded, joined"},
		{"a semi-join", NewJoin(changing, ended, JoinSpec{Kind: Semi}), "changes, bounded, joined"},
		{"a group", NewAggregate(ended, Grouping{Keys: key, Aggs: []*expr.Agg{{Of: functions.Builtin.Aggregate("COUNT")}}}), "changes, bounded"},
		{"a group in batch", NewAggregate(ended, Grouping{Keys: key, Batch: true, Aggs: []*expr.Agg{{Of: functions.Builtin.Aggregate("COUNT")}}}), "append, bounded"},
		{"different rows", NewAggregate(endless, Grouping{Keys: key}), "append, endless"},
		{"first rows in an order", NewTopN(endless, []stream.SortKey{{}}, 0, 3), "changes, endless"},
		{"UNION ALL", NewUnionAll(ended.Schema(), ended, changing), "changes, bounded, shuffled"},
		{"UNION", NewSetOp("UNION", false, ended.Schema(), ended, endless), "append, endless"},
		{"EXCEPT", NewSetOp("EXCEPT", false, ended.Schema(), ended, ended), "changes, bounded"},
		{"a batch job", Materialized(changing, true), "append, bounded, versions [0]"},
		{"INSERTs together", NewInserts([]Node{ended, endless}), "append, endless"},
		{"a query without FROM", SingleRow(), "append, bounded"},
	} {
		if got := traitsText(c.n.Traits()); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		if in := c.n.Inputs(); len(in) > 0 && traitsText(c.n.With(in).Traits()) != c.want {
			t.Errorf("%s: another one over the same inputs is %s", c.name, traitsText(c.n.With(in).Traits()))
		}
	}
}

func traitsText(t Traits) string {
	parts := []string{"changes", "endless"}
	if t.Append {
		parts[0] = "append"
	}
	if t.Bounded {
		parts[1] = "bounded"
	}
	for name, is := range map[string]bool{"joined": t.Joined, "shuffled": t.Shuffled} {
		if is {
			parts = append(parts, name)
		}
	}
	if t.Upsert != nil {
		parts = append(parts, fmt.Sprint("upsert ", t.Upsert))
	}
	if t.Versions != nil {
		parts = append(parts, fmt.Sprint("versions ", t.Versions))
	}
	return strings.Join(parts, ", ")
}
