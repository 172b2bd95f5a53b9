package sql

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/cmf"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/grid"
	"drey/views/input"
)

// results shows a changelog in a grid, as the table that it makes or as it is.
type results struct {
	grid      *grid.Grid
	log       *changelog
	asChanges bool
	drawn     uint64 // version of log that the grid shows
	filter    input.Line
	filtering bool
	// cut is how many rows are held but not in the grid.
	cut int
	// rows are the grid's of the changes, by number, to make each once.
	rows []grid.Row
	made uint64 // number of the first of rows
}

// shownRows is how many rows the grid holds at most, the newest.
const shownRows = 100_000

// show begins anew with log, which may be nil.
func (r *results) show(log *changelog) {
	r.log, r.drawn, r.cut = log, 0, 0
	r.rows, r.made = nil, 0
	r.rebuild()
}

// rebuild makes the columns of the mode.
func (r *results) rebuild() {
	var columns []cmf.ResultColumn
	if r.log != nil {
		columns = r.log.columns
	}
	head := []grid.Column{{Title: "#", Right: true}}
	if r.asChanges {
		head = append(head, grid.Column{Title: "op"})
	}
	for _, c := range columns {
		head = append(head, grid.Column{Title: c.Name, Note: typeText(c.Type), Right: isNumber(c.Type.Type), Max: 80, Min: 6})
	}
	r.grid.SetColumns(head)
	r.drawn = 0
	r.refresh(time.Time{})
}

// typeText is a type as Flink writes it, without NOT NULL.
func typeText(t cmf.DataType) string {
	name := shortTypes[t.Type]
	switch {
	case t.Type == "VARCHAR" && (t.Length == nil || *t.Length == 1<<31-1):
		return "STRING"
	case t.ElementType != nil:
		return t.Type + "<" + typeText(*t.ElementType) + ">"
	case t.KeyType != nil && t.ValueType != nil:
		return "MAP<" + typeText(*t.KeyType) + ", " + typeText(*t.ValueType) + ">"
	case name == "":
		name = t.Type
	}
	switch {
	case t.Length != nil:
		return fmt.Sprintf("%s(%d)", name, *t.Length)
	case t.Precision != nil && t.Scale != nil:
		return fmt.Sprintf("%s(%d, %d)", name, *t.Precision, *t.Scale)
	case t.Precision != nil && strings.HasPrefix(t.Type, "TIME"):
		return fmt.Sprintf("%s(%d)", name, *t.Precision)
	}
	return name
}

// shortTypes are the SQL names of LogicalTypeRoot names that differ.
var shortTypes = map[string]string{
	"INTEGER": "INT", "TIME_WITHOUT_TIME_ZONE": "TIME", "TIMESTAMP_WITHOUT_TIME_ZONE": "TIMESTAMP",
	"TIMESTAMP_WITH_LOCAL_TIME_ZONE": "TIMESTAMP_LTZ", "TIMESTAMP_WITH_TIME_ZONE": "TIMESTAMP_TZ",
}

// isNumber says whether a type is aligned to the right.
func isNumber(name string) bool {
	switch name {
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DECIMAL", "FLOAT", "DOUBLE":
		return true
	}
	return false
}

// refresh brings the grid up to date with the changelog.
func (r *results) refresh(now time.Time) {
	if r.log == nil || r.drawn == r.log.version {
		return
	}
	r.drawn = r.log.version
	if r.asChanges {
		r.grid.SetRows(r.changeRows(), now)
		return
	}
	r.grid.SetRows(r.tableRows(), now)
}

func (r *results) tableRows() []grid.Row {
	table := r.log.table()
	r.cut = max(len(table)-shownRows, 0)
	table = table[r.cut:]
	out := make([]grid.Row, len(table))
	for i, row := range table {
		if row.drawn.Key == "" {
			row.drawn = newRow(row.id, "", row.change)
		}
		if n := int64(r.cut + i + 1); row.drawn.Cells[0].Num != n {
			row.drawn.Cells = withNumber(row.drawn.Cells, n)
		}
		out[i] = row.drawn
	}
	return out
}

