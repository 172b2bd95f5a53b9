package objects

import (
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views/cells"
	"drey/views/resource"
	"drey/views/why"
)

// Event is an event in a list.
type Event = resource.Item[cmf.Event]

// NewestEvents asks for the events that came last, newest first.
func NewestEvents() cmfapi.Query {
	return cmfapi.Query{Size: 200, Sort: []string{"creationTimestamp,desc", "name"}}
}

// EventWord is the status an event tells of and what it means.
func EventWord(e cmf.Event) (string, themes.Tone) {
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
	_, tone := JobState(w, "")
	return w, tone
}

// EventText is the message, with the first line of an exception.
func EventText(e cmf.Event) string {
	text := cells.FirstLine(e.Status.Message)
	if e.Status.Data != nil && e.Status.Data.ExceptionString != "" {
		return cells.Join(text, why.Cause(e.Status.Data.ExceptionString))
	}
	return text
}

// HistoryEvent is an event as the pane beside a list shows it.
func HistoryEvent(e cmf.Event) resource.Event {
	w, tone := EventWord(e)
	return resource.Event{At: cmf.ParseTime(e.Metadata.CreationTimestamp), Word: w, Text: EventText(e), Tone: tone}
}
