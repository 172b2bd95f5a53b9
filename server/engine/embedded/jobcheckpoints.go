package embedded

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// viewCheckpoint is one checkpoint. Sizes are bytes, took is milliseconds.
type viewCheckpoint struct {
	id     int64
	at     time.Time
	size   int64
	took   int64
	failed bool
	path   string
}

const shownCheckpoints = 10

// newestID is the number of the newest checkpoint, 0 for none: as the engine's own
// files are numbered.
func (v *jobView) newestID() int64 {
	if v.interval <= 0 || v.model == nil {
		return 0
	}
	return int64(v.model.ran / v.interval)
}

// checkpointCounts are how many were completed and failed.
func (v *jobView) checkpointCounts() (completed, failed int64) {
	if v.failsCheckpoints() {
		return 0, v.newestID()
	}
	return v.newestID(), 0
}

func (v *jobView) failsCheckpoints() bool {
	return strings.EqualFold(v.conf.String(KeyCheckpointFails), "true")
}

// checkpointAt is the checkpoint of a number.
func (v *jobView) checkpointAt(id int64) viewCheckpoint {
	newest := v.newestID()
	at := v.now.Add(-v.model.ran % max(v.interval, 1)).Add(-time.Duration(newest-id) * v.interval)
	c := viewCheckpoint{
		id: id, at: at, size: max(v.state-(newest-id)*997, 1), took: 380 + (id*37)%220, failed: v.failsCheckpoints(),
	}
	if v.observed.Checkpoint != nil {
		dir := v.observed.Checkpoint.Path
		c.path = dir[:strings.LastIndexByte(dir, '/')+1] + "chk-" + strconv.FormatInt(id, 10)
		c.at = v.observed.Checkpoint.At.Add(-time.Duration(newest-id) * v.interval)
		if id == newest {
			c.path, c.size = dir, v.observed.Checkpoint.Size
		}
	}
	return c
}

// newestCheckpoint is the newest one that was completed, nil for none.
func (v *jobView) newestCheckpoint() *viewCheckpoint {
	if v.newestID() == 0 || v.failsCheckpoints() {
		return nil
	}
	c := v.checkpointAt(v.newestID())
	return &c
}

func (v *jobView) ofCheckpoints(rest []string) (int, any) {
	switch {
	case v.interval <= 0 || v.model == nil:
		return http.StatusNotFound, object{"errors": []string{
			"org.apache.flink.runtime.rest.handler.RestHandlerException: Checkpointing has not been enabled.",
		}}
	case len(rest) == 0:
		return ok(v.checkpoints())
	case rest[0] == "config":
		return ok(object{
			"mode": "exactly_once", "interval": v.interval.Milliseconds(), "timeout": 600_000, "min_pause": 0,
			"max_concurrent":  1,
			"externalization": object{"enabled": true, "delete_on_cancellation": false},
			"state_backend":   "HashMapStateBackend", "checkpoint_storage": "FileSystemCheckpointStorage",
			"unaligned_checkpoints": false, "tolerable_failed_checkpoints": 0,
		})
	case rest[0] == "details" && len(rest) > 1:
		id, err := strconv.ParseInt(rest[1], 10, 64)
		if err != nil || id < 1 || id > v.newestID() || id <= v.newestID()-shownCheckpoints {
			return notFound("Could not find checkpointing statistics for checkpoint " + rest[1] + ".")
		}
		if len(rest) == 4 && rest[2] == "subtasks" {
			return v.checkpointSubtasks(v.checkpointAt(id), rest[3])
		}
		c := v.checkpointAt(id)
		whole, tasks := v.checkpointObject(c), object{}
		for n, x := range v.vertices {
			tasks[x.id] = v.taskCheckpoint(c, n)
		}
		whole["tasks"] = tasks
		return ok(whole)
	}
	return notFound("There is no such checkpoint.")
}

// checkpointObject is a checkpoint in a list.
func (v *jobView) checkpointObject(c viewCheckpoint) object {
	o := object{
		"className": "completed", "id": c.id, "status": "COMPLETED", "is_savepoint": false,
		"savepointFormat": nil, "trigger_timestamp": c.at.UnixMilli(),
		"latest_ack_timestamp": c.at.UnixMilli() + c.took, "checkpointed_size": c.size, "state_size": c.size,
		"end_to_end_duration": c.took, "alignment_buffered": 0,
		"processed_data": 0, "persisted_data": 0, "num_subtasks": v.tasks(),
		"num_acknowledged_subtasks": v.tasks(), "checkpoint_type": "CHECKPOINT", "tasks": object{},
		"external_path": c.path, "discarded": c.id != v.newestID(),
	}
	if c.failed {
		o["className"], o["status"], o["num_acknowledged_subtasks"] = "failed", "FAILED", v.tasks()-1
		o["failure_timestamp"], o["failure_message"] = c.at.UnixMilli()+600_000, "Checkpoint expired before completing."
		delete(o, "external_path")
		delete(o, "discarded")
	}
	return o
}

