package views

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
)

// OpenMsg puts a view on top of the one that sent it. Make is kept in the
// history, so the place can be made again.
type OpenMsg struct {
	Title string
	Make  func(*Env) View
	// Step is given by a list: it opens the same page of the object so many rows
	// further on, nil where there is none. The page takes the place of this one.
	Step func(by int) tea.Cmd
}

// MadeMsg tells that an object was made: the list of its kind shows it.
type MadeMsg struct {
	Target Ref
	Began  time.Time // when making it began
}

// BackMsg leaves the view that sent it.
type BackMsg struct{}

// GoMsg goes to a tab; what is empty stays as it is.
type GoMsg struct {
	Tab         string  // a kind's plural, or "sql"
	Environment *string // "" is all
	Select      string  // key of the row to put the cursor on
	Name        string  // name of the row to put the cursor on, now or when it comes
	Filter      string
	// Link tells that it leads from one object to another: esc comes back.
	Link bool
}

// OpenStatementMsg shows the results of a statement in the SQL tab. Handle is that of
// its statement.Ref, where who sends it knows one.
type OpenStatementMsg struct{ Environment, Name, Handle string }

// OpenTextMsg shows SQL that is kept on the server in a buffer of the SQL tab.
// Where Script is set the platform keeps it under its name, and it may be saved back.
type OpenTextMsg struct {
	Environment, Name, Text string
	Script                  bool
}

// QuitMsg leaves the console; Left says what goes on that was to be stopped.
type QuitMsg struct{ Left []string }

// ActMsg asks for an action on one object, wherever its key was pressed: the
// list of its kind looks at it and asks the question that it asks of its rows.
type ActMsg struct {
	Target Ref
	Also   []Ref  // more objects of the same kind
	Made   string // when it was created, as the server writes it; "" when it is not known
	Verb   string // as the action's Verb.Do
	How    string // the way that is chosen at first, "" for the action's own
	Asked  string // the key that asked, which never confirms
	Undoes []Task // what it takes back
	// Task is what is gone on with, or taken back, by Verb: VerbRetry, VerbBack or
	// VerbRecreate.
	Task *Task
}

// TakeOverMsg asks to go on with a task that another console has left in the middle.
type TakeOverMsg struct{ Task Task }

// What can be done about a task.
const (
	VerbRetry    = "retry"
	VerbBack     = "take back"
	VerbRecreate = "recreate"
)

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

// DoneMsg reports what came of an action. Results tell it of each target, where
// there were several or the list wants to know.
type DoneMsg struct {
	Doing   string
	Text    string
	Err     error
	Results []Result
}

// Result is what came of an action on one target.
type Result struct {
	Target Ref
	Err    error
	Task   string // the ID of what was done, "" where nobody remembers it
	// Made is when making the target began; zero where it was there before.
	Made time.Time
}

// CopyMsg puts text on the clipboard; What names it for the person.
type CopyMsg struct{ What, Text string }

// BrowseMsg shows an address of the web in a browser, or copies it where there is none;
// What names it for the person.
type BrowseMsg struct{ What, URL string }

// RestyledMsg tells that Env.Theme has changed.
type RestyledMsg struct{}

// Confirmation is a question before something is done. Its targets are frozen:
// they are what will be acted on, whatever the list behind shows meanwhile.
type Confirmation struct {
	Title   string // Suspend orders; Suspend 3, start 2
	Context string // of the server, shown where there are several; "" where there is one
	Button  string // Suspend
	Doing   string // suspending orders, once it is confirmed
	Targets []Target
	Away    string // the word for a server that does not tell how they are, "" for one that does
	Asked   string // the key that asked, which never confirms
	Facts   []Fact // what is true of all targets
	// Choices are ways to do it, Which the question they answer; none means the
	// plain one.
	Choices []Choice
	Which   string
	How     string // the choice that is taken at first; "" is the plain one
	// TypeName asks for this text to be typed; "" takes a yes.
	TypeName string
	// Inputs are values that may be given beside a choice; they are in how, encoded
	// as the query of a URL.
	Inputs []Input
	// Typed tells that the first of Inputs is typed at once, and enter confirms it.
	Typed bool
	// Load reads the targets again: after the dialog opened, every now and then,
	// and once more before anything is done. It runs off the loop and may replace
	// anything but the targets' identities.
	Load  func(context.Context) Confirmation
	Every time.Duration // how often; 0 for the first and the last time only
	// Plan is what would be done, as one text: where it differs from what the
	// user saw, a yes is asked for again. "" is nothing at all.
	Plan string
	// Run does it in the way that was chosen, "" for the plain one.
	Run func(how string) tea.Cmd
	// RunEach does it where targets have choices of their own: hows are the ways by
	// the targets' UID.
	RunEach func(hows map[string]string) tea.Cmd
}

// Input is a value that may be given, or left as it is.
type Input struct {
	Name, Label, Value string
	Values             []string // all that it may be; nil: any text
	Known              []string // some that it may be, offered where any text is
	Hint               string   // what an empty one means
}

// Target is one object that a Confirmation is about.
type Target struct {
	Ref
	Will     Fact   // what happens to it; Label is the verb where they differ
	Refused  string // why nothing happens to it
	Requests []string
	// Choices are ways of its own, where there are several targets; TypeName is what
	// is to be typed where there are none.
	Choices  []Choice
	TypeName string
}

// Choice is one way to do what a Confirmation asks.
type Choice struct {
	How, Label, Detail string
	Tone               themes.Tone
	Requests           []string
	// Loses tells that this way loses something for ever: TypeName is then what is
	// to be typed.
	Loses    bool
	TypeName string
	Facts    []Fact // more of it, seen while it is chosen
	// Opens tells that nothing is sent by it yet: a page is opened.
	Opens bool
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
