// Package boxes draws the graph of a job as boxes and arrows, from left to right.
package boxes

import (
	"fmt"
	"math"
	"strings"

	"drey/themes"
	"drey/views/clean"
	"drey/views/flinkjob/jobdata"
)

// Sizes of boxes, in cells. They are as wide as there is room for.
const (
	boxLeast = 26
	boxMost  = 44
	boxGap   = 13 // between layers: an arrow and how records are shipped

	// Height is how many lines a vertex takes.
	Height = 6
)

// Graph is what is drawn.
type Graph struct {
	jobdata.Topology
	Loads    map[string]jobdata.Load // by vertex; those that are missing are not known
	Selected int                     // the vertex under the cursor
	// Tone is how a number is drawn.
	Tone func(themes.Tone) themes.Style
	// Series are the newest values of what goes through a vertex.
	Series func(vertex string) []float64
}

// drawing is a graph being drawn.
type drawing struct {
	Graph
	theme    *themes.Theme
	boxWidth int
}

// Lines draws the graph in a window, scrolled so that the vertex under the cursor is seen.
func (g Graph) Lines(t *themes.Theme, width, height int) []string {
	d := &drawing{Graph: g, theme: t}
	return d.lines(width, height)
}

func (g *drawing) lines(width, height int) []string {
	top, rows := g.Topology, 1
	for _, layer := range top.Layers {
		rows = max(rows, len(layer))
	}
	g.boxWidth = min(max((width-2-(len(top.Layers)-1)*boxGap)/len(top.Layers), boxLeast), boxMost)
	boxWidth := g.boxWidth
	allWidth, allHeight := len(top.Layers)*(boxWidth+boxGap)-boxGap+2, rows*Height+1
	at := make([][2]int, len(top.Vertices))
	for l, layer := range top.Layers {
		skip := (rows - len(layer)) * Height / 2
		for n, i := range layer {
			at[i] = [2]int{1 + l*(boxWidth+boxGap), skip + n*Height}
		}
	}
	sel := at[g.Selected]
	x := min(max(sel[0]-(width-boxWidth)/2, 0), max(allWidth-width, 0))
	y := min(max(sel[1]-(height-Height)/2, 0), max(allHeight-height, 0))
	c := newCanvas(x, y, width, height)
	for _, e := range top.Edges {
		if c.touches(
			at[e.From][0], at[e.To][0]+boxWidth, min(at[e.From][1], at[e.To][1]),
			max(at[e.From][1], at[e.To][1])+Height,
		) {
			g.arrow(c, at[e.From], at[e.To], e.Ship)
		}
	}
	bottleneck := top.Bottleneck(g.Loads)
	for i := range top.Vertices {
		if c.touches(at[i][0], at[i][0]+boxWidth, at[i][1], at[i][1]+Height) {
			g.box(c, i, at[i], i == bottleneck)
		}
	}
	lines := make([]string, 0, height)
	for n := range height {
		lines = append(lines, c.line(n))
	}
	return lines
}

// arrow goes from the right of one box to the left of another, and says how
// records are shipped.
func (g *drawing) arrow(c *canvas, from, to [2]int, ship string) {
	t := g.theme
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
func (g *drawing) box(c *canvas, i int, at [2]int, bottleneck bool) {
	t := g.theme
	v := g.Vertices[i]
	l := jobdata.LoadIn(g.Loads, v.ID)
	line := &t.Frame
	name := &t.Text
	if i == g.Selected {
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
	for n := 1; n < Height-1; n++ {
		c.put(x, y+n, gl.V+strings.Repeat(" ", inner)+gl.V, line)
	}
	c.put(x, y+Height-1, gl.BL+strings.Repeat(gl.H, inner)+gl.BR, line)
	busy := g.Tone(jobdata.BusyTone(l.Busy))
	c.put(x+2, y+1, clean.Fit(jobdata.Bar(t, l.Busy, 10)+" busy "+jobdata.Percent(l.Busy), inner-2, ""), &busy)
	flow := g.Tone(themes.Plain)
	text := fmt.Sprintf("%d %s %s/s", v.Parallelism, gl.V, jobdata.Rate(jobdata.FlowOf(l)))
	if !math.IsNaN(l.Lag) {
		text += "  lag " + jobdata.LagText(l.Lag)
	}
	c.put(x+2, y+2, clean.Fit(text, inner-2, ""), &flow)
	back := g.Tone(jobdata.BackTone(l.Back))
	if l.Back >= 0.005 {
		c.put(x+2, y+3, clean.Fit("back-pressured "+jobdata.Percent(l.Back), inner-2, ""), &back)
	} else if v.Status != "RUNNING" {
		_, tone := jobdata.StateOf(v.Status)
		style := g.Tone(tone)
		c.put(x+2, y+3, clean.Fit(clean.Text(v.Status), inner-2, ""), &style)
	}
	last := g.Tone(themes.Dim)
	switch {
	case bottleneck:
		warn := g.Tone(themes.Warn)
		c.put(x+2, y+4, clean.Fit(gl.Tone(themes.Warn)+" bottleneck"+skewText(l.Skew), inner-2, ""), &warn)
	case l.Skew >= 30:
		c.put(x+2, y+4, clean.Fit(strings.TrimSpace(skewText(l.Skew)), inner-2, ""), &last)
	default:
		c.put(
			x+2, y+4, clean.Fit(jobdata.Sparkline(t, g.Series(v.ID), inner-2), inner-2, ""),
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
