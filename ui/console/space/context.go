package space

import (
	"drey/views"
	"drey/views/platform"
	"drey/views/tasks"
)

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
