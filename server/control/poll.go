package control

import (
	"time"

	"drey/server/model"
)

// key names a record.
type key struct {
	scope model.Scope
	name  string
}

// The shortest time between two looks at one record, and the longest while it
// shows nothing new.
const (
	minPoll = 20 * time.Millisecond
	maxPoll = 16 * time.Second
)

// poll looks at the record again when the engine says, or later and later
// while looks that may wait show nothing new. The zero time is never.
func (l *Loop) poll(record *model.Record, next time.Time, quiet bool) {
	k := key{record.Scope, record.Name}
	if next.IsZero() {
		delete(l.polls, k)
		return
	}
	wait := max(next.Sub(l.now()), minPoll)
	if quiet && wait >= time.Second {
		wait = min(max(wait, 2*l.polls[k].wait), maxPoll)
	}
	l.polls[k] = poll{at: l.now().Add(wait), wait: wait}
}

// polled takes out the records whose time has come and that no action runs for.
func (l *Loop) polled(now time.Time) []model.Record {
	var due []model.Record
	for k, p := range l.polls {
		if !p.at.IsZero() && !p.at.After(now) && l.calls.running[k] == nil {
			due = append(due, model.Record{Scope: k.scope, Name: k.name})
			l.polls[k] = poll{wait: p.wait}
		}
	}
	return due
}

// pollLater looks again at the records that were polled and could not be
// written; all others are still due.
func (l *Loop) schedulePolls(n int, of func(i int) model.Record) {
	for i := range n {
		if record := of(i); record.Due.IsZero() {
			l.polls[key{record.Scope, record.Name}] = poll{at: l.now().Add(unavailableWait), wait: unavailableWait}
		}
	}
}

func (l *Loop) earliest(next time.Time) time.Time {
	for k, p := range l.polls {
		if !p.at.IsZero() && l.calls.running[k] == nil && (next.IsZero() || p.at.Before(next)) {
			next = p.at
		}
	}
	return next
}
