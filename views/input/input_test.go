package input

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views/clean"
)

func TestLineEditsWherePeopleExpect(t *testing.T) {
	keys := keymap.Default().Line
	var l Line
	press := func(names ...string) {
		for _, n := range names {
			l.Update(keymap.Message(n), keys)
		}
	}
	l.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("two\nwords"), Paste: true}, keys)
	press("ctrl+w", "X", "home", "delete", "T", "end", "backspace", "!")
	if got, want := l.Value(), "Two !"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestViewShowsTheCursorInItsRoom(t *testing.T) {
	theme, _ := themes.New(themes.Options{})
	var l Line
	l.Set("a rather long 日本 line")
	for width := range 30 {
		if w := clean.Width(l.View(theme, width)); w > width {
			t.Errorf("at %d: got %d cells", width, w)
		}
	}
}
