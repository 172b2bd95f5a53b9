//go:build flink

package flink

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/engine/enginetest"
)

// station is an engine with jobs of its own, ended with the test.
type station struct {
	*testing.T
	engine *Engine
	n      int
}

func newStation(t *testing.T) *station { return &station{T: t, engine: overFlink(t, t.TempDir(), nil)} }

func (s *station) job(class string, conf map[string]string, args ...string) engine.Job {
	s.n++
	all := map[string]string{"execution.checkpointing.interval": "500 ms"}
	for k, v := range conf {
		all[k] = v
	}
	j := engine.Job{
		ID: fmt.Sprintf("%016x%016x", time.Now().UnixNano(), s.n), Environment: "env", Application: "app",
		Spec: cmf.MustObject(map[string]any{
			"flinkConfiguration": all,
			"job":                jar(class, args...),
		}),
	}
	s.Cleanup(func() { _ = s.engine.jobs.Cancel(context.Background(), j.ID) })
	return j
}

// jar is spec.job of one of Flink's examples.
func jar(class string, args ...string) map[string]any {
	return map[string]any{
		"jarURI": "local:///opt/flink/examples/flink-examples-streaming.jar", "entryClass": class,
		"parallelism": 1, "args": args,
	}
}

const (
	machine = "org.apache.flink.streaming.examples.statemachine.StateMachineExample"
	socket  = "org.apache.flink.streaming.examples.socket.SocketWindowWordCount"
)

func (s *station) deploy(j engine.Job) {
	s.Helper()
	if err := s.engine.Applications().Deploy(s.Context(), j); err != nil {
		s.Fatalf("deploy: %v", err)
	}
}

// until asks, as often as the engine says, until the job is as it should be.
func (s *station) until(j engine.Job, what string, done func(engine.JobObservation) bool) engine.JobObservation {
	s.Helper()
	var seen engine.JobObservation
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

func (s *station) is(j engine.Job, state string) engine.JobObservation {
	s.Helper()
	return s.until(j, state, func(o engine.JobObservation) bool { return o.State == state })
}

// stop ends a job with a savepoint; the call is made twice.
func (s *station) stop(j *engine.Job) engine.JobObservation {
	s.Helper()
	j.Stop = &engine.StopRequest{
		ID: fmt.Sprintf("%032x", time.Now().UnixNano()), At: time.Now(), Savepoint: true, Format: cmf.FormatNative,
	}
	for range 2 {
		if err := s.engine.Applications().Stop(s.Context(), *j); err != nil {
			s.Fatalf("stop: %v", err)
		}
	}
	return s.is(*j, cmf.JobFinished)
}

func TestAnApplicationGoesOnFromItsSavepoint(t *testing.T) {
	s := newStation(t)
	j := s.job(machine, nil, "--rps", "5")
	s.deploy(j)
	s.is(j, cmf.JobRunning)
	stopped := s.stop(&j).Stopped
	next := s.job(machine, nil, "--rps", "5")
	next.RestoreFrom = stopped.Path
	s.deploy(next)
	s.is(next, cmf.JobRunning)
	chk, err := s.engine.jobs.Checkpoints(t.Context(), next.ID)
	if err != nil || chk.Latest.Restored == nil || !strings.HasSuffix(chk.Latest.Restored.Path, last(stopped.Path)) {
		t.Errorf("got %+v, %v; want it restored from %s", chk.Latest.Restored, err, stopped.Path)
	}
}

func last(path string) string { return path[strings.LastIndex(path, "/"):] }

// breaking is a job that reads from a server which breaks the connection.
func breaking(t *testing.T) (map[string]any, map[string]string, func()) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	fail := func() {
		conn, err := server.Accept()
		if err == nil {
			err = errors.Join(conn.(*net.TCPConn).SetLinger(0), conn.Close())
		}
		if err != nil {
			t.Error(err)
		}
	}
	return jar(
		socket, "--hostname", "127.0.0.1", "--port", strconv.Itoa(server.Addr().(*net.TCPAddr).Port),
	), map[string]string{}, fail
}

func TestApplicationsOnRealFlink(t *testing.T) {
	open := opener()
	enginetest.Applications(t, enginetest.Jobs{RealTime: true, Job: jar(machine, "--rps", "5"), Failing: breaking},
		func(t *testing.T, dir string, _ func() time.Time) engine.Engine { return open(t, dir) })
}

func TestWhatCannotRunIsRejected(t *testing.T) {
	s := newStation(t)
	wrong := s.job("no.such.Clazz", nil)
	missing := s.job(machine, nil)
	missing.Spec = cmf.MustObject(map[string]any{"job": map[string]any{"jarURI": "local:///opt/none.jar"}})
	outside := s.job(machine, nil)
	outside.Spec = cmf.MustObject(map[string]any{"job": map[string]any{"jarURI": "local:///../../../../etc/passwd"}})
	for want, j := range map[string]engine.Job{
		"'no.such.Clazz' was not found": wrong, "no such jar below --flink-jars": missing,
		"no such jar below --flink-jars ": outside,
	} {
		var rejection *engine.Rejection
		if err := s.engine.Applications().Deploy(t.Context(), j); !errors.As(err, &rejection) ||
			!strings.Contains(rejection.Reason, strings.TrimSpace(want)) {
			t.Errorf("got %v, want a rejection with %q", err, want)
		}
	}
}

func TestAnApplicationWaitsForSlots(t *testing.T) {
	s := newStation(t)
	j := s.job(machine, nil, "--rps", "5")
	j.Spec = j.Spec.With(1000, "job", "parallelism")
	if err := s.engine.Applications().Deploy(t.Context(), j); !errors.Is(err, engine.ErrUnavailable) ||
		!strings.Contains(err.Error(), "waits for slots: the job needs 1000") {
		t.Errorf("got %v, want it to wait for slots", err)
	}
	j.Spec = j.Spec.With(1, "job", "parallelism")
	s.deploy(j)
	s.is(j, cmf.JobRunning)
}
