// Package scopes is the pane of what a platform's objects are divided into, such as
// environments, and the roll-up of what is wrong in each of them.
package scopes

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/grid"
	"drey/views/platform"
	"drey/views/sources"
)

// How often problems are counted in kinds whose list is not in front: while a scope
// is still waited for, and once all have answered.
const (
	countSoon  = 2 * time.Second
	countEvery = 20 * time.Second
	// countAfter is how long what is shown has the server for itself at first, unless
	// it answers before.
	countAfter = time.Second
)

// Pane lists the scopes, all of them together first. Moving the cursor chooses the
// scope that the tabs show. Where a platform has no scopes it is not shown, and
// rolls up everything.
type Pane struct {
	env      *views.Env
	session  *platform.Session
	box      views.Mailbox
	asking   browse.Asking // about what is done to a scope; nil before the first time
	rows     []Row         // rows[0] is all
	cursor   int
	wanted   string // name under the cursor
	expected string // name that an address gave, until it is known to be there
	creates  bool   // a new scope is written from here
	awaited  string // name of the one that was made, until it is listed
	listed   map[string]listed
	tallied  map[string]map[string]platform.Health // by kind and scope
	totals   map[string]int                        // objects of all scopes by kind, once all have answered
	counters []platform.Counter                    // made at the first question
	absent   map[int]bool                          // counters of kinds that the server does not have
	counting bool                                  // the counters were asked
	given    *views.Given[[]platform.Scope]
	answer   int // number of the one that rows are of
	state    pollState
	layout   layout
}

type pollState struct {
	visible  bool
	at       time.Time
	err      error
	failures int
	same     int // answers in a row that changed nothing
	nextAt   time.Time
}

type layout struct {
	width, height, top int
	focused, dirty     bool
	out                string
}

// New makes the pane with the cursor on a scope, "" for all.
func New(env *views.Env, session *platform.Session, chosen string) *Pane {
	p := &Pane{
		env: env, session: session, wanted: chosen, rows: []Row{{}}, absent: map[int]bool{},
		given: &views.Given[[]platform.Scope]{},
	}
	if session.Scopes == nil {
		p.rows = append(p.rows, Row{})
	}
	p.box.Context = env.Context
	p.layout.dirty = true
	return p
}

type (
	listedMsg struct {
		rows    []Row
		answer  int // its number
		changed bool
		err     error
	}
	pollMsg    struct{}
	chosenMsg  struct{}
	countMsg   struct{ counter int }
	beginMsg   struct{}
	countedMsg struct {
		counter int
		platform.Counted
		err    error
		absent bool // the server does not have the kind
	}
)

// Title implements views.View.
func (p *Pane) Title() string {
	if p.session.Scopes == nil {
		return ""
	}
	return p.session.Scopes.Title
}

// Init implements views.View.
func (p *Pane) Init() tea.Cmd { return nil }

// Accept implements views.View.
func (p *Pane) Accept(a views.Answer) bool { return p.box.Accept(a) }

// Close implements views.View.
func (p *Pane) Close() {
	p.box.Close()
	for _, c := range p.counters {
		c.Close()
	}
}

// SetFocus implements views.Focusable.
func (p *Pane) SetFocus(on bool) {
	p.layout.dirty = p.layout.dirty || p.layout.focused != on
	p.layout.focused = on
}

// SetSize implements views.View.
func (p *Pane) SetSize(width, height int) {
	p.layout.width, p.layout.height, p.layout.dirty = width, height, true
	p.scroll()
}

// SetVisible starts or stops the polling. The roll-up is wanted even where the
// pane is folded away: the header shows it.
func (p *Pane) SetVisible(visible bool) tea.Cmd {
	if p.state.visible == visible {
		return nil
	}
	p.state.visible = visible
	if !visible {
		p.box.Close()
		return nil
	}
	return p.Refresh()
}

// Refresh implements views.Refresher: it asks for the scopes, and counts the
// problems in them again, also in kinds that the server did not have.
func (p *Pane) Refresh() tea.Cmd {
	p.absent = map[int]bool{}
	return p.Recount()
}

