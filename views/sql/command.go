package sql

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/views"
	"drey/views/clean"
	"drey/views/sql/queries"
)

// CommandMsg is one of the view's commands, on its way back to it.
type CommandMsg struct{ run func(*View) tea.Cmd }

// Commands are what the palette offers beside its own.
func (v *View) Commands() []views.Command {
	k := v.env.Keys.SQL
	var list []views.Command
	add := func(text, aside string, run func(*View) tea.Cmd) {
		list = append(list, views.Command{Text: text, Aside: aside, Msg: CommandMsg{run}})
	}
	add("buffer new", k.New.Help().Key, (*View).newBuffer)
	add("buffer close", k.Close.Help().Key, (*View).closeBuffer)
	add("buffer reopen", k.Reopen.Help().Key, (*View).reopenBuffer)
	add("buffer rename", k.Rename.Help().Key, (*View).askName)
	for i, s := range v.buffers.Open {
		aside := "buffer"
		if i == v.buffers.At {
			aside = "this buffer"
		}
		add("buffer "+clean.Text(s.Name), aside, func(v *View) tea.Cmd { return v.showBuffer(s) })
	}
	if _, able := v.engine.(statement.Scripter); able {
		add("buffer save", v.buffer().Script.Name, (*View).saveScript)
	}
	add("history", k.History.Help().Key, (*View).openHistory)
	return list
}

func (v *View) command(msg CommandMsg) tea.Cmd {
	if !v.buffers.Loaded {
		return v.later(msg.run)
	}
	return msg.run(v)
}

// showBuffer brings a buffer to the front, if it is still there.
func (v *View) showBuffer(s *queries.Buffer) tea.Cmd {
	for i, other := range v.buffers.Open {
		if other == s {
			return v.show(i)
		}
	}
	return nil
}
