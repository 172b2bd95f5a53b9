package sql

import (
	"slices"
	"testing"
)

func TestTheKeyOfAPlan(t *testing.T) {
	const rank = "+- Rank(strategy=[AppendFastStrategy], rankType=[ROW_NUMBER], rankRange=[rankStart=1, " +
		"rankEnd=1], partitionBy=[a, b], orderBy=[c DESC, d ASC], select=[c, a, d, b], changelogMode=[I])"
	for _, c := range []struct {
		name, plan string
		columns    int
		want       []int
	}{
		{"projected", "Calc(select=[c, b, 1:BIGINT AS rn, a AS x], changelogMode=[I])\n" + rank, 4, []int{1, 3}},
		{"twice", "Calc(select=[x, ', ]' AS t, b], changelogMode=[I])\n+- Calc(select=[b, f(a, [c]) AS y, a AS x], changelogMode=[I])\n   " + rank, 3, []int{0, 2}},
		{"alone", rank[3:], 4, []int{1, 3}},
		{"lost", "Calc(select=[c, b], changelogMode=[I])\n" + rank, 2, nil},
		{"computed", "Calc(select=[c, b, UPPER(a) AS a], changelogMode=[I])\n" + rank, 3, nil},
		{"filtered", "Calc(select=[a, b], where=[>(c, 1)], changelogMode=[I])\n" + rank, 2, nil},
		{"other columns", "Calc(select=[a, b], changelogMode=[I])\n" + rank, 3, nil},
		{"two of each", "Rank(strategy=[x], rankRange=[rankStart=1, rankEnd=2], partitionBy=[a], select=[a], changelogMode=[I,UA,D])", 1, nil},
		{"no groups", "Rank(strategy=[x], rankRange=[rankStart=1, rankEnd=1], orderBy=[a ASC], select=[a], changelogMode=[I,UA,D])", 1, nil},
		{"joined", "Join(joinType=[InnerJoin], select=[a, b])\n" + rank, 2, nil},
		{"deduplicated", "Calc(select=[v, k], changelogMode=[I,UA])\n+- Deduplicate(keep=[LastRow], key=[k], order=[ROWTIME], outputInsertOnly=[false], changelogMode=[I,UA])", 2, []int{1}},
	} {
		if got := upsertColumns("== Optimized Physical Plan ==\n"+c.plan, c.columns); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
