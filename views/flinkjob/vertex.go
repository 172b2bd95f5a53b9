package flinkjob

import (
	"context"
	"fmt"
	"math"
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

	accumulators []flinkrest.Accumulator
	noneOfThem   bool // the server does not tell them
}

func newVertex(v *View, of flinkrest.JobVertex, name string) *vertex {
	x := &vertex{View: v, of: of, pressure: map[int][3]float64{}, lags: map[int]float64{}}
	x.table = list.New(v.env,
		grid.Column{Title: "SUB", Right: true}, grid.Column{Title: "STATE", Min: 8},
		grid.Column{Title: "BUSY", Right: true},
		grid.Column{Title: "BACK", Right: true}, grid.Column{Title: "IDLE", Right: true, Drop: 3},
		grid.Column{Title: "IN/S", Right: true, Drop: 1}, grid.Column{Title: "OUT/S", Right: true, Drop: 1},
		grid.Column{Title: "RECORDS", Right: true, Drop: 4}, grid.Column{Title: "LAG", Right: true, Drop: 2},
		grid.Column{Title: "ATTEMPT", Right: true, Drop: 5}, grid.Column{Title: "UP", Right: true, Drop: 6},
		grid.Column{Title: "TASK MANAGER", Max: 40, Drop: 2},
	)
	x.table.SortBy("BUSY", true)
	x.asks = &round{name: name, every: x.pace, steps: x.steps}
	return x
}

func (x *vertex) pace() time.Duration {
	if x.facts.ended {
		return endedEvery
	}
	return x.facts.every
}

// steps are four requests: the subtasks, what their code adds up, what holds them
// back, their watermarks.
func (x *vertex) steps() []step {
	if x.facts.ended && x.read.ID != "" {
		return nil // it stays as it is
	}
	from, job, id := x.job.From, x.facts.id, x.of.ID
	steps := []step{{
		load:   func(ctx context.Context) (any, error) { return from.Vertex(ctx, job, id) },
		take:   func(value any) { x.before, x.read, x.failed = x.read, value.(flinkrest.Vertex), nil; x.fill() },
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
	if x.facts.ended {
		return steps
	}
	ignore := func(error) {} // 500 "No value present" in the first seconds
	return append(steps,
		step{load: func(ctx context.Context) (any, error) {
			return from.Backpressure(
				ctx, job, id,
			)
		}, failed: ignore, take: func(value any) {
			for _, s := range value.(flinkrest.Backpressure).Subtasks {
				x.pressure[s.Index] = [3]float64{jobdata.Float(s.Busy), jobdata.Float(s.Ratio), jobdata.Float(s.Idle)}
			}
			x.fill()
		}},
		step{load: func(ctx context.Context) (any, error) {
			return from.Watermarks(
				ctx, job, id,
			)
		}, failed: ignore, take: func(value any) {
			x.lags = lagsOf(value.([]flinkrest.Watermark), x.env.ServerNow())
			x.fill()
		}},
	)
}

// fill makes the rows.
func (x *vertex) fill() {
	before := map[int]flinkrest.Subtask{}
	for _, s := range x.before.Subtasks {
		before[s.Index] = s
	}
	passed := float64(x.read.Now-x.before.Now) / 1000
	rows := make([]grid.Row, 0, len(x.read.Subtasks))
	for _, s := range x.read.Subtasks {
		state, tone := jobdata.StateOf(s.Status)
		busy, back, idle := math.NaN(), math.NaN(), math.NaN()
		if p, ok := x.pressure[s.Index]; ok && !x.facts.ended {
			busy, back, idle = p[0], p[1], p[2]
		}
		in, out := math.NaN(), math.NaN()
		if was, ok := before[s.Index]; ok && passed > 0 && was.Attempt == s.Attempt {
			in, out = flow(was.IO.ReadRecords, s.IO.ReadRecords, passed), flow(
				was.IO.WriteRecords, s.IO.WriteRecords, passed,
			)
		}
		records := jobdata.CellWord("·", themes.Dim)
		if s.IO.ReadComplete || s.IO.WriteComplete {
			n := max(s.IO.ReadRecords, s.IO.WriteRecords)
			records = jobdata.CellOf(grid.Thousands(int(n)), float64(n), themes.Dim)
		}
		lag, known := x.lags[s.Index]
		if !known {
			lag = math.NaN()
		}
		rows = append(rows, grid.NewRow(fmt.Sprint(s.Index), []grid.Cell{
			grid.Count(int64(s.Index), themes.Plain), grid.Status(state, tone),
			jobdata.CellOf(jobdata.Percent(busy), busy, jobdata.BusyTone(busy)),
			jobdata.CellOf(jobdata.Percent(back), back, jobdata.BackTone(back)),
			jobdata.CellOf(jobdata.Percent(idle), idle, themes.Dim),
			jobdata.CellOf(jobdata.Rate(in), in, themes.Plain), jobdata.CellOf(jobdata.Rate(out), out, themes.Plain),
			records, jobdata.CellOf(jobdata.LagText(lag), lag, jobdata.LagTone(lag)),
			grid.Count(int64(s.Attempt), themes.Dim), jobdata.CellWord(jobdata.Took(s.Duration), themes.Dim),
			jobdata.CellWord(endpoint(s), themes.Dim),
		}, nil))
	}
	x.table.Set(rows)
}

// flow is how many a second; fewer than before is a counter that began anew.
func flow(before, now int64, seconds float64) float64 {
	if now < before {
		return math.NaN()
	}
	return float64(now-before) / seconds
}

func endpoint(s flinkrest.Subtask) string {
	where := s.Endpoint
	if where == "" {
		where = s.Host
	}
	if s.TaskManager != "" && !strings.Contains(where, s.TaskManager) {
		return strings.TrimSpace(where + " " + s.TaskManager)
	}
	return where
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
		for _, s := range x.read.Subtasks {
			if fmt.Sprint(s.Index) == x.table.Grid.Selected() && s.TaskManager != "" {
				from, id := x.job.From, s.TaskManager
				return views.Send(views.OpenMsg{Title: id, Make: func(env *views.Env) views.View {
					return NewTaskManager(env, from, id)
				}})
			}
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
		head = append(
			head,
			" "+t.Dim.Render(clean.Fit(f.Label, labelWidth, ""))+t.Tone(f.Tone).Render(clean.Cut(clean.Text(f.Text), max(width-labelWidth-2, 4), t.Glyphs.Ellipsis)),
		)
	}
	if x.failed != nil {
		head = append(head, " "+t.Tone(themes.Warn).Render(clean.Cut(
			jobdata.ErrorText(x.failed), max(width-2, 4), t.Glyphs.Ellipsis,
		)))
	}
	head = head[:min(len(head), max(height/2, 1))]
	return append(head, x.table.Lines(width, height-len(head))...)
}

// summary says what the vertex is made of, how uneven its subtasks are, and where
// their time went.
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
	var parts []string
	for _, state := range []string{"SCHEDULED", "DEPLOYING", "INITIALIZING", "RUNNING"} {
		if s, ok := x.read.Aggregated.Status[state]; ok && s.Max.Known() && s.Max > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", strings.ToLower(state), jobdata.Took(int64(s.Max))))
		}
	}
	if len(parts) > 0 {
		facts = append(facts, views.Fact{Label: "longest", Text: strings.Join(parts, " · ")})
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
