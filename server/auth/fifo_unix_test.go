//go:build unix

package auth

import (
	"errors"
	"log/slog"
	"os"
	"syscall"
	"testing"
)

func TestAPipeInPlaceOfTheFileHangsNobody(t *testing.T) {
	path := file(t, "ann write "+HashToken("one"))
	a, err := New(Config{TokenFile: path, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, ok := a.Authenticate(bearer("one")); ok {
		t.Error("the token is still known")
	}
	if files, closed := a.Refused(); len(files) != 1 || !closed {
		t.Errorf("got %v, %v, want the token file refused", files, closed)
	}
	if _, err := New(Config{TokenFile: path}); err == nil {
		t.Error("a server starts on a pipe")
	}
}
