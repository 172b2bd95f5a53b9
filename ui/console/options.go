// Package console is the program on the screen: the root model that routes
// messages to views, and the terminal around it.
package console

import (
	"os"
	"time"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/platform"
)

// Options are what the composition root decides.
type Options struct {
	Session *platform.Session
	Theme   *themes.Theme
	// ThemeOn makes the theme for the ground that the terminal says it has, or
	// for a terminal that does not tell; nil keeps Theme and asks nothing.
	ThemeOn func(themes.Ground) *themes.Theme
	Keys    *keymap.Map         // nil for the defaults
	Now     func() time.Time    // nil for time.Now
	Getenv  func(string) string // nil for os.Getenv
	// Name is what the server is called in the header.
	Name string
	// Server gives the reason for which a server in this process ended; nil for
	// the server of another process.
	Server <-chan error
	// Environment is shown first; "" is all of them.
	Environment string
	// SQL makes the SQL tab; nil leaves it out. Beside views.View it may have
	// Scoped (environment changes), StatementOpener (results of a statement that
	// exists), Typist and the other abilities.
	SQL func(*views.Env) views.View

	// Lists keeps how lists were sorted, filtered and where their cursors were;
	// nil forgets it with the program.
	Lists Texts

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
	if o.Name == "" {
		o.Name = o.Session.Address
	}
	return o
}
