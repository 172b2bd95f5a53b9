package ccloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/detail"
	"drey/views/grid"
	"drey/views/platforms/ccloud/forms"
	"drey/views/platforms/ccloud/objects"
	"drey/views/resource"
	"drey/views/why"
)

// Tables are materialized tables: a query keeps each up to date.
func Tables(api *ccloudapi.Client) resource.Kind[ccloudapi.Table] {
	name := func(t ccloudapi.Table) string { return t.Name }
	k := resource.Kind[ccloudapi.Table]{
		Name: "materialized tables", Singular: "materialized table", Title: "Tables", Short: "Tables",
		Aliases: []string{"mt", "tables", "materialized-tables"},
		NameOf:  name,
		Made:    func(t ccloudapi.Table) string { return t.Metadata.CreatedAt },
		Key:     func(i objects.Table) string { return objects.TableKey(i.Scope, i.Value) },
		State:   objects.TableState,
		Columns: []resource.Column[ccloudapi.Table]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i objects.Table) grid.Cell { return grid.Word(i.Value.Name, themes.Plain) }},
			{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i objects.Table) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "PHASE", Min: 11}, Worst: true, Cell: func(i objects.Table) grid.Cell { return cells.Status(objects.TableState(i.Value)) }},
			{Column: grid.Column{Title: "VERSION", Right: true, Drop: 3}, Cell: func(i objects.Table) grid.Cell { return cells.Word(objects.TableVersion(i.Value), themes.Dim) }},
			{Column: grid.Column{Title: "DATABASE", Max: 20, Drop: 4}, Cell: func(i objects.Table) grid.Cell { return cells.Word(i.Value.Spec.ClusterID, themes.Dim) }},
			{Column: grid.Column{Title: "POOL", Max: 14, Drop: 5}, Cell: func(i objects.Table) grid.Cell { return cells.Word(i.Value.Spec.ComputePoolID, themes.Dim) }},
			{Column: grid.Column{Title: "QUERY", Max: 120, Min: 16, Drop: 2}, Cell: func(i objects.Table) grid.Cell { return cells.Word(cells.OneLine(i.Value.Spec.Query), themes.Plain) }},
		},
		Actions: tableActions(api),
		Open:    func(_ *views.Env, i objects.Table) tea.Cmd { return openVersions(api, i) },
		Pages: []resource.Page[ccloudapi.Table]{resource.YAMLPage(
			name,
			func(ctx context.Context, i objects.Table) (json.RawMessage, error) {
				t, err := api.Table(ctx, i.Scope, i.Value)
				return t.Raw(), err
			},
		)},
		Facts: func(i objects.Table, now time.Time) []views.Fact {
			_, tone := objects.TableState(i.Value)
			facts := []views.Fact{
				{Label: "why", Text: i.Value.Status.Detail, Tone: tone},
				{Label: "version", Text: objects.TableVersion(i.Value)},
				{Label: "database", Text: i.Value.Spec.ClusterID},
				{Label: "pool", Text: cells.Join(i.Value.Spec.ComputePoolID, i.Value.Region, i.Value.Spec.Principal)},
				{Label: "made", Text: cells.Ago(i.Value.Metadata.Made(), now)},
			}
			if state := i.Value.Status.ScalingStatus.State; state != "" && state != "OK" {
				facts = append(facts, views.Fact{Label: "scaling", Text: state, Tone: themes.Warn})
			}
			for _, w := range i.Value.Status.Warnings {
				facts = append(facts, views.Fact{
					Label: "warning", Text: cells.Join(w.Severity, w.Reason, w.Message), Tone: themes.Warn,
				})
			}
			return facts
		},
		Detail: func(ctx context.Context, i objects.Table) (resource.Detail, error) { return tableDetail(ctx, api, i) },
		Read: func(ctx context.Context, ref views.Ref) (ccloudapi.Table, error) {
			return objects.ReadTable(ctx, api, ref)
		},
		Raw: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
			t, err := objects.ReadTable(ctx, api, ref)
			return t.Raw(), err
		},
		Compared: resource.CompareSpec, ComparedIn: []string{"spec"}, Editor: forms.TableEditor(api),
		Empty: "a query makes one: CREATE MATERIALIZED TABLE … AS SELECT …",
	}
	k.Columns = withRegion(api, k.Columns, func(t ccloudapi.Table) string { return t.Region })
	return served(api, api.MaterializedTables, k)
}

// tableDetail has the versions of a table as its history, the newest first.
func tableDetail(ctx context.Context, api *ccloudapi.Client, i objects.Table) (resource.Detail, error) {
	d := resource.Detail{Source: resource.SpecOf(i.Value.Raw())}
	versions, err := api.TableVersions(ctx, i.Scope, i.Value)
	for _, v := range versions {
		word := fmt.Sprintf("v%d", v.Spec.Version)
		d.Events = append(d.Events, resource.Event{
			At: v.Metadata.Made(), Word: word, Text: cells.OneLine(strings.Join(changesOf(v), "; ")),
			Tone: versionTone(i.Value, v),
		})
	}
	if _, tone := objects.TableState(i.Value); tone == themes.Bad {
		d.Cause = why.Cause(i.Value.Status.Detail)
	}
	return d, err
}

