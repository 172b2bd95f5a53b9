// Package grid is a windowed table: plain cells go in, styled lines come out. It
// draws only the rows that are seen, into a buffer that is reused, and knows
// its rows by identity, so the cursor and the marks stay where they belong.
package grid

import (
	"slices"
	"time"

	"drey/themes"
)

// Column describes a column; cells stand in the order of the columns.
type Column struct {
	Title    string
	Subtitle string // below the title; a line of notes is drawn when any column has one
	Max      int    // cells at most, 0 for 60
	Min      int    // cells at least when room is short, 0 for the title's width
	Right    bool   // numbers
	Fresh    bool   // young ages are shown in the accent
	Drop     int    // what goes first when room is short: the highest; 0 stays
}

// Grid is the table. Make it with New.
type Grid struct {
	theme   *themes.Theme
	columns []Column
	now     time.Time

	rows  []Row
	index map[string]int32 // key → place in rows
	order []int32          // all rows, sorted
	shown []int32          // of order, what the filter leaves

	sort    sorting
	filter  filter
	fresh   freshness
	calm    bool // nothing is fresh
	marks   map[string]struct{}
	reasons map[string]string // why something was not done to a row
	anchor  string            // where a range of marks began

	former former
	cursor int    // position in shown
	key    string // identity under the cursor
	wanted string // identity that the cursor goes to once the row is there; "" for none

	nearest bool // the cursor is on the row that fits the filter best, until it is moved

	box  box
	draw drawing
}

// box is the room and the part of the table that is in it.
type box struct {
	width, height int
	top           int // first row seen
	left          int // columns scrolled away after the first
	focused       bool
}

// New makes an empty grid, sorted by its first column.
func New(columns []Column, theme *themes.Theme) *Grid {
	return &Grid{theme: theme, columns: columns, marks: map[string]struct{}{}, draw: drawing{dirty: true}}
}

// SetColumns begins anew with other columns: rows, marks and filter are gone.
func (g *Grid) SetColumns(columns []Column) {
	fresh := New(columns, g.theme)
	fresh.box = g.box
	fresh.box.top, fresh.box.left = 0, 0
	*g = *fresh
}

// SetTheme changes the look.
func (g *Grid) SetTheme(t *themes.Theme) { g.theme, g.draw.dirty = t, true }

// SetFocus draws the cursor as the one that keys go to.
func (g *Grid) SetFocus(on bool) {
	if g.box.focused != on {
		g.box.focused, g.draw.dirty = on, true
	}
}

// SetSize gives the room, the headings included.
func (g *Grid) SetSize(width, height int) {
	if width == g.box.width && height == g.box.height {
		return
	}
	g.box.width, g.box.height = max(width, 0), max(height, 0)
	g.draw.dirty, g.draw.laid = true, false
	g.scroll()
}

// SetCalm draws no cell as fresh: of numbers that change with every answer, all
// would be.
func (g *Grid) SetCalm(calm bool) { g.calm = calm }

// SetRows takes the rows of a new answer and tells whether anything differs
// from before. Cells that differ are shown as fresh for a while.
func (g *Grid) SetRows(rows []Row, now time.Time) bool {
	first := g.rows == nil
	same, resort := g.compare(rows, now, first)
	if same {
		g.rows = rows // those of before are not needed any more
		return false
	}
	screenLine, none := g.cursor-g.box.top, len(g.shown) == 0
	g.rows = rows
	if resort {
		g.reindex()
		g.resort()
	}
	g.refilter(g.order)
	g.dropMarks()
	g.follow()
	if none && g.nearest {
		g.setCursor(g.nearestRow())
	}
	g.box.top = g.cursor - screenLine
	g.now = now
	g.draw.dirty, g.draw.laid = true, false
	g.scroll()
	return true
}

// compare finds what differs and marks it fresh; resort tells whether the
// order may have changed.
func (g *Grid) compare(rows []Row, now time.Time, first bool) (same, resort bool) {
	same = len(rows) == len(g.rows) && !first
	resort = !same
	for i := range rows {
		row := &rows[i]
		var old *Row
		if i < len(g.rows) && g.rows[i].Key == row.Key {
			old = &g.rows[i]
		} else {
			resort = true
			if at, ok := g.index[row.Key]; ok {
				old = &g.rows[at]
			}
		}
		if old == nil {
			same = false
			if !first && !g.calm {
				g.fresh.mark(row.Key, ^uint64(0), now)
			}
			continue
		}
		bits, seen := changes(old.cells, row.cells)
		if bits == 0 {
			same = same && old.Labels == row.Labels && old.Problem == row.Problem
			continue
		}
		same = false
		resort = resort || bits&(1<<g.sort.column) != 0
		if !g.calm && seen != 0 {
			g.fresh.mark(row.Key, seen, now)
		}
	}
	return same && !resort, resort
}

// changes has a bit set for each cell that differs: in any way, and so that one sees it.
// A number that only sorts does not make its text a new one.
func changes(a, b packed) (bits, seen uint64) {
	if a == b {
		return 0, 0
	}
	for i := 0; ; i++ {
		var one, other Cell
		var inA, inB bool
		one, a, inA = a.next()
		other, b, inB = b.next()
		switch {
		case inA != inB:
			return ^uint64(0), ^uint64(0)
		case !inA:
			return bits, seen
		case one != other:
			bits |= 1 << min(i, 63)
			if one.Form == Number {
				one.Num = other.Num
			}
			if one != other {
				seen |= 1 << min(i, 63)
			}
		}
	}
}

