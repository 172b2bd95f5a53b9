package console

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/ui/console/address"
	"drey/views"
)

// Texts keeps small texts beyond the end of the program, each replaced whole or
// not at all. Its methods are called off the loop, and Save once more at the end.
type Texts interface {
	// Load gives "" for a text that there is not.
	Load(name string) (string, error)
	Save(name, text string) error
}

const (
	// ListsName is the text that says how lists were shown.
	ListsName = "lists.json"
	// listsAfter is how long a change may be in memory only.
	listsAfter = time.Second
	// maxServers is how many servers are remembered.
	maxServers = 64
	// maxScopes is how many names of scopes are remembered of each.
	maxScopes = 100
)

// savedLists is the content of ListsName: by the context or the server's address,
// then by the tab's name. It is read when the console starts and not again: of
// several consoles each has a text of its own.
type savedLists struct {
	Context string                 `json:"context,omitempty"` // that was seen last
	Servers map[string]serverLists `json:"servers"`
}

type serverLists struct {
	Used time.Time `json:"used"`
	savedLocation
	// Scopes are the names of all scopes, so that the next start need not wait for
	// them; none where they are more than maxScopes.
	Scopes []string                   `json:"scopes,omitempty"`
	Tabs   map[string]views.ListState `json:"tabs"`
}

// savedLocation is where the console was left.
type savedLocation struct {
	Tab   string `json:"tab,omitempty"`
	Scope string `json:"scope,omitempty"` // "" is all of them
}

// LastContext is the context that was seen last, from the text that the console
// keeps; "" where it does not say.
func LastContext(text string) string {
	var saved savedLists
	_ = json.Unmarshal([]byte(text), &saved) // what cannot be read says nothing
	return saved.Context
}

// listStore is what is kept of all contexts.
type listStore struct {
	texts   Texts // nil: nothing is kept
	saved   savedLists
	loaded  bool
	unsaved bool
}

// lists is how the lists of one context are shown.
type lists struct {
	key      string // of what is kept
	tabs     map[string]views.ListState
	location savedLocation
	scopes   []string // the names as they were saved
}

type (
	loadedListsMsg struct{ saved savedLists }
	saveListsMsg   struct{}
)

func newLists(s *space) lists {
	return lists{key: cmp.Or(s.Key, s.Session.Address), tabs: map[string]views.ListState{}}
}

// loadLists reads how lists were shown the last time. What cannot be read is as
// if there were none: it is no more than a convenience.
func (r *Root) loadLists() tea.Cmd {
	texts := r.stored.texts
	if texts == nil {
		return nil
	}
	return r.box.Ask("lists", func(context.Context) tea.Msg {
		var msg loadedListsMsg
		text, err := texts.Load(ListsName)
		if err == nil && text != "" {
			_ = json.Unmarshal([]byte(text), &msg.saved)
		}
		return msg
	})
}

// handleLoadedLists shows the lists as they were. What the user has done since
// the start stays.
func (r *Root) handleLoadedLists(msg loadedListsMsg) tea.Cmd {
	r.stored.saved, r.stored.loaded = msg.saved, true
	var cmds []tea.Cmd
	touched := false
	for _, s := range r.spaces {
		touched = touched || len(s.lists.tabs) > 0
		if s != r.space {
			s.bringBack(msg.saved.Servers[s.lists.key])
		}
	}
	cmds = append(cmds, r.restoreSpace())
	if touched {
		cmds = append(cmds, r.saveListsSoon())
	}
	return tea.Batch(cmds...)
}

// restoreSpace shows the context in front as it was.
func (r *Root) restoreSpace() tea.Cmd {
	if !r.stored.loaded {
		return nil
	}
	saved := r.stored.saved.Servers[r.lists.key]
	r.bringBack(saved)
	return r.restoreLocation(saved.savedLocation)
}

// bringBack takes how the lists of a context were shown, but for those that the
// user has touched since.
func (s *space) bringBack(saved serverLists) {
	if scopes := s.Session.Scopes; scopes != nil && scopes.Remember != nil {
		scopes.Remember(saved.Scopes)
	}
	s.lists.scopes = saved.Scopes
	touched := s.lists.tabs
	s.lists.tabs = maps.Clone(saved.Tabs)
	if s.lists.tabs == nil {
		s.lists.tabs = map[string]views.ListState{}
	}
	maps.Copy(s.lists.tabs, touched)
	for _, t := range s.tabs {
		if _, done := touched[t.Name]; t.view != nil && !done {
			s.restoreList(t)
		}
	}
}

