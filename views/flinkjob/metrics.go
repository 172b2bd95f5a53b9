package flinkjob

import (
	"context"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinkrest"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/flinkjob/jobdata"
	"drey/views/flinkjob/list"
	"drey/views/grid"
)

// metrics is the section of any metric by its name: those of the job or of a
// vertex, found by words or letters, watched as series.
type metrics struct {
	listed
	of    int // 0 is the job, others are vertices
	names map[int][]string
}

// maxWatched is how many are: their names go into one request a vertex, whose
// length Flink limits to 4 KB.
const (
	maxWatched   = 20
	maxNameBytes = 3000
)

// nameBytes is what a name takes in the line of a request, with what parts it from the
// next.
func nameBytes(name string) int { return len(url.QueryEscape(name)) + len("%2C") }

func newMetrics(v *View) *metrics {
	m := &metrics{listed: listed{View: v}, names: map[int][]string{}}
	m.table = list.New(v.env,
		grid.Column{Title: "", Max: 2}, grid.Column{Title: "METRIC", Max: 90, Min: 20},
		grid.Column{Title: "VALUE", Right: true}, grid.Column{Title: "SERIES", Max: 40, Drop: 1},
	)
	m.table.SortBy("METRIC", false)
	m.asks = &round{name: "metrics", every: m.pace, steps: m.steps}
	return m
}

func (m *metrics) title() string { return "metrics" }
func (m *metrics) blank() bool   { return len(m.names[m.of]) == 0 }
func (m *metrics) subject() string {
	return "names of metrics"
}

func (m *metrics) pace() time.Duration { return m.metricsPace(m.asks) }

// choose looks at the metrics of a vertex.
func (m *metrics) choose(vertex string) {
	for i, v := range m.facts.job.Vertices {
		if v.ID == vertex && m.of != i+1 {
			m.of = i + 1
			m.fill()
			m.asks.due()
		}
	}
}

// vertex is the id of what is looked at, "" for the job.
func (m *metrics) vertex() string {
	if m.of > 0 && m.of <= len(m.facts.job.Vertices) {
		return m.facts.job.Vertices[m.of-1].ID
	}
	return ""
}

// steps ask for the names once, and for the values of those that are watched, one
// request for each vertex that has any.
func (m *metrics) steps() []step {
	if !m.facts.known || m.facts.ended || m.early() {
		return nil
	}
	from, job, of, vertex := m.job.From, m.facts.id, m.of, m.vertex()
	var steps []step
	if len(m.names[of]) == 0 {
		steps = append(steps, step{
			load: func(ctx context.Context) (any, error) {
				if vertex == "" {
					return from.MetricNames(ctx, flinkrest.OfJob(job))
				}
				return from.SubtaskMetricNames(ctx, job, vertex)
			},
			take: func(value any) { m.names[of] = value.([]string); m.fill() },
		})
	}
	byVertex := map[string][]string{}
	for _, w := range m.job.Memory.Watched[job] {
		byVertex[w.Vertex] = append(byVertex[w.Vertex], w.Name)
	}
	for _, vertex := range slices.Sorted(maps.Keys(byVertex)) {
		steps = append(steps, m.valueStep(job, vertex, byVertex[vertex]))
	}
	return steps
}

// valueStep reads metrics of the job, or those of a vertex over its subtasks.
func (m *metrics) valueStep(job, vertex string, names []string) step {
	from := m.job.From
	return step{
		load: func(ctx context.Context) (any, error) {
			values := map[string]float64{}
			if vertex == "" {
				list, err := from.Metrics(ctx, flinkrest.OfJob(job), names...)
				for name, n := range list {
					values[name] = jobdata.Float(n)
				}
				return values, err
			}
			list, err := from.SubtaskMetrics(ctx, job, vertex, names...)
			for name, a := range list {
				values[name] = jobdata.Float(a.Sum)
			}
			return values, err
		},
		take: func(value any) {
			now := m.env.ServerNow()
			for _, name := range names {
				x, ok := value.(map[string]float64)[name]
				if !ok {
					x = math.NaN()
				}
				m.job.Memory.Add(jobdata.SeriesKey(job, vertex, name), x, now)
			}
			m.fill()
		},
	}
}

