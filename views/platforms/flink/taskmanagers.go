package flink

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinkrest"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/flinkjob/logview"
	"drey/views/flinkjob/processes"
	"drey/views/grid"
	"drey/views/resource"
)

// TaskManager is a task manager and whose it is.
type TaskManager struct {
	flinkrest.TaskManager
	Cluster string `json:"cluster,omitempty"`
}

type taskManagerItem = resource.Item[TaskManager]

const (
	// silentAfter is how old a heartbeat may be: they come every 10 s by default.
	silentAfter = 25 * time.Second
	// beatEvery is how much newer a heartbeat has to be to be drawn.
	beatEvery = 5 * time.Second
)

func taskManagers(f *fleet) resource.Kind[TaskManager] {
	return resource.Kind[TaskManager]{
		Name: "task managers", Singular: "task manager", Title: "Task managers", Short: "TMs",
		Aliases: []string{"taskmanagers", "taskmanager", "tm", "tms"},
		NameOf:  func(t TaskManager) string { return t.ID },
		Key:     func(i taskManagerItem) string { return jobKey(i.Value.Cluster, i.Value.ID) },
		Same:    sameTaskManager,
		State:   taskManagerState,
		Columns: taskManagerColumns(f.Several()),
		Source: func(resource.Location) resource.Source[TaskManager] {
			return newSource(f, listTaskManagers, sameTaskManager)
		},
		Raw: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
			t, err := f.readTaskManager(ctx, ref)
			if err != nil {
				return nil, err
			}
			return json.Marshal(t)
		},
		Facts: taskManagerFacts,
		Detail: func(ctx context.Context, i taskManagerItem) (resource.Detail, error) {
			t, err := f.readTaskManager(ctx, views.Ref{Name: i.Value.ID, UID: jobKey(i.Value.Cluster, i.Value.ID)})
			if err != nil {
				return resource.Detail{}, err
			}
			raw, err := json.Marshal(t)
			return resource.Detail{Facts: processes.MemoryFacts(t.TaskManager), Source: raw}, err
		},
		Open: func(_ *views.Env, i taskManagerItem) tea.Cmd {
			return openAt(f, i.Value.Cluster, i.Value.ID, func(env *views.Env, from flinkrest.JobManager) views.View {
				return processes.NewTaskManager(env, from, i.Value.ID)
			})
		},
		Pages: append(processPages(f, processOf), resource.Page[TaskManager]{
			Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml",
			Open: func(_ *views.Env, i taskManagerItem) tea.Cmd {
				ref := views.Ref{Name: i.Value.ID, UID: jobKey(i.Value.Cluster, i.Value.ID)}
				return openDocument(i.Value.ID, func(ctx context.Context) (json.RawMessage, error) {
					t, err := f.readTaskManager(ctx, ref)
					if err != nil {
						return nil, err
					}
					return json.Marshal(t)
				})
			},
		}),
		Empty: "no task manager has registered: jobs wait for slots",
	}
}

func processOf(t TaskManager) (cluster, taskManager string) { return t.Cluster, t.ID }

// process names a process: a task manager, or the JobManager where that is "".
type process[T any] func(T) (cluster, taskManager string)

// processPages look into a process.
func processPages[T any](f *fleet, of process[T]) []resource.Page[T] {
	logs := func(m *keymap.Map) key.Binding { return m.Table.Events }
	threads := func(m *keymap.Map) key.Binding { return m.Table.Describe }
	return []resource.Page[T]{
		processPage(f, of, logs, "logs", logview.New),
		processPage(f, of, threads, "threads", processes.NewThreads),
	}
}

func processPage[T any](
	f *fleet, of process[T], binding func(*keymap.Map) key.Binding, label string,
	open func(env *views.Env, from flinkrest.JobManager, id string) views.View,
) resource.Page[T] {
	return resource.Page[T]{Key: binding, Label: label, Open: func(_ *views.Env, i resource.Item[T]) tea.Cmd {
		cluster, id := of(i.Value)
		title := label + " of " + cmp.Or(id, cluster)
		return openAt(f, cluster, title, func(env *views.Env, from flinkrest.JobManager) views.View {
			return open(env, from, id)
		})
	}}
}

// openAt opens a view of a JobManager.
func openAt(f *fleet, cluster, title string, make func(*views.Env, flinkrest.JobManager) views.View) tea.Cmd {
	c, err := f.Named(cluster)
	if err != nil {
		return views.Send(views.ErrorMsg{Doing: "open " + title, Err: err})
	}
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		return make(env, c.JobManager)
	}})
}

func listTaskManagers(ctx context.Context, c *cluster, label string) ([]TaskManager, error) {
	list, err := c.TaskManagers(ctx)
	all := make([]TaskManager, len(list))
	for i, t := range list {
		all[i] = TaskManager{t, label}
	}
	return all, err
}

