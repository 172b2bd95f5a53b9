package flinkjob

import (
	"context"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinkrest"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/flinkjob/jobdata"
	"drey/views/flinkjob/list"
	"drey/views/flinkjob/logview"
	"drey/views/flinkjob/processes"
	"drey/views/grid"
)

// taskManagers is the section of the cluster's task managers.
type taskManagers struct {
	listed
	read  []flinkrest.TaskManager
	known bool
}

const taskManagersEvery = 5 * time.Second

func newTaskManagers(v *View) *taskManagers {
	s := &taskManagers{listed: listed{View: v}}
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
		return openOf(id, from, id, processes.NewTaskManager)
	case keymap.Matches(key, keys.Table.Describe):
		return openOf("threads of "+id, from, id, processes.NewThreads)
	case keymap.Matches(key, keys.Table.Events):
		return openOf("logs of "+id, from, id, logview.New)
	}
	return nil
}

// openOf opens a view of a task manager.
func openOf(
	title string, from flinkrest.JobManager, id string,
	open func(*views.Env, flinkrest.JobManager, string) views.View,
) tea.Cmd {
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		return open(env, from, id)
	}})
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
