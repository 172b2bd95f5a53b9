package flinkjob

import (
	"context"
	"fmt"
	"math"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinkrest"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/flinkjob/jobdata"
	"drey/views/flinkjob/list"
	"drey/views/flinkjob/processes"
	"drey/views/grid"
)

// top is the section of the job's worst subtasks, of all vertices in one list,
// over the task managers that they run on.
type top struct {
	*View
	asks     *round
	subtasks *list.List
	managers *list.List
	below    bool // keys go to the task managers

	pressure map[string]flinkrest.Backpressure // by vertex
	lags     map[string]map[int]float64        // seconds, by vertex and subtask
	lagTurn  int
	machines map[string]machine // by task manager
}

// machine is how a task manager's process is. NaN is not known.
type machine struct {
	cpu, heap, heapMax, gc, netty float64
	at                            time.Time
}

// machineMetrics are asked of each task manager in one request.
var machineMetrics = []string{
	"Status.JVM.CPU.Load", "Status.JVM.Memory.Heap.Used", "Status.JVM.Memory.Heap.Max",
	"Status.JVM.GarbageCollector.All.TimeMsPerSecond", "Status.Shuffle.Netty.UsedMemory",
}

// maxMachines is how many task managers are asked in a round.
const maxMachines = 50

func newTop(v *View) *top {
	t := &top{
		View: v, pressure: map[string]flinkrest.Backpressure{}, lags: map[string]map[int]float64{},
		machines: map[string]machine{},
	}
	t.subtasks = list.New(v.env,
		grid.Column{Title: "WORST", Right: true}, grid.Column{Title: "BACK", Right: true},
		grid.Column{Title: "BUSY", Right: true},
		grid.Column{Title: "LAG", Right: true}, grid.Column{Title: "IDLE", Right: true, Drop: 2},
		grid.Column{Title: "SUB", Right: true}, grid.Column{Title: "VERTEX", Max: 80},
	)
	t.subtasks.SortBy("WORST", true)
	t.managers = list.New(v.env,
		grid.Column{Title: "TASK MANAGER", Max: 44}, grid.Column{Title: "CPU", Right: true},
		grid.Column{Title: "HEAP", Right: true},
		grid.Column{Title: "OF", Right: true, Drop: 1}, grid.Column{Title: "GC", Right: true},
		grid.Column{Title: "NETWORK", Right: true, Drop: 2},
	)
	t.managers.SortBy("CPU", true)
	t.asks = &round{name: "top", every: t.pace, steps: t.steps}
	return t
}

func (s *top) title() string { return "top" }
func (s *top) round() *round { return s.asks }

func (s *top) pace() time.Duration { return s.metricsPace(s.asks) }

// maxLags is how many vertices are asked for their watermarks in a round, others in
// the next one.
const maxLags = 10

// steps are one request a vertex, one for the watermarks of some, one for the task
// managers, and one for each.
func (s *top) steps() []step {
	if s.facts.ended || !s.facts.known || s.early() {
		return nil
	}
	from, job := s.job.From, s.facts.id
	ignore := func(error) {} // 500 "No value present" in the first seconds
	var steps []step
	for _, v := range s.facts.job.Vertices {
		id := v.ID
		steps = append(steps, step{
			load: func(ctx context.Context) (any, error) { return from.Backpressure(ctx, job, id) },
			take: func(value any) { s.pressure[id] = value.(flinkrest.Backpressure); s.fillSubtasks() }, failed: ignore,
		})
	}
	steps = append(steps, s.lagSteps()...)
	return append(steps, step{
		load: func(ctx context.Context) (any, error) { return from.TaskManagers(ctx) },
		take: func(value any) { s.askMachines(value.([]flinkrest.TaskManager)) },
	})
}

