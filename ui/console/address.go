package console

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/ui/console/address"
	"drey/ui/console/chooser"
	"drey/ui/console/space"
	"drey/views"
	"drey/views/clean"
)

// openMsg asks for the place of an address.
type openMsg struct{ address address.Address }

// openAddress goes to the place of an address.
func (r *Root) openAddress(a address.Address) tea.Cmd {
	var cmds []tea.Cmd
	if a.Context != r.Space.Name {
		if r.contextNamed(a.Context) < 0 {
			return views.Notice(warnTone, "there is no context "+a.Context+" here")
		}
		cmds = append(cmds, r.switchContext(a.Context))
	}
	if a.Tab != "" && r.TabNamed(a.Tab) < 0 {
		return tea.Batch(append(cmds, views.Notice(warnTone, "this server has no "+a.Tab))...)
	}
	scope := a.Scope
	cmds = append(cmds, r.GoTo(views.GoMsg{Tab: a.Tab, Environment: &scope, Filter: a.Filter}))
	if s, ok := r.Front().(space.RowSeeker); ok && a.Row != "" {
		cmds = append(cmds, s.SeekName(a.Row))
	}
	if a.Scope != "" && r.HasScopes() {
		cmds = append(cmds, r.ScopesPane.Expect(a.Scope))
	}
	return tea.Batch(append(cmds, r.observeList())...)
}

// newCopyMenu lists what can be copied of where one is.
func newCopyMenu(r *Root) *chooser.Chooser {
	c := r.newChooser("Copy", "›")
	a := r.CurrentAddress()
	if a.Row != "" {
		c.Add(chooser.Entry{Text: "name", Aside: clean.Text(a.Row), Run: views.CopyMsg{What: a.Row, Text: a.Row}})
	}
	text := a.String()
	c.Add(
		chooser.Entry{Text: "address", Aside: clean.Text(text), Run: views.CopyMsg{What: "the address", Text: text}}, "drey",
		"link",
	)
	copier, ok := r.Front().(views.Copier)
	if !ok {
		c.Search()
		return c
	}
	if path := copier.ItemPath(); path != "" && r.Session.Transport != nil {
		line := r.Session.Transport.Curl(path)
		c.Add(chooser.Entry{Text: "curl", Aside: clean.Text(line), Run: views.CopyMsg{What: "the curl line", Text: line}})
	}
	for _, own := range copier.Copies() {
		run := own.Msg
		if _, text := run.(views.CopyMsg); !text {
			run = views.CommandMsg{Msg: own.Msg}
		}
		c.Add(chooser.Entry{Text: own.Text, Aside: clean.Text(own.Aside), Run: run}, "copy")
	}
	c.Search()
	return c
}
