// Package jsons has the functions of JSON texts.
package jsons

import "drey/server/engine/embedded/sql/expr"

// Functions are those of JSON.
var Functions = []*expr.Function{
	{
		Name: "JSON_EXISTS",
		Forms: []expr.Form{{
			Category: "json", Signature: "JSON_EXISTS(jsonValue, path [ { TRUE | FALSE | UNKNOWN | ERROR } ON ERROR ])",
			Returns: "BOOLEAN", Doc: "Determines whether a JSON string satisfies a given path search criterion.",
		}},
		Resolve: jsonPathCall(jsonExists),
	},
	{
		Name: "JSON_VALUE",
		Forms: []expr.Form{{
			Category: "json",
			Signature: "JSON_VALUE(jsonValue, path [RETURNING <dataType>] [ { NULL | ERROR | DEFAULT " +
				"<defaultExpr> } ON EMPTY ] [ { NULL | ERROR | DEFAULT <defaultExpr> } ON ERROR ])",
			Returns: "STRING", Doc: "Extracts a scalar from a JSON string.",
		}},
		Resolve: jsonPathCall(jsonValue),
	},
	{
		Name: "JSON_QUERY",
		Forms: []expr.Form{{
			Category: "json",
			Signature: "JSON_QUERY(jsonValue, path [RETURNING <dataType>] [ { WITHOUT | WITH CONDITIONAL | " +
				"WITH UNCONDITIONAL } [ ARRAY ] WRAPPER ] [ { NULL | EMPTY ARRAY | EMPTY OBJECT | ERROR } ON " +
				"EMPTY ] [ { NULL | EMPTY ARRAY | EMPTY OBJECT | ERROR } ON ERROR ])",
			Returns: "STRING", Doc: "Extracts JSON values from a JSON string.",
		}},
		Resolve: jsonPathCall(jsonQuery),
	},
	{
		Name: "JSON_STRING",
		Forms: []expr.Form{{
			Category: "json", Signature: "JSON_STRING(value)", Returns: "STRING", Doc: "Serializes a value into JSON.",
		}},
		Resolve: jsonString,
	},
	{
		Name: "JSON_OBJECT",
		Forms: []expr.Form{{
			Category: "json", Signature: "JSON_OBJECT([[KEY] key VALUE value]* [ { NULL | ABSENT } ON NULL ])",
			Returns: "STRING", Doc: "Builds a JSON object string from a list of key-value pairs.",
		}},
		Resolve: jsonMake(true),
		InJSON:  expr.WholeMember,
	},
	{
		Name: "JSON_ARRAY",
		Forms: []expr.Form{{
			Category: "json", Signature: "JSON_ARRAY([value]* [ { NULL | ABSENT } ON NULL ])", Returns: "STRING",
			Doc: "Builds a JSON array string from a list of values.",
		}},
		Resolve: jsonMake(false),
		InJSON:  expr.WholeMember,
	},
	{
		Name: "JSON",
		Forms: []expr.Form{{
			Category: "json", Signature: "JSON(value)",
			Doc: "Expects a raw, pre-formatted JSON string and returns its values as-is without escaping it as a string.",
		}},
		Resolve: bareJSON,
		InJSON:  expr.ArgumentMember,
	},
	{
		Name: "JSON_QUOTE",
		Forms: []expr.Form{{
			Category: "string", Signature: "JSON_QUOTE(string)", Returns: "STRING",
			Doc: "Quotes a string as a JSON value by wrapping it with double quote characters.",
		}},
		Overloads: []expr.Overload{{Args: []expr.Param{expr.Text}, Type: expr.StringResult, Eval: jsonQuote}},
		Unsure:    true,
	},
	{
		Name: "JSON_UNQUOTE",
		Forms: []expr.Form{{
			Category: "string", Signature: "JSON_UNQUOTE(string)", Returns: "STRING",
			Doc: "Unquotes JSON value, unescapes escaped special characters ('\"', '\\', '/', 'b', 'f', 'n', " +
				"'r', 't', 'u' hex hex hex hex), and returns the result as a string.",
		}},
		Overloads: []expr.Overload{{Args: []expr.Param{expr.Text}, Type: expr.StringResult, Eval: jsonUnquote}},
		Unsure:    true,
	},
}
