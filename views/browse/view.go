package browse

import (
	"context"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/cmf"
	"drey/themes"
	"drey/views"
	"drey/views/grid"
	"drey/views/input"
)

// View is a list of objects of one kind. It implements views.View and most of
// the abilities.
type View[T any] struct {
	env   *views.Env
	kind  Kind[T]
	scope cmf.Scope
	box   views.Mailbox

	source Source[T]
	list   *listing[T]
	grid   *grid.Grid
	poll   polling
	bar    filterBar
	pane   pane
	frame  picture
}

// listing is the last answer, with its rows; it is never changed, only replaced.
type listing[T any] struct {
	items map[string]Item[T]
	rows  map[string]grid.Row
	tally map[string]Tally
	note  string
}

// Tally counts an environment's items by what their states mean.
type Tally map[themes.Tone]int

// filterBar is the filter and whether it is being typed.
type filterBar struct {
	line   input.Line
	typing bool
}

// picture is the room and what was drawn in it last.
type picture struct {
	width, height int
	zoomed        bool
	focused       bool
	dirty         bool
	out           string
	until         time.Time // when the ages in it are no longer right
}

// New makes a list of everything, or of what is in scope for kinds that live in
// a parent. It asks nothing before it is made visible.
func New[T any](env *views.Env, kind Kind[T], scope cmf.Scope) *View[T] {
	v := &View[T]{env: env, kind: kind, scope: scope, list: &listing[T]{}}
	v.box.Context = env.Context
	v.frame = picture{dirty: true, focused: true}
	v.reset()
	return v
}

// Title is the kind's.
func (v *View[T]) Title() string { return v.kind.Title }

// Init asks nothing: the root tells when the view is seen.
func (v *View[T]) Init() tea.Cmd { return nil }

// Accept implements views.View.
func (v *View[T]) Accept(a views.Answer) bool { return v.box.Accept(a) }

// Close implements views.View.
func (v *View[T]) Close() { v.box.Close() }

// Typing tells whether letters go to the filter.
func (v *View[T]) Typing() bool { return v.bar.typing }

// Crumb is the name of the selected row.
func (v *View[T]) Crumb() string {
	if item, ok := v.selected(); ok {
		return v.kind.Name(item.Value)
	}
	return ""
}

// Freshness implements views.Fresher.
func (v *View[T]) Freshness() views.Freshness { return v.poll.freshness() }

// SetFocus implements views.Focusable.
func (v *View[T]) SetFocus(on bool) {
	if v.frame.focused != on {
		v.frame.focused, v.frame.dirty = on, true
		v.grid.SetFocus(on)
	}
}

// SetSize implements views.View.
func (v *View[T]) SetSize(width, height int) {
	if v.frame.width != width || v.frame.height != height {
		v.frame.width, v.frame.height = width, height
		v.layout()
	}
}

// Zoom gives the whole room to the table, or takes it back.
func (v *View[T]) Zoom() {
	v.frame.zoomed = !v.frame.zoomed
	v.layout()
}

// SetEnvironment shows another environment, "" for all; the filter and the
// order stay.
func (v *View[T]) SetEnvironment(name string) tea.Cmd {
	if v.scope.Environment == name {
		return nil
	}
	v.scope.Environment = name
	v.source, v.list = nil, &listing[T]{}
	v.poll.at, v.poll.err, v.poll.failures = time.Time{}, nil, 0
	v.box.Close()
	v.reset()
	if v.poll.visible {
		return v.Refresh()
	}
	return nil
}

// reset makes an empty grid with the columns that the scope needs.
func (v *View[T]) reset() {
	old := v.grid
	var columns []grid.Column
	for _, c := range v.columns() {
		columns = append(columns, c.Column)
	}
	v.grid = grid.New(columns, v.env.Theme)
	v.grid.SetFocus(v.frame.focused)
	if old != nil {
		v.grid.SetFilter(old.Filter())
		v.grid.Select(old.Selected())
		v.sortLike(old)
	}
	v.pane.clear()
	v.layout()
}

// sortLike carries the order over to columns that may be others.
func (v *View[T]) sortLike(old *grid.Grid) {
	name, reverse := old.SortedBy()
	for i, c := range v.columns() {
		if c.Title == name {
			v.grid.SortBy(i, reverse)
		}
	}
}

// columns are those shown in this scope.
func (v *View[T]) columns() []Column[T] {
	if v.scope.Environment == "" {
		return v.kind.Columns
	}
	var shown []Column[T]
	for _, c := range v.kind.Columns {
		if !c.Fleet {
			shown = append(shown, c)
		}
	}
	return shown
}

// SetVisible implements views.Watcher.
func (v *View[T]) SetVisible(visible bool) tea.Cmd {
	if v.poll.visible == visible {
		return nil
	}
	v.poll.visible = visible
	if !visible {
		v.box.Close()
		v.pane.asked = ""
		return nil
	}
	return tea.Batch(v.Refresh(), v.lookAt())
}

// Refresh asks for the list at once.
func (v *View[T]) Refresh() tea.Cmd {
	if !v.poll.visible {
		return nil
	}
	if v.source == nil {
		v.source = v.newSource()
	}
	v.box.Cancel("poll")
	ask := v.box.Ask("list", v.fetch())
	if v.poll.at.IsZero() && v.poll.asked.IsZero() {
		v.poll.asked = v.env.Now()
		return tea.Batch(ask, v.box.After("slow", 150*time.Millisecond, slowMsg{}))
	}
	return ask
}

