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
	"drey/views/detail"
	"drey/views/flinkjob/jobdata"
	"drey/views/grid"
	"drey/views/platforms/cmf/actions"
	"drey/views/platforms/cmf/forms"
	"drey/views/platforms/cmf/objects"
	"drey/views/platforms/cmf/report"
	"drey/views/resource"
	"drey/views/usedby"
	"drey/views/why"
)

// Statements are SQL statements.
func Statements(api *cmfapi.Client) resource.Kind[cmf.Statement] {
	memory := jobdata.NewMemory()
	return served(api, cmf.Statements, cmfapi.Query{Fields: []string{
		"metadata", "spec", "status.phase", "status.detail", "status.warning", "status.traits.sqlKind",
		"status.traits.isBounded", "status.traits.isAppendOnly",
	}}, resource.Kind[cmf.Statement]{
		Title: "Statements", Short: "Stmts", Aliases: []string{"stmt", "stmts", "queries"},
		NameOf: objects.StatementName,
		Made:   func(o cmf.Statement) string { return o.Metadata.CreationTimestamp },
		Key: func(i objects.Statement) string {
			return cells.Key(i.Value.Metadata.UID, i.Scope, "", i.Value.Metadata.Name)
		},
		Same: func(a, b cmf.Statement) bool {
			return a.Metadata.UID == b.Metadata.UID && a.Metadata.Name == b.Metadata.Name &&
				a.Metadata.UpdateTimestamp == b.Metadata.UpdateTimestamp && a.Phase() == b.Phase() &&
				objects.StatementDetail(a) == objects.StatementDetail(b) && a.Spec.Stopped == b.Spec.Stopped
		},
		Labels: func(s cmf.Statement) map[string]string { return s.Metadata.Labels },
		State:  objects.StatementState, Harmless: neverPlanned,
		Columns: []resource.Column[cmf.Statement]{
			{Column: grid.Column{Title: "NAME", Max: 36, Min: 14}, Cell: func(i objects.Statement) grid.Cell { return grid.Word(i.Value.Metadata.Name, themes.Plain) }},
			{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i objects.Statement) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "PHASE", Min: 11}, Worst: true, Cell: func(i objects.Statement) grid.Cell { return cells.Status(objects.StatementState(i.Value)) }},
			{Column: grid.Column{Title: "KIND", Max: 14, Drop: 5}, Cell: func(i objects.Statement) grid.Cell { return cells.Word(objects.SQLKind(i.Value), themes.Dim) }},
			{Column: grid.Column{Title: "POOL", Max: 18, Min: 6, Drop: 4}, Cell: func(i objects.Statement) grid.Cell { return cells.Word(i.Value.Spec.ComputePoolName, themes.Dim) }},
			objects.AgeColumn(2, func(i objects.Statement) string { return i.Value.Metadata.CreationTimestamp }),
			{Column: grid.Column{Title: "STATEMENT", Max: 120, Min: 16, Drop: 3}, Cell: func(i objects.Statement) grid.Cell {
				return cells.Word(cells.OneLine(i.Value.Spec.Statement), themes.Plain)
			}},
		},
		Actions: actions.StatementActions(api),
		Editor:  forms.StatementEditor(api),
		Open: func(_ *views.Env, i objects.Statement) tea.Cmd {
			return views.Send(views.OpenStatementMsg{Environment: i.Scope, Name: i.Value.Metadata.Name})
		},
		Pages: []resource.Page[cmf.Statement]{
			{
				Key: func(m *keymap.Map) key.Binding { return m.Table.Results }, Label: "results",
				Open: func(_ *views.Env, i objects.Statement) tea.Cmd {
					return views.Send(views.OpenStatementMsg{Environment: i.Scope, Name: i.Value.Metadata.Name})
				},
			},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Why }, Label: "why", Open: report.OpenWhy(report.WhyStatement(api))},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Job }, Label: "job", Open: openJob(api, cmf.Statements, memory, objects.StatementName, func(cmf.Statement) string { return "" }, jobless)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml", Open: openYAML(api, objects.In(cmf.Statements), objects.StatementName)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Events }, Label: "exceptions", Open: openDescribe(statementExceptions(api))},
		},
		UsedBy: func(ctx context.Context, i objects.Statement) usedby.Tree {
			return usesOfStatement(ctx, api, i.Scope, objects.StatementName(i.Value))
		},
		Facts: objects.StatementFacts,
		Detail: func(ctx context.Context, i objects.Statement) (resource.Detail, error) {
			return statementPreview(ctx, api, i)
		},
		Empty: "write one in the SQL tab",
	})
}

func statementPreview(ctx context.Context, api *cmfapi.Client, i objects.Statement) (resource.Detail, error) {
	spec, err := cmf.NewObject(struct {
		Spec cmf.StatementSpec `json:"spec"`
	}{i.Value.Spec})
	d := resource.Detail{Source: []byte(spec)}
	if err != nil {
		return d, err
	}
	exceptions, err := api.Exceptions(ctx, objects.ScopeOf(i.Location), i.Value.Metadata.Name)
	for _, e := range exceptions {
		d.Events = append(d.Events, resource.Event{
			At: cmf.ParseTime(e.Timestamp), Word: "EXCEPTION", Text: why.Cause(e.Message), Tone: themes.Bad,
		})
	}
	return d, err
}

func statementExceptions(api *cmfapi.Client) func(*views.Env, objects.Statement) (string, detail.Loader) {
	return func(_ *views.Env, i objects.Statement) (string, detail.Loader) {
		name := i.Value.Metadata.Name
		return name + " exceptions", loadExceptions(api, objects.ScopeOf(i.Location), name)
	}
}

func loadExceptions(api *cmfapi.Client, scope cmf.Scope, name string) detail.Loader {
	return func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
		exceptions, err := api.Exceptions(ctx, scope, name)
		if err != nil {
			return detail.Document{}, err
		}
		var d detail.Document
		for _, e := range exceptions {
			d.Add(t.Tone(themes.Bad), e.Timestamp+"  "+e.Name)
			d.Text(t.Text, why.RootFirst(e.Message))
			d.Add(t.Text, "")
		}
		if len(exceptions) == 0 {
			d.Add(t.Dim, "no exceptions")
		}
		return d, nil
	}
}