// Recount is Refresh without the kinds that the server did not have: something was
// done.
func (p *Pane) Recount() tea.Cmd { return tea.Batch(p.list(), p.count()) }

func (p *Pane) list() tea.Cmd {
	if p.session.Scopes == nil {
		return nil
	}
	list, given, shown := p.session.Scopes.List, p.given, p.answer
	p.box.Cancel("poll")
	return p.box.Ask("list", func(ctx context.Context) tea.Msg {
		scopes, answer, err := given.Next(func() ([]platform.Scope, bool, error) { return list(ctx) })
		if err != nil || answer == shown {
			return listedMsg{err: err}
		}
		rows := []Row{{}}
		for _, s := range scopes {
			rows[0].Known = rows[0].Known || s.Known
			rows = append(rows, Row{Name: s.Name, Title: s.Title, Known: s.Known, Unread: s.Unread, counted: s.Health})
		}
		return listedMsg{rows: rows, answer: answer, changed: true}
	})
}

// count asks every counter; each asks again by itself. The first time the list in
// front comes before them.
func (p *Pane) count() tea.Cmd {
	if !p.counting {
		return p.box.After("count", countAfter, beginMsg{})
	}
	if p.counters == nil && p.session.Counters != nil {
		p.counters = p.session.Counters()
	}
	var cmds []tea.Cmd
	for i := range p.counters {
		if !p.absent[i] {
			cmds = append(cmds, p.askCounter(i))
		}
	}
	return tea.Batch(cmds...)
}

// begin asks the counters unless they were asked.
func (p *Pane) begin() tea.Cmd {
	if p.counting || !p.state.visible {
		return nil
	}
	p.counting = true
	p.box.Cancel("count")
	return p.count()
}

func (p *Pane) askCounter(i int) tea.Cmd {
	c := p.counters[i]
	return p.box.Ask("count "+c.Kind, func(ctx context.Context) tea.Msg {
		answer, err := c.Next(ctx)
		return countedMsg{i, answer, err, fault.Is(err, fault.Unsupported)}
	})
}

func (p *Pane) handleCounted(msg countedMsg) tea.Cmd {
	kind := p.counters[msg.counter].Kind
	if msg.Tallies != nil {
		p.takeOther(kind, msg.Tallies, !msg.Partial)
	}
	if p.session.Scopes == nil && !msg.absent { // there is no list that would tell
		if p.state.err = msg.err; msg.err == nil {
			p.state.at = p.env.Now()
		}
	}
	if msg.absent {
		p.absent[msg.counter] = true // until the server was away, or R
		return nil
	}
	wait := countEvery
	if msg.Partial {
		wait = countSoon
	}
	return p.box.After("count "+kind, wait, countMsg{msg.counter})
}

// Update implements views.View.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.handleKey(msg)
	case listedMsg:
		return p.handleListed(msg)
	case pollMsg:
		return p.list()
	case countedMsg:
		return p.handleCounted(msg)
	case countMsg:
		return p.askCounter(msg.counter)
	case beginMsg:
		return p.begin()
	case chosenMsg:
		return p.choose()
	case pageMsg:
		return views.Send(msg.msg)
	case views.RestyledMsg:
		p.layout.dirty = true
	default:
		if p.asking != nil {
			cmd, _ := p.asking.Handle(msg)
			return cmd
		}
	}
	return nil
}

func (p *Pane) handleListed(msg listedMsg) tea.Cmd {
	p.state.same++
	if msg.changed || msg.err != nil {
		p.state.same = 0
	}
	wait := sources.Pace(p.state.same)
	wasBad := p.state.err != nil
	if p.state.err = msg.err; msg.err != nil {
		p.state.failures++
		wait = sources.BackOff(p.state.failures, msg.err)
		if until := fault.Of(msg.err).Until; until.After(p.env.Now()) {
			wait = until.Sub(p.env.Now())
		}
	} else {
		p.state.failures, p.state.at = 0, p.env.Now()
	}
	p.state.nextAt = p.env.Now().Add(wait)
	p.layout.dirty = p.layout.dirty || wasBad || msg.err != nil
	var reconnected tea.Cmd
	if wasBad && msg.err == nil {
		reconnected = views.Send(views.ReconnectedMsg{})
	}
	if msg.changed {
		p.setRows(msg.rows)
		p.answer, p.layout.dirty = msg.answer, true
		p.rollUp()
		p.Choose(p.wanted)
	}
	return tea.Batch(reconnected, p.checkExpected(), p.chooseMade(), p.box.After("poll", wait, pollMsg{}))
}

