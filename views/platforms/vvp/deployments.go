package vvp

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/clean"
	"drey/views/flinkjob/jobdata"
	"drey/views/grid"
	"drey/views/resource"
	"drey/views/sources"
	"drey/views/why"
)

// Deployment is a deployment, and what it waits for while it is TRANSITIONING: its
// newest event.
type Deployment struct {
	vvp.Deployment
	Waits string
}

// UnmarshalJSON implements json.Unmarshaler; it is that of the deployment alone.
func (d *Deployment) UnmarshalJSON(b []byte) error { return d.Deployment.UnmarshalJSON(b) }

type deployment = resource.Item[Deployment]

func deploymentName(d Deployment) string { return d.Metadata.Name }

// Deployments are jobs as somebody wants them.
func Deployments(api *vvpapi.Client) resource.Kind[Deployment] {
	read := func(ctx context.Context, ref views.Ref) (Deployment, error) {
		d, err := getDeployment(ctx, api, ref)
		return Deployment{Deployment: d}, err
	}
	memory := jobdata.NewMemory()
	k := resource.Kind[Deployment]{
		Name: vvp.Deployments.Plural, Singular: vvp.Deployments.Singular, Title: "Deployments", Short: "Deps",
		Aliases: []string{"deploy", "dep", "deployment"},
		NameOf:  deploymentName,
		Made:    func(d Deployment) string { return d.Metadata.CreatedAt },
		Key:     func(i deployment) string { return cells.Key(i.Value.Metadata.ID, i.Scope, i.Value.Metadata.Name) },
		Same: func(a, b Deployment) bool {
			return a.Metadata.ID == b.Metadata.ID && a.Metadata.Name == b.Metadata.Name &&
				a.Metadata.ResourceVersion == b.Metadata.ResourceVersion && a.Metadata.ModifiedAt == b.Metadata.ModifiedAt &&
				a.Status.State == b.Status.State && a.Waits == b.Waits && vvpapi.Reason(
				a.Deployment,
			) == vvpapi.Reason(b.Deployment)
		},
		Labels:  func(d Deployment) map[string]string { return d.Metadata.Labels },
		State:   deploymentState,
		Columns: deploymentColumns(api),
		Actions: deploymentActions(api),
		Open:    func(_ *views.Env, i deployment) tea.Cmd { return openJobs(api, i) },
		Pages: []resource.Page[Deployment]{
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Why }, Label: "why", Open: openWhy(api)},
			resource.YAMLPage(deploymentName, func(ctx context.Context, i deployment) (json.RawMessage, error) {
				d, err := deploymentNow(ctx, api, i)
				return d.Raw(), err
			}),
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Job }, Label: "Flink job", Open: openDeploymentJob(api, memory)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Events }, Label: "events", Open: openEvents(api)},
			{Key: func(m *keymap.Map) key.Binding { return m.Table.Instance }, Label: "jobs", Open: func(_ *views.Env, i deployment) tea.Cmd { return openJobs(api, i) }},
		},
		WebPages: func(i deployment) []views.Fact { return deploymentPages(api, i) },
		Facts: func(i deployment, now time.Time) []views.Fact {
			return append(deploymentFacts(i, now), runningPages(api, i)...)
		},
		Detail: func(ctx context.Context, i deployment) (resource.Detail, error) { return deploymentDetail(ctx, api, i) },
		Read:   read,
		Raw: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
			d, err := read(ctx, ref)
			return d.Raw(), err
		},
		Compared: resource.CompareSpec, ComparedIn: []string{"spec"},
		Recreate: recreation(
			api, vvp.Deployments, "its jobs, its events and its savepoints do not come back; it starts without state",
		),
		Editor: deploymentEditor(api),
		Empty:  "an INSERT in the SQL tab makes one",
	}
	return served(api, func(namespace string) sources.Lister[Deployment] { return listDeployments(api, namespace) }, k)
}

