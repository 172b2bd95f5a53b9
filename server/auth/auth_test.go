package auth

import (
	"errors"
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
	if _, ok := a.Authenticate(bearer("two")); ok || !strings.Contains(log.String(), "line 1") {
		t.Errorf("a broken file left the tokens, or was not told: %s", &log)
	}
}

// TestNobodyComesInWithWhatTheFileDoesNotNameNow damages the file of a running
// server in every way; the token is refused at once, and taken again when the
// file is whole.
func TestNobodyComesInWithWhatTheFileDoesNotNameNow(t *testing.T) {
	good := "ann write " + HashToken("one") + "\n"
	path := file(t, good)
	write := func(text string) error { return os.WriteFile(path, []byte(text), 0o600) }
	sameTimes := func(text string) error {
		info, err := os.Stat(path)
		return errors.Join(err, write(text), os.Chtimes(path, info.ModTime(), info.ModTime()))
	}
	a, err := New(Config{TokenFile: path, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func() error{
		"emptied":     func() error { return write("") },
		"deleted":     func() error { return os.Remove(path) },
		"damaged":     func() error { return write("\x00\x01") },
		"of comments": func() error { return write("# " + good) },
		"with another token of the same size and time": func() error { return sameTimes("ann write " + HashToken("two") + "\n") },
		"a folder": func() error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
		"replaced by another file": func() error {
			other := path + ".new"
			return errors.Join(
				os.WriteFile(other, []byte("bob write "+HashToken("two")), 0o600), os.Rename(other, path),
			)
		},
	} {
		if _, ok := a.Authenticate(bearer("one")); !ok {
			t.Fatalf("before it is %s: the token is not known", name)
		}
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		if _, ok := a.Authenticate(bearer("one")); ok {
			t.Errorf("%s: the token is still known", name)
		}
		files, closed := a.Refused()
		if emptied := !strings.Contains(name, "another"); closed != emptied || (len(files) == 1) != emptied {
			t.Errorf("%s: refused %v, closed %v", name, files, closed)
		}
		if err := errors.Join(os.RemoveAll(path), write(good)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestABadLineCostsThatLine(t *testing.T) {
	path := file(t, "ann write "+HashToken("one"))
	a, err := New(Config{TokenFile: path, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	text := "ann write " + HashToken("one") + "\nbob admin " + HashToken("two") + "\ncat read-only " +
		HashToken("three") + "\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]bool{"one": true, "two": false, "three": true} {
		if _, ok := a.Authenticate(bearer(token)); ok != want {
			t.Errorf("token %s: known %v, want %v", token, ok, want)
		}
	}
	if files, closed := a.Refused(); len(files) != 1 || closed {
		t.Errorf("got %v, %v, want the token file refused in part", files, closed)
	}
}

func TestHalfOfWhatTLSNeedsIsRefused(t *testing.T) {
	for _, config := range []Config{
		{CertFile: "a"}, {KeyFile: "a"}, {ClientCA: "a"}, {CertFile: "nope", KeyFile: "nope"},
	} {
		if _, err := New(config); err == nil {
			t.Errorf("%+v: got no error", config)
		}
	}
}
