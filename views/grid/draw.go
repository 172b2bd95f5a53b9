package grid

import (
	"time"

	"drey/themes"
	"drey/views/clean"
)

const (
	gutter = 2 // the bar and the mark
	gap    = 2 // between columns
	edge   = 1 // for the scroll indicator
)

// drawing is the picture and what it was drawn from.
type drawing struct {
	dirty    bool
	laid     bool
	out      []byte
	age      []byte // scratch
	columns  []placed
	natural  []int // widths that the columns want
	cutRight bool  // columns are missing at the right
}

type placed struct {
	column, width int
}

// Render draws the table: exactly the height's lines of exactly the width's
// cells, joined by line ends. The bytes are the grid's until the next call.
func (g *Grid) Render(now time.Time) []byte {
	if g.now.Unix() != now.Unix() {
		g.now = now
		g.draw.dirty = true
	}
	if !g.draw.dirty {
		return g.draw.out
	}
	if !g.draw.laid {
		g.lay()
	}
	g.draw.dirty = false
	out := g.draw.out[:0]
	if g.box.height > 0 && g.box.width > 0 {
		out = g.drawHead(out)
	}
	if g.heads() > 1 && g.box.height > 1 {
		out = g.drawNotes(append(out, '\n'))
	}
	from, to := g.between()
	for y := range g.box.height - g.heads() {
		out = append(out, '\n')
		i := g.box.top + y
		if i >= len(g.shown) {
			out = clean.AppendFit(out, "", g.box.width, false, "")
			continue
		}
		out = g.drawRow(out, i, y, i >= from && i <= to)
	}
	g.draw.out = out
	return out
}

// Tick tells how long the picture at now stays right; 0 for ever.
func (g *Grid) Tick(now time.Time) time.Duration {
	next, at := int64(0), now.Unix()
	for y := range g.box.height - g.heads() {
		i := g.box.top + y
		if i >= len(g.shown) {
			break
		}
		row := &g.rows[g.shown[i]]
		if g.fresh.of(row.Key, at) != 0 {
			next = 1
			break
		}
		for _, p := range g.draw.columns {
			if c := row.Cell(p.column); c.Form == Age {
				stays := ageStays(age(c, at))
				if next == 0 || stays < next {
					next = stays
				}
			}
		}
	}
	return time.Duration(next) * time.Second
}

func (g *Grid) drawHead(out []byte) []byte {
	style := g.theme.Head
	used := gutter
	out = clean.AppendFit(out, "", min(gutter, g.box.width), false, "")
	for i, p := range g.draw.columns {
		title := g.columns[p.column].Title
		if i > 0 {
			out = clean.AppendFit(out, "", gap, false, "")
			used += gap
		}
		out = append(out, style.On()...)
		width := p.width
		if p.column == g.sort.column {
			out = g.drawSorted(out, title, p)
		} else {
			out = clean.AppendFit(out, title, width, g.columns[p.column].Right, g.theme.Glyphs.Ellipsis)
		}
		out = append(out, themes.Reset...)
		used += width
	}
	return clean.AppendFit(out, "", g.box.width-used, false, "")
}

// drawNotes writes the line below the titles.
func (g *Grid) drawNotes(out []byte) []byte {
	used := min(gutter, g.box.width)
	out = clean.AppendFit(out, "", used, false, "")
	out = append(out, g.theme.Faint.On()...)
	for i, p := range g.draw.columns {
		if i > 0 {
			out = clean.AppendFit(out, "", gap, false, "")
			used += gap
		}
		out = clean.AppendFit(
			out, g.columns[p.column].Subtitle, p.width, g.columns[p.column].Right, g.theme.Glyphs.Ellipsis,
		)
		used += p.width
	}
	out = append(out, themes.Reset...)
	return clean.AppendFit(out, "", g.box.width-used, false, "")
}

// drawSorted writes the title of the sorted column with its arrow.
func (g *Grid) drawSorted(out []byte, title string, p placed) []byte {
	arrow := g.theme.Glyphs.Up
	if g.sort.reverse {
		arrow = g.theme.Glyphs.Down
	}
	w := clean.Width(title) + 2
	if w > p.width {
		return clean.AppendFit(out, title, p.width, g.columns[p.column].Right, g.theme.Glyphs.Ellipsis)
	}
	if g.columns[p.column].Right {
		out = clean.AppendFit(out, "", p.width-w, false, "")
	}
	out = append(out, title...)
	out = append(out, ' ')
	out = append(out, g.theme.Accent.On()...)
	out = append(out, arrow...)
	if g.columns[p.column].Right {
		return out
	}
	return clean.AppendFit(out, "", p.width-w, false, "")
}

