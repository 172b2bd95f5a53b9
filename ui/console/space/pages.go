package space

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
)

// part is what has the focus.
type part int

// What can have the focus.
const (
	OnMain   part = iota // the tab or the page on it
	OnScopes             // the pane of the scopes
)

// Page is a view on top of a tab. It can be made again from make.
type Page struct {
	Title string
	Make  func(*views.Env) views.View
	view  views.View
	step  func(by int) tea.Cmd // opens the same page of another object; nil for no other
}

// StepMsg is the page that takes the place of the one on top.
type StepMsg struct {
	of   views.View // the page that asked
	page Page
}

// view makes the tab's view on first use.
func (s *Space) view(i int) views.View {
	t := s.Tabs[i]
	if t.View == nil {
		t.View = t.newView(s.Env)
		if scoped, ok := t.View.(views.Scoped); ok {
			_ = scoped.SetEnvironment(s.Nav.Environment) // nothing is asked before it is seen
		}
		t.View.SetSize(s.Rects.Main.Width, s.Rects.Main.Height)
		s.restoreList(t)
	}
	return t.View
}

// Front is the view that keys and hints are about, fleet aside.
func (s *Space) Front() views.View {
	if n := len(s.Nav.Pages); n > 0 {
		return s.Nav.Pages[n-1].view
	}
	return s.view(s.Nav.Tab)
}

// Focused is the view that has the focus.
func (s *Space) Focused() views.View {
	if s.Nav.Focus == OnScopes && len(s.Nav.Pages) == 0 {
		return s.ScopesPane
	}
	return s.Front()
}

// Typing tells that text is typed into what has the focus.
func (s *Space) Typing() bool {
	t, ok := s.Focused().(views.Typist)
	return ok && t.Typing()
}

// Preparer is the view of the context that prepares what is to be in front, nil for none.
func (s *Space) Preparer() views.Preparer {
	if p, ok := s.Front().(views.Preparer); ok && p.Preparing() != "" {
		return p
	}
	if p := views.Preparer(s.ScopesPane); p.Preparing() != "" {
		return p
	}
	for _, t := range s.Tabs {
		if p, ok := t.View.(views.Preparer); ok && p.Preparing() != "" {
			return p
		}
	}
	return nil
}

// Show makes the view in front begin to ask.
func (s *Space) Show() tea.Cmd {
	s.Resize(s.Rects.Width, s.Rects.Height) // the SQL tab has no environments beside it
	v := s.Front()
	var cmds []tea.Cmd
	if t := s.Tabs[s.Nav.Tab]; len(s.Nav.Pages) == 0 && !t.started {
		t.started = true
		cmds = append(cmds, v.Init())
	}
	if w, ok := v.(views.Watcher); ok {
		cmds = append(cmds, w.SetVisible(true))
	}
	s.Focus(s.Nav.Focus)
	return tea.Batch(cmds...)
}

// Hide makes the view in front stop asking.
func (s *Space) Hide() {
	if w, ok := s.Front().(views.Watcher); ok {
		_ = w.SetVisible(false) // hiding asks nothing
	}
}

// Focus gives the focus to one of both.
func (s *Space) Focus(p part) {
	s.Nav.Focus = p
	onFront := p == OnMain || len(s.Nav.Pages) > 0
	s.ScopesPane.SetFocus(!onFront)
	if f, ok := s.Front().(views.Focusable); ok {
		f.SetFocus(onFront)
	}
}

// NextPane moves the focus on; a view with panes of its own hears the key itself.
func (s *Space) NextPane(msg tea.KeyMsg) (tea.Cmd, bool) {
	if p, ok := s.Focused().(interface{ Panes() bool }); ok && p.Panes() {
		return nil, false
	}
	if len(s.Nav.Pages) > 0 || !s.HasScopes() {
		return s.Front().Update(msg), true
	}
	if s.Nav.Focus == OnMain {
		s.Focus(OnScopes)
	} else {
		s.Focus(OnMain)
	}
	return nil, true
}

