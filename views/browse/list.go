package browse

import (
	"context"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/urgency"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/grid"
	"drey/views/resource"
)

// listing is the last answer, with its rows; it is never changed, only replaced.
type listing struct {
	items []resource.Item[any]
	rows  []grid.Row // of the items, in their order
	index map[string]int32
	// unread are what could not be read, by key; their rows come after those of items.
	unread  map[string]resource.Unread
	tally   map[string]views.Tally
	missing string
	partial bool // more of it comes
	hidden  int  // items that are not shown
	// Of kinds that hide items: the answer as it came, and whether they are hidden,
	// so that they are shown without asking.
	batch resource.Batch[any]
	hides bool
}

// at is the place of the item with this key; ok is false when there is none.
func (l *listing) at(key string) (i int32, ok bool) {
	i, ok = l.index[key]
	return i, ok
}

// item is the one with this key.
func (l *listing) item(key string) (item resource.Item[any], ok bool) {
	i, ok := l.at(key)
	if ok {
		item = l.items[i]
	}
	return item, ok
}

type (
	listedMsg struct {
		list    *listing
		answer  int // its number
		changed bool
		fine    bool // nothing was amiss when it was asked for
	}
	failedMsg struct{ err error }
	pollMsg   struct{}
	slowMsg   struct{}
)

// NothingNew implements views.Routine.
func (m listedMsg) NothingNew() bool { return m.fine && !m.changed }

// NothingNew implements views.Routine.
func (pollMsg) NothingNew() bool { return true }

// fetch asks the source and builds the rows, off the loop. Rows of objects that
// are the same as before are kept. Where there are rows already, level is how urgent it is.
func (v *View) fetch(level urgency.Level) func(context.Context) tea.Msg {
	source, given, shown, before := v.source, v.given, v.answer, v.list
	kind, columns, hides := v.kind, v.columns(), v.hides()
	fresh := v.Freshness()
	fine := fresh.Err == nil && v.env.Now().Sub(fresh.At) <= fresh.Stale() && !v.list.partial && v.list.missing == ""
	if s, ok := resource.As[interface{ See([]string) }](source); ok {
		s.See(v.seenScopes())
	}
	if s, ok := resource.As[interface{ Calm(bool) }](source); ok {
		s.Calm(v.poll.calm())
	}
	tasks := v.env.Tasks
	return func(ctx context.Context) tea.Msg {
		if tasks != nil {
			_ = tasks.Look() // the preview shows what it knew before
		}
		if before.index != nil { // there is something to look at
			ctx = urgency.With(ctx, urgency.Of(ctx, level))
		}
		list, answer, err := given.Next(func() (*listing, bool, error) {
			batch, changed, err := source.Next(ctx)
			if err != nil || !changed && before.index != nil {
				return before, false, err
			}
			return listingOf(kind, columns, hides, before, batch), changed, nil
		})
		if err != nil {
			return failedMsg{err}
		}
		return listedMsg{list: list, answer: answer, changed: answer != shown, fine: fine}
	}
}

// listingOf makes the rows of an answer; those that before has already are kept.
func listingOf(
	kind resource.Kind[any], columns []resource.Column[any], hides bool, before *listing, batch resource.Batch[any],
) *listing {
	if before.isOf(kind, batch) {
		same := *before
		same.missing, same.partial = batch.Missing, batch.Partial
		return &same
	}
	n := len(batch.Items)
	next := &listing{
		items: batch.Items[:0], rows: make([]grid.Row, 0, n), index: make(map[string]int32, n), missing: batch.Missing,
		partial: batch.Partial,
	}
	if kind.Hidden != nil {
		next.items, next.batch, next.hides = make([]resource.Item[any], 0, n), batch, hides
	}
	cells, known := make([]grid.Cell, len(columns)), earlier{kind: kind, list: before}
	for _, item := range batch.Items {
		key := known.key(item)
		if _, twice := next.at(key); twice || kind.Only != nil && !kind.Only(item) {
			continue
		}
		if hides && kind.Hidden(item.Value) {
			next.hidden++
			continue
		}
		row, same := known.row(key, item)
		if !same {
			row = buildRow(kind, columns, cells, key, item)
		}
		next.index[row.Key] = int32(len(next.items)) // the key of the row and no copy of it
		next.items = append(next.items, item)
		next.rows = append(next.rows, row)
	}
	next.tally = resource.TallyOf(kind, next.items)
	next.addUnread(columns, batch.Unread)
	return next
}