// lagSteps ask vertices that read from others for their watermarks, a few in turn.
func (s *top) lagSteps() []step {
	var timed []string
	for i, v := range s.facts.graph.Vertices {
		if len(s.facts.graph.Inputs(i)) > 0 {
			timed = append(timed, v.ID)
		}
	}
	from, job := s.job.From, s.facts.id
	var steps []step
	for range min(len(timed), maxLags) {
		id := timed[s.lagTurn%len(timed)]
		s.lagTurn++
		steps = append(steps, step{
			load: func(ctx context.Context) (any, error) { return from.Watermarks(ctx, job, id) },
			take: func(value any) {
				s.lags[id] = lagsOf(value.([]flinkrest.Watermark), s.env.ServerNow())
				s.fillSubtasks()
			},
			failed: func(error) {},
		})
	}
	return steps
}

// lagsOf is how many seconds the watermark of each subtask is behind, of those that
// have one.
func lagsOf(all []flinkrest.Watermark, now time.Time) map[int]float64 {
	lags := map[int]float64{}
	for _, w := range all {
		if w.Known && jobdata.WatermarkKnown(float64(w.Millis)) {
			lags[w.Subtask] = max(lags[w.Subtask], float64(max(now.UnixMilli()-w.Millis, 0))/1000)
		}
	}
	return lags
}

// askMachines adds a step for each task manager to the round.
func (s *top) askMachines(all []flinkrest.TaskManager) {
	there := map[string]machine{}
	for _, tm := range all[:min(len(all), maxMachines)] {
		if m, ok := s.machines[tm.ID]; ok {
			there[tm.ID] = m
		} else {
			n := math.NaN()
			there[tm.ID] = machine{n, n, n, n, n, time.Time{}}
		}
		from, id := s.job.From, tm.ID
		s.asks.queue = append(s.asks.queue, step{
			load: func(ctx context.Context) (any, error) {
				return from.Metrics(ctx, flinkrest.OfTaskManager(id), machineMetrics...)
			},
			take: func(value any) {
				s.machines[id] = machineOf(value.(map[string]flinkrest.Number), s.env.ServerNow())
				s.fillMachines()
			},
			failed: func(error) {}, // it went meanwhile
		})
	}
	s.asks.n += min(len(all), maxMachines)
	s.machines = there
	s.fillMachines()
}

func machineOf(values map[string]flinkrest.Number, now time.Time) machine {
	get := func(name string) float64 {
		if n, ok := values[name]; ok {
			return jobdata.Float(n)
		}
		return math.NaN()
	}
	m := machine{
		cpu: get(machineMetrics[0]), heap: get(machineMetrics[1]), heapMax: get(machineMetrics[2]),
		gc: get(machineMetrics[3]) / 1000, netty: get(machineMetrics[4]), at: now,
	}
	if m.cpu < 0 {
		m.cpu = math.NaN() // Java does not know it yet
	}
	return m
}

func (s *top) fillSubtasks() {
	var rows []grid.Row
	for _, v := range s.facts.job.Vertices {
		p, ok := s.pressure[v.ID]
		if !ok {
			continue
		}
		for _, sub := range p.Subtasks {
			busy, back, idle := jobdata.Float(sub.Busy), jobdata.Float(sub.Ratio), jobdata.Float(sub.Idle)
			worst := most(busy, back)
			lag, known := s.lags[v.ID][sub.Index]
			if !known {
				lag = math.NaN()
			}
			rows = append(rows, grid.NewRow(fmt.Sprintf("%s %d", v.ID, sub.Index), []grid.Cell{
				jobdata.CellOf(jobdata.Bar(s.env.Theme, worst, 10), worst, s.aged(jobdata.BusyTone(worst))),
				jobdata.CellOf(jobdata.Percent(back), back, s.aged(jobdata.BackTone(back))),
				jobdata.CellOf(jobdata.Percent(busy), busy, s.aged(jobdata.BusyTone(busy))),
				jobdata.CellOf(jobdata.LagText(lag), lag, s.aged(jobdata.LagTone(lag))),
				jobdata.CellOf(jobdata.Percent(idle), idle, themes.Dim), grid.Count(int64(sub.Index), themes.Plain),
				grid.Word(jobdata.NameOf(v), themes.Plain),
			}, nil))
		}
	}
	s.subtasks.Set(rows)
}

