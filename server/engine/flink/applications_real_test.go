//go:build flink

package flink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/service"
)

// station is an engine with jobs of its own, ended with the test.
type station struct {
	*testing.T
	engine *Engine
	n      int
}

func newStation(t *testing.T) *station { return &station{T: t, engine: overFlink(t, t.TempDir(), nil)} }

func (s *station) job(class string, conf map[string]string, args ...string) service.Job {
	s.n++
	all := map[string]string{"execution.checkpointing.interval": "500 ms"}
	for k, v := range conf {
		all[k] = v
	}
	j := service.Job{
		ID: fmt.Sprintf("%016x%016x", time.Now().UnixNano(), s.n), Environment: "env", Application: "app",
		Spec: service.MustEncode(map[string]any{
			"flinkConfiguration": all,
			"job": map[string]any{
				"jarURI": "local:///opt/flink/examples/flink-examples-streaming-2.3.0.jar", "entryClass": class, "parallelism": 1, "args": args,
			},
		}),
	}
	s.Cleanup(func() { _ = s.engine.jobs.Cancel(context.Background(), j.ID) })
	return j
}

const (
	machine = "org.apache.flink.streaming.examples.statemachine.StateMachineExample"
	socket  = "org.apache.flink.streaming.examples.socket.SocketWindowWordCount"
)

func (s *station) deploy(j service.Job) {
	s.Helper()
	if err := s.engine.Applications().Deploy(s.Context(), j); err != nil {
		s.Fatalf("deploy: %v", err)
	}
}

// until asks, as often as the engine says, until the job is as it should be.
func (s *station) until(j service.Job, what string, done func(service.JobObservation) bool) service.JobObservation {
	s.Helper()
	var seen service.JobObservation
	for range 1800 {
		var err error
		if seen, err = s.engine.Applications().Observe(s.Context(), j); err != nil {
			s.Fatalf("observe: %v", err)
		}
		if done(seen) {
			return seen
		}
		pause()
	}
	s.Fatalf("the job is not %s: %+v", what, seen)
	return seen
}

func pause() { <-time.NewTimer(100 * time.Millisecond).C }

func (s *station) is(j service.Job, state string) service.JobObservation {
	s.Helper()
	return s.until(j, state, func(o service.JobObservation) bool { return o.State == state })
}

func (s *station) stop(j *service.Job, savepoint bool) service.JobObservation {
	s.Helper()
	j.Stop = &service.StopRequest{ID: fmt.Sprintf("%032x", time.Now().UnixNano()), At: time.Now(), Savepoint: savepoint, Format: cmf.FormatCanonical}
	for range 2 {
		if err := s.engine.Applications().Stop(s.Context(), *j); err != nil {
			s.Fatalf("stop: %v", err)
		}
	}
	if savepoint {
		return s.is(*j, cmf.JobFinished)
	}
	return s.is(*j, cmf.JobCanceled)
}

func TestAnApplicationGoesOnFromItsSavepoint(t *testing.T) {
	s := newStation(t)
	j := s.job(machine, nil, "--rps", "5")
	s.deploy(j)
	s.deploy(j)
	seen := s.until(j, "READY", func(o service.JobObservation) bool {
		return o.State == cmf.JobRunning && o.Deployment == cmf.DeploymentReady
	})
	if seen.Name == "" || seen.StartTime.IsZero() || seen.Restarts != 0 {
		t.Errorf("running: got %+v", seen)
	}
	trigger := service.SavepointTrigger{ID: fmt.Sprintf("%032x", time.Now().UnixNano()), At: time.Now()}
	for range 2 {
		if err := s.engine.Savepoints().Trigger(t.Context(), j.ID, j, trigger); err != nil {
			t.Fatal(err)
		}
	}
	saved := s.savepoint(j, trigger)
	if saved.State != cmf.SavepointCompleted || saved.Path == "" || saved.Size == 0 {
		t.Fatalf("got %+v, want a savepoint", saved)
	}
	stopped := s.stop(&j, true).Stopped
	if stopped == nil || stopped.State != cmf.SavepointCompleted || stopped.Path == saved.Path {
		t.Fatalf("got %+v, want another savepoint", stopped)
	}
	next := s.job(machine, nil, "--rps", "5")
	next.RestoreFrom = stopped.Path
	s.deploy(next)
	s.is(next, cmf.JobRunning)
	chk, err := s.engine.jobs.Checkpoints(t.Context(), next.ID)
	if err != nil || chk.Latest.Restored == nil || !strings.HasSuffix(chk.Latest.Restored.Path, last(stopped.Path)) {
		t.Errorf("got %+v, %v; want it restored from %s", chk.Latest.Restored, err, stopped.Path)
	}
	for range 2 {
		if err := s.engine.Savepoints().Dispose(t.Context(), saved.Path); err != nil {
			t.Errorf("dispose: %v", err)
		}
	}
}