// addUnread adds a row for each item that could not be read, which says so.
func (l *listing) addUnread(columns []resource.Column[any], unread []resource.Unread) {
	for _, u := range unread {
		if l.unread == nil {
			l.unread = map[string]resource.Unread{}
		}
		key := "unread/" + u.Scope + "/" + u.Name
		l.unread[key] = u
		cells := make([]grid.Cell, len(columns))
		for i, c := range columns {
			cells[i] = grid.Word("", themes.Bad)
			if c.AllScopes {
				cells[i].Text = u.Scope
			}
		}
		cells[0].Text = u.Name
		row := grid.NewRow(key, cells, nil)
		row.Problem = clean.Text(u.Text())
		l.rows = append(l.rows, row)
	}
}

// isOf tells that the listing is of the items of an answer, and of no others.
func (l *listing) isOf(kind resource.Kind[any], batch resource.Batch[any]) bool {
	if l.index == nil || kind.Hidden != nil || len(l.items) != len(batch.Items) || len(l.unread)+len(batch.Unread) > 0 {
		return false
	}
	known := earlier{kind: kind, list: l}
	for _, item := range batch.Items {
		if !known.isNext(item) {
			return false
		}
		known.at++
	}
	return true
}

// earlier goes over a listing beside the items of the next one, which mostly has them in
// the same order.
type earlier struct {
	kind resource.Kind[any]
	list *listing
	at   int32 // its item that comes next
}

// isNext tells that the next item of the listing is this one, and unchanged.
func (e *earlier) isNext(item resource.Item[any]) bool {
	if e.kind.Same == nil || int(e.at) >= len(e.list.items) {
		return false
	}
	was := e.list.items[e.at]
	return was.Location != nil && item.Location != nil && *was.Location == *item.Location &&
		e.kind.Same(was.Value, item.Value)
}

// key is the item's key; the listing goes on at the item that has it.
func (e *earlier) key(item resource.Item[any]) string {
	if e.isNext(item) {
		return e.list.rows[e.at].Key
	}
	key := e.kind.Key(item)
	if i, ok := e.list.at(key); ok {
		e.at = i
	}
	return key
}

// row is the row that the listing has of an item, whose key was asked for just before;
// same is false when there is none, or when the item would be drawn otherwise.
func (e *earlier) row(key string, item resource.Item[any]) (row grid.Row, same bool) {
	if int(e.at) >= len(e.list.items) || e.list.rows[e.at].Key != key {
		return grid.Row{}, false
	}
	row, was := e.list.rows[e.at], e.list.items[e.at]
	e.at++
	return row, e.kind.Same != nil && e.kind.Same(was.Value, item.Value)
}

// Tallies are the counts of the last answer by scope.
func (v *View) Tallies() map[string]views.Tally { return v.list.tally }

// ReadAt is when the rows of a scope were asked for, zero where nobody knows.
func (v *View) ReadAt(scope string) time.Time {
	s, ok := resource.As[interface{ ReadAt(string) time.Time }](v.source)
	if !ok {
		return time.Time{}
	}
	at := s.ReadAt(scope)
	if at.IsZero() && v.answer == 0 { // the rows are those of before
		return v.poll.at
	}
	return at
}

