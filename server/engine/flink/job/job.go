// Package job reads what Flink tells of jobs and savepoints, for applications
// and statements alike.
package job

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/client/flinkrest"
	"drey/server/engine"
)

// MaxExceptions is how many failures are told.
const MaxExceptions = 10

// Exceptions are a job's failures, newest first. The entry that says that
// there is no restart any more has its cause beside it (flink-verified.md §3).
func Exceptions(ctx context.Context, m flinkrest.JobManager, id string) ([]engine.JobException, error) {
	entries, err := m.Exceptions(ctx, id)
	if err != nil {
		return nil, err
	}
	var all []engine.JobException
	for _, e := range entries {
		if strings.Contains(e.Stack, "Recovery is suppressed by") && len(e.Concurrent) > 0 {
			e.Name, e.Stack = e.Concurrent[0].Name, e.Concurrent[0].Stack
		}
		all = append(all, Exception(e.Name, e.Stack, flinkrest.Millis(e.Timestamp)))
	}
	return all[:min(len(all), MaxExceptions)], nil
}

// Exception names a failure by its root.
func Exception(name, stack string, at time.Time) engine.JobException {
	if causes := flinkrest.Causes(stack); len(causes) > 0 && causes[len(causes)-1].Class != "" {
		name = causes[len(causes)-1].Class
	}
	return engine.JobException{At: at, Name: name, Text: strings.TrimSpace(stack)}
}

// Checkpoint is the newest checkpoint that is still there, nil without one. An
// answer may name one that is gone already (flink-verified.md §3): where files
// can be looked at, they are.
func Checkpoint(ctx context.Context, m flinkrest.JobManager, id string) (*engine.Checkpoint, error) {
	c, err := m.Checkpoints(ctx, id)
	if err != nil || c.Latest.Completed == nil && c.Latest.Savepoint == nil {
		return nil, err
	}
	newest := c.Latest.Completed
	if newest == nil || c.Latest.Savepoint != nil && c.Latest.Savepoint.ID > newest.ID {
		newest = c.Latest.Savepoint
	}
	if !strings.Contains(newest.Path, "/") {
		return nil, nil
	}
	found := &engine.Checkpoint{Path: newest.Path, At: flinkrest.Millis(newest.Acked), Size: newest.Size}
	if there, known := Exists(newest.Path); known && !there {
		found.Path = highest(newest.Path)
	}
	if found.Path == "" {
		return nil, nil
	}
	return found, nil
}

// Newest is the checkpoint to go on from when this was the last that was seen of
// a job that is gone: one that came later has taken its place.
func Newest(path string) string {
	if !strings.HasPrefix(filepath.Base(path), "chk-") {
		return path
	}
	if newest := highest(path); newest != "" {
		return newest
	}
	return path
}

// Local is the place of a path on this machine.
func Local(path string) (string, bool) {
	if rest, ok := strings.CutPrefix(path, "file:"); ok {
		path = "/" + strings.TrimLeft(rest, "/")
	}
	return path, filepath.IsAbs(path)
}

// Exists reports whether a savepoint or checkpoint is complete; known is false
// where its files cannot be seen from here.
func Exists(path string) (there, known bool) {
	local, ok := Local(path)
	if !ok {
		return false, false
	}
	if _, err := os.Stat(filepath.Join(local, "_metadata")); err == nil {
		return true, true
	}
	_, err := os.Stat(filepath.Dir(local))
	return false, err == nil
}

// highest is the chk-N with the highest number beside a checkpoint that is gone.
func highest(path string) string {
	local, ok := Local(path)
	if !ok {
		return ""
	}
	found, _ := filepath.Glob(filepath.Join(filepath.Dir(local), "chk-*", "_metadata"))
	slices.SortFunc(found, func(a, b string) int { return number(a) - number(b) })
	if len(found) == 0 {
		return ""
	}
	return "file:" + filepath.Dir(found[len(found)-1])
}

func number(metadata string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(filepath.Base(filepath.Dir(metadata)), "chk-"))
	return n
}

// Size is how many bytes a savepoint has; 0 when it cannot be seen from here.
func Size(path string) int64 {
	local, ok := Local(path)
	if !ok {
		return 0
	}
	var sum int64
	entries, _ := os.ReadDir(local)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && !e.IsDir() {
			sum += info.Size()
		}
	}
	return sum
}

// Savepoint tells how far a savepoint or a stop is; nil when Flink has
// forgotten it or never heard of it.
func Savepoint(
	ctx context.Context, m flinkrest.JobManager, id, trigger string, now time.Time,
) (*engine.SavepointObservation, error) {
	a, err := m.Triggered(ctx, id, trigger)
	if flinkrest.NotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	seen := &engine.SavepointObservation{State: cmf.SavepointInProgress, Next: now.Add(50 * time.Millisecond)}
	switch {
	case !a.Done:
		return seen, nil
	case a.Failure != "":
		return &engine.SavepointObservation{State: cmf.SavepointFailed, Error: Reason(a.Failure), Ended: now}, nil
	}
	return &engine.SavepointObservation{
		State: cmf.SavepointCompleted, Path: a.Location, Size: Size(a.Location), Ended: now,
	}, nil
}

// Reason is the last cause of a failure.
func Reason(stack string) string {
	causes := flinkrest.Causes(stack)
	if len(causes) == 0 {
		return stack
	}
	return causes[len(causes)-1].String()
}

// Running waits until every task of a job runs, which a savepoint needs; false:
// the job ends, or does not come to run in time.
func Running(ctx context.Context, m flinkrest.JobManager, id string) (bool, error) {
	limited, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		j, err := m.Job(limited, id)
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return false, nil
		case err != nil:
			return false, err
		case j.AllRunning():
			return true, nil
		case cmf.JobEnded(j.State):
			return false, nil
		}
		timer := time.NewTimer(50 * time.Millisecond)
		select {
		case <-limited.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}
