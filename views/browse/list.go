package browse

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views/grid"
)

// listing is the last answer, with its rows; it is never changed, only replaced.
type listing[T any] struct {
	items map[string]Item[T]
	rows  map[string]grid.Row
	tally map[string]Tally
	note  string
}

// Tally counts an environment's items by what their states mean.
type Tally map[themes.Tone]int

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
