package jobdata

import (
	"strings"

	"drey/client/flinkrest"
	"drey/views/why"
)

// RootOf is the trace that tells why: after the last restart the newest exception
// says only that there will be no other, and the cause is among those that came
// with it (flink-verified.md §3).
func RootOf(x flinkrest.Exception) string {
	if strings.Contains(x.Stack, "Recovery is suppressed") && !strings.Contains(x.Stack, "Caused by: ") {
		for _, c := range x.Concurrent {
			if c.Stack != "" {
				return c.Stack
			}
		}
	}
	return x.Stack
}

// CauseOf is the root cause in one line; an entry without a trace has its name.
func CauseOf(x flinkrest.Exception) string {
	if cause := why.Cause(RootOf(x)); cause != "" {
		return OneLine(cause)
	}
	return OneLine(x.Name)
}
