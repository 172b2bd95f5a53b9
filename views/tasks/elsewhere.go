package tasks

import (
	"context"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/grid"
)

// Elsewhere are the tasks of other consoles that keep theirs in the same storage, the
// oldest first: what they are at and what they did, with who they are.
func (s *Store) Elsewhere() ([]views.Task, error) {
	if s.storage == nil {
		return nil, nil
	}
	stored, err := s.storage.Load()
	if err != nil {
		return nil, err
	}
	var list []views.Task
	for _, t := range decoded(stored) {
		if _, known := s.Get(t.ID); known {
			continue
		}
		who, alive := s.storage.Holder(t.Owner)
		t.By, t.Left = who, !alive && t.Running()
		switch {
		case t.Left:
			t.By = "a console that ended in the middle"
		case !alive:
			t.By = "a console that has ended"
		}
		list = append(list, t)
	}
	return list, nil
}

// others are what other consoles are at, as it was looked at last.
type others struct {
	running []views.Task // the oldest first
	at      time.Time    // when that was; zero before the first time
}

// fileTimeSlack is how long ago the last change has to be for a look to have seen it: times of
// files are not exact.
const fileTimeSlack = time.Second

// Look implements views.Tasks. Nothing is read where nobody changed anything; who is at
// something and has ended meanwhile is found out all the same.
func (s *Store) Look() error {
	if s.storage == nil {
		return nil
	}
	now := time.Now()
	changed, err := s.storage.Changed()
	if err != nil {
		return err
	}
	s.mu.Lock()
	was := s.others
	s.mu.Unlock()
	if changed.Add(fileTimeSlack).Before(was.at) && !slices.ContainsFunc(was.running, func(t views.Task) bool {
		_, alive := s.storage.Holder(t.Owner)
		return alive == t.Left
	}) {
		return nil
	}
	running, err := s.Elsewhere()
	if err != nil {
		return err
	}
	running = slices.DeleteFunc(running, func(t views.Task) bool { return !t.Running() })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.others = others{running: running, at: now}
	return nil
}

// Sharer is a memory of tasks that knows those of other consoles, too.
type Sharer interface{ Elsewhere() ([]views.Task, error) }

// elsewhereEvery is how often the tasks of other consoles are read while they are seen.
const elsewhereEvery = time.Second

type (
	elsewhereMsg struct {
		list []views.Task
		err  error
	}
	elsewhereAgainMsg struct{}
)

// askElsewhere reads what other consoles do.
func (v *View) askElsewhere() tea.Cmd {
	shared, ok := v.env.Tasks.(Sharer)
	if !ok || v.sight.Hidden {
		return nil
	}
	return v.box.Ask("elsewhere", func(context.Context) tea.Msg {
		list, err := shared.Elsewhere()
		return elsewhereMsg{list, err}
	})
}

// handleElsewhere shows them among the others, with a column that says whose they are.
func (v *View) handleElsewhere(msg elsewhereMsg) tea.Cmd {
	v.elsewhereErr = msg.err
	if msg.err == nil {
		v.elsewhere = msg.list
	}
	with, selected := len(v.elsewhere) > 0, v.grid.Selected()
	if with != v.withOwners {
		v.withOwners = with
		of := columns
		if with {
			of = ownedColumns
		}
		v.grid.SetColumns(of)
		v.grid.SortBy(0, false)
	}
	v.read()
	v.grid.Select(selected)
	return v.box.After("elsewhere again", elsewhereEvery, elsewhereAgainMsg{})
}

// SetVisible implements views.Watcher: what is not seen is not read.
func (v *View) SetVisible(visible bool) tea.Cmd {
	return v.sight.Set(visible, &v.box, "elsewhere again", v.askElsewhere)
}

// ownerOf tells which other console a task is of, "" for this one.
func (v *View) ownerOf(id string) string {
	for _, t := range v.elsewhere {
		if t.ID == id {
			return t.By
		}
	}
	return ""
}

// left tells whether a task was left in the middle by a console that has ended.
func (v *View) left(id string) bool {
	return slices.ContainsFunc(v.elsewhere, func(t views.Task) bool { return t.ID == id && t.Left })
}

// errElsewhere is why nothing can be done about a task of another console, "" for none.
func (v *View) errElsewhere(id string) string {
	if who := v.ownerOf(id); who != "" {
		return "it is of " + clean.Text(who)
	}
	return ""
}

// ownedColumns are the columns where some tasks are of other consoles.
var ownedColumns = append(append([]grid.Column{}, columns[:5]...), append([]grid.Column{
	{Title: "WHO", Min: 8, Max: 48},
}, columns[5:]...)...)

// ownerCell says whose a task is.
func (v *View) ownerCell(id string) grid.Cell {
	if who := v.ownerOf(id); who != "" {
		return grid.Word(clean.Text(who), themes.Accent)
	}
	return grid.Word("here", themes.Dim)
}

// withElsewhere are the tasks of here and of other consoles. What was taken over from one
// is of here.
func (v *View) withElsewhere(list []views.Task) []views.Task {
	here := list
	v.elsewhere = slices.DeleteFunc(v.elsewhere, func(t views.Task) bool {
		return slices.ContainsFunc(here, func(own views.Task) bool { return own.ID == t.ID })
	})
	return append(list, v.elsewhere...)
}
