package control

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"
	"drey/server/store"
)

// statements plans and starts them as the test says.
type statements struct {
	engine.Statements
	prepare, start func(run engine.StatementRun)
}

func (s statements) Prepare(ctx context.Context, run engine.StatementRun) (engine.Prepared, error) {
	if s.prepare != nil {
		s.prepare(run)
	}
	return s.Statements.Prepare(ctx, run)
}

func (s statements) Start(ctx context.Context, run engine.StatementRun) error {
	if s.start != nil {
		s.start(run)
	}
	return s.Statements.Start(ctx, run)
}

func (f *faulty) Statements() engine.Statements {
	return statements{f.Engine.Statements(), f.prepare, f.start}
}

// stepUntil moves loop and time on until the condition holds, without waiting
// for the actions that run.
func (b *bench) stepUntil(what string, holds func() bool) {
	b.Helper()
	for !holds() {
		worked, next, err := b.loop.step(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if worked {
			continue
		}
		select {
		case t := <-b.loop.calls.ended:
			b.loop.calls.finish(t)
			continue
		default:
		}
		if !next.IsZero() {
			b.now = next
			continue
		}
		select {
		case t := <-b.loop.calls.ended:
			b.loop.calls.finish(t)
		case <-time.After(20 * time.Second):
			b.Fatalf("nothing happens any more: want %s", what)
		}
	}
}

func (b *bench) running(names ...string) func() bool {
	return func() bool {
		for _, name := range names {
			if b.status(name).JobStatus.State != cmf.JobRunning {
				return false
			}
		}
		return true
	}
}

func TestAnActionThatTakesLongHoldsUpOnlyItsObject(t *testing.T) {
	b := newBench(t)
	calls := map[string]int{}
	slow := make(chan struct{})
	var mu sync.Mutex
	b.engine.fail = func(_ string, job engine.Job) error {
		mu.Lock()
		calls[job.Application]++
		mu.Unlock()
		if job.Application == "slow" {
			<-slow
		}
		return nil
	}
	b.deploy("slow")
	names := make([]string, 2*maxActing)
	for i := range names {
		names[i] = fmt.Sprint("app-", i)
		b.deploy(names[i])
	}
	b.stepUntil("all others running", b.running(names...))
	b.deploy("later")
	b.stepUntil("one that came later running", b.running("later"))
	// What a request asks of the object meanwhile waits for the action's end.
	b.write(
		model.KindApplication, "prod",
		`{"apiVersion":"v","kind":"FlinkApplication","metadata":{"name":"slow"},`+
			`"spec":{"flinkVersion":"v1_20","job":{"parallelism":2}}}`,
	)
	b.deploy("last")
	b.stepUntil("the last one running", b.running("last"))
	mu.Lock()
	if calls["slow"] != 1 {
		t.Errorf("an object with an action in flight had %d calls, want one", calls["slow"])
	}
	mu.Unlock()
	close(slow)
	b.stepUntil("the slow one running as it was written last", func() bool {
		return b.running("slow")() && b.status("slow").Generation == 2
	})
}

func TestFewStatementsAreStartedAtOnceAndApplicationsPass(t *testing.T) {
	b := newBench(t)
	var mu sync.Mutex
	started, most := 0, 0
	slow := make(chan struct{})
	b.engine.start = func(engine.StatementRun) {
		mu.Lock()
		started++
		most = max(most, started)
		mu.Unlock()
		<-slow
		mu.Lock()
		started--
		mu.Unlock()
	}
	b.write(
		model.KindComputePool, "prod",
		`{"apiVersion":"v","kind":"ComputePool","metadata":{"name":"pool"},"spec":{"type":"DEDICATED","clusterSpec":{}}}`,
	)
	for i := range 20 {
		b.write(model.KindStatement, "prod", fmt.Sprintf(`{"apiVersion":"v","kind":"Statement","metadata":{"name":"q-%d"},`+
			`"spec":{"statement":"SELECT 1","computePoolName":"pool"}}`, i))
	}
	b.deploy("orders")
	b.stepUntil("the application running", b.running("orders"))
	close(slow)
	b.stepUntil("all statements ended", func() bool {
		ended := 0
		if err := b.store.View(t.Context(), func(r model.Reader) error {
			counts, err := r.Count(model.Scope{Kind: model.KindStatement, Env: "prod"})
			ended = counts[cmf.PhaseCompleted]
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return ended == 20
	})
	if most != cap(b.loop.calls.planning) {
		t.Errorf("%d statements were started at once, want %d", most, cap(b.loop.calls.planning))
	}
}

func TestARecordThatCannotBeReadHoldsUpOnlyItself(t *testing.T) {
	b := newBench(t)
	for i := range 10 {
		b.deploy(fmt.Sprint("app-", i))
	}
	err := b.store.Update(t.Context(), func(tx model.Tx) error {
		record, err := tx.Get(model.Scope{Kind: model.KindApplication, Env: "prod"}, "app-4")
		if err != nil {
			return err
		}
		record.ControllerState = cmf.Object(`{"job":7}`)
		return tx.Save(record)
	})
	if err != nil {
		t.Fatal(err)
	}
	b.advance(30 * time.Second)
	for i := range 10 {
		if name := fmt.Sprint("app-", i); i != 4 && !b.running(name)() {
			t.Errorf("%s does not run beside a record that cannot be read", name)
		}
	}
}

// counted counts the transactions of the loop.
type counted struct {
	*store.Store
	contended    bool
	transactions int
}

func (c *counted) Contended() bool { return c.contended }

func (c *counted) UpdateBehind(ctx context.Context, fn func(model.Tx) error) error {
	c.transactions++
	return c.Store.UpdateBehind(ctx, fn)
}

func TestOnePassDecidesInOneTransactionUnlessARequestWaits(t *testing.T) {
	for _, contended := range []bool{false, true} {
		b := newBench(t)
		for i := range 20 {
			b.deploy(fmt.Sprint("app-", i))
		}
		queue := &counted{Store: b.store, contended: contended}
		b.loop = New(Options{Queue: queue, Engine: b.engine, Now: func() time.Time { return b.now }})
		if _, _, err := b.loop.step(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.loop.calls.wait()
		if want := map[bool]int{false: 1, true: 20}[contended]; queue.transactions != want {
			t.Errorf(
				"contended %v: decided on 20 objects in %d transactions, want %d", contended, queue.transactions, want,
			)
		}
	}
}
