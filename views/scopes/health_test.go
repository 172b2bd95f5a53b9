package scopes

import (
	"strings"
	"testing"
	"time"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/platform"
)

// TestAnOlderListDoesNotTakeBackWhatTheServerCounts has the server count more objects
// than a list that was asked for before, and then a list that was asked for after.
func TestAnOlderListDoesNotTakeBackWhatTheServerCounts(t *testing.T) {
	p := &Pane{session: &platform.Session{Scopes: &platform.Scopes{Counts: "applications"}}}
	counted := func(n int) {
		p.setRows([]Row{{}, {Name: "prod", Known: true, counted: platform.Health{Objects: n}}})
		p.rollUp()
	}
	listed := func(n, failing int, asked time.Time) {
		p.Take("applications", map[string]views.Tally{"prod": {themes.Good: n - failing, themes.Bad: failing}},
			func(string) time.Time { return asked })
	}
	want := func(what string, want platform.Health) {
		t.Helper()
		if got := p.rows[1].Health; got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	first := time.Now()
	counted(5)
	listed(5, 1, first)
	want("asked for with the first counts", platform.Health{Objects: 5, Failing: 1})
	asked := time.Now()
	counted(9)
	want("counted since", platform.Health{Objects: 9})
	listed(5, 1, first)
	want("an answer about something else", platform.Health{Objects: 9})
	listed(7, 2, asked)
	want("asked for before that count", platform.Health{Objects: 9})
	listed(9, 3, time.Now())
	want("asked for after it", platform.Health{Objects: 9, Failing: 3})
	counted(9)
	want("counted alike", platform.Health{Objects: 9, Failing: 3})
}

// TestAServerWithoutScopesSaysSo is one to which nothing was sent yet, and on which none
// is created from here.
func TestAServerWithoutScopesSaysSo(t *testing.T) {
	theme, _ := themes.New(themes.Options{Depth: themes.NoColour})
	session := &platform.Session{Scopes: &platform.Scopes{Title: "Environments", Plural: "environments"}}
	p := New(&views.Env{Context: t.Context(), Theme: theme, Keys: keymap.Default(), Now: time.Now}, session, "")
	p.SetSize(30, 8)
	if strings.Contains(p.View(), "no environments") {
		t.Errorf("says that there are none before the server answered:\n%s", p.View())
	}
	p.handleListed(listedMsg{rows: []Row{{}}, changed: true})
	if view := p.View(); !strings.Contains(view, "no environments yet") || strings.Contains(view, "creates one") {
		t.Errorf("a person cannot see where to begin:\n%s", view)
	}
}
