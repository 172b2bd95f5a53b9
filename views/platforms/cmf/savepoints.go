package cmf

import (
	"context"

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
	"drey/views/platforms/cmf/forms"
	"drey/views/platforms/cmf/lists"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
	"drey/views/why"
)

// Savepoints are those attached to the applications and statements of the
// environment, and the detached ones, which live in none.
func Savepoints(api *cmfapi.Client) resource.Kind[cmf.Savepoint] {
	k := served(api, cmf.ApplicationSavepoints, cmfapi.Query{}, resource.Kind[cmf.Savepoint]{
		Title: "Savepoints", Short: "Saves", Aliases: []string{"sp", "savepoint", "detached"},
		NameOf: objects.SavepointName,
		Made:   func(o cmf.Savepoint) string { return o.Metadata.CreationTimestamp },
		Key: func(i objects.Savepoint) string {
			return cells.Key(i.Value.Metadata.UID, i.Scope, i.Parent, i.Value.Metadata.Name)
		},
		Same: func(a, b cmf.Savepoint) bool {
			return a.Metadata.UID == b.Metadata.UID && a.Metadata.Name == b.Metadata.Name && a.State() == b.State() &&
				objects.SavepointSize(a) == objects.SavepointSize(b) &&
				objects.PendingDeletion(a) == objects.PendingDeletion(b) &&
				objects.SavepointTries(a) == objects.SavepointTries(b) &&
				objects.SavepointError(a) == objects.SavepointError(b)
		},
		Labels: func(s cmf.Savepoint) map[string]string { return s.Metadata.Labels },
		State:  objects.SavepointState,
		Columns: []resource.Column[cmf.Savepoint]{
			{Column: grid.Column{Title: "NAME", Max: 44, Min: 14}, Cell: func(i objects.Savepoint) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) }},
			{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i objects.Savepoint) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "OF", Max: 36, Min: 8}, Cell: objects.OwnerCell},
			{Column: grid.Column{Title: "STATE", Min: 12}, Cell: savepointStateCell},
			{Column: grid.Column{Title: "SIZE", Right: true, Drop: 3}, Cell: sizeCell},
			{Column: grid.Column{Title: "FORMAT", Drop: 5}, Cell: func(i objects.Savepoint) grid.Cell { return cells.Word(i.Value.Spec.FormatType, themes.Dim) }},
			objects.AgeColumn(2, func(i objects.Savepoint) string { return i.Value.Metadata.CreationTimestamp }),
			{Column: grid.Column{Title: "PATH", Max: 90, Min: 16, Drop: 4}, Cell: savepointPathCell},
		},
		Actions: []resource.Action[cmf.Savepoint]{actions.DeleteSavepoint(api), actions.DetachSavepoint(api)},
		Editor:  forms.SavepointEditor(api),
		Pages: []resource.Page[cmf.Savepoint]{
			{Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml", Open: openYAML(api, objects.SavepointAddress, objects.SavepointName)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Toggle }, Label: "start from it", Open: startFromIt},
		},
		Facts: objects.SavepointFacts,
		Detail: func(_ context.Context, i objects.Savepoint) (resource.Detail, error) {
			raw, err := i.Value.MarshalJSON()
			return resource.Detail{Source: raw}, err
		},
		Empty: "{savepoint} on an application takes one",
	})
	k.Scoped = true
	k.Source = func(at resource.Location) resource.Source[cmf.Savepoint] { return lists.NewSavepointSource(api, at) }
	k.Read, k.Raw = readers[cmf.Savepoint](api, objects.SavepointAddress)
	k.Path, k.Command = pathOf(objects.SavepointAddress), commandOf(k, objects.SavepointAddress)
	k.Describe = describeAny(api, k, objects.SavepointAddress)
	return k
}

// startFromIt asks whether what a savepoint was taken of starts from it.
func startFromIt(env *views.Env, i objects.Savepoint) tea.Cmd {
	kind, scope := objects.SavepointAddress(*i.Location)
	act := views.ActMsg{
		Target: views.Ref{Kind: cmf.Applications.Plural, Scope: scope.Environment, Name: scope.Parent},
		Verb:   resource.VerbStart.Do, How: actions.OneHow(actions.HowFrom, i.Value.Metadata.UID),
		Asked: env.Keys.Table.Toggle.Keys()[0],
	}
	switch {
	case kind.Collection == cmf.DetachedSavepoints.Collection:
		return views.Notice(
			themes.Warn,
			"a detached savepoint belongs to no application: "+env.Keys.Table.Toggle.Help().Key+
				" on a suspended application offers it as a state to start from",
		)
	case i.Value.State() != cmf.SavepointCompleted:
		return views.Notice(themes.Warn, "cannot start from "+i.Value.Metadata.Name+": it is "+i.Value.State()+
			", and only a COMPLETED one starts something")
	case kind.Collection == cmf.StatementSavepoints.Collection:
		act.Target.Kind, act.Verb = cmf.Statements.Plural, resource.VerbResume.Do
	}
	return views.Send(act)
}

func savepointStateCell(i objects.Savepoint) grid.Cell {
	cell := cells.Status(objects.SavepointState(i.Value))
	if tries := objects.SavepointTries(i.Value); tries != "" {
		cell.Text += " " + tries
	}
	return cell
}

// savepointPathCell is where the savepoint is, or why it is nowhere.
func savepointPathCell(i objects.Savepoint) grid.Cell {
	if text := objects.SavepointError(i.Value); text != "" {
		return grid.Word(why.Cause(text), themes.Bad)
	}
	return cells.Word(objects.SavepointPath(i.Value), themes.Dim)
}

func sizeCell(i objects.Savepoint) grid.Cell {
	n := objects.SavepointSize(i.Value)
	if n == 0 {
		return cells.Dash()
	}
	return grid.Cell{Text: cells.Size(n), Num: n, Form: grid.Number, Tone: themes.Dim}
}
