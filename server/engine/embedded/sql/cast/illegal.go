package cast

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/types"
)

// Forbidden is Flink's complaint of a cast between types of which none can be
// made of the other.
func Forbidden(pos ast.Pos, from, to types.Type) error {
	if Illegal(from, to) {
		return sqlerr.Invalid(
			pos, "Cast function cannot convert value of type %s to type %s", from.Calcite(), to.Calcite(),
		)
	}
	text := ""
	switch {
	case from.IsNumeric() && to.Root == types.Timestamp:
		text = "The cast from NUMERIC type to TIMESTAMP type is not allowed. It's recommended to use " +
			"TO_TIMESTAMP(FROM_UNIXTIME(numeric_col)) instead, note the numeric is in seconds."
	case from.IsNumeric() && to.Root == types.TimestampLTZ:
		text = "The cast from NUMERIC type to TIMESTAMP_LTZ type is not allowed. It's recommended to use " +
			"TO_TIMESTAMP_LTZ(numeric_col, precision) instead."
	case from.Root == types.Timestamp && to.IsNumeric():
		text = "The cast from TIMESTAMP type to NUMERIC type is not allowed. It's recommended to use " +
			"UNIX_TIMESTAMP(CAST(timestamp_col AS STRING)) instead."
	case from.Root == types.TimestampLTZ && to.IsNumeric():
		text = "The cast from TIMESTAMP_LTZ type to NUMERIC type is not allowed."
	default:
		return nil
	}
	return &sqlerr.Error{Pos: pos, Class: sqlerr.ClassTable, Message: text}
}

// Illegal says whether Flink's validator refuses the cast, as far as recorded.
func Illegal(from, to types.Type) bool {
	if from.Root == types.Row && to.Root == types.Row && len(from.Fields) != len(to.Fields) {
		return true
	}
	simple := to.IsBytes() || to.Root == types.Boolean
	nested := to.Root == types.Array || to.Root == types.Map || to.Root == types.Row
	switch {
	case from.IsNumeric():
		return to.Root == types.Date || to.Root == types.Time || nested || to.IsBytes()
	case from.Root == types.Boolean:
		return to.IsDatetime() || to.IsBytes()
	case from.IsText():
		return to.Root == types.Map || to.Root == types.Row
	case from.Root == types.Date:
		return to.IsNumeric() || simple || to.Root == types.Time || to.Root == types.Row
	case from.Root == types.Time:
		return to.IsNumeric() || simple || to.Root == types.Date || to.Root == types.Array
	case from.IsTimestamp():
		return simple || nested
	case from.IsBytes():
		return to.IsNumeric() || to.Root == types.Row || to.Root == types.Array
	case from.Root == types.Array, from.Root == types.Map, from.Root == types.Row:
		return to.IsNumeric() || simple || to.IsDatetime() || from.Root == types.Array && to.Root == types.Map
	}
	return false
}
