package calendar

import (
	"math"
	"strings"
	"time"

	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

var ClockUnits = map[string]bool{"HOUR": true, "MINUTE": true, "SECOND": true, "MILLISECOND": true}

// ExtractUnits are the units that EXTRACT takes.
var ExtractUnits = map[string]bool{
	"YEAR": true, "QUARTER": true, "MONTH": true, "WEEK": true, "DAY": true, "DOY": true, "DOW": true,
	"ISODOW": true, "ISOYEAR": true, "CENTURY": true,
	"DECADE": true, "MILLENNIUM": true, "EPOCH": true, "HOUR": true, "MINUTE": true, "SECOND": true,
	"MILLISECOND": true, "MICROSECOND": true, "NANOSECOND": true,
}

// NoUnit says whether a word is the name of no part of a time.
func NoUnit(word string) bool {
	switch word {
	case "MILLISECOND", "MICROSECOND", "NANOSECOND", "DECADE", "CENTURY", "MILLENNIUM", "EPOCH", "DOW", "DOY",
		"ISODOW", "ISOYEAR", "WEEK", "QUARTER":
		return false
	}
	return UnitMillis[word] == 0 && UnitMonths[word] == 0 && !strings.HasPrefix(word, "SQL_TSI_") &&
		word != "FRAC_SECOND" && !strings.HasPrefix(word, "MICRO") && !strings.HasPrefix(word, "NANO")
}

func Extract(zone *time.Location, unit string, v value.Value, t types.Type) (value.Value, error) {
	millis := v.I
	switch {
	case t.Root == types.Date:
		millis = v.I * 86400000
	case t.Root == types.Time:
		if !ClockUnits[unit] {
			return value.NULL, sqlerr.RefuseRow("%s of a TIME", unit)
		}
	case t.IsTimestamp():
		millis = WallClockOf(zone, v, t).I
	case t.Root == types.IntervalMonths && unit == "YEAR":
		return value.Int(v.I / 12), nil
	case t.Root == types.IntervalMonths:
		return value.Int(v.I % 12), nil
	case t.Root == types.IntervalMillis:
		return value.Int(
			v.I / map[string]int64{
				"DAY": 86400000, "HOUR": 3600000, "MINUTE": 60000, "SECOND": 1000, "MILLISECOND": 1,
			}[unit] % map[string]int64{
				"DAY": math.MaxInt64, "HOUR": 24, "MINUTE": 60, "SECOND": 60, "MILLISECOND": 1000,
			}[unit],
		), nil
	}
	if rest := millis % 86400000; t.IsTimestamp() && rest < 0 { // before 1970 Flink cuts towards it
		if unit == "HOUR" {
			return value.Int(rest / 3600000), nil
		}
		if ClockUnits[unit] || unit == "EPOCH" || unit == "MICROSECOND" || unit == "NANOSECOND" {
			return value.NULL, sqlerr.RefuseRow("%s of a time before 1970", unit)
		}
		millis -= rest
	}
	at := time.UnixMilli(millis).UTC()
	year, week := at.ISOWeek()
	n := map[string]int{
		"YEAR": at.Year(), "QUARTER": (int(at.Month())-1)/3 + 1, "MONTH": int(at.Month()), "WEEK": week, "DAY": at.Day(),
		"DOY": at.YearDay(), "DOW": int(at.Weekday()) + 1, "ISODOW": (int(at.Weekday())+6)%7 + 1, "ISOYEAR": year,
		"CENTURY": (at.Year() + 99) / 100, "DECADE": at.Year() / 10, "MILLENNIUM": (at.Year() + 999) / 1000,
		"EPOCH":       int(FloorDiv(millis, 1000)),
		"MICROSECOND": at.Nanosecond()/1000 + int(v.N)/1000, "NANOSECOND": at.Nanosecond() + int(v.N),
		"HOUR": at.Hour(), "MINUTE": at.Minute(), "SECOND": at.Second(), "MILLISECOND": at.Nanosecond() / 1e6,
	}[unit]
	return value.Int(int64(n)), nil
}

func FloorMillis(ms int64, unit string) int64 {
	if u, ok := UnitMillis[unit]; ok && unit != "WEEK" {
		return FloorDiv(ms, u) * u
	}
	at := time.UnixMilli(ms).UTC()
	day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	switch unit {
	case "WEEK":
		day = day.AddDate(0, 0, -int(day.Weekday()))
	case "MONTH":
		day = time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
	case "QUARTER":
		day = time.Date(at.Year(), (at.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	case "YEAR":
		day = time.Date(at.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	case "DECADE":
		day = time.Date(at.Year()-at.Year()%10, 1, 1, 0, 0, 0, 0, time.UTC)
	case "CENTURY": // they begin with 1
		day = time.Date((at.Year()-1)/100*100+1, 1, 1, 0, 0, 0, 0, time.UTC)
	case "MILLENNIUM":
		day = time.Date((at.Year()-1)/1000*1000+1, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return day.UnixMilli()
}

func NextMillis(ms int64, unit string) int64 {
	if u, ok := UnitMillis[unit]; ok {
		return ms + u
	}
	months := map[string]int64{"DECADE": 120, "CENTURY": 1200, "MILLENNIUM": 12000}[unit]
	return AddMonths(FloorDiv(ms, 86400000), months+UnitMonths[unit]) * 86400000
}
