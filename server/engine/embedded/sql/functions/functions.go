// Package functions joins all functions of SQL, one package for each subject,
// and the operators.
package functions

import (
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions/aggregates"
	"drey/server/engine/embedded/sql/functions/collections"
	"drey/server/engine/embedded/sql/functions/conditions"
	"drey/server/engine/embedded/sql/functions/jsons"
	"drey/server/engine/embedded/sql/functions/numbers"
	"drey/server/engine/embedded/sql/functions/operators"
	"drey/server/engine/embedded/sql/functions/texts"
	"drey/server/engine/embedded/sql/functions/times"
	"drey/server/engine/embedded/sql/functions/windows"
)

// Builtin are the functions of Flink 2.2, with what computes them.
var Builtin = expr.NewRegistry(
	operators.Resolve, aggregates.Aggregates, syntax, windows.Functions, numbers.Functions, texts.Functions,
	times.Functions, conditions.Functions, collections.Functions, jsons.Functions, others,
)
