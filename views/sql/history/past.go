// Package history remembers the statements that were run, and looks through them.
package history

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"drey/client/flinksql"
	"drey/views"
	"drey/views/sql/draftstore"

	tea "github.com/charmbracelet/bubbletea"
)

// Past is what was run, here and in other consoles that keep their texts in the
// same folder.
type Past struct {
	Drafts  draftstore.Drafts
	entries []pastEntry // oldest first
	at      map[string]int
	problem error // of reading or writing it
}

// pastEntry is one statement that was run. Nothing is kept of it but its text
// and how it went.
type pastEntry struct {
	ID          string    `json:"id"` // the statement's name
	At          time.Time `json:"at"`
	Environment string    `json:"environment,omitempty"`
	SQL         string    `json:"sql,omitempty"`
	Outcome     string    `json:"outcome,omitempty"` // its last phase, or refused
	Millis      int64     `json:"ms,omitempty"`
}

const (
	pastName = "history.jsonl"
	// maxPast is how many bytes of it are kept; a longer statement is remembered
	// until the end of the program only.
	maxPast      = 1 << 20
	maxPastEntry = 128 << 10
	refused      = "REFUSED"
)

// LoadedMsg is the history as it was read, or how writing it went.
type LoadedMsg struct {
	text    string
	Reading bool
	err     error
}

// Ask reads the history.
func (p *Past) Ask(mail *views.Mailbox) tea.Cmd {
	drafts := p.Drafts
	if drafts == nil {
		return nil
	}
	return mail.Ask("history", func(context.Context) tea.Msg {
		text, err := drafts.Load(pastName)
		return LoadedMsg{text: text, Reading: true, err: err}
	})
}

// Take merges what was read: of a statement there is one line when it began and
// one when it ended, in whatever order. A line that is none is left out.
func (p *Past) Take(msg LoadedMsg) {
	p.problem = msg.err
	if !msg.Reading {
		return
	}
	here := p.entries
	p.entries, p.at = nil, nil
	for line := range strings.Lines(msg.text) {
		var e pastEntry
		if json.Unmarshal([]byte(line), &e) == nil && e.ID != "" {
			e.SQL = flinksql.Redact(e.SQL) // what older versions wrote
			p.merge(e)
		}
	}
	for _, e := range here {
		p.merge(e)
	}
}

func (p *Past) merge(e pastEntry) {
	if p.at == nil {
		p.at = map[string]int{}
	}
	i, known := p.at[e.ID]
	if !known {
		p.at[e.ID] = len(p.entries)
		p.entries = append(p.entries, e)
		return
	}
	old := &p.entries[i]
	if e.SQL != "" {
		old.SQL, old.At, old.Environment = e.SQL, e.At, e.Environment
	}
	if e.Outcome != "" {
		old.Outcome, old.Millis = e.Outcome, e.Millis
	}
}

// Began records a statement that is sent, by its name.
func (p *Past) Began(mail *views.Mailbox, name, scope, sql string, now time.Time) tea.Cmd {
	return p.add(mail, pastEntry{ID: name, At: now.UTC(), Environment: scope, SQL: flinksql.Redact(sql)})
}

// Ended records the outcome of a statement of the history, once.
func (p *Past) Ended(mail *views.Mailbox, name, outcome string, now time.Time) tea.Cmd {
	i, known := p.at[name]
	if !known || p.entries[i].Outcome != "" {
		return nil
	}
	return p.close(mail, i, outcome, now)
}

// Refused records that the server did not take the statement.
func (p *Past) Refused(mail *views.Mailbox, name string, now time.Time) tea.Cmd {
	if i, known := p.at[name]; known {
		return p.close(mail, i, refused, now)
	}
	return nil
}

func (p *Past) close(mail *views.Mailbox, i int, outcome string, now time.Time) tea.Cmd {
	e := p.entries[i]
	return p.add(mail, pastEntry{ID: e.ID, At: e.At, Outcome: outcome, Millis: max(now.Sub(e.At).Milliseconds(), 1)})
}

// add takes an entry in and appends it to the file.
func (p *Past) add(mail *views.Mailbox, e pastEntry) tea.Cmd {
	p.merge(e)
	drafts := p.Drafts
	if drafts == nil || len(e.SQL) > maxPastEntry {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return nil // a time out of the calendar
	}
	return mail.Ask("history "+e.ID+e.Outcome, func(context.Context) tea.Msg {
		return LoadedMsg{err: drafts.Append(pastName, string(line), maxPast)}
	})
}

// outcomeText is the outcome in a word.
func outcomeText(e pastEntry) string {
	switch e.Outcome {
	case "":
		return "not known"
	case refused:
		return "refused"
	}
	return strings.ToLower(e.Outcome)
}
