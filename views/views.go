// Package views says what a screen of the console is: the View interface, the
// small abilities a view may have, the mailbox it asks through, and the
// messages it may send to whoever holds it.
package views

import (
	"context"
	"encoding/json"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
)

// View is one screen or pane. All methods run on the program's one loop; what
// takes time is a command. View draws from what it holds: no I/O, no clock but
// Env.Now, and the same string until something changed.
type View interface {
	Title() string
	Init() tea.Cmd
	Update(tea.Msg) tea.Cmd
	// SetSize gives the room; View fills it with at most height lines of at
	// most width cells.
	SetSize(width, height int)
	View() string
	// Accept tells whether an answer is this view's and still wanted; its Msg is
	// then given to Update.
	Accept(Answer) bool
	// Close cancels the questions in flight.
	Close()
}

// Env is what every view gets of the world.
type Env struct {
	Context context.Context // ends with the program
	Server  Server
	Theme   *themes.Theme // replaced when the user chooses another; read it when drawing
	Keys    *keymap.Map
	Now     func() time.Time
	// ClockOffset is how far the server's clock is ahead of Now; nil: not at all.
	ClockOffset func() time.Duration
	// Tasks remembers what is done from here; nil: nobody does.
	Tasks   Tasks
	Editing Editing
	// Elsewhere are the servers of other contexts that have the same kinds of objects.
	Elsewhere []Elsewhere
}

// Elsewhere is another context: Get reads an object there, as its server has it.
type Elsewhere struct {
	Name string
	Get  func(context.Context, Ref) (json.RawMessage, error)
}

// ServerNow is the time by the server's clock, by which what it tells is so old.
func (e *Env) ServerNow() time.Time {
	if e.ClockOffset == nil {
		return e.Now()
	}
	return e.Now().Add(e.ClockOffset())
}

// Tally counts objects of one scope by what their states mean.
type Tally map[themes.Tone]int

// Typist is a view that may be taking text: then letters are no commands.
type Typist interface{ Typing() bool }

// Hint is a key that does something here and now, for the bottom line and help.
type Hint struct {
	Binding key.Binding
	Label   string // instead of the binding's own words, when not empty
	Refused string // why it would do nothing; shown dimmed
	Always  bool   // it is shown however short the room is
}

// Text is the label, or the binding's own words.
func (h Hint) Text() string {
	if h.Label != "" {
		return h.Label
	}
	return h.Binding.Help().Desc
}

// Hinter tells the keys that matter here, most useful first.
type Hinter interface{ Hints() []Hint }

// Sectioned is a view with so many sections of its own, which the first digits
// choose among; other digits are panes and tabs as everywhere.
type Sectioned interface{ Sections() int }

// Crumber is the last part of the path shown at the bottom, such as the name of
// the selected row.
type Crumber interface{ Crumb() string }

// Scoped is a view that shows one environment at a time, "" for all of them.
type Scoped interface{ SetEnvironment(name string) tea.Cmd }

// ScopeNamed is a page about one object, which is told the scope that the object is in.
type ScopeNamed interface{ SetScope(name string) }

// Focusable is told whether keys go to it, to draw itself so.
type Focusable interface{ SetFocus(focused bool) }

// Watcher is told when it is seen: hidden views ask nothing.
type Watcher interface{ SetVisible(visible bool) tea.Cmd }

// Refresher asks again at once, on R and after something was done.
type Refresher interface{ Refresh() tea.Cmd }

// Escaper gives up one thing of its own (a filter, marks, a sub-pane), which may
// take a command, and says whether there was one; else esc leaves the view.
type Escaper interface {
	Escape() (cmd tea.Cmd, had bool)
}

// Loser is a view in which something may have been typed that is kept nowhere: leaving it
// asks first. nil where nothing is lost; asked is the key.
type Loser interface {
	AskLeave(asked string) tea.Cmd
}

// Preparer is a view that may be preparing what is to be in front: a dialog whose
// targets are read first, a text that is loaded. Keys that are pressed meanwhile are for
// that and wait for it; esc gives it up.
type Preparer interface {
	// Preparing says what is waited for, "" for nothing.
	Preparing() string
	GiveUp() tea.Cmd
}

// Ageing redraws what depends on the clock and tells how long its picture stays
// right, 0 for ever.
type Ageing interface {
	Tick(now time.Time) (next time.Duration)
}

// Clicker takes the mouse; x and y count from its own corner.
type Clicker interface {
	Click(x, y int) tea.Cmd
	Wheel(x, y, delta int) tea.Cmd
}

// ListState is how a list is shown. The zero value is how it is shown at first.
type ListState struct {
	Sort    string `json:"sort,omitempty"` // title of a column
	Reverse bool   `json:"reverse,omitempty"`
	Filter  string `json:"filter,omitempty"`
	Row     string `json:"row,omitempty"` // key of the row under the cursor; "" is the first
}

// Restorer is a list that can be shown as it was before.
type Restorer interface {
	ListState() ListState
	RestoreList(ListState)
}

// Leaver asks before the console is left; nil when there is nothing to ask.
type Leaver interface {
	Leave() *Confirmation
}

// StatementOpener shows the results of a statement that exists already.
type StatementOpener interface {
	OpenStatement(of OpenStatementMsg) tea.Cmd
}

// TextOpener shows SQL as text that can be run.
type TextOpener interface {
	OpenText(OpenTextMsg) tea.Cmd
}

// Actor is the list of a kind: it asks about an action on an object that
// another view names.
type Actor interface{ Act(ActMsg) tea.Cmd }

// Reporter hears what came of actions, whoever asked for them.
type Reporter interface{ Report(DoneMsg) }

// MadeTaker shows an object that was made from here.
type MadeTaker interface{ Made(MadeMsg) tea.Cmd }

// Freshness says how old what is shown is.
type Freshness struct {
	At    time.Time     // of the last good answer, of the oldest row shown; zero before the first
	Every time.Duration // how often it is asked
	Polls int           // how many times until every row shown was asked for again; 0 is one
	Err   error         // of the last question, nil when it was answered
	Next  time.Time     // when it is asked again by itself; zero when it is not known
}

// Round is how long it takes until all that is shown was asked for again.
func (f Freshness) Round() time.Duration { return f.Every * time.Duration(max(f.Polls, 1)) }

// Stale is the age from which on what is shown is older than it should be.
func (f Freshness) Stale() time.Duration {
	return 3*f.Round() + 3*time.Second
}

// Absent is a view of something that this server may not have: then it is not
// asked for until the server was away, or the user wants it.
type Absent interface{ Absent() bool }

// ReconnectedMsg tells that the server answers again after it did not.
type ReconnectedMsg struct{}

// Failing is a view that shows what went wrong in it, maybe cut; LastError is
// the whole of it, "" when nothing did.
type Failing interface{ LastError() string }

// Fresher is a view that polls.
type Fresher interface{ Freshness() Freshness }