func last(path string) string { return path[strings.LastIndex(path, "/"):] }

func (s *station) savepoint(j service.Job, trigger service.SavepointTrigger) service.SavepointObservation {
	s.Helper()
	for range 1800 {
		seen, err := s.engine.Savepoints().ObserveSavepoint(s.Context(), j.ID, j, trigger)
		if err != nil {
			s.Fatal(err)
		}
		if seen.State != cmf.SavepointInProgress {
			return seen
		}
		pause()
	}
	s.Fatal("the savepoint does not end")
	return service.SavepointObservation{}
}

func TestACancelledApplicationGoesOnFromItsLastCheckpoint(t *testing.T) {
	s := newStation(t)
	j := s.job(machine, nil, "--rps", "5")
	s.deploy(j)
	s.until(j, "with a checkpoint", func(o service.JobObservation) bool { return o.Checkpoint != nil })
	seen := s.stop(&j, false)
	if seen.Checkpoint == nil {
		t.Fatal("no checkpoint is left")
	}
	next := s.job(machine, nil, "--rps", "5")
	next.RestoreFrom = seen.Checkpoint.Path
	s.deploy(next)
	s.is(next, cmf.JobRunning)
}

func TestAFailingApplicationIsRestartedThenFails(t *testing.T) {
	s := newStation(t)
	j := s.job(socket, map[string]string{
		"restart-strategy.type": "fixed-delay", "restart-strategy.fixed-delay.attempts": "1", "restart-strategy.fixed-delay.delay": "1 s",
	}, "--hostname", "127.0.0.1", "--port", "1")
	s.deploy(j)
	s.is(j, cmf.JobRestarting)
	seen := s.is(j, cmf.JobFailed)
	if len(seen.Exceptions) == 0 || !strings.Contains(seen.Exceptions[0].Name, "ConnectException") || seen.Restarts != 1 {
		b, _ := json.Marshal(seen)
		t.Errorf("got %.2000s, want a ConnectException after one restart", b)
	}
}

func TestWhatCannotRunIsRejected(t *testing.T) {
	s := newStation(t)
	wrong := s.job("no.such.Clazz", nil)
	missing := s.job(machine, nil)
	missing.Spec = service.MustEncode(map[string]any{"job": map[string]any{"jarURI": "local:///opt/none.jar"}})
	outside := s.job(machine, nil)
	outside.Spec = service.MustEncode(map[string]any{"job": map[string]any{"jarURI": "local:///../../../../etc/passwd"}})
	for want, j := range map[string]service.Job{"'no.such.Clazz' was not found": wrong, "there is no jar": missing, "there is no jar ": outside} {
		var rejection *service.Rejection
		if err := s.engine.Applications().Deploy(t.Context(), j); !errors.As(err, &rejection) || !strings.Contains(rejection.Reason, strings.TrimSpace(want)) {
			t.Errorf("got %v, want a rejection with %q", err, want)
		}
	}
	lost := s.job(machine, nil)
	lost.RestoreFrom = "file:/nope/savepoint-a-b"
	s.deploy(lost)
	seen := s.is(lost, cmf.JobFailed)
	if len(seen.Exceptions) == 0 || !strings.Contains(seen.Exceptions[0].Text, "file:/nope/savepoint-a-b") {
		t.Errorf("got %+v, want an exception that names the path", seen.Exceptions)
	}
}

func TestAnApplicationWaitsForSlots(t *testing.T) {
	s := newStation(t)
	j := s.job(machine, nil, "--rps", "5")
	j.Spec = j.Spec.With(1000, "job", "parallelism")
	if err := s.engine.Applications().Deploy(t.Context(), j); !errors.Is(err, service.ErrUnavailable) || !strings.Contains(err.Error(), "waits for slots: the job needs 1000") {
		t.Errorf("got %v, want it to wait for slots", err)
	}
	j.Spec = j.Spec.With(1, "job", "parallelism")
	s.deploy(j)
	s.is(j, cmf.JobRunning)
}
