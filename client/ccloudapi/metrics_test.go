package ccloudapi_test

import (
	"strings"
	"testing"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/client/ccloudapi/ccloudtest"
)

// TestMetricsAreAskedForOnceAMinute reads five series, the oldest value first, and
// holds them, also where they may not be read.
func TestMetricsAreAskedForOnceAMinute(t *testing.T) {
	for name, quirks := range map[string]ccloudtest.Quirks{"allowed": {}, "refused": {NoMetrics: true}} {
		s := ccloudtest.New(t, quirks)
		api := open(t, s, func(c *ccloudapi.Config) { c.MetricsURL, c.Server.ReadOnly = s.URL, true })
		of := ccloudapi.Statement{Statement: ccloud.Statement{Name: "orders"}}
		for range 2 {
			series, err := api.Metrics(t.Context(), of)
			if refused := quirks.NoMetrics; refused != (err != nil) ||
				refused && !strings.Contains(err.Error(), "MetricsViewer") {
				t.Errorf("%s: %v", name, err)
			}
			if err == nil && (len(series[4].Values) != 19 || series[4].Values[18] != 30_000 ||
				series[4].Watermark.IsZero()) {
				t.Errorf("%s: the watermark is %+v", name, series[4])
			}
			if err == nil && (len(series) != 5 || len(series[0].Values) != 20 || series[0].Values[0] != 100 ||
				series[0].Most() != 2000) {
				t.Errorf("%s: got %v", name, series)
			}
		}
		want := 5
		if quirks.NoMetrics {
			want = 1
		}
		if got := len(s.Seen()); got != want {
			t.Errorf("%s: %d requests, want %d", name, got, want)
		}
	}
}