// refill draws what is known as it is now.
func (s *top) refill() {
	s.fillSubtasks()
	s.fillMachines()
}

// most is the larger of two, whichever is known.
func most(a, b float64) float64 {
	if math.IsNaN(a) || b > a {
		return b
	}
	return a
}

func (s *top) fillMachines() {
	var rows []grid.Row
	for id, m := range s.machines {
		heap := m.heap / m.heapMax
		rows = append(rows, grid.NewRow(id, []grid.Cell{
			grid.Word(id, themes.Plain), jobdata.CellOf(jobdata.Percent(m.cpu), m.cpu, s.aged(jobdata.BusyTone(m.cpu))),
			jobdata.CellOf(jobdata.Percent(heap), heap, s.aged(jobdata.BusyTone(heap))),
			jobdata.CellOf(sizeOf(m.heapMax), m.heapMax, themes.Dim),
			jobdata.CellOf(jobdata.Percent(m.gc), m.gc, s.aged(jobdata.BackTone(m.gc))),
			jobdata.CellOf(sizeOf(m.netty), m.netty, themes.Dim),
		}, nil))
	}
	s.managers.Set(rows)
}

func sizeOf(n float64) string {
	if math.IsNaN(n) || n < 0 {
		return "—"
	}
	return jobdata.Size(int64(n))
}

func (s *top) front() *list.List {
	if s.below {
		return s.managers
	}
	return s.subtasks
}

func (s *top) typing() bool { return s.front().Typing() }
func (s *top) escape() bool { return s.front().Escape() }
func (s *top) blank() bool  { return len(s.pressure) == 0 && len(s.machines) == 0 }
func (s *top) subject() string {
	return "numbers of subtasks and task managers"
}

func (s *top) update(msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyMsg)
	if !ok || s.front().Update(key) {
		return nil
	}
	switch {
	case key.Type == tea.KeySpace:
		s.below = !s.below
	case key.Type == tea.KeyEnter && s.below:
		if id := s.managers.Grid.Selected(); id != "" {
			from := s.job.From
			return views.Send(views.OpenMsg{Title: id, Make: func(env *views.Env) views.View {
				return processes.NewTaskManager(env, from, id)
			}})
		}
	}
	return nil
}

func (s *top) hints() []views.Hint {
	hints := []views.Hint{list.Hint(s.env.Keys.Table.Mark, "the other list")}
	if s.below {
		hints = append(hints, list.Hint(s.env.Keys.Move.Enter, "task manager"))
	}
	return append(hints, s.front().Hints()...)
}

func (s *top) lines(width, height int) []string {
	t := s.env.Theme
	s.subtasks.Grid.SetFocus(!s.below)
	s.managers.Grid.SetFocus(s.below)
	if s.facts.ended && len(s.pressure) == 0 {
		return []string{"", "  " + t.Dim.Render("the job has ended: Flink has no metrics of it")}
	}
	below := min(len(s.machines)+2, max(height/3, 3))
	var lines []string
	if s.facts.ended {
		lines = append(lines, " "+t.Faint.Render("the job has ended: these are its last numbers"))
	}
	if s.subtasks.Grid.Len() == 0 {
		lines = append(lines, "", "  "+t.Dim.Render("no subtask has told numbers yet"))
	}
	lines = append(lines, s.subtasks.Lines(width, height-below-len(lines))...)
	for len(lines) < height-below {
		lines = append(lines, "")
	}
	lines = append(lines, t.Faint.Render(clean.Fit("", 0, "")))
	return append(lines[:height-below], s.managers.Lines(width, below)...)
}
