package boxes

import (
	"strings"
	"unicode/utf8"

	"drey/themes"
	"drey/views/clean"
)

// canvas is a window onto text with a style for each cell: what is outside of it
// costs nothing.
type canvas struct {
	left, top     int // of the window
	width, height int
	cells         []rune // 0 is the second half of a wide one
	styles        []*themes.Style
}

func newCanvas(left, top, width, height int) *canvas {
	c := &canvas{
		left: left, top: top, width: width, height: height, cells: make([]rune, width*height),
		styles: make([]*themes.Style, width*height),
	}
	for i := range c.cells {
		c.cells[i] = ' '
	}
	return c
}

// put writes clean text; what does not fit is left out.
func (c *canvas) put(x, y int, text string, style *themes.Style) {
	x, y = x-c.left, y-c.top
	if y < 0 || y >= c.height {
		return
	}
	for _, r := range text {
		w := 1
		if r >= 0x7f && !clean.OneCell(r) {
			w = clean.Width(string(r))
		}
		if w == 0 || x < 0 || x+w > c.width {
			x += w
			continue
		}
		at := y*c.width + x
		c.cells[at], c.styles[at] = r, style
		if w == 2 {
			c.cells[at+1], c.styles[at+1] = 0, style
		}
		x += w
	}
}

// at is what a cell holds.
func (c *canvas) at(x, y int) string {
	x, y = x-c.left, y-c.top
	if x < 0 || y < 0 || x >= c.width || y >= c.height {
		return " "
	}
	return string(c.cells[y*c.width+x])
}

// line is a row of the window.
func (c *canvas) line(y int) string {
	if y < 0 || y >= c.height {
		return ""
	}
	var b strings.Builder
	b.Grow(4 * c.width)
	run := make([]byte, 0, 3*c.width)
	var style *themes.Style
	flush := func() {
		switch {
		case len(run) == 0:
		case style == nil:
			b.Write(run)
		default:
			b.WriteString(style.Render(string(run)))
		}
		run = run[:0]
	}
	for i := range c.width {
		r, s := c.cells[y*c.width+i], c.styles[y*c.width+i]
		if r == 0 {
			if i == 0 {
				run = append(run, ' ')
			}
			continue
		}
		if s != style {
			flush()
			style = s
		}
		run = utf8.AppendRune(run, r)
	}
	flush()
	return b.String()
}

// touches tells that something is seen in the window.
func (c *canvas) touches(left, right, top, bottom int) bool {
	return right >= c.left && left < c.left+c.width && bottom >= c.top && top < c.top+c.height
}
