package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"drey/ui/config"
)

// TestEachContextIsCheckedByItself has one of each: fine ones, one that hangs,
// one that is away, and those that are something else. Each costs itself only.
func TestEachContextIsCheckedByItself(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	serve := func(handler http.HandlerFunc) string {
		s := httptest.NewServer(handler)
		t.Cleanup(s.Close)
		return s.URL
	}
	cmf := func(version string, ahead time.Duration) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
			switch {
			case strings.HasSuffix(r.URL.Path, "/system-information"):
				fmt.Fprintf(w, `{"status":{"version":%q}}`, version)
			case strings.HasSuffix(r.URL.Path, "/c3/whoami"):
				fmt.Fprint(w, `{"principal":"User:alice","authMethod":"token"}`)
			default:
				w.WriteHeader(http.StatusNotFound)
			}
		}
	}
	servers := map[string]string{
		"good":  serve(cmf("2.3.1", 0)),
		"named": serve(cmf("2.4.0", 0)),
		"late":  serve(cmf("2.3.1", -time.Hour)),
		"hang":  serve(func(http.ResponseWriter, *http.Request) { <-release }),
		"page": serve(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "<html><title>Welcome \x1b[31m</title></html>")
		}),
		"moved": serve(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/x", http.StatusFound)
		}),
		"login": serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }),
		"flink": serve(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/config" || r.URL.Path == "/overview" {
				fmt.Fprint(w, `{"flink-version":"2.2.1"}`)
				return
			}
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"errors":["Not found"]}`)
		}),
		"away": "http://127.0.0.1:1",
	}
	defer close(release)
	file := "contexts:\n"
	for name, url := range servers {
		file += fmt.Sprintf("  %s: {platform: cmf, url: %q}\n", name, url)
	}
	out, err := checkFile(t, file)
	for _, want := range []string{
		`good +\S+ +after \S+ +- +- +2\.3\.1 +right`, `named +\S+ +after \S+ +- +User:alice +2\.4\.0 +right`,
		`late +\S+ +after \S+ +- +- +2\.3\.1 +(59m59s|1h0m\ds) behind`, `hang +\S+ +failed`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no line %s in\n%s", want, out)
		}
	}
	if err == nil {
		t.Fatal("want an error for those that failed")
	}
	for _, want := range []string{
		"hang: the server did not answer in time", "page: ", "Welcome",
		"moved: the server sends us to https://elsewhere.example: ",
		"login: ", "(401)", "flink: this is a Flink JobManager (2.2.1), not CMF", "away: cannot reach the server: ",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "\x1b") || strings.Contains(err.Error(), "good") ||
		strings.Count(err.Error(), "\n") != 5 {
		t.Errorf("got %q", err)
	}
}

// checkFile checks the contexts of a configuration.
func checkFile(t *testing.T, file string) (printed string, err error) {
	t.Helper()
	home := t.TempDir()
	getenv := func(name string) string { return map[string]string{"HOME": home}[name] }
	path := config.Path(getenv)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(home, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	p := Process{Getenv: getenv, Out: out}
	c, err := loadConfig(config.Options{Getenv: getenv})
	if err != nil {
		t.Fatal(err)
	}
	checkErr := checkContexts(t.Context(), p, c)
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text), checkErr
}
