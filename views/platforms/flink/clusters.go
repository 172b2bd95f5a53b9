package flink

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinkrest"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/detail"
	"drey/views/grid"
	"drey/views/resource"
)

// Cluster is what a JobManager says of its cluster.
type Cluster struct {
	Name string `json:"name"`
	flinkrest.Overview
}

type clusterItem = resource.Item[Cluster]

// clusters are the JobManagers of the context.
func clusters(f *fleet) resource.Kind[Cluster] {
	list := func(ctx context.Context, c *cluster, _ string) ([]Cluster, error) {
		o, err := c.Overview(ctx)
		if err != nil {
			return nil, err
		}
		return []Cluster{{c.Name, o}}, nil
	}
	same := func(a, b Cluster) bool { return a == b }
	page := func(c Cluster, title string, make func(*views.Env, flinkrest.JobManager) views.View) tea.Cmd {
		return openAt(f, c.Name, title+" of "+c.Name, make)
	}
	title := "Cluster"
	if f.Several() {
		title = "Clusters"
	}
	return resource.Kind[Cluster]{
		Name: "clusters", Singular: "cluster", Title: title, Short: title,
		Aliases: []string{"cluster", "jobmanager", "jm"},
		NameOf:  func(c Cluster) string { return c.Name },
		Key:     func(i clusterItem) string { return i.Value.Name },
		Same:    same,
		State:   clusterState,
		Columns: clusterColumns(),
		Source:  func(resource.Location) resource.Source[Cluster] { return newSource(f, list, same) },
		Facts:   clusterFacts,
		Detail: func(ctx context.Context, i clusterItem) (resource.Detail, error) {
			raw, err := f.configuration(ctx, i.Value.Name)
			return resource.Detail{Source: raw}, err
		},
		Open: func(_ *views.Env, i clusterItem) tea.Cmd {
			return page(i.Value, "configuration", func(env *views.Env, _ flinkrest.JobManager) views.View {
				return detail.New(
					env, "configuration of "+i.Value.Name,
					detail.YAML(func(ctx context.Context) (json.RawMessage, error) {
						return f.configuration(ctx, i.Value.Name)
					}),
				)
			})
		},
		Pages: processPages(f, jobManagerOf),
	}
}

func jobManagerOf(c Cluster) (cluster, taskManager string) { return c.Name, "" }

// clusterState says whether jobs can run.
func clusterState(c Cluster) (string, themes.Tone) {
	switch {
	case c.TaskManagers == 0 && c.Running > 0:
		return "NO TASK MANAGER", themes.Bad
	case c.TaskManagers == 0:
		return "EMPTY", themes.Idle
	case c.Free == 0:
		return "FULL", themes.Warn
	}
	return "READY", themes.Good
}

func clusterColumns() []resource.Column[Cluster] {
	number := func(of func(Cluster) int, some themes.Tone) func(clusterItem) grid.Cell {
		return func(i clusterItem) grid.Cell { return cellCount(int64(of(i.Value)), some) }
	}
	return []resource.Column[Cluster]{
		{Column: grid.Column{Title: "JOBMANAGER", Max: 48, Min: 14}, Cell: func(i clusterItem) grid.Cell { return grid.Word(i.Value.Name, themes.Plain) }},
		{Column: grid.Column{Title: "STATE", Min: 8}, Worst: true, Cell: func(i clusterItem) grid.Cell { return grid.Status(clusterState(i.Value)) }},
		{Column: grid.Column{Title: "FLINK", Drop: 4}, Cell: func(i clusterItem) grid.Cell { return cells.Word(i.Value.Version, themes.Dim) }},
		{Column: grid.Column{Title: "TMS", Right: true, Drop: 2}, Cell: number(func(c Cluster) int { return c.TaskManagers }, themes.Plain)},
		{Column: grid.Column{Title: "SLOTS", Right: true}, Cell: func(i clusterItem) grid.Cell { return slotsCell(i.Value.Free, i.Value.Slots) }},
		{Column: grid.Column{Title: "RUNNING", Right: true, Drop: 1}, Cell: number(func(c Cluster) int { return c.Running }, themes.Plain)},
		{Column: grid.Column{Title: "FAILED", Right: true, Drop: 1}, Cell: number(func(c Cluster) int { return c.Failed }, themes.Bad)},
		{Column: grid.Column{Title: "FINISHED", Right: true, Drop: 5}, Cell: number(func(c Cluster) int { return c.Finished }, themes.Dim)},
		{Column: grid.Column{Title: "CANCELED", Right: true, Drop: 6}, Cell: number(func(c Cluster) int { return c.Cancelled }, themes.Dim)},
	}
}

func clusterFacts(i clusterItem, _ time.Time) []views.Fact {
	c := i.Value
	return []views.Fact{
		{Label: "Flink", Text: cells.Join(c.Version, c.Commit)},
		{Label: "slots", Text: fmt.Sprintf("%d of %d are free, on %s", c.Free, c.Slots, managersText(c.TaskManagers))},
	}
}

func managersText(n int) string {
	if n == 1 {
		return "1 task manager"
	}
	return fmt.Sprintf("%d task managers", n)
}

// configuration is that of a JobManager, what may be done first.
func (f *fleet) configuration(ctx context.Context, name string) (json.RawMessage, error) {
	c, err := f.Named(name)
	if err != nil {
		return nil, err
	}
	d, err := c.Probe(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := c.Config(ctx)
	if err != nil {
		return nil, err
	}
	values := make(map[string]string, len(settings))
	for _, s := range settings {
		values[s.Key] = s.Value
	}
	return json.Marshal(map[string]any{
		"features": d.Features, "version": cells.Join(d.Version, d.Revision), "configuration": values,
	})
}