// drawRow draws the row at place i of shown on line y.
func (g *Grid) drawRow(out []byte, i, y int, inRange bool) []byte {
	row := &g.rows[g.shown[i]]
	_, marked := g.marks[row.Key]
	selected := i == g.cursor
	var ground themes.Style
	if selected {
		ground = g.theme.Blurred
		if g.box.focused {
			ground = g.theme.Selected
		}
	}
	out = g.drawGutter(out, ground, selected, marked || inRange)
	fresh := g.fresh.of(row.Key, g.now.Unix())
	used := min(gutter, g.box.width)
	reason := g.reasons[row.Key]
	if reason == "" {
		reason = row.Problem
	}
	for n, p := range g.draw.columns {
		if n > 0 && reason != "" {
			return g.drawReason(out, reason, used, y, ground)
		}
		if n > 0 {
			out = append(out, "  "...)
			used += gap
		}
		if c, ok := row.cells.at(p.column); ok {
			out = g.drawCell(out, c, p, ground, selected || marked, fresh&(1<<min(p.column, 63)) != 0)
		} else {
			out = clean.AppendFit(out, "", p.width, false, "")
		}
		used += p.width
	}
	rest := g.box.width - used
	if rest <= 0 {
		return append(out, themes.Reset...)
	}
	out = clean.AppendFit(out, "", rest-1, false, "")
	out = append(out, themes.Reset...)
	return g.drawThumb(out, y)
}

// drawReason ends a row with why something was not done to it.
func (g *Grid) drawReason(out []byte, reason string, used, y int, ground themes.Style) []byte {
	space := g.box.width - used - gap - edge
	if space < 1 {
		out = clean.AppendFit(out, "", max(g.box.width-used-edge, 0), false, "")
		return g.drawThumb(append(out, themes.Reset...), y)
	}
	out = append(out, "  "...)
	if !(g.theme.Stark && ground.On() != "") {
		out = append(out, g.theme.Tone(themes.Bad).On()...)
	}
	out = clean.AppendFit(out, g.theme.Glyphs.Tone(themes.Bad)+" "+reason, space, false, g.theme.Glyphs.Ellipsis)
	return g.drawThumb(append(out, themes.Reset...), y)
}

func (g *Grid) drawGutter(out []byte, ground themes.Style, selected, marked bool) []byte {
	glyphs := g.theme.Glyphs
	out = append(out, ground.On()...)
	bar, mark := " ", " "
	if selected {
		bar = glyphs.Bar
	}
	if marked {
		mark = glyphs.Mark
	}
	style := g.theme.Accent
	if selected && !g.box.focused {
		style = g.theme.Faint
	}
	if bar != " " && !g.theme.Stark {
		out = append(out, style.On()...)
	}
	out = clean.AppendFit(out, bar, min(1, g.box.width), false, "")
	if mark != " " && !(selected && g.theme.Stark) {
		out = append(out, g.theme.Accent.On()...)
	}
	return clean.AppendFit(out, mark, min(1, g.box.width-1), false, "")
}

// writeAge puts an age and what follows it into the scratch text and tells
// whether it is fresh.
func (g *Grid) writeAge(c Cell, col *Column, changed bool) (fresh bool) {
	seconds := age(c, g.now.Unix())
	b := AppendAge(g.draw.age[:0], seconds)
	if c.Text != "" {
		for len(b) < 4 {
			b = append(b, ' ')
		}
		b = append(append(b, ' ', ' '), c.Text...)
	}
	g.draw.age = b
	if col.Fresh {
		return seconds < 60
	}
	return changed
}

// drawCell writes one cell and leaves the ground on.
func (g *Grid) drawCell(out []byte, c Cell, p placed, ground themes.Style, strong, fresh bool) []byte {
	style := g.theme.Tone(c.Tone)
	col := &g.columns[p.column]
	switch c.Form {
	case Age:
		fresh = g.writeAge(c, col, fresh)
	case State:
		fresh = false
	}
	if p.column == 0 && strong && c.Tone == themes.Plain {
		style = g.theme.Strong
	}
	if fresh {
		style = g.theme.Accent
	}
	if g.theme.Stark && ground.On() != "" {
		style = themes.Style{}
	}
	out = append(out, style.On()...)
	tail := g.theme.Glyphs.Ellipsis
	switch {
	case c.Form == Age:
		out = appendBytes(out, g.draw.age, p.width, col.Right, tail)
	case c.Form == State && p.width > 2:
		out = append(out, g.theme.Glyphs.Tone(c.Tone)...)
		out = append(out, ' ')
		out = clean.AppendFit(out, c.Text, p.width-2, false, tail)
	default:
		out = clean.AppendFit(out, c.Text, p.width, col.Right, tail)
	}
	out = append(out, themes.Reset...)
	return append(out, ground.On()...)
}

// drawThumb shows where the window is, at the right edge.
func (g *Grid) drawThumb(out []byte, y int) []byte {
	page, all := g.box.height-g.heads(), len(g.shown)
	if all <= page {
		return append(out, ' ')
	}
	size := max(page*page/all, 1)
	at := g.box.top * (page - size) / max(all-page, 1)
	if y < at || y >= at+size {
		return append(out, ' ')
	}
	return g.theme.Frame.Append(out, g.theme.Glyphs.Thumb)
}
