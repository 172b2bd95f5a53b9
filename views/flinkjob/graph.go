package flinkjob

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinkrest"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/grid"
)

// graph is the section of vertices and how the data go: boxes and arrows where
// there is room, else one vertex a line.
type graph struct {
	*View
	asks  *round
	loads map[string]load
	// timeless are vertices that are asked without their watermark.
	timeless map[string]bool
	key      string // id of the vertex under the cursor
	top      int    // line that the boxes or the tree are scrolled to
	vertex   *vertex
	// panel is the subtasks of the vertex under the cursor, below the boxes.
	panel *vertex
	// boxWidth is how wide the boxes were drawn last.
	boxWidth int
	// missing are vertices that the round has brought no numbers of, early the
	// rounds that were repeated for that.
	missing, early int
}

// boxesFrom is the width from which vertices are boxes.
const boxesFrom = 100

func newGraph(v *View) *graph {
	g := &graph{View: v, loads: map[string]load{}, timeless: map[string]bool{}}
	g.asks = &round{name: "graph", every: g.pace, steps: g.steps}
	return g
}

func (g *graph) title() string { return "graph" }

func (g *graph) pace() time.Duration {
	switch {
	case g.facts.ended:
		return endedEvery
	case g.missing > 0 && g.early < maxEarly:
		return earlyEvery
	}
	return g.facts.every
}

// The first question has Flink fetch metrics, and is answered without them
// (platforms-supplement.md §2): a round that did not bring all is repeated sooner, a few
// times.
const (
	earlyEvery = 2 * time.Second
	maxEarly   = 3
)

// round asks for the loads; while the subtasks of a vertex are seen, for those.
func (g *graph) round() *round {
	if g.vertex != nil {
		return g.vertex.asks
	}
	return g.asks
}

// Where the subtasks of the vertex under the cursor are below the boxes: in enough
// lines, and of a graph that is small enough for the requests.
const (
	panelFrom  = 26
	panelMost  = 10
	panelLines = 8 // at least
)

// beside asks for the subtasks below the boxes.
func (g *graph) beside() *round {
	n := len(g.facts.job.Vertices)
	if g.vertex != nil || g.width < boxesFrom || g.height < panelFrom || n == 0 || n > panelMost {
		return nil
	}
	if v := g.facts.job.Vertices[g.selected()]; g.panel == nil || g.panel.of.ID != v.ID {
		if g.panel != nil {
			g.stop(g.panel.asks)
		}
		g.panel = newVertex(g.View, v, "panel")
	}
	return g.panel.asks
}

// follow asks for the subtasks of the vertex that the cursor went to.
func (g *graph) follow() tea.Cmd {
	if r := g.beside(); r != nil && g.rounds[r.name] != r {
		return g.run(r)
	}
	return nil
}

// steps are one request a vertex. An ended job has no metrics.
func (g *graph) steps() []step {
	if g.facts.ended || !g.facts.known {
		return nil
	}
	if g.missing > 0 {
		g.early++
	}
	g.missing = len(g.facts.job.Vertices)
	top := g.facts.graph
	steps := make([]step, 0, len(top.vertices))
	for i, v := range top.vertices {
		names := vertexMetrics
		if len(top.inputs(i)) > 0 && !g.timeless[v.ID] {
			names = append(slices.Clone(vertexMetrics), watermarkMetric)
		}
		steps = append(steps, g.loadStep(v.ID, names))
	}
	return steps
}

func (g *graph) loadStep(vertex string, names []string) step {
	from, id := g.job.From, g.facts.id
	return step{
		load: func(ctx context.Context) (any, error) {
			return from.SubtaskMetrics(ctx, id, vertex, names...)
		},
		take: func(value any) {
			now := g.env.ServerNow()
			l := loadOf(value.(map[string]flinkrest.Aggregate), now)
			if l.unknown() { // what is known stays
				g.timeless[vertex] = !g.timeless[vertex] // it may have no watermark
				return
			}
			g.loads[vertex] = l
			g.missing--
			m := g.job.Memory
			m.add(id+vertex+"busy", l.busy, now)
			m.add(id+vertex+"out", max(l.out, l.in), now)
		},
		failed: func(error) {}, // 500 "No value present" in a vertex's first seconds
	}
}

func (g *graph) typing() bool { return g.vertex != nil && g.vertex.typing() }

