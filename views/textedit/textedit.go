// Package textedit says what keys do to a text of several lines, wherever one is
// written.
package textedit

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views/sql/buffer"
)

// Keys are those of one view, beside the keys of every line. Bindings that a view
// does not have are empty.
type Keys struct {
	Undo, Redo, PageUp, PageDown, Top, Bottom key.Binding
}

// Typed is the text that a key or a paste brings, "" where it brings none.
func Typed(msg tea.KeyMsg) string {
	if msg.Paste {
		return string(msg.Runes)
	}
	return keymap.Typed(msg)
}

// Handle changes b by a key, or moves its cursor; page is how many lines are seen.
// A key that means nothing here does nothing.
func Handle(b *buffer.Buffer, msg tea.KeyMsg, line keymap.Line, own Keys, page int) {
	if text := Typed(msg); text != "" {
		b.Insert(text)
		return
	}
	switch {
	case msg.Type == tea.KeyCtrlJ: // a line feed of a paste without brackets
		b.Insert("\n")
	case keymap.Matches(msg, own.Undo):
		b.Undo()
	case keymap.Matches(msg, own.Redo):
		b.Redo()
	case keymap.Matches(msg, line.Accept):
		b.Newline()
	case keymap.Matches(msg, line.Backspace):
		b.Backspace()
	case keymap.Matches(msg, line.Delete):
		b.Delete()
	case keymap.Matches(msg, line.KillWord):
		b.CutWord()
	case keymap.Matches(msg, line.KillHead):
		b.CutToStart()
	case keymap.Matches(msg, line.KillTail):
		b.CutToEnd()
	default:
		move(b, msg, line, own, max(page, 1))
	}
}

func move(b *buffer.Buffer, msg tea.KeyMsg, line keymap.Line, own Keys, page int) {
	row := b.Cursor().Row
	switch {
	case keymap.Matches(msg, line.Up):
		b.MoveLines(-1)
	case keymap.Matches(msg, line.Down):
		b.MoveLines(1)
	case keymap.Matches(msg, own.PageUp):
		b.MoveLines(-page)
	case keymap.Matches(msg, own.PageDown):
		b.MoveLines(page)
	case keymap.Matches(msg, line.Left):
		b.MoveLeft()
	case keymap.Matches(msg, line.Right):
		b.MoveRight()
	case keymap.Matches(msg, line.WordLeft):
		b.MoveWordLeft()
	case keymap.Matches(msg, line.WordRight):
		b.MoveWordRight()
	case keymap.Matches(msg, line.Home):
		b.MoveTo(buffer.Position{Row: row})
	case keymap.Matches(msg, line.End):
		b.MoveTo(buffer.Position{Row: row, Col: len(b.Line(row))})
	case keymap.Matches(msg, own.Top):
		b.MoveTo(buffer.Position{})
	case keymap.Matches(msg, own.Bottom):
		b.MoveEnd()
	}
}
