package cmf

import (
	"bytes"
	"context"
	"time"

	"github.com/charmbracelet/bubbles/key"
	"golang.org/x/sync/errgroup"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/clean"
	"drey/views/flinkjob/jobdata"
	"drey/views/grid"
	"drey/views/usedby"
	"drey/views/why"
)

type app = browse.Item[cmf.FlinkApplication]

// Applications are Flink applications.
func Applications(api *cmfapi.Client) browse.Kind[cmf.FlinkApplication] {
	memory := jobdata.NewMemory()
	return served(api, cmf.Applications, cmfapi.Query{Fields: []string{
		"metadata.name", "metadata.uid", "metadata.creationTimestamp", "metadata.updateTimestamp", "metadata.labels",
		"spec.job.state", "spec.job.parallelism", "spec.job.upgradeMode", "spec.flinkVersion",
		"status.lifecycleState", "status.error", "status.warning",
		"status.jobStatus.state", "status.jobStatus.jobId", "status.jobStatus.startTime", "status.jobStatus.restarts",
		"status.jobStatus.savepointInfo.lastSavepoint", "status.jobStatus.savepointInfo.lastPeriodicSavepointTimestamp",
	}}, browse.Kind[cmf.FlinkApplication]{
		Title: "Applications", Short: "Apps", Aliases: []string{"app", "apps", "jobs"},
		NameOf: cmf.FlinkApplication.Name,
		Made:   func(o cmf.FlinkApplication) string { return o.Metadata.String("creationTimestamp") },
		Key:    func(i app) string { return cells.Key(i.Value.UID(), i.Scope, "", i.Value.Name()) },
		Same:   sameApplication,
		Labels: func(a cmf.FlinkApplication) map[string]string {
			return stringMap(a.Metadata.Object("labels"))
		},
		State:    ApplicationState,
		Columns:  applicationColumns(api),
		Actions:  applicationActions(api),
		Compared: comparedApplication,
		Editor:   applicationEditor(api),
		Recreate: recreation(
			api, cmf.Applications,
			"its state, its history and its attached savepoints do not come back; it starts without state",
		),
		Others: func(ctx context.Context, i app) ([]browse.Other, error) { return applicationOthers(ctx, api, i) },
		Pages: []browse.Page[cmf.FlinkApplication]{
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Describe }, Label: "describe", Open: openDescribe(describeApplication(api))},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Why }, Label: "why", Open: openWhy(whyApplication(api))},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml", Open: openYAML(api, in(cmf.Applications), cmf.FlinkApplication.Name)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Job }, Label: "job", Open: openJob(api, cmf.Applications, memory, cmf.FlinkApplication.Name, cmf.FlinkApplication.JobID, joblessApplication)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Events }, Label: "events", Open: openEvents(api)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Instance }, Label: "instances", Open: openInstances(api)},
		},
		UsedBy: func(ctx context.Context, i app) usedby.Tree {
			return usesOfApplication(ctx, api, i.Scope, i.Value.Name())
		},
		Facts:  applicationFacts,
		Detail: func(ctx context.Context, i app) (browse.Detail, error) { return applicationDetail(ctx, api, i) },
		Empty:  "a creates one",
	})
}

func sameApplication(a, b cmf.FlinkApplication) bool {
	return bytes.Equal(a.Status, b.Status) && bytes.Equal(a.Spec, b.Spec) && bytes.Equal(a.Metadata, b.Metadata)
}

