package java

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var javaOffset = regexp.MustCompile(`^GMT([+-])([0-9]{1,2})(?::([0-5][0-9]))?$`)

// TimeZone is java.util.TimeZone.getTimeZone: what it does not know is GMT; ok
// is false where drey is not sure.
func TimeZone(name string) (zone *time.Location, ok bool) {
	if m := javaOffset.FindStringSubmatch(name); m != nil {
		hours, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi(m[3])
		seconds := hours*3600 + minutes*60
		if m[1] == "-" {
			seconds = -seconds
		}
		return time.FixedZone(name, seconds), hours < 24
	}
	zone, err := time.LoadLocation(name)
	if err == nil && name != "" && name != "Local" {
		return zone, true
	}
	return time.UTC, strings.Contains(name, "/") && !strings.HasPrefix(name, "Etc") &&
		!strings.HasPrefix(name, "SystemV")
}
