package jobdata

import (
	"fmt"
	"math"
	"slices"
	"time"

	"drey/client/flinkrest"
)

// VertexMetrics are asked of all subtasks of a vertex in one request. Flink answers
// with nothing at all where a vertex does not have one of them, and a source has no
// watermark of its input: WatermarkMetric is asked of the others.
var VertexMetrics = []string{
	"busyTimeMsPerSecond", "backPressuredTimeMsPerSecond", "idleTimeMsPerSecond",
	"numRecordsInPerSecond", "numRecordsOutPerSecond",
}

const WatermarkMetric = "currentInputWatermark"

// Load is how much a vertex has to do, over its subtasks. Shares are between 0 and
// 1, rates are a second, skew is a percentage; NaN is not known.
type Load struct {
	Busy, busyAvg float64
	Back, backAvg float64
	idle          float64 // of the least idle subtask
	In, Out       float64 // of all subtasks
	Skew          float64
	Lag           float64 // seconds behind the server's clock
	At            time.Time
}

func NoLoad() Load {
	n := math.NaN()
	return Load{n, n, n, n, n, n, n, n, n, time.Time{}}
}

// LoadOf reads the answer of VertexMetrics. Flink writes NaN where it does not
// know, and leaves out what it has not fetched yet.
func LoadOf(values map[string]flinkrest.Aggregate, now time.Time) Load {
	l := NoLoad()
	l.At = now
	get := func(name string) (flinkrest.Aggregate, bool) { a, ok := values[name]; return a, ok }
	if a, ok := get("busyTimeMsPerSecond"); ok {
		l.Busy, l.busyAvg = share(a.Max), share(a.Avg)
	}
	if a, ok := get("backPressuredTimeMsPerSecond"); ok {
		l.Back, l.backAvg = share(a.Max), share(a.Avg)
	}
	if a, ok := get("idleTimeMsPerSecond"); ok {
		l.idle = share(a.Min)
	}
	if a, ok := get("numRecordsInPerSecond"); ok {
		l.In, l.Skew = Float(a.Sum), Float(a.Skew)
	}
	if a, ok := get("numRecordsOutPerSecond"); ok {
		l.Out = Float(a.Sum)
		if l.In == 0 || math.IsNaN(l.In) { // a source reads from outside
			l.Skew = Float(a.Skew)
		}
	}
	if a, ok := get(WatermarkMetric); ok && WatermarkKnown(Float(a.Min)) {
		l.Lag = max(float64(now.UnixMilli())-Float(a.Min), 0) / 1000
	}
	return l
}

// LoadIn is the load of a vertex, of which nothing may be known.
func LoadIn(loads map[string]Load, vertex string) Load {
	if l, known := loads[vertex]; known {
		return l
	}
	return NoLoad()
}

// Unknown tells that nothing is known of a vertex.
func (l Load) Unknown() bool {
	return math.IsNaN(l.Busy) && math.IsNaN(l.Back) && math.IsNaN(l.idle) && math.IsNaN(l.In) && math.IsNaN(l.Out)
}

// share is milliseconds a second as a share.
func share(n flinkrest.Number) float64 { return min(max(Float(n)/1000, 0), 1) }

// WatermarkKnown tells a watermark from Long.MIN, which is none yet, and
// Long.MAX, which is the end of the input.
func WatermarkKnown(ms float64) bool { return !math.IsNaN(ms) && math.Abs(ms) < 9e18 && ms > 0 }

// edge is one input of a vertex.
type edge struct {
	From, To int // indices of vertices
	Ship     string
}

// Topology is the graph of a job: its vertices in the order of the data, and in
// layers: each vertex is behind all that it reads.
type Topology struct {
	Vertices []flinkrest.JobVertex
	Edges    []edge
	Layer    []int // of each vertex
	Layers   [][]int
	into     [][]int // of each vertex, those that it reads from
	waits    bool    // the job has not run yet, or does not at the moment
}

