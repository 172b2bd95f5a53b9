// Package calendar reads and computes dates and times: dates are days since
// 1970, times of day and timestamps are milliseconds.
package calendar

import (
	"strconv"
	"strings"
	"time"

	"drey/server/engine/embedded/sql/value"
)

// Digits reads a number of 1 to most digits.
func Digits(s string, most int) (int, bool) {
	if s == "" || len(s) > most {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 32)
	return int(n), err == nil && s[0] != '+'
}

// ParseDate reads y-m-d as days since 1970.
func ParseDate(s string) (int64, bool) {
	parts := strings.Split(s, "-")
	if len(parts) != 3 {
		return 0, false
	}
	y, ok1 := Digits(parts[0], 4)
	m, ok2 := Digits(parts[1], 2)
	d, ok3 := Digits(parts[2], 2)
	if !ok1 || !ok2 || !ok3 {
		return 0, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Year() != y || int(t.Month()) != m || t.Day() != d {
		return 0, false
	}
	return FloorDiv(t.Unix(), 86400), true
}

// ParseTime reads h:m:s[.fff] as milliseconds.
func ParseTime(s string) (int64, bool) {
	whole, fraction, dotted := strings.Cut(s, ".")
	parts := strings.Split(whole, ":")
	if len(parts) != 3 {
		return 0, false
	}
	h, ok1 := Digits(parts[0], 2)
	m, ok2 := Digits(parts[1], 2)
	sec, ok3 := Digits(parts[2], 2)
	if !ok1 || !ok2 || !ok3 || h > 23 || m > 59 || sec > 59 {
		return 0, false
	}
	millis := int64(h*3600+m*60+sec) * 1000
	if dotted {
		f, ok := Digits((fraction + "000")[:3], 3)
		if _, all := Digits(fraction, 9); !ok || !all {
			return 0, false
		}
		millis += int64(f)
	}
	return millis, true
}

// ParseTimestamp reads y-m-d[ h:m:s[.fffffffff]] and tells the digits behind the point.
func ParseTimestamp(s string) (value.Value, int, bool) {
	date, clock, timed := strings.Cut(s, " ")
	days, ok := ParseDate(date)
	if !ok || strings.IndexByte(date, '-') != 4 {
		return value.NULL, 0, false
	}
	if !timed {
		return value.Stamp(days*86400000, 0), 0, true
	}
	whole, fraction, dotted := strings.Cut(clock, ".")
	millis, ok := ParseTime(whole)
	if !ok || dotted && fraction == "" {
		return value.NULL, 0, false
	}
	nanos := 0
	if dotted {
		if _, ok := Digits(fraction, 9); !ok {
			return value.NULL, 0, false
		}
		nanos, _ = Digits((fraction + "000000000")[:9], 9)
	}
	return value.Stamp(days*86400000+millis+int64(nanos/1e6), int32(nanos%1e6)), len(fraction), true
}

// ReadTimestamp is ParseTimestamp of a text, where a day that the month does not have
// is its last one.
func ReadTimestamp(s string) (value.Value, bool) {
	if stamp, _, ok := ParseTimestamp(s); ok {
		return stamp, true
	}
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return value.NULL, false
	}
	day, ok := Digits(s[8:10], 2)
	if !ok || day < 29 || day > 31 {
		return value.NULL, false
	}
	stamp, _, ok := ParseTimestamp(s[:8] + "28" + s[10:])
	if !ok {
		return value.NULL, false
	}
	month := time.UnixMilli(stamp.I).UTC()
	last := time.Date(month.Year(), month.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	stamp.I += int64(last-28) * 86400000
	return stamp, true
}

// ReadDate reads y, y-m or y-m-d, with a time behind it or not, as casts and
// TO_DATE do.
func ReadDate(s string) (days int64, ok bool) {
	s, _, _ = strings.Cut(strings.TrimSpace(s), " ")
	for strings.Count(s, "-") < 2 && s != "" {
		s += "-1"
	}
	return ParseDate(s)
}

// ReadTime reads h, h:m or h:m:s[.fff], as casts do.
func ReadTime(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	for strings.Count(s, ":") < 2 && !strings.Contains(s, ".") {
		s += ":0"
	}
	return ParseTime(s)
}

func FloorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func FloorMod(a, b int64) int64 { return a - FloorDiv(a, b)*b }

// Truncate drops the digits of a timestamp behind its precision.
func Truncate(v value.Value, precision int) value.Value {
	if precision >= 9 {
		return v
	}
	if precision >= 3 {
		unit := pow10(9 - precision)
		v.N -= v.N % int32(unit)
		return v
	}
	v.N = 0
	v.I -= FloorMod(v.I, pow10(3-precision))
	return v
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// AddMonths moves days by months; the day of the month is kept if it exists.
func AddMonths(days, months int64) int64 {
	t := time.Unix(days*86400, 0).UTC()
	m := int64(t.Year())*12 + int64(t.Month()) - 1 + months
	y, mo := FloorDiv(m, 12), time.Month(FloorMod(m, 12)+1)
	last := time.Date(int(y), mo+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return FloorDiv(time.Date(int(y), mo, min(t.Day(), last), 0, 0, 0, 0, time.UTC).Unix(), 86400)
}
