package console

import (
	"context"
	"encoding/json"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/ui/console/address"
	"drey/ui/console/space"
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
)

// savedLists is the content of ListsName: by the context or the server's address,
// then by the tab's name. It is read when the console starts and not again: of
// several consoles each has a text of its own.
type savedLists struct {
	Context string                       `json:"context,omitempty"` // that was seen last
	Servers map[string]space.ServerLists `json:"servers"`
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

type (
	loadedListsMsg struct{ saved savedLists }
	saveListsMsg   struct{}
)

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
		touched = touched || s.Touched()
		if s != r.Space {
			s.BringBack(msg.saved.Servers[s.Lists.Key])
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
	saved := r.stored.saved.Servers[r.Lists.Key]
	r.BringBack(saved)
	if r.opts.Start != (address.Address{}) {
		return nil
	}
	return r.RestoreLocation(saved.SavedLocation)
}

// observeList remembers where the user is and how the list in front is shown,
// after the user did something.
func (r *Root) observeList() tea.Cmd {
	if r.stored.texts == nil || r.Err != nil || !r.Observe() {
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
		unsaved = unsaved || s.ScopesChanged()
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
		k.saved.Servers = map[string]space.ServerLists{}
	}
	k.saved.Context = r.Space.Name
	for _, s := range r.spaces {
		k.saved.Servers[s.Lists.Key] = s.Saved(r.Env.Now())
	}
	for len(k.saved.Servers) > maxServers {
		oldest := r.Lists.Key
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
