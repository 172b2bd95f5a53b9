package usedby

import (
	"context"
	"strings"
	"testing"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
)

// TestWhatIsCutOfALineIsSeenInFullBelow has lines that are wider than the screen, at three
// sizes: the selected one is there as a whole, and nothing is wider than the screen.
func TestWhatIsCutOfALineIsSeenInFullBelow(t *testing.T) {
	theme, _ := themes.New(themes.Options{})
	name := strings.Repeat("orders-", 8) + "enriched"
	for _, size := range [][2]int{{80, 24}, {60, 12}, {220, 50}} {
		v := New(&views.Env{Context: t.Context(), Theme: theme, Keys: keymap.Default()}, "it", func(context.Context) Tree {
			return Tree{}
		})
		v.SetSize(size[0], size[1])
		v.Update(loadedMsg{Tree{Nodes: []Node{
			{What: "savepoint", Name: name, State: "COMPLETED", Remark: "taken 2026-11-30 20:15:42 UTC"},
			{What: "savepoint", Name: "short"},
		}}})
		screen := clean.Plain(v.View())
		var words []string
		for _, line := range strings.Split(screen, "\n") {
			if w := clean.Width(line); w != size[0] {
				t.Fatalf("%v: a line is %d wide", size, w)
			}
			words = append(words, strings.Fields(strings.Trim(line, "│ "))...)
		}
		if text := strings.Join(words, " "); !strings.Contains(text, "2026-11-30 20:15:42 UTC") {
			t.Errorf("%v: the date is cut:\n%s", size, screen)
		}
		row := strings.Split(screen, "\n")[1]
		if strings.Contains(row, "2026") != strings.Contains(row, "20:15:42 UTC") {
			t.Errorf("%v: half a date: %s", size, row)
		}
		if n := strings.Count(screen, "\n") + 1; n != size[1] {
			t.Errorf("%v: %d lines", size, n)
		}
	}
}
