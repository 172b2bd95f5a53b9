package views

import (
	"encoding/json"
	"time"
)

// Task is something that is done to one object, step by step. It can be stored:
// it says all that is needed to go on with it in another process.
type Task struct {
	ID     string `json:"id"`
	Target Ref    `json:"target"`
	Made   string `json:"made,omitempty"` // when the object was created, as the server writes it
	Verb   Verb   `json:"verb"`
	How    string `json:"how,omitempty"` // the way that was chosen, as the action reads it
	// Back tells that it is taken back: its steps are those of the way back from the
	// step number From.
	Back  bool       `json:"back,omitempty"`
	From  int        `json:"from,omitempty"`
	Steps []TaskStep `json:"steps"`
	Began time.Time  `json:"began"`
	Ended time.Time  `json:"ended,omitzero"` // zero while it is under way
	Error string     `json:"error,omitempty"`
	// Makes is another object that it makes.
	Makes Ref `json:"makes,omitzero"`
	// Undo is the verb that takes it back once it is done, "" where there is none;
	// Undone tells that it was.
	Undo   string `json:"undo,omitempty"`
	Undone bool   `json:"undone,omitempty"`
	// Resumable tells that another process can go on with it.
	Resumable bool `json:"resumable,omitempty"`
	// Document is the object as it was before, where it is to be deleted. Private
	// tells that it has a secret in it: it is then never written down.
	Document json.RawMessage `json:"document,omitempty"`
	Private  bool            `json:"private,omitempty"`
	// Change is what an editor sends, as the editor reads it, and Draft the id of its
	// text. A private one is never written down.
	Change json.RawMessage `json:"change,omitempty"`
	Draft  string          `json:"draft,omitempty"`
	// Cancel gives it up while it is under way; nil where that cannot be. It is never
	// written down.
	Cancel func() `json:"-"`
	// Owner is the console that does it.
	Owner string `json:"owner,omitempty"`
	// By is who that is, where it is another console; "" for this one. Left tells that it
	// has ended in the middle.
	By   string `json:"-"`
	Left bool   `json:"-"`
}

// TaskStep is one request of a task and what came of it.
type TaskStep struct {
	Label  string    `json:"label"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Began  time.Time `json:"began,omitzero"` // when it was about to be sent
	Sent   time.Time `json:"sent,omitzero"`  // when the server had taken it
	Ended  time.Time `json:"ended,omitzero"` // when what it asked for had come about
	State  string    `json:"state,omitempty"`
	Text   string    `json:"text,omitempty"` // what there is to say of its end
}

// At is the step that is due, the number of steps when all have ended.
func (t *Task) At() int {
	for i, s := range t.Steps {
		if s.Ended.IsZero() {
			return i
		}
	}
	return len(t.Steps)
}

// Between tells that requests are to be sent yet after what is awaited: nobody else
// should change the object meanwhile.
func (t *Task) Between() bool { return t.Running() && t.At() < len(t.Steps)-1 }

// Running tells that it is under way.
func (t *Task) Running() bool { return t.Ended.IsZero() }

// Failed tells that it ended before its last step had.
func (t *Task) Failed() bool { return !t.Running() && t.Error != "" }

// Tasks remembers what is done. Its methods may be called at the same time.
type Tasks interface {
	// Save writes a task down; it is called before each request and after it. A
	// task without an ID gets one.
	Save(*Task) error
	// Show takes what has changed of a task without writing it down.
	Show(Task)
	// On gives what is under way on an object, by its kind, UID and name: from here, or
	// from another console as Look has found it.
	On(Ref) (Task, bool)
	// Look finds out what other consoles are at; it is called off the loop.
	Look() error
	// List gives those that are known, the newest first.
	List() []Task
}
