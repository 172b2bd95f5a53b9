package tasks

import (
	"context"
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
			who = "a console that ended in the middle: the next one that starts goes on"
		default:
			who = "a console that has ended"
		}
		held = append(held, Held{t, who})
	}
	return held, nil
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

// withElsewhere are the tasks of here and of other consoles.
func (v *View) withElsewhere(list []views.Task) []views.Task {
	for _, h := range v.elsewhere {
		list = append(list, h.Task)
	}
	return list
}
