package dialog

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
)

// tooEarly tells that a key is for what is not known yet, such as a choice: it waits.
// Once one waits those after it do, too; esc leaves all the same.
func (d *Dialog) tooEarly(msg tea.KeyMsg) bool {
	keys := d.env.Keys
	switch {
	case d.state != loading, keymap.Matches(msg, keys.Move.Escape):
		return false
	case len(d.early) > 0:
		return true
	case d.focus == onName && len(d.ask.Choices) == 0 && keymap.Matches(msg, keys.Line.Up, keys.Line.Down):
		return true // there may be ways to choose from
	case d.wanted, d.focus == onName, d.focus == onInputs, msg.String() == d.ask.Asked:
		return false
	}
	return !keymap.Matches(msg, keys.Dialog.Leave, keys.Dialog.Confirm)
}

// replay handles the keys that came too early. They choose; but what differs from what
// was seen when they were pressed is not confirmed by them.
func (d *Dialog) replay(changed bool) tea.Cmd {
	early := d.early
	d.early, d.blind = nil, changed
	defer func() { d.blind = false }()
	var cmds []tea.Cmd
	for _, msg := range early {
		if d.closed || d.state == checking {
			break
		}
		cmds = append(cmds, d.handleKey(msg))
	}
	return tea.Batch(cmds...)
}
