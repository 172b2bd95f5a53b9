package space

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/ui/console/address"
	"drey/views"
	"drey/views/clean"
	"drey/views/scopes"
)

// setEnvironment tells every tab; only the one that is seen asks.
func (s *Space) setEnvironment(name string) tea.Cmd {
	s.Nav.Environment = name
	s.ScopesPane.Choose(name)
	var cmds []tea.Cmd
	for _, t := range s.Tabs {
		if s, ok := t.View.(views.Scoped); ok {
			cmds = append(cmds, s.SetEnvironment(name))
		}
	}
	return tea.Batch(cmds...)
}

// filterer and selector are what a GoMsg may ask of the tab it goes to.
type (
	filterer interface{ SetFilter(string) }
	selector interface{ Select(string) }
)

// previewer shows the details of the row that the cursor was put on.
type previewer interface{ UpdatePreview() tea.Cmd }

// RowSelector puts the cursor on the row of a name, now or when it comes.
type RowSelector interface{ SelectName(string) }

// RowSeeker is a RowSelector that says so where no row has the name.
type RowSeeker interface{ SeekName(string) tea.Cmd }

// GoTo goes to a tab, an environment and a row; nothing is moved that msg does not name.
func (s *Space) GoTo(msg views.GoMsg) tea.Cmd {
	if msg.Link && s.TabNamed(msg.Tab) < 0 {
		return views.Notice(themes.Warn, "this server has no list of "+msg.Tab)
	}
	var cmds []tea.Cmd
	before, left := s.Nav.visits, s.listState()
	moved := false
	if msg.Environment != nil && *msg.Environment != s.Nav.Environment {
		cmds = append(cmds, s.setEnvironment(*msg.Environment))
		moved = true
	}
	if i := s.TabNamed(msg.Tab); i >= 0 && (i != s.Nav.Tab || len(s.Nav.Pages) > 0) {
		cmds = append(cmds, s.switchTo(i))
		moved = false
	}
	if moved {
		s.Nav.remember()
	}
	if f, ok := s.Front().(filterer); ok && (msg.Filter != "" || msg.Name != "") {
		f.SetFilter(msg.Filter) // a filter could hide the row
	}
	if s, ok := s.Front().(selector); ok && msg.Select != "" {
		s.Select(msg.Select)
	}
	if s, ok := s.Front().(RowSelector); ok && msg.Name != "" {
		s.SelectName(msg.Name)
	}
	if p, ok := s.Front().(previewer); ok {
		cmds = append(cmds, p.UpdatePreview())
	}
	if msg.Link && s.Nav.visits > before {
		s.Nav.History[s.Nav.at].linked = true
		s.Nav.History[s.Nav.at-1].left = left
	}
	return tea.Batch(cmds...)
}

// listState is how the list in front is shown, nil for a page or what is no list.
func (s *Space) listState() *views.ListState {
	list, ok := s.Front().(views.Restorer)
	if !ok || len(s.Nav.Pages) > 0 {
		return nil
	}
	state := list.ListState()
	return &state
}

// GoToProblems shows what the header counts: the list with problems in it, of
// all environments, worst first. Again, it is the next such list.
func (s *Space) GoToProblems() tea.Cmd {
	kinds := slices.DeleteFunc(s.ScopesPane.Problems(), func(kind string) bool { return s.TabNamed(kind) < 0 })
	if len(kinds) == 0 {
		return views.Notice(themes.Good, "nothing is failing or at risk")
	}
	kind := kinds[0]
	if s.IsList() && s.Nav.Environment == "" && s.TabNamed(s.problems) == s.Nav.Tab {
		kind = kinds[(slices.Index(kinds, s.problems)+1)%len(kinds)]
	}
	s.problems = kind
	i := s.TabNamed(kind)
	all := ""
	cmd := s.GoTo(views.GoMsg{Tab: kind, Environment: &all})
	if v, ok := s.view(i).(interface{ WorstFirst() }); ok {
		v.WorstFirst()
	}
	if p, ok := s.view(i).(previewer); ok {
		cmd = tea.Batch(cmd, p.UpdatePreview())
	}
	return cmd
}

// HandleMissing shows everything where an address names an environment that is not
// there, and says so.
func (s *Space) HandleMissing(msg scopes.MissingMsg) tea.Cmd {
	all := ""
	text := fmt.Sprintf(
		"there is no %s %s in %s: all are shown, choose one with 1", msg.Singular, clean.Text(msg.Name), s.Name,
	)
	return tea.Batch(s.GoTo(views.GoMsg{Environment: &all}), views.Notice(themes.Warn, text))
}

// OpenStatement shows the results of a statement in the SQL tab.
func (s *Space) OpenStatement(msg views.OpenStatementMsg) tea.Cmd {
	return inSQL(s, "results", func(tab views.StatementOpener) tea.Cmd { return tab.OpenStatement(msg) })
}

// OpenText shows a text in the SQL tab.
func (s *Space) OpenText(msg views.OpenTextMsg) tea.Cmd {
	return inSQL(s, "it", func(tab views.TextOpener) tea.Cmd { return tab.OpenText(msg) })
}

// inSQL switches to the SQL tab and shows what there.
func inSQL[T any](s *Space, what string, show func(tab T) tea.Cmd) tea.Cmd {
	i := s.TabNamed(SQLTab)
	if i < 0 {
		return views.Notice(themes.Warn, "there is no SQL tab to show "+what+" in")
	}
	cmd := s.switchTo(i)
	if tab, ok := s.view(i).(T); ok {
		cmd = tea.Batch(cmd, show(tab))
	}
	return cmd
}

// Act gives an action on one object to the list of its kind, which asks.
func (s *Space) Act(msg views.ActMsg) tea.Cmd {
	i := s.TabNamed(msg.Target.Kind)
	if i < 0 {
		return views.Notice(themes.Warn, "cannot "+msg.Verb+" "+msg.Target.Name+": there is no list of "+msg.Target.Kind)
	}
	if a, ok := s.view(i).(views.Actor); ok {
		return a.Act(msg)
	}
	return nil
}

// CurrentAddress is where one is.
func (s *Space) CurrentAddress() address.Address {
	a := address.Address{Context: s.Name, Tab: s.Tabs[s.Nav.Tab].Name}
	if scopes := s.Session.Scopes; scopes != nil && s.Nav.Environment != "" {
		a.Scopes, a.Scope = scopes.Plural, s.Nav.Environment
	}
	v := s.view(s.Nav.Tab)
	if l, ok := v.(views.Restorer); ok {
		a.Filter = l.ListState().Filter
	}
	if c, ok := v.(views.Crumber); ok {
		a.Row = c.Crumb()
	}
	// A name alone may be that of several rows.
	if l, ok := v.(interface{ RowScope() string }); ok && a.Row != "" && a.Scope == "" && s.Session.Scopes != nil &&
		l.RowScope() != "" {
		a.Scopes, a.Scope = s.Session.Scopes.Plural, l.RowScope()
	}
	return a
}

// IsList tells that the list of a tab is in front.
func (s *Space) IsList() bool {
	_, ok := s.Front().(views.Restorer)
	return ok && len(s.Nav.Pages) == 0
}
