// Package console is the program on the screen: the root model that routes
// messages to views, and the terminal around it.
package console

import (
	"os"
	"time"

	"drey/keymap"
	"drey/themes"
	"drey/ui/console/address"
	"drey/ui/console/space"
	"drey/ui/console/tty"
)

// Options are what the composition root decides.
type Options struct {
	space.Context // the one that is shown first
	// Others are the contexts that can be switched to.
	Others []space.Context

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
	// Browse shows an address of the web in a browser; nil: there is none.
	Browse func(url string) error
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
