package cep

import (
	"testing"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/streamtest"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// matching finds A, then B, and so on: a row is one of a variable when its text,
// behind the key and the time, begins with its letter. What is told of a match
// is the key and the texts of its rows.
func matching(m Match, parts ...PatternPart) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(b *stream.Builder, next stream.Op) []stream.Op {
		op := m
		op.Pattern, op.Variables = NewPattern(parts), []string{"A", "B", "C"}[:len(parts)]
		op.Partition, op.KeyTypes, op.Time = []expr.Fn{streamtest.Column(0)}, []types.Type{streamtest.Text}, 1
		op.Is = func(variable int, rows *MatchRows) (bool, error) {
			last := rows.Rows[len(rows.Rows)-1][2].S
			return last[0] == "ABC"[variable] || last[0] == '*', nil
		}
		op.Measure = func(rows *MatchRows) (value.Row, error) {
			text := ""
			for _, row := range rows.Rows {
				text += row[2].S
			}
			return value.Row{rows.Rows[0][0], value.Text(text)}, nil
		}
		op.Budget, op.Next = b.Operator("Match"), next
		return streamtest.One(&op)
	}
}

func TestPatterns(t *testing.T) {
	once, maybe := PatternPart{Least: 1, Most: 1}, PatternPart{Least: 0, Most: 1}
	many, some := PatternPart{Least: 1, Most: -1, Greedy: true}, PatternPart{Least: 2, Most: 3}
	past, next := MatchSkip{To: -1}, MatchSkip{Next: true, To: -1}
	streamtest.Run(t, []streamtest.Case{
		{Name: "one behind the other", Build: matching(Match{Skip: past}, once, once), In: []string{"+I k 1 A1", "+I k 2 B2", "+I k 3 B3", "+I j 1 A4", "+I k 4 A5", "+I k 5 C6", "mark 9", "+I k 5 B7", "mark max"}, Want: []string{"+I k A1B2", "mark 9", "mark max"}},
		{Name: "rows out of order", Build: matching(Match{Skip: past}, once, once), In: []string{"+I k 2 B2", "+I k 1 A1", "mark 5"}, Want: []string{"+I k A1B2", "mark 5"}},
		{Name: "one that need not be there", Build: matching(Match{Skip: past}, once, maybe, once), In: []string{"+I k 1 A1", "+I k 2 C2", "+I k 3 A3", "+I k 4 B4", "+I k 5 C5", "mark max"}, Want: []string{"+I k A1C2", "+I k A3B4C5", "mark max"}},
		{Name: "as many as there are", Build: matching(Match{Skip: past}, many, once), In: []string{"+I k 1 A1", "+I k 2 A2", "+I k 3 A3", "+I k 4 B4", "mark max"}, Want: []string{"+I k A1A2A3B4", "mark max"}},
		{Name: "two or three", Build: matching(Match{Skip: past}, once, some), In: []string{"+I k 1 A1", "+I k 2 B2", "+I k 3 B3", "+I k 4 B4", "mark max"}, Want: []string{"+I k A1B2B3", "mark max"}},
		{Name: "from the next row on", Build: matching(Match{Skip: next}, many, once), In: []string{"+I k 1 A1", "+I k 2 A2", "+I k 3 B3", "mark max"}, Want: []string{"+I k A1A2B3", "+I k A2B3", "mark max"}},
		{Name: "from the last B on", Build: matching(Match{Skip: MatchSkip{To: 1}}, once, once, once), In: []string{"+I k 1 A1", "+I k 2 *2", "+I k 3 *3", "+I k 4 C4", "mark max"}, Want: []string{"+I k A1*2*3", "+I k *2*3C4", "mark max"}},
		{Name: "to the first row again", Build: matching(Match{Skip: MatchSkip{To: 0, First: true}}, once, once), In: []string{"+I k 1 A1", "+I k 2 B2", "mark max"}, Want: []string{"fails: Could not skip to first element of a match."}},
		{Name: "to a variable without rows", Build: matching(Match{Skip: MatchSkip{To: 1}}, once, maybe, once), In: []string{"+I k 1 A1", "+I k 2 C2", "mark max"}, Want: []string{"fails: Could not skip to B. No such element in the found match {A=[EventId{id=0, timestamp=1}], C=[EventId{id=0, timestamp=2}]}"}},
		{Name: "within 10", Build: matching(Match{Skip: past, Within: 10}, once, once), In: []string{"+I k 1 A1", "+I k 20 B2", "+I k 21 A3", "+I k 22 B4", "mark 15", "mark max"}, Want: []string{"mark 15", "+I k A3B4", "mark max"}},
		{Name: "in batch", Build: matching(Match{Skip: past, Batch: true}, once, once), In: []string{"+I k 2 B1", "+I j 1 A2", "+I k 1 A3", "+I j 2 B4"}, Want: []string{"+I j A2B4", "+I k A3B1"}},
		{
			Name: "rows of one time in an order",
			Build: matching(
				Match{Skip: past, Then: []stream.RankKey{{
					Fn: streamtest.Column(2), SortKey: stream.SortKey{Type: streamtest.Text},
				}}},
				once, once,
			),
			In:   []string{"+I k 1 B2", "+I k 1 A1", "mark max"},
			Want: []string{"+I k A1B2", "mark max"},
		},
	})
}
