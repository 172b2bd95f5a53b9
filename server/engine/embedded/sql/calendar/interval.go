package calendar

import (
	"strconv"
	"strings"
)

var UnitMillis = map[string]int64{
	"WEEK": 7 * 86400000, "DAY": 86400000, "HOUR": 3600000, "MINUTE": 60000, "SECOND": 1000,
}

var UnitMonths = map[string]int64{"YEAR": 12, "QUARTER": 3, "MONTH": 1}

// Spaced says whether the days of an interval are set apart by something else
// than a space, or its hours and minutes by one.
func Spaced(text, from string) bool {
	space, colon := strings.IndexByte(text, ' '), strings.IndexByte(text, ':')
	return from == "DAY" && space < 0 && colon >= 0 || from != "DAY" && from != "YEAR" && space >= 0
}

// ParseInterval reads 'd h:m:s.f' from one unit to another, or 'y-m'.
func ParseInterval(text, from, to string) (int64, bool) {
	if from == "YEAR" && to == "MONTH" {
		y, m, ok := strings.Cut(text, "-")
		years, err1 := strconv.ParseUint(y, 10, 7)
		months, err2 := strconv.ParseUint(m, 10, 7)
		return int64(years*12 + months), ok && err1 == nil && err2 == nil && months < 12 && years < 100
	}
	order := []string{"DAY", "HOUR", "MINUTE", "SECOND"}
	start, end := IndexOf(order, from), IndexOf(order, to)
	if start < 0 || end <= start {
		return 0, false
	}
	if Spaced(text, from) {
		return 0, false
	}
	whole, fraction, dotted := strings.Cut(text, ".")
	parts := strings.FieldsFunc(whole, func(c rune) bool { return c == ' ' || c == ':' })
	if len(parts) != end-start+1 || dotted && to != "SECOND" || len(fraction) > 3 {
		return 0, false
	}
	limits := []uint64{100, 24, 60, 60}
	total := int64(0)
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 8)
		if err != nil || n >= limits[start+i] && i > 0 || n >= 100 {
			return 0, false
		}
		total += int64(n) * UnitMillis[order[start+i]]
	}
	if dotted {
		f, err := strconv.ParseUint((fraction + "000")[:3], 10, 16)
		if err != nil {
			return 0, false
		}
		total += int64(f)
	}
	return total, true
}

func IndexOf(list []string, s string) int {
	for i, e := range list {
		if e == s {
			return i
		}
	}
	return -1
}