func (g *Grid) reindex() {
	g.index = make(map[string]int32, len(g.rows))
	for i := range g.rows {
		g.index[g.rows[i].Key] = int32(i)
	}
}

// follow puts the cursor on the row it was on, or near where that was.
func (g *Grid) follow() {
	if i := g.shownAt(g.wanted); i >= 0 {
		g.key, g.wanted, g.former.moved = g.wanted, "", true
	}
	if i := g.shownAt(g.key); i >= 0 {
		g.cursor = i
		return
	}
	g.setCursor(g.cursor)
}

// ShownKeys are the keys of the rows that are shown, in their order.
func (g *Grid) ShownKeys() []string {
	keys := make([]string, len(g.shown))
	for i, at := range g.shown {
		keys[i] = g.rows[at].Key
	}
	return keys
}

// SeenKeys are the keys of the rows on the screen.
func (g *Grid) SeenKeys() []string {
	var keys []string
	for _, at := range g.shown[g.box.top:min(g.box.top+g.Page(), len(g.shown))] {
		keys = append(keys, g.rows[at].Key)
	}
	return keys
}

// shownAt is where in shown the row with this key is, -1 when it is not.
func (g *Grid) shownAt(key string) int {
	at, ok := g.index[key]
	if !ok {
		return -1
	}
	return slices.Index(g.shown, at)
}

// setCursor puts the cursor on a row by its position.
func (g *Grid) setCursor(i int) {
	g.cursor = max(min(i, len(g.shown)-1), 0)
	if len(g.shown) == 0 {
		return // the key stays wanted, for when the filter lets it back
	}
	g.key = g.rows[g.shown[g.cursor]].Key
}

// Move moves the cursor by n rows.
func (g *Grid) Move(n int) {
	g.former.moved, g.wanted, g.nearest = true, "", false
	g.setCursor(g.cursor + n)
	g.draw.dirty = true
	g.scroll()
}

// Home puts the cursor on the first row unless it was moved or waits for another.
func (g *Grid) Home() {
	if at := g.nearestRow(); !g.former.moved && g.wanted == "" && g.cursor != at {
		g.setCursor(at)
		g.draw.dirty = true
		g.scroll()
	}
}

// First puts the cursor on the first row, whichever that comes to be: Home keeps it there
// until it is moved.
func (g *Grid) First() {
	g.Select("")
	g.former = former{}
	g.setCursor(0)
	g.draw.dirty = true
	g.scroll()
}

// Page is how many rows are seen at once.
func (g *Grid) Page() int { return max(g.box.height-g.heads(), 1) }

// heads is how many lines the headings take.
func (g *Grid) heads() int {
	for i := range g.columns {
		if g.columns[i].Subtitle != "" {
			return 2
		}
	}
	return 1
}

// Top and Bottom move to the ends.
func (g *Grid) Top() { g.Move(-len(g.shown)) }

// Bottom moves to the last row.
func (g *Grid) Bottom() { g.Move(len(g.shown)) }

// Select puts the cursor on the row with this key and tells whether it is shown.
// One that is not there yet is selected when it comes.
func (g *Grid) Select(key string) bool {
	g.key, g.wanted, g.nearest = key, key, false
	i := g.shownAt(key)
	if i < 0 {
		return false
	}
	g.Move(i - g.cursor)
	return true
}

// Selected is the key under the cursor, "" when nothing is shown.
func (g *Grid) Selected() string {
	if len(g.shown) == 0 {
		return ""
	}
	return g.rows[g.shown[g.cursor]].Key
}

// Cursor is the key of the row that the cursor is on or waits for, "" for the
// first one.
func (g *Grid) Cursor() string {
	switch {
	case g.wanted != "":
		return g.wanted
	case g.cursor == 0 || len(g.shown) == 0:
		return ""
	}
	return g.Selected()
}

// Scroll moves the columns after the first sideways.
func (g *Grid) Scroll(columns int) {
	left := max(min(g.box.left+columns, len(g.columns)-2), 0)
	if columns > 0 && !g.draw.cutRight {
		return
	}
	if left != g.box.left {
		g.box.left, g.draw.dirty, g.draw.laid = left, true, false
	}
}

// Click puts the cursor on the row drawn at line y and tells whether there was
// one; the headings come first.
func (g *Grid) Click(y int) bool {
	i := g.box.top + y - g.heads()
	if y < g.heads() || i >= len(g.shown) {
		return false
	}
	g.Move(i - g.cursor)
	return true
}

// AtTop tells that the cursor is on the first row that is shown, or there is none.
func (g *Grid) AtTop() bool { return g.cursor == 0 }

// Len is how many rows there are.
func (g *Grid) Len() int { return len(g.rows) }

// Shown is how many rows the filter leaves.
func (g *Grid) Shown() int { return len(g.shown) }

// scroll keeps the cursor in the window and the window on the rows.
func (g *Grid) scroll() {
	page := max(g.box.height-g.heads(), 0)
	g.box.top = min(g.box.top, g.cursor)
	g.box.top = max(g.box.top, g.cursor-page+1)
	g.box.top = max(min(g.box.top, len(g.shown)-page), 0)
}
