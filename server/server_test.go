package server

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

func TestASecondServerOnOneFolderIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first, err := Open(t.Context(), Config{Listen: "127.0.0.1:0", Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	_, err = Open(t.Context(), Config{Listen: "127.0.0.1:0", Data: dir})
	var inUse *InUseError
	if !errors.As(err, &inUse) || err.Error() != "another drey serves "+dir {
		t.Errorf("got %v, want an InUseError that names the folder", err)
	}
}

func TestListeningBeyondLoopbackNeedsPermission(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0"} {
		_, err := Open(t.Context(), Config{Listen: address, Data: t.TempDir()})
		if !errors.Is(err, ErrRemote) {
			t.Errorf("%s: got %v, want ErrRemote", address, err)
		}
	}
	s, err := Open(t.Context(), Config{Listen: "0.0.0.0:0", Data: t.TempDir(), AllowRemote: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestRunEndsWithItsContextAndFreesTheFolder(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		s, err := Open(t.Context(), Config{Listen: "127.0.0.1:0", Data: dir})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Run(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