// changesOf says what a version changed; the first one made the table.
func changesOf(v ccloud.TableVersion) []string {
	var all []string
	for _, c := range v.Spec.Changes {
		all = append(
			all, strings.ToLower(strings.ReplaceAll(c.Kind, "_", " "))+" "+c.Name+": "+strings.Join(c.Details, ", "),
		)
	}
	if all == nil && v.Spec.Version == 1 {
		all = []string{"it was made"}
	}
	return all
}

func versionTone(t ccloudapi.Table, v ccloud.TableVersion) themes.Tone {
	switch {
	case v.Spec.Version == t.Status.Version:
		return themes.Good
	case v.Spec.Version > t.Status.Version:
		return themes.Busy
	}
	return themes.Dim
}

// openVersions shows what each version of a table changed, and its statement.
func openVersions(api *ccloudapi.Client, i objects.Table) tea.Cmd {
	title := "versions of " + i.Value.Name
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		return detail.New(env, title, func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
			var d detail.Document
			now, err := api.Table(ctx, i.Scope, i.Value)
			if err != nil {
				return d, err
			}
			versions, err := api.TableVersions(ctx, i.Scope, now)
			for n, v := range versions {
				if n > 0 {
					d.Text(t.Text, " ")
				}
				state := map[themes.Tone]string{themes.Good: "runs", themes.Busy: "comes"}[versionTone(now, v)]
				d.Text(t.Tone(versionTone(now, v)), strings.TrimSpace(cells.Join(
					fmt.Sprintf("version %d", v.Spec.Version), state, cells.Ago(v.Metadata.Made(), env.Now()),
				)))
				for _, line := range changesOf(v) {
					d.Text(t.Dim, "  "+line)
				}
				d.Text(t.Text, v.Spec.Statement)
			}
			if err == nil && versions == nil {
				d.Text(t.Dim, "the server keeps no version of it")
			}
			return d, err
		})
	}})
}

// tableActions stop, resume and delete tables.
func tableActions(api *ccloudapi.Client) []resource.Action[ccloudapi.Table] {
	change := resource.Action[ccloudapi.Table]{
		Verb: func(t ccloudapi.Table) views.Verb {
			if t.Spec.Stopped {
				return resource.VerbResume
			}
			return resource.VerbStop
		},
		Verbs: []views.Verb{resource.VerbStop, resource.VerbResume}, Undo: undoOf,
		Will: func(i objects.Table, _ time.Time) views.Fact {
			text := "its query stops and gives its CFUs back; the table stays, with what it holds"
			if i.Value.Spec.Stopped {
				text = "its query goes on, and brings the table up to date"
			}
			return views.Fact{Label: "what happens", Text: text}
		},
		Refuse: objects.RefuseTable,
		Stages: func(v views.Verb, i objects.Table, _ string) []resource.Stage[ccloudapi.Table] {
			return []resource.Stage[ccloudapi.Table]{tableStage(api, i, v == resource.VerbStop)}
		},
	}
	toggle, stop := change, change
	toggle.Key = func(m *keymap.Map) key.Binding { return m.Table.Toggle }
	stop.Key = func(m *keymap.Map) key.Binding { return m.Table.Stop }
	stop.Verb, stop.Verbs = func(ccloudapi.Table) views.Verb { return resource.VerbStop }, []views.Verb{resource.VerbStop}
	stop.Refuse = func(t ccloudapi.Table) error {
		if t.Spec.Stopped {
			return errors.New("it is stopped already: s resumes it")
		}
		return objects.RefuseTable(t)
	}
	remove := resource.Deletion(
		func(i objects.Table) string { return tablePath(api, i) }, "the table and what it holds are lost",
		func(ctx context.Context, i objects.Table) error {
			return api.DeleteTable(ctx, i.Scope, i.Value)
		},
	)
	remove.Refuse = objects.RefuseTable
	return []resource.Action[ccloudapi.Table]{resource.InStages(stop), resource.InStages(toggle), remove}
}

func tablePath(api *ccloudapi.Client, i objects.Table) string {
	return ccloud.TablePath(api.Known(i.Scope), i.Value.Spec.ClusterID, i.Value.Name)
}

// tableStage stops a table's query, or lets it go on.
func tableStage(api *ccloudapi.Client, i objects.Table, stopped bool) resource.Stage[ccloudapi.Table] {
	label := resource.VerbResume.Do
	if stopped {
		label = resource.VerbStop.Do
	}
	return resource.Stage[ccloudapi.Table]{
		Step:  views.Step{Method: "PUT", Path: tablePath(api, i), Remark: fmt.Sprintf("spec.stopped %t", stopped)},
		Label: label,
		Send: func(ctx context.Context, i objects.Table) (string, error) {
			return "", objects.WithDiff(api.ChangeTable(ctx, i.Scope, i.Value, map[string]any{"stopped": stopped}, nil))
		},
		Took: func(_ context.Context, now objects.Table) (bool, error) {
			return now.Value.Spec.Stopped == stopped, nil
		},
		Reached: func(_ context.Context, now objects.Table) (resource.Progress, error) {
			p := resource.Progress{State: now.Value.Status.Phase}
			if now.Value.Spec.Stopped != stopped {
				p.Overtaken = "somebody else asked for the contrary meanwhile"
				return p, nil
			}
			var err error
			p.Done, err = objects.TableReached(now.Value)
			return p, err
		},
	}
}
