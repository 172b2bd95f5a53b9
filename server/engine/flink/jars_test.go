package flink

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/engine/flink/rest"
)

// unreachable is an engine whose Flink does not answer, with a folder of jars.
func unreachable(t *testing.T) (applications, string) {
	t.Helper()
	dir := t.TempDir()
	jars := filepath.Join(dir, "jars")
	if err := os.MkdirAll(filepath.Join(jars, "team"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{filepath.Join(jars, "team", "a.jar"), filepath.Join(dir, "outside.jar")} {
		if err := os.WriteFile(name, []byte("PK jar"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	e, err := New(Options{
		Dir: filepath.Join(dir, "engine"), Jars: jars, JarHosts: []string{"127.0.0.1"},
		REST: rest.Endpoint{URL: "http://127.0.0.1:1"}, Gateway: rest.Endpoint{URL: "http://127.0.0.1:1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return applications{e}, dir
}

func of(uri string) engine.Job {
	return engine.Job{Spec: cmf.MustObject(map[string]any{"job": map[string]any{"jarURI": uri}})}
}

func TestAJarIsFoundWhereItMayBe(t *testing.T) {
	a, dir := unreachable(t)
	inside, outside := filepath.Join(dir, "jars", "team", "a.jar"), filepath.Join(dir, "outside.jar")
	if err := errors.Join(os.Symlink(outside, filepath.Join(dir, "jars", "link.jar")), os.WriteFile(
		filepath.Join(dir, "jars", "text.jar"), []byte("root:x"), 0o600,
	)); err != nil {
		t.Fatal(err)
	}
	for uri, want := range map[string]string{
		"local:///team/a.jar": inside, "local:///opt/flink/usrlib/team/a.jar": inside,
		"file://" + inside: inside, inside: inside,
	} {
		if file, err := a.jar(t.Context(), of(uri)); err != nil || file != want {
			t.Errorf("%s: got %s, %v; want %s", uri, file, err, want)
		}
	}
	for _, uri := range []string{
		"", "local:///b.jar", "local:///../outside.jar", "local:///team", "file:///none.jar",
		"s3://bucket/a.jar", "%zz", "file://" + outside, outside,
		"file:///etc/passwd", "file://" + filepath.Dir(inside) + "/../../outside.jar", "local:///link.jar",
		"file://" + dir + "/jars/link.jar", "local:///text.jar",
	} {
		var refused *engine.Rejection
		if file, err := a.jar(t.Context(), of(uri)); !errors.As(err, &refused) ||
			!strings.Contains(refused.Reason, "spec.job.jarURI") {
			t.Errorf("%q: got %s, %v; want a rejection", uri, file, err)
		}
	}
}

func TestAJarIsFetchedAgainOnceItHasChanged(t *testing.T) {
	a, _ := unreachable(t)
	content, changed, sent := "PK one", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-Modified-Since") != changed.Format(http.TimeFormat) {
			sent++
		}
		http.ServeContent(w, r, "a.jar", changed, strings.NewReader(content))
	}))
	defer server.Close()
	has := func(want string, times int) {
		t.Helper()
		file, err := a.jar(t.Context(), of(server.URL+"/a.jar"))
		if err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(file); err != nil || string(b) != want || sent != times {
			t.Errorf("got %q, %v, sent %d times; want %q, %d", b, err, sent, want, times)
		}
	}
	has("PK one", 1)
	has("PK one", 1)
	content, changed = "PK two", changed.Add(time.Hour)
	has("PK two", 2)
	server.Close()
	has("PK two", 2)
}

func TestAJarThatCannotBeFetchedIsToldSo(t *testing.T) {
	a, dir := unreachable(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/endless.jar":
			_, _ = io.Copy(w, zeros{})
		case "/large.jar":
			w.Header().Set("Content-Length", "1000000000")
		case "/cut.jar":
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("a part"))
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	for path, want := range map[string]string{
		"/endless.jar": "more than 100 MB", "/large.jar": "more than 100 MB", "/none.jar": "404 Not Found",
	} {
		var refused *engine.Rejection
		if _, err := a.jar(t.Context(), of(server.URL+path)); !errors.As(err, &refused) ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want a rejection with %q", path, err, want)
		}
	}
	if _, err := a.jar(t.Context(), of(server.URL+"/cut.jar")); err == nil ||
		!strings.Contains(err.Error(), "unexpected EOF") {
		t.Errorf("half a jar: got %v", err)
	}
	server.Close()
	if _, err := a.jar(t.Context(), of(server.URL+"/a.jar")); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("no server: got %v", err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "engine", "jars")); err != nil || len(left) > 0 {
		t.Errorf("got %v, %v left behind", left, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestJarsComeFromTheAllowedHostsOnly has addresses of other hosts, by
// themselves and by redirect, and a password, which no message shows.
func TestJarsComeFromTheAllowedHostsOnly(t *testing.T) {
	a, _ := unreachable(t)
	asked := 0
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_, _ = io.WriteString(w, "PK")
	}))
	defer other.Close()
	elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away.jar":
			http.Redirect(w, r, other.URL, http.StatusFound)
		case "/here.jar":
			http.Redirect(w, r, "/a.jar", http.StatusFound)
		case "/round.jar":
			http.Redirect(w, r, "/round.jar", http.StatusFound)
		case "/text.jar":
			_, _ = io.WriteString(w, "root:x:0")
		case "/a.jar":
			_, _ = io.WriteString(w, "PK")
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	secret := strings.Replace(server.URL, "//", "//ann:hunter2@", 1)
	for uri, want := range map[string]string{
		elsewhere + "/a.jar":       "--flink-jar-host",
		"http://[::1]:1/a.jar":     "--flink-jar-host",
		"http://169.254.169.254/":  "--flink-jar-host",
		server.URL + "/away.jar":   "redirects to another host",
		server.URL + "/round.jar":  "again and again",
		server.URL + "/text.jar":   "does not begin with PK",
		secret + "/none.jar":       "404",
		"http://ann:hunter2@nope/": "--flink-jar-host",
		"http://ann:hunter2@%zz/":  "is not an address",
		"ftp://ann:hunter2@h/":     "want local:",
	} {
		var refused *engine.Rejection
		_, err := a.jar(t.Context(), of(uri))
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want a rejection with %q and no password", uri, err, want)
		}
	}
	if asked > 0 {
		t.Errorf("another host was asked %d times", asked)
	}
	for _, uri := range []string{server.URL + "/here.jar", secret + "/a.jar"} {
		if _, err := a.jar(t.Context(), of(uri)); err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
	server.Close()
	if _, err := a.jar(t.Context(), of(secret+"/other.jar")); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("no server: got %v, want an error without the password", err)
	}
}

func TestAHostThatDoesNotAnswerHoldsUpNoOther(t *testing.T) {
	f := newFetcher(nil)
	for range maxHostFetches {
		if _, err := f.enter(t.Context(), "slow"); err != nil {
			t.Fatal(err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.enter(ended, "slow"); !errors.Is(err, context.Canceled) {
		t.Errorf("one more of the slow host: got %v, want that it waits", err)
	}
	for i := range maxFetches - maxHostFetches {
		if _, err := f.enter(t.Context(), "host-"+string(rune('a'+i))); err != nil {
			t.Errorf("another host: %v", err)
		}
	}
	if _, err := f.enter(ended, "last"); !errors.Is(err, context.Canceled) {
		t.Errorf("more than in all: got %v, want that it waits", err)
	}
}
