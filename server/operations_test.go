package server

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drey/server/auth"
	"drey/server/servertest"
)

func TestHealthAndReadinessAreToldToEveryoneAndMetricsAreNot(t *testing.T) {
	w := newWorld(t)
	file := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(file, []byte("ann write "+auth.HashToken("x")), 0o600); err != nil {
		t.Fatal(err)
	}
	w.openWith(Config{TokenFile: file})
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 401} {
		if rec := w.plain(path); rec.Code != want {
			t.Errorf("%s: got %d %s, want %d", path, rec.Code, rec.Body, want)
		}
	}
	if rec := w.call("POST", "/healthz", "{}"); rec.Code != 405 {
		t.Errorf("POST /healthz: got %d, want 405", rec.Code)
	}
}

func TestAServerWhoseDataAreGoneIsAliveButNotReady(t *testing.T) {
	w := newWorld(t)
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	if rec := w.plain("/readyz"); rec.Code != 503 {
		t.Errorf("readyz: got %d, want 503", rec.Code)
	}
	if rec := w.plain("/healthz"); rec.Code != 200 {
		t.Errorf("healthz: got %d, want 200", rec.Code)
	}
}

func TestMetricsCountRequestsByRouteObjectsByStateAndEngineCalls(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, servertest.Application("orders", "", ""))
	w.advance(10 * time.Second)
	w.call("GET", prodApps+"/orders", "")
	w.call("GET", prodApps+"/nope", "")
	w.call("BREW", "environments", "")
	text := w.plain("/metrics").Body.String()
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
	w := newWorld(t)
	var log bytes.Buffer
	w.openWith(Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	log.Reset()
	rec := w.call("POST", "environments", "{}", "X-Request-Id", "mine-1", "Authorization", "Bearer hunter2")
	if rec.Header().Get("X-Request-Id") != "mine-1" || strings.Count(log.String(), "request=mine-1") != 1 ||
		!strings.Contains(log.String(), "status=400") || strings.Contains(log.String(), "hunter2") {
		t.Errorf("got %s", &log)
	}
	for _, odd := range []string{"", "a b", strings.Repeat("x", 65)} {
		if id := w.call("GET", "environments", "", "X-Request-Id", odd).Header().Get("X-Request-Id"); id == odd ||
			len(id) != 16 {
			t.Errorf("%q: got %q, want an id of ours", odd, id)
		}
	}
}

func TestWhatIsBeingAnsweredWhenTheServerEndsIsAnswered(t *testing.T) {
	s, err := Open(t.Context(), Config{Listen: "127.0.0.1:0", Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	begun, end := slowPost(t, s.URL())
	begun()
	cancel()
	if status := end(); status != 200 {
		t.Errorf("got %d, want 200", status)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
