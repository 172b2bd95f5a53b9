package vvp

import (
	"context"
	"net/url"
	"slices"
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
	"drey/views/detail"
	"drey/views/grid"
	"drey/views/resource"
	"drey/views/sources"
)

type event = resource.Item[vvp.Event]

// Events are what happened to one deployment, to all where id is "": the platform
// lists them without pages, so those are asked for only when a person does.
func Events(api *vvpapi.Client, id string) resource.Kind[vvp.Event] {
	query := url.Values{}
	if id != "" {
		query.Set("deploymentId", id)
	}
	k := resource.Kind[vvp.Event]{
		Name: vvp.Events.Plural, Singular: vvp.Events.Singular, Title: "Events", Short: "Events",
		Aliases: []string{"event", "ev"},
		NameOf:  func(e vvp.Event) string { return e.Metadata.Name },
		Made:    func(e vvp.Event) string { return e.Metadata.CreatedAt },
		Key: func(i event) string {
			return cells.Key(
				i.Value.Metadata.ID, i.Scope, i.Value.Metadata.DeploymentID, i.Value.Metadata.CreatedAt,
				i.Value.Metadata.Name,
			)
		},
		State: func(e vvp.Event) (string, themes.Tone) { return eventWord(e), eventTone(e) },
		Columns: []resource.Column[vvp.Event]{
			{Column: grid.Column{Title: "AGE", Right: true, Fresh: true}, Cell: func(i event) grid.Cell { return cells.Since(i.Value.Metadata.Made(), themes.Dim) }},
			{Column: grid.Column{Title: "NAMESPACE", Max: 20, Min: 8, Drop: 4}, AllScopes: true, Cell: func(i event) grid.Cell { return cells.Word(i.Scope, themes.Dim) }},
			{Column: grid.Column{Title: "EVENT", Max: 70, Min: 20}, Cell: func(i event) grid.Cell { return grid.Word(eventWords(i.Value), eventTone(i.Value)) }},
			{Column: grid.Column{Title: "MESSAGE", Max: 200, Min: 20, Drop: 1}, Cell: func(i event) grid.Cell { return cells.Word(cells.OneLine(i.Value.Spec.Message), themes.Plain) }},
			{Column: grid.Column{Title: "DEPLOYMENT", Max: 36, Drop: 3}, Cell: func(i event) grid.Cell { return cells.Word(i.Value.Metadata.DeploymentID, themes.Dim) }},
		},
		Open: func(_ *views.Env, i event) tea.Cmd { return openWholeEvent(i) },
		Facts: func(i event, now time.Time) []views.Fact {
			m := i.Value.Metadata
			return []views.Fact{
				{Label: "when", Text: cells.Join(cells.Ago(m.Made(), now), m.CreatedAt)},
				{Label: "event", Text: m.Name, Tone: eventTone(i.Value)},
				{Label: "message", Text: cells.OneLine(i.Value.Spec.Message)},
				{Label: "deployment", Text: m.DeploymentID},
				{Label: "job", Text: m.JobID},
			}
		},
		Detail: resource.RawDetail[vvp.Event],
		Pages: []resource.Page[vvp.Event]{
			{
				Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml",
				Open: func(_ *views.Env, i event) tea.Cmd { return openWholeEvent(i) },
			},
		},
		Empty: "events come when a deployment changes",
	}
	return served(api, func(namespace string) sources.Lister[vvp.Event] {
		return newestFirst(
			listerOf(vvpapi.List[vvp.Event](api, vvp.Events, namespace, query)),
			func(e vvp.Event) time.Time { return e.Metadata.Made() },
		)
	}, k)
}

// newestFirst sorts what is listed: the platform gives no order.
func newestFirst[T any](list sources.Lister[T], made func(T) time.Time) sources.Lister[T] {
	return func(ctx context.Context) ([]T, []resource.Unread, bool, error) {
		items, unread, changed, err := list(ctx)
		items = slices.Clone(items)
		slices.SortStableFunc(items, func(a, b T) int { return made(b).Compare(made(a)) })
		return items, unread, changed, err
	}
}

// openWholeEvent shows an event from what the list gave: it has no address of its own.
func openWholeEvent(i event) tea.Cmd {
	return views.Send(views.OpenMsg{Title: "event", Make: func(env *views.Env) views.View {
		return detail.NewFixed(env, "event "+i.Value.Metadata.Name, detail.Fixed(i.Value.Raw(), nil))
	}})
}

// openEvents lists the events of one deployment.
func openEvents(api *vvpapi.Client) func(*views.Env, deployment) tea.Cmd {
	return func(_ *views.Env, i deployment) tea.Cmd {
		kind := Events(api, i.Value.Metadata.ID)
		kind.Title = deploymentName(i.Value) + " events"
		at := resource.Location{Scope: i.Scope}
		return browse.Open(kind.Title, kind, at)
	}
}
