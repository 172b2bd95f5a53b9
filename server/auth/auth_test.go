package auth

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func bearer(token string) *http.Request {
	return &http.Request{Header: http.Header{"Authorization": {"Bearer " + token}}}
}

func TestATokenFileThatIsWrongSaysWhereAndNeverWhat(t *testing.T) {
	hash := HashToken("x")
	for text, want := range map[string]string{
		"":                        "has no token",
		"# nobody\n":              "has no token",
		"a write":                 "line 1: want NAME, ROLE",
		"a write " + hash + "\nb": "line 2: want NAME",
		"a admin " + hash:         "line 1: role: want write or read-only",
		"a write hunter2":         "line 1: hash: want sha256:",
		"a write " + hash + "00":  "line 1: hash",
		"a write " + hash + "\nb read-only " + hash: "line 2: the token stands there twice",
	} {
		_, err := New(Config{TokenFile: file(t, text)})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %v, want an error with %q", text, err, want)
		}
	}
}

func TestTokensAreReadAgainWhenTheirFileChanges(t *testing.T) {
	path := file(t, "ann write "+HashToken("one"))
	var log strings.Builder
	a, err := New(Config{TokenFile: path, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if caller, ok := a.Authenticate(bearer("one")); !ok || caller.Name != "ann" || caller.ReadOnly {
		t.Errorf("got %v, %v, want ann", caller, ok)
	}
	change := func(text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	change("bob read-only "+HashToken("two"), time.Unix(1, 0))
	if _, ok := a.Authenticate(bearer("one")); ok {
		t.Error("the token that was taken out is still known")
	}
	if caller, ok := a.Authenticate(bearer("two")); !ok || !caller.ReadOnly {
		t.Errorf("got %v, %v, want bob, who only reads", caller, ok)
	}
	change("nonsense", time.Unix(2, 0))
	if _, ok := a.Authenticate(bearer("two")); !ok || !strings.Contains(log.String(), "not taken") {
		t.Errorf("a broken file took the tokens away, or was not told: %s", &log)
	}
}

func TestHalfOfWhatTLSNeedsIsRefused(t *testing.T) {
	for _, config := range []Config{{CertFile: "a"}, {KeyFile: "a"}, {ClientCA: "a"}, {CertFile: "nope", KeyFile: "nope"}} {
		if _, err := New(config); err == nil {
			t.Errorf("%+v: got no error", config)
		}
	}
}
