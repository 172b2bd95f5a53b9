package engine

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

var durationUnits = map[string]time.Duration{
	"": time.Millisecond, "ms": time.Millisecond, "milli": time.Millisecond, "millisecond": time.Millisecond,
	"s": time.Second, "sec": time.Second, "second": time.Second,
	"m": time.Minute, "min": time.Minute, "minute": time.Minute,
	"h": time.Hour, "hour": time.Hour, "d": 24 * time.Hour, "day": 24 * time.Hour,
	"µs": time.Microsecond, "micro": time.Microsecond, "microsecond": time.Microsecond,
	"ns": time.Nanosecond, "nano": time.Nanosecond, "nanosecond": time.Nanosecond,
}

// ParseDuration reads a duration as Flink writes them: a whole number and a
// unit, milliseconds where there is none.
func ParseDuration(text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	end := 0
	for end < len(text) && unicode.IsDigit(rune(text[end])) {
		end++
	}
	n, err := strconv.ParseInt(text[:end], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("not a duration: %q", text)
	}
	name := strings.ToLower(strings.TrimSpace(text[end:]))
	unit, ok := durationUnits[name]
	if !ok {
		unit, ok = durationUnits[strings.TrimSuffix(name, "s")]
	}
	if !ok || n > math.MaxInt64/int64(unit) {
		return 0, fmt.Errorf("not a duration: %q", text)
	}
	return time.Duration(n) * unit, nil
}
