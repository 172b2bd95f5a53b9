package space

import (
	"cmp"
	"maps"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
)

// ServerLists is what is remembered of one context: where it was left, and how its lists
// were shown, by the tab's name.
type ServerLists struct {
	Used time.Time `json:"used"`
	SavedLocation
	// Scopes are the names of all scopes, so that the next start need not wait for
	// them; none where they are more than maxScopes.
	Scopes []string                   `json:"scopes,omitempty"`
	Tabs   map[string]views.ListState `json:"tabs"`
}

// SavedLocation is where the console was left.
type SavedLocation struct {
	Tab   string `json:"tab,omitempty"`
	Scope string `json:"scope,omitempty"` // "" is all of them
}

// maxScopes is how many names of scopes are remembered of each server.
const maxScopes = 100

// lists is how the lists of one context are shown.
type lists struct {
	Key      string // of what is kept
	tabs     map[string]views.ListState
	location SavedLocation
	scopes   []string // the names as they were saved
}

func newLists(s *Space) lists {
	return lists{Key: cmp.Or(s.Key, s.Session.Address), tabs: map[string]views.ListState{}}
}

// BringBack takes how the lists of a context were shown, but for those that the
// user has touched since.
func (s *Space) BringBack(saved ServerLists) {
	if scopes := s.Session.Scopes; scopes != nil && scopes.Remember != nil {
		scopes.Remember(saved.Scopes)
	}
	s.Lists.scopes = saved.Scopes
	touched := s.Lists.tabs
	s.Lists.tabs = maps.Clone(saved.Tabs)
	if s.Lists.tabs == nil {
		s.Lists.tabs = map[string]views.ListState{}
	}
	maps.Copy(s.Lists.tabs, touched)
	for _, t := range s.Tabs {
		if _, done := touched[t.Name]; t.View != nil && !done {
			s.restoreList(t)
		}
	}
}

// RestoreLocation goes where the console was left, unless the user has gone
// somewhere already. An environment that was asked for at the start stays.
func (s *Space) RestoreLocation(p SavedLocation) tea.Cmd {
	if len(s.Nav.History) > 1 || s.Nav.Focus != OnMain {
		return nil
	}
	s.Lists.location = p
	msg := views.GoMsg{Tab: p.Tab}
	if s.Environment == "" && p.Scope != "" {
		msg.Environment = &p.Scope
	}
	cmd := s.GoTo(msg)
	s.Nav.History, s.Nav.at = []location{s.Nav.here()}, 0 // it is where one starts
	return cmd
}

// restoreList shows the list of a tab as it was.
func (s *Space) restoreList(t *Tab) {
	state, known := s.Lists.tabs[t.Name]
	if v, ok := t.View.(views.Restorer); ok && known {
		v.RestoreList(state)
	}
}

// Observe takes down where the user is and how the list in front is shown, and tells
// whether that is new.
func (s *Space) Observe() (changed bool) {
	l, t := &s.Lists, s.Tabs[s.Nav.Tab]
	location := SavedLocation{Tab: t.Name, Scope: s.Nav.Environment}
	if location != l.location && (len(s.Nav.History) > 1 || l.location != SavedLocation{}) {
		l.location, changed = location, true
	}
	if v, ok := t.View.(views.Restorer); ok {
		state := v.ListState()
		if before, known := l.tabs[t.Name]; state != before || !known && state != (views.ListState{}) {
			l.tabs[t.Name] = state
			changed = true
		}
	}
	return changed
}

// Saved is what is to be kept of the context.
func (s *Space) Saved(now time.Time) ServerLists {
	s.Lists.scopes = s.scopeNames()
	tabs := map[string]views.ListState{}
	for name, state := range s.Lists.tabs {
		if state != (views.ListState{}) {
			tabs[name] = state
		}
	}
	return ServerLists{
		Used: now.UTC().Truncate(time.Second), SavedLocation: s.Lists.location, Scopes: s.Lists.scopes, Tabs: tabs,
	}
}

// ScopesChanged tells that there are other scopes than those that are kept.
func (s *Space) ScopesChanged() bool { return !slices.Equal(s.scopeNames(), s.Lists.scopes) }

// Touched tells that a list was sorted, filtered or moved in.
func (s *Space) Touched() bool { return len(s.Lists.tabs) > 0 }
