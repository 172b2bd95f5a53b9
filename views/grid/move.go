package grid

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
)

// Handle moves the cursor, or scrolls columns, if msg is one of the keys for that.
func (g *Grid) Handle(msg tea.KeyMsg, keys keymap.Move) bool {
	if by, ok := keys.Steps(msg, g.Page(), g.Shown()); ok {
		g.Move(by)
		return true
	}
	switch {
	case keymap.Matches(msg, keys.Right):
		g.Scroll(1)
	case keymap.Matches(msg, keys.Left):
		g.Scroll(-1)
	default:
		return false
	}
	return true
}