func (m *metrics) fill() {
	job, vertex := m.facts.id, m.vertex()
	rows := make([]grid.Row, 0, len(m.names[m.of]))
	for _, name := range m.names[m.of] {
		mark, text, x := " ", "", math.NaN()
		series := m.job.Memory.Of(jobdata.SeriesKey(job, vertex, name))
		if m.isWatched(name) {
			mark, text = m.env.Theme.Glyphs.Mark, "·"
		}
		if len(series) > 0 {
			x = series[len(series)-1]
			text = jobdata.ValueText(x)
		}
		rows = append(rows, grid.NewRow(name, []grid.Cell{
			grid.Word(mark, themes.Accent), grid.Word(jobdata.OneLine(name), themes.Plain),
			jobdata.CellOf(text, x, m.aged(themes.Plain)),
			grid.Word(jobdata.Sparkline(m.env.Theme, series, 40), m.aged(themes.Accent)),
		}, nil))
	}
	m.table.Set(rows)
}

func (m *metrics) isWatched(name string) bool {
	return slices.Contains(m.job.Memory.Watched[m.facts.id], jobdata.Watched{Vertex: m.vertex(), Name: name})
}

// toggle watches a metric, or gives it up.
func (m *metrics) toggle(name string) tea.Cmd {
	memory, job, w := m.job.Memory, m.facts.id, jobdata.Watched{Vertex: m.vertex(), Name: name}
	list := memory.Watched[job]
	if i := slices.Index(list, w); i >= 0 {
		memory.Watched[job] = slices.Delete(slices.Clone(list), i, i+1)
		m.fill()
		return nil
	}
	bytes := nameBytes(name)
	for _, other := range list {
		if other.Vertex == w.Vertex {
			bytes += nameBytes(other.Name)
		}
	}
	if len(list) >= maxWatched || bytes > maxNameBytes {
		return views.Notice(themes.Warn, fmt.Sprintf("%d metrics are watched: give one up first", len(list)))
	}
	memory.Watched[job] = append(list, w)
	m.fill()
	m.asks.due()
	return m.run(m.asks)
}

func (m *metrics) update(msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	keys := m.env.Keys
	switch {
	case m.table.Typing():
		m.table.Update(key)
	case keymap.Matches(key, keys.Move.Left, keys.Move.Right):
		n := len(m.facts.job.Vertices) + 1
		if keymap.Matches(key, keys.Move.Left) {
			m.of = (m.of + n - 1) % n
		} else {
			m.of = (m.of + 1) % n
		}
		m.fill()
		m.asks.due()
		return m.run(m.asks)
	case keymap.Matches(key, keys.Move.Enter, keys.Table.Mark):
		if name := m.table.Grid.Selected(); name != "" {
			return m.toggle(name)
		}
	default:
		m.table.Update(key)
	}
	return nil
}

func (m *metrics) hints() []views.Hint {
	k := m.env.Keys
	return []views.Hint{
		list.Hint(k.Move.Enter, "watch"), list.Hint(k.Move.Right, "vertex"),
		list.Hint(k.Table.Filter, "filter, ~ for letters"),
	}
}

func (m *metrics) lines(width, height int) []string {
	t := m.env.Theme
	n := len(m.names[m.of])
	if m.facts.ended && n == 0 {
		return []string{"", "  " + t.Dim.Render("the job has ended: Flink has no metrics of it")}
	}
	name := "the job"
	if m.of > 0 && m.of <= len(m.facts.job.Vertices) {
		name = jobdata.NameOf(m.facts.job.Vertices[m.of-1]) + ", sums over its subtasks"
	}
	if n == 0 {
		return []string{" " + t.Strong.Render(clean.Cut(name, max(width-2, 10), t.Glyphs.Ellipsis)), "", "  " + t.Dim.Render(
			"Flink has no metrics of it yet: it fetches them from task managers every "+
				jobdata.Took(m.facts.every.Milliseconds()),
		)}
	}
	head := " " + t.Strong.Render(clean.Cut(name, max(width-40, 10), t.Glyphs.Ellipsis)) +
		t.Dim.Render(fmt.Sprintf("  %d of %d  %d metrics", m.of+1, len(m.facts.job.Vertices)+1, n))
	lines := []string{clean.Cut(head, width, "")}
	if m.facts.ended {
		lines = append(lines, " "+t.Faint.Render("the job has ended: the values are the last that were known"))
	}
	return append(lines, m.table.Lines(width, height-len(lines))...)
}

// refill draws what is known as it is now.
func (m *metrics) refill() { m.fill() }
