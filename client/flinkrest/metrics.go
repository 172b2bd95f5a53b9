package flinkrest

import (
	"context"
	"encoding/json"
	"math"
	"net/url"
	"strconv"
	"strings"
)

// Number is a number that Flink may write as the text "NaN".
type Number float64

// UnmarshalJSON reads a number, a text that holds one, or null.
func (n *Number) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if text == "null" || text == "" {
		*n = Number(math.NaN())
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return &json.UnmarshalTypeError{Value: "text", Offset: 0}
	}
	*n = Number(f)
	return nil
}

// MarshalJSON writes a number, or null for none.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Known() || math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', -1, 64), nil
}

// Known tells a number from NaN.
func (n Number) Known() bool { return !math.IsNaN(float64(n)) }

// Metrics reads metrics by their names, from the path of what has them. Flink
// fetches them from its task managers every ten seconds, and answers without
// those that it does not have yet.
func (m JobManager) Metrics(ctx context.Context, of MetricsOf, names ...string) (map[string]Number, error) {
	var list []struct {
		ID    string `json:"id"`
		Value Number `json:"value"`
	}
	if err := get(ctx, m, string(of)+"/metrics", url.Values{"get": {strings.Join(names, ",")}}, &list); err != nil {
		return nil, err
	}
	values := make(map[string]Number, len(list))
	for _, metric := range list {
		values[metric.ID] = metric.Value
	}
	return values, nil
}

// MetricNames lists what Metrics can be asked for.
func (m JobManager) MetricNames(ctx context.Context, of MetricsOf) ([]string, error) {
	var list []struct {
		ID string `json:"id"`
	}
	err := get(ctx, m, string(of)+"/metrics", nil, &list)
	names := make([]string, len(list))
	for i, metric := range list {
		names[i] = metric.ID
	}
	return names, err
}

// MetricsOf is the path of something with metrics.
type MetricsOf string

// OfJobManager are the metrics of the JobManager.
const OfJobManager MetricsOf = "/jobmanager"

// OfJob are those of a job.
func OfJob(job string) MetricsOf { return MetricsOf(jobPath(job)) }

// OfVertex are those of a vertex, each subtask's by itself.
func OfVertex(job, vertex string) MetricsOf { return MetricsOf(vertexPath(job, vertex)) }

// OfTaskManager are those of a task manager.
func OfTaskManager(id string) MetricsOf { return MetricsOf(taskManagerPath(id)) }

// Aggregate is a metric over subtasks. Skew is a percentage.
type Aggregate struct {
	Min  Number `json:"min"`
	Max  Number `json:"max"`
	Avg  Number `json:"avg"`
	Sum  Number `json:"sum"`
	Skew Number `json:"skew"`
}

// SubtaskMetrics reads metrics over all subtasks of a vertex in one request.
func (m JobManager) SubtaskMetrics(
	ctx context.Context, job, vertex string, names ...string,
) (map[string]Aggregate, error) {
	var list []struct {
		ID string `json:"id"`
		Aggregate
	}
	path := vertexPath(job, vertex) + "/subtasks/metrics"
	if err := get(ctx, m, path, url.Values{"get": {strings.Join(names, ",")}}, &list); err != nil {
		return nil, err
	}
	values := make(map[string]Aggregate, len(list))
	for _, metric := range list {
		values[metric.ID] = metric.Aggregate
	}
	return values, nil
}

// SubtaskMetricNames lists what SubtaskMetrics can be asked for.
func (m JobManager) SubtaskMetricNames(ctx context.Context, job, vertex string) ([]string, error) {
	return m.MetricNames(ctx, MetricsOf(vertexPath(job, vertex)+"/subtasks"))
}

// Watermark is that of one input of a subtask; Known is false where there is
// none yet.
type Watermark struct {
	Subtask int
	Millis  int64
	Known   bool
}

// Watermarks are those of a vertex's subtasks.
func (m JobManager) Watermarks(ctx context.Context, job, vertex string) ([]Watermark, error) {
	var list []struct {
		ID    string `json:"id"` // "0.currentInputWatermark"
		Value string `json:"value"`
	}
	if err := get(ctx, m, vertexPath(job, vertex)+"/watermarks", nil, &list); err != nil {
		return nil, err
	}
	all := make([]Watermark, 0, len(list))
	for _, w := range list {
		index, _, _ := strings.Cut(w.ID, ".")
		subtask, err := strconv.Atoi(index)
		if err != nil {
			continue // a name of another kind
		}
		ms, err := strconv.ParseInt(w.Value, 10, 64)
		all = append(all, Watermark{Subtask: subtask, Millis: ms, Known: err == nil && ms != math.MinInt64})
	}
	return all, nil
}

// Restarts is how often a job was restarted; 0 while it is unknown.
func (m JobManager) Restarts(ctx context.Context, job string) int {
	values, err := m.Metrics(ctx, OfJob(job), "numRestarts")
	if n := values["numRestarts"]; err == nil && n.Known() {
		return int(n)
	}
	return 0
}
