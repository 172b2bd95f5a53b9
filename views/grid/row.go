package grid

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unique"

	"drey/themes"
	"drey/views/clean"
)

// Form says how a cell is drawn and sorted.
type Form uint8

// The forms.
const (
	Text   Form = iota
	State       // the tone's glyph before the word, sorted by how bad it is
	Age         // Num is Unix milliseconds; drawn as an age, then Text
	Number      // Num sorts, Text is drawn
)

// Cell is one value, clean and without styles.
type Cell struct {
	Text string
	Num  int64
	Tone themes.Tone
	Form Form
}

// Row is one object: Key is its identity. Make it with NewRow.
type Row struct {
	Key   string
	cells packed
	made  uint64 // of no other row
	// Labels are "name=value" lines in the order of the names.
	Labels string
	// Search is the lowered text that words of a filter are looked for in.
	Search string
	// Problem is drawn instead of all cells but the first: what is wrong with the
	// object.
	Problem string
}

// lastMade is the number of the newest row.
var lastMade atomic.Uint64

// NewRow cleans the cells and prepares the search text; it may run off the loop. The
// cells are the caller's again afterwards.
func NewRow(key string, cells []Cell, labels map[string]string) Row {
	for i := range cells {
		cells[i].Text = clean.Text(cells[i].Text)
	}
	var scratch [256]byte
	text, b := pack(scratch[:], cells)
	b = b[:0]
	for i := range cells {
		if cells[i].Form != Number && cells[i].Text != "" {
			b = append(append(b, cells[i].Text...), ' ')
		}
	}
	return Row{
		Key: key, cells: text, made: lastMade.Add(1), Labels: labelLines(labels), Search: strings.ToLower(string(b)),
	}
}

// labelLines is labels as one string, the same for all rows that have the same: a map
// a row would take five times as much.
func labelLines(labels map[string]string) string {
	if len(labels) == 0 {
		return ""
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		b.WriteString(name + "=" + labels[name] + "\n")
	}
	return unique.Make(b.String()).Value()
}

// Cell is the cell in a column, the zero Cell where there is none.
func (r *Row) Cell(column int) Cell {
	c, _ := r.cells.at(column)
	return c
}

// Is tells whether both are the same row, not only of the same object or alike.
func (r *Row) Is(other *Row) bool { return r.made == other.made }

// With is another row, with a clean cell in a column in place of the one there. The
// search text stays.
func (r *Row) With(column int, c Cell) Row {
	cells := r.cells.all(nil)
	cells[column] = c
	next := *r
	next.cells, _ = pack(nil, cells)
	next.made = lastMade.Add(1)
	return next
}

// Word is a plain cell.
func Word(text string, tone themes.Tone) Cell { return Cell{Text: text, Tone: tone} }

// Status is a cell with the tone's glyph.
func Status(text string, tone themes.Tone) Cell { return Cell{Text: text, Tone: tone, Form: State} }

// Count is a number.
func Count(n int64, tone themes.Tone) Cell {
	return Cell{Text: strconv.FormatInt(n, 10), Num: n, Tone: tone, Form: Number}
}

// Since is an age followed by more; the zero time is drawn as none.
func Since(at time.Time, more string, tone themes.Tone, none Cell) Cell {
	if at.IsZero() {
		return none
	}
	return Cell{Text: more, Num: at.UnixMilli(), Tone: tone, Form: Age}
}

// AppendAge writes a coarse age: seconds below a minute, then m, h, d.
func AppendAge(dst []byte, seconds int64) []byte {
	switch {
	case seconds < 0:
		seconds = 0
		fallthrough
	case seconds < 60:
		return append(strconv.AppendInt(dst, seconds, 10), 's')
	case seconds < 3600:
		return append(strconv.AppendInt(dst, seconds/60, 10), 'm')
	case seconds < 48*3600:
		return append(strconv.AppendInt(dst, seconds/3600, 10), 'h')
	}
	return append(strconv.AppendInt(dst, seconds/86400, 10), 'd')
}

// AgeText is AppendAge as a string.
func AgeText(d time.Duration) string {
	return string(AppendAge(nil, int64(d/time.Second)))
}

// CellText is a cell as text alone, without a style or a width.
func CellText(c Cell, now time.Time) string {
	if c.Form != Age {
		return c.Text
	}
	return strings.TrimSpace(AgeText(time.Duration(age(c, now.Unix()))*time.Second) + " " + c.Text)
}

// ageStays is how many seconds an age of so many seconds reads the same.
func ageStays(seconds int64) int64 {
	switch {
	case seconds < 60:
		return 1
	case seconds < 3600:
		return 60 - seconds%60
	case seconds < 48*3600:
		return 3600 - seconds%3600
	}
	return 86400 - seconds%86400
}

// age is how many seconds old a cell is at now.
func age(c Cell, now int64) int64 { return max(now-c.Num/1000, 0) }

// rank is what a cell sorts by before its text.
func (c Cell) rank() int64 {
	switch c.Form {
	case State:
		return int64(c.Tone.Rank())
	case Age:
		return -c.Num // youngest first
	case Number:
		return c.Num
	}
	return 0
}

// appendBytes is clean.AppendFit for scratch text, without turning ASCII into a
// string first.
func appendBytes(dst, text []byte, width int, right bool, tail string) []byte {
	for _, c := range text {
		if c >= 0x7f || c < 0x20 {
			return clean.AppendFit(dst, string(text), width, right, tail)
		}
	}
	if len(text) > width {
		space := max(width-clean.Width(tail), 0)
		return clean.AppendFit(append(dst, text[:space]...), tail, width-space, false, "")
	}
	if right {
		dst = clean.AppendFit(dst, "", width-len(text), false, "")
		return append(dst, text...)
	}
	dst = append(dst, text...)
	return clean.AppendFit(dst, "", width-len(text), false, "")
}
