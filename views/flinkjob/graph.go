package flinkjob

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinkrest"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/flinkjob/boxes"
	"drey/views/flinkjob/jobdata"
	"drey/views/flinkjob/list"
	"drey/views/frame"
	"drey/views/grid"
)

// graph is the section of vertices and how the data go: boxes and arrows where
// there is room, else one vertex a line.
type graph struct {
	*View
	asks  *round
	loads map[string]jobdata.Load
	// watermarks is what is known of whether vertices have one.
	watermarks map[string]hasWatermark
	key        string // id of the vertex under the cursor
	top        int    // line that the boxes or the tree are scrolled to
	vertex     *vertex
	// panel is the subtasks of the vertex under the cursor, below the boxes.
	panel *vertex
}

// boxesFrom is the width from which vertices are boxes.
const boxesFrom = 100

func newGraph(v *View) *graph {
	g := &graph{View: v, loads: map[string]jobdata.Load{}, watermarks: map[string]hasWatermark{}}
	g.asks = &round{name: "graph", every: g.pace, steps: g.steps}
	return g
}

func (g *graph) title() string { return "graph" }

func (g *graph) pace() time.Duration { return g.metricsPace(g.asks) }

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

// hasWatermark is what is known of whether a vertex has a watermark: Flink answers with
// nothing at all where a vertex lacks one of the metrics that it is asked for.
type hasWatermark int

const (
	notTried hasWatermark = iota // it is asked without it first, for what it has in any case
	tried                        // it has told the others: the next question is with it
	timeless
	timed
)

// mostRequests is how many a round may have.
const mostRequests = 50

// steps are one request a vertex; in a small graph another one each at first, for whether
// it has a watermark. An ended job has no metrics.
func (g *graph) steps() []step {
	if g.facts.ended || !g.facts.known || g.early() {
		return nil
	}
	top := g.facts.graph
	steps := make([]step, 0, len(top.Vertices))
	var apart []step
	for i, v := range top.Vertices {
		if len(top.Inputs(i)) == 0 {
			g.watermarks[v.ID] = timeless // a source
		}
		switch g.watermarks[v.ID] {
		case notTried:
			steps = append(steps, g.loadStep(v.ID, jobdata.VertexMetrics))
			apart = append(apart, g.watermarkStep(v.ID))
		case timeless:
			steps = append(steps, g.loadStep(v.ID, jobdata.VertexMetrics))
		default:
			steps = append(steps, g.loadStep(v.ID, append(slices.Clone(jobdata.VertexMetrics), jobdata.WatermarkMetric)))
		}
	}
	if len(steps)+len(apart) <= mostRequests {
		steps = append(steps, apart...)
	}
	return steps
}

// watermarkStep asks a vertex for its watermark alone.
func (g *graph) watermarkStep(vertex string) step {
	from, id := g.job.From, g.facts.id
	return step{
		load: func(ctx context.Context) (any, error) {
			return from.SubtaskMetrics(ctx, id, vertex, jobdata.WatermarkMetric)
		},
		take: func(value any) {
			answer := value.(map[string]flinkrest.Aggregate)
			l, known := g.loads[vertex]
			switch {
			case !known: // Flink has nothing of it at all yet
			case len(answer) == 0:
				g.watermarks[vertex] = timeless
			default:
				g.watermarks[vertex] = timed
				l.Lag = jobdata.LoadOf(answer, g.env.ServerNow()).Lag
				g.loads[vertex] = l
			}
		},
		failed: func(error) {},
	}
}

