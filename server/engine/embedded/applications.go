package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
)

// Applications are stand-ins for Flink jobs. Nothing of them is kept in memory.
type Applications struct {
	files files
	now   func() time.Time
}

// Deploy refuses a specification that the stand-in does not understand, and
// reads what the job is to be restored from: a file that is gone afterwards
// does not matter to a job that has its state.
func (a *Applications) Deploy(_ context.Context, job engine.Job) error {
	if _, err := readBehaviour(job.Spec, job.Application); err != nil {
		return &engine.Rejection{Reason: err.Error()}
	}
	if job.RestoreFrom == "" {
		return nil
	}
	if _, err := os.Stat(a.jobFile(job.ID)); err == nil {
		return nil
	}
	if err := writeJSON(a.jobFile(job.ID), a.restore(job)); err != nil {
		return fmt.Errorf("keep restored state: %w", err)
	}
	return nil
}

// restored is what a job began with.
type restored struct {
	Records int64  `json:"records"`
	Class   string `json:"class,omitempty"` // of the exception, when it could not
	Message string `json:"message,omitempty"`
}

func (a *Applications) jobFile(id string) string {
	return filepath.Join(a.files.dir, "jobs", filepath.Base(filepath.Clean("/"+id))+".json")
}

func (a *Applications) restore(job engine.Job) restored {
	s, err := a.files.read(job.RestoreFrom)
	var wrong *restoreError
	if errors.As(err, &wrong) {
		return restored{Class: wrong.class, Message: wrong.message}
	}
	class := job.Spec.String("job", "entryClass")
	if s.EntryClass != "" && class != "" && s.EntryClass != class && !job.AllowNonRestored {
		return restored{
			Class: "java.lang.IllegalStateException",
			Message: fmt.Sprintf(
				"Failed to rollback to checkpoint/savepoint %s. Cannot map checkpoint/savepoint state for "+
					"operator of %s to the new program, because the operator is not available in the new program. "+
					"If you want to allow to skip this, you can set the --allowNonRestoredState option on the CLI.",
				job.RestoreFrom, s.EntryClass,
			),
		}
	}
	return restored{Records: s.Records}
}

func (a *Applications) restoredOf(job engine.Job) restored {
	if job.RestoreFrom == "" {
		return restored{}
	}
	raw, err := os.ReadFile(a.jobFile(job.ID))
	var found restored
	if err != nil || json.Unmarshal(raw, &found) != nil {
		return a.restore(job)
	}
	return found
}

// standIn is a job with all that its state follows from.
type standIn struct {
	behaviour
	job      engine.Job
	restored restored
}

func (a *Applications) standIn(job engine.Job) (standIn, error) {
	b, err := readBehaviour(job.Spec, job.Application)
	if err != nil {
		return standIn{}, &engine.Rejection{Reason: err.Error()}
	}
	return standIn{behaviour: b, job: job, restored: a.restoredOf(job)}, nil
}

// moment is where the job would be at a time if nobody had stopped it.
func (s standIn) stateAt(now time.Time) jobState {
	fails := s.job.SubmittedAt.Add(5 * s.deploy / 6)
	if s.restored.Class == "" || s.neverStarts || now.Before(fails) {
		return s.at(s.job.SubmittedAt, now)
	}
	return jobState{
		state: cmf.JobFailed, deployment: cmf.DeploymentReady, since: fails, failures: []time.Time{fails},
	}
}

func (s standIn) records(m jobState) int64 {
	return s.restored.Records + int64(min(m.running.Seconds()*s.rate, math.MaxInt64/4))
}

// size is a plausible size of the state: it grows with the records to a limit.
func (s standIn) size(records int64) int64 {
	if s.savepoint.size > 0 {
		return s.savepoint.size
	}
	const mega = 1 << 20
	most := 100 + crc32.ChecksumIEEE([]byte(s.job.Environment+"/"+s.job.Application))%700 // MiB a task
	grown := 1 - math.Exp(-float64(records)/5e7)
	return int64(s.parallelism) * (mega + int64(float64(most)*mega*grown))
}

// timeOf is the time that a job is told of.
func (a *Applications) timeOf(job engine.Job) time.Time {
	if !job.AsOf.IsZero() {
		return job.AsOf
	}
	return a.now()
}

// Observe tells where the job is now.
func (a *Applications) Observe(_ context.Context, job engine.Job) (engine.JobObservation, error) {
	s, err := a.standIn(job)
	if err != nil {
		return engine.JobObservation{}, err
	}
	now := a.timeOf(job)
	if job.Stop != nil && !now.Before(job.Stop.At) {
		return a.observeStopped(s, now)
	}
	m := s.stateAt(now)
	observed := s.observation(m)
	chk, err := a.checkpoint(s, m, now)
	observed.Checkpoint = chk
	return observed, err
}

