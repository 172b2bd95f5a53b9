// Package conditions has the functions that choose among values, and those of
// what a statement knows of itself.
package conditions

import "drey/server/engine/embedded/sql/expr"

// Functions are those of conditions, and of what a statement knows of itself.
var Functions = []*expr.Function{
	{
		Name: "GREATEST",
		Forms: []expr.Form{{
			Category: "conditional", Signature: "GREATEST(value1[, value2]*)",
			Doc: "Returns the greatest value of the list of arguments.",
		}},
		Resolve: extreme(1),
	},
	{
		Name: "LEAST",
		Forms: []expr.Form{{
			Category: "conditional", Signature: "LEAST(value1[, value2]*)",
			Doc: "Returns the least value of the list of arguments.",
		}},
		Resolve: extreme(-1),
	},
	{
		Name: "COALESCE",
		Forms: []expr.Form{{
			Category: "conditional", Signature: "COALESCE(value1 [, value2]*)",
			Doc: "Returns the first argument that is not NULL.",
		}},
		Resolve: coalesce,
	},
	{
		Name: "IFNULL",
		Forms: []expr.Form{{
			Category: "conditional", Signature: "IFNULL(input, null_replacement)",
			Doc: "Returns null_replacement if input is NULL; otherwise input is returned.",
		}},
		Resolve: ifNull,
	},
	{
		Name: "NULLIF",
		Forms: []expr.Form{{
			Category: "conditional", Signature: "NULLIF(value1, value2)",
			Doc: "Returns NULL if value1 is equal to value2; returns value1 otherwise.",
		}},
		Resolve: nullif,
	},
	{
		Name: "IF",
		Forms: []expr.Form{{
			Category: "conditional", Signature: "IF(condition, true_value, false_value)",
			Doc: "Returns the true_value if condition is met, otherwise false_value.",
		}},
		Resolve: ifCall,
	},
	{
		Name: "TYPEOF",
		Forms: []expr.Form{
			{Category: "conversion", Signature: "TYPEOF(input)", Returns: "STRING", Doc: "Returns the string representation of the input expression's data type."},
			{Category: "conversion", Signature: "TYPEOF(input, force_serializable)", Returns: "STRING", Doc: "Returns the string representation of the input expression's data type."},
		},
		Resolve: typeof,
	},
	{
		Name: "CURRENT_DATABASE",
		Forms: []expr.Form{{
			Category: "catalog", Signature: "CURRENT_DATABASE()", Returns: "STRING",
			Doc: "Return the current database.",
		}},
		Resolve: current,
	},
}
