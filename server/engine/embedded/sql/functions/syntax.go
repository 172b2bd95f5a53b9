package functions

import "drey/server/engine/embedded/sql/expr"

// syntax are forms of the language, and functions that belong to a clause: the
// parser and the planner know them.
var syntax = []*expr.Function{
	{
		Name:   "EXISTS",
		Forms:  []expr.Form{{Category: "comparison", Signature: "EXISTS (sub-query)", Returns: "BOOLEAN", Doc: "Returns TRUE if sub-query returns at least one row."}},
		Syntax: true,
	},
	{
		Name:   "CASE",
		Forms:  []expr.Form{{Category: "conditional", Signature: "CASE [value] WHEN condition THEN result [WHEN …]* [ELSE result] END", Doc: "Returns the result of the first condition that is met, or of ELSE, or NULL."}},
		Syntax: true,
	},
	{
		Name:   "CAST",
		Forms:  []expr.Form{{Category: "conversion", Signature: "CAST(value AS type)", Doc: "Returns a new value being cast to type type."}},
		Syntax: true,
	},
	{
		Name:   "TRY_CAST",
		Forms:  []expr.Form{{Category: "conversion", Signature: "TRY_CAST(value AS type)", Doc: "Like CAST, but in case of error, returns NULL rather than failing the job."}},
		Syntax: true,
	},
	{
		Name:   "ROW",
		Forms:  []expr.Form{{Category: "valueconstruction", Signature: "ROW(value1 [, value2]*)", Doc: "Returns a row created from a list of values (value1, value2,...)."}},
		Syntax: true,
	},
	{
		Name:     "RANK",
		Forms:    []expr.Form{{Category: "aggregate", Signature: "RANK()", Returns: "BIGINT", Doc: "Returns the rank of a value in a group of values."}},
		Syntax:   true,
		OverOnly: true,
	},
	{
		Name:     "DENSE_RANK",
		Forms:    []expr.Form{{Category: "aggregate", Signature: "DENSE_RANK()", Returns: "BIGINT", Doc: "Returns the rank of a value in a group of values."}},
		Syntax:   true,
		OverOnly: true,
	},
	{
		Name:     "ROW_NUMBER",
		Forms:    []expr.Form{{Category: "aggregate", Signature: "ROW_NUMBER()", Returns: "BIGINT", Doc: "Assigns a unique, sequential number to each row, starting with one, according to the ordering of rows within the window partition."}},
		Syntax:   true,
		OverOnly: true,
	},
	{
		Name:     "LEAD",
		Forms:    []expr.Form{{Category: "aggregate", Signature: "LEAD(expression [, offset] [, default])", Doc: "Returns the value of expression at the offsetth row after the current row in the window."}},
		Syntax:   true,
		OverOnly: true,
	},
	{
		Name:     "LAG",
		Forms:    []expr.Form{{Category: "aggregate", Signature: "LAG(expression [, offset] [, default])", Doc: "Returns the value of expression at the offsetth row before the current row in the window."}},
		Syntax:   true,
		OverOnly: true,
	},
	{
		Name:     "CUME_DIST",
		Forms:    []expr.Form{{Category: "aggregate", Signature: "CUME_DIST()", Returns: "DOUBLE", Doc: "Return the cumulative distribution of a value in a group of values."}},
		Syntax:   true,
		OverOnly: true,
	},
	{
		Name:     "PERCENT_RANK",
		Forms:    []expr.Form{{Category: "aggregate", Signature: "PERCENT_RANK()", Returns: "DOUBLE", Doc: "Return the percentage ranking of a value in a group of values."}},
		Syntax:   true,
		OverOnly: true,
	},
	{
		Name:     "NTILE",
		Forms:    []expr.Form{{Category: "aggregate", Signature: "NTILE(n)", Returns: "BIGINT", Doc: "Divides the rows for each window partition into `n` buckets ranging from 1 to at most `n`."}},
		Syntax:   true,
		OverOnly: true,
	},
	{
		Name: "TUMBLE",
		Forms: []expr.Form{
			{Category: "window", Signature: "TUMBLE(TABLE data, DESCRIPTOR(timecol), size [, offset])", Doc: "Assigns each row to one window of fixed size, as a table function."},
			{Category: "window", Signature: "TUMBLE(time_attr, interval)", Doc: "Groups by windows of fixed size, in GROUP BY."},
		},
		Syntax: true,
	},
	{
		Name: "HOP",
		Forms: []expr.Form{
			{Category: "window", Signature: "HOP(TABLE data, DESCRIPTOR(timecol), slide, size [, offset])", Doc: "Assigns each row to windows of fixed size that begin every slide, as a table function."},
			{Category: "window", Signature: "HOP(time_attr, interval, interval)", Doc: "Groups by windows that begin every first interval and last the second, in GROUP BY."},
		},
		Syntax: true,
	},
	{
		Name:   "CUMULATE",
		Forms:  []expr.Form{{Category: "window", Signature: "CUMULATE(TABLE data, DESCRIPTOR(timecol), step, size)", Doc: "Assigns each row to windows of one start that grow by step up to size, as a table function."}},
		Syntax: true,
	},
	{
		Name: "SESSION",
		Forms: []expr.Form{
			{Category: "window", Signature: "SESSION(TABLE data [PARTITION BY keycols], DESCRIPTOR(timecol), gap)", Doc: "Assigns rows that follow one another within gap to one window, as a table function."},
			{Category: "window", Signature: "SESSION(time_attr, interval)", Doc: "Groups by windows of rows that follow one another within interval, in GROUP BY."},
		},
		Syntax: true,
	},
}

