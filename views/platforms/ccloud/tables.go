package ccloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	phases "drey/client/statement"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/detail"
	"drey/views/grid"
	"drey/views/why"
)

type table = browse.Item[ccloudapi.Table]

// Tables are materialized tables: a query keeps each up to date.
func Tables(api *ccloudapi.Client) browse.Kind[ccloudapi.Table] {
	name := func(t ccloudapi.Table) string { return t.Name }
	k := browse.Kind[ccloudapi.Table]{
		Name: "materialized tables", Singular: "materialized table", Title: "Tables", Short: "Tables",
		Aliases: []string{"mt", "tables", "materialized-tables"},
		NameOf:  name,
		Made:    func(t ccloudapi.Table) string { return t.Metadata.CreatedAt },
		Key:     func(i table) string { return tableKey(i.Scope, i.Value) },
		State:   tableState,
		Columns: []browse.Column[ccloudapi.Table]{
			{Column: grid.Column{Title: "NAME", Max: 40, Min: 12}, Cell: func(i table) grid.Cell { return grid.Word(i.Value.Name, themes.Plain) }},
			{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i table) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "PHASE", Min: 11}, Worst: true, Cell: func(i table) grid.Cell { return cells.Status(tableState(i.Value)) }},
			{Column: grid.Column{Title: "VERSION", Right: true, Drop: 3}, Cell: func(i table) grid.Cell { return cells.Word(tableVersion(i.Value), themes.Dim) }},
			{Column: grid.Column{Title: "DATABASE", Max: 20, Drop: 4}, Cell: func(i table) grid.Cell { return cells.Word(i.Value.Spec.ClusterID, themes.Dim) }},
			{Column: grid.Column{Title: "POOL", Max: 14, Drop: 5}, Cell: func(i table) grid.Cell { return cells.Word(i.Value.Spec.ComputePoolID, themes.Dim) }},
			{Column: grid.Column{Title: "QUERY", Max: 120, Min: 16, Drop: 2}, Cell: func(i table) grid.Cell { return cells.Word(cells.OneLine(i.Value.Spec.Query), themes.Plain) }},
		},
		Actions: tableActions(api),
		Open:    func(_ *views.Env, i table) tea.Cmd { return openVersions(api, i) },
		Pages: []browse.Page[ccloudapi.Table]{browse.YAMLPage(name, func(ctx context.Context, i table) (json.RawMessage, error) {
			t, err := api.Table(ctx, i.Scope, i.Value)
			return t.Raw(), err
		})},
		Facts: func(i table, now time.Time) []views.Fact {
			_, tone := tableState(i.Value)
			facts := []views.Fact{
				{Label: "why", Text: i.Value.Status.Detail, Tone: tone},
				{Label: "version", Text: tableVersion(i.Value)},
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
		Detail: func(ctx context.Context, i table) (browse.Detail, error) { return tableDetail(ctx, api, i) },
		Read:   func(ctx context.Context, ref views.Ref) (ccloudapi.Table, error) { return readTable(ctx, api, ref) },
		Raw: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
			t, err := readTable(ctx, api, ref)
			return t.Raw(), err
		},
		Compared: browse.CompareSpec, Editor: tableEditor(api),
		Empty: "a query makes one: CREATE MATERIALIZED TABLE … AS SELECT …",
	}
	k.Columns = withRegion(api, k.Columns, func(t ccloudapi.Table) string { return t.Region })
	return served(api, api.MaterializedTables, k)
}

// tableState is the phase as it came; CREATING and ALTERING are a table's own.
func tableState(t ccloudapi.Table) (string, themes.Tone) {
	switch t.Status.Phase {
	case ccloud.PhaseCreating, ccloud.PhaseAltering:
		return t.Status.Phase, themes.Busy
	}
	return t.Status.Phase, views.PhaseTone(ccloudapi.PhaseOf(t.Status.Phase))
}

// tableVersion says when a table is on its way to a newer version.
func tableVersion(t ccloudapi.Table) string {
	switch s := t.Status; {
	case s.Version == 0:
		return ""
	case s.LatestVersion > s.Version:
		return fmt.Sprintf("%d, %d comes", s.Version, s.LatestVersion)
	default:
		return fmt.Sprint(s.Version)
	}
}

// tableKey tells tables of one name apart: it is unique in its database alone.
func tableKey(environment string, t ccloudapi.Table) string {
	return cells.Key(t.Metadata.UID, environment, t.Spec.ClusterID, t.Name)
}

func readTable(ctx context.Context, api *ccloudapi.Client, ref views.Ref) (ccloudapi.Table, error) {
	if ref.UID == "" {
		return api.TableWhere(ctx, ref.Scope, ref.Name, nil)
	}
	return api.TableWhere(ctx, ref.Scope, ref.Name, func(t ccloudapi.Table) bool {
		return tableKey(ref.Scope, t) == ref.UID
	})
}

