// Package times has the functions of dates and times, of the clock, and of the
// windows that a query groups by.
package times

import (
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/types"
)

// Functions are those of dates, times and windows.
var Functions = []*expr.Function{
	{
		Name: "YEAR",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "YEAR(date)", Returns: "BIGINT", Doc: "Returns the year from SQL date.",
		}},
		Resolve: part("YEAR"),
	},
	{
		Name: "QUARTER",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "QUARTER(date)", Returns: "BIGINT",
			Doc: "Returns the quarter of a year (an integer between 1 and 4) from SQL date.",
		}},
		Resolve: part("QUARTER"),
	},
	{
		Name: "MONTH",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "MONTH(date)", Returns: "BIGINT",
			Doc: "Returns the month of a year (an integer between 1 and 12) from SQL date.",
		}},
		Resolve: part("MONTH"),
	},
	{
		Name: "WEEK",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "WEEK(date)", Returns: "BIGINT",
			Doc: "Returns the week of a year (an integer between 1 and 53) from SQL date.",
		}},
		Resolve: part("WEEK"),
	},
	{
		Name: "DAYOFYEAR",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "DAYOFYEAR(date)", Returns: "BIGINT",
			Doc: "Returns the day of a year (an integer between 1 and 366) from SQL date.",
		}},
		Resolve: part("DOY"),
	},
	{
		Name: "DAYOFMONTH",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "DAYOFMONTH(date)", Returns: "BIGINT",
			Doc: "Returns the day of a month (an integer between 1 and 31) from SQL date.",
		}},
		Resolve: part("DAY"),
	},
	{
		Name: "DAYOFWEEK",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "DAYOFWEEK(date)", Returns: "BIGINT",
			Doc: "Returns the day of a week (an integer between 1 and 7) from SQL date.",
		}},
		Resolve: part("DOW"),
	},
	{
		Name: "HOUR",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "HOUR(timestamp)", Returns: "BIGINT",
			Doc: "Returns the hour of a day (an integer between 0 and 23) from SQL timestamp timestamp.",
		}},
		Resolve: part("HOUR"),
	},
	{
		Name: "MINUTE",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "MINUTE(timestamp)", Returns: "BIGINT",
			Doc: "Returns the minute of an hour (an integer between 0 and 59) from SQL timestamp timestamp.",
		}},
		Resolve: part("MINUTE"),
	},
	{
		Name: "SECOND",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "SECOND(timestamp)", Returns: "BIGINT",
			Doc: "Returns the second of a minute (an integer between 0 and 59) from SQL timestamp.",
		}},
		Resolve: part("SECOND"),
	},
	{
		Name: "EXTRACT",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "EXTRACT(timeinteravlunit FROM temporal)", Returns: "BIGINT",
			Doc: "Returns a long value extracted from the timeintervalunit part of temporal.",
		}},
		Resolve: extractCall,
	},
	{
		Name: "DATE_FORMAT",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "DATE_FORMAT(timestamp, string)", Returns: "STRING",
			Doc: "Converts timestamp to a value of string in the format specified by the date format string.",
		}},
		Overloads: []expr.Overload{
			{Args: []expr.Param{expr.Timestamp, expr.Text}, Type: expr.StringResult, Nullable: true, Eval: formatTimestamp},
			{Args: []expr.Param{expr.Text, expr.Text}, Type: expr.StringResult, Nullable: true, Eval: formatText},
		},
	},
	{
		Name: "TO_DATE",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "TO_DATE(string1[, string2])", Returns: "DATE",
			Doc: "Converts a date string string1 with format string2 (by default 'yyyy-MM-dd') to a date.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text, expr.Opt(expr.Text)}, Type: expr.Result(types.Of(types.Date)), Nullable: true,
			Eval: toDate,
		}},
	},
	{
		Name: "TO_TIMESTAMP",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "TO_TIMESTAMP(string1[, string2])", Returns: "TIMESTAMP(3)",
			Doc: "Converts date time string string1 with format string2 (by default: 'yyyy-MM-dd HH:mm:ss') " +
				"to a timestamp, without time zone.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text, expr.Opt(expr.Text)},
			Type: expr.Result(types.Type{Root: types.Timestamp, P: 3}), Nullable: true, Eval: toTimestamp,
		}},
		Supported: []string{"<CHARACTER>"},
	},
	{
		Name: "TO_TIMESTAMP_LTZ",
		Forms: []expr.Form{
			{Category: "temporal", Signature: "TO_TIMESTAMP_LTZ(numeric[, precision])", Returns: "TIMESTAMP_LTZ(3)", Doc: "Converts an epoch seconds or epoch milliseconds to a TIMESTAMP_LTZ."},
			{Category: "temporal", Signature: "TO_TIMESTAMP_LTZ(string1[, string2[, string3]])", Returns: "TIMESTAMP_LTZ(3)", Doc: "Converts a timestamp string string1 with format string2 (by default 'yyyy-MM-dd HH:mm:ss.SSS') in time zone string3 (by default 'UTC') to a TIMESTAMP_LTZ."},
		},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.AnyInteger, expr.Opt(expr.Integer)},
			Type: expr.Result(types.Type{Root: types.TimestampLTZ, P: 3}), Nullable: true, Eval: toTimestampLTZ,
		}},
		Unsure: true,
	},
	{
		Name: "FROM_UNIXTIME",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "FROM_UNIXTIME(numeric[, string])", Returns: "STRING",
			Doc: "Returns a representation of the numeric argument as a value in string format (default is " +
				"'yyyy-MM-dd HH:mm:ss').",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.AnyInteger, expr.Opt(expr.Text)}, Type: expr.StringResult, Nullable: true,
			Eval: fromUnixTime,
		}},
	},
	{
		Name: "UNIX_TIMESTAMP",
		Forms: []expr.Form{
			{Category: "temporal", Signature: "UNIX_TIMESTAMP()", Returns: "BIGINT", Doc: "Gets current Unix timestamp in seconds."},
			{Category: "temporal", Signature: "UNIX_TIMESTAMP(string1[, string2])", Returns: "BIGINT", Doc: "Converts a date time string string1 with format string2 (by default: yyyy-MM-dd HH:mm:ss if not specified) to Unix timestamp (in seconds)."},
		},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text, expr.Opt(expr.Text)}, Type: expr.BigintResult, Eval: unixTimestamp,
		}},
		Supported: []string{"", "<CHARACTER>", "<CHARACTER>, <CHARACTER>"},
	},
	{
		Name: "CONVERT_TZ",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "CONVERT_TZ(string1, string2, string3)", Returns: "STRING",
			Doc: "Converts a datetime string1 (with default ISO timestamp format 'yyyy-MM-dd HH:mm:ss') from " +
				"time zone string2 to time zone string3.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text, expr.Text, expr.Text}, Type: expr.StringResult, Nullable: true,
			Eval: convertZone,
		}},
	},
	{
		Name: "CURRENT_DATE",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "CURRENT_DATE", Returns: "DATE",
			Doc: "Returns the current SQL date in the local time zone.",
		}},
		Resolve: clock(true, types.Of(types.Date), today),
	},
	{
		Name: "CURRENT_TIME",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "CURRENT_TIME", Returns: "TIME(0)",
			Doc: "Returns the current SQL time in the local time zone, this is a synonym of LOCAL_TIME.",
		}},
		Resolve: clock(true, types.Type{Root: types.Time}, timeOfDay),
	},
	{
		Name: "LOCALTIME",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "LOCALTIME", Returns: "TIME(0)",
			Doc: "Returns the current SQL time in the local time zone, the return type is TIME(0).",
		}},
		Resolve: clock(true, types.Type{Root: types.Time}, timeOfDay),
	},
	{
		Name: "LOCALTIMESTAMP",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "LOCALTIMESTAMP", Returns: "TIMESTAMP(3)",
			Doc: "Returns the current SQL timestamp in local time zone, the return type is TIMESTAMP(3).",
		}},
		Resolve: clock(true, types.Type{Root: types.Timestamp, P: 3}, wallClock),
	},
	{
		Name: "CURRENT_TIMESTAMP",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "CURRENT_TIMESTAMP", Returns: "TIMESTAMP_LTZ(3)",
			Doc: "Returns the current SQL timestamp in the local time zone, the return type is TIMESTAMP_LTZ(3).",
		}},
		Resolve: clock(true, instantType, instant),
	},
	{
		Name: "NOW",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "NOW()", Returns: "TIMESTAMP_LTZ(3)",
			Doc: "Returns the current SQL timestamp in the local time zone, this is a synonym of CURRENT_TIMESTAMP.",
		}},
		Resolve: clock(false, instantType, instant),
	},
	{
		Name: "CURRENT_ROW_TIMESTAMP",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "CURRENT_ROW_TIMESTAMP()", Returns: "TIMESTAMP_LTZ(3)",
			Doc: "Returns the current SQL timestamp in the local time zone, the return type is TIMESTAMP_LTZ(3).",
		}},
		Resolve: clock(false, instantType, instant),
	},
	{
		Name: "PROCTIME",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "PROCTIME()", Returns: "TIMESTAMP_LTZ(3)",
			Doc: "Returns the processing time, as a time attribute.",
		}},
		Resolve: proctime,
	},
	{
		Name: "TIMESTAMPADD",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "TIMESTAMPADD(timeintervalunit, interval, timepoint)",
			Doc: "Returns timepoint moved by so many of the unit.",
		}},
		Resolve: withUnit(timestampAdd),
	},
	{
		Name: "TIMESTAMPDIFF",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "TIMESTAMPDIFF(timepointunit, timepoint1, timepoint2)", Returns: "INT",
			Doc: "Returns the (signed) number of timepointunit between timepoint1 and timepoint2.",
		}},
		Resolve: withUnit(timestampDiff),
	},
	{
		Name:    "$DIFFERENCE",
		Resolve: difference,
	},
	{
		Name: "CURRENT_WATERMARK",
		Forms: []expr.Form{{
			Category: "temporal", Signature: "CURRENT_WATERMARK(rowtime)",
			Doc: "Returns the current watermark for the given rowtime attribute.",
		}},
		Resolve: currentWatermark,
	},
	{
		Name: "TUMBLE_START",
		Forms: []expr.Form{{
			Category: "window", Signature: "TUMBLE_START(time_attr, interval)", Returns: "TIMESTAMP(3)",
			Doc: "Returns the first moment of the window that is grouped by.",
		}},
		Resolve: windowEdge,
	},
	{
		Name: "TUMBLE_END",
		Forms: []expr.Form{{
			Category: "window", Signature: "TUMBLE_END(time_attr, interval)", Returns: "TIMESTAMP(3)",
			Doc: "Returns the end of the window that is grouped by.",
		}},
		Resolve: windowEdge,
	},
	{
		Name: "TUMBLE_ROWTIME",
		Forms: []expr.Form{{
			Category: "window", Signature: "TUMBLE_ROWTIME(time_attr, interval)", Returns: "TIMESTAMP(3)",
			Doc: "Returns the last moment, as a time attribute of the window that is grouped by.",
		}},
		Resolve: windowEdge,
	},
	{
		Name: "HOP_START",
		Forms: []expr.Form{{
			Category: "window", Signature: "HOP_START(time_attr, interval, interval)", Returns: "TIMESTAMP(3)",
			Doc: "Returns the first moment of the window that is grouped by.",
		}},
		Resolve: windowEdge,
	},
	{
		Name: "HOP_END",
		Forms: []expr.Form{{
			Category: "window", Signature: "HOP_END(time_attr, interval, interval)", Returns: "TIMESTAMP(3)",
			Doc: "Returns the end of the window that is grouped by.",
		}},
		Resolve: windowEdge,
	},
	{
		Name: "HOP_ROWTIME",
		Forms: []expr.Form{{
			Category: "window", Signature: "HOP_ROWTIME(time_attr, interval, interval)", Returns: "TIMESTAMP(3)",
			Doc: "Returns the last moment, as a time attribute of the window that is grouped by.",
		}},
		Resolve: windowEdge,
	},
	{
		Name: "SESSION_START",
		Forms: []expr.Form{{
			Category: "window", Signature: "SESSION_START(time_attr, interval)", Returns: "TIMESTAMP(3)",
			Doc: "Returns the first moment of the window that is grouped by.",
		}},
		Resolve: windowEdge,
	},
	{
		Name: "SESSION_END",
		Forms: []expr.Form{{
			Category: "window", Signature: "SESSION_END(time_attr, interval)", Returns: "TIMESTAMP(3)",
			Doc: "Returns the end of the window that is grouped by.",
		}},
		Resolve: windowEdge,
	},
	{
		Name: "SESSION_ROWTIME",
		Forms: []expr.Form{{
			Category: "window", Signature: "SESSION_ROWTIME(time_attr, interval)", Returns: "TIMESTAMP(3)",
			Doc: "Returns the last moment, as a time attribute of the window that is grouped by.",
		}},
		Resolve: windowEdge,
	},
}
