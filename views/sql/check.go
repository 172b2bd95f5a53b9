package sql

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinksql"
	"drey/client/statement"
	"drey/views/sql/buffer"
	"drey/views/sql/queries"
)

// checkedMsg is what a platform says of a statement that was not run.
type checkedMsg struct {
	of   *queries.Buffer
	stmt buffer.Statement
	err  error
}

// checkUnderCursor asks the platform whether the statement that the cursor is in
// could be run.
func (v *View) checkUnderCursor() tea.Cmd {
	s := v.buffer()
	validator, able := v.engine.(statement.Validator)
	stmt, found := s.Editor.Text.StatementAt(s.Editor.Text.Cursor())
	s.Editor.Problem = nil
	switch {
	case !able:
		s.Complain(queries.OfInput, "this platform checks no statement without running it")
		return nil
	case !found:
		s.Complain(queries.OfInput, "there is no statement under the cursor")
		return nil
	case flinksql.KindOf(stmt.Text).IsLocal():
		s.Complain(queries.OfInput, "SET and RESET are drey's own: there is nothing that the server could check")
		return nil
	case v.scoped() && v.target.environment == "":
		return v.askEnvironment(false)
	case v.refuses(stmt.Text):
		s.Complain(queries.OfInput, v.refusal())
		return nil
	}
	request := v.request(s, stmt.Text, newName(v.env.Now()))
	s.Say("checking the statement", false)
	return s.Mail.Ask("check", func(ctx context.Context) tea.Msg {
		return checkedMsg{of: s, stmt: stmt, err: validator.Validate(ctx, request)}
	})
}

// takeChecked says what is wrong and marks it in the text.
func (v *View) takeChecked(msg checkedMsg) {
	if msg.err == nil {
		msg.of.Say("✓ nothing wrong was found; it was not run", false)
		return
	}
	msg.of.ShowFailure(&queries.Run{Buffer: msg.of, At: &msg.stmt.From, SQL: msg.stmt.Text}, msg.err.Error())
}
