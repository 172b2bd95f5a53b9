package demo

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"drey/client/cmf"
	"drey/server"
	"drey/server/service"
)

func open(t testing.TB, options Options) *server.Server {
	t.Helper()
	s, err := server.Open(t.Context(), server.Config{Listen: "127.0.0.1:0", Data: t.TempDir()})
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
		for _, a := range get[cmf.Page[cmf.FlinkApplication]](t, s, "/environments/"+env+"/applications?size=100").Items {
			states[a.JobState()]++
			lifecycles[a.LifecycleState()]++
		}
	}
	for _, want := range []string{cmf.JobRunning, cmf.JobFailed, cmf.JobFinished, cmf.JobReconciling} {
		if states[want] == 0 {
			t.Errorf("no job is %s: %v", want, states)
		}
	}
	for _, want := range []string{cmf.LifecycleStable, cmf.LifecycleFailed, cmf.LifecycleSuspended, cmf.LifecycleDeployed, cmf.LifecycleCreated} {
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
		for _, a := range get[cmf.Page[cmf.FlinkApplication]](t, s, "/environments/"+env+"/applications?size=100").Items {
			events := get[cmf.Page[cmf.Event]](t, s, "alpha1/environments/"+env+"/applications/"+a.Name()+"/events")
			if n := events.Metadata.Size; n == 0 || n > service.MaxEvents {
				t.Errorf("%s/%s has %d events", env, a.Name(), n)
			}
			for _, sp := range get[cmf.Page[cmf.Savepoint]](t, s, "/environments/"+env+"/applications/"+a.Name()+"/savepoints").Items {
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

func BenchmarkSeed10000(b *testing.B) {
	for b.Loop() {
		open(b, Options{Environments: 5, Applications: 10000})
	}
}
