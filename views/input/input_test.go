package input

import (
	"strings"
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

// TestWhatIsPastedTakesTheCellsThatAreDrawn has runes that take no cell, and are drawn as
// signs that do.
func TestWhatIsPastedTakesTheCellsThatAreDrawn(t *testing.T) {
	theme, _ := themes.New(themes.Options{})
	var l Line
	l.Set("a\u200db\u202ec\u00add\u200be\u200df")
	for width := range 30 {
		if w := clean.Width(clean.Frame(l.View(theme, width))); w > width {
			t.Errorf("at %d: %d cells are drawn", width, w)
		}
	}
}

// TestALongPasteIsDrawnByItsEnd counts what drawing allocates: a rune that is not seen
// costs nothing of it.
func TestALongPasteIsDrawnByItsEnd(t *testing.T) {
	theme, _ := themes.New(themes.Options{})
	var l Line
	l.Set(strings.Repeat("漢🎉é", 1000) + "the end")
	if text := clean.Plain(l.View(theme, 20)); text != "…é漢🎉é漢🎉éthe end " {
		t.Errorf("got %q", text)
	}
	if allocs := testing.AllocsPerRun(3, func() { l.View(theme, 20) }); allocs > 100 {
		t.Errorf("%.0f allocations to draw 20 cells", allocs)
	}
}
