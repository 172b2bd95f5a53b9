package list

import (
	"strings"

	"drey/keymap"
	"drey/views"
	"drey/views/grid"
	"drey/views/input"

	tea "github.com/charmbracelet/bubbletea"
)

// List is a grid with its keys: moving, sorting, a filter.
type List struct {
	env     *views.Env
	Grid    *grid.Grid
	columns []grid.Column
	line    input.Line
	filters bool // the filter is being typed
}

func New(env *views.Env, columns ...grid.Column) *List {
	t := &List{env: env, Grid: grid.New(columns, env.Theme), columns: columns}
	t.Grid.SetFocus(true)
	t.Grid.SetCalm(true)
	return t
}

// Set takes the rows of an answer; the cursor is on the first until it is moved.
func (t *List) Set(rows []grid.Row) {
	t.Grid.SetRows(rows, t.env.ServerNow())
	t.Grid.Home()
}

// SetColumns shows other columns, without rows yet. What is sorted by, the filter and
// the cursor stay, where the column that is sorted by is there.
func (t *List) SetColumns(columns ...grid.Column) {
	title, reverse := t.Grid.SortedBy()
	cursor, filter := t.Grid.Cursor(), t.Grid.Filter()
	t.columns = columns
	t.Grid.SetColumns(columns)
	t.Grid.SetFocus(true)
	t.Grid.SetCalm(true)
	t.SortBy(title, reverse)
	t.Grid.SetFilter(filter)
	if cursor != "" {
		t.Grid.Select(cursor)
	}
}

// SortBy sorts by the column with this title.
func (t *List) SortBy(title string, reverse bool) {
	for i, c := range t.columns {
		if c.Title == title {
			t.Grid.SortBy(i, reverse)
		}
	}
}

func (t *List) Typing() bool { return t.filters }

func (t *List) Escape() bool {
	had := t.filters || t.Grid.Filter() != ""
	t.filters = false
	t.line.Set("")
	t.Grid.SetFilter("")
	return had
}

// Update handles a key and says whether it meant anything.
func (t *List) Update(msg tea.KeyMsg) bool {
	keys := t.env.Keys
	if t.filters {
		switch {
		case keymap.Matches(msg, keys.Line.Accept):
			t.filters = false
		case keymap.Matches(msg, keys.Line.Cancel):
			t.Escape()
		default:
			t.line.Update(msg, keys.Line)
			t.Grid.SetFilter(t.line.Value())
		}
		return true
	}
	if t.Grid.Handle(msg, keys.Move) {
		return true
	}
	switch {
	case keymap.Matches(msg, keys.Table.Filter):
		t.filters = true
	case keymap.Matches(msg, keys.Table.Sort):
		t.Grid.SortNext()
	case keymap.Matches(msg, keys.Table.Reverse):
		t.Grid.Reverse()
	default:
		return false
	}
	return true
}

// Lines are the grid's, under the filter while there is one.
func (t *List) Lines(width, height int) []string {
	if height < 1 {
		return nil
	}
	var lines []string
	th := t.env.Theme
	t.Grid.SetTheme(th)
	if t.filters || t.Grid.Filter() != "" {
		text := th.Accent.Render(" /")
		if t.filters {
			text += t.line.View(th, max(width-4, 4))
		} else {
			text += th.Text.Render(t.Grid.Filter())
		}
		lines = append(lines, text)
	}
	space := height - len(lines)
	t.Grid.SetSize(width, space)
	drawn := strings.Split(strings.TrimRight(string(t.Grid.Render(t.env.ServerNow())), "\n"), "\n")
	return append(lines, drawn[:min(len(drawn), space)]...)
}

func (t *List) Hints() []views.Hint {
	k := t.env.Keys
	return []views.Hint{Hint(k.Table.Sort, "sort"), Hint(k.Table.Filter, "filter")}
}
