package flinkjob

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/flinkjob/jobdata"
	"drey/views/flinkjob/list"
	"drey/views/flinkjob/processes"
	"drey/views/grid"
)

// vertex is the subtasks of one vertex: where each runs, how it is and how much it
// has to do, and how unevenly.
type vertex struct {
	*View
	of    flinkrest.JobVertex
	asks  *round
	table *list.List

	read     flinkrest.Vertex
	before   flinkrest.Vertex
	pressure map[int][3]float64 // by subtask: busy, back, idle
	lags     map[int]float64    // seconds
	failed   error
	final    bool // read after the job had ended

	accumulators []flinkrest.Accumulator
	noneOfThem   bool // the server does not tell them

	watched []string           // metrics that have a column
	values  map[string]float64 // of watched, by INDEX.NAME as Flink has it
}

func newVertex(v *View, of flinkrest.JobVertex, name string) *vertex {
	x := &vertex{
		View: v, of: of, pressure: map[int][3]float64{}, lags: map[int]float64{},
		watched: v.job.Memory.WatchedOf(v.facts.id, of.ID), values: map[string]float64{},
	}
	x.table = list.New(v.env, x.columns()...)
	x.table.SortBy("BUSY", true)
	x.asks = &round{name: name, every: x.pace, steps: x.steps}
	return x
}

func (x *vertex) pace() time.Duration {
	switch {
	case x.facts.ended && x.final:
		return endedEvery
	case x.facts.ended:
		return jobEvery // once more, for how each subtask ended
	}
	return x.metricsPace(x.asks)
}

// steps are four requests: the subtasks, what their code adds up, what holds them
// back, their watermarks; and those for metrics that are watched.
func (x *vertex) steps() []step {
	if x.facts.ended && x.final {
		return nil // it stays as it is
	}
	ended := x.facts.ended
	from, job, id := x.job.From, x.facts.id, x.of.ID
	steps := []step{{
		load: func(ctx context.Context) (any, error) { return from.Vertex(ctx, job, id) },
		take: func(value any) {
			x.before, x.read, x.failed, x.final = x.read, value.(flinkrest.Vertex), nil, ended
			x.fill()
		},
		failed: func(err error) { x.failed = err },
	}}
	if !x.noneOfThem {
		steps = append(steps, step{
			load: func(ctx context.Context) (any, error) { return from.Accumulators(ctx, job, id) },
			take: func(value any) { x.accumulators = value.([]flinkrest.Accumulator) },
			failed: func(err error) {
				x.noneOfThem = flinkrest.NotFound(err) || fault.Is(err, fault.NotFound, fault.Unsupported)
			},
		})
	}
	if x.facts.ended || x.early() {
		return steps
	}
	return append(steps, x.liveSteps(from, job, id)...)
}

// liveSteps read what a vertex has only while its job runs: what holds its subtasks
// back, their watermarks, the metrics that are watched.
func (x *vertex) liveSteps(from flinkrest.JobManager, job, id string) []step {
	ignore := func(error) {} // 500 "No value present" in the first seconds
	steps := []step{{
		load: func(ctx context.Context) (any, error) { return from.Backpressure(ctx, job, id) },
		take: func(value any) {
			for _, s := range value.(flinkrest.Backpressure).Subtasks {
				x.pressure[s.Index] = [3]float64{jobdata.Float(s.Busy), jobdata.Float(s.Ratio), jobdata.Float(s.Idle)}
			}
			x.fill()
		},
		failed: ignore,
	}, {
		load:   func(ctx context.Context) (any, error) { return from.Watermarks(ctx, job, id) },
		take:   func(value any) { x.lags = lagsOf(value.([]flinkrest.Watermark), x.env.ServerNow()); x.fill() },
		failed: ignore,
	}}
	for _, names := range x.watchedNames() {
		steps = append(steps, step{
			load: func(ctx context.Context) (any, error) {
				return from.Metrics(ctx, flinkrest.OfVertex(job, id), names...)
			},
			take:   func(value any) { x.takeWatched(names, value.(map[string]flinkrest.Number)) },
			failed: ignore,
		})
	}
	return steps
}

func (x *vertex) typing() bool { return x.table.Typing() }
func (x *vertex) escape() bool { return x.table.Escape() }

