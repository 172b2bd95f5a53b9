package browse

import (
	"context"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/sync/errgroup"

	"drey/client/urgency"
	"drey/views/grid"
)

// Fill is the cell of a column of what a list does not tell of some items, such as the
// root cause of a failure.
type Fill[T any] struct {
	// Wants tells that the list does not tell it of an item.
	Wants func(Item[T]) bool
	// Cell asks for it; an empty one is nothing to say.
	Cell func(context.Context, Item[T]) (grid.Cell, error)
}

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
	asking bool
	cells  map[string]filled
}

type filled struct {
	made  string // by which an object is told from one of the same key
	cell  grid.Cell
	asked time.Time
	row   *grid.Cell // the row's cells that it was asked for
}

type (
	fillMsg   struct{}
	filledMsg map[string]filled
)

// fillColumn is the column that is filled, -1 where there is none on the screen.
func (v *View[T]) fillColumn() int {
	c := slices.IndexFunc(v.columns(), func(c Column[T]) bool { return c.Fill != nil })
	if c < 0 || !v.poll.visible || !v.grid.Shows(c) {
		return -1
	}
	return c
}

// fill asks for the cells that are wanted of the rows on the screen, once they rest.
func (v *View[T]) fill() tea.Cmd {
	if v.fillColumn() < 0 || v.fills.asking {
		return nil
	}
	return v.box.After("rest", fillAfter, fillMsg{})
}

// unfilled are the rows on the screen whose cell of a column is to be asked for.
func (v *View[T]) unfilled(c int) []int32 {
	var rows []int32
	now := time.Now()
	for _, key := range v.grid.SeenKeys() {
		at, ok := v.list.at(key)
		if !ok || len(rows) == fillMost || !v.columns()[c].Fill.Wants(v.list.items[at]) {
			continue
		}
		known, asked := v.fills.cells[key]
		same := asked && known.made == v.madeOf(at)
		if same && (known.row == &v.list.rows[at].Cells[0] || now.Sub(known.asked) < fillAgain) {
			continue
		}
		rows = append(rows, at)
	}
	return rows
}

func (v *View[T]) madeOf(at int32) string {
	if v.kind.Made == nil {
		return ""
	}
	return v.kind.Made(v.list.items[at].Value)
}

func (v *View[T]) handleFill() tea.Cmd {
	c := v.fillColumn()
	if c < 0 || v.fills.asking {
		return nil
	}
	type question struct {
		item Item[T]
		key  string
		filled
	}
	var questions []question
	for _, at := range v.unfilled(c) {
		row := v.list.rows[at]
		questions = append(questions, question{
			v.list.items[at], row.Key, filled{made: v.madeOf(at), asked: time.Now(), row: &row.Cells[0]},
		})
	}
	if len(questions) == 0 {
		return nil
	}
	v.fills.asking = true
	ask := v.columns()[c].Fill.Cell
	return v.box.Ask("fill", func(ctx context.Context) tea.Msg {
		ctx = urgency.With(ctx, urgency.Background)
		var group errgroup.Group
		group.SetLimit(fillAtOnce)
		for i := range questions {
			group.Go(func() error {
				if cell, err := ask(ctx, questions[i].item); err == nil {
					questions[i].cell = cell
				}
				return nil // what cannot be asked stays empty
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

func (v *View[T]) handleFilled(msg filledMsg) tea.Cmd {
	v.fills.asking = false
	if v.fills.cells == nil {
		v.fills.cells = map[string]filled{}
	}
	for key, cell := range msg {
		v.fills.cells[key] = cell
	}
	if list := v.withFills(v.list); list != v.list {
		selected := v.grid.Selected()
		at, ok := list.at(selected)
		if ok && v.pane.asked == selected && len(v.list.rows[at].Cells) > 0 &&
			v.pane.row == &v.list.rows[at].Cells[0] {
			v.pane.row = &list.rows[at].Cells[0] // it is still about this row
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
func (v *View[T]) withFills(list *listing[T]) *listing[T] {
	c := slices.IndexFunc(v.columns(), func(c Column[T]) bool { return c.Fill != nil })
	if c < 0 || len(v.fills.cells) == 0 {
		return list
	}
	next := list
	for key, f := range v.fills.cells {
		at, ok := list.at(key)
		if !ok {
			delete(v.fills.cells, key)
			continue
		}
		item, cells := list.items[at], list.rows[at].Cells
		if f.cell == (grid.Cell{}) || cells[c] == f.cell || !v.columns()[c].Fill.Wants(item) ||
			v.kind.Made != nil && v.kind.Made(item.Value) != f.made {
			continue
		}
		if next == list {
			own := *list
			own.rows = slices.Clone(list.rows)
			next = &own
		}
		next.rows[at].Cells = slices.Clone(cells)
		next.rows[at].Cells[c] = f.cell
		if f.row == &cells[0] {
			f.row = &next.rows[at].Cells[0]
			v.fills.cells[key] = f
		}
	}
	return next
}
