package views

import tea "github.com/charmbracelet/bubbletea"

// Command is something that a view does by name, for the palette.
type Command struct {
	Text, Aside string
	Msg         tea.Msg // given to the view when the command is chosen
}

// Commander tells the commands of a view; the palette lists them while it is in
// front.
type Commander interface{ Commands() []Command }

// Copier tells what can be copied of a view, beside its name and its address. A Msg
// that is a CopyMsg is copied, others are given to the view. ItemPath is the path of
// what is selected, from the server's root, "" where it has none.
type Copier interface {
	Copies() []Command
	ItemPath() string
}

// Lister tells the objects that a view has loaded.
type Lister interface{ Objects() []Ref }

// CommandMsg is a chosen command on its way to the view in front.
type CommandMsg struct{ Msg tea.Msg }

// Manual is a view that lists all its keys for help, by the headings they stand
// under; Hints are then only those that matter here and now.
type Manual interface{ Manual() []Chapter }

// Chapter is a heading and the keys below it.
type Chapter struct {
	Title string
	Hints []Hint
}
