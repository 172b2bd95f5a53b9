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