func deploymentColumns(api *vvpapi.Client) []resource.Column[Deployment] {
	return []resource.Column[Deployment]{
		{Column: grid.Column{Title: "NAME", Max: 40, Min: 14}, Cell: func(i deployment) grid.Cell { return grid.Word(cells.OneLine(i.Value.Metadata.Name), themes.Plain) }},
		{Column: grid.Column{Title: "NAMESPACE", Max: 20, Min: 8, Drop: 1}, AllScopes: true, Cell: func(i deployment) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
		{Column: grid.Column{Title: "STATE", Min: 13}, Worst: true, Cell: func(i deployment) grid.Cell { return cells.Status(deploymentState(i.Value)) }},
		{Column: grid.Column{Title: "WANTED", Max: 10, Drop: 3}, Cell: func(i deployment) grid.Cell {
			tone := themes.Dim
			if i.Value.Desired() != i.Value.State() {
				tone = themes.Plain
			}
			return cells.Word(i.Value.Desired(), tone)
		}},
		{Column: grid.Column{Title: "WHY", Max: 44, Min: 12, Drop: 2}, Cell: func(i deployment) grid.Cell {
			_, tone := deploymentState(i.Value)
			return cells.Word(reason(i.Value), tone)
		}, Fill: causeOfJobs(api)},
		{Column: grid.Column{Title: "KIND", Max: 10, Drop: 5}, Cell: func(i deployment) grid.Cell {
			return cells.Word(i.Value.Spec.Template.Spec.Artifact.Kind, themes.Dim)
		}},
		{Column: grid.Column{Title: "PAR", Right: true, Drop: 4}, Cell: func(i deployment) grid.Cell {
			if i.Value.Spec.Template.Spec.Parallelism == 0 { // the namespace's defaults say it
				return cells.Dash()
			}
			return grid.Count(int64(i.Value.Spec.Template.Spec.Parallelism), themes.Dim)
		}},
		{Column: grid.Column{Title: "RUNS ON", Max: 24, Drop: 6}, Cell: func(i deployment) grid.Cell { return cells.Word(runsOn(i.Value), themes.Dim) }},
		{Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: 3}, Cell: func(i deployment) grid.Cell { return cells.Since(i.Value.Metadata.Made(), themes.Dim) }},
	}
}

// waitsAtOnce is how many deployments that are on their way are asked about.
const waitsAtOnce = 5

// listDeployments lists those of a namespace; of the first ones on their way it asks
// what they wait for.
func listDeployments(api *vvpapi.Client, namespace string) sources.Lister[Deployment] {
	next := listerOf(vvpapi.List[Deployment](api, vvp.Deployments, namespace, nil))
	return func(ctx context.Context) ([]Deployment, []resource.Unread, bool, error) {
		items, unread, changed, err := next(ctx)
		if err != nil || !changed {
			return items, unread, changed, err
		}
		items = slices.Clone(items)
		asked := 0
		for i := range items {
			if items[i].State() != vvp.Transitioning || asked == waitsAtOnce {
				continue
			}
			asked++
			if events, err := eventsOf(ctx, api, namespace, items[i].Metadata.ID); err == nil && len(events) > 0 {
				items[i].Waits = eventWords(events[0])
			}
		}
		return items, unread, true, nil
	}
}

// eventsOf are a deployment's events, the newest first.
func eventsOf(ctx context.Context, api *vvpapi.Client, namespace, deployment string) ([]vvp.Event, error) {
	return listOf(ctx, api, vvp.Events, namespace, deployment, func(e vvp.Event) time.Time { return e.Metadata.Made() })
}

// eventWords is an event's name as words.
func eventWords(e vvp.Event) string {
	return strings.ToLower(strings.ReplaceAll(e.Metadata.Name, "_", " "))
}

func deploymentState(d Deployment) (string, themes.Tone) {
	return d.State(), views.PhaseTone(vvpapi.PhaseOf(d.Deployment))
}

// reason is why a deployment needs somebody, or what it waits for.
func reason(d Deployment) string {
	if text := vvpapi.Reason(d.Deployment); text != "" {
		return cells.OneLine(text)
	}
	return d.Waits
}

func runsOn(d Deployment) string {
	if d.Spec.SessionClusterName != "" {
		return d.Spec.SessionClusterName + " (session)"
	}
	if d.Spec.DeploymentTargetName != "" {
		return d.Spec.DeploymentTargetName
	}
	return d.Spec.DeploymentTargetID
}