func buildRow(
	kind resource.Kind[any], columns []resource.Column[any], cells []grid.Cell, key string, item resource.Item[any],
) grid.Row {
	for i, c := range columns {
		cells[i] = c.Cell(item)
	}
	var labels map[string]string
	if kind.Labels != nil {
		labels = kind.Labels(item.Value)
	}
	return grid.NewRow(key, cells, labels)
}

// take shows the rows of an answer.
func (v *View) take(list *listing) {
	// Rows of environments that were slow come above others, and those of further pages.
	waited := v.list.missing != "" || v.list.partial
	completed := waited && list.missing == "" && !list.partial
	// What comes late, or is not hidden any more, was there before: it is no change.
	v.grid.SetCalm(v.list.partial || list.hides != v.list.hides)
	if list.missing != v.list.missing || list.partial != v.list.partial || list.hidden != v.list.hidden {
		v.frame.dirty = true // the line below the rows says so
	}
	list = v.withFills(list)
	v.list = list
	if v.grid.SetRows(list.rows, v.env.ServerNow()) {
		v.frame.dirty = true
	}
	if waited {
		v.grid.Home()
	}
	if (!v.frame.touched || completed) && v.frame.arranged != v.grid.Len() {
		v.arrange()
	}
	v.selectWanted()
}

func (v *View) handleListed(msg listedMsg) tea.Cmd {
	v.answer = msg.answer
	if !msg.changed {
		msg.list = v.list // it may be shown in another way than the answer came in
	}
	// asked before the key
	if hides := v.hides(); v.kind.Hidden != nil && msg.list.hides != hides {
		msg.list, msg.changed = listingOf(v.kind, v.columns(), hides, v.list, msg.list.batch), true
	}
	now := v.env.Now()
	wasBad := v.poll.err != nil || v.poll.at.IsZero()
	v.poll.answered(now, msg.changed)
	v.box.Cancel("slow")
	if msg.changed {
		v.take(msg.list)
	}
	v.frame.dirty = v.frame.dirty || wasBad
	if wasBad && v.pane.err != nil {
		v.pane.row = grid.Row{} // its details are asked for again, too
	}
	if msg.changed && v.list.partial && v.poll.visible { // the next rows
		v.poll.nextAt = now.Add(pollMore)
		return tea.Batch(v.pressEarly(), v.box.After("poll", pollMore, pollMsg{}), v.preview())
	}
	var none tea.Cmd
	if v.sought && v.list.missing == "" && !v.list.partial {
		text := "there is no " + v.kind.Singular + " " + clean.Text(v.wanted) + " here"
		none, v.wanted, v.sought = views.Notice(themes.Warn, text), "", false
	}
	return tea.Batch(none, v.pressEarly(), v.findMade(), v.again(), v.UpdatePreview())
}

// seenScopes are those of the rows on the screen.
func (v *View) seenScopes() []string {
	var names []string
	if scope := v.awaited.made.Target.Scope; scope != "" {
		names = append(names, scope)
	}
	for _, key := range v.grid.SeenKeys() {
		if item, ok := v.list.item(key); ok && item.Location != nil && !slices.Contains(names, item.Scope) {
			names = append(names, item.Scope)
		}
	}
	return names
}

func (v *View) handleFailed(msg failedMsg) tea.Cmd {
	v.poll.failed(msg.err)
	v.box.Cancel("slow")
	v.frame.dirty = true
	return tea.Batch(v.pressEarly(), v.again())
}

func (v *View) again() tea.Cmd {
	if !v.poll.visible || v.poll.absent {
		return nil
	}
	wait := v.poll.next(v.env.Now())
	v.poll.nextAt = v.env.Now().Add(wait)
	return v.box.After("poll", wait, pollMsg{})
}

func (v *View) handleBlur(msg tea.Msg) tea.Cmd {
	_, v.poll.blurred = msg.(tea.BlurMsg)
	if v.poll.blurred || !v.poll.visible {
		return nil
	}
	return v.Refresh()
}