// setRows shows what the server answered, and keeps since when it counts the same;
// its first counts are no older than a list that was asked for with them.
func (p *Pane) setRows(rows []Row) {
	before := map[string]Row{}
	for _, row := range p.rows {
		before[row.Name] = row
	}
	now := time.Now()
	for i := range rows {
		if old, known := before[rows[i].Name]; known && old.counted != rows[i].counted {
			rows[i].since = now
		} else {
			rows[i].since = old.since
		}
	}
	p.rows = rows
}

// MissingMsg tells that a scope which was expected is not there.
type MissingMsg struct{ Singular, Name string }

// Expect asks whether a scope is there; MissingMsg tells when it is not.
func (p *Pane) Expect(name string) tea.Cmd {
	p.expected = name
	return p.list()
}

func (p *Pane) checkExpected() tea.Cmd {
	name := p.expected
	if name == "" || p.state.err != nil {
		return nil
	}
	p.expected = ""
	if slices.ContainsFunc(p.rows, func(r Row) bool { return r.Name == name }) {
		return nil
	}
	return views.Send(MissingMsg{p.session.Scopes.Singular, name})
}

func (p *Pane) handleKey(msg tea.KeyMsg) tea.Cmd {
	p.creates, p.awaited = false, ""
	keys := p.env.Keys.Move
	if by, ok := keys.Steps(msg, max(p.layout.height-2, 1), len(p.rows)); ok {
		return p.move(by)
	}
	switch {
	case keymap.Matches(msg, keys.Enter, keys.Right):
		return tea.Batch(p.choose(), views.Send(EnteredMsg{}))
	case keymap.Matches(msg, p.env.Keys.Table.Edit):
		return p.edit()
	case keymap.Matches(msg, p.env.Keys.Table.Create):
		return p.create()
	case keymap.Matches(msg, p.env.Keys.Table.Delete) && p.deletes():
		return p.delete(msg.String())
	case keymap.Matches(msg, p.env.Keys.Table.Copy):
		return views.Send(views.CopyMsg{What: p.wanted, Text: p.wanted})
	}
	return p.page(msg)
}

// EnteredMsg tells that enter was pressed on a scope: the focus goes on
// to the table.
type EnteredMsg struct{}

// cursorDebounce is how long the cursor rests before the tabs follow it.
const cursorDebounce = 120 * time.Millisecond

func (p *Pane) move(n int) tea.Cmd {
	p.cursor = max(min(p.cursor+n, len(p.rows)-1), 0)
	p.wanted = p.rows[p.cursor].Name
	p.layout.dirty = true
	p.scroll()
	return p.box.After("choose", cursorDebounce, chosenMsg{})
}

func (p *Pane) choose() tea.Cmd {
	p.box.Cancel("choose")
	name := p.wanted
	return views.Send(views.GoMsg{Environment: &name})
}

// Choose puts the cursor on a scope.
func (p *Pane) Choose(name string) {
	p.wanted = name
	p.layout.dirty = true
	for i, row := range p.rows {
		if row.Name == name {
			p.cursor = i
		}
	}
	p.scroll()
}

// Rows are the scopes, all of them together first.
func (p *Pane) Rows() []Row { return p.rows }

// Freshness implements views.Fresher. Where there are no scopes to list, the counts
// tell whether the server answers.
func (p *Pane) Freshness() views.Freshness {
	if p.session.Scopes == nil {
		return views.Freshness{At: p.state.at, Every: countEvery, Err: p.state.err}
	}
	return views.Freshness{At: p.state.at, Every: sources.Pace(p.state.same), Err: p.state.err, Next: p.state.nextAt}
}

