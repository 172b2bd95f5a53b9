package views

import (
	"encoding/json"
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// Editing is what a view that edits a text needs of the world. Its zero value
// keeps nothing beyond the program, and has the built-in editor only.
type Editing struct {
	Drafts Drafts // nil: nothing is kept
	// External tells that there is an editor of the person's own.
	External bool
	// ReadFile reads a file whose path was typed; nil: none can be read.
	ReadFile func(path string) (string, error)
}

// Draft is a text that is edited, and what it was made from. It is kept until it
// was applied or dropped.
type Draft struct {
	ID     string
	Target Ref // Context is the server that it is of; Name is "" for a new object
	New    bool
	// Base is the object as it was read when the edit began; nil for a new one.
	Base    json.RawMessage
	Text    string
	Problem string // why it could not be applied the last time
	Changed time.Time
}

// Drafts keeps texts beyond the end of the program, each replaced whole or not at
// all, for its owner's eyes only. Its methods are called off the loop, and Save
// once more when a view is closed.
type Drafts interface {
	// List gives all that can be read, those that were changed last first.
	List() ([]Draft, error)
	// Open makes a draft this program's own, so that no other one edits it at the
	// same time; an error says who does.
	Open(id string) (Draft, error)
	// Save keeps the draft and opens it.
	Save(Draft) error
	// Close lets another program open the draft.
	Close(id string)
	// Remove takes a draft away; one that is not there is none.
	Remove(id string) error
	// Path is the file with the text of a draft that was saved.
	Path(id string) string
	// Private writes a text that must not be kept to a file for its owner's eyes;
	// ReadPrivate reads it back and removes it with all that stands beside it.
	Private(name, text string) (path string, err error)
	ReadPrivate(path string) (text string, err error)
}

// What Done of an EditFileMsg is told, wrapped or as it is, where no editor was there
// for the file. Any other error is one of an editor that ran.
var (
	ErrNoEditor   = errors.New("your editor could not be started")
	ErrOutOfSight = errors.New("another context is in front: the editor was not opened")
)

// EditFileMsg opens a file in the person's own editor. Done makes the message
// that is sent when the editor has ended.
type EditFileMsg struct {
	Path string
	Line int // to begin at, from 1; 0 for the beginning
	Done func(error) tea.Msg
}

// Answered is a function that makes an Answer on a topic of what somebody else
// does, such as a program that has the terminal. The topic is open from now on.
func (m *Mailbox) Answered(topic string) func(tea.Msg) tea.Msg {
	_, answer := m.open(topic)
	return answer
}
