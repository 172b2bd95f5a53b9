package vvp

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/resource"
	"drey/views/sources"
	"drey/views/why"
)

type job = resource.Item[vvp.Job]

// Jobs are the runs of one deployment, of all where id is "": they are kept for
// ever, so those are asked for only when a person does.
func Jobs(api *vvpapi.Client, id string) resource.Kind[vvp.Job] {
	query := url.Values{}
	if id != "" {
		query.Set("deploymentId", id)
	}
	name := func(j vvp.Job) string { return j.Metadata.ID }
	k := resource.Kind[vvp.Job]{
		Name: vvp.Jobs.Plural, Singular: vvp.Jobs.Singular, Title: "Jobs", Short: "Jobs", Aliases: []string{"job"},
		NameOf: name,
		Made:   func(j vvp.Job) string { return j.Metadata.CreatedAt },
		Key:    func(i job) string { return i.Value.Metadata.ID },
		State:  jobState,
		Columns: []resource.Column[vvp.Job]{
			{Column: grid.Column{Title: "JOB", Max: 36, Min: 12}, Cell: func(i job) grid.Cell { return grid.Word(i.Value.Metadata.ID, themes.Plain) }},
			{Column: grid.Column{Title: "DEPLOYMENT", Max: 40, Drop: 2}, Cell: func(i job) grid.Cell { return cells.Word(i.Value.Metadata.DeploymentName, themes.Plain) }},
			{Column: grid.Column{Title: "STATE", Min: 11}, Worst: true, Cell: func(i job) grid.Cell { return cells.Status(jobState(i.Value)) }},
			{Column: grid.Column{Title: "FLINK JOB", Max: 34, Drop: 4}, Cell: func(i job) grid.Cell { return cells.Word(flinkJob(i.Value), themes.Dim) }},
			{Column: grid.Column{Title: "WHY", Max: 60, Min: 12, Drop: 1}, Cell: func(i job) grid.Cell { return cells.Word(failureText(i.Value.Status.Failure), themes.Bad) }},
			{Column: grid.Column{Title: "AGE", Right: true, Drop: 3}, Cell: func(i job) grid.Cell { return cells.Since(i.Value.Metadata.Made(), themes.Dim) }},
		},
		Pages: []resource.Page[vvp.Job]{
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Job }, Label: "Flink job", Open: openRun(api)},
			resource.RawYAML(name),
		},
		Facts: func(i job, now time.Time) []views.Fact {
			facts := []views.Fact{
				{Label: "why", Text: failureText(i.Value.Status.Failure), Tone: themes.Bad},
				{Label: "flink job", Text: flinkJob(i.Value)},
				{Label: "from", Text: i.Value.Spec.SavepointLocation},
				{Label: "made", Text: cells.Ago(i.Value.Metadata.Made(), now)},
			}
			if s := i.Value.Status.Started; s != nil {
				facts = append(facts, views.Fact{Label: "flink says", Text: cells.Join(
					s.FlinkState, fmt.Sprintf("%d restarts", s.Restarts),
				)})
			}
			return append(facts, jobPages(api, i)...)
		},
		WebPages: func(i job) []views.Fact { return jobPages(api, i) },
		Detail:   resource.RawDetail[vvp.Job],
		Raw:      rawOf[vvp.Job](api, vvp.Jobs),
		Empty:    "it has never run",
	}
	return served(api, func(namespace string) sources.Lister[vvp.Job] {
		return listerOf(vvpapi.List[vvp.Job](api, vvp.Jobs, namespace, query))
	}, k)
}

func openJobs(api *vvpapi.Client, i deployment) tea.Cmd {
	kind := Jobs(api, i.Value.Metadata.ID)
	kind.Title = deploymentName(i.Value) + " jobs"
	at := resource.Location{Scope: i.Scope}
	return browse.Open(kind.Title, kind, at)
}

func flinkJob(j vvp.Job) string {
	if j.Status.Started == nil {
		return ""
	}
	return j.Status.Started.FlinkJobID
}

func failureText(f *vvp.Failure) string {
	if f == nil {
		return ""
	}
	return cells.Join(f.Reason, cells.OneLine(why.Cause(f.Message)))
}

func jobState(j vvp.Job) (string, themes.Tone) {
	state := strings.ToUpper(j.Status.State)
	switch state {
	case "STARTED":
		return state, themes.Good
	case "STARTING", "STANDBY", "TERMINATING":
		return state, themes.Busy
	case "TERMINATED":
		return state, themes.Idle
	case "FINISHED":
		return state, themes.Done
	case "FAILED":
		return state, themes.Bad
	}
	return state, themes.Unknown
}