func (g *graph) escape() bool {
	if g.vertex == nil {
		return false
	}
	if g.vertex.escape() {
		return true
	}
	g.stop(g.vertex.asks)
	delete(g.rounds, g.vertex.asks.name)
	g.vertex = nil
	return true
}

// selected is the index of the vertex under the cursor.
func (g *graph) selected() int {
	for i, v := range g.facts.job.Vertices {
		if v.ID == g.key {
			return i
		}
	}
	return 0
}

func (g *graph) selectAt(i int) {
	if n := len(g.facts.job.Vertices); n > 0 {
		g.key = g.facts.job.Vertices[min(max(i, 0), n-1)].ID
	}
}

func (g *graph) update(msg tea.Msg) tea.Cmd {
	if g.vertex != nil {
		return g.vertex.update(msg)
	}
	key, ok := msg.(tea.KeyMsg)
	if !ok || !g.facts.known {
		return nil
	}
	move := g.env.Keys.Move
	top := g.facts.graph
	if by, ok := move.Steps(key, max(g.height/6, 1), len(top.vertices)); ok {
		g.step(top, by)
		return g.follow()
	}
	switch {
	case keymap.Matches(key, move.Left):
		g.sideways(top, -1)
		return g.follow()
	case keymap.Matches(key, move.Right):
		g.sideways(top, 1)
		return g.follow()
	case keymap.Matches(key, move.Enter):
		if len(top.vertices) > 0 {
			if g.panel != nil {
				g.stop(g.panel.asks)
			}
			g.vertex = newVertex(g.View, top.vertices[g.selected()], "vertex")
			return g.start()
		}
	}
	return nil
}

// step moves within the order of the tree, which is that of the layers.
func (g *graph) step(top topology, by int) {
	order := treeOrder(top)
	for at, i := range order {
		if i == g.selected() {
			g.selectAt(order[min(max(at+by, 0), len(order)-1)])
			return
		}
	}
}

// sideways moves to the layer before or behind, to the vertex that is nearest.
func (g *graph) sideways(top topology, by int) {
	if len(top.vertices) == 0 {
		return
	}
	i := g.selected()
	l := top.layer[i] + by
	if l < 0 || l >= len(top.layers) {
		return
	}
	row := 0
	for at, other := range top.layers[top.layer[i]] {
		if other == i {
			row = at
		}
	}
	g.selectAt(top.layers[l][min(row, len(top.layers[l])-1)])
}

// treeOrder lists vertices layer by layer.
func treeOrder(top topology) []int {
	var order []int
	for _, layer := range top.layers {
		order = append(order, layer...)
	}
	return order
}

func (g *graph) hints() []views.Hint {
	k := g.env.Keys
	if g.vertex != nil {
		return g.vertex.hints()
	}
	return []views.Hint{hint(k.Move.Enter, "subtasks"), hint(k.Move.Down, "vertex"), hint(k.Global.Refresh, "refresh")}
}

func (g *graph) lines(width, height int) []string {
	if g.vertex != nil {
		return g.vertex.lines(width, height)
	}
	t := g.env.Theme
	top := g.facts.graph
	if len(top.vertices) == 0 {
		return []string{"", "  " + t.Dim.Render("the job has no vertices: it never came to be planned, see its exceptions")}
	}
	if g.key == "" {
		g.selectAt(0)
	}
	verdict := g.footer(top, width)
	space := height - len(verdict)
	var body []string
	if width >= boxesFrom {
		body = g.boxesAndPanel(top, width, space)
	} else {
		body = g.tree(top, width, space)
	}
	for len(body) < space {
		body = append(body, "")
	}
	return append(body[:space], verdict...)
}

// boxesAndPanel are the boxes over the subtasks of the one under the cursor, where
// there is room for both.
func (g *graph) boxesAndPanel(top topology, width, height int) []string {
	rows := 1
	for _, layer := range top.layers {
		rows = max(rows, len(layer))
	}
	boxes := rows*boxHeight + 1
	if g.beside() == nil || height-boxes < panelLines {
		return g.boxes(top, width, height)
	}
	t := g.env.Theme
	lines := g.boxes(top, width, boxes)
	lines = append(lines, frame.Rule(t, false, width, t.Strong.Render(nameOf(g.panel.of)), ""))
	return append(lines, g.panel.table.lines(width, height-len(lines))...)
}