func (v *jobView) checkpoints() object {
	history := []object{}
	newest := v.newestID()
	for id := newest; id > max(newest-shownCheckpoints, 0); id-- {
		history = append(history, v.checkpointObject(v.checkpointAt(id)))
	}
	completed, failed := v.checkpointCounts()
	latest := object{"completed": nil, "savepoint": nil, "failed": nil, "restored": nil}
	if len(history) > 0 && failed == 0 {
		latest["completed"] = history[0]
	} else if len(history) > 0 {
		latest["failed"] = history[0]
	}
	restored := 0
	if path := v.job.RestoreFrom; path != "" {
		restored = 1
		latest["restored"] = object{
			"id": 0, "restore_timestamp": millis(v.observed.StartTime),
			"is_savepoint": strings.Contains(path, "savepoint"), "external_path": path,
		}
	}
	return object{
		"counts":  object{"restored": restored, "total": newest, "in_progress": 0, "completed": completed, "failed": failed},
		"summary": object{"end_to_end_duration": v.summaryOf(func(c viewCheckpoint) float64 { return float64(c.took) }), "state_size": v.summaryOf(func(c viewCheckpoint) float64 { return float64(c.size) })},
		"latest":  latest, "history": history,
	}
}

// summaryOf is a number over the checkpoints that are shown; NaN where there is
// none.
func (v *jobView) summaryOf(of func(viewCheckpoint) float64) object {
	var values []float64
	for id := v.newestID(); id > max(v.newestID()-shownCheckpoints, 0); id-- {
		if c := v.checkpointAt(id); !c.failed {
			values = append(values, of(c))
		}
	}
	if len(values) == 0 {
		return object{
			"min": 0, "max": 0, "avg": 0, "p50": "NaN", "p90": "NaN", "p95": "NaN", "p99": "NaN", "p999": "NaN",
		}
	}
	s := spreadOf(values)
	return object{
		"min": s["min"], "max": s["max"], "avg": int64(s["avg"].(float64)), "p50": s["median"],
		"p90": s["p95"], "p95": s["p95"],
		"p99": s["max"], "p999": s["max"],
	}
}

// taskCheckpoint is a vertex's part: state is where records are processed, and the
// parts add up to the whole.
func (v *jobView) taskCheckpoint(c viewCheckpoint, n int) object {
	x := v.vertices[n]
	acked, status := x.parallelism, "COMPLETED"
	if c.failed {
		status = "FAILED"
		if n == 1 {
			acked--
		}
	}
	return object{
		"id": c.id, "status": status, "latest_ack_timestamp": c.at.UnixMilli() + v.partTook(c, n),
		"checkpointed_size": v.partSize(c, n), "state_size": v.partSize(c, n),
		"end_to_end_duration": v.partTook(c, n), "alignment_buffered": 0, "processed_data": 0,
		"persisted_data": 0, "num_subtasks": x.parallelism, "num_acknowledged_subtasks": acked,
	}
}

func (v *jobView) partSize(c viewCheckpoint, n int) int64 {
	source := min(int64(v.vertices[0].parallelism)*64, c.size)
	switch n {
	case 0:
		return source
	case 1:
		return c.size - source
	}
	return 0
}

// partTook is how long a vertex took: the one with the state as long as the whole.
func (v *jobView) partTook(c viewCheckpoint, n int) int64 {
	return [3]int64{c.took / 6, c.took, c.took / 4}[n]
}

// checkpointSubtasks are the subtasks' parts of a checkpoint.
func (v *jobView) checkpointSubtasks(c viewCheckpoint, vertex string) (int, any) {
	for n, x := range v.vertices {
		if x.id != vertex {
			continue
		}
		sizes := v.model.spread(v.partSize(c, n), x.parallelism, n == 1 && v.model.kind == loadSkewed)
		whole, subtasks := v.taskCheckpoint(c, n), []object{}
		for i := range x.parallelism {
			took := v.partTook(c, n)
			if i != v.model.hot {
				took = took * 2 / 3
			}
			if c.failed && n == 1 && i == v.model.hot {
				subtasks = append(subtasks, object{"className": "pending", "index": i, "status": "pending_or_failed"})
				continue
			}
			subtasks = append(subtasks, object{
				"className": "completed", "index": i, "status": "completed",
				"ack_timestamp": c.at.UnixMilli() + took, "end_to_end_duration": took, "state_size": sizes[i],
				"checkpointed_size": sizes[i],
				"checkpoint":        object{"sync": took / 20, "async": took * 3 / 4},
				"alignment":         object{"buffered": 0, "processed": 0, "persisted": 0, "duration": took / 10},
				"start_delay":       took / 10, "unaligned_checkpoint": false, "aborted": false,
			})
		}
		whole["subtasks"] = subtasks
		return ok(whole)
	}
	return notFound("There is no checkpoint statistics for task " + vertex + ".")
}
