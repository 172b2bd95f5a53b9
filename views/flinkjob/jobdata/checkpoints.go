package jobdata

import (
	"context"
	"fmt"
	"strings"

	"drey/client/flinkrest"
)

// SlowestOf says which subtask took longest and with what.
func SlowestOf(
	ctx context.Context, from flinkrest.JobManager, job string, id int64, vertices []flinkrest.JobVertex,
) (string, error) {
	whole, err := from.Checkpoint(ctx, job, id)
	if err != nil {
		return "", err
	}
	worst, took := "", int64(-1)
	for vertex, part := range whole.Tasks {
		if part.Duration > took || part.Duration == took && vertex < worst {
			worst, took = vertex, part.Duration
		}
	}
	if worst == "" {
		return "", nil
	}
	subtasks, err := from.CheckpointSubtasks(ctx, job, id, worst)
	if err != nil {
		return "", err
	}
	return slowText(vertexName(vertices, worst), subtasks), nil
}

func vertexName(vertices []flinkrest.JobVertex, id string) string {
	for _, v := range vertices {
		if v.ID == id {
			return NameOf(v)
		}
	}
	return Short(id)
}

// slowText names the subtask that took longest, or one that never answered.
func slowText(vertex string, subtasks []flinkrest.SubtaskCheckpoint) string {
	at := -1
	for i, s := range subtasks {
		if s.Aborted || strings.EqualFold(s.Status, "pending_or_failed") {
			return fmt.Sprintf("%s #%d never acknowledged", vertex, s.Index)
		}
		if at < 0 || s.Duration > subtasks[at].Duration {
			at = i
		}
	}
	if at < 0 {
		return ""
	}
	s := subtasks[at]
	text := fmt.Sprintf(
		"%s #%d: sync %s  async %s  start delay %s", vertex, s.Index, Took(s.Parts.Sync), Took(s.Parts.Async),
		Took(s.StartDelay),
	)
	if s.Alignment.Duration > 0 {
		text += "  align " + Took(s.Alignment.Duration)
	}
	return text
}

func FirstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

func KindOf(r *flinkrest.Restored) string {
	if r.Savepoint {
		return fmt.Sprintf("savepoint %d", r.ID)
	}
	return fmt.Sprintf("checkpoint %d", r.ID)
}
