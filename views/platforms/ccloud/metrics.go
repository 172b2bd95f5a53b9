package ccloud

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"drey/client/ccloudapi"
	phases "drey/client/statement"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/grid"
)

// metricFacts are the metrics of a statement that runs, a line each; what could not
// be read is one line.
func metricFacts(ctx context.Context, api *ccloudapi.Client, s ccloudapi.Statement) []views.Fact {
	if phase := ccloudapi.PhaseOf(s.Phase()); !api.HasMetrics() || phase != phases.Running && phase != phases.Degraded {
		return nil
	}
	all, err := api.Metrics(ctx, s)
	if err != nil {
		return []views.Fact{{Label: "metrics", Text: cells.OneLine("not read: " + err.Error()), Tone: themes.Dim}}
	}
	var facts []views.Fact
	for _, m := range all {
		if last, ok := m.Last(); ok {
			facts = append(facts, views.Fact{Label: m.Label, Text: spark(m) + " " + newest(m, last)})
		}
	}
	if facts == nil {
		facts = []views.Fact{{Label: "metrics", Text: "none in the last minutes", Tone: themes.Dim}}
	}
	return facts
}

// newest writes the last value of a series: that of a watermark is a time, and how far
// it is behind.
func newest(s ccloudapi.Series, last float64) string {
	if s.Watermark.IsZero() {
		return figure(last)
	}
	return cells.Join(s.Watermark.Format("15:04:05Z"), grid.AgeText(time.Duration(last)*time.Millisecond)+" behind")
}

// figure writes a value: a whole number in thousands, or with one digit.
func figure(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return grid.Thousands(int(v))
	}
	return fmt.Sprintf("%.1f", v)
}

var bars = []rune("▁▂▃▄▅▆▇█")

// spark draws the values of a series from nothing to the largest.
func spark(s ccloudapi.Series) string {
	var out strings.Builder
	most := s.Most()
	for _, v := range s.Values {
		at := 0
		if most > 0 && v > 0 {
			at = min(int(v/most*float64(len(bars)-1)+0.5), len(bars)-1)
		}
		out.WriteRune(bars[at])
	}
	return out.String()
}
