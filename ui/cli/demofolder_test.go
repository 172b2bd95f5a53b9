package cli

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// leftFolder is what a demo leaves that was killed before or after it locked.
func leftFolder(t *testing.T, parent, name string, locked bool, age time.Duration) string {
	t.Helper()
	path := filepath.Join(parent, name)
	if err := os.MkdirAll(filepath.Join(path, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if locked {
		if err := os.WriteFile(filepath.Join(path, demoLock), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Now().Add(-age)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
	return path
}

func exists(t *testing.T, path string) bool {
	t.Helper()
	_, err := os.Lstat(path)
	return err == nil
}

func TestFoldersOfKilledDemosAreRemovedAndThoseOfLivingOnesStay(t *testing.T) {
	parent := t.TempDir()
	living, err := newDemoFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	killed := leftFolder(t, parent, demoPrefix+"killed", true, 0)
	old := leftFolder(t, parent, demoPrefix+"old", false, time.Hour)
	making := leftFolder(t, parent, demoPrefix+"making", false, 0)
	other := leftFolder(t, parent, "drey-other", false, time.Hour)
	if err := os.Symlink(other, filepath.Join(parent, demoPrefix+"link")); err != nil {
		t.Fatal(err)
	}

	if err := removeLeftDemos(t.Context(), parent); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{living.path: true, killed: false, old: false, making: true, other: true} {
		if got := exists(t, path); got != want {
			t.Errorf("%s: exists %v, want %v", filepath.Base(path), got, want)
		}
	}
	if err := living.remove(); err != nil {
		t.Fatal(err)
	}
	if exists(t, living.path) {
		t.Error("the living demo's folder is there after its end")
	}
}
