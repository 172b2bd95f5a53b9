package sql

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinksql"
	"drey/client/statement"
	"drey/views/sql/buffer"
	"drey/views/sql/queries"
)

type suggestedMsg struct {
	buffer *queries.Buffer
	queries.Suggestions
}

// suggest asks the platform what may stand at the cursor, where it can say, and
// tells whether its answer is still to come.
func (v *View) suggest() (cmd tea.Cmd, waiting bool) {
	s := v.buffer()
	suggester, able := v.engine.(statement.Suggester)
	if !able || s.Suggested.Of == s.Location() || v.scoped() && v.target.environment == "" {
		return nil, false
	}
	of, in := s.Location(), v.request(s, "", "").Target
	text := s.Editor.Text.Text()
	offset := len([]rune(s.Editor.Text.Between(buffer.Position{}, of.At)))
	return s.Mail.Ask("suggest", func(ctx context.Context) tea.Msg {
		list, _ := suggester.Suggest(ctx, in, text, offset) // without it there are the names that are known
		return suggestedMsg{s, queries.Suggestions{Of: of, List: list}}
	}), true
}

// suggestedHere is what the platform said of the place where the cursor is.
func (v *View) suggestedHere() []statement.Suggestion {
	s := v.buffer()
	if s.Suggested.Of != s.Location() {
		return nil
	}
	return s.Suggested.List
}

// takeSuggested adds what the platform said to the list, if it is still wanted.
func (v *View) takeSuggested(msg suggestedMsg) tea.Cmd {
	s := msg.buffer
	s.Suggested = msg.Suggestions
	if s != v.buffer() || !s.Completion.Open || s.Location() != msg.Of {
		return nil
	}
	cmd := v.lookUp()
	if !s.Completion.Open {
		v.sayNothingFits()
	}
	return cmd
}

// validateAfter is how long nothing is typed before the platform is asked whether the
// statement is right.
const validateAfter = 800 * time.Millisecond

type (
	typedMsg     struct{ buffer *queries.Buffer }
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
	s.Resolve(queries.OfTyping)
	return s.Mail.After("typing", validateAfter, typedMsg{s})
}

func (v *View) validateTyped(s *queries.Buffer) tea.Cmd {
	validator, able := v.engine.(statement.TypedValidator)
	stmt, found := s.Editor.Text.StatementAt(s.Editor.Text.Cursor())
	if !able || !found || v.scoped() && v.target.environment == "" || flinksql.KindOf(stmt.Text).IsLocal() ||
		v.refuses(stmt.Text) {
		return nil
	}
	request, version := v.request(s, stmt.Text, ""), s.Editor.Text.Version()
	return s.Mail.Ask("typing", func(ctx context.Context) tea.Msg {
		return validatedMsg{checkedMsg{of: s, stmt: stmt, err: validator.Validate(ctx, request)}, version}
	})
}

// takeValidated marks what is wrong; what is right is not worth a word.
func (v *View) takeValidated(msg validatedMsg) {
	if msg.err == nil || msg.of.Editor.Text.Version() != msg.version {
		return
	}
	msg.of.ShowFailure(&queries.Run{Buffer: msg.of, At: &msg.stmt.From, SQL: msg.stmt.Text}, msg.err.Error())
	msg.of.Message.Cause = queries.OfTyping
}
