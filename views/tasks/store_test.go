package tasks_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"drey/ui/disk"
	"drey/views"
	"drey/views/tasks"
)

var noon = time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)

// console is a store over the folder that consoles share, and its journal.
func console(t *testing.T, root string) (*tasks.Store, *disk.Journal) {
	t.Helper()
	j := disk.NewJournal(root)
	t.Cleanup(func() { _ = j.Close() })
	return tasks.NewStore(j), j
}

func taskOn(name string, began, ended time.Time) *views.Task {
	return &views.Task{
		Target: views.Ref{Kind: "applications", Name: name, UID: "uid-" + name}, Verb: views.Verb{Do: "suspend"},
		Steps: []views.TaskStep{{Label: "suspend", Began: began}}, Began: began, Ended: ended,
	}
}

func save(t *testing.T, s *tasks.Store, task *views.Task) {
	t.Helper()
	if err := s.Save(task); err != nil {
		t.Fatal(err)
	}
}

func TestWhatAConsoleLeftInTheMiddleIsTakenOverByTheNextOne(t *testing.T) {
	root := t.TempDir()
	first, journal := console(t, root)
	save(t, first, taskOn("orders", noon, time.Time{}))
	save(t, first, taskOn("clicks", noon.Add(time.Minute), noon.Add(time.Hour)))
	second, _ := console(t, root)
	mine, held, err := second.Adopt()
	if err != nil || len(mine) != 0 || len(held) != 1 || held[0].Target.Name != "orders" || held[0].By == "" {
		t.Fatalf("beside the first: %v %+v %+v", err, mine, held)
	}
	if _, on := second.On(views.Ref{Kind: "applications", Name: "orders", UID: "uid-orders"}); on {
		t.Error("what another console does is done here")
	}
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	mine, held, err = second.Adopt()
	if err != nil || len(mine) != 1 || len(held) != 0 || mine[0].Target.Name != "orders" {
		t.Fatalf("after the first: %v %+v %+v", err, mine, held)
	}
	if again, _, _ := second.Adopt(); len(again) != 0 {
		t.Errorf("taken over twice: %+v", again)
	}
	third, _ := console(t, root)
	if mine, held, err := third.Adopt(); err != nil || len(mine) != 0 || len(held) != 1 {
		t.Errorf("a third one: %v %+v %+v", err, mine, held)
	}
	if list := third.List(); len(list) != 1 || list[0].Target.Name != "clicks" {
		t.Errorf("what has ended is known to all: %+v", list)
	}
}

func TestASecretOfATaskIsNotWrittenDown(t *testing.T) {
	root := t.TempDir()
	s, journal := console(t, root)
	private := taskOn("login", noon, time.Time{})
	private.Private, private.Document = true, json.RawMessage(`{"password":"hunter2"}`)
	private.Change = json.RawMessage(`{"password":"hunter3"}`)
	save(t, s, private)
	if list := s.List(); string(list[0].Document) != `{"password":"hunter2"}` {
		t.Errorf("this console has lost it: %s", list[0].Document)
	}
	written, err := journal.Load()
	if err != nil || len(written) != 1 {
		t.Fatal(written, err)
	}
	for _, data := range written {
		if strings.Contains(string(data), "hunter") {
			t.Errorf("on the disk is %s", data)
		}
	}
}

func TestTheOldestOfWhatHasEndedIsForgotten(t *testing.T) {
	s, journal := console(t, t.TempDir())
	save(t, s, taskOn("endless", noon, time.Time{}))
	for i := range 103 {
		began := noon.Add(time.Duration(i+1) * time.Minute)
		save(t, s, taskOn(fmt.Sprintf("task-%d", i), began, began.Add(time.Second)))
	}
	list := s.List()
	if len(list) != 101 || list[0].Target.Name != "task-102" || list[99].Target.Name != "task-3" ||
		list[100].Target.Name != "endless" {
		t.Errorf("%d are known, from %s to %s", len(list), list[0].Target.Name, list[len(list)-1].Target.Name)
	}
	if written, err := journal.Load(); err != nil || len(written) != 101 {
		t.Errorf("%d are on the disk, %v", len(written), err)
	}
}

func TestTheNewestTaskUnderWayOnAnObjectIsTold(t *testing.T) {
	s := tasks.NewStore(nil)
	save(t, s, taskOn("orders", noon, noon.Add(time.Second)))
	other := taskOn("orders", noon, time.Time{})
	other.Target.UID = "of one that was made again"
	save(t, s, other)
	ref := views.Ref{Kind: "applications", Name: "orders", UID: "uid-orders"}
	if got, on := s.On(ref); on {
		t.Errorf("nothing is under way: %+v", got)
	}
	for _, verb := range []string{"suspend", "start"} {
		task := taskOn("orders", noon, time.Time{})
		task.Verb.Do = verb
		save(t, s, task)
	}
	got, on := s.On(ref)
	if !on || got.Verb.Do != "start" {
		t.Fatalf("got %+v, %v", got, on)
	}
	got.Steps[0].Label = "changed by who asked"
	if again, _ := s.On(ref); again.Steps[0].Label != "suspend" {
		t.Error("the steps of the store were changed from outside")
	}
	if running := s.Running(); len(running) != 3 || running[2].Verb.Do != "start" {
		t.Errorf("running, the oldest first: %+v", running)
	}
}

func TestAFileThatIsNoTaskIsLeftOut(t *testing.T) {
	root := t.TempDir()
	s, journal := console(t, root)
	save(t, s, taskOn("orders", noon, noon.Add(time.Second)))
	for id, data := range map[string]string{"half": `{"id":"half","tar`, "empty": `{}`} {
		if err := journal.Save(id, []byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	next, _ := console(t, root)
	if mine, held, err := next.Adopt(); err != nil || len(mine)+len(held) != 0 {
		t.Errorf("got %+v %+v %v", mine, held, err)
	}
	if list := next.List(); len(list) != 1 {
		t.Errorf("got %+v", list)
	}
}

// TestWhatAnotherConsoleDoesIsTold once it was looked for, until it has ended there, or
// its console has.
func TestWhatAnotherConsoleDoesIsTold(t *testing.T) {
	root := t.TempDir()
	here, _ := console(t, root)
	there, journal := console(t, root)
	ref := views.Ref{Kind: "applications", Name: "orders", UID: "uid-orders"}
	look := func() (views.Task, bool) {
		if err := here.Look(); err != nil {
			t.Fatal(err)
		}
		return here.On(ref)
	}
	if got, on := look(); on {
		t.Errorf("nothing is under way: %+v", got)
	}
	task := taskOn("orders", noon, time.Time{})
	save(t, there, task)
	if got, on := look(); !on || got.By == "" || got.Left {
		t.Errorf("got %+v, %v", got, on)
	}
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	if got, on := look(); !on || !got.Left || !strings.Contains(got.By, "ended in the middle") {
		t.Errorf("after its console has ended: %+v, %v", got, on)
	}
	mine, _, err := here.Adopt()
	if err != nil || len(mine) != 1 {
		t.Fatal(mine, err)
	}
	if got, on := look(); !on || got.By != "" {
		t.Errorf("taken over: %+v, %v", got, on)
	}
	mine[0].Ended = noon.Add(time.Minute)
	save(t, here, &mine[0])
	if got, on := look(); on {
		t.Errorf("it has ended: %+v", got)
	}
}
