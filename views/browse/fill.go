package browse

import (
	"context"
	"maps"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/sync/errgroup"

	"drey/client/urgency"
	"drey/views/grid"
	"drey/views/resource"
)

// How cells are filled: once the cursor and the rows rest, some at once, and of an
// object that changes all the time no oftener than so.
const (
	fillAfter  = 250 * time.Millisecond
	fillAtOnce = 4
	fillMost   = 12
	fillAgain  = 30 * time.Second
)

// fills are the cells that were asked for, by the key of their row.
type fills struct {
	column int // -1 where none is filled
	of     *resource.Fill[any]
	cells  map[string]filled
}

// newFills are those of columns, with none asked for.
func newFills(columns []resource.Column[any]) fills {
	f := fills{column: slices.IndexFunc(columns, func(c resource.Column[any]) bool { return c.Fill != nil })}
	if f.column >= 0 {
		f.of, f.cells = columns[f.column].Fill, map[string]filled{}
	}
	return f
}

type filled struct {
	made  string // by which an object is told from one of the same key
	cell  grid.Cell
	asked time.Time
	row   grid.Row // that it was asked for
}

type (
	fillMsg   struct{}
	filledMsg map[string]filled
)

// fill asks for the cells that are wanted of the rows on the screen, once they rest.
func (v *View) fill() tea.Cmd {
	if !v.fills() {
		return nil
	}
	return v.box.After("rest", fillAfter, fillMsg{})
}

// fills tells that there is a column to fill on the screen, and no question open.
func (v *View) fills() bool {
	c := v.filled.column
	return c >= 0 && v.poll.visible && !v.box.Waiting("fill") && v.grid.Shows(c)
}

// unfilled are the rows on the screen whose cell is to be asked for.
func (v *View) unfilled() []int32 {
	var rows []int32
	now := time.Now()
	for _, key := range v.grid.SeenKeys() {
		at, ok := v.list.at(key)
		if !ok || len(rows) == fillMost || !v.filled.of.Wants(v.list.items[at]) {
			continue
		}
		known, asked := v.filled.cells[key]
		same := asked && known.made == v.madeOf(at)
		if same && (known.row.Is(&v.list.rows[at]) || now.Sub(known.asked) < fillAgain) {
			continue
		}
		rows = append(rows, at)
	}
	return rows
}

// lateColumn is the column of a row that was filled after it was listed, -1 for none.
func (v *View) lateColumn(key string) int {
	if f, filled := v.filled.cells[key]; filled && f.cell != (grid.Cell{}) {
		return v.filled.column
	}
	return -1
}

// madeOf tells an object from one of the same key.
func (v *View) madeOf(at int32) string {
	if v.kind.Made == nil {
		return ""
	}
	return v.kind.Made(v.list.items[at].Value)
}

func (v *View) handleFill() tea.Cmd {
	if !v.fills() {
		return nil
	}
	type question struct {
		item resource.Item[any]
		key  string
		filled
	}
	var questions []question
	for _, at := range v.unfilled() {
		row, made := v.list.rows[at], v.madeOf(at)
		f := filled{made: made, asked: time.Now(), row: row}
		if known := v.filled.cells[row.Key]; known.made == made {
			f.cell = known.cell // it stays where no answer comes
		}
		questions = append(questions, question{v.list.items[at], row.Key, f})
	}
	if len(questions) == 0 {
		return nil
	}
	ask := v.filled.of.Cell
	return v.box.Ask("fill", func(ctx context.Context) tea.Msg {
		ctx = urgency.With(ctx, urgency.Background)
		var group errgroup.Group
		group.SetLimit(fillAtOnce)
		for i := range questions {
			group.Go(func() error {
				if cell, err := ask(ctx, questions[i].item); err == nil {
					questions[i].cell = cell
				}
				return nil // what cannot be asked stays as it was
			})
		}
		_ = group.Wait()
		cells := make(filledMsg, len(questions))
		for _, q := range questions {
			cells[q.key] = q.filled
		}
		return cells
	})
}

func (v *View) handleFilled(msg filledMsg) tea.Cmd {
	maps.Copy(v.filled.cells, msg)
	if list := v.withFills(v.list); list != v.list {
		selected := v.grid.Selected()
		at, ok := list.at(selected)
		if ok && v.pane.asked == selected && v.pane.row.Is(&v.list.rows[at]) {
			v.pane.row = list.rows[at] // it is still about this row
		}
		v.list = list
		v.grid.SetCalm(true)
		v.frame.dirty = v.grid.SetRows(list.rows, v.env.ServerNow()) || v.frame.dirty
		v.grid.SetCalm(list.partial)
	}
	return v.fill()
}

// withFills is a listing with the cells that were asked for; it is the same one where
// there are none.
func (v *View) withFills(list *listing) *listing {
	next := list
	for key, f := range v.filled.cells {
		at, ok := list.at(key)
		if !ok {
			delete(v.filled.cells, key)
			continue
		}
		item, row := list.items[at], list.rows[at]
		if f.cell == (grid.Cell{}) || row.Cell(v.filled.column) == f.cell || !v.filled.of.Wants(item) ||
			v.kind.Made != nil && v.kind.Made(item.Value) != f.made {
			continue
		}
		if next == list {
			own := *list
			own.rows = slices.Clone(list.rows)
			next = &own
		}
		next.rows[at] = row.With(v.filled.column, f.cell)
		if f.row.Is(&row) {
			f.row = next.rows[at]
			v.filled.cells[key] = f
		}
	}
	return next
}
