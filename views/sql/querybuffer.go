package sql

import (
	"strings"

	"drey/client/statement"
	"drey/views"
	"drey/views/results"
	"drey/views/sql/buffer"
	"drey/views/sql/draftstore"
	"drey/views/sql/editor"
	"drey/views/sql/sqlsettings"
)

// queryBuffer is one of the SQL buffers: a text, the statement that was run from it
// last, and that statement's results.
type queryBuffer struct {
	id, name string
	env      *views.Env
	mail     views.Mailbox
	engine   statement.Engine
	disk     results.Disk
	visible  bool

	editor     editor.Editor
	completion completion
	suggested  suggestions
	script     draftstore.Script // that the text came from; its Name is "" for none
	message    message

	settings sqlsettings.Settings
	// run is what was run last. results are those of shown, which is run once
	// run has rows; former is what was shown before.
	run, shown, former *run
	results            *results.Pane
	// attachedText is that of a statement that was attached to. While nobody changes
	// it, the next statement may take its place.
	attachedText string
}

// message is the line between editor and results.
type message struct {
	text string
	bad  bool
	// cause is what the message is about: it goes when that does (resolve). nil
	// stays until the next message.
	cause any
}

// Causes of messages, beside a *run whose question is asked again.
type cause string

const (
	ofInput cause = "input" // the text, the cursor, or where statements run
	ofPools cause = "pools"
	ofSave  cause = "save"

	ofTyping cause = "typing" // the statement as it was when typing stopped
)

func (d *buffers) newBuffer(id, name, text string) *queryBuffer {
	s := &queryBuffer{
		id: id, name: name, env: d.env, engine: d.engine, disk: d.disk,
		mail: views.Mailbox{Context: d.env.Context}, results: results.New(d.env, d.disk),
	}
	s.settings.Reset()
	s.editor.Text = buffer.New(text)
	return s
}

func (s *queryBuffer) say(text string, bad bool) { s.message = message{text: text, bad: bad} }

// complain says what is wrong until its cause is resolved.
func (s *queryBuffer) complain(cause any, text string) { s.message = message{text, true, cause} }

// resolve takes back what was said because of a cause.
func (s *queryBuffer) resolve(cause any) {
	if s.message.cause == cause {
		s.say("", false)
	}
}

// welcomeLines is more than Welcome has: a longer text is not compared with it.
const welcomeLines = 20

// blank says whether nothing was written that is worth keeping.
func (s *queryBuffer) blank() bool {
	b := s.editor.Text
	return b.Blank() || b.Len() <= welcomeLines && strings.TrimSpace(b.Text()) == strings.TrimSpace(s.welcome())
}

// welcome is the text of an editor that was never used: the engine's own, if it has
// one.
func (s *queryBuffer) welcome() string {
	if w, ok := s.engine.(statement.Welcomer); ok {
		return w.Welcome()
	}
	return Welcome
}

// close gives up the questions; the statement goes on.
func (s *queryBuffer) close() {
	s.mail.Close()
	s.results.Close()
	for _, r := range []*run{s.run, s.shown, s.former} {
		if r != nil && r.pane != nil {
			r.pane.Close()
		}
	}
}

// accepts takes the answers to the questions of the buffer and its results.
func (s *queryBuffer) accepts(a views.Answer) bool {
	if s.mail.Accept(a) || s.results.Accept(a) {
		return true
	}
	for _, r := range []*run{s.run, s.former} {
		if r != nil && r.pane != nil && r.pane.Accept(a) {
			return true
		}
	}
	return false
}

// reveal shows the results of r; those that were shown can be brought back.
func (s *queryBuffer) reveal(r *run) {
	if s.shown == r {
		return
	}
	if s.former != nil && s.former != r && s.former.pane != nil {
		s.former.pane.Close()
	}
	s.former, s.shown = s.shown, r
	s.results = r.pane
}

// begin shows no results any more: another statement is to be looked at.
func (s *queryBuffer) begin() {
	s.close()
	s.mail = views.Mailbox{Context: s.env.Context}
	s.run, s.shown, s.former, s.results = nil, nil, nil, results.New(s.env, s.disk)
}

// showFormer goes back to the results that were shown before, and forth.
func (s *queryBuffer) showFormer() {
	if s.former == nil || s.former.pane == nil {
		s.say("there are no results from before", false)
		return
	}
	s.former, s.shown = s.shown, s.former
	s.results = s.shown.pane
	s.say("these are the results of "+s.shown.ref.Name, false)
}
