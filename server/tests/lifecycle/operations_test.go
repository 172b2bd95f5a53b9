package lifecycle

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drey/server"
	"drey/server/auth"
	"drey/server/servertest"
)

func TestHealthAndReadinessAreToldToEveryoneAndMetricsAreNot(t *testing.T) {
	w := servertest.NewWorld(t)
	file := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(file, []byte("ann write "+auth.HashToken("x")), 0o600); err != nil {
		t.Fatal(err)
	}
	w.OpenWith(server.Config{TokenFile: file})
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 401} {
		if rec := w.Plain(path); rec.Code != want {
			t.Errorf("%s: got %d %s, want %d", path, rec.Code, rec.Body, want)
		}
	}
	if rec := w.Call("POST", "/healthz", "{}"); rec.Code != 405 {
		t.Errorf("POST /healthz: got %d, want 405", rec.Code)
	}
}

func TestAServerWhoseDataAreGoneIsAliveButNotReady(t *testing.T) {
	w := servertest.NewWorld(t)
	if err := w.Store().Close(); err != nil {
		t.Fatal(err)
	}
	if rec := w.Plain("/readyz"); rec.Code != 503 {
		t.Errorf("readyz: got %d, want 503", rec.Code)
	}
	if rec := w.Plain("/healthz"); rec.Code != 200 {
		t.Errorf("healthz: got %d, want 200", rec.Code)
	}
}

func TestMetricsCountRequestsByRouteObjectsByStateAndEngineCalls(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	w.Advance(10 * time.Second)
	w.Call("GET", servertest.ProdApps+"/orders", "")
	w.Call("GET", servertest.ProdApps+"/nope", "")
	w.Call("BREW", "environments", "")
	text := w.Plain("/metrics").Body.String()
	for _, want := range []string{
		`drey_http_request_duration_seconds_count{method="GET",route="/cmf/api/v1/environments/{env}/applications/{name}",code="200"} 1`,
		`drey_http_request_duration_seconds_count{method="GET",route="/cmf/api/v1/environments/{env}/applications/{name}",code="404"} 1`,
		`drey_http_request_duration_seconds_count{method="other",route="",code="405"} 1`,
		`drey_engine_call_duration_seconds_bucket{call="deploy",result="ok",le="+Inf"} 1`,
		`drey_objects{kind="application",state="RUNNING"} 1`,
		"# TYPE drey_http_request_duration_seconds histogram",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %s:\n%s", want, text)
		}
	}
}

func TestEveryRequestIsLoggedOnceWithItsID(t *testing.T) {
	w := servertest.NewWorld(t)
	var log bytes.Buffer
	w.OpenWith(server.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	log.Reset()
	rec := w.Call("POST", "environments", "{}", "X-Request-Id", "mine-1", "Authorization", "Bearer hunter2")
	if rec.Header().Get("X-Request-Id") != "mine-1" || strings.Count(log.String(), "request=mine-1") != 1 ||
		!strings.Contains(log.String(), "status=400") || strings.Contains(log.String(), "hunter2") {
		t.Errorf("got %s", &log)
	}
	for _, odd := range []string{"", "a b", strings.Repeat("x", 65)} {
		if id := w.Call("GET", "environments", "", "X-Request-Id", odd).Header().Get("X-Request-Id"); id == odd ||
			len(id) != 16 {
			t.Errorf("%q: got %q, want an id of ours", odd, id)
		}
	}
}

func TestWhatIsBeingAnsweredWhenTheServerEndsIsAnswered(t *testing.T) {
	s, err := server.Open(t.Context(), server.Config{Listen: "127.0.0.1:0", Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	begun, end := servertest.SlowPost(t, s.URL())
	begun()
	cancel()
	if status := end(); status != 200 {
		t.Errorf("got %d, want 200", status)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
