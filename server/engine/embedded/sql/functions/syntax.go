package functions

import "drey/server/engine/embedded/sql/expr"

// syntax are forms of the language: the parser knows them.
var syntax = []*expr.Function{
	{
		Name: "EXISTS",
		Forms: []expr.Form{{
			Category: "comparison", Signature: "EXISTS (sub-query)", Returns: "BOOLEAN",
			Doc: "Returns TRUE if sub-query returns at least one row.",
		}},
		Syntax: true,
	},
	{
		Name: "CASE",
		Forms: []expr.Form{{
			Category: "conditional", Signature: "CASE [value] WHEN condition THEN result [WHEN …]* [ELSE result] END",
			Doc: "Returns the result of the first condition that is met, or of ELSE, or NULL.",
		}},
		Syntax: true,
	},
	{
		Name: "CAST",
		Forms: []expr.Form{{
			Category: "conversion", Signature: "CAST(value AS type)",
			Doc: "Returns a new value being cast to type type.",
		}},
		Syntax: true,
	},
	{
		Name: "TRY_CAST",
		Forms: []expr.Form{{
			Category: "conversion", Signature: "TRY_CAST(value AS type)",
			Doc: "Like CAST, but in case of error, returns NULL rather than failing the job.",
		}},
		Syntax: true,
	},
	{
		Name: "ROW",
		Forms: []expr.Form{{
			Category: "valueconstruction", Signature: "ROW(value1 [, value2]*)",
			Doc: "Returns a row created from a list of values (value1, value2,...).",
		}},
		Syntax: true,
	},
}

// others are functions of Flink that the engine refuses.
var others = []*expr.Function{
	{
		Name: "PARSE_JSON",
		Forms: []expr.Form{{
			Category: "variant", Signature: "PARSE_JSON(json_string[, allow_duplicate_keys])", Returns: "VARIANT",
			Doc: "Parse a JSON string into a Variant.",
		}},
	},
	{
		Name: "TRY_PARSE_JSON",
		Forms: []expr.Form{{
			Category: "variant", Signature: "TRY_PARSE_JSON(json_string[, allow_duplicate_keys])", Returns: "VARIANT",
			Doc: "Try to parse a JSON string into a Variant if possible.",
		}},
	},
	{
		Name: "OBJECT_OF",
		Forms: []expr.Form{{
			Category: "valueconstruction", Signature: "OBJECT_OF(className, [key, value [, key, value , ...]])",
			Doc: "Creates a structured object from a list of key-value pairs.",
		}},
	},
	{
		Name: "OBJECT_UPDATE",
		Forms: []expr.Form{{
			Category: "valuemodification", Signature: "OBJECT_UPDATE(object, key, value [, key, value , ...])",
			Doc: "Updates existing fields in a structured object by providing key-value pairs.",
		}},
	},
	{
		Name: "TUMBLE_PROCTIME",
		Forms: []expr.Form{{
			Category: "window", Signature: "TUMBLE_PROCTIME(time_attr, interval)", Returns: "TIMESTAMP_LTZ(3)",
			Doc: "Returns the processing time, as a time attribute of the window that is grouped by.",
		}},
	},
	{
		Name: "HOP_PROCTIME",
		Forms: []expr.Form{{
			Category: "window", Signature: "HOP_PROCTIME(time_attr, interval, interval)", Returns: "TIMESTAMP_LTZ(3)",
			Doc: "Returns the processing time, as a time attribute of the window that is grouped by.",
		}},
	},
	{
		Name: "SESSION_PROCTIME",
		Forms: []expr.Form{{
			Category: "window", Signature: "SESSION_PROCTIME(time_attr, interval)", Returns: "TIMESTAMP_LTZ(3)",
			Doc: "Returns the processing time, as a time attribute of the window that is grouped by.",
		}},
	},
	{
		Name: "MATCH_ROWTIME",
		Forms: []expr.Form{{
			Category: "matching", Signature: "MATCH_ROWTIME([rowtime_field])", Returns: "TIMESTAMP(3)",
			Doc: "Returns the time attribute of the last row that MATCH_RECOGNIZE mapped.",
		}},
	},
	{
		Name: "MATCH_PROCTIME",
		Forms: []expr.Form{{
			Category: "matching", Signature: "MATCH_PROCTIME()", Returns: "TIMESTAMP_LTZ(3)",
			Doc: "Returns the processing time, as a time attribute, within MATCH_RECOGNIZE.",
		}},
	},
}
