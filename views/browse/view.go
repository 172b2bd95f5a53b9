// Package browse is the one list view: a table of objects of one kind that is
// kept fresh, filtered, marked and acted on. What it knows of a kind is data.
package browse

import (
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/urgency"
	"drey/views"
	"drey/views/ask"
	"drey/views/grid"
	"drey/views/input"
	"drey/views/resource"
)

// View is a list of objects of one kind. It implements views.View and most of
// the abilities.
type View struct {
	env   *views.Env
	kind  resource.Kind[any]
	at    resource.Location
	box   views.Mailbox
	asker ask.Asker

	contents
	parked      []parked // of other scopes, that of the one left last behind the others
	grid        *grid.Grid
	poll        polling
	early       early
	bar         filterBar
	pane        pane
	frame       frameCache
	filled      fills
	row         string // that the user went to last; scopes without it do not change that
	wanted      string // name of the row that the cursor is to go to once it comes
	sought      bool   // it is said where there is none
	awaited     awaited
	shownMade   views.MadeMsg // the cursor went to it already
	hiddenMade  string        // key of what was made and is hidden by the filter
	showHidden  bool          // rows that the kind hides are shown, too
	defaultSort string        // title of the column that is sorted by before the user says otherwise
}

// filterBar is the filter and whether it is being typed.
type filterBar struct {
	line   input.Line
	typing bool
}

// frameCache is the room and what was drawn in it last.
type frameCache struct {
	width, height int
	beside        int       // the width of a preview that stands beside the list where there is one
	arranged      int       // for how many rows it was decided where the preview is
	touched       bool      // a key was pressed or a row clicked since it is seen: nothing moves
	keyAt         time.Time // of the last key or click
	zoomed        bool
	focused       bool
	dirty         bool
	busy          bool // it shows what is under way
	out           string
	until         time.Time // when the ages in it are no longer right
}

// Open opens a list of what is at a location.
func Open[T any](title string, kind resource.Kind[T], at resource.Location) tea.Cmd {
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View { return New(env, kind, at) }})
}

// New makes a list of what is at a location, everything for its zero value. It asks
// nothing before it is made visible.
func New[T any](env *views.Env, kind resource.Kind[T], at resource.Location) *View {
	return newView(env, resource.Untyped(kind), at)
}

func newView(env *views.Env, kind resource.Kind[any], at resource.Location) *View {
	v := &View{env: env, kind: kind, at: at, contents: newContents()}
	v.box.Context = env.Context
	v.asker = ask.Asker{Env: env, Kind: &v.kind, Mail: &v.box, Begun: v.begun}
	v.frame = frameCache{dirty: true, focused: true}
	v.reset()
	return v
}

// Title is the kind's.
func (v *View) Title() string { return v.kind.Title }

// Init asks nothing: the root tells when the view is seen.
func (v *View) Init() tea.Cmd { return nil }

// Accept implements views.View.
func (v *View) Accept(a views.Answer) bool { return v.box.Accept(a) }

// Close implements views.View.
func (v *View) Close() {
	v.box.Close()
	v.contents.close()
	for i := range v.parked {
		v.parked[i].close()
	}
}

// Typing tells whether letters go to the filter.
func (v *View) Typing() bool { return v.bar.typing }

// Crumb is the name of the selected row.
func (v *View) Crumb() string {
	if item, ok := v.selected(); ok {
		return v.kind.NameOf(item.Value)
	}
	return ""
}

// RowScope is the scope of the selected row, "" where it is in none.
func (v *View) RowScope() string {
	if item, ok := v.selected(); ok {
		return item.Scope
	}
	return ""
}

// Freshness implements views.Fresher. Where a poll asks for some of the rows in
// turn, it is that of the oldest row on the screen.
func (v *View) Freshness() views.Freshness {
	f := v.poll.freshness()
	if s, ok := resource.As[interface{ SeenAt() (time.Time, int) }](v.source); ok {
		oldest, polls := s.SeenAt()
		f.Polls = polls
		if !oldest.IsZero() && oldest.Before(f.At) {
			f.At = oldest
		}
	}
	return f
}

// SetFocus implements views.Focusable.
func (v *View) SetFocus(on bool) {
	if v.frame.focused != on {
		v.frame.focused, v.frame.dirty = on, true
		v.grid.SetFocus(on)
	}
}

// SetSize implements views.View.
func (v *View) SetSize(width, height int) {
	if v.frame.width != width || v.frame.height != height {
		v.frame.width, v.frame.height = width, height
		v.arrange()
	}
}

