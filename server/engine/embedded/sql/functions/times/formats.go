package times

import (
	"math"

	"drey/server/engine/embedded/sql/calendar"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// formatTimestamp is DATE_FORMAT of a timestamp.
func formatTimestamp(e *expr.Env, v expr.Args, t []types.Type) (value.Value, error) {
	return java.FormatDate(calendar.WallClockOf(e.Location(), v[0], t[0]), v[1].S)
}

// formatText is DATE_FORMAT of a text; NULL where it is no time.
func formatText(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	at, ok := calendar.ReadTimestamp(v[0].S)
	if !ok {
		return value.NULL, nil
	}
	return java.FormatDate(at, v[1].S)
}

func toDate(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	if v[1].Valid {
		at, err := java.ParseDate(v[0].S, v[1].S)
		return value.Int(calendar.FloorDiv(at, 86400000)), err
	}
	if days, ok := calendar.ReadDate(v[0].S); ok {
		return value.Int(days), nil
	}
	return value.NULL, nil
}

func toTimestamp(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	if v[1].Valid {
		at, err := java.ParseDate(v[0].S, v[1].S)
		return value.Stamp(at, 0), err
	}
	if stamp, ok := calendar.ReadTimestamp(v[0].S); ok {
		return calendar.Truncate(stamp, 3), nil
	}
	return value.NULL, nil
}

func toTimestampLTZ(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	if !v[1].Valid || v[1].I == 3 {
		return value.Stamp(v[0].I, 0), nil
	}
	if v[1].I == 0 {
		return value.Stamp(v[0].I*1000, 0), nil
	}
	return value.NULL, sqlerr.Fail(
		"org.apache.flink.table.api.TableException",
		"The precision value '%d' for function TO_TIMESTAMP_LTZ(numeric, precision) is unsupported, the "+
			"supported value is '0' for second or '3' for millisecond.",
		v[1].I,
	)
}

// plainPattern is how times are written where no pattern is given.
const plainPattern = "yyyy-MM-dd HH:mm:ss"

func fromUnixTime(e *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	at := calendar.WallClock(e.Location(), value.Stamp(v[0].I*1000, 0))
	if v[1].Valid {
		return java.FormatDate(at, v[1].S)
	}
	return java.FormatDate(at, plainPattern)
}

func unixTimestamp(e *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	pattern := plainPattern
	if v[1].Valid {
		pattern = v[1].S
	}
	if pattern == plainPattern && (v[0].S == "" || v[0].S[0] < '0' || v[0].S[0] > '9' && v[0].S[0] != '-') {
		return value.Int(math.MinInt64), nil // no year
	}
	at, err := java.ParseDate(v[0].S, pattern)
	return value.Int(calendar.FloorDiv(calendar.LaterInstant(e.Location(), value.Stamp(at, 0)).I, 1000)), err
}

func convertZone(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	from, ok1 := java.TimeZone(v[1].S)
	to, ok2 := java.TimeZone(v[2].S)
	if !ok1 || !ok2 {
		return value.NULL, sqlerr.RefuseRow("CONVERT_TZ with these zones")
	}
	if v[0].S == "" || v[0].S[0] < '0' || v[0].S[0] > '9' { // no year
		return value.NULL, nil
	}
	at, err := java.ParseDate(v[0].S, plainPattern)
	if err != nil {
		return value.NULL, err
	}
	return java.FormatDate(calendar.WallClock(to, calendar.LaterInstant(from, value.Stamp(at, 0))), plainPattern)
}
