// Package sql is the tab in which statements are written and run: several
// buffers of text, each over the results of its statement, which goes on when
// the buffer or the tab is left.
package sql

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/views"
	"drey/views/catalog"
	"drey/views/results"
	"drey/views/sql/draftstore"
	"drey/views/sql/history"
	"drey/views/sql/queries"
)

// View is the SQL tab.
type View struct {
	env     *views.Env
	mail    views.Mailbox
	target  target
	buffers queries.Buffers
	past    history.Past
	tree    *catalog.Tree
	engine  statement.Engine
	layout  layout
	over    layer // what lies over the editor and takes the keys; nil mostly
	picture string
	early   []func(*View) tea.Cmd // what was asked before the buffers were loaded, oldest first
}

// layout is what the view was given, and who has the keys in it.
type layout struct {
	width, height    int
	focused, visible bool
	zoomed           bool // the pane with the keys has all of it
	pane             pane
	dirty            bool
}

type pane int

const (
	inEditor pane = iota
	inResults
	inTree
)

// layer is a box that is laid over the editor: it hears every key until it is
// done.
type layer interface {
	// Update handles a key and tells whether the layer goes away.
	Update(msg tea.KeyMsg) (cmd tea.Cmd, done bool)
	// Box draws it in at most width times height cells.
	Box(width, height int) []string
	// Hints are the keys that it has.
	Hints() []views.Hint
}

// New makes the tab for an engine; drafts and disk may be nil.
func New(env *views.Env, engine statement.Engine, drafts draftstore.Drafts, disk results.Disk) *View {
	v := &View{env: env, engine: engine, mail: views.Mailbox{Context: env.Context}}
	v.layout.dirty = true
	v.buffers.Init(env, engine, drafts, disk)
	v.past = history.Past{Drafts: drafts}
	v.tree = catalog.New(env, engine)
	return v
}

// buffer is the buffer that is seen.
func (v *View) buffer() *queries.Buffer { return v.buffers.Open[v.buffers.At] }

// Title names the tab.
func (v *View) Title() string { return "SQL" }

// Init brings back the buffers.
func (v *View) Init() tea.Cmd { return tea.Batch(v.askBuffers(), v.past.Ask(&v.mail)) }

// Accept takes the answers to the view's own questions.
func (v *View) Accept(a views.Answer) bool {
	if v.mail.Accept(a) || v.tree.Accept(a) {
		return true
	}
	for _, s := range v.buffers.Open {
		if s.Accepts(a) {
			return true
		}
	}
	return false
}

// Close saves the buffers. Statements go on.
func (v *View) Close() {
	v.buffers.SaveNow()
	v.mail.Close()
	v.tree.Close()
	for _, s := range v.buffers.Open {
		s.Close()
	}
}

// Typing is true while the editor, or a line of text, takes the keys.
func (v *View) Typing() bool {
	return v.over != nil || v.layout.pane == inEditor || v.layout.pane == inResults && v.buffer().Results.Typing()
}

// Crumb names the statement whose results are shown.
func (v *View) Crumb() string {
	if r := v.buffer().Run; r != nil {
		return r.Ref.Name
	}
	return ""
}

// SetFocus draws the pane with the keys as such.
func (v *View) SetFocus(focused bool) {
	v.layout.focused = focused
	v.refocus()
}

// enter gives a pane the keys.
func (v *View) enter(p pane) {
	v.layout.pane = p
	v.refocus()
}

func (v *View) refocus() {
	v.buffer().Results.SetFocus(v.layout.focused && v.layout.pane == inResults)
	v.tree.SetFocus(v.layout.focused && v.layout.pane == inTree)
	v.layout.dirty = true
}

// Zoom gives the pane with the keys the room of the others, and back.
func (v *View) Zoom() {
	v.layout.zoomed = !v.layout.zoomed
	v.layout.dirty = true
}

// SetVisible goes on fetching when the tab is seen again.
func (v *View) SetVisible(visible bool) tea.Cmd {
	v.layout.visible = visible
	for _, s := range v.buffers.Open {
		s.Visible = visible && s == v.buffer()
	}
	if !visible {
		return v.save()
	}
	return tea.Batch(v.buffer().Observe(), v.buffer().Fetch(), v.watchOthers(), v.askPools())
}

// Freshness is that of the statement that is followed, nothing once it ended.
func (v *View) Freshness() views.Freshness {
	r := v.buffer().Run
	if r == nil || !r.Active() {
		return views.Freshness{}
	}
	return views.Freshness{At: r.Observed, Every: r.Every(), Err: r.Lost}
}

// Refresh asks for everything again.
func (v *View) Refresh() tea.Cmd {
	return tea.Batch(
		v.askPools(), v.buffer().Observe(), v.buffer().Fetch(), v.watchOthers(), v.tree.Refresh(), v.updateNames(),
	)
}

// Escape implements views.Escaper: something of the results goes, or the keys go
// from the editor to them.
func (v *View) Escape() (tea.Cmd, bool) {
	v.layout.dirty = true
	if v.layout.pane != inResults {
		v.enter(inResults)
		return nil, true
	}
	return v.buffer().Results.Escape()
}

// Tick redraws what depends on the clock.
func (v *View) Tick(now time.Time) time.Duration {
	v.layout.dirty = true
	s := v.buffer()
	next := s.Results.Tick(now)
	switch {
	case s.Run == nil || !s.Run.Active():
		return next
	case next == 0 && now.Sub(s.Run.Began) >= time.Minute:
		return time.Minute
	case next == 0:
		return time.Second
	}
	return next
}

// LastError is the whole message of what failed.
func (v *View) LastError() string {
	if m := v.buffer().Message; m.Bad {
		return m.Text
	}
	return ""
}

func (v *View) say(text string, bad bool) { v.buffer().Say(text, bad) }
