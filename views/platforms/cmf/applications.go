package cmf

import (
	"bytes"
	"context"

	"github.com/charmbracelet/bubbles/key"
	"golang.org/x/sync/errgroup"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/keymap"
	"drey/themes"
	"drey/views/cells"
	"drey/views/clean"
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

// Applications are Flink applications.
func Applications(api *cmfapi.Client) resource.Kind[cmf.FlinkApplication] {
	memory := jobdata.NewMemory()
	return served(api, cmf.Applications, cmfapi.Query{Fields: []string{
		"metadata.name", "metadata.uid", "metadata.creationTimestamp", "metadata.updateTimestamp", "metadata.labels",
		"spec.job.state", "spec.job.parallelism", "spec.job.upgradeMode", "spec.flinkVersion",
		"status.lifecycleState", "status.error", "status.warning",
		"status.jobStatus.state", "status.jobStatus.jobId", "status.jobStatus.startTime", "status.jobStatus.restarts",
		"status.jobStatus.savepointInfo.lastSavepoint", "status.jobStatus.savepointInfo.lastPeriodicSavepointTimestamp",
	}}, resource.Kind[cmf.FlinkApplication]{
		Title: "Applications", Short: "Apps", Aliases: []string{"app", "apps", "jobs"},
		NameOf: cmf.FlinkApplication.Name,
		Made:   func(o cmf.FlinkApplication) string { return o.Metadata.String("creationTimestamp") },
		Key:    func(i objects.App) string { return cells.Key(i.Value.UID(), i.Scope, "", i.Value.Name()) },
		Same:   sameApplication,
		Labels: func(a cmf.FlinkApplication) map[string]string {
			return objects.StringMap(a.Metadata.Object("labels"))
		},
		State:    objects.ApplicationState,
		Columns:  applicationColumns(api),
		Actions:  actions.ApplicationActions(api),
		Compared: objects.ComparedApplication,
		Editor:   forms.ApplicationEditor(api),
		Recreate: actions.ApplicationRecreation(api),
		Others: func(ctx context.Context, i objects.App) ([]resource.Other, error) {
			return applicationOthers(ctx, api, i)
		},
		Pages: []resource.Page[cmf.FlinkApplication]{
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Describe }, Label: "describe", Open: openDescribe(describeApplication(api))},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Why }, Label: "why", Open: report.OpenWhy(report.WhyApplication(api))},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml", Open: openYAML(api, objects.In(cmf.Applications), cmf.FlinkApplication.Name)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Job }, Label: "job", Open: openJob(api, cmf.Applications, memory, cmf.FlinkApplication.Name, cmf.FlinkApplication.JobID, joblessApplication)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Events }, Label: "events", Open: openEvents(api)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Instance }, Label: "instances", Open: openInstances(api)},
		},
		UsedBy: func(ctx context.Context, i objects.App) usedby.Tree {
			return usesOfApplication(ctx, api, i.Scope, i.Value.Name())
		},
		Facts: objects.ApplicationFacts,
		Detail: func(ctx context.Context, i objects.App) (resource.Detail, error) {
			return applicationDetail(ctx, api, i)
		},
		Empty: "{create} creates one",
	})
}

func sameApplication(a, b cmf.FlinkApplication) bool {
	return a.Sum == b.Sum && bytes.Equal(a.Status, b.Status) && bytes.Equal(a.Spec, b.Spec) &&
		bytes.Equal(a.Metadata, b.Metadata)
}

func applicationColumns(api *cmfapi.Client) []resource.Column[cmf.FlinkApplication] {
	return []resource.Column[cmf.FlinkApplication]{
		{Column: grid.Column{Title: "NAME", Max: 44, Min: 14}, Cell: func(i objects.App) grid.Cell { return grid.Word(i.Value.Name(), themes.Plain) }},
		{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i objects.App) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
		{Column: grid.Column{Title: "STATE", Min: 12}, Worst: true, Cell: func(i objects.App) grid.Cell { return cells.Status(objects.ApplicationState(i.Value)) }},
		{Column: grid.Column{Title: "JOB", Drop: 9}, Cell: func(i objects.App) grid.Cell { return cells.Word(objects.CellShort(i.Value.JobID()), themes.Dim) }},
		{Column: grid.Column{Title: "PAR", Right: true, Drop: 6}, Cell: func(i objects.App) grid.Cell { return grid.Count(int64(i.Value.Parallelism()), themes.Dim) }},
		{Column: grid.Column{Title: "FLINK", Drop: 10}, Cell: func(i objects.App) grid.Cell {
			return cells.Word(cells.Shared(i.Value.Spec.String("flinkVersion")), themes.Dim)
		}},
		{Column: grid.Column{Title: "SAVEPOINT", Drop: 3}, Cell: savepointCell},
		{Column: grid.Column{Title: "RESTARTS", Right: true, Drop: 4}, Cell: restartsCell},
		{Column: grid.Column{Title: "MODE", Drop: 8}, Cell: func(i objects.App) grid.Cell { return cells.Word(cells.Shared(i.Value.UpgradeMode()), themes.Dim) }},
		{Column: grid.Column{Title: "AGE", Right: true, Drop: 2}, Cell: func(i objects.App) grid.Cell {
			return objects.CellSince(i.Value.Metadata.String("creationTimestamp"), themes.Dim)
		}},
		{Column: grid.Column{Title: "CHANGED", Right: true, Fresh: true, Drop: 1}, Cell: func(i objects.App) grid.Cell {
			return objects.CellSince(i.Value.Metadata.String("updateTimestamp"), themes.Dim)
		}},
		{Column: grid.Column{Title: "WHY", Min: 28, Max: 90, Drop: 11}, Cell: causeCell, Fill: causeOfEvents(api)},
	}
}