// Hurry asks quickly for a while: something was done and its phases are wanted.
func (v *View[T]) Hurry() tea.Cmd {
	v.poll.hurry = v.env.Now().Add(hurryFor)
	return v.Refresh()
}

func (v *View[T]) newSource() Source[T] {
	if v.kind.Source != nil {
		return v.kind.Source(v.env.Client, v.scope)
	}
	return NewSource[T](v.env.Client, v.kind.API, v.scope, v.kind.Query)
}

type (
	listedMsg[T any] struct {
		list    *listing[T]
		rows    []grid.Row
		changed bool
	}
	failedMsg struct{ err error }
	pollMsg   struct{}
	slowMsg   struct{}
)

// fetch asks the source and builds the rows, off the loop. Rows of objects that
// are the same as before are kept.
func (v *View[T]) fetch() func(context.Context) tea.Msg {
	source, before, kind, columns := v.source, v.list, v.kind, v.columns()
	return func(ctx context.Context) tea.Msg {
		batch, changed, err := source.Next(ctx)
		if err != nil {
			return failedMsg{err}
		}
		if !changed && before.items != nil {
			return listedMsg[T]{list: before}
		}
		next := &listing[T]{items: make(map[string]Item[T], len(batch.Items)), rows: make(map[string]grid.Row, len(batch.Items)), note: batch.Note}
		rows := make([]grid.Row, 0, len(batch.Items))
		for _, item := range batch.Items {
			key := kind.Key(item)
			if _, twice := next.items[key]; twice {
				continue
			}
			row, ok := before.rows[key]
			if !ok || kind.Same == nil || !kind.Same(before.items[key].Value, item.Value) {
				row = buildRow(kind, columns, key, item)
			}
			next.items[key], next.rows[key] = item, row
			next.count(kind, item)
			rows = append(rows, row)
		}
		return listedMsg[T]{list: next, rows: rows, changed: true}
	}
}

func (l *listing[T]) count(kind Kind[T], item Item[T]) {
	if kind.State == nil {
		return
	}
	if l.tally == nil {
		l.tally = map[string]Tally{}
	}
	if l.tally[item.Environment] == nil {
		l.tally[item.Environment] = Tally{}
	}
	_, tone := kind.State(item.Value)
	l.tally[item.Environment][tone]++
}

// Tallies are the counts of the last answer by environment.
func (v *View[T]) Tallies() map[string]Tally { return v.list.tally }

func buildRow[T any](kind Kind[T], columns []Column[T], key string, item Item[T]) grid.Row {
	cells := make([]grid.Cell, len(columns))
	for i, c := range columns {
		cells[i] = c.Cell(item)
	}
	var labels map[string]string
	if kind.Labels != nil {
		labels = kind.Labels(item.Value)
	}
	return grid.NewRow(key, cells, labels)
}

// Update implements views.View.
func (v *View[T]) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return v.handleKey(msg)
	case listedMsg[T]:
		return v.handleListed(msg)
	case failedMsg:
		return v.handleFailed(msg)
	case pollMsg:
		return v.Refresh()
	case slowMsg:
		v.poll.slow, v.frame.dirty = v.poll.at.IsZero(), true
	case detailMsg:
		v.pane.take(msg, v.env.Theme)
		v.frame.dirty = true
	case views.RestyledMsg:
		v.grid.SetTheme(v.env.Theme)
		v.pane.restyle(v.env.Theme)
		v.frame.dirty = true
	case tea.FocusMsg, tea.BlurMsg:
		return v.handleBlur(msg)
	}
	return nil
}

func (v *View[T]) handleListed(msg listedMsg[T]) tea.Cmd {
	now := v.env.Now()
	wasBad := v.poll.err != nil || v.poll.at.IsZero()
	v.poll.answered(now)
	v.box.Cancel("slow")
	if msg.changed {
		v.list = msg.list
		if v.grid.SetRows(msg.rows, now) {
			v.frame.dirty = true
		}
	}
	v.frame.dirty = v.frame.dirty || wasBad
	return tea.Batch(v.again(), v.lookAt())
}

func (v *View[T]) handleFailed(msg failedMsg) tea.Cmd {
	v.poll.failed(msg.err)
	v.frame.dirty = true
	return v.again()
}

func (v *View[T]) again() tea.Cmd {
	if !v.poll.visible {
		return nil
	}
	return v.box.After("poll", v.poll.next(v.env.Now()), pollMsg{})
}

func (v *View[T]) handleBlur(msg tea.Msg) tea.Cmd {
	_, v.poll.blurred = msg.(tea.BlurMsg)
	if v.poll.blurred || !v.poll.visible {
		return nil
	}
	return v.Refresh()
}

func (v *View[T]) selected() (Item[T], bool) {
	item, ok := v.list.items[v.grid.Selected()]
	return item, ok
}

// Tick implements views.Ageing.
func (v *View[T]) Tick(now time.Time) time.Duration {
	if left := v.frame.until.Sub(now); left > 0 && !v.frame.dirty {
		return left
	}
	v.frame.dirty = true
	next := v.grid.Tick(now)
	if own := v.pane.tick(now); own > 0 && (next == 0 || own < next) {
		next = own
	}
	if v.poll.at.IsZero() {
		next = time.Second
	}
	v.frame.until = now.Add(next)
	return next
}

// Select puts the cursor on a row, now or when it comes.
func (v *View[T]) Select(key string) { v.grid.Select(key) }

// SetFilter replaces the filter.
func (v *View[T]) SetFilter(query string) {
	v.bar.line.Set(query)
	v.grid.SetFilter(query)
	v.frame.dirty = true
}

func joinLines(lines []string) string { return strings.Join(lines, "\n") }
