package cells_test

import (
	"testing"

	"drey/themes"
	"drey/views/cells"
)

// TestAStateHasAWord holds the text of states in titles: no mark stands alone for what is
// not known.
func TestAStateHasAWord(t *testing.T) {
	theme, _ := themes.New(themes.Options{Depth: themes.NoColour})
	for _, c := range []struct {
		word string
		tone themes.Tone
		want string
	}{
		{"RUNNING", themes.Good, "● RUNNING"}, {"HOVERING", themes.Unknown, "? HOVERING"}, {"", themes.Unknown, "? unknown"},
	} {
		if got := cells.StateText(theme, c.word, c.tone); got != c.want {
			t.Errorf("%q: got %q, want %q", c.word, got, c.want)
		}
	}
}
