package edit

import (
	"strings"
	"testing"
	"time"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
)

// TestADraftIsOfOneObject: its kind is a word for one.
func TestADraftIsOfOneObject(t *testing.T) {
	theme, _ := themes.New(themes.Options{})
	env := &views.Env{Context: t.Context(), Theme: theme, Keys: keymap.Default(), Now: time.Now}
	v := NewDrafts(env, map[string]*Rules{"ships": {Kind: "ships", Singular: "ship"}})
	v.SetSize(100, 10)
	v.Update(draftsMsg{list: []views.Draft{
		{ID: "1", Target: views.Ref{Kind: "ships", Name: "victory"}, Changed: time.Now()},
		{ID: "2", Target: views.Ref{Kind: "boats", Name: "wherry"}, Changed: time.Now()},
	}})
	screen := clean.Plain(v.View())
	for _, line := range strings.Split(screen, "\n") {
		if strings.Contains(line, "victory") && !strings.Contains(line, " ship ") ||
			strings.Contains(line, "wherry") && !strings.Contains(line, " boats ") {
			t.Errorf("the kind is not that of one: %q", line)
		}
	}
	if !strings.Contains(screen, "victory") || !strings.Contains(screen, "wherry") {
		t.Errorf("got\n%s", screen)
	}
}
