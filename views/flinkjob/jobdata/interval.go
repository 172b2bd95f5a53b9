package jobdata

import (
	"context"
	"fmt"
	"strings"
	"time"

	"drey/client/flinkrest"
)

// FetchInterval is what the JobManager is configured to; never less than its
// default. A proxy may not have the configuration.
func FetchInterval(ctx context.Context, from flinkrest.JobManager) time.Duration {
	settings, err := from.Config(ctx)
	if err != nil {
		return flinkrest.MetricsEvery
	}
	for _, s := range settings {
		if s.Key == "metrics.fetcher.update-interval" {
			return max(flinkDuration(s.Value), flinkrest.MetricsEvery)
		}
	}
	return flinkrest.MetricsEvery
}

// flinkDuration reads a duration as Flink's configuration has it: a number, of
// milliseconds or with a unit. 0 for anything else.
func flinkDuration(text string) time.Duration {
	var n int64
	unit := ""
	if k, _ := fmt.Sscanf(strings.ReplaceAll(strings.TrimSpace(text), " ", ""), "%d%s", &n, &unit); k == 0 {
		return 0
	}
	switch unit {
	case "", "ms", "milli", "millis", "millisecond", "milliseconds":
		return time.Duration(n) * time.Millisecond
	case "s", "sec", "secs", "second", "seconds":
		return time.Duration(n) * time.Second
	case "m", "min", "minute", "minutes":
		return time.Duration(n) * time.Minute
	case "h", "hour", "hours":
		return time.Duration(n) * time.Hour
	}
	return 0
}
