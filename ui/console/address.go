package console

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"drey/ui/console/address"
	"drey/views"
	"drey/views/clean"
	"drey/views/scopes"
)

// address is where one is.
func (r *Root) address() address.Address {
	a := address.Address{Context: r.space.Name, Tab: r.tabs[r.nav.tab].Name}
	if scopes := r.Session.Scopes; scopes != nil && r.nav.environment != "" {
		a.Scopes, a.Scope = scopes.Plural, r.nav.environment
	}
	v := r.view(r.nav.tab)
	if l, ok := v.(views.Restorer); ok {
		a.Filter = l.ListState().Filter
	}
	if c, ok := v.(views.Crumber); ok {
		a.Row = c.Crumb()
	}
	// A name alone may be that of several rows.
	if l, ok := v.(interface{ RowScope() string }); ok && a.Row != "" && a.Scope == "" && r.Session.Scopes != nil &&
		l.RowScope() != "" {
		a.Scopes, a.Scope = r.Session.Scopes.Plural, l.RowScope()
	}
	return a
}

// openMsg asks for the place of an address.
type openMsg struct{ address address.Address }

// rowSelector puts the cursor on the row of a name, now or when it comes.
type rowSelector interface{ SelectName(string) }

// openAddress goes to the place of an address.
func (r *Root) openAddress(a address.Address) tea.Cmd {
	var cmds []tea.Cmd
	if a.Context != r.space.Name {
		if r.contextNamed(a.Context) < 0 {
			return views.Notice(warnTone, "there is no context "+a.Context+" here")
		}
		cmds = append(cmds, r.switchContext(a.Context))
	}
	if a.Tab != "" && r.tabNamed(a.Tab) < 0 {
		return tea.Batch(append(cmds, views.Notice(warnTone, "this server has no "+a.Tab))...)
	}
	scope := a.Scope
	cmds = append(cmds, r.goTo(views.GoMsg{Tab: a.Tab, Environment: &scope, Filter: a.Filter}))
	if s, ok := r.front().(rowSelector); ok && a.Row != "" {
		s.SelectName(a.Row)
	}
	if a.Scope != "" && r.hasScopes() {
		cmds = append(cmds, r.fleet.Expect(a.Scope))
	}
	return tea.Batch(append(cmds, r.observeList())...)
}

// handleMissing shows everything where an address names an environment that is not
// there, and says so.
func (r *Root) handleMissing(msg scopes.MissingMsg) tea.Cmd {
	all := ""
	text := fmt.Sprintf(
		"there is no %s %s in %s: all are shown, choose one with 1", msg.Singular, clean.Text(msg.Name), r.space.Name,
	)
	return tea.Batch(r.goTo(views.GoMsg{Environment: &all}), views.Notice(warnTone, text))
}

// isList tells that the list of a tab is in front.
func (r *Root) isList() bool {
	_, ok := r.front().(views.Restorer)
	return ok && len(r.nav.pages) == 0
}

// newCopyMenu lists what can be copied of where one is.
func newCopyMenu(r *Root) *chooser {
	c := &chooser{root: r, title: "Copy", prompt: "›"}
	a := r.address()
	if a.Row != "" {
		c.add(entry{text: "name", aside: clean.Text(a.Row), run: views.CopyMsg{What: a.Row, Text: a.Row}})
	}
	text := a.String()
	c.add(
		entry{text: "address", aside: clean.Text(text), run: views.CopyMsg{What: "the address", Text: text}}, "drey",
		"link",
	)
	copier, ok := r.front().(views.Copier)
	if !ok {
		c.search()
		return c
	}
	if path := copier.ItemPath(); path != "" && r.Session.Transport != nil {
		line := r.Session.Transport.Curl(path)
		c.add(entry{text: "curl", aside: clean.Text(line), run: views.CopyMsg{What: "the curl line", Text: line}})
	}
	for _, own := range copier.Copies() {
		run := own.Msg
		if _, text := run.(views.CopyMsg); !text {
			run = views.CommandMsg{Msg: own.Msg}
		}
		c.add(entry{text: own.Text, aside: clean.Text(own.Aside), run: run}, "copy")
	}
	c.search()
	return c
}
