package ccloudapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"drey/client"
)

// Series is one metric of a statement, a value a minute, the oldest first.
type Series struct {
	Label  string
	Values []float64
	// Watermark is the newest one where the series is that of the watermark; its
	// Values are then the milliseconds that it was behind at each minute. Zero for
	// other series.
	Watermark time.Time
}

// seriesOf are the metrics that are asked for (platforms-supplement.md §3). The API
// takes one in a request.
var seriesOf = []struct{ label, metric string }{
	{"records in", "io.confluent.flink/num_records_in"},
	{"records out", "io.confluent.flink/num_records_out"},
	{"pending", "io.confluent.flink/pending_records"},
	{"CFU", "io.confluent.flink/statement_utilization/current_cfus"},
	{"watermark", watermarkMetric},
}

const (
	watermarkMetric = "io.confluent.flink/current_output_watermark_milliseconds"
	// A watermark beyond these is none: those of operators that have not seen one, or
	// are at the end of their input, are the least and the largest 64-bit number.
	watermarkLeast, watermarkMost = -1e18, 1e18
	metricsPath                   = "/v2/metrics/cloud/query"
	// metricsOver are the minutes that are asked for: the newest ones are not whole.
	metricsOver = "now-22m|m/now-2m|m"
	// metricsFor is how long an answer is good for: there is a value a minute.
	metricsFor  = time.Minute
	metricsHeld = 200 // statements
)

type measured struct {
	at     time.Time
	series []Series
	err    error
}

// HasMetrics tells whether metrics can be asked for.
func (c *Client) HasMetrics() bool { return c.metrics != nil }

// Metrics are those of a statement over the last minutes. The answer, or why there
// is none, is held for a minute, so that looking again costs nothing.
func (c *Client) Metrics(ctx context.Context, of Statement) ([]Series, error) {
	if c.metrics == nil {
		return nil, missingKey{c.cfg.ControlNeeds}
	}
	key := of.Metadata.UID + "/" + of.Name
	c.mu.Lock()
	held, known := c.measured[key]
	c.mu.Unlock()
	if known && time.Since(held.at) < metricsFor {
		return held.series, held.err
	}
	var all []Series
	var err error
	for _, s := range seriesOf {
		var points []point
		if points, err = c.series(ctx, of.Name, s.metric); err != nil {
			break
		}
		all = append(all, seriesFrom(s.label, points, s.metric == watermarkMetric))
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.measured) >= metricsHeld || c.measured == nil {
		c.measured = map[string]measured{}
	}
	c.measured[key] = measured{time.Now(), all, err}
	return all, err
}

// point is the value of a metric in the minute that begins at Timestamp.
type point struct {
	Timestamp time.Time `json:"timestamp"`
	Value     float64   `json:"value"`
}

// seriesFrom makes a series; of watermarks, those that are none are left out.
func seriesFrom(label string, points []point, watermark bool) Series {
	s := Series{Label: label}
	for _, p := range points {
		switch {
		case !watermark:
			s.Values = append(s.Values, p.Value)
		case p.Value > watermarkLeast && p.Value < watermarkMost:
			s.Watermark = time.UnixMilli(int64(p.Value)).UTC()
			s.Values = append(s.Values, float64(max(p.Timestamp.Sub(s.Watermark).Milliseconds(), 0)))
		}
	}
	return s
}

// series reads one metric of a statement, the oldest minute first.
func (c *Client) series(ctx context.Context, name, metric string) ([]point, error) {
	answer, err := client.Send[struct {
		Data []point `json:"data"`
	}](ctx, c.metrics, "metrics of "+name, client.Request{Method: http.MethodPost, Path: metricsPath, Body: map[string]any{
		"aggregations": []any{map[string]any{"metric": metric}},
		"filter":       map[string]any{"field": "resource.flink_statement.name", "op": "EQ", "value": name},
		"granularity":  "PT1M", "intervals": []string{metricsOver}, "limit": 1000, "format": "FLAT",
	}})
	slices.SortFunc(answer.Data, func(a, b point) int { return a.Timestamp.Compare(b.Timestamp) })
	return answer.Data, err
}

// openMetrics opens the Metrics API, which takes the key of the control plane.
func (c *Client) openMetrics(cfg Config) error {
	if cfg.MetricsURL == "" || cfg.ControlKey == nil {
		return nil
	}
	m := cfg.Server
	m.URL, m.Auth, m.Beside = cfg.MetricsURL, cfg.ControlKey, c.calls
	m.ReadOnly = false // its queries are POSTs, and change nothing
	var err error
	c.metrics, err = client.New(m)
	return err
}

// Last is the newest value, and false where there is none.
func (s Series) Last() (float64, bool) {
	if len(s.Values) == 0 {
		return 0, false
	}
	return s.Values[len(s.Values)-1], true
}

// Most is the largest value.
func (s Series) Most() float64 {
	return slices.MaxFunc(append(s.Values, 0), cmp.Compare[float64])
}
