package embedded

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// spreadOf is how a number differs between subtasks, as Flink tells it.
func spreadOf(values []float64) object {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return object{}
	}
	sum := 0.0
	for _, x := range sorted {
		sum += x
	}
	at := func(share float64) float64 { return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)] }
	return object{
		"min": sorted[0], "max": sorted[len(sorted)-1], "avg": sum / float64(len(sorted)), "sum": sum,
		"median": at(0.5), "p25": at(0.25), "p75": at(0.75), "p95": at(0.95),
	}
}

func (v *jobView) ofVertex(n int, rest []string, query url.Values) (int, any) {
	x := v.vertices[n]
	switch strings.Join(rest, "/") {
	case "":
		return ok(v.vertex(n))
	case "backpressure":
		return ok(v.backpressure(n))
	case "watermarks":
		marks := []object{}
		for i := range x.parallelism {
			if mark, known := v.subtaskMetrics(n, i)["currentInputWatermark"]; known {
				marks = append(marks, object{
					"id": fmt.Sprintf("%d.currentInputWatermark", i), "value": strconv.FormatInt(int64(mark), 10),
				})
			}
		}
		return ok(marks)
	case "subtasks/metrics":
		return ok(v.aggregated(n, query.Get("get")))
	case "metrics":
		all := map[string]string{}
		for i := range x.parallelism {
			for name, value := range v.subtaskMetrics(n, i) {
				all[fmt.Sprintf("%d.%s", i, name)] = strconv.FormatFloat(value, 'f', -1, 64)
			}
		}
		return ok(metricList(all, query.Get("get")))
	case "accumulators":
		return ok(object{"id": x.id, "user-accumulators": []object{}})
	}
	return http.StatusNotFound, object{"errors": []string{"Unable to load requested file."}}
}

// vertex is a vertex with its subtasks.
func (v *jobView) vertex(n int) object {
	x := v.vertices[n]
	subtasks := []object{}
	io, states := map[string][]float64{}, map[string][]float64{}
	state := v.taskState()
	for i := range x.parallelism {
		of := v.io(n, i)
		for name, value := range of {
			switch value := value.(type) {
			case int64:
				io[name] = append(io[name], float64(value))
			case float64:
				io[name] = append(io[name], value)
			}
		}
		manager := v.managerOf(i)
		inStates := object{}
		for name, ms := range v.inStates(state, i) {
			inStates[name] = ms
			states[name] = append(states[name], float64(ms))
		}
		subtasks = append(subtasks, object{
			"subtask": i, "status": state, "attempt": v.observed.Restarts, "endpoint": manager + ":46665",
			"taskmanager-id": manager,
			"start-time":     millis(v.observed.StartTime), "start_time": millis(v.observed.StartTime),
			"end-time": v.ended(), "duration": v.took(),
			"metrics": of, "status-duration": inStates,
		})
	}
	aggregated := object{}
	for name, values := range io {
		aggregated[name] = spreadOf(values)
	}
	durations := object{}
	for name, values := range states {
		durations[name] = spreadOf(values)
	}
	return object{
		"id": x.id, "name": x.name, "parallelism": x.parallelism, "maxParallelism": 128,
		"now": v.now.UnixMilli(), "subtasks": subtasks,
		"aggregated": object{"metrics": aggregated, "status-duration": durations},
	}
}

// inStates is how many milliseconds a subtask was in each state until it ended. Flink
// counts duration from DEPLOYING on, so that the states from there add up to it.
func (v *jobView) inStates(state string, subtask int) map[string]int64 {
	left := v.took()
	if state == "SCHEDULED" {
		return map[string]int64{"CREATED": 20, "SCHEDULED": left}
	}
	deploying := min(120+11*int64(subtask), left)
	initializing := min(80+23*int64(subtask), left-deploying)
	return map[string]int64{
		"CREATED": 20, "SCHEDULED": 30 + 7*int64(subtask), "DEPLOYING": deploying, "INITIALIZING": initializing,
		"RUNNING": left - deploying - initializing,
	}
}

// backpressure has NaN for what is not known, as Flink has after the end.
func (v *jobView) backpressure(n int) object {
	subtasks := []object{}
	worst := 0.0
	for i := range v.vertices[n].parallelism {
		one := object{
			"subtask": i, "ratio": "NaN", "busyRatio": "NaN", "idleRatio": "NaN", "backpressureLevel": "ok",
			"backpressure-level": "ok",
		}
		if v.model != nil && v.running() {
			busy, back, idle := v.model.ratios(n, i)
			worst = max(worst, back)
			one["ratio"], one["busyRatio"], one["idleRatio"] = back, busy, idle
			one["backpressureLevel"], one["backpressure-level"] = levelOf(back), levelOf(back)
		}
		subtasks = append(subtasks, one)
	}
	return object{
		"status": "ok", "backpressureLevel": levelOf(worst), "backpressure-level": levelOf(worst),
		"end-timestamp": v.now.UnixMilli(), "subtasks": subtasks,
	}
}

// levelOf is Flink's word for a share of time.
func levelOf(back float64) string {
	switch {
	case back > 0.5:
		return "high"
	case back > 0.1:
		return "low"
	}
	return "ok"
}

// aggregated are metrics over all subtasks; nothing at all where one of them is
// not there, as Flink has it.
func (v *jobView) aggregated(n int, get string) []object {
	list := []object{}
	all := map[string][]float64{}
	for i := range v.vertices[n].parallelism {
		for name, value := range v.subtaskMetrics(n, i) {
			all[name] = append(all[name], value)
		}
	}
	if get == "" {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			list = append(list, object{"id": name})
		}
		return list
	}
	for name := range strings.SplitSeq(get, ",") {
		values, known := all[name]
		if !known {
			return []object{}
		}
		s := spreadOf(values)
		list = append(list, object{
			"id": name, "min": s["min"], "max": s["max"], "avg": s["avg"], "sum": s["sum"], "skew": skewOf(values),
		})
	}
	return list
}

// skewOf is how far values are from their mean, as a percentage.
func skewOf(values []float64) float64 {
	mean, apart := 0.0, 0.0
	for _, x := range values {
		mean += x / float64(len(values))
	}
	for _, x := range values {
		apart += math.Abs(x-mean) / float64(len(values))
	}
	if mean == 0 {
		return 0
	}
	return min(apart/mean*100, 100)
}

// metricList is metrics by name: those that are asked for and there, or all names.
func metricList(all map[string]string, get string) []object {
	list := []object{}
	if get == "" {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			list = append(list, object{"id": name})
		}
		return list
	}
	for name := range strings.SplitSeq(get, ",") {
		if value, known := all[name]; known {
			list = append(list, object{"id": name, "value": value})
		}
	}
	return list
}
