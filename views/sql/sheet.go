package sql

import (
	"strings"

	"drey/views"
	"drey/views/results"
)

// sheet is one of the SQL buffers: a text, the statement that was run from it
// last, and that statement's results.
type sheet struct {
	id, name string
	env      *views.Env
	mail     views.Mailbox
	visible  bool

	editor     editor
	completion completion
	message    message

	run     *run
	results *results.Pane
	// shown is the text of a statement that was attached to. While nobody changes
	// it, the next statement may take its place.
	shown string
}

// message is the line between editor and results.
type message struct {
	text string
	bad  bool
}

func newSheet(env *views.Env, disk results.Disk, id, name, text string) *sheet {
	s := &sheet{id: id, name: name, env: env, mail: views.Mailbox{Context: env.Context}, results: results.New(env, disk)}
	s.editor.buffer = newBuffer(text)
	return s
}

func (s *sheet) say(text string, bad bool) { s.message = message{text, bad} }

// trouble says what went wrong with a question that is asked again.
func (s *sheet) trouble(r *run, text string) {
	r.trouble = text
	s.say(text, true)
}

// over takes back what trouble said, once an answer has come.
func (s *sheet) over(r *run) {
	if r.trouble != "" && s.message.text == r.trouble {
		s.say("", false)
	}
	r.trouble = ""
}

// blank says whether nothing was written that is worth keeping.
func (s *sheet) blank() bool {
	text := strings.TrimSpace(s.editor.buffer.text())
	return text == "" || text == strings.TrimSpace(Welcome)
}

// close gives up the questions; the statement goes on.
func (s *sheet) close() {
	s.mail.Close()
	s.results.Close()
}
