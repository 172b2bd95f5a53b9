package catalog

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views"
)

func (t *Tree) handleKey(msg tea.KeyMsg) tea.Cmd {
	move := t.env.Keys.Move
	if by, ok := move.Steps(msg, max(t.layout.height-2, 1), len(t.rows)); ok {
		t.move(by)
		return nil
	}
	switch {
	case keymap.Matches(msg, move.Enter):
		return t.toggle()
	case keymap.Matches(msg, move.Right):
		return t.openBranch()
	case keymap.Matches(msg, move.Left):
		t.closeBranch()
	case keymap.Matches(msg, t.env.Keys.Table.Copy):
		return views.Send(views.CopyMsg{What: t.Selected(), Text: t.Selected()})
	}
	return nil
}

func (t *Tree) move(by int) {
	t.cursor = max(min(t.cursor+by, len(t.rows)-1), 0)
	t.layout.dirty = true
}

func (t *Tree) toggle() tea.Cmd {
	n := t.selected()
	if n == nil {
		t.root.state = unknown
		return t.load(t.root)
	}
	if n.open {
		t.closeBranch()
		return nil
	}
	return t.openBranch()
}

// openBranch shows what is below the name under the cursor; a branch that
// failed is asked for again.
func (t *Tree) openBranch() tea.Cmd {
	n := t.selected()
	if n == nil || len(n.path) >= Column {
		return nil
	}
	n.open = true
	t.reshape()
	if n.state == unknown || n.state == failed {
		return t.load(n)
	}
	return nil
}

// closeBranch folds the branch, or goes to the one that the cursor is in.
func (t *Tree) closeBranch() {
	n := t.selected()
	switch {
	case n == nil:
	case n.open:
		n.open = false
		t.reshape()
	case len(n.path) > Catalog:
		t.cursor = slices.Index(t.rows, t.find(n.path[:len(n.path)-1]))
		t.move(0)
	}
}
