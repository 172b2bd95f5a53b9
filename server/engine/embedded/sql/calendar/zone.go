package calendar

import (
	"time"

	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Instant reads wall clock time in the statement's zone as java.time does: of
// two instants it is the earlier, and a time that was skipped is as much later.
func Instant(zone *time.Location, v value.Value) value.Value {
	first, _ := instants(v.I, zone)
	return value.Stamp(first, v.N)
}

// LaterInstant is local as java.text.SimpleDateFormat has it, with which
// UNIX_TIMESTAMP and CONVERT_TZ read: of two instants it is the later.
func LaterInstant(zone *time.Location, v value.Value) value.Value {
	_, last := instants(v.I, zone)
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

// WallClock is the clock on the wall in the statement's zone.
func WallClock(zone *time.Location, v value.Value) value.Value {
	_, offset := time.UnixMilli(v.I).In(zone).Zone()
	return value.Stamp(v.I+int64(offset)*1000, v.N)
}

func WallClockOf(zone *time.Location, v value.Value, t types.Type) value.Value {
	if t.Root == types.TimestampLTZ {
		return WallClock(zone, v)
	}
	return v
}
