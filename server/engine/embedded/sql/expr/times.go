package expr

import (
	"strconv"
	"strings"
	"time"

	"drey/server/engine/embedded/sql/value"
)

// digits reads a number of 1 to most digits.
func digits(s string, most int) (int, bool) {
	if s == "" || len(s) > most {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 32)
	return int(n), err == nil && s[0] != '+'
}

// parseDate reads y-m-d as days since 1970.
func parseDate(s string) (int64, bool) {
	parts := strings.Split(s, "-")
	if len(parts) != 3 {
		return 0, false
	}
	y, ok1 := digits(parts[0], 4)
	m, ok2 := digits(parts[1], 2)
	d, ok3 := digits(parts[2], 2)
	if !ok1 || !ok2 || !ok3 {
		return 0, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Year() != y || int(t.Month()) != m || t.Day() != d {
		return 0, false
	}
	return floorDiv(t.Unix(), 86400), true
}

// parseTime reads h:m:s[.fff] as milliseconds.
func parseTime(s string) (int64, bool) {
	whole, fraction, dotted := strings.Cut(s, ".")
	parts := strings.Split(whole, ":")
	if len(parts) != 3 {
		return 0, false
	}
	h, ok1 := digits(parts[0], 2)
	m, ok2 := digits(parts[1], 2)
	sec, ok3 := digits(parts[2], 2)
	if !ok1 || !ok2 || !ok3 || h > 23 || m > 59 || sec > 59 {
		return 0, false
	}
	millis := int64(h*3600+m*60+sec) * 1000
	if dotted {
		f, ok := digits((fraction + "000")[:3], 3)
		if _, all := digits(fraction, 9); !ok || !all {
			return 0, false
		}
		millis += int64(f)
	}
	return millis, true
}

// parseStamp reads y-m-d[ h:m:s[.fffffffff]] and tells the digits behind the point.
func parseStamp(s string) (value.Value, int, bool) {
	date, clock, timed := strings.Cut(s, " ")
	days, ok := parseDate(date)
	if !ok || strings.IndexByte(date, '-') != 4 {
		return value.NULL, 0, false
	}
	if !timed {
		return value.Stamp(days*86400000, 0), 0, true
	}
	whole, fraction, dotted := strings.Cut(clock, ".")
	millis, ok := parseTime(whole)
	if !ok || dotted && fraction == "" {
		return value.NULL, 0, false
	}
	nanos := 0
	if dotted {
		if _, ok := digits(fraction, 9); !ok {
			return value.NULL, 0, false
		}
		nanos, _ = digits((fraction + "000000000")[:9], 9)
	}
	return value.Stamp(days*86400000+millis+int64(nanos/1e6), int32(nanos%1e6)), len(fraction), true
}

// readStamp is parseStamp of a text, where a day that the month does not have
// is its last one.
func readStamp(s string) (value.Value, bool) {
	if stamp, _, ok := parseStamp(s); ok {
		return stamp, true
	}
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return value.NULL, false
	}
	day, ok := digits(s[8:10], 2)
	if !ok || day < 29 || day > 31 {
		return value.NULL, false
	}
	stamp, _, ok := parseStamp(s[:8] + "28" + s[10:])
	if !ok {
		return value.NULL, false
	}
	month := time.UnixMilli(stamp.I).UTC()
	last := time.Date(month.Year(), month.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	stamp.I += int64(last-28) * 86400000
	return stamp, true
}

// readDate reads y, y-m or y-m-d, with a time behind it or not, as casts and
// TO_DATE do.
func readDate(s string) (days int64, ok bool) {
	s, _, _ = strings.Cut(strings.TrimSpace(s), " ")
	for strings.Count(s, "-") < 2 && s != "" {
		s += "-1"
	}
	return parseDate(s)
}

// readTime reads h, h:m or h:m:s[.fff], as casts do.
func readTime(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	for strings.Count(s, ":") < 2 && !strings.Contains(s, ".") {
		s += ":0"
	}
	return parseTime(s)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }

// cutStamp drops the digits of a timestamp behind its precision.
func cutStamp(v value.Value, precision int) value.Value {
	if precision >= 9 {
		return v
	}
	if precision >= 3 {
		unit := pow10(9 - precision)
		v.N -= v.N % int32(unit)
		return v
	}
	v.N = 0
	v.I -= floorMod(v.I, pow10(3-precision))
	return v
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// addMonths moves days by months; the day of the month is kept if it exists.
func addMonths(days, months int64) int64 {
	t := time.Unix(days*86400, 0).UTC()
	m := int64(t.Year())*12 + int64(t.Month()) - 1 + months
	y, mo := floorDiv(m, 12), time.Month(floorMod(m, 12)+1)
	last := time.Date(int(y), mo+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return floorDiv(time.Date(int(y), mo, min(t.Day(), last), 0, 0, 0, 0, time.UTC).Unix(), 86400)
}
