package draftstore

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"drey/client/statement"
)

// Ref is the statement's address on its server.
func (a *Attached) Ref() statement.Ref {
	return statement.Ref{Scope: a.Environment, Name: a.Name, Handle: a.Handle}
}

// Drafts keeps texts beyond the end of the program, each replaced whole or not
// at all. Its methods are called off the loop, and Save once more when the view
// is closed.
type Drafts interface {
	// Load gives "" for a text that there is not.
	Load(name string) (text string, err error)
	Save(name, text string) error
	// List names the texts there are.
	List() ([]string, error)
	Remove(name string) error
	// Append adds a line to a text that others may append to as well; of one
	// that grows beyond limit bytes the oldest lines go.
	Append(name, line string, limit int) error
}

// sharer is told by drafts that several consoles keep side by side.
type sharer interface {
	Shared() (number int, dir string)
}

// What is kept: the order and the names, and a text for each buffer.
const (
	IndexName  = "buffers.json"
	legacyName = "editor.sql" // of when there was one buffer
	textPrefix = "buffer-"
	textSuffix = ".sql"
)

// TextName is the name that the text of a buffer is stored under.
func TextName(id string) string { return textPrefix + id + textSuffix }

// Index is the content of IndexName.
type Index struct {
	Buffers []Entry `json:"buffers"`
	Closed  []Entry `json:"closed,omitempty"`
	Active  string  `json:"active"`
	// Environments are where statements were run last, by server.
	Environments map[string]string `json:"environments,omitempty"`
}

// Entry is one buffer, open or closed.
type Entry struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Statement is what was run last from the buffer.
	Statement *Attached `json:"statement,omitempty"`
	// Settings are what SET and USE said in it, but for secrets.
	Settings map[string]string `json:"settings,omitempty"`
	// Script is the one on the server that the text came from.
	Script *Script `json:"script,omitempty"`
}

// Attached names a statement of a server.
type Attached struct {
	Server      string `json:"server"`
	Environment string `json:"environment"`
	Name        string `json:"name"`
	Handle      string `json:"handle,omitempty"`
	Own         bool   `json:"own,omitempty"` // it was run here
}

// LoadedMsg is what was stored: the index, and the texts by their buffers' ids.
type LoadedMsg struct {
	Index  Index
	Texts  map[string]string
	Fresh  bool // the texts are not in files of their own yet
	Notice string
	Err    error
}

// Load reads all that is stored. A text that no index names is a buffer all the same.
func Load(drafts Drafts) LoadedMsg {
	msg := LoadedMsg{Texts: map[string]string{}}
	if s, ok := drafts.(sharer); ok {
		if n, dir := s.Shared(); n > 1 {
			msg.Notice = fmt.Sprintf("this is console %d on this state folder: its buffers are in %s", n, dir)
		}
	}
	text, err := drafts.Load(IndexName)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &msg.Index)
	}
	msg.Err = err
	names, err := drafts.List()
	if msg.Err == nil {
		msg.Err = err
	}
	for _, e := range slices.Concat(msg.Index.Buffers, msg.Index.Closed) {
		msg.load(drafts, e.ID, TextName(e.ID))
	}
	for _, name := range names {
		id, ok := strings.CutPrefix(name, textPrefix)
		id, isText := strings.CutSuffix(id, textSuffix)
		if _, known := msg.Texts[id]; ok && isText && !known {
			if msg.load(drafts, id, name) && strings.TrimSpace(msg.Texts[id]) != "" {
				msg.Index.Buffers = append(msg.Index.Buffers, Entry{ID: id, Name: "found " + id})
			}
		}
	}
	if len(msg.Index.Buffers) == 0 && msg.load(drafts, "b1", legacyName) {
		msg.Index.Buffers = []Entry{{ID: "b1", Name: "query 1"}}
		msg.Fresh = true
	}
	return msg
}

func (m *LoadedMsg) load(drafts Drafts, id, name string) bool {
	text, err := drafts.Load(name)
	if err != nil && m.Err == nil {
		m.Err = err
	}
	if err == nil {
		m.Texts[id] = text
	}
	return err == nil
}

// Script is a text that the platform keeps under a name. Was are the texts that it had
// as far as this console knows: any other one is somebody else's.
type Script struct {
	Scope string   `json:"scope"`
	Name  string   `json:"name"`
	Was   []string `json:"was"`
}
