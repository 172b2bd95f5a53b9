package engine

import (
	"testing"
	"time"
)

func TestDurationsAreReadAsFlinkWritesThem(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30 s": 30 * time.Second, "1 min": time.Minute, "500 ms": 500 * time.Millisecond, "10min": 10 * time.Minute,
		"250": 250 * time.Millisecond, "2 hours": 2 * time.Hour, "1 d": 24 * time.Hour, "0 ms": 0,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("%q: got %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "s", "1 fortnight", "-1 s", "99999999999999999999 s", "9999999999999 d"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}