// restoreLocation goes where the console was left, unless the user has gone
// somewhere already. An environment that was asked for at the start stays.
func (r *Root) restoreLocation(p savedLocation) tea.Cmd {
	if len(r.nav.history) > 1 || r.nav.focus != onMain || r.opts.Start != (address.Address{}) {
		return nil
	}
	r.lists.location = p
	msg := views.GoMsg{Tab: p.Tab}
	if r.Environment == "" && p.Scope != "" {
		msg.Environment = &p.Scope
	}
	cmd := r.goTo(msg)
	r.nav.history, r.nav.at = []location{r.nav.here()}, 0 // it is where one starts
	return cmd
}

// restoreList shows the list of a tab as it was.
func (s *space) restoreList(t *tab) {
	state, known := s.lists.tabs[t.Name]
	if v, ok := t.view.(views.Restorer); ok && known {
		v.RestoreList(state)
	}
}

// observeList remembers where the user is and how the list in front is shown,
// after the user did something.
func (r *Root) observeList() tea.Cmd {
	l := &r.lists
	if r.stored.texts == nil || r.err != nil {
		return nil
	}
	t := r.tabs[r.nav.tab]
	location := savedLocation{Tab: t.Name, Scope: r.nav.environment}
	changed := location != l.location && (len(r.nav.history) > 1 || l.location != savedLocation{})
	if changed {
		l.location = location
	}
	if v, ok := t.view.(views.Restorer); ok {
		state := v.ListState()
		if before, known := l.tabs[t.Name]; state != before || !known && state != (views.ListState{}) {
			l.tabs[t.Name] = state
			changed = true
		}
	}
	if !changed {
		return nil
	}
	return r.saveListsSoon()
}

func (r *Root) saveListsSoon() tea.Cmd {
	r.stored.unsaved = true
	if !r.stored.loaded || r.box.Waiting("save lists") {
		return nil
	}
	return r.box.After("save lists", listsAfter, saveListsMsg{})
}

// saveLists writes off the loop.
func (r *Root) saveLists() tea.Cmd {
	texts, text := r.stored.texts, r.keptText()
	return r.box.Ask("write lists", func(context.Context) tea.Msg {
		_ = texts.Save(ListsName, text) // tried again with the next change
		return nil
	})
}

// closeLists is for the end: what was not written yet.
func (r *Root) closeLists() {
	unsaved := r.stored.unsaved
	for _, s := range r.spaces {
		unsaved = unsaved || !slices.Equal(s.scopeNames(), s.lists.scopes)
	}
	if r.stored.loaded && unsaved {
		_ = r.stored.texts.Save(ListsName, r.keptText()) // there is nobody left to tell
	}
}

// keptText is what is saved; of too many servers the one that was used longest
// ago goes.
func (r *Root) keptText() string {
	k := &r.stored
	k.unsaved = false
	if k.saved.Servers == nil {
		k.saved.Servers = map[string]serverLists{}
	}
	k.saved.Context = r.space.Name
	for _, s := range r.spaces {
		s.lists.scopes = s.scopeNames()
		k.saved.Servers[s.lists.key] = s.lists.saved(r.env.Now())
	}
	for len(k.saved.Servers) > maxServers {
		oldest := r.lists.key
		for name, s := range k.saved.Servers {
			if s.Used.Before(k.saved.Servers[oldest].Used) {
				oldest = name
			}
		}
		delete(k.saved.Servers, oldest)
	}
	text, _ := json.MarshalIndent(k.saved, "", "  ") // strings and times only
	return string(text) + "\n"
}

// scopeNames are the names of the scopes as far as they are to be remembered.
func (s *space) scopeNames() []string {
	rows := s.fleet.Rows()[1:]
	if len(rows) == 0 {
		return s.lists.scopes // not read yet
	}
	if s.Session.Scopes == nil || s.Session.Scopes.Remember == nil || len(rows) > maxScopes {
		return nil
	}
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = row.Name
	}
	return names
}

func (l *lists) saved(now time.Time) serverLists {
	tabs := map[string]views.ListState{}
	for name, state := range l.tabs {
		if state != (views.ListState{}) {
			tabs[name] = state
		}
	}
	return serverLists{Used: now.UTC().Truncate(time.Second), savedLocation: l.location, Scopes: l.scopes, Tabs: tabs}
}
