package browse

import (
	"fmt"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
)

// early are keys that were pressed before the rows were read: those that move the cursor,
// and one that does something to a row. With that one the keys after it wait, too.
type early struct {
	moves   []tea.KeyMsg
	msg     tea.KeyMsg
	waiting bool
}

func (e *early) any() bool { return e.waiting || len(e.moves) > 0 }

// mostMoves is how many keys that move the cursor are kept.
const mostMoves = 100

// Preparing implements views.Preparer: keys that come before the rows, or before a dialog,
// are for them.
func (v *View) Preparing() string {
	if v.early.waiting {
		return "reading " + v.kind.Name
	}
	return v.asker.Preparing()
}

// GiveUp implements views.Preparer.
func (v *View) GiveUp() tea.Cmd {
	if !v.early.waiting {
		return v.asker.GiveUp()
	}
	v.early = early{}
	return views.Notice(themes.Dim, "gave up waiting for "+v.kind.Name)
}

// takeEarly keeps a key for a row until the rows are there, and tells whether it did; where
// there is no row to come it says so instead.
func (v *View) takeEarly(msg tea.KeyMsg) (cmd tea.Cmd, taken bool) {
	_, moves := v.env.Keys.Move.Steps(msg, 1, 1)
	if !moves && !v.isForRow(msg) {
		return nil, false
	}
	if v.poll.visible && v.poll.err == nil && (v.poll.at.IsZero() || v.early.any()) {
		switch {
		case !moves:
			v.early.msg, v.early.waiting = msg, true
		case len(v.early.moves) < mostMoves:
			v.early.moves = append(v.early.moves, msg)
		}
		return nil, true
	}
	if moves || v.grid.Selected() != "" {
		return nil, false
	}
	return views.Notice(themes.Warn, v.noRow()), true
}

// isForRow tells that a key does something to the row under the cursor.
func (v *View) isForRow(msg tea.KeyMsg) bool {
	t := v.env.Keys.Table
	bindings := []key.Binding{v.env.Keys.Move.Enter, t.Mark, t.Range, t.MarkAll, t.Copy, t.Diff, t.Edit}
	if v.kind.Describe != nil {
		bindings = append(bindings, t.Describe)
	}
	if v.kind.UsedBy != nil {
		bindings = append(bindings, t.UsedBy)
	}
	for _, p := range v.kind.Pages {
		bindings = append(bindings, p.Key(v.env.Keys))
	}
	for _, a := range v.kind.Actions {
		bindings = append(bindings, a.Key(v.env.Keys))
	}
	return keymap.Matches(msg, bindings...)
}

// noRow says why there is no row, and what to do.
func (v *View) noRow() string {
	switch {
	case v.poll.absent:
		return "this server has no " + v.kind.Name
	case v.poll.err == nil && v.poll.at.IsZero():
		return "no " + v.kind.Name + " are read yet"
	case v.poll.at.IsZero():
		return "no " + v.kind.Name + " could be read: " + clean.Text(v.poll.err.Error())
	case v.grid.Filter() != "":
		return fmt.Sprintf("no row matches the filter: %s clears it", v.env.Keys.Move.Escape.Help().Key)
	case v.kind.Create != nil || v.kind.Editor != nil && v.kind.Editor.Template != nil:
		return fmt.Sprintf("there are no %s here: %s creates one", v.kind.Name, v.env.Keys.Table.Create.Help().Key)
	}
	return "there are no " + v.kind.Name + " here"
}

// pressEarly handles the keys that have waited for the rows, once all of them are there: the
// row under the cursor may be another one until then.
func (v *View) pressEarly() tea.Cmd {
	if v.list.partial && v.poll.err == nil {
		return nil
	}
	e := v.early
	v.early = early{}
	for _, msg := range e.moves {
		v.grid.Handle(msg, v.env.Keys.Move)
		v.frame.touched, v.frame.dirty = true, true
	}
	if !e.waiting {
		return v.preview()
	}
	return tea.Batch(v.preview(), v.handleKey(e.msg))
}
