package windows

import (
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// rank is a function that numbers rows by the values that they are ordered by.
func rank(name string, over expr.OverFunction) *expr.Function {
	over.Type, over.Ranks = types.Of(types.Bigint), true
	return &expr.Function{Name: name, Over: &over, Forms: []expr.Form{{
		Category: "aggregate", Signature: name + "()", Returns: "BIGINT",
		Doc: "Returns the rank of a value in a group of values.",
	}}}
}

// over are the functions that are called with OVER, besides aggregates.
var over = []*expr.Function{
	rank("RANK", expr.OverFunction{
		NoChanges: true,
		Number:    func(s expr.Standing, _ int64) value.Value { return value.Int(int64(s.First + 1)) },
	}),
	rank("DENSE_RANK", expr.OverFunction{
		NoTies: true,
		Number: func(s expr.Standing, _ int64) value.Value { return value.Int(int64(s.Before + 1)) },
	}),
	{
		Name: "ROW_NUMBER",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "ROW_NUMBER()", Returns: "BIGINT",
			Doc: "Assigns a unique, sequential number to each row, starting with one, according to the " +
				"ordering of rows within the window partition.",
		}},
		Over: &expr.OverFunction{
			Type: types.Of(types.Bigint), Ranks: true, Counts: true, ByTime: true,
			Number: func(s expr.Standing, _ int64) value.Value { return value.Int(int64(s.Row + 1)) },
		},
	},
	{
		Name: "LEAD",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "LEAD(expression [, offset] [, default])",
			Doc: "Returns the value of expression at the offsetth row after the current row in the window.",
		}},
		Over: &expr.OverFunction{Step: 1, BatchOnly: true},
	},
	{
		Name: "LAG",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "LAG(expression [, offset] [, default])",
			Doc: "Returns the value of expression at the offsetth row before the current row in the window.",
		}},
		Over: &expr.OverFunction{Step: -1, AppendOnly: true, ByTime: true},
	},
	{
		Name: "CUME_DIST",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "CUME_DIST()", Returns: "DOUBLE",
			Doc: "Return the cumulative distribution of a value in a group of values.",
		}},
		Over: &expr.OverFunction{
			Type: types.Of(types.Double), BatchOnly: true,
			Number: func(s expr.Standing, _ int64) value.Value { return value.Float(float64(s.End) / float64(s.Rows)) },
		},
	},
	{
		Name: "PERCENT_RANK",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "PERCENT_RANK()", Returns: "DOUBLE",
			Doc: "Return the percentage ranking of a value in a group of values.",
		}},
		Over: &expr.OverFunction{Type: types.Of(types.Double), BatchOnly: true, Number: percentRank},
	},
	{
		Name: "NTILE",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "NTILE(n)", Returns: "BIGINT",
			Doc: "Divides the rows for each window partition into `n` buckets ranging from 1 to at most `n`.",
		}},
		Over: &expr.OverFunction{Type: types.Of(types.Bigint), BatchOnly: true, Constant: true, Number: tile},
	},
}

// percentRank is how many of the other rows of the partition are before the row.
func percentRank(s expr.Standing, _ int64) value.Value {
	if s.Rows == 1 {
		return value.Float(0)
	}
	return value.Float(float64(s.First) / float64(s.Rows-1))
}

// tile is the bucket of a row: the first buckets have one row more.
func tile(s expr.Standing, buckets int64) value.Value {
	k, n := int64(s.Row), int64(s.Rows)
	size, more := n/buckets, n%buckets
	if k < more*(size+1) {
		return value.Int(k/(size+1) + 1)
	}
	return value.Int(more + (k-more*(size+1))/max(size, 1) + 1)
}
