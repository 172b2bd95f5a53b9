package control

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"
	"drey/server/service"
)

// list is a query whose plan nobody waits for.
func list(n int, more string) string {
	return "SELECT 1 IN (0" + strings.Repeat(", 1", n) + ")" + more
}

func (b *bench) pool() {
	b.Helper()
	b.write(
		model.KindComputePool, "prod",
		`{"apiVersion":"v","kind":"ComputePool","metadata":{"name":"pool"},"spec":{"type":"DEDICATED","clusterSpec":{}}}`,
	)
}

func statementBody(name, sql, more string) string {
	return fmt.Sprintf(
		`{"apiVersion":"v","kind":"Statement","metadata":{"name":%q},"spec":{"statement":%q,"computePoolName":"pool"%s}}`,
		name, sql, more,
	)
}

func (b *bench) statements() service.Resource {
	b.Helper()
	for _, r := range b.api.Resources() {
		if r.ID() == model.KindStatement {
			return r
		}
	}
	b.Fatal("no statements are hosted")
	return nil
}

// create creates a statement and returns what was answered.
func (b *bench) create(name, sql, more string) (st cmf.Statement, err error) {
	scope := model.Scope{Kind: model.KindStatement, Env: "prod"}
	answer, err := b.statements().Write(b.Context(), scope, service.Write{Body: []byte(statementBody(name, sql, more))})
	if err != nil {
		return st, err
	}
	return st, json.Unmarshal(answer.Body, &st)
}

// post is a create that succeeds.
func (b *bench) post(name, sql, more string) cmf.Statement {
	b.Helper()
	st, err := b.create(name, sql, more)
	if err != nil {
		b.Fatal(err)
	}
	return st
}

func (b *bench) statementNow(name string) (st cmf.Statement) {
	b.Helper()
	err := b.store.View(b.Context(), func(r model.Reader) error {
		record, err := r.Get(model.Scope{Kind: model.KindStatement, Env: "prod"}, name)
		if err != nil {
			return err
		}
		return json.Unmarshal(record.Doc, &st)
	})
	if err != nil {
		b.Fatal(err)
	}
	return st
}

func (b *bench) inPhase(phase string, names ...string) func() bool {
	return func() bool {
		for _, name := range names {
			if st := b.statementNow(name); st.Phase() != phase {
				return false
			}
		}
		return true
	}
}