func (f *fleet) readTaskManager(ctx context.Context, ref views.Ref) (TaskManager, error) {
	name, id, _ := cutLast(ref.UID)
	if id == "" {
		id = ref.Name
	}
	for _, c := range f.Clusters {
		if name != "" && c.Name != name {
			continue
		}
		t, err := c.TaskManager(ctx, id)
		if flinkrest.NotFound(err) && f.Several() {
			continue
		}
		return TaskManager{t, f.Label(c)}, err
	}
	return TaskManager{}, &missingError{"there is no task manager " + ref.Name}
}

// sameTaskManager compares what a row shows; a heartbeat is as it was for a while.
func sameTaskManager(a, b TaskManager) bool {
	beat := time.Duration(b.Heartbeat-a.Heartbeat) * time.Millisecond
	return a.ID == b.ID && a.Cluster == b.Cluster && a.Slots == b.Slots && a.Free == b.Free && a.Blocked == b.Blocked &&
		beat.Abs() < beatEvery
}

func taskManagerState(t TaskManager) (string, themes.Tone) {
	switch {
	case t.Blocked:
		return "BLOCKED", themes.Warn
	case t.Free == 0 && t.Slots > 0:
		return "FULL", themes.Good
	}
	return "READY", themes.Good
}

func taskManagerColumns(several bool) []resource.Column[TaskManager] {
	megabytes := func(n int64) grid.Cell { return cellBytes(n << 20) }
	columns := []resource.Column[TaskManager]{
		{Column: grid.Column{Title: "ID", Max: 48, Min: 14}, Cell: func(i taskManagerItem) grid.Cell { return grid.Word(i.Value.ID, themes.Plain) }},
		{Column: grid.Column{Title: "STATE", Min: 8}, Worst: true, Cell: func(i taskManagerItem) grid.Cell { return grid.Status(taskManagerState(i.Value)) }},
		{Column: grid.Column{Title: "SLOTS", Right: true}, Cell: func(i taskManagerItem) grid.Cell { return slotsCell(i.Value.Free, i.Value.Slots) }},
		{Column: grid.Column{Title: "CPU", Right: true, Drop: 5}, Cell: func(i taskManagerItem) grid.Cell {
			return grid.Cell{
				Text: fmt.Sprintf("%.4g", i.Value.Total.CPU), Num: int64(i.Value.Total.CPU * 1000), Tone: themes.Dim,
				Form: grid.Number,
			}
		}},
		{Column: grid.Column{Title: "HEAP", Right: true, Drop: 4}, Cell: func(i taskManagerItem) grid.Cell { return megabytes(i.Value.Total.Heap) }},
		{Column: grid.Column{Title: "MANAGED", Right: true, Drop: 6}, Cell: func(i taskManagerItem) grid.Cell { return megabytes(i.Value.Total.Managed) }},
		{Column: grid.Column{Title: "NETWORK", Right: true, Drop: 7}, Cell: func(i taskManagerItem) grid.Cell { return megabytes(i.Value.Total.Network) }},
		{Column: grid.Column{Title: "HEARTBEAT", Right: true, Drop: 2}, Cell: func(i taskManagerItem) grid.Cell {
			return grid.Since(flinkrest.Millis(i.Value.Heartbeat), "", themes.Dim, cells.Dash())
		}},
		{Column: grid.Column{Title: "ADDRESS", Max: 60, Drop: 8}, Cell: func(i taskManagerItem) grid.Cell { return cells.Word(i.Value.Path, themes.Dim) }},
	}
	if several {
		columns = slices.Insert(columns, 1, clusterColumn(3, func(t TaskManager) string { return t.Cluster }))
	}
	return columns
}

func taskManagerFacts(i taskManagerItem, now time.Time) []views.Fact {
	t := i.Value
	beat := views.Fact{Label: "heartbeat", Text: cells.Ago(flinkrest.Millis(t.Heartbeat), now)}
	if now.Sub(flinkrest.Millis(t.Heartbeat)) > silentAfter {
		beat.Tone = themes.Warn
		beat.Text += ": Flink gives it up before long"
	}
	return []views.Fact{
		{Label: "slots", Text: fmt.Sprintf("%d of %d are free", t.Free, t.Slots)},
		beat,
		{Label: "machine", Text: cells.Join(fmt.Sprintf("%d cores", t.Hardware.CPU), cells.Size(t.Hardware.Physical)+" of memory")},
	}
}

// clusterColumn names whose JobManager has the row, where there are several.
func clusterColumn[T any](drop int, of func(T) string) resource.Column[T] {
	return resource.Column[T]{
		Column: grid.Column{Title: "CLUSTER", Max: 32, Min: 10, Drop: drop},
		Cell:   func(i resource.Item[T]) grid.Cell { return grid.Word(of(i.Value), themes.Dim) },
	}
}

// slotsCell is how many slots of all are used, and sorts by that.
func slotsCell(free, all int) grid.Cell {
	used := all - free
	return grid.Cell{
		Text: fmt.Sprintf("%d/%d", used, all), Num: int64(used), Tone: themes.Plain, Form: grid.Number,
	}
}
