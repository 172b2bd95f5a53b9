// Package queries is what the SQL tab holds: buffers, the statement that was run from
// each, and its rows as they are fetched.
package queries

import (
	"context"
	"strings"
	"time"

	"drey/client/statement"
	"drey/views"
	"drey/views/results"
	"drey/views/sql/buffer"
	"drey/views/sql/draftstore"
	"drey/views/sql/editor"
	"drey/views/sql/sqlsettings"

	tea "github.com/charmbracelet/bubbletea"
)

// Attach follows a statement that the server has.
func (s *Buffer) Attach(ref statement.Ref) {
	s.Follow(&Run{Ref: ref, Sent: true, Began: s.Env.Now()})
}

// Observe asks how the statement is.
func (s *Buffer) Observe() tea.Cmd {
	r, engine := s.Run, s.Engine
	if r == nil || !r.Sent {
		return nil
	}
	ref := r.Ref
	return s.Mail.Ask("statement", func(ctx context.Context) tea.Msg {
		status, err := engine.Observe(ctx, ref)
		return ObservedMsg{Run: r, Status: status, Err: err}
	})
}

// LookAgain observes after a while, seldom while the buffer is not seen.
func (s *Buffer) LookAgain(wait time.Duration) tea.Cmd {
	if !s.Visible {
		wait = max(wait, WatchEvery)
	}
	return s.Mail.After("statement", wait, ObserveMsg{s.Run})
}

// Buffer is one of the SQL buffers: a text, the statement that was run from it
// last, and that statement's results.
type Buffer struct {
	ID, Name string
	Env      *views.Env
	Mail     views.Mailbox
	Engine   statement.Engine
	disk     results.Disk
	Visible  bool

	Editor     editor.Editor
	Completion Completion
	Suggested  Suggestions
	Script     draftstore.Script // that the text came from; its Name is "" for none
	Message    message

	Settings sqlsettings.Settings
	// Run is what was run last. results are those of shown, which is run once
	// run has rows; former is what was shown before.
	Run, Shown, former *Run
	Results            *results.Pane
	// AttachedText is that of a statement that was attached to. While nobody changes
	// it, the next statement may take its place.
	AttachedText string
}

// message is the line between editor and results.
type message struct {
	Text string
	Bad  bool
	// Cause is what the message is about: it goes when that does (resolve). nil
	// stays until the next message.
	Cause any
}

// Causes of messages, beside a *run whose question is asked again.
type cause string

const (
	OfInput cause = "input" // the text, the cursor, or where statements run
	OfPools cause = "pools"
	OfSave  cause = "save"

	OfTyping cause = "typing" // the statement as it was when typing stopped
)

// NewBuffer makes a buffer of a text; it is not among the open ones yet.
func (d *Buffers) NewBuffer(id, name, text string) *Buffer {
	s := &Buffer{
		ID: id, Name: name, Env: d.Env, Engine: d.engine, disk: d.disk,
		Mail: views.Mailbox{Context: d.Env.Context}, Results: results.New(d.Env, d.disk),
	}
	s.Settings.Reset()
	s.Editor.Text = buffer.New(text)
	return s
}

// Say shows a message until the next one.
func (s *Buffer) Say(text string, bad bool) { s.Message = message{Text: text, Bad: bad} }

// Complain says what is wrong until its cause is resolved.
func (s *Buffer) Complain(cause any, text string) { s.Message = message{text, true, cause} }

// Resolve takes back what was said because of a cause.
func (s *Buffer) Resolve(cause any) {
	if s.Message.Cause == cause {
		s.Say("", false)
	}
}

// welcomeLines is more than Welcome has: a longer text is not compared with it.
const welcomeLines = 20

// Blank says whether nothing was written that is worth keeping.
func (s *Buffer) Blank() bool {
	b := s.Editor.Text
	return b.Blank() || b.Len() <= welcomeLines && strings.TrimSpace(b.Text()) == strings.TrimSpace(s.Welcome())
}

// Welcome is the text of an editor that was never used: the engine's own, if it has
// one.
func (s *Buffer) Welcome() string {
	if w, ok := s.Engine.(statement.Welcomer); ok {
		return w.Welcome()
	}
	return Welcome
}

// Close gives up the questions; the statement goes on.
func (s *Buffer) Close() {
	s.Mail.Close()
	s.Results.Close()
	for _, r := range []*Run{s.Run, s.Shown, s.former} {
		if r != nil && r.Pane != nil {
			r.Pane.Close()
		}
	}
}

// Accepts takes the answers to the questions of the buffer and its results.
func (s *Buffer) Accepts(a views.Answer) bool {
	if s.Mail.Accept(a) || s.Results.Accept(a) {
		return true
	}
	for _, r := range []*Run{s.Run, s.former} {
		if r != nil && r.Pane != nil && r.Pane.Accept(a) {
			return true
		}
	}
	return false
}

// reveal shows the results of r; those that were shown can be brought back.
func (s *Buffer) reveal(r *Run) {
	if s.Shown == r {
		return
	}
	if s.former != nil && s.former != r && s.former.Pane != nil {
		s.former.Pane.Close()
	}
	s.former, s.Shown = s.Shown, r
	s.Results = r.Pane
}

// Begin shows no results any more: another statement is to be looked at.
func (s *Buffer) Begin() {
	s.Close()
	s.Mail = views.Mailbox{Context: s.Env.Context}
	s.Run, s.Shown, s.former, s.Results = nil, nil, nil, results.New(s.Env, s.disk)
}

// ShowFormer goes back to the results that were shown before, and forth.
func (s *Buffer) ShowFormer() {
	if s.former == nil || s.former.Pane == nil {
		s.Say("there are no results from before", false)
		return
	}
	s.former, s.Shown = s.Shown, s.former
	s.Results = s.Shown.Pane
	s.Say("these are the results of "+s.Shown.Ref.Name, false)
}

// Follow looks at r from now on; what is shown stays until r has rows.
func (s *Buffer) Follow(r *Run) {
	s.Mail.Cancel("statement")
	s.Mail.Cancel("page")
	if old := s.Run; old != nil && old != s.Shown && old.Pane != nil {
		old.Pane.Close() // it had no rows
	}
	r.Buffer = s
	s.Run = r
}

// Welcome is the text of an editor that was never used.
const Welcome = `-- F5 or alt-enter runs the statement under the cursor, esc leaves the editor.
SELECT customer_id, COUNT(*) AS orders, SUM(price) AS spent
FROM examples.marketplace.orders
GROUP BY customer_id;

SHOW TABLES IN examples.marketplace;
`

// Location is where the cursor is, in the text as it is now.
func (s *Buffer) Location() TextLocation {
	return TextLocation{s.Editor.Text.Version(), s.Editor.Text.Cursor()}
}

// Session is what the statements of a buffer share, "" on a platform without sessions.
func (s *Buffer) Session() string {
	if _, ok := s.Engine.(statement.Sessioner); ok {
		return s.ID
	}
	return ""
}