func (g *graph) loadStep(vertex string, names []string) step {
	from, id := g.job.From, g.facts.id
	return step{
		load: func(ctx context.Context) (any, error) {
			return from.SubtaskMetrics(ctx, id, vertex, names...)
		},
		take: func(value any) {
			now := g.env.ServerNow()
			l := jobdata.LoadOf(value.(map[string]flinkrest.Aggregate), now)
			withMark := slices.Contains(names, jobdata.WatermarkMetric)
			if l.Unknown() { // what is known stays
				if g.watermarks[vertex] = notTried; withMark {
					g.watermarks[vertex] = timeless // it may have no watermark
				}
				return
			}
			if g.watermarks[vertex] == notTried {
				g.watermarks[vertex] = tried
			} else if withMark {
				g.watermarks[vertex] = timed
			}
			if was, known := g.loads[vertex]; known && !withMark {
				l.Lag = was.Lag // asked for by itself
			}
			g.loads[vertex] = l
			m := g.job.Memory
			m.Add(id+vertex+"busy", l.Busy, now)
			m.Add(id+vertex+"out", max(l.Out, l.In), now)
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

// refill draws the subtasks that are seen as they are now.
func (g *graph) refill() {
	for _, x := range []*vertex{g.vertex, g.panel} {
		if x != nil {
			x.fill()
			x.asks.due()
		}
	}
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
	if by, ok := move.Steps(key, max(g.height/6, 1), len(top.Vertices)); ok {
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
		if len(top.Vertices) > 0 {
			if g.panel != nil {
				g.stop(g.panel.asks)
			}
			g.vertex = newVertex(g.View, top.Vertices[g.selected()], "vertex")
			return g.start()
		}
	}
	return nil
}

// step moves within the order of the tree, which is that of the layers.
func (g *graph) step(top jobdata.Topology, by int) {
	order := treeOrder(top)
	for at, i := range order {
		if i == g.selected() {
			g.selectAt(order[min(max(at+by, 0), len(order)-1)])
			return
		}
	}
}

// sideways moves to the layer before or behind, to the vertex that is nearest.
func (g *graph) sideways(top jobdata.Topology, by int) {
	if len(top.Vertices) == 0 {
		return
	}
	i := g.selected()
	l := top.Layer[i] + by
	if l < 0 || l >= len(top.Layers) {
		return
	}
	row := 0
	for at, other := range top.Layers[top.Layer[i]] {
		if other == i {
			row = at
		}
	}
	g.selectAt(top.Layers[l][min(row, len(top.Layers[l])-1)])
}

// treeOrder lists vertices layer by layer.
func treeOrder(top jobdata.Topology) []int {
	var order []int
	for _, layer := range top.Layers {
		order = append(order, layer...)
	}
	return order
}

func (g *graph) hints() []views.Hint {
	k := g.env.Keys
	if g.vertex != nil {
		return g.vertex.hints()
	}
	return []views.Hint{
		list.Hint(k.Move.Enter, "subtasks"), list.Hint(k.Move.Down, "vertex"), list.Hint(k.Global.Refresh, "refresh"),
	}
}

func (g *graph) lines(width, height int) []string {
	if g.vertex != nil {
		return g.vertex.lines(width, height)
	}
	t := g.env.Theme
	top := g.facts.graph
	if len(top.Vertices) == 0 {
		return []string{"", "  " + t.Dim.Render(
			"the job has no vertices: it never came to be planned, see its exceptions",
		)}
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
func (g *graph) boxesAndPanel(top jobdata.Topology, width, height int) []string {
	rows := 1
	for _, layer := range top.Layers {
		rows = max(rows, len(layer))
	}
	space := rows*boxes.Height + 1
	if g.beside() == nil || height-space < panelLines {
		return g.boxes(top, width, height)
	}
	t := g.env.Theme
	lines := g.boxes(top, width, space)
	lines = append(lines, frame.Rule(t, false, width, t.Strong.Render(jobdata.NameOf(g.panel.of)), ""))
	return append(lines, g.panel.table.Lines(width, height-len(lines))...)
}

// boxes are the vertices and how the data go.
func (g *graph) boxes(top jobdata.Topology, width, height int) []string {
	return boxes.Graph{
		Topology: top, Loads: g.loads, Selected: g.selected(), Tone: g.tone,
		Series: func(vertex string) []float64 { return g.job.Memory.Of(g.facts.id + vertex + "out") },
	}.Lines(g.env.Theme, width, height)
}

// footer says what holds the job back, and how old the numbers are.
func (g *graph) footer(top jobdata.Topology, width int) []string {
	t := g.env.Theme
	var lines []string
	text := top.Verdict(g.loads, g.facts.job.State)
	tone := themes.Plain
	if top.Bottleneck(g.loads) >= 0 {
		tone = themes.Warn
	}
	for _, line := range clean.Wrap(text, max(width-2, 8)) {
		lines = append(lines, " "+t.Tone(g.aged(tone)).Render(line))
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
		if l.At.After(newest) {
			newest = l.At
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
func (g *graph) tree(top jobdata.Topology, width, height int) []string {
	t := g.env.Theme
	order := treeOrder(top)
	bottleneck, selected := top.Bottleneck(g.loads), g.selected()
	at := 0
	for n, i := range order {
		if i == selected {
			at = n
		}
	}
	g.top = jobdata.Scrolled(g.top, at, height-1, len(order))
	name := max(width-45, 12)
	lines := []string{" " + t.Head.Render(
		clean.Fit("VERTEX", name+1, "")+clean.Right("PAR", 4, "")+"  "+clean.Fit("BUSY", 12, "")+
			clean.Right("BACK", 6, "")+clean.Right("REC/S", 8, "")+clean.Right("LAG", 7, ""),
	)}
	for n := g.top; n < len(order) && len(lines) < height; n++ {
		i := order[n]
		v := top.Vertices[i]
		l := jobdata.LoadIn(g.loads, v.ID)
		depth := min(top.Layer[i], 6)
		label := strings.Repeat(" ", depth) + jobdata.NameOf(v)
		if i == bottleneck {
			label = strings.Repeat(" ", depth) + t.Glyphs.Tone(themes.Warn) + " " + jobdata.NameOf(v)
		}
		style := t.Text
		mark := " "
		if i == selected {
			style, mark = t.Strong, t.Accent.Render(t.Glyphs.Bar)
		}
		busy := clean.Fit(jobdata.Bar(t, l.Busy, 6)+" "+jobdata.Percent(l.Busy), 12, "")
		line := mark + style.Render(clean.Fit(label, name+1, t.Glyphs.Ellipsis)) +
			t.Dim.Render(clean.Right(fmt.Sprint(v.Parallelism), 4, "")) + "  " +
			g.tone(jobdata.BusyTone(l.Busy)).Render(busy) +
			g.tone(jobdata.BackTone(l.Back)).Render(clean.Right(jobdata.Percent(l.Back), 6, "")) +
			g.tone(themes.Plain).Render(clean.Right(jobdata.Rate(jobdata.FlowOf(l)), 8, "")) +
			g.tone(jobdata.LagTone(l.Lag)).Render(clean.Right(jobdata.LagText(l.Lag), 7, ""))
		lines = append(lines, line)
	}
	return lines
}
