// Package console is the program on the screen: the root model that routes
// messages to views, and the terminal around it.
package console

import (
	"os"
	"time"

	"drey/keymap"
	"drey/themes"
	"drey/ui/console/address"
	"drey/ui/console/tty"
	"drey/views"
	"drey/views/platform"
	"drey/views/tasks"
)

// Options are what the composition root decides.
type Options struct {
	Context // the one that is shown first
	// Others are the contexts that can be switched to.
	Others []Context

	// Start is where to begin; its zero value is where the context was left.
	Start address.Address

	Theme *themes.Theme
	// ThemeOn makes the theme for the ground that the terminal says it has, or
	// for a terminal that does not tell; nil keeps Theme and asks nothing.
	ThemeOn func(themes.Ground) *themes.Theme
	Keys    *keymap.Map         // nil for the defaults
	Now     func() time.Time    // nil for time.Now
	Getenv  func(string) string // nil for os.Getenv
	// Lists keeps how lists were sorted, filtered and where their cursors were;
	// nil forgets it with the program.
	Lists Texts

	// Editor is the command of the person's own editor; "" for the built-in one.
	Editor string
	// ReadFile reads a file whose path was typed; nil: none can be read.
	ReadFile func(path string) (string, error)

	// Progress shows long actions in the terminal's own way, too (OSC 9;4); Notify is
	// how their end is told while the terminal is not in front: "" is NotifyOff.
	Progress bool
	Notify   string

	In, Out *os.File
	// StateDir takes what is copied where no clipboard is; "" for none.
	StateDir string
	// StandardRenderer uses Bubble Tea's own screen.
	StandardRenderer bool
}

func (o Options) withDefaults() Options {
	if o.Theme == nil {
		o.Theme, _ = themes.New(themes.Options{})
	}
	if o.Keys == nil {
		o.Keys = keymap.Default()
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Notify == "" {
		o.Notify = tty.NotifyOff
	}
	if o.Name == "" && o.Session != nil {
		o.Name = o.Session.Address
	}
	return o
}

// Context is a server that the console can show.
type Context struct {
	Name string // as the person calls it; shown in the header
	// Session is the server, where it is open already; Open opens it when the
	// context is first looked at. An error of it costs this context only.
	Session *platform.Session
	Open    func() (*platform.Session, error)
	// Server gives the reason for which a server in this process ended; nil for
	// the server of another process.
	Server <-chan error
	// Environment is shown first; "" is all of them.
	Environment string
	// SQL makes the SQL tab; nil leaves it out, as does a session without SQL.
	// Beside views.View it may have Scoped (environment changes), StatementOpener
	// (results of a statement that exists), Typist and the other abilities.
	SQL func(*views.Env, *platform.Session) views.View

	// Drafts keeps the texts of objects that are edited; nil keeps none.
	Drafts func() views.Drafts

	// What is known of it without asking.
	Platform string // its product, for people
	Address  string
	Who      string // how one signs in there, without any secret
	Label    string // such as PRODUCTION
	ReadOnly views.ReadOnly
	Colour   string // one of themes.Colours; "" for none
	// ConfirmTyped asks for the context's name where others ask for a yes.
	ConfirmTyped bool
	// Journal keeps what is done in the context, so that the next console goes on with
	// what this one leaves in the middle; nil forgets it with the program.
	Journal tasks.Storage
	// Key is what the places of the context are kept under; "" is its address.
	Key string
}
