package cli

import (
	"context"
	"path/filepath"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/server"
)

// TestTheDemoOnFlinkPreparesItsApplications: one has savepoints, one is suspended. Who
// runs them is not asked: here it is the embedded engine.
func TestTheDemoOnFlinkPreparesItsApplications(t *testing.T) {
	s, err := server.Open(t.Context(), server.Config{
		Listen: "127.0.0.1:0", Data: filepath.Join(t.TempDir(), "data"), Throwaway: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	if err := seedFlink(t.Context(), s.URL(), true); err != nil {
		t.Fatal(err)
	}
	c, err := cmfapi.New(client.Config{URL: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	scope := cmf.Scope{Environment: "demo"}
	if err := prepareApplications(t.Context(), c, scope); err != nil {
		t.Fatal(err)
	}
	for _, a := range flinkApplications {
		inside := cmf.Scope{Environment: scope.Environment, Parent: a.name}
		points, err := cmfapi.List[cmf.Savepoint](t.Context(), c, cmf.ApplicationSavepoints, inside, cmfapi.Query{})
		if err != nil {
			t.Fatal(err)
		}
		taken := 0
		for _, p := range points.Items {
			if p.State() == cmf.SavepointCompleted && p.Status.Path != "" {
				taken++
			}
		}
		if taken < a.savepoints {
			t.Errorf("%s has %d savepoints, want %d: %+v", a.name, taken, a.savepoints, points.Items)
		}
		now, err := cmfapi.Get[cmf.FlinkApplication](t.Context(), c, cmf.Applications, scope, a.name)
		if err != nil {
			t.Fatal(err)
		}
		if suspended := cmf.Object(now.Spec).String("job", "state") == "suspended"; suspended != a.suspended {
			t.Errorf("%s: suspended %v, want %v", a.name, suspended, a.suspended)
		}
	}
	if flinkApplications[0].savepoints < 2 {
		t.Errorf("the one with savepoints has %d", flinkApplications[0].savepoints)
	}
}
