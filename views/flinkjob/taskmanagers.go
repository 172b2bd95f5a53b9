package flinkjob

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinkrest"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/detail"
	"drey/views/flinkjob/jobdata"
	"drey/views/flinkjob/list"
	"drey/views/flinkjob/logview"
	"drey/views/grid"
)

// taskManagers is the section of the cluster's task managers.
type taskManagers struct {
	*View
	asks  *round
	table *list.List
	read  []flinkrest.TaskManager
	known bool
}

const taskManagersEvery = 5 * time.Second

func newTaskManagers(v *View) *taskManagers {
	s := &taskManagers{View: v}
	s.table = list.New(v.env,
		grid.Column{Title: "TASK MANAGER", Max: 60}, grid.Column{Title: "SLOTS", Right: true},
		grid.Column{Title: "HEAP", Right: true},
		grid.Column{Title: "MANAGED", Right: true, Drop: 1}, grid.Column{Title: "HEARTBEAT", Right: true, Drop: 2},
		grid.Column{Title: "ADDRESS", Max: 70, Drop: 3},
	)
	s.asks = &round{name: "task managers", every: func() time.Duration { return taskManagersEvery }, steps: s.steps}
	return s
}

func (s *taskManagers) title() string { return "managers" }
func (s *taskManagers) round() *round { return s.asks }
func (s *taskManagers) typing() bool  { return s.table.Typing() }
func (s *taskManagers) escape() bool  { return s.table.Escape() }
func (s *taskManagers) blank() bool   { return !s.known }
func (s *taskManagers) subject() string {
	return "task managers"
}

func (s *taskManagers) steps() []step {
	from := s.job.From
	return []step{{
		load: func(ctx context.Context) (any, error) { return from.TaskManagers(ctx) },
		take: func(value any) { s.read, s.known = value.([]flinkrest.TaskManager), true; s.fill() },
	}}
}

func (s *taskManagers) fill() {
	rows := make([]grid.Row, 0, len(s.read))
	for _, tm := range s.read {
		used := tm.Slots - tm.Free
		tone := themes.Plain
		if tm.Blocked {
			tone = themes.Warn
		}
		rows = append(rows, grid.NewRow(tm.ID, []grid.Cell{
			grid.Word(jobdata.OneLine(tm.ID), tone),
			jobdata.CellOf(fmt.Sprintf("%d/%d", used, tm.Slots), float64(used), themes.Plain),
			jobdata.CellOf(jobdata.Size(tm.Total.Heap<<20), float64(tm.Total.Heap), themes.Plain),
			jobdata.CellOf(jobdata.Size(tm.Total.Managed<<20), float64(tm.Total.Managed), themes.Dim),
			grid.Since(flinkrest.Millis(tm.Heartbeat), "", themes.Dim, jobdata.CellWord("", themes.Dim)),
			grid.Word(jobdata.OneLine(tm.Path), themes.Dim),
		}, nil))
	}
	s.table.Set(rows)
}

func (s *taskManagers) update(msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyMsg)
	if !ok || s.table.Update(key) {
		return nil
	}
	id := s.table.Grid.Selected()
	if id == "" {
		return nil
	}
	from, keys := s.job.From, s.env.Keys
	switch {
	case keymap.Matches(key, keys.Move.Enter):
		return views.Send(views.OpenMsg{Title: id, Make: func(env *views.Env) views.View {
			return NewTaskManager(env, from, id)
		}})
	case keymap.Matches(key, keys.Table.Describe):
		return views.Send(views.OpenMsg{Title: "threads of " + id, Make: func(env *views.Env) views.View {
			return NewThreads(env, from, id)
		}})
	case keymap.Matches(key, keys.Table.Events):
		return views.Send(views.OpenMsg{Title: "logs of " + id, Make: func(env *views.Env) views.View {
			return logview.New(env, from, id)
		}})
	}
	return nil
}

func (s *taskManagers) hints() []views.Hint {
	k := s.env.Keys
	return append([]views.Hint{
		list.Hint(k.Move.Enter, "open"), list.Hint(k.Table.Describe, "threads"), list.Hint(k.Table.Events, "logs"),
	}, s.table.Hints()...)
}

