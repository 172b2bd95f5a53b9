package sql

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinksql"
	"drey/client/statement"
	"drey/views/sql/buffer"
)

// textLocation is a place in one version of a buffer's text.
type textLocation struct {
	version uint64
	at      buffer.Position
}

// suggestions are what the platform said of a place.
type suggestions struct {
	of   textLocation
	list []statement.Suggestion
}

type suggestedMsg struct {
	buffer *queryBuffer
	suggestions
}

func (s *queryBuffer) location() textLocation {
	return textLocation{s.editor.Text.Version(), s.editor.Text.Cursor()}
}

// suggest asks the platform what may stand at the cursor, where it can say, and
// tells whether its answer is still to come.
func (v *View) suggest() (cmd tea.Cmd, waiting bool) {
	s := v.buffer()
	suggester, able := v.engine.(statement.Suggester)
	if !able || s.suggested.of == s.location() || v.scoped() && v.target.environment == "" {
		return nil, false
	}
	of, in := s.location(), v.request(s, "", "").Target
	text := s.editor.Text.Text()
	offset := len([]rune(s.editor.Text.Between(buffer.Position{}, of.at)))
	return s.mail.Ask("suggest", func(ctx context.Context) tea.Msg {
		list, _ := suggester.Suggest(ctx, in, text, offset) // without it there are the names that are known
		return suggestedMsg{s, suggestions{of, list}}
	}), true
}

// suggestedHere is what the platform said of the place where the cursor is.
func (v *View) suggestedHere() []statement.Suggestion {
	s := v.buffer()
	if s.suggested.of != s.location() {
		return nil
	}
	return s.suggested.list
}

// takeSuggested adds what the platform said to the list, if it is still wanted.
func (v *View) takeSuggested(msg suggestedMsg) tea.Cmd {
	s := msg.buffer
	s.suggested = msg.suggestions
	if s != v.buffer() || !s.completion.open || s.location() != msg.of {
		return nil
	}
	cmd := v.lookUp()
	if !s.completion.open {
		v.sayNothingFits()
	}
	return cmd
}

// validateAfter is how long nothing is typed before the platform is asked whether the
// statement is right.
const validateAfter = 800 * time.Millisecond

type (
	typedMsg     struct{ buffer *queryBuffer }
	validatedMsg struct {
		checkedMsg
		version uint64
	}
)

// validateSoon has the statement checked when typing stops, on platforms that may be
// asked for nothing.
func (v *View) validateSoon() tea.Cmd {
	s := v.buffer()
	if _, able := v.engine.(statement.TypedValidator); !able {
		return nil
	}
	s.resolve(ofTyping)
	return s.mail.After("typing", validateAfter, typedMsg{s})
}

func (v *View) validateTyped(s *queryBuffer) tea.Cmd {
	validator, able := v.engine.(statement.TypedValidator)
	stmt, found := s.editor.Text.StatementAt(s.editor.Text.Cursor())
	if !able || !found || v.scoped() && v.target.environment == "" || flinksql.KindOf(stmt.Text).IsLocal() ||
		v.refuses(stmt.Text) {
		return nil
	}
	request, version := v.request(s, stmt.Text, ""), s.editor.Text.Version()
	return s.mail.Ask("typing", func(ctx context.Context) tea.Msg {
		return validatedMsg{checkedMsg{of: s, stmt: stmt, err: validator.Validate(ctx, request)}, version}
	})
}

// takeValidated marks what is wrong; what is right is not worth a word.
func (v *View) takeValidated(msg validatedMsg) {
	if msg.err == nil || msg.of.editor.Text.Version() != msg.version {
		return
	}
	msg.of.showFailure(&run{buffer: msg.of, at: &msg.stmt.From, sql: msg.stmt.Text}, msg.err.Error())
	msg.of.message.cause = ofTyping
}