func TestCreatesDoNotWaitForLargePlans(t *testing.T) {
	b := newBench(t)
	b.pool()
	var large, most, now atomic.Int32
	slow, planning := make(chan struct{}), make(chan struct{}, 1000)
	b.engine.prepare = func(run engine.StatementRun) {
		if len(run.SQL) < 1000 {
			return
		}
		large.Add(1)
		planning <- struct{}{}
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		<-slow
		now.Add(-1)
	}
	var names []string
	for i := range 3 * cap(b.loop.calls.large) {
		names = append(names, fmt.Sprint("large-", i))
		if st := b.post(names[i], list(2000, ""), ""); st.Phase() != cmf.PhasePending || st.Status.Traits != nil {
			t.Fatalf("the create of a large query answered %s with traits %v", st.Phase(), st.Status.Traits)
		}
	}
	if n := large.Load(); n != 0 {
		t.Errorf("%d large queries were planned within their creates", n)
	}
	if _, _, err := b.loop.step(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range cap(b.loop.calls.large) {
		<-planning // the pool is full
	}
	if st := b.post("light", "SELECT 1", ""); st.Status.Traits == nil {
		t.Error("the create of a small query has no traits beside large plans")
	}
	if st := b.post("wrong", "SELECT nothing", ""); st.Phase() != cmf.PhaseFailed {
		t.Errorf("the create of a wrong query answered %s beside large plans", st.Phase())
	}
	if st := b.post("shown", "SHOW CATALOGS", ""); st.Phase() != cmf.PhaseCompleted || st.Result == nil {
		t.Errorf("SHOW CATALOGS answered %s beside large plans", st.Phase())
	}
	close(slow)
	b.stepUntil("all completed", b.inPhase(cmf.PhaseCompleted, append(names, "light")...))
	if st := b.statementNow(names[0]); st.Status.Traits == nil || st.Status.Traits.SQLKind != "SELECT" ||
		st.Status.Traits.Schema == nil {
		t.Errorf("traits of a large query: got %v", st.Status.Traits)
	}
	if n := int(most.Load()); n > cap(b.loop.calls.large) {
		t.Errorf("%d large queries were planned at once, want at most %d", n, cap(b.loop.calls.large))
	}
	if n := int(large.Load()); n != len(names) {
		t.Errorf("%d queries were planned %d times", len(names), n)
	}
}

func TestALargeStatementFailsAsASmallOneDoes(t *testing.T) {
	b := newBench(t)
	b.pool()
	small := b.post("small", "SELECT nothing", "")
	if st := b.post("large", "SELECT nothing "+strings.Repeat(" ", 70<<10), ""); st.Phase() != cmf.PhasePending {
		t.Fatalf("the create of a large query answered %s", st.Phase())
	}
	b.stepUntil("it failed", b.inPhase(cmf.PhaseFailed, "large"))
	large := b.statementNow("large")
	if large.Status.Detail != small.Status.Detail ||
		string(large.Status.Extra["errorPosition"]) != string(small.Status.Extra["errorPosition"]) {
		t.Errorf(
			"got %q at %s, want %q at %s", large.Status.Detail, large.Status.Extra["errorPosition"],
			small.Status.Detail, small.Status.Extra["errorPosition"],
		)
	}
}

func TestWhatIsAskedOfAStatementBeforeItIsPlanned(t *testing.T) {
	b := newBench(t)
	b.pool()
	sql := list(2000, "")
	var mu sync.Mutex
	started := map[string]int{}
	b.engine.start = func(run engine.StatementRun) {
		mu.Lock()
		started[run.Name] = run.Parallelism
		mu.Unlock()
	}
	scope := model.Scope{Kind: model.KindStatement, Env: "prod"}
	b.post("asleep", sql, `,"stopped":true`)
	for _, name := range []string{"stopped", "rescaled", "deleted"} {
		b.post(name, sql, "")
	}
	for name, more := range map[string]string{"stopped": `,"stopped":true`, "rescaled": `,"parallelism":3`} {
		if _, err := b.statements().Write(t.Context(), scope, service.Write{Name: name, Body: []byte(
			statementBody(name, sql, more),
		)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.statements().Delete(t.Context(), scope, "deleted", nil); err != nil {
		t.Fatal(err)
	}
	b.stepUntil("all done", func() bool {
		return b.inPhase(cmf.PhaseStopped, "asleep", "stopped")() && b.inPhase(cmf.PhaseCompleted, "rescaled")() &&
			b.count() == 3
	})
	mu.Lock()
	defer mu.Unlock()
	if len(started) != 1 || started["rescaled"] != 3 {
		t.Errorf("started with parallelism %v, want the rescaled one with 3", started)
	}
	if st := b.statementNow("asleep"); st.Status.Traits == nil {
		t.Error("a statement that was created stopped has no traits")
	}
}

func (b *bench) count() (n int) {
	b.Helper()
	err := b.store.View(b.Context(), func(r model.Reader) error {
		counts, err := r.Count(model.Scope{Kind: model.KindStatement, Env: "prod"})
		for _, of := range counts {
			n += of
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func TestCreatesBehindTooManyPlansAreStored(t *testing.T) {
	b := newBench(t)
	b.pool()
	slow, planning := make(chan struct{}), make(chan struct{}, 1000)
	b.engine.prepare = func(run engine.StatementRun) {
		if strings.HasPrefix(run.SQL, "SELECT") {
			planning <- struct{}{}
			<-slow
		}
	}
	var group sync.WaitGroup
	blocked := 0
	for ; ; blocked++ { // each waits in the engine, or was stored
		stored := make(chan cmf.Statement, 1)
		name := fmt.Sprint("q-", blocked)
		group.Go(func() {
			st, err := b.create(name, "SELECT 1", "")
			if err != nil {
				t.Error(err)
			}
			stored <- st
		})
		select {
		case <-planning:
			continue
		case st := <-stored:
			if st.Phase() != cmf.PhasePending || st.Status.Traits != nil {
				t.Errorf("a create behind %d plans answered %s with traits %v", blocked, st.Phase(), st.Status.Traits)
			}
		}
		break
	}
	if st := b.post("shown", "SHOW CATALOGS", ""); st.Phase() != cmf.PhaseCompleted {
		t.Errorf("SHOW CATALOGS answered %s behind %d plans", st.Phase(), blocked)
	}
	close(slow)
	group.Wait()
	b.stepUntil("the stored one completed", b.inPhase(cmf.PhaseCompleted, fmt.Sprint("q-", blocked)))
}
