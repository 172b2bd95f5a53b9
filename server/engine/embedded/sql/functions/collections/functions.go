// Package collections has the functions of arrays and maps.
package collections

import (
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/types"
)

// Functions are those of arrays and maps.
var Functions = []*expr.Function{
	{
		Name: "CARDINALITY",
		Forms: []expr.Form{
			{Category: "collection", Signature: "CARDINALITY(array)", Returns: "INT", Doc: "Returns the number of elements in array."},
			{Category: "collection", Signature: "CARDINALITY(map)", Returns: "INT", Doc: "Returns the number of entries in map."},
		},
		Resolve: cardinality,
	},
	{
		Name: "ELEMENT",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ELEMENT(array)",
			Doc: "Returns the sole element of array (whose cardinality should be one); returns NULL if array is empty.",
		}},
		Resolve: element,
	},
	{
		Name: "ARRAY_APPEND",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_APPEND(array, element)",
			Doc: "Appends an element to the end of the array and returns the result.",
		}},
		Resolve: listCall(listFn{
			args: "e", grows: true, null: true, typ: ofArray, eval: arrayAppend,
			forms: "ARRAY_APPEND(array <ARRAY>, element <ARRAY ELEMENT>)",
		}),
	},
	{
		Name: "ARRAY_CONTAINS",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_CONTAINS(haystack, needle)", Returns: "BOOLEAN",
			Doc: "Returns whether the given element exists in an array.",
		}},
		Resolve: listCall(listFn{args: "e", null: true, typ: func(types.Type) types.Type {
			return types.Of(types.Boolean)
		}, eval: arrayContains}),
	},
	{
		Name: "ARRAY_DISTINCT",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_DISTINCT(haystack)",
			Doc: "Returns an array with unique elements.",
		}},
		Resolve: listCall(listFn{typ: ofArray, eval: arrayDistinct, forms: "ARRAY_DISTINCT(haystack <ARRAY>)"}),
	},
	{
		Name: "ARRAY_POSITION",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_POSITION(haystack, needle)", Returns: "INT",
			Doc: "Returns the position of the first occurrence of element in the given array as int.",
		}},
		Resolve: listCall(listFn{args: "e", typ: func(types.Type) types.Type {
			return types.Of(types.Integer)
		}, eval: arrayPosition}),
	},
	{
		Name: "ARRAY_PREPEND",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_PREPEND(array, element)",
			Doc: "Appends an element to the beginning of the array and returns the result.",
		}},
		Resolve: listCall(listFn{args: "e", grows: true, null: true, typ: ofArray, eval: arrayPrepend}),
	},
	{
		Name: "ARRAY_REMOVE",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_REMOVE(haystack, needle)",
			Doc: "Removes all elements that equal to element from array.",
		}},
		Resolve: listCall(listFn{args: "e", null: true, typ: ofArray, eval: arrayRemove}),
	},
	{
		Name: "ARRAY_REVERSE",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_REVERSE(haystack)", Doc: "Returns an array in reverse order.",
		}},
		Resolve: listCall(listFn{typ: ofArray, eval: arrayReverse, forms: "ARRAY_REVERSE(haystack <ARRAY>)"}),
	},
	{
		Name: "ARRAY_SLICE",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_SLICE(array, start_offset[, end_offset])",
			Doc: "Returns a subarray of the input array between 'start_offset' and 'end_offset' inclusive.",
		}},
		Resolve: listCall(listFn{args: "iI", typ: ofArray, eval: sliceOf}),
	},
	{
		Name: "ARRAY_SORT",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_SORT(array[, ascending_order[, null_first]])",
			Doc: "Returns the array in sorted order.The function sorts an array, defaulting to ascending " +
				"order with NULLs at the start when only the array is input.",
		}},
		Resolve: listCall(listFn{args: "BB", typ: ofArray, eval: sorted}),
	},
	{
		Name: "ARRAY_UNION",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_UNION(array1, array2)",
			Doc: "Returns an array of the elements in the union of array1 and array2, without duplicates.",
		}},
		Resolve: listCall(listFn{args: "a", typ: ofArray, eval: arrayUnion}),
	},
	{
		Name: "ARRAY_CONCAT",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_CONCAT(array1, ...)",
			Doc: "Returns an array that is the result of concatenating at least one array.",
		}},
		Resolve: listCall(listFn{args: "a", repeat: true, typ: ofArray, eval: arrayConcat}),
	},
	{
		Name: "ARRAY_EXCEPT",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_EXCEPT(array1, array2)",
			Doc: "Returns an ARRAY that contains the elements from array1 that are not in array2, without duplicates.",
		}},
		Resolve: listCall(listFn{args: "a", typ: ofArray, eval: arrayExcept}),
	},
	{
		Name: "ARRAY_INTERSECT",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_INTERSECT(array1, array2)",
			Doc: "Returns an ARRAY that contains the elements from array1 that are also in array2, without duplicates.",
		}},
		Resolve: listCall(listFn{args: "a", typ: ofArray, eval: arrayIntersect}),
	},
	{
		Name: "ARRAY_MAX",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_MAX(array)",
			Doc: "Returns the maximum value from the array, if array itself is null, the function returns null.",
		}},
		Resolve: listCall(listFn{ordered: true, typ: ofElement, eval: arrayMax}),
	},
	{
		Name: "ARRAY_JOIN",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_JOIN(array, delimiter[, nullReplacement])", Returns: "STRING",
			Doc: "Returns a string that represents the concatenation of the elements in the given array and " +
				"the elements' data type in the given array is string.",
		}},
		Resolve: listCall(listFn{
			texts: true, args: "tT", typ: func(types.Type) types.Type { return types.String }, eval: joined,
			forms: "ARRAY_JOIN(ARRAY<STRING>, <CHARACTER_STRING>)\nARRAY_JOIN(ARRAY<STRING>, " +
				"<CHARACTER_STRING>, <CHARACTER_STRING>)",
		}),
	},
	{
		Name: "ARRAY_MIN",
		Forms: []expr.Form{{
			Category: "collection", Signature: "ARRAY_MIN(array)",
			Doc: "Returns the minimum value from the array, if array itself is null, the function returns null.",
		}},
		Resolve: listCall(listFn{ordered: true, typ: ofElement, eval: arrayMin}),
	},
	{
		Name: "MAP_KEYS",
		Forms: []expr.Form{{
			Category: "collection", Signature: "MAP_KEYS(map)", Doc: "Returns the keys of the map as array.",
		}},
		Resolve: mapParts(mapKeys),
	},
	{
		Name: "MAP_VALUES",
		Forms: []expr.Form{{
			Category: "collection", Signature: "MAP_VALUES(map)", Doc: "Returns the values of the map as array.",
		}},
		Resolve: mapParts(mapValues),
	},
	{
		Name: "MAP_ENTRIES",
		Forms: []expr.Form{{
			Category: "collection", Signature: "MAP_ENTRIES(map)",
			Doc: "Returns an array of all entries in the given map.",
		}},
		Resolve: mapParts(mapEntries),
	},
	{
		Name: "MAP_UNION",
		Forms: []expr.Form{{
			Category: "collection", Signature: "MAP_UNION(map1, ...)",
			Doc: "Returns a map created by merging at least one map.",
		}},
		Resolve: mapUnion,
	},
	{
		Name: "MAP_FROM_ARRAYS",
		Forms: []expr.Form{{
			Category: "collection", Signature: "MAP_FROM_ARRAYS(array_of_keys, array_of_values)",
			Doc: "Returns a map created from an arrays of keys and values.",
		}},
		Resolve: mapFromArrays,
	},
}
