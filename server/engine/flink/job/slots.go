package job

import (
	"context"
	"fmt"
	"strings"

	"drey/client/flinkrest"
	"drey/server/engine"
)

// slotsError is a job that waits for slots.
type slotsError struct{ need, free, total int }

func (e *slotsError) Error() string {
	if e.total == 0 {
		return "waits for slots: Flink has no TaskManager"
	}
	return fmt.Sprintf("waits for slots: the job needs %d, %d of %d are free", e.need, e.free, e.total)
}

// Is makes it a service.ErrUnavailable: it is tried again soon.
func (e *slotsError) Is(target error) bool { return target == engine.ErrUnavailable }

// Slots refuses a job for which there are no slots now: a cluster of a fixed
// size fails it at once. One that starts TaskManagers by itself is left alone.
func Slots(ctx context.Context, m flinkrest.JobManager, need int) error {
	o, err := m.Overview(ctx)
	if err != nil || o.Free >= max(need, 1) {
		return err
	}
	config, err := m.Config(ctx)
	if err != nil {
		return err
	}
	for _, c := range config {
		if c.Key == "kubernetes.cluster-id" || strings.HasPrefix(c.Key, "yarn.") {
			return nil
		}
	}
	return &slotsError{max(need, 1), o.Free, o.Slots}
}