func (s standIn) observation(m jobState) engine.JobObservation {
	observed := engine.JobObservation{
		State: m.state, Deployment: m.deployment, Name: s.name, UpdateTime: m.since, Restarts: m.restarts,
		Error: m.error, Next: m.next, Resources: resources(s.job.Spec, s.parallelism),
	}
	if m.state != cmf.JobReconciling {
		observed.StartTime = s.job.SubmittedAt.Add(2 * s.deploy / 3)
	}
	for i := len(m.failures) - 1; i >= 0; i-- {
		observed.Exceptions = append(observed.Exceptions, s.failure(
			m.failures[i], m.state == cmf.JobFailed && i == len(m.failures)-1,
		))
	}
	return observed
}

// observeStopped follows a stop. A stop-with-savepoint of a job that does not
// run fails, as in Flink; a cancel always works.
func (a *Applications) observeStopped(s standIn, now time.Time) (engine.JobObservation, error) {
	stop := s.job.Stop
	before := s.stateAt(stop.At)
	switch before.state {
	case cmf.JobFailed, cmf.JobFinished:
		observed := s.observation(before)
		if stop.Savepoint {
			observed.Stopped = failedSavepoint(stop.At, "the job is "+before.state)
		}
		var err error
		observed.Checkpoint, err = a.checkpoint(s, before, stop.At)
		return observed, err
	}
	if !stop.Savepoint {
		return a.observeCancelled(s, before, now)
	}
	saved, err := a.observeSavepoint(s, engine.SavepointTrigger{
		ID: stop.ID, Directory: stop.Directory, Format: stop.Format, At: stop.At,
	})
	if err != nil {
		return engine.JobObservation{}, err
	}
	observed := s.observation(s.stateAt(now))
	observed.Stopped = &saved
	switch saved.State {
	case cmf.SavepointCompleted:
		observed = s.observation(before)
		observed.State, observed.Deployment = cmf.JobFinished, cmf.DeploymentMissing
		observed.UpdateTime, observed.Next, observed.Stopped = saved.Ended, time.Time{}, &saved
	case cmf.SavepointInProgress:
		observed.Next = saved.Next
	}
	return observed, nil
}

const cancelTime = 500 * time.Millisecond

func (a *Applications) observeCancelled(s standIn, before jobState, now time.Time) (engine.JobObservation, error) {
	observed := s.observation(before)
	chk, err := a.checkpoint(s, before, s.job.Stop.At)
	observed.Checkpoint = chk
	endsAt := s.job.Stop.At.Add(cancelTime)
	if now.Before(endsAt) {
		observed.State, observed.UpdateTime, observed.Next = cmf.JobCancelling, s.job.Stop.At, endsAt
		return observed, err
	}
	observed.State, observed.Deployment = cmf.JobCanceled, cmf.DeploymentMissing
	observed.UpdateTime, observed.Next = endsAt, time.Time{}
	return observed, err
}

// PeekCheckpoint is the newest checkpoint of a running job, without writing its file.
func (a *Applications) PeekCheckpoint(job engine.Job) *engine.Checkpoint {
	s, err := a.standIn(job)
	if err != nil {
		return nil
	}
	now := a.timeOf(job)
	chk, _ := a.latest(s, s.stateAt(now), now)
	return chk
}

// latest is the newest checkpoint at a time, and its content.
func (a *Applications) latest(s standIn, m jobState, now time.Time) (*engine.Checkpoint, snapshot) {
	running := m.running
	if m.state == cmf.JobRunning {
		running -= now.Sub(m.since) % max(s.checkpoints, 1)
	}
	if s.checkpoints == 0 || s.checkpointFails || running < s.checkpoints {
		return nil, snapshot{}
	}
	at := m.since
	if m.state == cmf.JobRunning {
		at = now.Add(-(now.Sub(m.since) % s.checkpoints))
	}
	m.running = running
	content := s.snapshot("checkpoint", m, at)
	return &engine.Checkpoint{
		Path: a.files.checkpointPath(s.job.ID, int64(running/s.checkpoints)), At: at, Size: content.StateSize,
	}, content
}

// checkpoint is latest, with the file on disk: somebody may start from it.
func (a *Applications) checkpoint(s standIn, m jobState, now time.Time) (*engine.Checkpoint, error) {
	chk, content := a.latest(s, m, now)
	if chk == nil {
		return nil, nil
	}
	if err := a.files.write(chk.Path, content); err != nil {
		return nil, fmt.Errorf("write checkpoint: %w", err)
	}
	return chk, nil
}

func (s standIn) snapshot(kind string, m jobState, at time.Time) snapshot {
	records := s.records(m)
	return snapshot{
		Kind: kind, JobID: s.job.ID, Environment: s.job.Environment, Application: s.job.Application,
		EntryClass: s.savepoint.entryClass, At: at.UTC(), Records: records,
		Parallelism: s.parallelism, StateSize: s.size(records),
	}
}

// Stop has nothing to do: that a job was told to stop stands in the job.
func (a *Applications) Stop(context.Context, engine.Job) error { return nil }

// Remove deletes what was kept for the job, savepoints excepted.
func (a *Applications) Remove(_ context.Context, job engine.Job) error {
	id := filepath.Base(filepath.Clean("/" + job.ID))
	err := os.Remove(a.jobFile(job.ID))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if strings.Trim(id, "./") == "" {
		return err
	}
	return errors.Join(err, os.RemoveAll(filepath.Join(a.files.dir, "state", "checkpoints", id)))
}
