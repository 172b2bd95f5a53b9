package console

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/views"
	"drey/views/platform"
)

// tab is one of the views beside each other; it is made when first seen.
type tab struct {
	platform.Tab
	view    views.View
	started bool // Init was called
	// saysMissing tells that view says why there is nothing.
	saysMissing bool
}

// sqlTab is the name of the tab that Context.SQL makes.
const sqlTab = "sql"

func (s *space) makeTabs() []*tab {
	var tabs []*tab
	for _, t := range s.Session.Tabs() {
		tabs = append(tabs, &tab{Tab: t})
	}
	if s.SQL != nil && s.Session.SQL != nil {
		tabs = append(tabs, &tab{Tab: platform.Tab{
			Name: sqlTab, Title: "SQL", Short: "SQL", Aliases: []string{"query", "editor"},
			New: func(env *views.Env) views.View { return s.SQL(env, s.Session) },
		}})
	}
	return tabs
}

// part is what has the focus.
type part int

const (
	onMain part = iota
	onFleet
)

// page is a view on top of a tab. It can be made again from make.
type page struct {
	title string
	make  func(*views.Env) views.View
	view  views.View
	step  func(by int) tea.Cmd // opens the same page of another object; nil for no other
}

// location is where one can go back to.
type location struct {
	tab         int
	environment string
	pages       []page // without views
	linked      bool   // a link led here: esc goes back
}

// nav is where one is and was.
type nav struct {
	tab         int
	environment string
	pages       []page
	focus       part
	zoomed      bool

	history []location
	at      int      // in history
	recent  []string // of the palette
}

func newNav(environment string) nav {
	return nav{environment: environment, history: []location{{environment: environment}}}
}

const maxHistory = 100

// here is the current place.
func (n *nav) here() location {
	p := location{tab: n.tab, environment: n.environment}
	for _, pg := range n.pages {
		p.pages = append(p.pages, page{title: pg.title, make: pg.make, step: pg.step})
	}
	return p
}

// remember adds the current place to the history; what lay ahead is forgotten.
func (n *nav) remember() {
	n.history = append(n.history[:n.at+1:n.at+1], n.here())
	if over := len(n.history) - maxHistory; over > 0 {
		n.history = slices.Clone(n.history[over:])
	}
	n.at = len(n.history) - 1
}

// view makes the tab's view on first use.
func (r *Root) view(i int) views.View {
	t := r.tabs[i]
	if t.view == nil {
		t.view = t.newView(r.env)
		if s, ok := t.view.(views.Scoped); ok {
			_ = s.SetEnvironment(r.nav.environment) // nothing is asked before it is seen
		}
		t.view.SetSize(r.rects.main.width, r.rects.main.height)
		r.restoreList(t)
	}
	return t.view
}

// front is the view that keys and hints are about, fleet aside.
func (r *Root) front() views.View {
	if n := len(r.nav.pages); n > 0 {
		return r.nav.pages[n-1].view
	}
	return r.view(r.nav.tab)
}

// focused is the view that has the focus.
func (r *Root) focused() views.View {
	if r.nav.focus == onFleet && len(r.nav.pages) == 0 {
		return r.fleet
	}
	return r.front()
}

// show makes the view in front begin to ask.
func (r *Root) show() tea.Cmd {
	r.resize(r.rects.width, r.rects.height) // the SQL tab has no environments beside it
	v := r.front()
	var cmds []tea.Cmd
	if t := r.tabs[r.nav.tab]; len(r.nav.pages) == 0 && !t.started {
		t.started = true
		cmds = append(cmds, v.Init())
	}
	if w, ok := v.(views.Watcher); ok {
		cmds = append(cmds, w.SetVisible(true))
	}
	r.focus(r.nav.focus)
	return tea.Batch(cmds...)
}

// hide makes the view in front stop asking.
func (r *Root) hide() {
	if w, ok := r.front().(views.Watcher); ok {
		_ = w.SetVisible(false) // hiding asks nothing
	}
}

func (r *Root) focus(p part) {
	r.nav.focus = p
	onFront := p == onMain || len(r.nav.pages) > 0
	r.fleet.SetFocus(!onFront)
	if f, ok := r.front().(views.Focusable); ok {
		f.SetFocus(onFront)
	}
}

// switchTo shows a tab without pages.
func (r *Root) switchTo(i int) tea.Cmd {
	if i == r.nav.tab && len(r.nav.pages) == 0 {
		r.focus(onMain)
		return nil
	}
	r.hide()
	r.drop(0)
	r.nav.tab = i
	r.focus(onMain)
	r.nav.remember()
	return r.show()
}

// drop closes the pages from n on.
func (r *Root) drop(n int) {
	for _, p := range r.nav.pages[n:] {
		p.view.Close()
	}
	r.nav.pages = r.nav.pages[:n]
}

// push puts a page on top.
func (r *Root) push(p page) tea.Cmd {
	r.hide()
	cmd := r.raise(p)
	r.nav.remember()
	return tea.Batch(cmd, r.show())
}

func (r *Root) raise(p page) tea.Cmd {
	p.view = p.make(r.env)
	p.view.SetSize(r.rects.page.width, r.rects.page.height)
	r.nav.pages = append(r.nav.pages, p)
	return p.view.Init()
}

// replace puts a page in place of the one on top; the history does not grow.
func (r *Root) replace(p page) tea.Cmd {
	r.hide()
	r.drop(len(r.nav.pages) - 1)
	cmd := r.raise(p)
	linked := r.nav.history[r.nav.at].linked
	r.nav.history[r.nav.at] = r.nav.here()
	r.nav.history[r.nav.at].linked = linked
	return tea.Batch(cmd, r.show())
}