// others are functions of Flink that the engine refuses.
var others = []*expr.Function{
	{
		Name:  "PARSE_JSON",
		Forms: []expr.Form{{Category: "variant", Signature: "PARSE_JSON(json_string[, allow_duplicate_keys])", Returns: "VARIANT", Doc: "Parse a JSON string into a Variant."}},
	},
	{
		Name:  "TRY_PARSE_JSON",
		Forms: []expr.Form{{Category: "variant", Signature: "TRY_PARSE_JSON(json_string[, allow_duplicate_keys])", Returns: "VARIANT", Doc: "Try to parse a JSON string into a Variant if possible."}},
	},
	{
		Name:  "OBJECT_OF",
		Forms: []expr.Form{{Category: "valueconstruction", Signature: "OBJECT_OF(className, [key, value [, key, value , ...]])", Doc: "Creates a structured object from a list of key-value pairs."}},
	},
	{
		Name:  "OBJECT_UPDATE",
		Forms: []expr.Form{{Category: "valuemodification", Signature: "OBJECT_UPDATE(object, key, value [, key, value , ...])", Doc: "Updates existing fields in a structured object by providing key-value pairs."}},
	},
	{
		Name:  "TUMBLE_PROCTIME",
		Forms: []expr.Form{{Category: "window", Signature: "TUMBLE_PROCTIME(time_attr, interval)", Returns: "TIMESTAMP_LTZ(3)", Doc: "Returns the processing time, as a time attribute of the window that is grouped by."}},
	},
	{
		Name:  "HOP_PROCTIME",
		Forms: []expr.Form{{Category: "window", Signature: "HOP_PROCTIME(time_attr, interval, interval)", Returns: "TIMESTAMP_LTZ(3)", Doc: "Returns the processing time, as a time attribute of the window that is grouped by."}},
	},
	{
		Name:  "SESSION_PROCTIME",
		Forms: []expr.Form{{Category: "window", Signature: "SESSION_PROCTIME(time_attr, interval)", Returns: "TIMESTAMP_LTZ(3)", Doc: "Returns the processing time, as a time attribute of the window that is grouped by."}},
	},
	{
		Name:  "MATCH_ROWTIME",
		Forms: []expr.Form{{Category: "matching", Signature: "MATCH_ROWTIME([rowtime_field])", Returns: "TIMESTAMP(3)", Doc: "Returns the time attribute of the last row that MATCH_RECOGNIZE mapped."}},
	},
	{
		Name:  "MATCH_PROCTIME",
		Forms: []expr.Form{{Category: "matching", Signature: "MATCH_PROCTIME()", Returns: "TIMESTAMP_LTZ(3)", Doc: "Returns the processing time, as a time attribute, within MATCH_RECOGNIZE."}},
	},
}
