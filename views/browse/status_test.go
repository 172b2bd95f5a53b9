package browse

import (
	"strings"
	"testing"

	"drey/keymap"
	"drey/views/clean"
)

// TestANoticeLeavesTheFilterInSight filters a list whose server is away, and one of which
// something is missing, at three widths.
func TestANoticeLeavesTheFilterInSight(t *testing.T) {
	s := newScopedThings(t, map[string]int{"": 3})
	s.SetFilter("ok")
	for _, width := range []int{60, 80, 140} {
		s.SetSize(width, 20)
		s.away = true
		answer(s.View, answersOf(s.Refresh()))
		if line := clean.Plain(s.statusLine()); !strings.Contains(line, "/ok") || !strings.Contains(line, "it is away") {
			t.Errorf("%d: %q", width, line)
		}
		s.away = false
		answer(s.View, answersOf(s.Refresh()))
		s.list.missing = "still waiting for prod"
		line := clean.Plain(s.statusLine())
		if !strings.Contains(line, "/ok") || !strings.Contains(line, "still waiting for prod") {
			t.Errorf("%d: %q", width, line)
		}
		s.list.missing = ""
	}
}

// TestAnEmptyListNamesTheKeyAsItIsConfigured has another key for what creates an object.
func TestAnEmptyListNamesTheKeyAsItIsConfigured(t *testing.T) {
	s := newScopedThings(t, map[string]int{})
	s.kind.Empty = "{create} creates one"
	for _, c := range []struct{ key, want string }{{"", "a creates one"}, {"f7", "f7 creates one"}} {
		keys := keymap.Default()
		if c.key != "" {
			if err := keys.Override(map[string][]string{"table.create": {c.key}}); err != nil {
				t.Fatal(err)
			}
		}
		s.env.Keys, s.frame.dirty = keys, true
		if screen := clean.Plain(s.View.View()); !strings.Contains(screen, c.want) {
			t.Errorf("want %q:\n%s", c.want, screen)
		}
	}
}
