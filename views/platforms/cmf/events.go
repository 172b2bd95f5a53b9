package cmf

import (
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/detail"
	"drey/views/grid"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// Events is the history of one application.
func Events(api *cmfapi.Client) resource.Kind[cmf.Event] {
	return served(api, cmf.Events, objects.NewestEvents(), resource.Kind[cmf.Event]{
		Title: "Events", Short: "Events",
		NameOf: func(e cmf.Event) string { return e.Metadata.Name },
		Key: func(i objects.Event) string {
			return cells.Key(i.Value.Metadata.UID, "", i.Parent, i.Value.Metadata.Name)
		},
		Same: func(a, b cmf.Event) bool {
			return a.Metadata.UID == b.Metadata.UID && a.Metadata.Name == b.Metadata.Name
		},
		Columns: []resource.Column[cmf.Event]{
			{Column: grid.Column{Title: "AGE", Right: true, Fresh: true}, Cell: func(i objects.Event) grid.Cell {
				return objects.CellSince(i.Value.Metadata.CreationTimestamp, themes.Dim)
			}},
			{Column: grid.Column{Title: "TYPE", Drop: 2}, Cell: func(i objects.Event) grid.Cell { return cells.Word(i.Value.Status.Type, themes.Dim) }},
			{Column: grid.Column{Title: "STATUS", Min: 8}, Cell: func(i objects.Event) grid.Cell { w, tone := objects.EventWord(i.Value); return cells.Status(w, tone) }},
			{Column: grid.Column{Title: "MESSAGE", Max: 200, Min: 20}, Cell: func(i objects.Event) grid.Cell { return cells.Word(objects.EventText(i.Value), themes.Plain) }},
			{Column: grid.Column{Title: "INSTANCE", Drop: 9}, Cell: func(i objects.Event) grid.Cell {
				return cells.Word(objects.CellShort(i.Value.Metadata.Instance), themes.Dim)
			}},
		},
		State: objects.EventWord,
		Open:  func(env *views.Env, i objects.Event) tea.Cmd { return openWholeEvent(i) },
		Facts: func(i objects.Event, now time.Time) []views.Fact {
			w, tone := objects.EventWord(i.Value)
			return []views.Fact{
				{Label: "when", Text: cells.Join(cells.Ago(cmf.ParseTime(i.Value.Metadata.CreationTimestamp), now), i.Value.Metadata.CreationTimestamp)},
				{Label: "type", Text: i.Value.Status.Type},
				{Label: "status", Text: w, Tone: tone},
				{Label: "message", Text: objects.EventText(i.Value)},
				{Label: "instance", Text: i.Value.Metadata.Instance},
			}
		},
		Pages: []resource.Page[cmf.Event]{
			{
				Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml",
				Open: func(_ *views.Env, i objects.Event) tea.Cmd { return openWholeEvent(i) },
			},
		},
		Empty: "events come when the application changes",
	})
}

// openWholeEvent shows an event from what the list gave: it has no address of
// its own.
func openWholeEvent(i objects.Event) tea.Cmd {
	raw, err := i.Value.MarshalJSON()
	return views.Send(views.OpenMsg{Title: "event", Make: func(env *views.Env) views.View {
		return detail.NewFixed(env, "event of "+i.Parent, detail.Fixed(raw, err))
	}})
}

func openEvents(api *cmfapi.Client) func(*views.Env, objects.App) tea.Cmd {
	return openOf(" events", Events(api))
}
