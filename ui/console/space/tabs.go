package space

import (
	"slices"
	"strconv"

	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
	"drey/views/detail"
	"drey/views/platform"
)

// Tab is one of the views beside each other; it is made when first seen.
type Tab struct {
	platform.Tab
	View    views.View
	started bool // Init was called
	// saysMissing tells that view says why there is nothing.
	saysMissing bool
}

// SQLTab is the name of the tab that Context.SQL makes.
const SQLTab = "sql"

func (s *Space) makeTabs() []*Tab {
	var tabs []*Tab
	for _, t := range s.Session.Tabs() {
		tabs = append(tabs, &Tab{Tab: t})
	}
	if s.SQL != nil && s.Session.SQL != nil {
		tabs = append(tabs, &Tab{Tab: platform.Tab{
			Name: SQLTab, Title: "SQL", Short: "SQL", Aliases: []string{"query", "editor"},
			New: func(env *views.Env) views.View { return s.SQL(env, s.Session) },
		}})
	}
	return tabs
}

// newView makes a tab's view: where this server does not have what it shows, one
// that says why.
func (t *Tab) newView(env *views.Env) views.View {
	if t.saysMissing = t.Missing != ""; t.saysMissing {
		return detail.NewFixed(env, t.Title, detail.Words(t.Missing+"\n\nR asks the server again"))
	}
	return t.New(env)
}

// newProblem says why there is nothing to show.
func newProblem(env *views.Env, err error) views.View {
	return detail.NewFixed(env, "problem", detail.Words(err.Error()+"\n\nR tries again"))
}

// HandleAbout takes what a server said of itself: which tabs it has follows.
func (s *Space) HandleAbout(about platform.About) {
	s.About = about
	for _, now := range s.Session.Tabs() {
		for _, t := range s.Tabs {
			if t.Name != now.Name || t.Missing == now.Missing {
				continue
			}
			if t.Missing = now.Missing; t.saysMissing || now.Missing != "" {
				s.remake(t)
			}
		}
	}
}

// remake makes the view of a tab anew when it is next seen.
func (s *Space) remake(t *Tab) {
	if t.View != nil {
		t.View.Close()
	}
	t.View, t.started = nil, false
}

// firstTab is the digit of the first tab: that of the scopes comes before it.
func (s *Space) firstTab() int {
	if s.HasScopes() {
		return 2
	}
	return 1
}

// tabDigit is the key that shows a tab, "" for one beyond nine.
func (s *Space) tabDigit(i int) string {
	if n := i + s.firstTab(); n <= 9 {
		return strconv.Itoa(n)
	}
	return ""
}

// TabNamed finds a tab by name, -1 when there is none.
func (s *Space) TabNamed(name string) int {
	return slices.IndexFunc(s.Tabs, func(t *Tab) bool { return name != "" && t.Name == name })
}

// StepTab shows the tab that is by further on; the last one is before the first.
func (s *Space) StepTab(by int) tea.Cmd {
	n := len(s.Tabs)
	return s.switchTo((s.Nav.Tab + by + n) % n)
}
