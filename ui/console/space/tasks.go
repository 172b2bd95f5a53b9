package space

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
	"drey/views/grid"
	"drey/views/tasks"
)

// TaskProgress is how far what is under way in a context has come, "" where it has
// begun a moment ago.
func (s *Space) TaskProgress(now time.Time) string {
	running := s.Tasks.Running()
	if len(running) == 0 {
		return ""
	}
	var parts []string
	t := running[0]
	at := t.At()
	switch {
	case len(running) > 1:
		parts = append(parts, grid.Thousands(len(running))+" under way")
	case at < len(t.Steps):
		if len(t.Steps) > 1 {
			parts = append(parts, fmt.Sprintf("%d of %d %s", at+1, len(t.Steps), t.Steps[at].Label))
		}
		parts = append(parts, t.Steps[at].State)
	}
	if age := now.Sub(t.Began); age >= time.Second {
		parts = append(parts, grid.AgeText(age))
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), ", ")
}

// Undoable are those tasks of an action that the key of undo takes back, all by the
// same verb.
func (s *Space) Undoable(msg views.DoneMsg) []views.Task {
	var list []views.Task
	for _, result := range msg.Results {
		t, ok := s.Tasks.Get(result.Task)
		if !ok || tasks.UndoOf(t) == "" {
			continue
		}
		if len(list) > 0 && tasks.UndoOf(list[0]) != tasks.UndoOf(t) {
			continue
		}
		list = append(list, t)
	}
	return list
}

// TaskName is what an action that is under way is called beside those of other
// contexts.
func (s *Space) TaskName(doing string) string {
	if doing == "" {
		return ""
	}
	return s.Name + "\x00" + doing
}

// Made tells the lists of a context that an object was made.
func (s *Space) Made(msg views.MadeMsg) tea.Cmd {
	var cmds []tea.Cmd
	for _, v := range s.Views() {
		if list, ok := v.(views.MadeTaker); ok {
			cmds = append(cmds, list.Made(msg))
		}
	}
	return tea.Batch(cmds...)
}

// Report tells the lists of a context what came of an action.
func (s *Space) Report(msg views.DoneMsg) {
	for _, v := range s.Views() {
		if rep, ok := v.(views.Reporter); ok {
			rep.Report(msg)
		}
	}
}
