package sql

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinksql"
	"drey/keymap"
	"drey/views/sql/queries"
)

// The catalog stands left of the editor where there is room for both, and in
// the place of everything while it has the keys where there is not.
const (
	treeWidth  = 30
	treeBeside = 104
)

// treeShown says whether the catalog can be seen.
func (v *View) treeShown() bool {
	return v.layout.width >= treeBeside && !v.layout.zoomed || v.layout.pane == inTree
}

// treeRoom is what the catalog takes of the width, with the gap after it.
func (v *View) treeRoom() int {
	switch {
	case v.layout.zoomed && v.layout.pane != inTree:
		return 0
	case v.layout.width >= treeBeside && !v.layout.zoomed:
		return treeWidth + 1
	case v.layout.pane == inTree && v.over == nil:
		return v.layout.width
	}
	return 0
}

// updateNames asks for the catalogs once they can be seen.
func (v *View) updateNames() tea.Cmd {
	if !v.layout.visible || !v.treeShown() {
		return nil
	}
	if v.buffer().Session() != "" && !v.buffers.Loaded {
		return nil // the buffer may have a session of an earlier console
	}
	return v.tree.Want(nil)
}

// enterTree gives the catalog the keys and asks for what it does not know.
func (v *View) enterTree() tea.Cmd {
	v.buffer().Completion = queries.Completion{}
	v.enter(inTree)
	return v.updateNames()
}

// Panes says whether the key for the next pane is the view's: from the results
// it goes to the catalog first.
func (v *View) Panes() bool { return v.layout.pane == inResults }

func (v *View) handleTreeKey(msg tea.KeyMsg) tea.Cmd {
	keys := v.env.Keys.SQL
	switch {
	case keymap.Matches(msg, keys.Edit):
		v.layout.pane = inEditor
	case keymap.Matches(msg, keys.Insert):
		return v.insertName()
	case keymap.Matches(msg, keys.Names):
		v.layout.pane = inResults
	default:
		return v.tree.Update(msg)
	}
	v.refocus()
	return nil
}

// insertName puts the name under the tree's cursor into the editor.
func (v *View) insertName() tea.Cmd {
	name := v.tree.Selected()
	if name == "" {
		return nil
	}
	v.buffer().Editor.Text.Insert(name)
	v.layout.pane = inEditor
	v.refocus()
	return v.saveSoon()
}

// renamed asks for the names again once a statement that changes them is done.
func (v *View) renamed(r *queries.Run) tea.Cmd {
	if r.Active() || !changesNames(flinksql.KindOf(r.SQL)) {
		return nil
	}
	return v.tree.Refresh()
}

// changesNames says whether tables, views or databases are others afterwards.
func changesNames(k flinksql.Kind) bool {
	verb, _, _ := strings.Cut(string(k), "_")
	return verb == "CREATE" || verb == "DROP" || verb == "ALTER"
}