// Click implements views.Clicker.
func (p *Pane) Click(_, y int) tea.Cmd {
	if i := p.layout.top + y - 1; y >= 1 && i < len(p.rows) {
		return p.move(i - p.cursor)
	}
	return nil
}

// Wheel implements views.Clicker.
func (p *Pane) Wheel(_, _, delta int) tea.Cmd { return p.move(delta) }

// Hints implements views.Hinter.
func (p *Pane) Hints() []views.Hint {
	k := p.env.Keys
	hints := []views.Hint{
		{Binding: keymap.Both(k.Move.Up, k.Move.Down), Label: "choose"},
		{Binding: k.Move.Enter, Label: "its objects"},
		{Binding: k.Table.Edit},
		{Binding: k.Table.Create},
	}
	if p.deletes() {
		hints = append(hints, views.Hint{Binding: k.Table.Delete})
	}
	return append(hints, views.Hint{Binding: k.Table.Copy})
}

func (p *Pane) scroll() {
	page := max(p.layout.height-2, 1)
	p.layout.top = max(min(p.layout.top, p.cursor), p.cursor-page+1)
	p.layout.top = max(min(p.layout.top, len(p.rows)-page), 0)
}

// View implements views.View.
func (p *Pane) View() string {
	if !p.layout.dirty {
		return p.layout.out
	}
	p.layout.dirty = false
	t := p.env.Theme
	var lines []string
	for i := p.layout.top; i < len(p.rows) && len(lines) < p.layout.height-2; i++ {
		lines = append(lines, p.row(i, p.layout.width-2))
	}
	lines = append(lines, p.noScope(p.layout.width-2)...)
	title := t.Accent.Render("1") + " " + t.Dim.Render(p.Title())
	if p.layout.focused {
		title = t.Accent.Render("1") + " " + t.Strong.Render(p.Title())
	}
	word := ""
	if p.state.err != nil {
		word = t.Tone(themes.Bad).Render(clean.Cut(
			fault.Of(p.state.err).Word(), max(p.layout.width-20, 0), t.Glyphs.Ellipsis,
		))
	}
	p.layout.out = strings.Join(
		frame.Box(t, p.layout.focused, p.layout.width, p.layout.height, title, word, lines), "\n",
	)
	return p.layout.out
}

// noScope says that the server has none, and what to do: objects are in one.
func (p *Pane) noScope(width int) []string {
	t := p.env.Theme
	if p.session.Scopes == nil || len(p.rows) > 1 || p.state.at.IsZero() || p.state.err != nil {
		return nil
	}
	texts := []string{"", "no " + p.session.Scopes.Plural + " yet"}
	if p.editRefusal() == nil {
		texts = append(texts, p.env.Keys.Table.Create.Help().Key+" here creates one")
	}
	for i, text := range texts {
		texts[i] = "   " + t.Dim.Render(clean.Cut(text, max(width-3, 1), t.Glyphs.Ellipsis))
	}
	return texts
}

// row draws one scope: name, count, and what is worst in it.
func (p *Pane) row(i, width int) string {
	t, e := p.env.Theme, p.rows[i]
	name, indent := clean.Text(cmp.Or(e.Title, e.Name)), "  "
	if i == 0 {
		name, indent = "all", t.Glyphs.Fold+" "
	}
	health, count := healthMark(t, e), ""
	if e.Known {
		count = grid.Thousands(e.Health.Objects)
	}
	var ground themes.Style
	bar, style := " ", t.Text
	if i == p.cursor {
		ground, style = t.Blurred, t.Strong
		if p.layout.focused {
			ground = t.Selected
		}
		bar = t.Accent.Render(t.Glyphs.Bar)
	}
	right := t.Dim.Render(count) + " " + health
	space := width - 2 - clean.Width(right) - 1
	text := bar + t.Dim.Render(indent) + style.Render(clean.Fit(name, space-2, t.Glyphs.Ellipsis)) + " " + right + " "
	if i != p.cursor {
		return clean.Fit(text, width, "")
	}
	return t.On(ground, clean.Fit(text, width, ""))
}
