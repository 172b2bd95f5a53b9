package expr

import (
	"strings"
	"time"

	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func (e *Env) toTime(from, to types.Type) Convert {
	switch {
	case from.IsText():
		return e.textToTime(to)
	case from.Root == to.Root && (to.Root == types.Date || to.Root == types.Time):
		return same
	case from.Root == types.Date && to.Root == types.Timestamp:
		return func(v value.Value) (value.Value, error) { return value.Stamp(v.I*86400000, 0), nil }
	case from.Root == types.Time && to.Root == types.Timestamp: // of the first day
		return func(v value.Value) (value.Value, error) { return value.Stamp(v.I, 0), nil }
	case from.Root == types.Date && to.Root == types.TimestampLTZ:
		return func(v value.Value) (value.Value, error) { return e.local(value.Stamp(v.I*86400000, 0)), nil }
	case from.Root == to.Root:
		return func(v value.Value) (value.Value, error) { return cutStamp(v, to.P), nil }
	case from.Root == types.Timestamp && to.Root == types.TimestampLTZ:
		return func(v value.Value) (value.Value, error) { return e.local(cutStamp(v, to.P)), nil }
	case from.Root == types.TimestampLTZ && to.Root == types.Timestamp:
		return func(v value.Value) (value.Value, error) { return cutStamp(e.wall(v), to.P), nil }
	case from.Root == types.Timestamp && to.Root == types.Date: // Flink cuts towards 1970, not down
		return func(v value.Value) (value.Value, error) { return value.Int(v.I / 86400000), nil }
	case from.IsTimestamp() && to.Root == types.Date:
		return func(v value.Value) (value.Value, error) {
			return value.Int(floorDiv(e.wallOf(v, from).I, 86400000)), nil
		}
	case from.IsTimestamp() && to.Root == types.Time:
		return func(v value.Value) (value.Value, error) {
			if v.I < 0 && from.P > 0 {
				return value.NULL, RefuseRow("a time before 1970 as a TIME")
			}
			return value.Int(floorMod(e.wallOf(v, from).I, 86400000) / 1000 * 1000), nil
		}
	}
	return nil
}

// local reads wall clock time in the statement's zone as java.time does: of
// two instants it is the earlier, and a time that was skipped is as much later.
func (e *Env) local(v value.Value) value.Value {
	first, _ := instants(v.I, e.zone())
	return value.Stamp(first, v.N)
}

// localOfText is local as java.text.SimpleDateFormat has it, with which
// UNIX_TIMESTAMP and CONVERT_TZ read: of two instants it is the later.
func (e *Env) localOfText(v value.Value) value.Value {
	_, last := instants(v.I, e.zone())
	return value.Stamp(last, v.N)
}

// transitions are at least this far apart: a change of the offset is looked for
// within so many milliseconds before and behind.
const transitions = 36 * 3600 * 1000

// instants are the milliseconds since 1970 at which the clock on the wall shows
// a time: mostly one; two where it was set back; and for a time that was
// skipped the one that the offset before it gives.
func instants(wall int64, zone *time.Location) (first, last int64) {
	offset := func(at int64) int64 {
		_, seconds := time.UnixMilli(at).In(zone).Zone()
		return int64(seconds) * 1000
	}
	before, after := wall-offset(wall-transitions), wall-offset(wall+transitions)
	if before == after {
		return before, before
	}
	isBefore, isAfter := before+offset(before) == wall, after+offset(after) == wall
	switch {
	case isBefore && isAfter:
		return min(before, after), max(before, after)
	case isAfter:
		return after, after
	}
	return before, before
}

// wall is the clock on the wall in the statement's zone.
func (e *Env) wall(v value.Value) value.Value {
	_, offset := time.UnixMilli(v.I).In(e.zone()).Zone()
	return value.Stamp(v.I+int64(offset)*1000, v.N)
}

func (e *Env) wallOf(v value.Value, t types.Type) value.Value {
	if t.Root == types.TimestampLTZ {
		return e.wall(v)
	}
	return v
}

func (e *Env) textToTime(to types.Type) Convert {
	const class = "java.time.format.DateTimeParseException"
	switch to.Root {
	case types.Date:
		return func(v value.Value) (value.Value, error) {
			if days, ok := readDate(v.S); ok {
				return value.Int(days), nil
			}
			return value.NULL, fail("java.time.DateTimeException", "For input string: '%s'.", v.S)
		}
	case types.Time:
		return func(v value.Value) (value.Value, error) {
			if ms, ok := readTime(v.S); ok {
				return value.Int(ms / 1000 * 1000), nil
			}
			return value.NULL, fail("java.time.DateTimeException", "Invalid time format: '%s'. Expected format: HH:mm:ss[.fff] where HH is 00-23, mm is 00-59, ss is 00-59", v.S)
		}
	}
	return func(v value.Value) (value.Value, error) {
		stamp, ok := readStamp(v.S)
		if !ok {
			return value.NULL, fail(class, "%s", stampComplaint(v.S))
		}
		if stamp = cutStamp(stamp, to.P); to.Root == types.TimestampLTZ {
			stamp = e.local(stamp)
		}
		return stamp, nil
	}
}

func stampComplaint(s string) string {
	if _, clock, ok := strings.Cut(s, " "); ok {
		hour, _, _ := strings.Cut(clock, ":")
		if h, ok := digits(hour, 2); ok && h > 23 {
			return "Invalid value for HourOfDay (valid values 0 - 23): " + hour
		}
	}
	if len(s) > 10 {
		if _, ok := parseDate(s[:10]); ok {
			return "Text '" + s + "' could not be parsed, unparsed text found at index 10"
		}
	}
	return "Text '" + s + "' could not be parsed at index 0"
}
