package control

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/engine/embedded"
	"drey/server/model"
	"drey/server/service"
	"drey/server/store"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// applications is embedded under a name that is no method of an engine.
type applications = engine.Applications

// faulty is an engine that goes wrong when the test says so, and counts.
type faulty struct {
	engine.Engine
	applications
	mu      sync.Mutex
	deploys []string // ids
	fail    func(call string, job engine.Job) error
	prepare func(run engine.StatementRun) // before a statement is planned
	start   func(run engine.StatementRun) // before a statement is started
}

func (f *faulty) Applications() engine.Applications { return f }

func (f *faulty) Deploy(ctx context.Context, job engine.Job) error {
	f.mu.Lock()
	f.deploys = append(f.deploys, job.ID)
	f.mu.Unlock()
	if err := f.fail("deploy", job); err != nil {
		return err
	}
	return f.applications.Deploy(ctx, job)
}

func (f *faulty) Observe(ctx context.Context, job engine.Job) (engine.JobObservation, error) {
	if err := f.fail("observe", job); err != nil {
		return engine.JobObservation{}, err
	}
	return f.applications.Observe(ctx, job)
}

// bench is a loop with its store, engine and time.
type bench struct {
	*testing.T
	now    time.Time
	store  *store.Store
	engine *faulty
	loop   *Loop
	api    *service.Service
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return b.now }
	var err error
	if b.store, err = store.Open(t.Context(), t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.store.Close() })
	inner, err := embedded.New(embedded.Options{Dir: t.TempDir(), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	b.engine = &faulty{
		Engine: inner, applications: inner.Applications(),
		fail: func(string, engine.Job) error { return nil },
	}
	b.api = service.New(service.Options{Store: b.store, Engine: b.engine, Now: now})
	b.loop = New(Options{Queue: b.store, Engine: b.engine, Now: now})
	b.write(model.KindEnvironment, "", `{"name":"prod","kubernetesNamespace":"x"}`)
	return b
}

func (b *bench) write(kind model.KindID, env, body string) {
	b.Helper()
	for _, r := range b.api.Resources() {
		if r.ID() == kind {
			if _, err := r.Write(
				b.Context(), model.Scope{Kind: kind, Env: env}, service.Write{Body: []byte(body)},
			); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func (b *bench) deploy(name string) {
	b.Helper()
	b.write(model.KindApplication, "prod", fmt.Sprintf(
		`{"apiVersion":"v","kind":"FlinkApplication","metadata":{"name":%q},"spec":{"flinkVersion":"v1_20","job":{}}}`,
		name,
	))
}

// advance moves the time from one due record to the next.
func (b *bench) advance(d time.Duration) {
	b.Helper()
	end := b.now.Add(d)
	for {
		next, err := b.loop.Pass(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if next.IsZero() || next.After(end) {
			b.now = end
			return
		}
		b.now = next
	}
}

func (b *bench) status(name string) model.ApplicationStatus {
	b.Helper()
	var status model.ApplicationStatus
	err := b.store.View(b.Context(), func(r model.Reader) error {
		record, err := r.Get(model.Scope{Kind: model.KindApplication, Env: "prod"}, name)
		if err != nil {
			return err
		}
		status, err = model.ReadApplicationStatus(record.Doc.Object("status"))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return status
}

func TestADeploymentThatFailsIsTriedAgainWithItsID(t *testing.T) {
	b := newBench(t)
	left := 3
	b.engine.fail = func(call string, _ engine.Job) error {
		if call == "deploy" && left > 0 {
			left--
			return errors.New("no route to host")
		}
		return nil
	}
	b.deploy("orders")
	b.advance(time.Second)
	if got := b.status("orders").Error; got != "deploy: no route to host" {
		t.Errorf("status.error: got %q", got)
	}
	b.advance(2 * time.Minute)
	if got := b.status("orders"); got.JobStatus.State != cmf.JobRunning || got.Error != "" {
		t.Errorf("got %s, error %q; want RUNNING without one", got.JobStatus.State, got.Error)
	}
	for _, id := range b.engine.deploys {
		if id != b.engine.deploys[0] {
			t.Errorf("deployed as %v, want one id", b.engine.deploys)
		}
	}
}

func TestAJobThatTheEngineLostIsDeployedAgain(t *testing.T) {
	b := newBench(t)
	b.deploy("orders")
	lost := true
	b.engine.fail = func(call string, _ engine.Job) error {
		if call == "observe" && lost {
			lost = false
			return engine.ErrNotFound
		}
		return nil
	}
	b.advance(time.Minute)
	if got := b.status("orders").JobStatus.State; got != cmf.JobRunning || len(b.engine.deploys) != 2 {
		t.Errorf("got %s after %d deployments, want RUNNING after 2", got, len(b.engine.deploys))
	}
}

func TestADeathAfterTheCallIsRepairedByTheSameCall(t *testing.T) {
	b := newBench(t)
	b.deploy("orders")
	ctx, die := context.WithCancel(t.Context())
	b.engine.fail = func(call string, _ engine.Job) error {
		if call == "deploy" {
			die() // the engine has done it, but nobody will write it down
		}
		return nil
	}
	if _, err := b.loop.Pass(ctx); err == nil {
		t.Fatal("the pass outlived its context")
	}
	b.engine.fail = func(string, engine.Job) error { return nil }
	b.loop = New(Options{Queue: b.store, Engine: b.engine, Now: func() time.Time { return b.now }})
	b.advance(time.Minute)
	if got := b.status("orders"); got.JobStatus.State != cmf.JobRunning || got.Generation != 1 {
		t.Errorf("got %s in generation %d, want RUNNING in 1", got.JobStatus.State, got.Generation)
	}
	if len(b.engine.deploys) != 2 || b.engine.deploys[0] != b.engine.deploys[1] {
		t.Errorf("deployed as %v, want twice as one id", b.engine.deploys)
	}
}

func TestARunningJobCostsNothing(t *testing.T) {
	b := newBench(t)
	b.deploy("orders")
	b.advance(time.Minute)
	calls, sequence := 0, b.store.Sequence()
	b.engine.fail = func(string, engine.Job) error { calls++; return nil }
	b.advance(24 * time.Hour)
	if calls != 0 || b.store.Sequence() != sequence {
		t.Errorf("a day of running made %d calls and %d writes, want none", calls, b.store.Sequence()-sequence)
	}
}

func TestRunSleepsUntilAWriteWakesIt(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	deployed := make(chan struct{}, 1)
	b.engine.fail = func(call string, _ engine.Job) error {
		if call == "deploy" {
			deployed <- struct{}{}
		}
		return nil
	}
	go func() { ended <- b.loop.Run(ctx) }()
	b.deploy("orders")
	select {
	case <-deployed:
	case <-time.After(10 * time.Second):
		t.Error("the write woke nobody")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
