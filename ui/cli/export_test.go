package cli

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"drey/server"
)

// TestAnExportFollowsNoLink has links where the file is to be and where older
// versions had their temporary one.
func TestAnExportFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	victim, out := filepath.Join(dir, "victim"), filepath.Join(dir, "all.yaml")
	if err := errors.Join(
		os.WriteFile(victim, []byte("mine"), 0o600), os.Symlink(victim, out), os.Symlink(victim, out+".part"),
	); err != nil {
		t.Fatal(err)
	}
	s, err := server.Open(t.Context(), server.Config{Listen: "127.0.0.1:0", Data: filepath.Join(dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(archiveFiles{out: out}.write(t.Context(), s), s.Close()); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "mine" {
		t.Errorf("got %q, %v: the export followed a link", text, err)
	}
	if info, err := os.Lstat(out); err != nil || !info.Mode().IsRegular() || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want a file of its owner", info, err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".*.part")); err != nil || len(left) > 0 {
		t.Errorf("got %v, %v left behind", left, err)
	}
}
