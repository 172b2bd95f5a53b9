package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTextsAreKeptForTheirOwnerOnly(t *testing.T) {
	root := filepath.Join(t.TempDir(), "state")
	texts := NewTexts(root)
	if err := texts.Save("buffer-b1.sql", "SELECT 1"); err != nil {
		t.Fatal(err)
	}
	if err := texts.Close(); err != nil {
		t.Fatal(err)
	}
	again := NewTexts(root)
	t.Cleanup(func() { _ = again.Close() })
	if got, err := again.Load("buffer-b1.sql"); got != "SELECT 1" || err != nil {
		t.Errorf("got %q %v", got, err)
	}
	info, err := os.Stat(filepath.Join(root, "sql", "buffer-b1.sql"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v %v, want 0600", info.Mode(), err)
	}
	names, err := again.List()
	if err != nil || len(names) != 1 || names[0] != "buffer-b1.sql" {
		t.Errorf("got %v %v", names, err)
	}
}

func TestTwoConsolesDoNotOverwriteEachOther(t *testing.T) {
	root := t.TempDir()
	one, two := NewTexts(root), NewTexts(root)
	t.Cleanup(func() { _, _ = one.Close(), two.Close() })
	for i, texts := range []*Texts{one, two} {
		if err := texts.Save("buffers.json", fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := one.Load("buffers.json"); got != "0" || err != nil {
		t.Errorf("got %q %v, want the text of the first", got, err)
	}
	for _, texts := range []*Texts{one, two} {
		if err := texts.Append("history.jsonl", "x", 100); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := two.Load("history.jsonl"); got != "x\nx\n" || err != nil {
		t.Errorf("got %q %v, want the lines of both", got, err)
	}
}

func TestWhatIsAppendedToIsCapped(t *testing.T) {
	texts := NewTexts(t.TempDir())
	t.Cleanup(func() { _ = texts.Close() })
	for i := range 200 {
		if err := texts.Append("history.jsonl", fmt.Sprintf("line %d", i), 500); err != nil {
			t.Fatal(err)
		}
	}
	got, err := texts.Load("history.jsonl")
	if err != nil || len(got) > 500 || !strings.HasSuffix(got, "line 198\nline 199\n") ||
		!strings.HasPrefix(got, "line ") {
		t.Errorf("got %d bytes %q %v", len(got), got, err)
	}
}

// TestAPathOfNothingSaysWhatToDo is read in the field in which the path was typed.
func TestAPathOfNothingSaysWhatToDo(t *testing.T) {
	folder := t.TempDir()
	latin := filepath.Join(folder, "latin.yaml")
	if err := os.WriteFile(latin, []byte("a: 1\nb: caf\xe9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		latin:                              latin + " is no text in UTF-8, at line 2: save it so",
		filepath.Join(folder, "none.yaml"): "there is no file " + filepath.Join(folder, "none.yaml") + ": write another path",
		folder:                             folder + " is no file: write the path of one",
	} {
		if _, err := ReadFile(folder, path); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
	}
}
