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
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/detail"
	"drey/views/grid"
	"drey/views/why"
)

type event = browse.Item[cmf.Event]

func newestEvents() cmfapi.Query {
	return cmfapi.Query{Size: 200, Sort: []string{"creationTimestamp,desc", "name"}}
}

// Events is the history of one application.
func Events(api *cmfapi.Client) browse.Kind[cmf.Event] {
	return served(api, cmf.Events, newestEvents(), browse.Kind[cmf.Event]{
		Title: "Events", Short: "Events",
		NameOf: func(e cmf.Event) string { return e.Metadata.Name },
		Key:    func(i event) string { return cells.Key(i.Value.Metadata.UID, "", i.Parent, i.Value.Metadata.Name) },
		Same:   func(a, b cmf.Event) bool { return a.Metadata.UID == b.Metadata.UID },
		Columns: []browse.Column[cmf.Event]{
			{Column: grid.Column{Title: "AGE", Right: true, Fresh: true}, Cell: func(i event) grid.Cell { return cellSince(i.Value.Metadata.CreationTimestamp, themes.Dim) }},
			{Column: grid.Column{Title: "TYPE", Drop: 2}, Cell: func(i event) grid.Cell { return cells.Word(i.Value.Status.Type, themes.Dim) }},
			{Column: grid.Column{Title: "STATUS", Min: 8}, Cell: func(i event) grid.Cell { w, tone := eventWord(i.Value); return cells.Status(w, tone) }},
			{Column: grid.Column{Title: "MESSAGE", Max: 200, Min: 20}, Cell: func(i event) grid.Cell { return cells.Word(eventText(i.Value), themes.Plain) }},
			{Column: grid.Column{Title: "INSTANCE", Drop: 9}, Cell: func(i event) grid.Cell { return cells.Word(cellShort(i.Value.Metadata.Instance), themes.Dim) }},
		},
		State: eventWord,
		Open:  func(env *views.Env, i event) tea.Cmd { return openWholeEvent(i) },
		Facts: func(i event, now time.Time) []views.Fact {
			w, tone := eventWord(i.Value)
			return []views.Fact{
				{Label: "when", Text: cells.Join(cells.Ago(cmf.ParseTime(i.Value.Metadata.CreationTimestamp), now), i.Value.Metadata.CreationTimestamp)},
				{Label: "type", Text: i.Value.Status.Type},
				{Label: "status", Text: w, Tone: tone},
				{Label: "message", Text: eventText(i.Value)},
				{Label: "instance", Text: i.Value.Metadata.Instance},
			}
		},
		Pages: []browse.Page[cmf.Event]{
			{Key: func(m *keymap.Map) key.Binding { return m.Table.YAML }, Label: "yaml", Open: func(_ *views.Env, i event) tea.Cmd { return openWholeEvent(i) }},
		},
		Empty: "events come when the application changes",
	})
}

// openWholeEvent shows an event from what the list gave: it has no address of
// its own.
func openWholeEvent(i event) tea.Cmd {
	raw, err := i.Value.MarshalJSON()
	return views.Send(views.OpenMsg{Title: "event", Make: func(env *views.Env) views.View {
		return detail.NewFixed(env, "event of "+i.Parent, detail.Fixed(raw, err))
	}})
}

func openEvents(api *cmfapi.Client) func(*views.Env, app) tea.Cmd {
	return func(_ *views.Env, i app) tea.Cmd {
		at := browse.Location{Scope: i.Scope, Parent: i.Value.Name()}
		return views.Send(views.OpenMsg{Title: i.Value.Name() + " events", Make: func(env *views.Env) views.View {
			return browse.New(env, Events(api), at)
		}})
	}
}

// eventWord is the status an event tells of and what it means.
func eventWord(e cmf.Event) (string, themes.Tone) {
	if e.Status.Data == nil {
		return "INFO", themes.Dim
	}
	if e.Status.Data.ExceptionString != "" {
		return "EXCEPTION", themes.Bad
	}
	w := e.Status.Data.NewStatus
	switch w {
	case "":
		return "INFO", themes.Dim
	case cmf.LifecycleStable, cmf.LifecycleDeployed, cmf.SavepointCompleted:
		return w, themes.Good
	case cmf.LifecycleUpgrading, cmf.LifecycleCreated, cmf.SavepointPending, cmf.SavepointInProgress:
		return w, themes.Busy
	case cmf.LifecycleSuspended:
		return w, themes.Idle
	}
	_, tone := jobState(w, "")
	return w, tone
}

// eventText is the message, with the first line of an exception.
func eventText(e cmf.Event) string {
	text := cells.FirstLine(e.Status.Message)
	if e.Status.Data != nil && e.Status.Data.ExceptionString != "" {
		return cells.Join(text, why.Cause(e.Status.Data.ExceptionString))
	}
	return text
}

func historyEvent(e cmf.Event) browse.Event {
	w, tone := eventWord(e)
	return browse.Event{At: cmf.ParseTime(e.Metadata.CreationTimestamp), Word: w, Text: eventText(e), Tone: tone}
}
