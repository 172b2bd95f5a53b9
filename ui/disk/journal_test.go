package disk

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drey/views"
	"drey/views/tasks"
)

func newJournal(t *testing.T, folder string) *Journal {
	t.Helper()
	j := NewJournal(folder)
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func begun(name string) *views.Task {
	return &views.Task{
		Target: views.Ref{Kind: "ships", Name: name}, Verb: views.Verb{Do: "sail", Doing: "sailing", Done: "sailed"},
		Began: time.Now(), Resumable: true, Steps: []views.TaskStep{{Label: "sail", Method: "POST", Path: "/sail"}},
	}
}

// TestATaskBelongsToOneConsole looks at a task with two consoles at a time.
func TestATaskBelongsToOneConsole(t *testing.T) {
	folder := t.TempDir()
	first := newJournal(t, folder)
	if err := tasks.NewStore(first).Save(begun("victory")); err != nil {
		t.Fatal(err)
	}
	second := tasks.NewStore(newJournal(t, folder))
	mine, held, err := second.Adopt()
	if err != nil || len(mine) != 0 || len(held) != 1 || !strings.HasPrefix(held[0].By, "process ") {
		t.Fatalf("took over %+v, held %+v, %v", mine, held, err)
	}
	if err := first.Close(); err != nil { // as when its process ends
		t.Fatal(err)
	}
	taken := make(chan int, 8)
	for range cap(taken) { // of several that come at once one gets it
		go func() {
			mine, _, err := tasks.NewStore(NewJournal(folder)).Adopt()
			if err != nil {
				t.Error(err)
			}
			taken <- len(mine)
		}()
	}
	n := 0
	for range cap(taken) {
		n += <-taken
	}
	if n != 1 {
		t.Errorf("%d consoles took it over", n)
	}
}

// TestTheJournalIsForItsOwnerAndHoldsNoSecret writes a document with a secret.
func TestTheJournalIsForItsOwnerAndHoldsNoSecret(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "tasks")
	task := begun("victory")
	task.Document, task.Private = []byte(`{"spec":{"password":"open sesame"}}`), true
	store := tasks.NewStore(newJournal(t, folder))
	if err := store.Save(task); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		info, err := f.Info()
		data, errRead := os.ReadFile(filepath.Join(folder, f.Name()))
		if errors.Join(err, errRead) != nil || info.Mode().Perm() != 0o600 || strings.Contains(string(data), "sesame") {
			t.Errorf("%s is %v, %v, and holds %s", f.Name(), info.Mode(), errors.Join(err, errRead), data)
		}
	}
	if stored, ok := store.Get(task.ID); !ok || len(stored.Document) == 0 {
		t.Error("the console itself forgot it")
	}
}

// TestOldTasksAreForgotten ends many more than are remembered.
func TestOldTasksAreForgotten(t *testing.T) {
	folder := t.TempDir()
	store := tasks.NewStore(newJournal(t, folder))
	for range 130 {
		task := begun("victory")
		task.Ended = time.Now()
		if err := store.Save(task); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) != 100 || len(store.List()) != 100 {
		t.Errorf("%d files, %d tasks, %v", len(files), len(store.List()), err)
	}
}

// TestAHalfWrittenTaskCostsNothing finds files that are no tasks.
func TestAHalfWrittenTaskCostsNothing(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"torn.json": `{"id":"torn","ver`, "other.json": `[1]`, "x.txt": "x"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := tasks.NewStore(NewJournal(folder)).Save(begun("victory")); err != nil {
		t.Fatal(err)
	}
	mine, _, err := tasks.NewStore(newJournal(t, folder)).Adopt()
	if err != nil || len(mine) > 1 {
		t.Errorf("got %+v, %v", mine, err)
	}
}