func (x *vertex) update(msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	if x.table.Update(key) {
		return nil
	}
	if key.Type == tea.KeyEnter {
		if s, ok := x.selected(); ok && s.TaskManager != "" {
			from, id := x.job.From, s.TaskManager
			return views.Send(views.OpenMsg{Title: id, Make: func(env *views.Env) views.View {
				return processes.NewTaskManager(env, from, id)
			}})
		}
	}
	return nil
}

func (x *vertex) hints() []views.Hint {
	return append([]views.Hint{list.Hint(x.env.Keys.Move.Enter, "task manager")}, x.table.Hints()...)
}

// labelWidth is what the labels of the summary take.
const labelWidth = 13

func (x *vertex) lines(width, height int) []string {
	t := x.env.Theme
	head := []string{" " + t.Strong.Render(clean.Cut(jobdata.NameOf(x.of), max(width-4, 4), t.Glyphs.Ellipsis))}
	for _, f := range x.summary() {
		head = append(head, factLines(t, f, width)...)
	}
	if x.facts.ended {
		head = append(head, " "+t.Faint.Render("the job has ended: its loads are the last that were known"))
	}
	if x.failed != nil {
		head = append(head, " "+t.Tone(themes.Warn).Render(clean.Cut(
			jobdata.ErrorText(x.failed), max(width-2, 4), t.Glyphs.Ellipsis,
		)))
	}
	head = head[:min(len(head), max(height/2, 1))]
	return append(head, x.table.Lines(width, height-len(head))...)
}

// factLines are a fact of the summary in one line, or in two.
func factLines(t *themes.Theme, f views.Fact, width int) []string {
	space, label := max(width-labelWidth-2, 4), f.Label
	var lines []string
	wrapped := clean.Wrap(clean.Text(f.Text), space)
	if len(wrapped) > 2 {
		wrapped = []string{wrapped[0], clean.Cut(strings.Join(wrapped[1:], " "), space, t.Glyphs.Ellipsis)}
	}
	for _, line := range wrapped {
		lines = append(lines, " "+t.Dim.Render(clean.Fit(label, labelWidth, ""))+t.Tone(f.Tone).Render(line))
		label = ""
	}
	return lines
}

// selected is the subtask under the cursor.
func (x *vertex) selected() (flinkrest.Subtask, bool) {
	for _, s := range x.read.Subtasks {
		if fmt.Sprint(s.Index) == x.table.Grid.Selected() {
			return s, true
		}
	}
	return flinkrest.Subtask{}, false
}

// summary says what the vertex is made of, how uneven its subtasks are, and where
// the time of the one under the cursor went.
func (x *vertex) summary() []views.Fact {
	var facts []views.Fact
	for _, n := range x.facts.job.Plan.Nodes {
		if n.ID == x.of.ID {
			text := strings.Join(strings.Fields(strings.ReplaceAll(n.PlainDescription(), "+-", "→")), " ")
			if text != jobdata.NameOf(x.of) {
				facts = append(facts, views.Fact{Label: "operators", Text: text})
			}
		}
	}
	if m, ok := x.read.Aggregated.IO["read-records"]; ok && m.Max.Known() && m.Max > 0 {
		facts = append(facts, spreadFact("read", m))
	}
	if m, ok := x.read.Aggregated.IO["write-records"]; ok && m.Max.Known() && m.Max > 0 {
		facts = append(facts, spreadFact("written", m))
	}
	if sub, ok := x.selected(); ok {
		facts = append(facts, views.Fact{Label: fmt.Sprintf("subtask %d", sub.Index), Text: inStatesText(sub)})
	}
	if len(x.accumulators) > 0 {
		texts := make([]string, len(x.accumulators))
		for i, a := range x.accumulators {
			texts[i] = a.Name + " " + a.Value
		}
		facts = append(facts, views.Fact{Label: "accumulators", Text: strings.Join(texts, " · ")})
	}
	return facts
}

// spreadFact says how unevenly records are among subtasks.
func spreadFact(label string, s flinkrest.Spread) views.Fact {
	f := views.Fact{Label: label, Text: fmt.Sprintf(
		"%s records, from %s to %s a subtask", grid.Thousands(int(s.Sum)), grid.Thousands(int(s.Min)),
		grid.Thousands(int(s.Max)),
	)}
	if s.Avg > 0 && float64(s.Max) > 2*float64(s.Avg) {
		f.Text += fmt.Sprintf(": the fullest has %.1f times the mean", float64(s.Max)/float64(s.Avg))
		f.Tone = themes.Warn
	}
	return f
}