func deploymentFacts(i deployment, now time.Time) []views.Fact {
	d := i.Value
	a := d.Spec.Template.Spec.Artifact
	facts := []views.Fact{
		{Label: "why", Text: reason(d), Tone: themes.Warn},
		{Label: "runs", Text: cells.Join(a.Kind, a.EntryClass, a.JarURI, cells.OneLine(a.SQLScript))},
		{Label: "on", Text: cells.Join(runsOn(d), a.FlinkVersion)},
		{Label: "upgrade", Text: cells.Join(d.Spec.UpgradeStrategy.Kind, "restore "+d.Spec.RestoreStrategy.Kind)},
		{Label: "made", Text: cells.Ago(d.Metadata.Made(), now)},
	}
	if strings.EqualFold(d.Spec.UpgradeStrategy.Kind, vvp.Stateful) &&
		strings.EqualFold(d.Spec.RestoreStrategy.Kind, vvp.RestoreNone) {
		facts = append(facts, views.Fact{
			Label: "warning", Text: "an upgrade takes a savepoint, but restore strategy NONE starts empty",
			Tone: themes.Warn,
		})
	}
	return facts
}

func deploymentDetail(ctx context.Context, api *vvpapi.Client, i deployment) (resource.Detail, error) {
	d := resource.Detail{Source: resource.SpecOf(i.Value.Raw())}
	events, err := eventsOf(ctx, api, i.Scope, i.Value.Metadata.ID)
	for _, e := range events[:min(len(events), 20)] {
		d.Events = append(d.Events, resource.Event{
			At: e.Metadata.Made(), Word: eventWord(e), Text: cells.OneLine(e.Spec.Message), Tone: eventTone(e),
		})
	}
	if i.Value.State() == vvp.Failed {
		if failure, _ := lastFailure(ctx, api, i); failure != nil {
			d.Cause = why.Cause(failure.Message)
		}
	}
	return d, err
}

func eventWord(e vvp.Event) string {
	if eventTone(e) == themes.Bad {
		return "FAILURE"
	}
	return "EVENT"
}

// eventTone is what an event means, by the words of its name (platforms.md B2).
func eventTone(e vvp.Event) themes.Tone {
	for _, word := range []string{
		"FAIL", "TOO_MANY", "UNRECOVERABLE", "EXCEEDED", "DOES_NOT_EXIST", "MULTIPLE_NON_TERMINAL",
	} {
		if strings.Contains(e.Metadata.Name, word) {
			return themes.Bad
		}
	}
	for _, word := range []string{"SUCCESSFULLY", "IS_COMPLETED"} {
		if strings.Contains(e.Metadata.Name, word) {
			return themes.Good
		}
	}
	return themes.Plain
}

// jobsOf are a deployment's jobs, the newest first.
func jobsOf(ctx context.Context, api *vvpapi.Client, namespace, deployment string) ([]vvp.Job, error) {
	return listOf(ctx, api, vvp.Jobs, namespace, deployment, func(j vvp.Job) time.Time { return j.Metadata.Made() })
}

// listOf are the objects of a kind that a deployment has, the newest first.
func listOf[T any](
	ctx context.Context, api *vvpapi.Client, of vvp.Collection, namespace, deployment string, made func(T) time.Time,
) ([]T, error) {
	l, _, err := vvpapi.List[T](api, of, namespace, url.Values{"deploymentId": {deployment}})(ctx)
	slices.SortStableFunc(l.Items, func(a, b T) int { return made(b).Compare(made(a)) })
	return l.Items, err
}

// lastFailure is why the newest job that failed did, nil where none says so.
func lastFailure(ctx context.Context, api *vvpapi.Client, i deployment) (*vvp.Failure, error) {
	jobs, err := jobsOf(ctx, api, i.Scope, i.Value.Metadata.ID)
	for _, j := range jobs {
		if j.Status.Failure != nil {
			return j.Status.Failure, nil
		}
	}
	return nil, err
}

