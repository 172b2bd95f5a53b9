package flinkjob

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"drey/themes"
	"drey/views/clean"
	"drey/views/flinkjob/jobdata"
)

// Sizes of boxes, in cells. They are as wide as there is room for.
const (
	boxLeast  = 26
	boxMost   = 44
	boxHeight = 6
	boxGap    = 13 // between layers: an arrow and how records are shipped
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

// boxes draws the graph from left to right, scrolled so that the vertex under the
// cursor is seen.
func (g *graph) boxes(top jobdata.Topology, width, height int) []string {
	rows := 1
	for _, layer := range top.Layers {
		rows = max(rows, len(layer))
	}
	g.boxWidth = min(max((width-2-(len(top.Layers)-1)*boxGap)/len(top.Layers), boxLeast), boxMost)
	boxWidth := g.boxWidth
	allWidth, allHeight := len(top.Layers)*(boxWidth+boxGap)-boxGap+2, rows*boxHeight+1
	at := make([][2]int, len(top.Vertices))
	for l, layer := range top.Layers {
		skip := (rows - len(layer)) * boxHeight / 2
		for n, i := range layer {
			at[i] = [2]int{1 + l*(boxWidth+boxGap), skip + n*boxHeight}
		}
	}
	sel := at[g.selected()]
	x := min(max(sel[0]-(width-boxWidth)/2, 0), max(allWidth-width, 0))
	y := min(max(sel[1]-(height-boxHeight)/2, 0), max(allHeight-height, 0))
	c := newCanvas(x, y, width, height)
	for _, e := range top.Edges {
		if c.touches(
			at[e.From][0], at[e.To][0]+boxWidth, min(at[e.From][1], at[e.To][1]),
			max(at[e.From][1], at[e.To][1])+boxHeight,
		) {
			g.arrow(c, at[e.From], at[e.To], e.Ship)
		}
	}
	bottleneck := top.Bottleneck(g.loads)
	for i := range top.Vertices {
		if c.touches(at[i][0], at[i][0]+boxWidth, at[i][1], at[i][1]+boxHeight) {
			g.box(c, top, i, at[i], i == bottleneck)
		}
	}
	lines := make([]string, 0, height)
	for n := range height {
		lines = append(lines, c.line(n))
	}
	return lines
}

// touches tells that something is seen in the window.
func (c *canvas) touches(left, right, top, bottom int) bool {
	return right >= c.left && left < c.left+c.width && bottom >= c.top && top < c.top+c.height
}

// arrow goes from the right of one box to the left of another, and says how
// records are shipped.
func (g *graph) arrow(c *canvas, from, to [2]int, ship string) {
	t := g.env.Theme
	style := &t.Faint
	x, y := from[0]+g.boxWidth, from[1]+2
	end, down := to[0]-1, to[1]+2
	turn := end - 2
	h, vert := t.Glyphs.H, t.Glyphs.V
	for i := max(x, c.left); i < min(end, c.left+c.width); i++ {
		row := y
		if i > turn {
			row = down
		}
		c.put(i, row, h, style)
	}
	if y != down {
		corner, back := t.Glyphs.TR, t.Glyphs.BL
		if down < y {
			corner, back = t.Glyphs.BR, t.Glyphs.TL
		}
		c.put(turn, y, corner, style)
		for row := max(min(y, down)+1, c.top); row < min(max(y, down), c.top+c.height); row++ {
			c.put(turn, row, vert, style)
		}
		if at := c.at(turn, down); at != " " && at != h && at != back {
			back = t.Glyphs.Joint
		}
		c.put(turn, down, back, style)
	}
	head := "▶"
	if t.Glyphs.ASCII {
		head = ">"
	}
	c.put(end, down, head, &t.Dim)
	c.put(x+1, y-1, clean.Cut(jobdata.OneLine(ship), boxGap-3, ""), &t.Dim)
}

// box is a vertex: its name, how busy it is, what goes through it, what holds it
// back.
func (g *graph) box(c *canvas, top jobdata.Topology, i int, at [2]int, bottleneck bool) {
	t := g.env.Theme
	v := top.Vertices[i]
	l := g.loadOf(v.ID)
	line := &t.Frame
	name := &t.Text
	if i == g.selected() {
		line, name = &t.FrameFocus, &t.Strong
	}
	x, y, inner := at[0], at[1], g.boxWidth-2
	gl := t.Glyphs
	title := clean.Cut(jobdata.NameOf(v), inner-4, gl.Ellipsis)
	c.put(
		x, y,
		gl.TL+gl.H+" "+strings.Repeat(" ", clean.Width(title))+" "+strings.Repeat(gl.H, inner-3-clean.Width(title))+
			gl.TR,
		line,
	)
	c.put(x+3, y, title, name)
	for n := 1; n < boxHeight-1; n++ {
		c.put(x, y+n, gl.V+strings.Repeat(" ", inner)+gl.V, line)
	}
	c.put(x, y+boxHeight-1, gl.BL+strings.Repeat(gl.H, inner)+gl.BR, line)
	busy := g.tone(jobdata.BusyTone(l.Busy))
	c.put(x+2, y+1, clean.Fit(jobdata.Bar(t, l.Busy, 10)+" busy "+jobdata.Percent(l.Busy), inner-2, ""), &busy)
	flow := g.tone(themes.Plain)
	text := fmt.Sprintf("%d %s %s/s", v.Parallelism, gl.V, jobdata.Rate(jobdata.FlowOf(l)))
	if !math.IsNaN(l.Lag) {
		text += "  lag " + jobdata.LagText(l.Lag)
	}
	c.put(x+2, y+2, clean.Fit(text, inner-2, ""), &flow)
	back := g.tone(jobdata.BackTone(l.Back))
	if l.Back >= 0.005 {
		c.put(x+2, y+3, clean.Fit("back-pressured "+jobdata.Percent(l.Back), inner-2, ""), &back)
	} else if v.Status != "RUNNING" {
		_, tone := jobdata.StateOf(v.Status)
		style := g.tone(tone)
		c.put(x+2, y+3, clean.Fit(clean.Text(v.Status), inner-2, ""), &style)
	}
	last := g.tone(themes.Dim)
	switch {
	case bottleneck:
		warn := g.tone(themes.Warn)
		c.put(x+2, y+4, clean.Fit(gl.Tone(themes.Warn)+" bottleneck"+skewText(l.Skew), inner-2, ""), &warn)
	case l.Skew >= 30:
		c.put(x+2, y+4, clean.Fit(strings.TrimSpace(skewText(l.Skew)), inner-2, ""), &last)
	default:
		c.put(
			x+2, y+4, clean.Fit(jobdata.Sparkline(t, g.job.Memory.Of(g.facts.id+v.ID+"out"), inner-2), inner-2, ""),
			&last,
		)
	}
}

// skewText is how unevenly records go to subtasks, "" where it does not matter.
func skewText(percentage float64) string {
	if percentage >= 30 {
		return fmt.Sprintf(" skew %.0f%%", percentage)
	}
	return ""
}
