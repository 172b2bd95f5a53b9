// Package input is one line of text that is being typed: a filter, a command, a
// name to confirm.
package input

import (
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views/clean"
)

// Line is the text and the cursor in it. The zero Line is empty.
type Line struct {
	text   []rune
	cursor int
}

// Value is the text.
func (l *Line) Value() string { return string(l.text) }

// Set replaces the text and puts the cursor behind it.
func (l *Line) Set(s string) {
	l.text = []rune(s)
	l.cursor = len(l.text)
}

// AtEnd tells that the cursor is behind the text.
func (l *Line) AtEnd() bool { return l.cursor == len(l.text) }

// Update edits the text and tells whether the key meant anything to it.
func (l *Line) Update(msg tea.KeyMsg, keys keymap.Line) bool {
	if msg.Paste || keymap.Typed(msg) != "" {
		l.insert(string(msg.Runes))
		return true
	}
	switch {
	case keymap.Matches(msg, keys.Left):
		l.cursor = max(l.cursor-1, 0)
	case keymap.Matches(msg, keys.Right):
		l.cursor = min(l.cursor+1, len(l.text))
	case keymap.Matches(msg, keys.Home):
		l.cursor = 0
	case keymap.Matches(msg, keys.End):
		l.cursor = len(l.text)
	case keymap.Matches(msg, keys.WordLeft):
		l.cursor = l.wordLeft()
	case keymap.Matches(msg, keys.WordRight):
		l.cursor = l.wordRight()
	default:
		return l.remove(msg, keys)
	}
	return true
}

func (l *Line) remove(msg tea.KeyMsg, keys keymap.Line) bool {
	switch {
	case keymap.Matches(msg, keys.Backspace):
		l.cut(max(l.cursor-1, 0), l.cursor)
	case keymap.Matches(msg, keys.Delete):
		l.cut(l.cursor, min(l.cursor+1, len(l.text)))
	case keymap.Matches(msg, keys.KillWord):
		l.cut(l.wordLeft(), l.cursor)
	case keymap.Matches(msg, keys.KillHead):
		l.cut(0, l.cursor)
	case keymap.Matches(msg, keys.KillTail):
		l.cut(l.cursor, len(l.text))
	default:
		return false
	}
	return true
}

func (l *Line) insert(s string) {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
	in := []rune(s)
	next := make([]rune, 0, len(l.text)+len(in))
	next = append(append(append(next, l.text[:l.cursor]...), in...), l.text[l.cursor:]...)
	l.text, l.cursor = next, l.cursor+len(in)
}

func (l *Line) cut(from, to int) {
	l.text = append(l.text[:from:from], l.text[to:]...)
	l.cursor = from
}

func (l *Line) wordLeft() int {
	i := l.cursor
	for i > 0 && l.text[i-1] == ' ' {
		i--
	}
	for i > 0 && l.text[i-1] != ' ' {
		i--
	}
	return i
}

func (l *Line) wordRight() int {
	i := l.cursor
	for i < len(l.text) && l.text[i] == ' ' {
		i++
	}
	for i < len(l.text) && l.text[i] != ' ' {
		i++
	}
	return i
}

// mostRunes are those of a cell that are drawn: one, and what combines with it.
const mostRunes = 8

// View draws the line with its cursor in at most width cells; the part around
// the cursor is shown.
func (l *Line) View(theme *themes.Theme, width int) string {
	if width < 2 {
		return ""
	}
	before, after := clean.Text(string(l.text[:l.cursor])), l.text[l.cursor:]
	if len(before) > width-1 && clean.Width(before) > width-1 {
		before = theme.Glyphs.Ellipsis + clean.Tail(before, width-2)
	}
	under, rest := " ", ""
	if len(after) > 0 {
		under = clean.Text(string(after[:1]))
		rest = clean.Text(string(after[1:min(len(after), 1+mostRunes*width)]))
	}
	if clean.Width(before)+clean.Width(under) > width {
		under = theme.Glyphs.Ellipsis
	}
	space := width - clean.Width(before) - clean.Width(under)
	return theme.Text.Render(before) + theme.Cursor.Render(under) +
		theme.Text.Render(clean.Cut(rest, space, theme.Glyphs.Ellipsis))
}