func (r *results) changeRows() []grid.Row {
	changes, first := r.log.changes, r.log.first
	r.cut = max(len(changes)-shownRows, 0)
	changes, first = changes[r.cut:], first+uint64(r.cut)
	if first > r.made {
		r.rows = r.rows[min(first-r.made, uint64(len(r.rows))):]
		r.made = first
	}
	for i := len(r.rows); i < len(changes); i++ {
		n := first + uint64(i) + 1
		row := newRow(n, changes[i].op.String(), changes[i])
		row.Cells = withNumber(row.Cells, int64(n))
		r.rows = append(r.rows, row)
	}
	return r.rows[:len(r.rows):len(r.rows)]
}

// newRow makes the grid's row of a change; the first cell is for its number.
func newRow(id uint64, op string, ch change) grid.Row {
	cells := make([]grid.Cell, 1, len(ch.cells)+2)
	if op != "" {
		cells = append(cells, grid.Word(op, opTone(ch.op)))
	}
	for i, text := range ch.cells {
		tone := themes.Plain
		if i < 64 && ch.nulls&(1<<i) != 0 {
			tone = themes.Dim
		}
		cells = append(cells, grid.Word(text, tone))
	}
	return grid.NewRow(strconv.FormatUint(id, 10), cells, nil)
}

// withNumber is a copy of cells with a number as the first.
func withNumber(cells []grid.Cell, n int64) []grid.Cell {
	out := append([]grid.Cell(nil), cells...)
	out[0] = grid.Count(n, themes.Dim)
	return out
}

func opTone(op cmf.Op) themes.Tone {
	switch op {
	case cmf.OpInsert:
		return themes.Good
	case cmf.OpDelete:
		return themes.Bad
	}
	return themes.Warn
}

// toggle changes between table and changelog.
func (r *results) toggle() {
	r.asChanges = !r.asChanges
	r.rows, r.made = nil, 0
	r.rebuild()
}

// escape gives up a filter.
func (r *results) escape() bool {
	if !r.filtering && r.grid.Filter() == "" {
		return false
	}
	r.filtering = false
	r.filter.Set("")
	r.grid.SetFilter("")
	return true
}

func (r *results) handleFilterKey(msg tea.KeyMsg, keys keymap.Line) {
	switch {
	case keymap.Matches(msg, keys.Accept):
		r.filtering = false
	case keymap.Matches(msg, keys.Cancel):
		r.escape()
	default:
		r.filter.Update(msg, keys)
		r.grid.SetFilter(r.filter.Value())
	}
}

func (v *View) handleResultsKey(msg tea.KeyMsg) tea.Cmd {
	if cmd, handled := v.handleSheetKey(msg); handled {
		return cmd
	}
	keys, move, g := v.env.Keys.SQL, v.env.Keys.Move, v.sheet().results.grid
	switch {
	case keymap.Matches(msg, keys.Edit):
		v.enter(inEditor)
	case keymap.Matches(msg, keys.Names), keymap.Matches(msg, v.env.Keys.Global.NextPane):
		return v.enterTree()
	case keymap.Matches(msg, keys.Mode):
		v.sheet().results.toggle()
	case keymap.Matches(msg, keys.Stop):
		return v.stop()
	case keymap.Matches(msg, keys.Filter):
		v.sheet().results.filtering = true
	case keymap.Matches(msg, keys.Sort):
		g.SortNext()
	case keymap.Matches(msg, keys.Reverse):
		g.Reverse()
	case keymap.Matches(msg, keys.Copy):
		return v.copyRow()
	default:
		browse.Move(g, msg, move)
	}
	return nil
}

// row is the text of the row with this key.
func (r *results) row(key string) (string, bool) {
	if r.log == nil {
		return "", false
	}
	id, err := strconv.ParseUint(key, 10, 64)
	if err != nil {
		return "", false
	}
	if r.asChanges {
		if i := id - 1 - r.log.first; i < uint64(len(r.log.changes)) {
			return strings.Join(r.log.changes[i].cells, "\t"), true
		}
		return "", false
	}
	for el := r.log.rows.Front(); el != nil; el = el.Next() {
		if row := el.Value.(*tableRow); row.id == id {
			return strings.Join(row.cells, "\t"), true
		}
	}
	return "", false
}

// copyRow copies the selected row's values, parted by tabs, as they came.
func (v *View) copyRow() tea.Cmd {
	text, ok := v.sheet().results.row(v.sheet().results.grid.Selected())
	if !ok {
		return nil
	}
	return views.Send(views.CopyMsg{What: "row", Text: text})
}
