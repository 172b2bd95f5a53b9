package console

import (
	"context"
	"encoding/json"
	"time"

	tea "github.com/charmbracelet/bubbletea"

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
	// listsName is the text that says how lists were shown.
	listsName = "lists.json"
	// listsAfter is how long a change may be in memory only.
	listsAfter = time.Second
	// maxServers is how many servers are remembered.
	maxServers = 64
)

// savedLists is the content of listsName: by the server's address, then by the
// tab's name. It is read when the console starts and not again: of several
// consoles each has a text of its own.
type savedLists struct {
	Servers map[string]serverLists `json:"servers"`
}

type serverLists struct {
	Used time.Time `json:"used"`
	savedPlace
	Tabs map[string]views.ListState `json:"tabs"`
}

// savedPlace is where the console was left.
type savedPlace struct {
	Tab   string `json:"tab,omitempty"`
	Scope string `json:"scope,omitempty"` // "" is all of them
}

// lists is how the lists of this server are shown, and of the others what was read.
type lists struct {
	texts   Texts
	server  string
	saved   savedLists
	tabs    map[string]views.ListState
	place   savedPlace
	loaded  bool
	unsaved bool
}

type (
	loadedListsMsg struct{ saved savedLists }
	saveListsMsg   struct{}
)

func newLists(opts Options) lists {
	l := lists{texts: opts.Lists, tabs: map[string]views.ListState{}}
	l.server = opts.Session.Address
	return l
}

// loadLists reads how lists were shown the last time. What cannot be read is as
// if there were none: it is no more than a convenience.
func (r *Root) loadLists() tea.Cmd {
	texts := r.lists.texts
	if texts == nil {
		return nil
	}
	return r.box.Ask("lists", func(context.Context) tea.Msg {
		var msg loadedListsMsg
		text, err := texts.Load(listsName)
		if err == nil && text != "" {
			_ = json.Unmarshal([]byte(text), &msg.saved)
		}
		return msg
	})
}

// handleLoadedLists shows the lists as they were. What the user has done since
// the start stays.
func (r *Root) handleLoadedLists(msg loadedListsMsg) tea.Cmd {
	l := &r.lists
	l.saved, l.loaded = msg.saved, true
	done := l.tabs
	l.tabs = map[string]views.ListState{}
	for name, state := range msg.saved.Servers[l.server].Tabs {
		l.tabs[name] = state
	}
	for name, state := range done {
		l.tabs[name] = state
	}
	for _, t := range r.tabs {
		if _, touched := done[t.Name]; t.view != nil && !touched {
			r.restoreList(t)
		}
	}
	cmd := r.restorePlace(msg.saved.Servers[l.server].savedPlace)
	if len(done) > 0 {
		return tea.Batch(cmd, r.saveListsSoon())
	}
	return cmd
}

// restorePlace goes where the console was left, unless the user has gone
// somewhere already. An environment that was asked for at the start stays.
func (r *Root) restorePlace(p savedPlace) tea.Cmd {
	if len(r.nav.history) > 1 || r.nav.focus != onMain {
		return nil
	}
	r.lists.place = p
	msg := views.GoMsg{Tab: p.Tab}
	if r.opts.Environment == "" && p.Scope != "" {
		msg.Environment = &p.Scope
	}
	cmd := r.goTo(msg)
	r.nav.history, r.nav.at = []place{r.nav.here()}, 0 // it is where one starts
	return cmd
}

// restoreList shows the list of a tab as it was.
func (r *Root) restoreList(t *tab) {
	state, known := r.lists.tabs[t.Name]
	if v, ok := t.view.(views.Restorer); ok && known {
		v.RestoreList(state)
	}
}

// observeList remembers where the user is and how the list in front is shown,
// after the user did something.
func (r *Root) observeList() tea.Cmd {
	l := &r.lists
	if l.texts == nil {
		return nil
	}
	t := r.tabs[r.nav.tab]
	place := savedPlace{Tab: t.Name, Scope: r.nav.environment}
	changed := place != l.place && (len(r.nav.history) > 1 || l.place != savedPlace{})
	if changed {
		l.place = place
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
	r.lists.unsaved = true
	if !r.lists.loaded || r.box.Waiting("save lists") {
		return nil
	}
	return r.box.After("save lists", listsAfter, saveListsMsg{})
}

// saveLists writes off the loop.
func (r *Root) saveLists() tea.Cmd {
	texts, text := r.lists.texts, r.lists.text(r.env.Now())
	return r.box.Ask("write lists", func(context.Context) tea.Msg {
		_ = texts.Save(listsName, text) // tried again with the next change
		return nil
	})
}

// closeLists is for the end: what was not written yet.
func (l *lists) close(now time.Time) {
	if l.loaded && l.unsaved {
		_ = l.texts.Save(listsName, l.text(now)) // there is nobody left to tell
	}
}

// text is what is saved; of too many servers the one that was used longest ago goes.
func (l *lists) text(now time.Time) string {
	l.unsaved = false
	if l.saved.Servers == nil {
		l.saved.Servers = map[string]serverLists{}
	}
	tabs := map[string]views.ListState{}
	for name, state := range l.tabs {
		if state != (views.ListState{}) {
			tabs[name] = state
		}
	}
	l.saved.Servers[l.server] = serverLists{Used: now.UTC().Truncate(time.Second), savedPlace: l.place, Tabs: tabs}
	for len(l.saved.Servers) > maxServers {
		oldest := l.server
		for name, s := range l.saved.Servers {
			if s.Used.Before(l.saved.Servers[oldest].Used) {
				oldest = name
			}
		}
		delete(l.saved.Servers, oldest)
	}
	text, _ := json.MarshalIndent(l.saved, "", "  ") // strings and times only
	return string(text) + "\n"
}
