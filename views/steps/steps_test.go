package steps

import (
	"strings"
	"testing"
	"time"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
)

// TestAStepSaysItsStateAndForHowLong draws a task in the middle, and one that failed.
func TestAStepSaysItsStateAndForHowLong(t *testing.T) {
	theme, _ := themes.New(themes.Options{ASCII: true})
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	task := views.Task{
		Verb: views.Verb{Do: "suspend", Doing: "suspending"}, Began: now.Add(-75 * time.Second),
		Steps: []views.TaskStep{
			{Label: "savepoint", Method: "POST", Path: "/a/savepoints", Began: now.Add(-75 * time.Second), Ended: now.Add(-12 * time.Second), State: "COMPLETED"},
			{Label: "suspend", Method: "POST", Path: "/a/suspend", Began: now.Add(-12 * time.Second), State: "UPGRADING"},
			{Label: "mode", Method: "POST", Path: "/a"},
		},
	}
	lines := Brief(theme, task, now, 60)
	for i, want := range []string{
		"suspending 1:15 min", "savepoint COMPLETED 1:03 min", "suspend UPGRADING 12 s", "mode",
	} {
		if got := strings.Join(strings.Fields(clean.Plain(lines[i])), " "); !strings.HasSuffix(got, want) {
			t.Errorf("line %d is %q, want %q", i, got, want)
		}
	}
	task.Ended, task.Error = now, "no slots"
	all := clean.Plain(strings.Join(Lines(theme, task, now.Add(time.Hour), 60), "\n"))
	if !strings.Contains(all, "UPGRADING  12 s") || !strings.Contains(all, "no slots") ||
		!strings.Contains(all, "POST /a/suspend") {
		t.Errorf("got\n%s", all)
	}
}

// TestWhatIsDoneIsNamedWithoutItsObject where the title beside it has the object.
func TestWhatIsDoneIsNamedWithoutItsObject(t *testing.T) {
	theme, _ := themes.New(themes.Options{ASCII: true})
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	verb := views.Verb{Do: "savepoint", Doing: "taking a savepoint of"}
	task := views.Task{Verb: verb, Began: now.Add(-12 * time.Second)}
	if got := clean.Plain(Brief(theme, task, now, 60)[0]); got != "taking a savepoint  12 s" {
		t.Errorf("got %q", got)
	}
}