func applicationColumns(api *cmfapi.Client) []browse.Column[cmf.FlinkApplication] {
	return []browse.Column[cmf.FlinkApplication]{
		{Column: grid.Column{Title: "NAME", Max: 44, Min: 14}, Cell: func(i app) grid.Cell { return grid.Word(i.Value.Name(), themes.Plain) }},
		{Column: grid.Column{Title: "ENVIRONMENT", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i app) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
		{Column: grid.Column{Title: "STATE", Min: 12}, Worst: true, Cell: func(i app) grid.Cell { return cells.Status(ApplicationState(i.Value)) }},
		{Column: grid.Column{Title: "JOB", Drop: 9}, Cell: func(i app) grid.Cell { return cells.Word(cellShort(i.Value.JobID()), themes.Dim) }},
		{Column: grid.Column{Title: "PAR", Right: true, Drop: 6}, Cell: func(i app) grid.Cell { return grid.Count(int64(i.Value.Parallelism()), themes.Dim) }},
		{Column: grid.Column{Title: "FLINK", Drop: 10}, Cell: func(i app) grid.Cell {
			return cells.Word(cells.Shared(i.Value.Spec.String("flinkVersion")), themes.Dim)
		}},
		{Column: grid.Column{Title: "SAVEPOINT", Drop: 3}, Cell: savepointCell},
		{Column: grid.Column{Title: "RESTARTS", Right: true, Drop: 4}, Cell: restartsCell},
		{Column: grid.Column{Title: "MODE", Drop: 8}, Cell: func(i app) grid.Cell { return cells.Word(cells.Shared(i.Value.UpgradeMode()), themes.Dim) }},
		{Column: grid.Column{Title: "AGE", Right: true, Drop: 2}, Cell: func(i app) grid.Cell { return cellSince(i.Value.Metadata.String("creationTimestamp"), themes.Dim) }},
		{Column: grid.Column{Title: "CHANGED", Right: true, Fresh: true, Drop: 1}, Cell: func(i app) grid.Cell { return cellSince(i.Value.Metadata.String("updateTimestamp"), themes.Dim) }},
		{Column: grid.Column{Title: "WHY", Min: 28, Max: 90, Drop: 11}, Cell: causeCell, Fill: causeOfEvents(api)},
	}
}

// causeCell is the root cause of what is wrong, where there is room for it.
func causeCell(i app) grid.Cell {
	_, tone := ApplicationState(i.Value)
	if tone != themes.Bad && tone != themes.Warn {
		return grid.Cell{}
	}
	return grid.Word(clean.Text(why.Cause(i.Value.Status.String("error"))), tone)
}

// causeOfEvents is the root cause of the newest exception of what is wrong and does not
// say why.
func causeOfEvents(api *cmfapi.Client) *browse.Fill[cmf.FlinkApplication] {
	return &browse.Fill[cmf.FlinkApplication]{
		Wants: func(i app) bool {
			_, tone := ApplicationState(i.Value)
			return (tone == themes.Bad || tone == themes.Warn) && i.Value.Status.String("error") == ""
		},
		Cell: func(ctx context.Context, i app) (grid.Cell, error) {
			events, err := cmfapi.List[cmf.Event](ctx, api, cmf.Events, childScope(i), newestEvents())
			if err != nil {
				return grid.Cell{}, err
			}
			_, tone := ApplicationState(i.Value)
			return grid.Word(clean.Text(newestException(events.Items)), tone), nil
		},
	}
}

func savepointCell(i app) grid.Cell {
	sp, ok := lastSavepoint(i.Value)
	if !ok {
		tone := themes.Dim
		if i.Value.JobState() == cmf.JobRunning && i.Value.UpgradeMode() != cmf.UpgradeModeStateless {
			tone = themes.Warn
		}
		return grid.Word("never", tone)
	}
	return grid.Since(sp.at, cells.Size(sp.size), themes.Dim, cells.Dash())
}

func restartsCell(i app) grid.Cell {
	n, ok := i.Value.Status.Int("jobStatus", "restarts")
	if !ok {
		return cells.Dash()
	}
	if n > 0 {
		return grid.Count(n, themes.Warn)
	}
	return grid.Count(n, themes.Dim)
}

// ApplicationState is the one word for how an application is, from its life
// cycle and its job, and what it means.
func ApplicationState(a cmf.FlinkApplication) (string, themes.Tone) {
	life, job := a.LifecycleState(), a.JobState()
	switch life {
	case cmf.LifecycleSuspended:
		return life, themes.Idle
	case cmf.LifecycleFailed, cmf.LifecycleRolledBack:
		return life, themes.Bad
	case cmf.LifecycleDeleting, cmf.LifecycleDeleted, cmf.LifecycleRollingBack:
		return life, themes.Busy
	case cmf.LifecycleUpgrading:
		if a.DesiredState() == cmf.DesiredSuspended {
			return "SUSPENDING", themes.Busy
		}
		return life, themes.Busy
	}
	return jobState(job, life)
}

func jobState(job, life string) (string, themes.Tone) {
	switch job {
	case cmf.JobRunning:
		return job, themes.Good
	case cmf.JobFailed:
		return job, themes.Bad
	case cmf.JobFailing, cmf.JobRestarting:
		return job, themes.Warn
	case cmf.JobFinished:
		return job, themes.Done
	case cmf.JobCanceled, cmf.JobSuspended:
		return job, themes.Idle
	case cmf.JobCancelling:
		return job, themes.Busy
	case cmf.JobReconciling, cmf.JobInitializing, cmf.JobCreated:
		return "DEPLOYING", themes.Busy
	case "":
		if life == "" {
			return "", themes.Unknown
		}
		return life, themes.Busy
	}
	return job, themes.Unknown
}

// savepointMark is the last savepoint as the application's status tells it.
type savepointMark struct {
	at         time.Time
	size       int64
	name, kind string
}

func lastSavepoint(a cmf.FlinkApplication) (savepointMark, bool) {
	last := a.Status.Object("jobStatus", "savepointInfo", "lastSavepoint")
	at := millis(last.String("timeStamp"))
	if at.IsZero() {
		at = millis(a.Status.String("jobStatus", "savepointInfo", "lastPeriodicSavepointTimestamp"))
	}
	if at.IsZero() {
		return savepointMark{}, false
	}
	bytes, _ := last.Int("size")
	return savepointMark{at: at, size: bytes, name: last.String("name"), kind: last.String("formatType")}, true
}

func stringMap(o cmf.Object) map[string]string {
	if len(o) <= 2 {
		return nil
	}
	m := map[string]string{}
	for k, v := range o.Map() {
		if s, ok := v.(string); ok {
			m[k] = s
		}
	}
	return m
}

func applicationFacts(i app, now time.Time) []views.Fact {
	a := i.Value
	sp, has := lastSavepoint(a)
	savepoint := views.Fact{Label: "savepoint", Text: cells.Join(
		cells.Ago(sp.at, now), cells.Size(sp.size), sp.name, sp.kind,
	)}
	if !has {
		savepoint = views.Fact{Label: "savepoint", Text: "never", Tone: themes.Warn}
	}
	facts := []views.Fact{
		{Label: "error", Text: why.Cause(a.Status.String("error")), Tone: themes.Bad},
		{Label: "warning", Text: a.Status.String("warning"), Tone: themes.Warn},
		savepoint,
		{Label: "flink", Text: cells.Join(a.Spec.String("flinkVersion"), "parallelism "+grid.Thousands(a.Parallelism()), "upgrade "+a.UpgradeMode())},
	}
	if started := millis(a.Status.String("jobStatus", "startTime")); !started.IsZero() &&
		a.JobState() == cmf.JobRunning {
		facts = append(facts, views.Fact{Label: "running", Text: cells.Join(
			"for "+grid.AgeText(now.Sub(started)), "job "+cellShort(a.JobID()),
		)})
	}
	return facts
}

// applicationDetail asks for the object and for its events side by side.
func applicationDetail(ctx context.Context, api *cmfapi.Client, i app) (browse.Detail, error) {
	var group errgroup.Group
	var events client.Listed[cmf.Event]
	var noEvents error
	group.Go(func() error {
		events, noEvents = cmfapi.List[cmf.Event](ctx, api, cmf.Events, childScope(i), newestEvents())
		return nil
	})
	raw, err := cmfapi.GetRaw(ctx, api, cmf.Applications, scopeOf(i.Location), i.Value.Name())
	_ = group.Wait() // its error is noEvents
	if err != nil {
		return browse.Detail{}, err
	}
	var whole cmf.FlinkApplication
	d := browse.Detail{Source: raw}
	tone := themes.Plain
	if whole.UnmarshalJSON(raw) == nil {
		d.Source = []byte(cmf.Object{}.With(whole.Spec, "spec"))
		d.Facts = wholeFacts(whole)
		_, tone = ApplicationState(whole)
	}
	if fault.Is(noEvents, fault.NotFound, fault.Unsupported) {
		return d, nil // an older server has no events
	}
	for _, e := range events.Items {
		d.Events = append(d.Events, historyEvent(e))
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

// wholeFacts are those that the list's projection does not bring.
func wholeFacts(a cmf.FlinkApplication) []views.Fact {
	facts := []views.Fact{
		{Label: "image", Text: a.Spec.String("image")},
		{Label: "entry", Text: cells.Join(a.Spec.String("job", "entryClass"), a.Spec.String("job", "jarURI"))},
	}
	last := a.Status.Object("jobStatus", "checkpointInfo", "lastCheckpoint")
	at := millis(last.String("timeStamp"))
	if at.IsZero() {
		return facts
	}
	bytes, _ := last.Int("size")
	return append(facts, views.Fact{Label: "checkpoint", Text: cells.Join(
		at.UTC().Format("15:04:05")+" UTC", cells.Size(bytes), last.String("formatType"),
	)})
}
