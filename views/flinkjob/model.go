package flinkjob

import (
	"fmt"
	"math"
	"slices"
	"time"

	"drey/client/flinkrest"
)

// vertexMetrics are asked of all subtasks of a vertex in one request. Flink answers
// with nothing at all where a vertex does not have one of them, and a source has no
// watermark of its input: watermarkMetric is asked of the others.
var vertexMetrics = []string{
	"busyTimeMsPerSecond", "backPressuredTimeMsPerSecond", "idleTimeMsPerSecond",
	"numRecordsInPerSecond", "numRecordsOutPerSecond",
}

const watermarkMetric = "currentInputWatermark"

// load is how much a vertex has to do, over its subtasks. Shares are between 0 and
// 1, rates are a second, skew is a percentage; NaN is not known.
type load struct {
	busy, busyAvg float64
	back, backAvg float64
	idle          float64 // of the least idle subtask
	in, out       float64 // of all subtasks
	skew          float64
	lag           float64 // seconds behind the server's clock
	at            time.Time
}

func noLoad() load {
	n := math.NaN()
	return load{n, n, n, n, n, n, n, n, n, time.Time{}}
}

// loadOf reads the answer of vertexMetrics. Flink writes NaN where it does not
// know, and leaves out what it has not fetched yet.
func loadOf(values map[string]flinkrest.Aggregate, now time.Time) load {
	l := noLoad()
	l.at = now
	get := func(name string) (flinkrest.Aggregate, bool) { a, ok := values[name]; return a, ok }
	if a, ok := get("busyTimeMsPerSecond"); ok {
		l.busy, l.busyAvg = share(a.Max), share(a.Avg)
	}
	if a, ok := get("backPressuredTimeMsPerSecond"); ok {
		l.back, l.backAvg = share(a.Max), share(a.Avg)
	}
	if a, ok := get("idleTimeMsPerSecond"); ok {
		l.idle = share(a.Min)
	}
	if a, ok := get("numRecordsInPerSecond"); ok {
		l.in, l.skew = float(a.Sum), float(a.Skew)
	}
	if a, ok := get("numRecordsOutPerSecond"); ok {
		l.out = float(a.Sum)
		if l.in == 0 || math.IsNaN(l.in) { // a source reads from outside
			l.skew = float(a.Skew)
		}
	}
	if a, ok := get(watermarkMetric); ok && watermarkKnown(float(a.Min)) {
		l.lag = max(float64(now.UnixMilli())-float(a.Min), 0) / 1000
	}
	return l
}

// unknown tells that nothing is known of a vertex.
func (l load) unknown() bool {
	return math.IsNaN(l.busy) && math.IsNaN(l.back) && math.IsNaN(l.idle) && math.IsNaN(l.in) && math.IsNaN(l.out)
}

// share is milliseconds a second as a share.
func share(n flinkrest.Number) float64 { return min(max(float(n)/1000, 0), 1) }

// watermarkKnown tells a watermark from Long.MIN, which is none yet, and
// Long.MAX, which is the end of the input.
func watermarkKnown(ms float64) bool { return !math.IsNaN(ms) && math.Abs(ms) < 9e18 && ms > 0 }

// edge is one input of a vertex.
type edge struct {
	from, to int // indices of vertices
	ship     string
}

// topology is the graph of a job: its vertices in the order of the data, and in
// layers: each vertex is behind all that it reads.
type topology struct {
	vertices []flinkrest.JobVertex
	edges    []edge
	layer    []int // of each vertex
	layers   [][]int
	into     [][]int // of each vertex, those that it reads from
}

// topologyOf reads a plan. Vertices are listed sources first by Flink; edges that
// name a vertex that is not there, or that would make a circle, are left out.
func topologyOf(job flinkrest.Job) topology {
	g := topology{vertices: job.Vertices, layer: make([]int, len(job.Vertices))}
	index := map[string]int{}
	for i, v := range job.Vertices {
		index[v.ID] = i
	}
	for _, n := range job.Plan.Nodes {
		to, ok := index[n.ID]
		for _, in := range n.Inputs {
			from, known := index[in.ID]
			if ok && known && from != to {
				g.edges = append(g.edges, edge{from, to, in.Ship})
			}
		}
	}
	g.into = make([][]int, len(g.vertices))
	for _, e := range g.edges {
		g.into[e.to] = append(g.into[e.to], e.from)
	}
	for range g.vertices { // longest paths; a circle ends after as many rounds as vertices
		moved := false
		for _, e := range slices.Backward(g.edges) { // Flink lists sinks first
			if next := g.layer[e.from] + 1; next > g.layer[e.to] && next < len(g.vertices) {
				g.layer[e.to], moved = next, true
			}
		}
		if !moved {
			break
		}
	}
	for i, l := range g.layer {
		for len(g.layers) <= l {
			g.layers = append(g.layers, nil)
		}
		g.layers[l] = append(g.layers[l], i)
	}
	return g
}

// inputs are the vertices that one reads from.
func (g topology) inputs(of int) []int { return g.into[of] }

// What counts as held back, and as busy.
const (
	heldBack = 0.1
	veryBusy = 0.8
)

// bottleneck is the vertex that holds the others back, -1 for none: it is not held
// back itself, and what it reads from is.
func (g topology) bottleneck(loads map[string]load) int {
	best := -1
	var most float64
	for i, v := range g.vertices {
		l, ok := loads[v.ID]
		if !ok || l.back >= heldBack {
			continue
		}
		for _, in := range g.inputs(i) {
			up, ok := loads[g.vertices[in].ID]
			if ok && up.back >= heldBack && (best < 0 || l.busy > most) {
				best, most = i, l.busy
			}
		}
	}
	return best
}

// verdict says in words what holds the job back.
func (g topology) verdict(loads map[string]load, state string) string {
	if state != "RUNNING" && !ended(state) {
		return "The job is " + state + ": numbers are those of before."
	}
	if i := g.bottleneck(loads); i >= 0 {
		l := loads[g.vertices[i].ID]
		text := nameOf(g.vertices[i]) + " is the bottleneck"
		if !math.IsNaN(l.busy) {
			text += ": " + percent(l.busy) + " busy"
		}
		for _, in := range g.inputs(i) {
			if up := loads[g.vertices[in].ID]; up.back >= heldBack {
				text += fmt.Sprintf(", and %s waits for it %s of the time", nameOf(g.vertices[in]), percent(up.back))
				break
			}
		}
		if l.skew >= 30 {
			text += fmt.Sprintf(". Its records are uneven: skew %.0f%%", l.skew)
		}
		return text + "."
	}
	known, busiest := false, -1
	for i, v := range g.vertices {
		l, ok := loads[v.ID]
		known = known || ok && !math.IsNaN(l.busy)
		if ok && l.busy >= veryBusy && (busiest < 0 || l.busy > loads[g.vertices[busiest].ID].busy) {
			busiest = i
		}
	}
	switch {
	case busiest >= 0:
		return nameOf(g.vertices[busiest]) + " is " + percent(loads[g.vertices[busiest].ID].busy) + " busy, near what it can do; nothing waits for it yet."
	case known:
		return "Nothing is held back."
	}
	return ""
}

// nameOf is what a vertex is called, in one line.
func nameOf(v flinkrest.JobVertex) string { return oneLine(v.Name) }
