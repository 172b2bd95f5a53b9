package connect

import (
	"strconv"
	"strings"
)

// Dice is SplitMix64: numbers that depend on a seed alone.
type Random struct{ state uint64 }

// NewDice gives dice that share no numbers with those of near seeds.
func NewRandom(seed uint64) Random {
	d := Random{seed}
	d.state = d.Next()
	return d
}

// Next is the next number.
func (d *Random) Next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Between is a number from low to high, both included.
func (d *Random) Between(low, high int64) int64 {
	span := uint64(high) - uint64(low) + 1
	if span == 0 {
		return int64(d.Next())
	}
	return int64(uint64(low) + d.Next()%span)
}

// Float is a number from 0 to 1, 1 excluded.
func (d *Random) Float() float64 { return float64(d.Next()>>11) / (1 << 53) }

// Hex is n random hex digits.
func (d *Random) Hex(n int) string {
	const digits = "0123456789abcdef"
	b := make([]byte, n)
	var bits uint64
	for i := range b {
		if i%16 == 0 {
			bits = d.Next()
		}
		b[i] = digits[bits&15]
		bits >>= 4
	}
	return string(b)
}

var unitMillis = map[string]int64{
	"": 1, "ms": 1, "milli": 1, "millis": 1, "millisecond": 1, "milliseconds": 1, "s": 1000, "sec": 1000,
	"secs": 1000, "second": 1000, "seconds": 1000,
	"min": 60000, "m": 60000, "minute": 60000, "minutes": 60000, "h": 3600000, "hour": 3600000, "hours": 3600000,
	"d": 86400000, "day": 86400000, "days": 86400000,
}

// Millis reads one of Flink's durations, such as "5 s" or "100".
func Millis(text string) (int64, bool) {
	text = strings.TrimSpace(text)
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	n, err := strconv.ParseInt(text[:digits], 10, 62)
	unit, ok := unitMillis[strings.ToLower(strings.TrimSpace(text[digits:]))]
	if err != nil || !ok || unit > 1 && n > 1<<40 {
		return 0, false
	}
	return n * unit, true
}