func (s *taskManagers) lines(width, height int) []string {
	if s.known && len(s.read) == 0 {
		return []string{"", "  " + s.env.Theme.Tone(themes.Warn).Render(
			"there is no task manager: the job waits for slots",
		)}
	}
	return s.table.Lines(width, height)
}

// MemoryFacts are what a task manager's process needs, from an answer of its own.
func MemoryFacts(t flinkrest.TaskManager) []views.Fact {
	m := t.Metrics
	if m == nil {
		return nil
	}
	heap := views.Fact{Label: "heap", Text: jobdata.Size(m.HeapUsed) + " of " + jobdata.Size(m.HeapMax)}
	if m.HeapMax > 0 && float64(m.HeapUsed) > 0.9*float64(m.HeapMax) {
		heap.Tone = themes.Warn
	}
	facts := []views.Fact{heap, {
		Label: "off heap",
		Text: "direct " + jobdata.Size(m.DirectUsed) + ", mapped " + jobdata.Size(m.MappedUsed) + ", other " +
			jobdata.Size(m.NonHeapUsed),
	}}
	facts = append(facts, views.Fact{
		Label: "network", Text: jobdata.Size(m.NettyUsed) + " of " + jobdata.Size(m.NettyTotal),
	})
	var gc []string
	for _, c := range m.Collections {
		gc = append(gc, fmt.Sprintf("%s %d times, %s", jobdata.OneLine(c.Name), c.Count, jobdata.Took(c.Time)))
	}
	return append(facts, views.Fact{Label: "GC", Text: strings.Join(gc, " · ")})
}

// NewTaskManager shows one task manager: its slots and whose jobs are in them, its
// memory, its collections.
func NewTaskManager(env *views.Env, from flinkrest.JobManager, id string) views.View {
	return detail.New(env, id, func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
		var d detail.Document
		tm, err := from.TaskManager(ctx, id)
		if err != nil {
			return d, err
		}
		jobs, _ := from.Jobs(ctx) // without their names, ids do
		names := map[string]string{}
		for _, j := range jobs {
			names[j.ID] = j.Name
		}
		d.Fact(t, views.Fact{Label: "address", Text: tm.Path})
		d.Fact(t, views.Fact{Label: "slots", Text: fmt.Sprintf("%d of %d are free", tm.Free, tm.Slots)})
		for job, n := range slotsByJob(tm) {
			d.Fact(t, views.Fact{Label: "", Text: fmt.Sprintf("%d of %s", n, strings.TrimSpace(
				names[job]+" "+jobdata.Short(job),
			))})
		}
		for _, f := range MemoryFacts(tm) {
			d.Fact(t, f)
		}
		d.Fact(t, views.Fact{
			Label: "managed",
			Text: jobdata.Size((tm.Total.Managed-tm.Unused.Managed)<<20) + " given to slots, of " +
				jobdata.Size(tm.Total.Managed<<20),
		})
		d.Fact(t, views.Fact{Label: "machine", Text: fmt.Sprintf(
			"%d cores, %s of memory", tm.Hardware.CPU, jobdata.Size(tm.Hardware.Physical),
		)})
		return d, nil
	})
}

// slotsByJob counts slots in the order of the jobs.
func slotsByJob(tm flinkrest.TaskManager) func(func(string, int) bool) {
	return func(yield func(string, int) bool) {
		counts := map[string]int{}
		var order []string
		for _, s := range tm.Allocated {
			if counts[s.Job] == 0 {
				order = append(order, s.Job)
			}
			counts[s.Job]++
		}
		for _, job := range order {
			if !yield(job, counts[job]) {
				return
			}
		}
	}
}

// NewThreads shows the threads of a task manager, or of the JobManager for "".
func NewThreads(env *views.Env, from flinkrest.JobManager, taskManager string) views.View {
	title := "threads of " + taskManager
	if taskManager == "" {
		title = "threads of the JobManager"
	}
	return detail.NewFixed(env, title, func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
		var d detail.Document
		threads, err := from.Threads(ctx, taskManager)
		for _, thread := range threads {
			first, rest, _ := strings.Cut(strings.TrimRight(thread.Stack, "\n"), "\n")
			d.Text(t.Strong, first)
			if rest != "" {
				d.Text(t.Dim, strings.ReplaceAll(rest, "\t", "  "))
			}
		}
		return d, err
	})
}
