package sql

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/views/sql/buffer"
)

// Click puts the keys into the pane under the mouse.
func (v *View) Click(x, y int) tea.Cmd {
	top := v.editorHeight()
	v.buffer().completion = completion{}
	if x < v.treeRoom() {
		v.layout.pane = inTree
		v.refocus()
		return v.tree.Click(x, y)
	}
	v.layout.pane = inEditor
	if y >= top {
		v.layout.pane = inResults
		v.buffer().results.Click(y - top - 1 - len(v.messageLines(
			v.layout.width-v.treeRoom(), max((v.layout.height-top)/3, 1),
		)))
	} else {
		v.buffer().editor.Text.MoveTo(buffer.Position{
			Row: v.buffer().editor.Top + y - 1, Col: v.buffer().editor.Text.Cursor().Col,
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
		return v.buffer().results.Wheel(delta)
	}
	v.buffer().editor.Text.MoveLines(delta)
	return nil
}
