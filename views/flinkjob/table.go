package flinkjob

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views"
	"drey/views/grid"
	"drey/views/input"
)

// table is a grid with its keys: moving, sorting, a filter.
type table struct {
	env     *views.Env
	grid    *grid.Grid
	columns []grid.Column
	line    input.Line
	filters bool // the filter is being typed
}

func newTable(env *views.Env, columns ...grid.Column) *table {
	t := &table{env: env, grid: grid.New(columns, env.Theme), columns: columns}
	t.grid.SetFocus(true)
	t.grid.SetCalm(true)
	return t
}

// set takes the rows of an answer; the cursor is on the first until it is moved.
func (t *table) set(rows []grid.Row) {
	t.grid.SetRows(rows, t.env.ServerNow())
	t.grid.Home()
}

// sortBy sorts by the column with this title.
func (t *table) sortBy(title string, reverse bool) {
	for i, c := range t.columns {
		if c.Title == title {
			t.grid.SortBy(i, reverse)
		}
	}
}

func (t *table) typing() bool { return t.filters }

func (t *table) escape() bool {
	had := t.filters || t.grid.Filter() != ""
	t.filters = false
	t.line.Set("")
	t.grid.SetFilter("")
	return had
}

// update handles a key and says whether it meant anything.
func (t *table) update(msg tea.KeyMsg) bool {
	keys := t.env.Keys
	if t.filters {
		switch {
		case keymap.Matches(msg, keys.Line.Accept):
			t.filters = false
		case keymap.Matches(msg, keys.Line.Cancel):
			t.escape()
		default:
			t.line.Update(msg, keys.Line)
			t.grid.SetFilter(t.line.Value())
		}
		return true
	}
	if by, ok := keys.Move.Steps(msg, t.grid.Page(), t.grid.Len()); ok {
		t.grid.Move(by)
		return true
	}
	switch {
	case keymap.Matches(msg, keys.Table.Filter):
		t.filters = true
	case keymap.Matches(msg, keys.Table.Sort):
		t.grid.SortNext()
	case keymap.Matches(msg, keys.Table.Reverse):
		t.grid.Reverse()
	case keymap.Matches(msg, keys.Move.Left):
		t.grid.Scroll(-1)
	case keymap.Matches(msg, keys.Move.Right):
		t.grid.Scroll(1)
	default:
		return false
	}
	return true
}

// lines are the grid's, under the filter while there is one.
func (t *table) lines(width, height int) []string {
	if height < 1 {
		return nil
	}
	var lines []string
	th := t.env.Theme
	t.grid.SetTheme(th)
	if t.filters || t.grid.Filter() != "" {
		text := th.Accent.Render(" /")
		if t.filters {
			text += t.line.View(th, max(width-4, 4))
		} else {
			text += th.Text.Render(t.grid.Filter())
		}
		lines = append(lines, text)
	}
	space := height - len(lines)
	t.grid.SetSize(width, space)
	drawn := strings.Split(strings.TrimRight(string(t.grid.Render(t.env.ServerNow())), "\n"), "\n")
	return append(lines, drawn[:min(len(drawn), space)]...)
}

func (t *table) hints() []views.Hint {
	k := t.env.Keys
	return []views.Hint{hint(k.Table.Sort, "sort"), hint(k.Table.Filter, "filter")}
}
