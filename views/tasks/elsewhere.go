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
func (s *Store) Elsewhere() ([]Held, error) {
	if s.storage == nil {
		return nil, nil
	}
	stored, err := s.storage.Load()
	if err != nil {
		return nil, err
	}
	var held []Held
	for _, t := range decoded(stored) {
		if _, known := s.Get(t.ID); known {
			continue
		}
		who, alive := s.storage.Holder(t.Owner)
		switch {
		case alive:
		case t.Running():
			who = "a console that ended in the middle"
		default:
			who = "a console that has ended"
		}
		held = append(held, Held{t, who, !alive && t.Running()})
	}
	return held, nil
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
	held, err := s.Elsewhere()
	if err != nil {
		return err
	}
	var running []views.Task
	for _, h := range held {
		if h.Task.Running() {
			h.Task.By, h.Task.Left = h.Who, h.Left
			running = append(running, h.Task)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.others = others{running: running, at: now}
	return nil
}

// Sharer is a memory of tasks that knows those of other consoles, too.
type Sharer interface{ Elsewhere() ([]Held, error) }

// elsewhereEvery is how often the tasks of other consoles are read while they are seen.
const elsewhereEvery = time.Second

type (
	elsewhereMsg struct {
		held []Held
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
		held, err := shared.Elsewhere()
		return elsewhereMsg{held, err}
	})
}

// handleElsewhere shows them among the others, with a column that says whose they are.
func (v *View) handleElsewhere(msg elsewhereMsg) tea.Cmd {
	v.elsewhereErr = msg.err
	if msg.err == nil {
		v.elsewhere = msg.held
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
	for _, h := range v.elsewhere {
		if h.Task.ID == id {
			return h.Who
		}
	}
	return ""
}

// left tells whether a task was left in the middle by a console that has ended.
func (v *View) left(id string) bool {
	return slices.ContainsFunc(v.elsewhere, func(h Held) bool { return h.Task.ID == id && h.Left })
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
	v.elsewhere = slices.DeleteFunc(v.elsewhere, func(h Held) bool {
		return slices.ContainsFunc(here, func(t views.Task) bool { return t.ID == h.Task.ID })
	})
	for _, h := range v.elsewhere {
		list = append(list, h.Task)
	}
	return list
}
