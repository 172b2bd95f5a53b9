// Package aggregates has the aggregate functions: how they are resolved, and
// how they are computed.
package aggregates

import "drey/server/engine/embedded/sql/expr"

// Aggregates are all aggregate functions.
var Aggregates = []*expr.Aggregate{
	{
		Name: "COUNT",
		Forms: []expr.Form{
			{Category: "aggregate", Signature: "COUNT([ ALL ] expression | DISTINCT expression1 [, expression2]*)", Returns: "BIGINT", Doc: "By default or with ALL, returns the number of input rows for which expression is not NULL."},
			{Category: "aggregate", Signature: "COUNT(*)", Returns: "BIGINT", Doc: "Returns the number of input rows."},
			{Category: "aggregate", Signature: "COUNT(1)", Returns: "BIGINT", Doc: "Returns the number of input rows."},
		},
		Args:      countArgs,
		Type:      countType,
		New:       newCounter,
		NeverNull: true, Retracts: true, Over: true, Match: true,
	},
	{
		Name: "SUM",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "SUM([ ALL | DISTINCT ] expression)",
			Doc: "By default or with keyword ALL, returns the sum of expression across all input rows.",
		}},
		Type:     sumType,
		New:      newSum(false),
		Retracts: true, Over: true, Match: true,
	},
	{
		Name: "AVG",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "AVG([ ALL | DISTINCT ] expression)",
			Doc: "By default or with keyword ALL, returns the average (arithmetic mean) of expression across all input rows.",
		}},
		Type:     avgType,
		New:      newSum(true),
		Retracts: true, Over: true, Match: true,
	},
	{
		Name: "MIN",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "MIN([ ALL | DISTINCT ] expression )",
			Doc: "By default or with keyword ALL, returns the minimum value of expression across all input rows.",
		}},
		Type:     extremeType("Min"),
		New:      newExtreme(false),
		Retracts: true, Over: true, Match: true, Once: true,
	},
	{
		Name: "MAX",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "MAX([ ALL | DISTINCT ] expression)",
			Doc: "By default or with keyword ALL, returns the maximum value of expression across all input rows.",
		}},
		Type:     extremeType("Max"),
		New:      newExtreme(true),
		Retracts: true, Over: true, Match: true, Once: true,
	},
	{
		Name: "STDDEV_POP",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "STDDEV_POP([ ALL | DISTINCT ] expression)",
			Doc: "By default or with keyword ALL, returns the population standard deviation of expression " +
				"across all input rows.",
		}},
		Type:     spreadType(false),
		New:      newSpread(false, true),
		Retracts: true,
	},
	{
		Name: "STDDEV_SAMP",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "STDDEV_SAMP([ ALL | DISTINCT ] expression)",
			Doc: "By default or with keyword ALL, returns the sample standard deviation of expression across all input rows.",
		}},
		Type:     spreadType(true),
		New:      newSpread(true, true),
		Retracts: true,
	},
	{
		Name: "STDDEV",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "STDDEV([ ALL | DISTINCT ] expression)",
			Doc: "Synonym for STDDEV_SAMP().",
		}},
		Type:     spreadType(true),
		New:      newSpread(true, true),
		Retracts: true,
	},
	{
		Name: "VAR_POP",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "VAR_POP([ ALL | DISTINCT ] expression)",
			Doc: "By default or with keyword ALL, returns the population variance (square of the population " +
				"standard deviation) of expression across all input rows.",
		}},
		Type:     spreadType(false),
		New:      newSpread(false, false),
		Retracts: true,
	},
	{
		Name: "VAR_SAMP",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "VAR_SAMP([ ALL | DISTINCT ] expression)",
			Doc: "By default or with keyword ALL, returns the sample variance (square of the sample standard " +
				"deviation) of expression across all input rows.",
		}},
		Type:     spreadType(true),
		New:      newSpread(true, false),
		Retracts: true,
	},
	{
		Name: "VARIANCE",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "VARIANCE([ ALL | DISTINCT ] expression)",
			Doc: "Synonyms for VAR_SAMP().",
		}},
		Type:     spreadType(true),
		New:      newSpread(true, false),
		Retracts: true,
	},
	{
		Name: "FIRST_VALUE",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "FIRST_VALUE(expression)",
			Doc: "Returns the first value in an ordered set of values.",
		}},
		Type:    edgeType,
		New:     newEdge(false),
		Ordered: true, Over: true, NoDistinct: true, Edge: 1,
	},
	{
		Name: "LAST_VALUE",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "LAST_VALUE(expression)",
			Doc: "Returns the last value in an ordered set of values.",
		}},
		Type:    edgeType,
		New:     newEdge(true),
		Ordered: true, Over: true, NoDistinct: true, Edge: -1,
	},
	{
		Name: "LISTAGG",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "LISTAGG(expression [, separator])", Returns: "STRING",
			Doc: "Concatenates the values of string expressions and places separator values between them.",
		}},
		Args:    listaggArgs,
		Type:    listaggType,
		New:     newListagg,
		Ordered: true, Retracts: true,
	},
	{
		Name: "ARRAY_AGG",
		Forms: []expr.Form{{
			Category:  "aggregate",
			Signature: "ARRAY_AGG([ ALL | DISTINCT ] expression [ RESPECT NULLS | IGNORE NULLS ])",
			Doc: "By default or with keyword `ALL` and, return an array that concatenates the input " +
				"rows and returns `NULL` if there are no input rows.",
		}},
		Type:  arrayType,
		New:   newArray,
		Nulls: true, NeverNull: true, Ordered: true,
	},
	{
		Name: "COLLECT",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "COLLECT([ ALL | DISTINCT ] expression)",
			Doc: "By default or with keyword ALL, returns a multiset of expression across all input rows.",
		}},
		Type:      collectType,
		New:       newBag,
		NeverNull: true, Retracts: true,
	},
	{
		Name: "JSON_OBJECTAGG",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "JSON_OBJECTAGG([KEY] key VALUE value [ { NULL | ABSENT } ON NULL ])",
			Returns: "STRING",
			Doc:     "Builds a JSON object string by aggregating key-value expressions into a single JSON object.",
		}},
		Args:      objectArgs,
		Type:      jsonType,
		New:       newJSONMembers,
		NeverNull: true, Retracts: true,
	},
	{
		Name: "JSON_ARRAYAGG",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "JSON_ARRAYAGG(items [ { NULL | ABSENT } ON NULL ])", Returns: "STRING",
			Doc: "Builds a JSON object string by aggregating items into an array.",
		}},
		Args:      arrayArgs,
		Type:      jsonType,
		New:       newJSONItems,
		NeverNull: true, Retracts: true,
	},
	{
		Name: "PERCENTILE",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "PERCENTILE(expr, percentage[, frequency])", Returns: "DOUBLE",
			Doc: "Returns the percentile value of expr at the specified percentage using continuous distribution.",
		}},
		Args:     percentileArgs,
		Type:     percentileType,
		New:      newPercentile,
		Retracts: true,
	},
	{
		Name: "SINGLE_VALUE",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "SINGLE_VALUE(expression)",
			Doc: "Returns the only value of expression, and fails where there are several.",
		}},
		Type:  singleType,
		New:   newSingle,
		Nulls: true, Retracts: true, Over: true, Unlisted: true,
	},
	{
		Name: "APPROX_COUNT_DISTINCT",
		Forms: []expr.Form{{
			Category: "aggregate", Signature: "APPROX_COUNT_DISTINCT(expression)", Returns: "BIGINT",
			Doc: "Returns about how many different values expression has; in batch mode only.",
		}},
		Args:     approximateArgs,
		Type:     refused,
		Planned:  "COUNT(APPROXIMATE DISTINCT %s)",
		Unlisted: true,
	},
	{
		Name:     "SUM0",
		Args:     refusedArgs,
		Type:     refused,
		Unlisted: true,
	},
	{
		Name: "GROUPING",
		Forms: []expr.Form{{
			Category: "grouping", Signature: "GROUPING(expression1 [, expression2]* )", Returns: "BIGINT",
			Doc: "Returns a bit vector of the given grouping expressions.",
		}},
		Call:     grouping,
		Unlisted: true,
	},
	{
		Name: "GROUPING_ID",
		Forms: []expr.Form{{
			Category: "grouping", Signature: "GROUPING_ID(expression1 [, expression2]* )", Returns: "BIGINT",
			Doc: "Returns a bit vector of the given grouping expressions.",
		}},
		Call:     groupingID,
		Unlisted: true,
	},
	{
		Name: "GROUP_ID",
		Forms: []expr.Form{{
			Category: "grouping", Signature: "GROUP_ID()", Returns: "BIGINT",
			Doc: "Returns an integer that uniquely identifies the combination of grouping keys.",
		}},
		Call: groupID,
	},
	{
		Name:     "COVAR_POP",
		Args:     unknownArgs,
		Type:     refused,
		Unlisted: true,
	},
	{
		Name:     "COVAR_SAMP",
		Args:     unknownArgs,
		Type:     refused,
		Unlisted: true,
	},
	{
		Name:     "REGR_COUNT",
		Args:     unknownArgs,
		Type:     refused,
		Unlisted: true,
	},
}