// TopologyOf reads a plan. Vertices are listed sources first by Flink; edges that
// name a vertex that is not there, or that would make a circle, are left out.
func TopologyOf(job flinkrest.Job) Topology {
	g := Topology{
		Vertices: job.Vertices, Layer: make([]int, len(job.Vertices)),
		waits: job.State != "RUNNING" && !Ended(job.State),
	}
	index := map[string]int{}
	for i, v := range job.Vertices {
		index[v.ID] = i
	}
	for _, n := range job.Plan.Nodes {
		to, ok := index[n.ID]
		for _, in := range n.Inputs {
			from, known := index[in.ID]
			if ok && known && from != to {
				g.Edges = append(g.Edges, edge{from, to, in.Ship})
			}
		}
	}
	g.into = make([][]int, len(g.Vertices))
	for _, e := range g.Edges {
		g.into[e.To] = append(g.into[e.To], e.From)
	}
	for range g.Vertices { // longest paths; a circle ends after as many rounds as vertices
		moved := false
		for _, e := range slices.Backward(g.Edges) { // Flink lists sinks first
			if next := g.Layer[e.From] + 1; next > g.Layer[e.To] && next < len(g.Vertices) {
				g.Layer[e.To], moved = next, true
			}
		}
		if !moved {
			break
		}
	}
	for i, l := range g.Layer {
		for len(g.Layers) <= l {
			g.Layers = append(g.Layers, nil)
		}
		g.Layers[l] = append(g.Layers[l], i)
	}
	return g
}

// LastPlan is the plan of a job, or that of before where it has no edges any more:
// a job that an adaptive scheduler has wait for slots is told without them.
func LastPlan(before, now flinkrest.Job) flinkrest.Plan {
	edges := func(p flinkrest.Plan) bool {
		return slices.ContainsFunc(p.Nodes, func(n flinkrest.PlanNode) bool { return len(n.Inputs) > 0 })
	}
	if slices.Equal(sortedIDs(before), sortedIDs(now)) && edges(before.Plan) && !edges(now.Plan) {
		return before.Plan
	}
	return now.Plan
}

func sortedIDs(job flinkrest.Job) []string {
	ids := make([]string, len(job.Vertices))
	for i, v := range job.Vertices {
		ids[i] = v.ID
	}
	slices.Sort(ids)
	return ids
}

// Inputs are the vertices that one reads from.
func (g Topology) Inputs(of int) []int { return g.into[of] }

// Unplanned tells that a job's vertices are known and not how they are connected: an
// adaptive scheduler has it wait for slots. It is asked again until that is known. One
// vertex has nothing to be connected with.
func (g Topology) Unplanned() bool { return g.waits && len(g.Vertices) > 1 && len(g.Edges) == 0 }

// What counts as held back, and as busy.
const (
	heldBack = 0.1
	veryBusy = 0.8
)

// Bottleneck is the vertex that holds the others back, -1 for none: it is not held
// back itself, and what it reads from is.
func (g Topology) Bottleneck(loads map[string]Load) int {
	best := -1
	var most float64
	for i, v := range g.Vertices {
		l, ok := loads[v.ID]
		if !ok || l.Back >= heldBack {
			continue
		}
		for _, in := range g.Inputs(i) {
			up, ok := loads[g.Vertices[in].ID]
			if ok && up.Back >= heldBack && (best < 0 || l.Busy > most) {
				best, most = i, l.Busy
			}
		}
	}
	return best
}

// Verdict says in words what holds the job back.
func (g Topology) Verdict(loads map[string]Load, state string) string {
	if state != "RUNNING" && !Ended(state) {
		if g.Unplanned() {
			return "The job is " + state + ": how its vertices are connected is not told yet, the edges come with its slots."
		}
		return "The job is " + state + ": numbers are those of before."
	}
	if i := g.Bottleneck(loads); i >= 0 {
		l := loads[g.Vertices[i].ID]
		text := NameOf(g.Vertices[i]) + " is the bottleneck"
		if !math.IsNaN(l.Busy) {
			text += ": " + Percent(l.Busy) + " busy"
		}
		for _, in := range g.Inputs(i) {
			if up := loads[g.Vertices[in].ID]; up.Back >= heldBack {
				text += fmt.Sprintf(", and %s waits for it %s of the time", NameOf(g.Vertices[in]), Percent(up.Back))
				break
			}
		}
		if l.Skew >= 30 {
			text += fmt.Sprintf(". Its records are uneven: skew %.0f%%", l.Skew)
		}
		return text + "."
	}
	known, busiest := false, -1
	for i, v := range g.Vertices {
		l, ok := loads[v.ID]
		known = known || ok && !math.IsNaN(l.Busy)
		if ok && l.Busy >= veryBusy && (busiest < 0 || l.Busy > loads[g.Vertices[busiest].ID].Busy) {
			busiest = i
		}
	}
	switch {
	case busiest >= 0:
		return NameOf(g.Vertices[busiest]) + " is " + Percent(loads[g.Vertices[busiest].ID].Busy) +
			" busy, near what it can do; nothing waits for it yet."
	case known:
		return "Nothing is held back."
	}
	return ""
}

// NameOf is what a vertex is called, in one line.
func NameOf(v flinkrest.JobVertex) string { return OneLine(v.Name) }