// causeCell is the root cause of what is wrong, where there is room for it.
func causeCell(i objects.App) grid.Cell {
	_, tone := objects.ApplicationState(i.Value)
	if tone != themes.Bad && tone != themes.Warn {
		return grid.Cell{}
	}
	return grid.Word(clean.Text(why.Cause(i.Value.Status.String("error"))), tone)
}

// causeOfEvents is the root cause of the newest exception of what is wrong and does not
// say why.
func causeOfEvents(api *cmfapi.Client) *resource.Fill[cmf.FlinkApplication] {
	return &resource.Fill[cmf.FlinkApplication]{
		Wants: func(i objects.App) bool {
			_, tone := objects.ApplicationState(i.Value)
			return (tone == themes.Bad || tone == themes.Warn) && i.Value.Status.String("error") == ""
		},
		Cell: func(ctx context.Context, i objects.App) (grid.Cell, error) {
			events, err := cmfapi.List[cmf.Event](ctx, api, cmf.Events, objects.ChildScope(i), objects.NewestEvents())
			if err != nil {
				return grid.Cell{}, err
			}
			_, tone := objects.ApplicationState(i.Value)
			return grid.Word(clean.Text(newestException(events.Items)), tone), nil
		},
	}
}

func savepointCell(i objects.App) grid.Cell {
	sp, ok := objects.LastSavepoint(i.Value)
	if !ok {
		tone := themes.Dim
		if i.Value.JobState() == cmf.JobRunning && i.Value.UpgradeMode() != cmf.UpgradeModeStateless {
			tone = themes.Warn
		}
		return grid.Word("never", tone)
	}
	return grid.Since(sp.At, cells.Size(sp.Size), themes.Dim, cells.Dash())
}

func restartsCell(i objects.App) grid.Cell {
	n, ok := i.Value.Status.Int("jobStatus", "restarts")
	if !ok {
		return cells.Dash()
	}
	if n > 0 {
		return grid.Count(n, themes.Warn)
	}
	return grid.Count(n, themes.Dim)
}

// applicationDetail asks for the object and for its events side by side.
func applicationDetail(ctx context.Context, api *cmfapi.Client, i objects.App) (resource.Detail, error) {
	var group errgroup.Group
	var events client.Listed[cmf.Event]
	var noEvents error
	group.Go(func() error {
		events, noEvents = cmfapi.List[cmf.Event](ctx, api, cmf.Events, objects.ChildScope(i), objects.NewestEvents())
		return nil
	})
	raw, err := cmfapi.GetRaw(ctx, api, cmf.Applications, objects.ScopeOf(i.Location), i.Value.Name())
	_ = group.Wait() // its error is noEvents
	if err != nil {
		return resource.Detail{}, err
	}
	var whole cmf.FlinkApplication
	d := resource.Detail{Source: raw}
	tone := themes.Plain
	if whole.UnmarshalJSON(raw) == nil {
		d.Source = []byte(cmf.Object{}.With(whole.Spec, "spec"))
		d.Facts = objects.WholeFacts(whole)
		_, tone = objects.ApplicationState(whole)
	}
	if fault.Is(noEvents, fault.NotFound, fault.Unsupported) {
		return d, nil // an older server has no events
	}
	for _, e := range events.Items {
		d.Events = append(d.Events, objects.HistoryEvent(e))
	}
	if cause := newestException(events.Items); cause != "" && (tone == themes.Bad || tone == themes.Warn) {
		d.Cause = cause
	}
	return d, noEvents
}

// newestException is the root cause of the newest exception among events, which
// come newest first; "" without one.
func newestException(events []cmf.Event) string {
	for _, e := range events {
		if e.Status.Data != nil && e.Status.Data.ExceptionString != "" {
			return why.Cause(e.Status.Data.ExceptionString)
		}
	}
	return ""
}
