package java

import (
	"testing"
	"time"
)

// zones are names with their seconds to the east of Greenwich in January and in
// July 2024, as java.util.TimeZone.getTimeZone has them.
var zones = []struct {
	name            string
	january, summer int
}{
	{"UTC", 0, 0},
	{"GMT", 0, 0},
	{"GMT+1", 3600, 3600},
	{"GMT+05:30", 19800, 19800},
	{"GMT-8:00", -28800, -28800},
	{"Europe/Berlin", 3600, 7200},
	{"Asia/Kolkata", 19800, 19800},
	{"No/Such", 0, 0},
	{"America/New_York", -18000, -14400},
}

func TestTimeZonesAreThoseOfJava(t *testing.T) {
	for _, c := range zones {
		zone, ok := TimeZone(c.name)
		_, january := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).In(zone).Zone()
		_, summer := time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC).In(zone).Zone()
		if !ok || january != c.january || summer != c.summer {
			t.Errorf("%s: %v, %d and %d, want %d and %d", c.name, ok, january, summer, c.january, c.summer)
		}
	}
	for _, name := range []string{"GMT+25", "Etc/Nowhere", "nonsense", ""} {
		if _, ok := TimeZone(name); ok {
			t.Errorf("%q is certain", name)
		}
	}
}