// switchTo shows a tab without pages.
func (s *Space) switchTo(i int) tea.Cmd {
	if i == s.Nav.Tab && len(s.Nav.Pages) == 0 {
		s.Focus(OnMain)
		return nil
	}
	s.Hide()
	s.drop(0)
	s.Nav.Tab = i
	s.Focus(OnMain)
	s.Nav.remember()
	return s.Show()
}

// Pane goes to what a digit names: 1 is the scopes where there are any, the others
// are tabs.
func (s *Space) Pane(digit string) tea.Cmd {
	n := int(digit[len(digit)-1]-'0') - s.firstTab()
	if n < 0 {
		if len(s.Nav.Pages) > 0 {
			s.Hide()
			s.drop(0)
			s.Nav.remember()
			cmd := s.Show()
			s.Focus(OnScopes)
			return cmd
		}
		s.Focus(OnScopes)
		return nil
	}
	if n >= len(s.Tabs) {
		return nil
	}
	return s.switchTo(n)
}

// drop closes the pages from n on.
func (s *Space) drop(n int) {
	for _, p := range s.Nav.Pages[n:] {
		p.view.Close()
	}
	s.Nav.Pages = s.Nav.Pages[:n]
}

// Push puts a page on top.
func (s *Space) Push(p Page) tea.Cmd {
	s.Hide()
	cmd := s.raise(p)
	s.Nav.remember()
	return tea.Batch(cmd, s.Show())
}

func (s *Space) raise(p Page) tea.Cmd {
	p.view = p.Make(s.Env)
	p.view.SetSize(s.Rects.Page.Width, s.Rects.Page.Height)
	s.Nav.Pages = append(s.Nav.Pages, p)
	return p.view.Init()
}

// replace puts a page in place of the one on top; the history does not grow.
func (s *Space) replace(p Page) tea.Cmd {
	s.Hide()
	s.drop(len(s.Nav.Pages) - 1)
	cmd := s.raise(p)
	linked := s.Nav.History[s.Nav.at].linked
	s.Nav.History[s.Nav.at] = s.Nav.here()
	s.Nav.History[s.Nav.at].linked = linked
	return tea.Batch(cmd, s.Show())
}

// Pop leaves the page on top.
func (s *Space) Pop() tea.Cmd {
	if len(s.Nav.Pages) == 0 {
		return nil
	}
	s.Hide()
	s.drop(len(s.Nav.Pages) - 1)
	s.Nav.remember()
	return s.Show()
}

// PageOf is the page that a view asks for.
func PageOf(msg views.OpenMsg) Page {
	return Page{Title: msg.Title, Make: msg.Make, step: msg.Step}
}

// Steps tells that the page on top can be shown of other objects, too.
func (s *Space) Steps() bool {
	n := len(s.Nav.Pages)
	return n > 0 && s.Nav.Pages[n-1].step != nil
}

// StepObject shows the page on top of the object that is by rows further on.
func (s *Space) StepObject(by int) tea.Cmd {
	top := s.Nav.Pages[len(s.Nav.Pages)-1]
	cmd := top.step(by)
	if cmd == nil {
		return views.Notice(themes.Dim, "there is no further object in the list in this direction")
	}
	return func() tea.Msg { return stepOf(top.view, cmd()) }
}

func stepOf(of views.View, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case views.Later:
		return views.Later(func() tea.Msg { return stepOf(of, msg()) })
	case views.OpenMsg:
		return StepMsg{of, PageOf(msg)}
	}
	return msg // it says why there is none
}

// HandleStep puts the page up unless something else is in front by now.
func (s *Space) HandleStep(msg StepMsg) tea.Cmd {
	if n := len(s.Nav.Pages); n == 0 || s.Nav.Pages[n-1].view != msg.of {
		return nil
	}
	return s.replace(msg.page)
}
