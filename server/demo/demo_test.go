package demo

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server"
	"drey/server/control"
	"drey/server/model"
)

func open(t testing.TB, options Options) *server.Server {
	t.Helper()
	s, err := server.Open(t.Context(), server.Config{Throwaway: true, Listen: "127.0.0.1:0", Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := Seed(t.Context(), s, options); err != nil {
		t.Fatal(err)
	}
	return s
}

func get[T any](t testing.TB, s *server.Server, path string) T {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+cmf.BasePath+path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: got %d %s", path, w.Code, w.Body)
	}
	var page T
	if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
		t.Fatal(err)
	}
	return page
}

func TestDemoShowsEveryState(t *testing.T) {
	s := open(t, Options{})
	states, lifecycles := map[string]int{}, map[string]int{}
	for _, env := range []string{"prod", "staging", "development"} {
		for _, a := range get[cmf.Page[cmf.FlinkApplication]](
			t, s, "/environments/"+env+"/applications?size=100",
		).Items {
			states[a.JobState()]++
			lifecycles[a.LifecycleState()]++
		}
	}
	for _, want := range []string{cmf.JobRunning, cmf.JobFailed, cmf.JobFinished, cmf.JobReconciling} {
		if states[want] == 0 {
			t.Errorf("no job is %s: %v", want, states)
		}
	}
	for _, want := range []string{
		cmf.LifecycleStable, cmf.LifecycleFailed, cmf.LifecycleSuspended, cmf.LifecycleDeployed, cmf.LifecycleCreated,
	} {
		if lifecycles[want] == 0 {
			t.Errorf("no application is %s: %v", want, lifecycles)
		}
	}
}

func TestDemoSavepointsAreCompletedWithSizes(t *testing.T) {
	s := open(t, Options{})
	page := get[cmf.Page[cmf.Savepoint]](t, s, "/environments/prod/applications/orders/savepoints")
	if len(page.Items) != 3 {
		t.Fatalf("got %d savepoints, want 3", len(page.Items))
	}
	for _, sp := range page.Items {
		if sp.State() != cmf.SavepointCompleted || sp.Status.Size == 0 {
			t.Errorf("%s: got %+v, want COMPLETED with a size", sp.Metadata.Name, sp.Status)
		}
	}
}

func TestNoDemoApplicationHasMoreEventsThanAServerKeeps(t *testing.T) {
	s := open(t, Options{})
	for _, env := range environmentNames(0) {
		for _, a := range get[cmf.Page[cmf.FlinkApplication]](
			t, s, "/environments/"+env+"/applications?size=100",
		).Items {
			events := get[cmf.Page[cmf.Event]](t, s, "alpha1/environments/"+env+"/applications/"+a.Name()+"/events")
			if n := events.Metadata.Size; n == 0 || n > model.MaxEvents {
				t.Errorf("%s/%s has %d events", env, a.Name(), n)
			}
			for _, sp := range get[cmf.Page[cmf.Savepoint]](
				t, s, "/environments/"+env+"/applications/"+a.Name()+"/savepoints",
			).Items {
				if sp.State() != cmf.SavepointCompleted {
					t.Errorf("%s/%s: savepoint %s is %s", env, a.Name(), sp.Metadata.Name, sp.State())
				}
			}
		}
	}
}

func TestALargeDemoIsAllThere(t *testing.T) {
	s := open(t, Options{Environments: 5, Applications: 1000})
	total := int64(0)
	for _, env := range environmentNames(5) {
		total += get[cmf.Page[cmf.FlinkApplication]](t, s, "/environments/"+env+"/applications?size=1").Metadata.Size
	}
	if total != 1000 {
		t.Errorf("got %d applications, want 1000", total)
	}
}

func TestDemoHasConnectionsThatSomeEnvironmentsSee(t *testing.T) {
	s := open(t, Options{})
	for path, want := range map[string]int64{
		"/secrets": 2, "/environments/prod/secret-mappings": 2, "/catalogs/kafka": 2,
		"/catalogs/kafka/shop/databases": 3, "/kubernetes-clusters": 1,
	} {
		if got := get[cmf.Page[json.RawMessage]](t, s, path).Metadata.Size; got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
	shop := get[cmf.KafkaDatabase](t, s, "/catalogs/kafka/shop/databases/orders")
	if got := shop.Status.EnvironmentsWithAccess; !slices.Equal(got, []string{"prod", "staging"}) {
		t.Errorf("shop is seen by %v", got)
	}
}

func TestNothingMovesInAStillDemo(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s, err := server.Open(t.Context(), server.Config{
		Throwaway: true, Listen: "127.0.0.1:0", Data: dir, Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := Seed(t.Context(), s, Options{Still: true}); err != nil {
		t.Fatal(err)
	}
	store, engine := s.Parts()
	loop := control.New(control.Options{Queue: store.(control.Queue), Engine: engine, Now: func() time.Time {
		return now
	}})
	if err := loop.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	shot := func() string {
		all := ""
		for _, env := range environmentNames(0) {
			for _, kind := range []string{"applications", "statements", "compute-pools"} {
				all += string(get[json.RawMessage](t, s, "/environments/"+env+"/"+kind+"?size=100"))
			}
		}
		return all + string(get[json.RawMessage](t, s, "/environments/prod/applications/orders"))
	}
	before := shot()
	now = now.Add(time.Hour)
	next, err := loop.Pass(t.Context())
	if err != nil || !next.IsZero() {
		t.Errorf("something is due at %v, %v", next, err)
	}
	if after := shot(); after != before {
		at := 0
		for at < min(len(before), len(after)) && before[at] == after[at] {
			at++
		}
		t.Errorf("an hour later it looks different: %.200s", after[max(at-100, 0):])
	}
	if !strings.Contains(before, `"phase":"RUNNING"`) {
		t.Error("no statement is RUNNING")
	}
}

// TestStatementsOfAStillDemoHaveResultsAndStop reads what people would look at.
func TestStatementsOfAStillDemoHaveResultsAndStop(t *testing.T) {
	s := open(t, Options{Still: true})
	store, engine := s.Parts()
	loop := control.New(control.Options{Queue: store.(control.Queue), Engine: engine, Now: s.Now})
	pass := func() {
		t.Helper()
		if err := loop.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := loop.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	pass()
	for _, name := range []string{
		"prod/statements/orders-by-customer", "staging/statements/sizes", "development/statements/clicks-peek",
	} {
		result := get[cmf.StatementResult](t, s, "/environments/"+name+"/results")
		if len(result.Results.Data) == 0 {
			t.Errorf("%s has no results", name)
		}
	}
	one := get[cmf.Statement](t, s, "/environments/prod/statements/orders-by-customer")
	one.Spec.Stopped = true
	body := model.MustEncode(map[string]any{
		"apiVersion": "v", "kind": "Statement", "metadata": map[string]string{"name": one.Metadata.Name},
		"spec": one.Spec,
	})
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, httptest.NewRequest(
		http.MethodPut, "http://localhost"+cmf.BasePath+"/environments/prod/statements/orders-by-customer",
		bytes.NewReader(body),
	))
	if rec.Code != 200 {
		t.Fatalf("stop: got %d %s", rec.Code, rec.Body)
	}
	pass()
	if got := get[cmf.Statement](t, s, "/environments/prod/statements/orders-by-customer").Status.Phase; got !=
		cmf.PhaseStopped {
		t.Errorf("got %s after a stop, want STOPPED", got)
	}
}

func BenchmarkSeed10000(b *testing.B) {
	for b.Loop() {
		open(b, Options{Environments: 5, Applications: 10000})
	}
}