// Zoom gives the whole room to the table, or takes it back.
func (v *View) Zoom() {
	v.frame.zoomed = !v.frame.zoomed
	v.layout()
}

// SetEnvironment shows another environment, "" for all; the filter and the
// order stay. What is known of its rows is shown until they are read again.
func (v *View) SetEnvironment(name string) tea.Cmd {
	if v.at.Scope == name {
		return nil
	}
	v.box.Close()
	left := parked{v.contents, v.at.Scope, v.poll.at}
	v.park()
	v.at.Scope = name
	v.poll.restart()
	v.reset()
	v.showKnown(left)
	if v.poll.visible {
		return v.Refresh()
	}
	return nil
}

// reset makes an empty grid with the columns that the scope needs.
func (v *View) reset() {
	old := v.grid
	var columns []grid.Column
	for _, c := range v.columns() {
		columns = append(columns, c.Column)
	}
	v.grid = grid.New(columns, v.env.Theme)
	v.grid.SetFocus(v.frame.focused)
	before := v.defaultSort
	v.defaultSort = v.defaultSortColumn()
	v.grid.SortBy(v.column(v.defaultSort), false)
	if old != nil {
		v.grid.SetFilter(old.Filter())
		if v.frame.touched || v.row == "" {
			v.row = old.Selected()
		}
		v.grid.Select(v.row)
		if title, reverse := old.SortedBy(); title != before || reverse {
			v.grid.SortBy(v.column(title), reverse)
		}
	}
	v.early = early{}
	v.pane.clear()
	v.filled, v.frame.touched = newFills(v.columns()), false
	v.arrange()
}

// defaultSortColumn is the column that is sorted by before the user says otherwise: all
// environments together begin with what needs a person.
func (v *View) defaultSortColumn() string {
	columns := v.columns()
	if v.at.Scope == "" {
		for _, c := range columns {
			if c.Worst {
				return c.Title
			}
		}
	}
	return columns[0].Title
}

// column is the index of the column with this title in this scope, -1 for none.
func (v *View) column(title string) int {
	return slices.IndexFunc(v.columns(), func(c resource.Column[any]) bool { return c.Title == title })
}

// columns are those shown in this scope.
func (v *View) columns() []resource.Column[any] {
	return resource.ShownColumns(v.kind.Columns, v.at.Scope)
}

// SetVisible implements views.Watcher.
func (v *View) SetVisible(visible bool) tea.Cmd {
	if v.poll.visible == visible {
		return nil
	}
	v.poll.visible = visible
	if !visible {
		v.box.Close()
		v.pane.asked, v.early = "", early{}
		return nil
	}
	if v.poll.absent {
		return nil
	}
	if v.frame.touched = false; v.grid.Len() > 0 {
		v.arrange()
	}
	return tea.Batch(v.Refresh(), v.UpdatePreview())
}

// Absent implements views.Absent.
func (v *View) Absent() bool { return v.poll.absent }

// handleReconnected asks again for what the server did not have: it may be
// another one by now.
func (v *View) handleReconnected() tea.Cmd {
	was := v.poll.absent
	v.poll.absent = false
	if was && v.poll.visible {
		return v.Refresh()
	}
	return nil
}

// Refresh asks for the list at once.
func (v *View) Refresh() tea.Cmd { return v.askList(true, urgency.Asked) }

// askList asks for the list; forced tells that somebody waits for what changed, and level
// how urgent it is where there are rows to look at.
func (v *View) askList(forced bool, level urgency.Level) tea.Cmd {
	if !v.poll.visible {
		return nil
	}
	if v.source == nil {
		v.source = v.kind.Source(v.at)
	}
	if f, ok := resource.As[interface{ Force() }](v.source); ok && forced {
		f.Force()
	}
	v.box.Cancel("poll")
	ask := v.box.Ask("list", v.fetch(level))
	if v.poll.at.IsZero() && v.poll.asked.IsZero() {
		v.poll.asked = v.env.Now()
		return tea.Batch(ask, v.box.After("slow", 150*time.Millisecond, slowMsg{}))
	}
	return ask
}

// Hurry asks quickly for a while: something was done and its phases are wanted.
func (v *View) Hurry() tea.Cmd {
	v.poll.hurry = v.env.Now().Add(hurryFor)
	return v.Refresh()
}

