package calendar

import (
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func MillisOf(v value.Value, t types.Type) int64 {
	if t.Root == types.Date {
		return v.I * 86400000
	}
	return v.I
}

// MonthsBetween is Calcite's subtractMonths of two times in milliseconds.
func MonthsBetween(t0, t1 int64) int64 {
	d0, d1 := FloorDiv(t0, 86400000), FloorDiv(t1, 86400000)
	x := dayMonths(d0, d1)
	if AddMonths(d1, x) == d0 && FloorMod(t0, 86400000) < FloorMod(t1, 86400000) {
		x--
	}
	return x
}

func dayMonths(d0, d1 int64) int64 {
	if d0 < d1 {
		return -dayMonths(d1, d0)
	}
	for m := (d0 - d1) / 31; ; m++ {
		if AddMonths(d1, m) >= d0 || AddMonths(d1, m+1) > d0 {
			return m
		}
	}
}

func AddMonthsTo(v value.Value, t types.Type, months int64) value.Value {
	if t.Root == types.Date {
		return value.Int(AddMonths(v.I, months))
	}
	days := FloorDiv(v.I, 86400000)
	return value.Stamp(AddMonths(days, months)*86400000+FloorMod(v.I, 86400000), v.N)
}

func AddMillis(v value.Value, t types.Type, millis int64) value.Value {
	switch t.Root {
	case types.Date:
		return value.Int(v.I + millis/86400000)
	case types.Time:
		return value.Int(FloorMod(v.I+millis, 86400000))
	}
	return value.Stamp(v.I+millis, v.N)
}