// footer says what holds the job back, and how old the numbers are.
func (g *graph) footer(top topology, width int) []string {
	t := g.env.Theme
	var lines []string
	text := top.verdict(g.loads, g.facts.job.State)
	tone := themes.Plain
	if top.bottleneck(g.loads) >= 0 {
		tone = themes.Warn
	}
	for _, line := range clean.Wrap(text, max(width-2, 8)) {
		lines = append(lines, " "+t.Tone(tone).Render(line))
	}
	lines = lines[:min(len(lines), 3)]
	if g.facts.ended {
		return append(lines, " "+t.Faint.Render(g.staleText()))
	}
	return lines
}

// staleText says that an ended job has no numbers any more.
func (g *graph) staleText() string {
	var newest time.Time
	for _, l := range g.loads {
		if l.at.After(newest) {
			newest = l.at
		}
	}
	if newest.IsZero() {
		return "the job has ended: Flink has no metrics of it"
	}
	return "the job has ended: the numbers are " + grid.AgeText(g.env.ServerNow().Sub(newest)) + " old"
}

// tone dims what is no longer so.
func (g *graph) tone(tone themes.Tone) themes.Style {
	if g.facts.ended || g.facts.failed != nil {
		return g.env.Theme.Faint
	}
	return g.env.Theme.Tone(tone)
}

// tree is one vertex a line, indented by its layer.
func (g *graph) tree(top topology, width, height int) []string {
	t := g.env.Theme
	order := treeOrder(top)
	bottleneck, selected := top.bottleneck(g.loads), g.selected()
	at := 0
	for n, i := range order {
		if i == selected {
			at = n
		}
	}
	g.top = scrolled(g.top, at, height-1, len(order))
	name := max(width-45, 12)
	lines := []string{" " + t.Head.Render(clean.Fit("VERTEX", name+1, "")+clean.Right("PAR", 4, "")+"  "+clean.Fit("BUSY", 12, "")+clean.Right("BACK", 6, "")+clean.Right("REC/S", 8, "")+clean.Right("LAG", 7, ""))}
	for n := g.top; n < len(order) && len(lines) < height; n++ {
		i := order[n]
		v := top.vertices[i]
		l := g.loadOf(v.ID)
		depth := min(top.layer[i], 6)
		label := strings.Repeat(" ", depth) + nameOf(v)
		if i == bottleneck {
			label = strings.Repeat(" ", depth) + t.Glyphs.Tone(themes.Warn) + " " + nameOf(v)
		}
		style := t.Text
		mark := " "
		if i == selected {
			style, mark = t.Strong, t.Accent.Render(t.Glyphs.Bar)
		}
		line := mark + style.Render(clean.Fit(label, name+1, t.Glyphs.Ellipsis)) + t.Dim.Render(clean.Right(fmt.Sprint(v.Parallelism), 4, "")) +
			"  " + g.tone(busyTone(l.busy)).Render(clean.Fit(bar(t, l.busy, 6)+" "+percent(l.busy), 12, "")) +
			g.tone(backTone(l.back)).Render(clean.Right(percent(l.back), 6, "")) +
			g.tone(themes.Plain).Render(clean.Right(rate(flowOf(l)), 8, "")) + g.tone(lagTone(l.lag)).Render(clean.Right(lagText(l.lag), 7, ""))
		lines = append(lines, line)
	}
	return lines
}

// scrolled is where a window of height lines begins so that line at is in it.
func scrolled(top, at, height, all int) int {
	height = max(height, 1)
	if at < top {
		top = at
	}
	if at >= top+height {
		top = at - height + 1
	}
	return max(min(top, all-height), 0)
}

func (g *graph) loadOf(id string) load {
	if l, ok := g.loads[id]; ok {
		return l
	}
	return noLoad()
}

// flowOf is what goes through a vertex: a sink has no output, a source no input.
func flowOf(l load) float64 {
	if math.IsNaN(l.out) || l.in > l.out {
		return l.in
	}
	return l.out
}

func lagText(seconds float64) string {
	if math.IsNaN(seconds) {
		return "—"
	}
	return grid.AgeText(time.Duration(seconds) * time.Second)
}

func lagTone(seconds float64) themes.Tone {
	if seconds >= 60 {
		return themes.Warn
	}
	return themes.Dim
}
