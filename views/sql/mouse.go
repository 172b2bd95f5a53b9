package sql

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/views/sql/buffer"
	"drey/views/sql/queries"
)

// Click puts the keys into the pane under the mouse.
func (v *View) Click(x, y int) tea.Cmd {
	top := v.editorHeight()
	v.buffer().Completion = queries.Completion{}
	if x < v.treeRoom() {
		v.layout.pane = inTree
		v.refocus()
		return v.tree.Click(x, y)
	}
	v.layout.pane = inEditor
	if y >= top {
		v.layout.pane = inResults
		v.buffer().Results.Click(y - top - 1 - len(v.messageLines(
			v.layout.width-v.treeRoom(), max((v.layout.height-top)/3, 1),
		)))
	} else {
		v.buffer().Editor.Text.MoveTo(buffer.Position{
			Row: v.buffer().Editor.Top + y - 1, Col: v.buffer().Editor.Text.Cursor().Col,
		})
	}
	v.refocus()
	return nil
}

// Wheel moves through what is under the mouse.
func (v *View) Wheel(x, y, delta int) tea.Cmd {
	v.layout.dirty = true
	if x < v.treeRoom() {
		return v.tree.Wheel(x, y, delta)
	}
	if y >= v.editorHeight() {
		return v.buffer().Results.Wheel(delta)
	}
	v.buffer().Editor.Text.MoveLines(delta)
	return nil
}
