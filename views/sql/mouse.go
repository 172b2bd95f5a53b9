package sql

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
)

// Hints are the keys of the pane that has them.
func (v *View) Hints() []views.Hint {
	k, m := v.env.Keys.SQL, v.env.Keys.Move
	if v.pane == inTree {
		return append(v.tree.Hints(), views.Hint{Binding: k.Edit}, views.Hint{Binding: m.Escape})
	}
	if v.pane == inEditor && v.completion.open {
		l := v.env.Keys.Line
		return []views.Hint{{Binding: l.Accept, Label: "take it"}, {Binding: l.Complete, Label: "next"}, {Binding: l.Cancel, Label: "close"}}
	}
	if v.pane == inEditor {
		return []views.Hint{
			{Binding: k.Run, Label: "run"},
			{Binding: k.Pool, Label: "pool"},
			{Binding: v.env.Keys.Line.Complete},
			{Binding: k.Names},
			{Binding: k.Undo},
			{Binding: v.env.Keys.Line.Cancel, Label: "leave editor"},
		}
	}
	stop := views.Hint{Binding: k.Stop}
	if v.run == nil || !v.run.alive() {
		stop.Refused = "no statement is running here"
	}
	return []views.Hint{
		{Binding: k.Edit},
		{Binding: k.Mode},
		stop,
		{Binding: k.Filter},
		{Binding: k.Sort},
		{Binding: k.Copy},
		{Binding: m.Escape},
	}
}

// Click puts the keys into the pane under the mouse.
func (v *View) Click(x, y int) tea.Cmd {
	top := v.editorHeight()
	v.completion = completion{}
	if x < v.treeRoom() {
		v.pane = inTree
		v.refocus()
		return v.tree.Click(x, y)
	}
	v.pane = inEditor
	if y >= top {
		v.pane = inResults
		v.results.grid.Click(y - top - 1 - len(v.messageLines(v.size.width-v.treeRoom(), max((v.size.height-top)/3, 1))))
	} else {
		v.editor.buffer.moveTo(v.editor.top+y-1, v.editor.buffer.col)
	}
	v.refocus()
	return nil
}

// Wheel moves through what is under the mouse.
func (v *View) Wheel(x, y, delta int) tea.Cmd {
	v.dirty = true
	if x < v.treeRoom() {
		return v.tree.Wheel(x, y, delta)
	}
	if y >= v.editorHeight() {
		v.results.grid.Move(delta)
		return nil
	}
	v.editor.buffer.moveLines(delta)
	return nil
}
