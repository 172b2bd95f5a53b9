package results

import (
	"fmt"

	"drey/views/clean"
	"drey/views/results/rowset"
)

const (
	gutter = 2 // the bar and a blank
	gap    = 2 // between columns
)

// placed is a column where it is drawn. Column -1 is the op, -2 the number of the
// change.
type placed struct{ column, width int }

const (
	opColumn     = -1
	numberColumn = -2
)

// shownColumns are the columns of the schema that are not hidden, in order.
func (p *Pane) shownColumns() []int {
	var out []int
	for i := range p.columns() {
		if !p.look.hidden[i] {
			out = append(out, i)
		}
	}
	return out
}

// width is how wide a column wants to be.
func (p *Pane) width(i int) int {
	c := p.columns()[i]
	title := clean.Width(clean.Text(c.Name))
	if i == p.look.order.Column {
		title += 2
	}
	return max(min(max(p.log.Widths[i], title), rowset.Widest), min(clean.Width(rowset.TypeText(c.Type)), 16), 1)
}

// lay places the columns that fit: what is frozen, then from left on.
func (p *Pane) lay() (out []placed, more int) {
	width := p.look.width - gutter - 1
	if p.look.asChanges {
		number := len(fmt.Sprint(p.log.Store.Total))
		out = append(out, placed{numberColumn, number}, placed{opColumn, 2})
		width -= number + 2 + 2*gap
	}
	shown := p.shownColumns()
	frozen := min(p.look.frozen, len(shown))
	for n, i := range shown {
		if n >= frozen && n < frozen+p.cursor.left {
			continue
		}
		w := p.width(i)
		if w > width {
			if width < min(w, 8) && n > frozen+p.cursor.left {
				return out, len(shown) - n
			}
			if w = width; w < 1 {
				return out, len(shown) - n
			}
		}
		out = append(out, placed{i, w})
		width -= w + gap
	}
	return out, 0
}

// keepColumn moves the window so that the column with the cursor is seen.
func (p *Pane) keepColumn() {
	shown := p.shownColumns()
	if len(shown) == 0 {
		return
	}
	at := 0
	for n, i := range shown {
		if i <= p.cursor.column {
			at = n
		}
	}
	p.cursor.column = shown[at]
	frozen := min(p.look.frozen, len(shown)-1)
	p.cursor.left = max(min(p.cursor.left, len(shown)-frozen-1), 0)
	if at >= frozen {
		p.cursor.left = min(p.cursor.left, at-frozen)
	}
	for p.log != nil && p.look.width > gutter && p.cursor.left < at-frozen && !p.wholly(p.cursor.column) {
		p.cursor.left++
	}
}

// wholly tells that a column is drawn as wide as it wants to be.
func (p *Pane) wholly(column int) bool {
	out, _ := p.lay()
	for _, c := range out {
		if c.column == column {
			return c.width >= p.width(column)
		}
	}
	return false
}

// page is how many rows are seen.
func (p *Pane) page() int { return max(p.look.height-2-p.footHeight(), 1) }

// scroll keeps the cursor in the window and the window on the rows.
func (p *Pane) scroll() {
	c, n, page := &p.cursor, p.list.Len(), p.page()
	c.row = max(min(c.row, n-1), 0)
	c.top = min(c.top, c.row)
	c.top = max(c.top, c.row-page+1)
	c.top = max(min(c.top, n-page), 0)
	p.keepColumn()
}