// tableDetail has the versions of a table as its history, the newest first.
func tableDetail(ctx context.Context, api *ccloudapi.Client, i table) (browse.Detail, error) {
	d := browse.Detail{Source: browse.SpecOf(i.Value.Raw())}
	versions, err := api.TableVersions(ctx, i.Scope, i.Value)
	for _, v := range versions {
		word := fmt.Sprintf("v%d", v.Spec.Version)
		d.Events = append(d.Events, browse.Event{
			At: v.Metadata.Made(), Word: word, Text: cells.OneLine(strings.Join(changesOf(v), "; ")),
			Tone: versionTone(i.Value, v),
		})
	}
	if _, tone := tableState(i.Value); tone == themes.Bad {
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
func openVersions(api *ccloudapi.Client, i table) tea.Cmd {
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

func refuseTable(t ccloudapi.Table) error {
	if t.Status.Phase == ccloud.PhaseDeleting {
		return errors.New("it is being deleted")
	}
	return nil
}

// tableActions stop, resume and delete tables.
func tableActions(api *ccloudapi.Client) []browse.Action[ccloudapi.Table] {
	change := browse.Action[ccloudapi.Table]{
		Verb: func(t ccloudapi.Table) views.Verb {
			if t.Spec.Stopped {
				return verbResume
			}
			return verbStop
		},
		Verbs: []views.Verb{verbStop, verbResume}, Undo: undoOf,
		Will: func(i table, _ time.Time) views.Fact {
			text := "its query stops and gives its CFUs back; the table stays, with what it holds"
			if i.Value.Spec.Stopped {
				text = "its query goes on, and brings the table up to date"
			}
			return views.Fact{Label: "what happens", Text: text}
		},
		Refuse: refuseTable,
		Stages: func(v views.Verb, i table, _ string) []browse.Stage[ccloudapi.Table] {
			return []browse.Stage[ccloudapi.Table]{tableStage(api, i, v == verbStop)}
		},
	}
	toggle, stop := change, change
	toggle.Key = func(m *keymap.Map) key.Binding { return m.Table.Toggle }
	stop.Key = func(m *keymap.Map) key.Binding { return m.Table.Stop }
	stop.Verb, stop.Verbs = func(ccloudapi.Table) views.Verb { return verbStop }, []views.Verb{verbStop}
	stop.Refuse = func(t ccloudapi.Table) error {
		if t.Spec.Stopped {
			return errors.New("it is stopped already")
		}
		return refuseTable(t)
	}
	remove := browse.Deletion(func(i table) string { return tablePath(api, i) }, "the table and what it holds are lost", func(ctx context.Context, i table) error {
		return api.DeleteTable(ctx, i.Scope, i.Value)
	})
	remove.Refuse = refuseTable
	return []browse.Action[ccloudapi.Table]{browse.InStages(stop), browse.InStages(toggle), remove}
}

func tablePath(api *ccloudapi.Client, i table) string {
	return ccloud.TablePath(api.Known(i.Scope), i.Value.Spec.ClusterID, i.Value.Name)
}

// tableStage stops a table's query, or lets it go on.
func tableStage(api *ccloudapi.Client, i table, stopped bool) browse.Stage[ccloudapi.Table] {
	label := verbResume.Do
	if stopped {
		label = verbStop.Do
	}
	return browse.Stage[ccloudapi.Table]{
		Step:  views.Step{Method: "PUT", Path: tablePath(api, i), Remark: fmt.Sprintf("spec.stopped %t", stopped)},
		Label: label,
		Send: func(ctx context.Context, i table) (string, error) {
			return "", withDiff(api.ChangeTable(ctx, i.Scope, i.Value, map[string]any{"stopped": stopped}, nil))
		},
		Took: func(_ context.Context, now table) (bool, error) { return now.Value.Spec.Stopped == stopped, nil },
		Reached: func(_ context.Context, now table) (browse.Progress, error) {
			p := browse.Progress{State: now.Value.Status.Phase}
			if now.Value.Spec.Stopped != stopped {
				p.Overtaken = "somebody else asked for the contrary meanwhile"
				return p, nil
			}
			var err error
			p.Done, err = tableReached(now.Value)
			return p, err
		},
	}
}

// tableReached tells whether a table is as its spec.stopped says.
func tableReached(now ccloudapi.Table) (bool, error) {
	phase := ccloudapi.PhaseOf(now.Status.Phase)
	switch {
	case slices.Contains([]string{ccloud.PhaseCreating, ccloud.PhaseAltering}, now.Status.Phase):
		return false, nil
	case now.Spec.Stopped:
		return phase.Ended(), nil
	case phase == phases.Failed:
		return true, fmt.Errorf("it is %s: %s", now.Status.Phase, why.Cause(now.Status.Detail))
	}
	return phase == phases.Running || phase == phases.Degraded || phase == phases.Completed, nil
}
