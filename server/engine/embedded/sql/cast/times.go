package cast

import (
	"strings"
	"time"

	"drey/server/engine/embedded/sql/calendar"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func toTime(zone *time.Location, from, to types.Type) Convert {
	switch {
	case from.IsText():
		return textToTime(zone, to)
	case from.Root == to.Root && (to.Root == types.Date || to.Root == types.Time):
		return same
	case from.Root == types.Date && to.Root == types.Timestamp:
		return func(v value.Value) (value.Value, error) { return value.Stamp(v.I*86400000, 0), nil }
	case from.Root == types.Time && to.Root == types.Timestamp: // of the first day
		return func(v value.Value) (value.Value, error) { return value.Stamp(v.I, 0), nil }
	case from.Root == types.Date && to.Root == types.TimestampLTZ:
		return func(v value.Value) (value.Value, error) {
			return calendar.Instant(zone, value.Stamp(v.I*86400000, 0)), nil
		}
	case from.Root == to.Root:
		return func(v value.Value) (value.Value, error) { return calendar.Truncate(v, to.P), nil }
	case from.Root == types.Timestamp && to.Root == types.TimestampLTZ:
		return func(v value.Value) (value.Value, error) {
			return calendar.Instant(zone, calendar.Truncate(v, to.P)), nil
		}
	case from.Root == types.TimestampLTZ && to.Root == types.Timestamp:
		return func(v value.Value) (value.Value, error) {
			return calendar.Truncate(calendar.WallClock(zone, v), to.P), nil
		}
	case from.Root == types.Timestamp && to.Root == types.Date: // Flink cuts towards 1970, not down
		return func(v value.Value) (value.Value, error) { return value.Int(v.I / 86400000), nil }
	case from.IsTimestamp() && to.Root == types.Date:
		return func(v value.Value) (value.Value, error) {
			return value.Int(calendar.FloorDiv(calendar.WallClockOf(zone, v, from).I, 86400000)), nil
		}
	case from.IsTimestamp() && to.Root == types.Time:
		return func(v value.Value) (value.Value, error) {
			if v.I < 0 && from.P > 0 {
				return value.NULL, sqlerr.RefuseRow("a time before 1970 as a TIME")
			}
			return value.Int(calendar.FloorMod(calendar.WallClockOf(zone, v, from).I, 86400000) / 1000 * 1000), nil
		}
	}
	return nil
}

func textToTime(zone *time.Location, to types.Type) Convert {
	const class = "java.time.format.DateTimeParseException"
	switch to.Root {
	case types.Date:
		return func(v value.Value) (value.Value, error) {
			if days, ok := calendar.ReadDate(v.S); ok {
				return value.Int(days), nil
			}
			return value.NULL, sqlerr.Fail("java.time.DateTimeException", "For input string: '%s'.", v.S)
		}
	case types.Time:
		return func(v value.Value) (value.Value, error) {
			if ms, ok := calendar.ReadTime(v.S); ok {
				return value.Int(ms / 1000 * 1000), nil
			}
			return value.NULL, sqlerr.Fail(
				"java.time.DateTimeException",
				"Invalid time format: '%s'. Expected format: HH:mm:ss[.fff] where HH is 00-23, mm is 00-59, ss is 00-59",
				v.S,
			)
		}
	}
	return func(v value.Value) (value.Value, error) {
		stamp, ok := calendar.ReadTimestamp(v.S)
		if !ok {
			return value.NULL, sqlerr.Fail(class, "%s", stampComplaint(v.S))
		}
		if stamp = calendar.Truncate(stamp, to.P); to.Root == types.TimestampLTZ {
			stamp = calendar.Instant(zone, stamp)
		}
		return stamp, nil
	}
}

func stampComplaint(s string) string {
	if _, clock, ok := strings.Cut(s, " "); ok {
		hour, _, _ := strings.Cut(clock, ":")
		if h, ok := calendar.Digits(hour, 2); ok && h > 23 {
			return "Invalid value for HourOfDay (valid values 0 - 23): " + hour
		}
	}
	if len(s) > 10 {
		if _, ok := calendar.ParseDate(s[:10]); ok {
			return "Text '" + s + "' could not be parsed, unparsed text found at index 10"
		}
	}
	return "Text '" + s + "' could not be parsed at index 0"
}
