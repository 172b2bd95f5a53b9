package grid

import (
	"cmp"
	"slices"

	"drey/views/clean"
)

// lay shares the width out between the columns.
func (g *Grid) lay() {
	d := &g.draw
	d.laid, d.cutRight = true, false
	d.columns = d.columns[:0]
	space := g.box.width - gutter - edge
	if space < 1 {
		return
	}
	d.natural = g.measure(d.natural[:0])
	for c := range g.columns {
		if c == 0 || c > g.box.left {
			d.columns = append(d.columns, placed{c, g.ideal(c)})
		}
	}
	g.squeezeOptional(space)
	for g.total() > space && g.dropOne(space) {
		d.cutRight = true
	}
	over := g.squeeze(g.total() - space)
	for over > 0 && len(d.columns) > 0 {
		p := &d.columns[len(d.columns)-1]
		if len(d.columns) > 1 {
			over -= p.width + gap
			d.columns = d.columns[:len(d.columns)-1]
			d.cutRight = true
			continue
		}
		p.width = max(p.width-over, 1)
		over = 0
	}
}

// ideal is how wide a column would be. An optional one with a least width may be filled
// later: it has that from the beginning, so that what comes takes it away from no screen.
func (g *Grid) ideal(column int) int {
	if c := g.columns[column]; c.Drop >= optional {
		return max(g.natural(column), c.Min)
	}
	return g.natural(column)
}

// squeezeOptional takes cells from the optional columns that have a least width, rather
// than to drop them.
func (g *Grid) squeezeOptional(space int) {
	for i := range g.draw.columns {
		p := &g.draw.columns[i]
		if c := g.columns[p.column]; c.Drop >= optional && c.Min > 0 {
			p.width = min(p.width, max(p.width-(g.total()-space), c.Min))
		}
	}
}

// squeeze takes cells from the widest columns and returns how many are still
// too many.
func (g *Grid) squeeze(over int) int {
	for over > 0 {
		widest := -1
		for i, p := range g.draw.columns {
			if p.width > max(g.least(p.column), 1) && (widest < 0 || p.width > g.draw.columns[widest].width) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		g.draw.columns[widest].width--
		over--
	}
	return over
}

// Needs is how many cells all columns take with nothing of a row cut, of those that a
// filter hides neither, and none narrower than it may get. late gives the column whose
// cell was filled after a row was listed, -1 for none: what comes late decides nothing.
func (g *Grid) Needs(late func(key string) int) int {
	widths := g.headings(nil)
	for i := range g.rows {
		g.widen(widths, &g.rows[i], late(g.rows[i].Key))
	}
	sum := gutter + edge - gap
	for c, width := range widths {
		sum += max(min(width, max(g.limit(c), clean.Width(g.columns[c].Title))), g.columns[c].Min) + gap
	}
	return sum
}

func (g *Grid) total() int {
	sum := -gap
	for _, p := range g.draw.columns {
		sum += p.width + gap
	}
	return sum
}

// optional columns go before others are squeezed.
const optional = 5

// dropOne takes away the column that is missed least, if squeezing the others
// to their least does not suffice.
func (g *Grid) dropOne(space int) bool {
	d := &g.draw
	least, worst := -gap, -1
	for i, p := range d.columns {
		least += min(g.least(p.column), p.width) + gap
		if drop := g.columns[p.column].Drop; drop > 0 &&
			(worst < 0 || drop >= g.columns[d.columns[worst].column].Drop) {
			worst = i
		}
	}
	if worst < 0 || least <= space && g.columns[d.columns[worst].column].Drop < optional {
		return false
	}
	d.columns = slices.Delete(d.columns, worst, worst+1)
	return true
}

// least is how narrow a column may get.
func (g *Grid) least(c int) int {
	if m := g.columns[c].Min; m > 0 {
		return m
	}
	return g.natural(c)
}

// natural is how wide a column wants to be.
func (g *Grid) natural(c int) int { return g.draw.natural[c] }

// limit is how wide a column gets at most.
func (g *Grid) limit(c int) int { return cmp.Or(g.columns[c].Max, 60) }

// heading is how wide the heading of a column is.
func (g *Grid) heading(c int) int {
	w := clean.Width(g.columns[c].Title)
	if c == g.sort.column {
		w += 2
	}
	return max(w, clean.Width(g.columns[c].Subtitle))
}

// headings appends how wide the headings are.
func (g *Grid) headings(widths []int) []int {
	for c := range g.columns {
		widths = append(widths, g.heading(c))
	}
	return widths
}

// widen makes widths those of a row's cells where they are wider, of all columns but one.
func (g *Grid) widen(widths []int, row *Row, but int) {
	cell, rest, ok := row.cells.next()
	for c := 0; ok && c < len(widths); c++ {
		if c != but {
			widths[c] = max(widths[c], cell.width())
		}
		cell, rest, ok = rest.next()
	}
}

// measure appends how wide the columns want to be, by every row that is shown.
func (g *Grid) measure(widths []int) []int {
	widths = g.headings(widths)
	for _, i := range g.shown {
		g.widen(widths, &g.rows[i], -1)
	}
	for c := range widths {
		if widths[c] >= g.limit(c) {
			widths[c] = max(g.limit(c), clean.Width(g.columns[c].Title))
		}
	}
	return widths
}

func (c Cell) width() int {
	switch c.Form {
	case State:
		return clean.Width(c.Text) + 2
	case Age:
		if c.Text == "" {
			return 4
		}
		return 6 + clean.Width(c.Text)
	}
	return clean.Width(c.Text)
}

// Shows tells whether a column is in the window.
func (g *Grid) Shows(column int) bool { return slices.Contains(g.seen(), column) }

// seen are the columns in the window.
func (g *Grid) seen() []int {
	if !g.draw.laid {
		g.lay()
	}
	var seen []int
	for _, p := range g.draw.columns {
		seen = append(seen, p.column)
	}
	return seen
}
