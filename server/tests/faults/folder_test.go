//go:build unix

package faults

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drey/server"
	"drey/server/auth"
	"drey/server/model"
	"drey/server/servertest"
)

func TestOnlyTheOwnerReadsTheDatabase(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := errors.Join(os.Mkdir(dir, 0o755), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		s, err := server.Open(t.Context(), server.Config{Listen: "127.0.0.1:0", Data: dir})
		if err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(dir, "drey.db*"))
		if err != nil || len(files) < 2 {
			t.Fatalf("got %v, %v", files, err)
		}
		for _, name := range files {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: got %v, %v, want 0600", name, info.Mode(), err)
			}
		}
		if answers := strings.Join(s.Notices(), "\n"); !strings.Contains(answers, "chmod 700") {
			t.Errorf("round %d: nothing is told of the folder's mode: %s", round, answers)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		// As an older drey left it.
		if err := os.Chmod(filepath.Join(dir, "drey.db"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnEmptyDatabaseBesideAKeyIsDamage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	config := server.Config{Listen: "127.0.0.1:0", Data: dir}
	restart := func() error {
		s, err := server.Open(t.Context(), config)
		if err == nil {
			err = s.Close()
		}
		return err
	}
	database := filepath.Join(dir, "drey.db")
	// A start that was ended before the first schema was on disk leaves no key.
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(database, nil, 0o600), restart(), restart()); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(database, 0); err != nil {
		t.Fatal(err)
	}
	err := restart()
	if !errors.Is(err, model.ErrStorageDamaged) || !strings.Contains(err.Error(), "begin anew") {
		t.Errorf("got %v, want that the database is damaged and how to begin anew", err)
	}
	if info, err := os.Stat(database); err != nil || info.Size() != 0 {
		t.Errorf("the damaged database was written: %v, %v", info, err)
	}
}

func TestTokensInTheClearAreWarnedOf(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(file, []byte("ann write "+auth.HashToken("x")), 0o600); err != nil {
		t.Fatal(err)
	}
	for listen, want := range map[string]bool{"0.0.0.0:0": true, "127.0.0.1:0": false} {
		s, err := server.Open(t.Context(), server.Config{Listen: listen, Data: t.TempDir(), TokenFile: file})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(s.Notices(), "\n"), "in the clear"); got != want {
			t.Errorf("%s: warned %v, want %v", listen, got, want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestReadinessAndMetricsTellOfARefusedTokenFile(t *testing.T) {
	w := servertest.NewWorld(t)
	file := filepath.Join(t.TempDir(), "tokens")
	good := "ann write " + auth.HashToken("x") + "\n"
	for text, want := range map[string]struct {
		status int
		body   string
		gauge  string
	}{
		good:                  {200, "ok\n", "drey_refused_files 0"},
		good + "bob nobody\n": {200, "in part refused: token file", "drey_refused_files 1"},
		"":                    {503, "refused: token file", ""},
	} {
		if err := os.WriteFile(file, []byte(good), 0o600); err != nil {
			t.Fatal(err)
		}
		w.OpenWith(server.Config{TokenFile: file})
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if rec := w.Plain("/readyz"); rec.Code != want.status || !strings.Contains(rec.Body.String(), want.body) {
			t.Errorf("%q: readyz: got %d %s, want %d %s", text, rec.Code, rec.Body, want.status, want.body)
		}
		if want.gauge == "" {
			continue
		}
		if rec := w.GetWith("/metrics", "Authorization", "Bearer x"); !strings.Contains(rec.Body.String(), want.gauge) {
			t.Errorf("%q: metrics: got %d, want %s", text, rec.Code, want.gauge)
		}
	}
}