// Update implements views.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return v.handleKey(msg)
	case listedMsg:
		return v.handleListed(msg)
	case failedMsg:
		return v.handleFailed(msg)
	case pollMsg:
		return v.askList(v.env.Now().Before(v.poll.hurry), urgency.Shown)
	case ask.PreparedMsg:
		return v.asker.HandlePrepared(msg)
	case slowMsg:
		v.poll.slow, v.frame.dirty = v.poll.at.IsZero(), true
	case detailMsg:
		v.pane.setDetail(msg, v.env.Theme)
		v.frame.dirty = true
	case fillMsg:
		return v.handleFill()
	case filledMsg:
		return v.handleFilled(msg)
	case readingMsg:
		v.pane.slow, v.frame.dirty = v.pane.of != v.pane.asked, true
	case copyYAMLMsg:
		return v.copyYAML()
	case copiedYAMLMsg:
		return copyAnswer(msg)
	case copyTableMsg:
		return v.copyTable(msg.form)
	case views.RestyledMsg:
		v.grid.SetTheme(v.env.Theme)
		v.pane.restyle(v.env.Theme)
		v.frame.dirty = true
	case views.ReconnectedMsg:
		return v.handleReconnected()
	case tea.FocusMsg, tea.BlurMsg:
		return v.handleBlur(msg)
	}
	return nil
}

func (v *View) selected() (resource.Item[any], bool) {
	item, ok := v.list.item(v.grid.Selected())
	return item, ok
}

// selectedItem is the same, nil where there is none.
func (v *View) selectedItem() *resource.Item[any] {
	if item, ok := v.selected(); ok {
		return &item
	}
	return nil
}

// Tick implements views.Ageing.
func (v *View) Tick(now time.Time) time.Duration {
	busy := v.busy()
	if left := v.frame.until.Sub(now); left > 0 && !v.frame.dirty && busy == v.frame.busy {
		return left
	}
	v.frame.dirty = true
	ahead := v.env.ServerNow().Sub(v.env.Now())
	next := v.grid.Tick(now.Add(ahead))
	if own := v.pane.tick(now.Add(ahead)); own > 0 && (next == 0 || own < next) {
		next = own
	}
	if v.frame.busy = busy; busy || v.poll.at.IsZero() {
		next = time.Second
	}
	v.frame.until = now.Add(next)
	return next
}

// busy tells that the preview shows how long a step has taken.
func (v *View) busy() bool {
	item, ok := v.selected()
	if !ok || v.paneHeight() == 0 {
		return false
	}
	_, on := v.taskOn(item)
	return on
}

// WorstFirst sorts by state, without a filter, and goes to the top.
func (v *View) WorstFirst() {
	v.SetFilter("")
	v.grid.SortBy(slices.IndexFunc(v.columns(), func(c resource.Column[any]) bool { return c.Worst }), false)
	v.grid.First()
	v.frame.dirty = true
}

// ListState implements views.Restorer.
func (v *View) ListState() views.ListState {
	s := views.ListState{Filter: v.grid.Filter(), Row: v.grid.Cursor()}
	if title, reverse := v.grid.SortedBy(); title != v.defaultSort || reverse {
		s.Sort, s.Reverse = title, reverse
	}
	return s
}

// RestoreList implements views.Restorer.
func (v *View) RestoreList(s views.ListState) {
	if s.Sort != "" {
		v.grid.SortBy(v.column(s.Sort), s.Reverse)
	}
	if s.Filter != "" {
		v.SetFilter(s.Filter)
	}
	if s.Row != "" {
		v.Select(s.Row)
	}
	v.frame.dirty = true
}

// Select puts the cursor on a row, now or when it comes.
func (v *View) Select(key string) {
	v.row = key
	v.grid.Select(key)
}

// SelectName puts the cursor on the row of a name, now or when it comes.
func (v *View) SelectName(name string) {
	v.wanted = name
	v.selectWanted()
}

// SeekName is SelectName that asks for the rows, and says so where none has the name.
func (v *View) SeekName(name string) tea.Cmd {
	v.SelectName(name)
	v.sought = v.wanted != ""
	return v.Refresh()
}

// selectWanted puts the cursor on the row that was asked for by its name, once.
func (v *View) selectWanted() {
	if v.wanted == "" {
		return
	}
	for i, item := range v.list.items {
		if v.kind.NameOf(item.Value) == v.wanted {
			if v.Select(v.list.rows[i].Key); v.grid.Selected() != v.row {
				v.SetFilter("") // it hides the row
				v.Select(v.row)
			}
			v.wanted, v.sought, v.frame.dirty = "", false, true
			return
		}
	}
}

// SetFilter replaces the filter; the cursor goes to the row whose name fits it best.
func (v *View) SetFilter(query string) {
	v.bar.line.Set(query)
	v.grid.SetFilter(query)
	v.grid.SelectNearest()
	v.selectHidden()
	v.frame.dirty = true
}
