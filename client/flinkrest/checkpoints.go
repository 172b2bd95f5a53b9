package flinkrest

import (
	"context"
	"net/url"
	"strconv"
)

// Checkpoint is a checkpoint or savepoint of a job's history. Sizes are bytes,
// times and durations milliseconds.
type Checkpoint struct {
	ID        int64  `json:"id"`
	Status    string `json:"status"` // COMPLETED, FAILED, IN_PROGRESS
	Savepoint bool   `json:"is_savepoint"`
	Format    string `json:"savepointFormat"` // CANONICAL, NATIVE, "" for none
	Type      string `json:"checkpoint_type"`
	Triggered int64  `json:"trigger_timestamp"`
	Acked     int64  `json:"latest_ack_timestamp"`
	Size      int64  `json:"state_size"`
	NewSize   int64  `json:"checkpointed_size"` // what this one added
	Duration  int64  `json:"end_to_end_duration"`
	Processed int64  `json:"processed_data"`
	Persisted int64  `json:"persisted_data"`
	Subtasks  int    `json:"num_subtasks"`
	AckedOf   int    `json:"num_acknowledged_subtasks"`
	Path      string `json:"external_path"`
	Discarded bool   `json:"discarded"`
	FailedAt  int64  `json:"failure_timestamp"`
	Message   string `json:"failure_message"`
	// Tasks are those of the vertices, by id, where a checkpoint was asked for.
	Tasks map[string]Checkpoint `json:"tasks"`
}

// Checkpoints is the history, newest first, with what it is made of.
type Checkpoints struct {
	Counts struct {
		Restored   int `json:"restored"`
		Total      int `json:"total"`
		InProgress int `json:"in_progress"`
		Completed  int `json:"completed"`
		Failed     int `json:"failed"`
	} `json:"counts"`
	Latest struct {
		Completed *Checkpoint `json:"completed"`
		Savepoint *Checkpoint `json:"savepoint"`
		Failed    *Checkpoint `json:"failed"`
		Restored  *Restored   `json:"restored"`
	} `json:"latest"`
	Summary struct {
		Size     Percentiles `json:"state_size"`
		NewSize  Percentiles `json:"checkpointed_size"`
		Duration Percentiles `json:"end_to_end_duration"`
	} `json:"summary"`
	History []Checkpoint `json:"history"`
}

// Restored is what a job went on from.
type Restored struct {
	ID        int64  `json:"id"`
	At        int64  `json:"restore_timestamp"`
	Savepoint bool   `json:"is_savepoint"`
	Path      string `json:"external_path"`
}

// Percentiles are NaN where there is too little to tell.
type Percentiles struct {
	Min Number `json:"min"`
	Max Number `json:"max"`
	Avg Number `json:"avg"`
	P50 Number `json:"p50"`
	P90 Number `json:"p90"`
	P95 Number `json:"p95"`
	P99 Number `json:"p99"`
}

// Checkpoints is a job's history of checkpoints.
func (m JobManager) Checkpoints(ctx context.Context, job string) (Checkpoints, error) {
	var c Checkpoints
	err := get(ctx, m, jobPath(job)+"/checkpoints", nil, &c)
	return c, err
}

// CheckpointConfig is when and how a job takes checkpoints.
type CheckpointConfig struct {
	Mode          string `json:"mode"` // exactly_once, at_least_once
	Interval      int64  `json:"interval"`
	Timeout       int64  `json:"timeout"`
	MinPause      int64  `json:"min_pause"`
	MaxConcurrent int    `json:"max_concurrent"`
	Externalized  struct {
		Enabled         bool `json:"enabled"`
		DeletedOnCancel bool `json:"delete_on_cancellation"`
	} `json:"externalization"`
	Backend   string `json:"state_backend"`
	Storage   string `json:"checkpoint_storage"`
	Unaligned bool   `json:"unaligned_checkpoints"`
	Tolerated int    `json:"tolerable_failed_checkpoints"`
}

// CheckpointConfig asks for it.
func (m JobManager) CheckpointConfig(ctx context.Context, job string) (CheckpointConfig, error) {
	var c CheckpointConfig
	err := get(ctx, m, jobPath(job)+"/checkpoints/config", nil, &c)
	return c, err
}

// Checkpoint asks for one of them, with what each vertex took. One that has left
// the history is not found.
func (m JobManager) Checkpoint(ctx context.Context, job string, id int64) (Checkpoint, error) {
	var c Checkpoint
	err := get(ctx, m, jobPath(job)+"/checkpoints/details/"+strconv.FormatInt(id, 10), nil, &c)
	return c, err
}

// SubtaskCheckpoint is a subtask's part of a checkpoint.
type SubtaskCheckpoint struct {
	Index      int    `json:"index"`
	Status     string `json:"status"`
	Acked      int64  `json:"ack_timestamp"`
	Duration   int64  `json:"end_to_end_duration"`
	Size       int64  `json:"state_size"`
	NewSize    int64  `json:"checkpointed_size"`
	StartDelay int64  `json:"start_delay"`
	Unaligned  bool   `json:"unaligned_checkpoint"`
	Aborted    bool   `json:"aborted"`
	Parts      struct {
		Sync  int64 `json:"sync"`
		Async int64 `json:"async"`
	} `json:"checkpoint"`
	Alignment struct {
		Duration int64 `json:"duration"`
	} `json:"alignment"`
}

// CheckpointSubtasks are those of a vertex.
func (m JobManager) CheckpointSubtasks(
	ctx context.Context, job string, id int64, vertex string,
) ([]SubtaskCheckpoint, error) {
	var answer struct {
		Subtasks []SubtaskCheckpoint `json:"subtasks"`
	}
	path := jobPath(job) + "/checkpoints/details/" + strconv.FormatInt(id, 10) + "/subtasks/" + url.PathEscape(vertex)
	err := get(ctx, m, path, nil, &answer)
	return answer.Subtasks, err
}