// causeOfJobs is why a deployment failed that does not say so itself: the root cause of
// its newest job that failed, else the newest event of a failure.
func causeOfJobs(api *vvpapi.Client) *resource.Fill[Deployment] {
	return &resource.Fill[Deployment]{
		Wants: func(i deployment) bool {
			_, tone := deploymentState(i.Value)
			return (tone == themes.Bad || tone == themes.Warn) && reason(i.Value) == ""
		},
		Cell: func(ctx context.Context, i deployment) (grid.Cell, error) {
			_, tone := deploymentState(i.Value)
			failure, err := lastFailure(ctx, api, i)
			if err != nil {
				return grid.Cell{}, err
			}
			if failure != nil {
				text := cmp.Or(cells.OneLine(why.Cause(failure.Message)), failure.Reason)
				return grid.Word(clean.Text(text), tone), nil
			}
			events, err := eventsOf(ctx, api, i.Scope, i.Value.Metadata.ID)
			for _, e := range events {
				if eventTone(e) == themes.Bad {
					return grid.Word(clean.Text(cells.Join(eventWords(e), cells.OneLine(e.Spec.Message))), tone), nil
				}
			}
			return grid.Cell{}, err
		},
	}
}

// openWhy says why a deployment is as it is: its conditions, events, jobs and
// savepoints on one time axis.
func openWhy(api *vvpapi.Client) func(*views.Env, deployment) tea.Cmd {
	return func(_ *views.Env, i deployment) tea.Cmd {
		return why.Open("why "+deploymentName(i.Value), func(ctx context.Context) (why.Report, error) {
			return report(ctx, api, i)
		})
	}
}

func report(ctx context.Context, api *vvpapi.Client, i deployment) (why.Report, error) {
	raw, err := deploymentNow(ctx, api, i)
	if err != nil {
		return why.Report{}, err
	}
	d := Deployment{Deployment: raw}
	r := why.Report{Missing: []string{"logs and exceptions of Flink: the platform's API has none"}}
	r.State, r.Tone = deploymentState(d)
	missing := func(what string, err error) {
		if err != nil {
			r.Missing = append(r.Missing, what+": "+err.Error())
		}
	}
	events, err := eventsOf(ctx, api, i.Scope, d.Metadata.ID)
	missing("events", err)
	for _, e := range events {
		r.Entries = append(r.Entries, why.Entry{
			At: e.Metadata.Made(), Tone: eventTone(e), Word: "event",
			Text: eventWords(e) + ": " + cells.OneLine(e.Spec.Message),
		})
	}
	jobs, err := jobsOf(ctx, api, i.Scope, d.Metadata.ID)
	missing("jobs", err)
	for _, j := range jobs {
		entry := why.Entry{At: j.Metadata.Made(), Word: "job", Text: cells.Join(j.Status.State, j.Metadata.ID)}
		if f := j.Status.Failure; f != nil {
			entry.Tone, entry.Trace, entry.Text = themes.Bad, f.Message, cells.Join(
				j.Status.State, f.Reason, why.Cause(f.Message),
			)
			if r.Cause == "" && (r.Tone == themes.Bad || r.Tone == themes.Warn) {
				r.Cause = why.Cause(f.Message)
			}
		}
		r.Entries = append(r.Entries, entry)
	}
	if text := vvpapi.Reason(raw); text != "" && r.Cause == "" {
		r.Cause = text
	}
	l, _, err := vvpapi.List[vvp.Savepoint](api, vvp.Savepoints, i.Scope, url.Values{
		"deploymentId": {d.Metadata.ID},
	})(ctx)
	missing("savepoints", err)
	for _, s := range l.Items {
		state, tone := savepointState(s)
		r.Entries = append(r.Entries, why.Entry{
			At: s.Metadata.Made(), Tone: tone, Word: "savepoint",
			Text: cells.Join(state, s.Metadata.Origin, s.Spec.Location),
		})
	}
	return r, nil
}

// ended tells that a deployment runs nothing.
func ended(d vvp.Deployment) bool { return vvpapi.PhaseOf(d).Ended() }

// transitional tells that it is on its way.
func transitional(d vvp.Deployment) bool {
	phase := vvpapi.PhaseOf(d)
	return phase == statement.Pending || phase == statement.Stopping
}
