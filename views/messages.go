package views

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views/platform"
)

// OpenMsg puts a view on top of the one that sent it. Make is kept in the
// history, so the place can be made again.
type OpenMsg struct {
	Title string
	Make  func(*Env) View
}

// BackMsg leaves the view that sent it.
type BackMsg struct{}

// GoMsg goes to a tab; what is empty stays as it is.
type GoMsg struct {
	Tab         string  // a kind's plural, or "sql"
	Environment *string // "" is all
	Select      string  // key of the row to put the cursor on
	Filter      string
}

// OpenStatementMsg shows the results of a statement in the SQL tab.
type OpenStatementMsg struct{ Environment, Name string }

// ActMsg asks for an action on one object, wherever its key was pressed: the
// list of its kind looks at it and asks the question that it asks of its rows.
type ActMsg struct {
	Target platform.Ref
	Verb   string // as the action's platform.Verb.Do
	Asked  string // the key that asked, which never confirms
}

// NoticeMsg is shown at the bottom until the next one.
type NoticeMsg struct {
	Text string
	Tone themes.Tone
}

// ErrorMsg says what did not work; the whole of it is a key away.
type ErrorMsg struct {
	Doing string
	Err   error
}

// DoneMsg reports what Mailbox.Do did.
type DoneMsg struct {
	Doing string
	Text  string
	Err   error
}

// CopyMsg puts text on the clipboard; What names it for the person.
type CopyMsg struct{ What, Text string }

// RestyledMsg tells that Env.Theme has changed.
type RestyledMsg struct{}

// Confirmation is a question before something is done. Its targets are frozen:
// they are what will be acted on, whatever the list behind shows meanwhile.
type Confirmation struct {
	Verb    string // Suspend, Start, Delete
	Targets []string
	Where   string // in prod
	Asked   string // the key that asked, which never confirms
	Facts   []Fact // what will happen
	// Choices are ways to do it; none means one way, Run.
	Choices []Choice
	// TypeName asks for this text to be typed; "" takes a yes.
	TypeName string
	Requests []string // what will be sent
	// Load finds out more after the dialog opened; it may replace anything but
	// the targets. It runs off the loop.
	Load func(context.Context, Confirmation) Confirmation
	Run  tea.Cmd
}

// Choice is one way to do what a Confirmation asks.
type Choice struct {
	Label, Note string
	Tone        themes.Tone
	TypeName    string
	Requests    []string
	Run         tea.Cmd
}

// Fact is one line of what will happen.
type Fact struct {
	Label, Text string
	Tone        themes.Tone
}

// ConfirmMsg asks a question over everything else.
type ConfirmMsg struct{ Confirmation }

// Notice is a command that shows text.
func Notice(tone themes.Tone, text string) tea.Cmd {
	return func() tea.Msg { return NoticeMsg{Text: text, Tone: tone} }
}

// Send is a command that only sends msg.
func Send(msg tea.Msg) tea.Cmd {
	return func() tea.Msg { return msg }
}
