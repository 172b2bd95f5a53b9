// Package windows has the functions over windows, and those that put rows into
// windows.
package windows

import (
	"slices"

	"drey/server/engine/embedded/sql/expr"
)

// Functions are those of windows.
var Functions = slices.Concat(over, windowing)

// windowing are the functions that put rows into windows: over a table, and in
// GROUP BY.
var windowing = []*expr.Function{
	{
		Name: "TUMBLE",
		Forms: []expr.Form{
			{Category: "window", Signature: "TUMBLE(TABLE data, DESCRIPTOR(timecol), size [, offset])", Doc: "Assigns each row to one window of fixed size, as a table function."},
			{Category: "window", Signature: "TUMBLE(time_attr, interval)", Doc: "Groups by windows of fixed size, in GROUP BY."},
		},
		Windowing: &expr.Windowing{
			Arguments: []string{"DATA", "TIMECOL", "SIZE", "OFFSET"}, GroupBy: 2,
			Form: "TUMBLE(TABLE table_name, DESCRIPTOR(timecol), datetime interval[, datetime interval])",
		},
	},
	{
		Name: "HOP",
		Forms: []expr.Form{
			{Category: "window", Signature: "HOP(TABLE data, DESCRIPTOR(timecol), slide, size [, offset])", Doc: "Assigns each row to windows of fixed size that begin every slide, as a table function."},
			{Category: "window", Signature: "HOP(time_attr, interval, interval)", Doc: "Groups by windows that begin every first interval and last the second, in GROUP BY."},
		},
		Windowing: &expr.Windowing{
			Arguments: []string{"DATA", "TIMECOL", "SLIDE", "SIZE", "OFFSET"}, Step: "SLIDE", GroupBy: 3,
			Form: "HOP(TABLE table_name, DESCRIPTOR(timecol), datetime interval, datetime interval[, datetime interval])",
		},
	},
	{
		Name: "CUMULATE",
		Forms: []expr.Form{{
			Category: "window", Signature: "CUMULATE(TABLE data, DESCRIPTOR(timecol), step, size)",
			Doc: "Assigns each row to windows of one start that grow by step up to size, as a table function.",
		}},
		Windowing: &expr.Windowing{
			Arguments: []string{"DATA", "TIMECOL", "STEP", "SIZE", "OFFSET"}, Step: "STEP", Cumulates: true,
			Form: "CUMULATE(TABLE table_name, DESCRIPTOR(timecol), datetime interval, datetime interval[, datetime interval])",
		},
	},
	{
		Name: "SESSION",
		Forms: []expr.Form{
			{Category: "window", Signature: "SESSION(TABLE data [PARTITION BY keycols], DESCRIPTOR(timecol), gap)", Doc: "Assigns rows that follow one another within gap to one window, as a table function."},
			{Category: "window", Signature: "SESSION(time_attr, interval)", Doc: "Groups by windows of rows that follow one another within interval, in GROUP BY."},
		},
		Windowing: &expr.Windowing{
			Arguments: []string{"DATA", "TIMECOL", "GAP"}, Sessions: true, GroupBy: 2,
			Form: "SESSION(TABLE table_name [PARTITION BY col1, col2, ...], DESCRIPTOR(timecol), datetime interval)",
		},
	},
}
