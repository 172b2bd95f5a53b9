package cmf

import (
	"context"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/platforms/cmf/actions"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// Instances are the effective specifications that an application had.
func Instances(api *cmfapi.Client) resource.Kind[cmf.Instance] {
	name := func(i cmf.Instance) string { return i.Metadata.Name }
	return served(api, cmf.Instances, cmfapi.Query{Sort: []string{
		"creationTimestamp,desc", "name",
	}}, resource.Kind[cmf.Instance]{
		Title: "Instances", Short: "Instances",
		NameOf: name,
		Key: func(i objects.Instance) string {
			return cells.Key(i.Value.Metadata.UID, "", i.Parent, i.Value.Metadata.Name)
		},
		Same: func(a, b cmf.Instance) bool {
			return a.Metadata.UID == b.Metadata.UID && a.Metadata.Name == b.Metadata.Name &&
				a.Metadata.UpdateTimestamp == b.Metadata.UpdateTimestamp && a.Metadata.UpdateTimestamp != "" &&
				objects.InstanceState(a) == objects.InstanceState(b)
		},
		Columns: []resource.Column[cmf.Instance]{
			{Column: grid.Column{Title: "AGE", Right: true, Fresh: true}, Cell: func(i objects.Instance) grid.Cell {
				return objects.CellSince(i.Value.Metadata.CreationTimestamp, themes.Dim)
			}},
			{
				Column: grid.Column{Title: "INSTANCE", Min: 8},
				Cell:   func(i objects.Instance) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) },
			},
			{Column: grid.Column{Title: "JOB STATE"}, Cell: func(i objects.Instance) grid.Cell {
				return cells.Status(objects.JobState(objects.InstanceState(i.Value), ""))
			}},
			{Column: grid.Column{Title: "JOB", Drop: 5}, Cell: func(i objects.Instance) grid.Cell {
				if i.Value.Status.JobStatus == nil {
					return cells.Dash()
				}
				return cells.Word(i.Value.Status.JobStatus.JobID, themes.Dim)
			}},
			{Column: grid.Column{Title: "PAR", Right: true, Drop: 3}, Cell: func(i objects.Instance) grid.Cell {
				return cells.Word(i.Value.Status.Spec.String("job", "parallelism"), themes.Dim)
			}},
		},
		Compared: objects.ComparedApplication,
		State:    func(i cmf.Instance) (string, themes.Tone) { return objects.JobState(objects.InstanceState(i), "") },
		Pages: []resource.Page[cmf.Instance]{
			{Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml", Open: openYAML(api, objects.In(cmf.Instances), name)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Undo }, Label: "roll back to it", Open: rollBackTo},
		},
		Facts: func(i objects.Instance, now time.Time) []views.Fact {
			return []views.Fact{
				{Label: "instance", Text: i.Value.Metadata.Name},
				{Label: "made", Text: cells.Ago(cmf.ParseTime(i.Value.Metadata.CreationTimestamp), now)},
				{Label: "image", Text: i.Value.Status.Spec.String("image")},
			}
		},
		Detail: func(_ context.Context, i objects.Instance) (resource.Detail, error) {
			return resource.Detail{Source: []byte(i.Value.Status.Spec)}, nil
		},
	})
}

// rollBackTo asks whether the application is rolled back to an instance of it.
func rollBackTo(env *views.Env, i objects.Instance) tea.Cmd {
	return views.Send(views.ActMsg{
		Target: views.Ref{Kind: cmf.Applications.Plural, Scope: i.Scope, Name: i.Parent},
		Verb:   resource.VerbRollBack.Do, How: actions.OneHow(actions.HowInstance, i.Value.Metadata.Name),
		Asked: env.Keys.Table.Undo.Keys()[0],
	})
}

func openInstances(api *cmfapi.Client) func(*views.Env, objects.App) tea.Cmd {
	return openOf(" instances", Instances(api))
}
