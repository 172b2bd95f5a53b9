package sql

import (
	"drey/views/sql/history"

	tea "github.com/charmbracelet/bubbletea"
)

// Preparing implements views.Preparer: keys that are pressed while what was run is read
// are for the box that shows it.
func (v *View) Preparing() string {
	if _, open := v.over.(*history.Dialog); open && v.mail.Waiting("history") {
		return "reading what was run"
	}
	return ""
}

// GiveUp implements views.Preparer.
func (v *View) GiveUp() tea.Cmd {
	v.mail.Cancel("history")
	return nil
}
