package space

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
)

// location is where one can go back to.
type location struct {
	tab         int
	environment string
	pages       []Page // without views
	linked      bool   // a link led here: esc goes back
	// left is how the list was shown when a link led away; nil where none did.
	left *views.ListState
}

// nav is where one is and was.
type nav struct {
	Tab         int
	Environment string
	Pages       []Page
	Focus       part
	zoomed      bool

	History []location
	at      int      // in history
	visits  int      // counts what was ever added to it: of its places the oldest go
	Recent  []string // of the palette
}

func newNav(environment string) nav {
	return nav{Environment: environment, History: []location{{environment: environment}}}
}

const maxHistory = 100

// here is the current place.
func (n *nav) here() location {
	p := location{tab: n.Tab, environment: n.Environment}
	for _, pg := range n.Pages {
		p.pages = append(p.pages, Page{Title: pg.Title, Make: pg.Make, step: pg.step})
	}
	return p
}

// remember adds the current place to the history; what lay ahead is forgotten.
func (n *nav) remember() {
	n.History = append(n.History[:n.at+1:n.at+1], n.here())
	if over := len(n.History) - maxHistory; over > 0 {
		n.History = slices.Clone(n.History[over:])
	}
	n.at = len(n.History) - 1
	n.visits++
}

// Travel goes through the history by n.
func (s *Space) Travel(n int) tea.Cmd {
	to := s.Nav.at + n
	if to < 0 || to >= len(s.Nav.History) {
		return views.Notice(themes.Dim, "no further place in this direction")
	}
	s.Nav.at = to
	return s.visit(s.Nav.History[to])
}

// visit goes to a place and makes its pages again.
func (s *Space) visit(p location) tea.Cmd {
	s.Hide()
	s.drop(0)
	s.Nav.Tab = p.tab
	cmds := []tea.Cmd{s.setEnvironment(p.environment)}
	for _, pg := range p.pages {
		cmds = append(cmds, s.raise(pg))
	}
	cmds = append(cmds, s.Show())
	if p.left != nil && len(p.pages) == 0 {
		cmds = append(cmds, s.showAs(*p.left))
	}
	return tea.Batch(cmds...)
}

// showAs has the list in front filtered as it was, and the cursor where it was.
func (s *Space) showAs(left views.ListState) tea.Cmd {
	if f, ok := s.Front().(filterer); ok {
		f.SetFilter(left.Filter)
	}
	if list, ok := s.Front().(selector); ok && left.Row != "" {
		list.Select(left.Row)
	}
	if p, ok := s.Front().(previewer); ok {
		return p.UpdatePreview()
	}
	return nil
}

// Last swaps with the place before this one.
func (s *Space) Last() tea.Cmd {
	if s.Nav.at == 0 {
		return nil
	}
	before := s.Nav.History[s.Nav.at-1]
	cmd := s.visit(before)
	s.Nav.remember()
	return cmd
}

// Linked tells that a link led here: esc goes back.
func (s *Space) Linked() bool { return s.Nav.History[s.Nav.at].linked && s.Nav.at > 0 }