// stepMsg is the page that takes the place of the one on top.
type stepMsg struct {
	of   views.View // the page that asked
	page page
}

// stepObject shows the page on top of the object that is by rows further on.
func (r *Root) stepObject(by int) tea.Cmd {
	top := r.nav.pages[len(r.nav.pages)-1]
	cmd := top.step(by)
	if cmd == nil {
		return views.Notice(dimTone, "there is no further object in the list in this direction")
	}
	return func() tea.Msg { return stepOf(top.view, cmd()) }
}

func stepOf(of views.View, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case views.Later:
		return views.Later(func() tea.Msg { return stepOf(of, msg()) })
	case views.OpenMsg:
		return stepMsg{of, pageOf(msg)}
	}
	return msg // it says why there is none
}

func pageOf(msg views.OpenMsg) page {
	return page{title: msg.Title, make: msg.Make, step: msg.Step}
}

// handleStep puts the page up unless something else is in front by now.
func (r *Root) handleStep(msg stepMsg) tea.Cmd {
	if n := len(r.nav.pages); n == 0 || r.nav.pages[n-1].view != msg.of {
		return nil
	}
	return r.replace(msg.page)
}

// pop leaves the page on top.
func (r *Root) pop() tea.Cmd {
	if len(r.nav.pages) == 0 {
		return nil
	}
	r.hide()
	r.drop(len(r.nav.pages) - 1)
	r.nav.remember()
	return r.show()
}

// travel goes through the history by n.
func (r *Root) travel(n int) tea.Cmd {
	to := r.nav.at + n
	if to < 0 || to >= len(r.nav.history) {
		return views.Notice(dimTone, "no further place in this direction")
	}
	r.nav.at = to
	return r.visit(r.nav.history[to])
}

// visit goes to a place and makes its pages again.
func (r *Root) visit(p location) tea.Cmd {
	r.hide()
	r.drop(0)
	r.nav.tab = p.tab
	cmds := []tea.Cmd{r.setEnvironment(p.environment)}
	for _, pg := range p.pages {
		cmds = append(cmds, r.raise(pg))
	}
	return tea.Batch(append(cmds, r.show())...)
}

// last swaps with the place before this one.
func (r *Root) last() tea.Cmd {
	if r.nav.at == 0 {
		return nil
	}
	before := r.nav.history[r.nav.at-1]
	cmd := r.visit(before)
	r.nav.remember()
	return cmd
}

// setEnvironment tells every tab; only the one that is seen asks.
func (r *Root) setEnvironment(name string) tea.Cmd {
	r.nav.environment = name
	r.fleet.Choose(name)
	var cmds []tea.Cmd
	for _, t := range r.tabs {
		if s, ok := t.view.(views.Scoped); ok {
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

func (r *Root) goTo(msg views.GoMsg) tea.Cmd {
	if msg.Link && r.tabNamed(msg.Tab) < 0 {
		return views.Notice(warnTone, "this server has no list of "+msg.Tab)
	}
	var cmds []tea.Cmd
	before := r.nav.at
	moved := false
	if msg.Environment != nil && *msg.Environment != r.nav.environment {
		cmds = append(cmds, r.setEnvironment(*msg.Environment))
		moved = true
	}
	if i := r.tabNamed(msg.Tab); i >= 0 && (i != r.nav.tab || len(r.nav.pages) > 0) {
		cmds = append(cmds, r.switchTo(i))
		moved = false
	}
	if moved {
		r.nav.remember()
	}
	if f, ok := r.front().(filterer); ok && (msg.Filter != "" || msg.Name != "") {
		f.SetFilter(msg.Filter) // a filter could hide the row
	}
	if s, ok := r.front().(selector); ok && msg.Select != "" {
		s.Select(msg.Select)
	}
	if s, ok := r.front().(rowSelector); ok && msg.Name != "" {
		s.SelectName(msg.Name)
	}
	if msg.Link && r.nav.at != before {
		r.nav.history[r.nav.at].linked = true
	}
	return tea.Batch(cmds...)
}

// tabNamed finds a tab by name, -1 when there is none.
func (r *Root) tabNamed(name string) int {
	return slices.IndexFunc(r.tabs, func(t *tab) bool { return name != "" && t.Name == name })
}

func (r *Root) openStatement(msg views.OpenStatementMsg) tea.Cmd {
	i := r.tabNamed(sqlTab)
	if i < 0 {
		return views.Notice(warnTone, "there is no SQL tab to show results in")
	}
	cmd := r.switchTo(i)
	if o, ok := r.view(i).(views.StatementOpener); ok {
		return tea.Batch(cmd, o.OpenStatement(msg))
	}
	return cmd
}

func (r *Root) openText(msg views.OpenTextMsg) tea.Cmd {
	i := r.tabNamed(sqlTab)
	if i < 0 {
		return views.Notice(warnTone, "there is no SQL tab to show it in")
	}
	cmd := r.switchTo(i)
	if o, ok := r.view(i).(views.TextOpener); ok {
		return tea.Batch(cmd, o.OpenText(msg))
	}
	return cmd
}

// act gives an action on one object to the list of its kind, which asks.
func (r *Root) act(msg views.ActMsg) tea.Cmd {
	i := r.tabNamed(msg.Target.Kind)
	if i < 0 {
		return views.Notice(warnTone, "cannot "+msg.Verb+" "+msg.Target.Name+": there is no list of "+msg.Target.Kind)
	}
	if a, ok := r.view(i).(views.Actor); ok {
		return a.Act(msg)
	}
	return nil
}
