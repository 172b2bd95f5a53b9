package sql

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/sync/errgroup"

	"drey/client/cmf"
	"drey/client/flinksql"
	"drey/themes"
	"drey/views"
	"drey/views/platform"
)

// stopTime is how long statements have to stop when the console is left.
const stopTime = 2 * time.Second

// ours are the statements that were run in this console and go on.
func (v *View) ours() (queries, others []*run) {
	for _, s := range v.desk.sheets {
		switch r := s.run; {
		case r == nil || !r.own || !r.sent || !r.alive():
		case r.isQuery():
			queries = append(queries, r)
		default:
			others = append(others, r)
		}
	}
	return queries, others
}

// Badge counts what this console runs, beside the tab's name.
func (v *View) Badge() string {
	queries, others := v.ours()
	if n := len(queries) + len(others); n > 0 {
		return fmt.Sprint(n)
	}
	return ""
}

// Leave implements views.Leaver: queries of this console that run on have no
// reader once it is left, so it asks whether to stop them. Other statements are
// meant to go on.
func (v *View) Leave() *views.Confirmation {
	queries, others := v.ours()
	if len(queries) == 0 || v.env.Client.ReadOnly() {
		return nil
	}
	ask := &views.Confirmation{
		Title: "Leave drey", Button: "Leave", Doing: "leaving", Which: "Queries that run",
		Choices: []views.Choice{
			{How: "", Label: "stop them", Note: "nobody reads their rows then"},
			{How: "keep", Label: "let them run", Note: "they take their part of the pool; the Statements tab has them"},
		},
		Run: func(how string) tea.Cmd {
			if how == "keep" {
				return views.Send(views.QuitMsg{})
			}
			return v.stopAll(queries)
		},
	}
	for _, r := range queries {
		ask.Targets = append(ask.Targets, views.Target{Ref: r.ref(), Will: views.Fact{Label: "query", Text: flinksql.Redact(strings.Join(strings.Fields(r.sql), " "))}})
	}
	for _, r := range others {
		ask.Targets = append(ask.Targets, views.Target{Ref: r.ref(), Will: views.Fact{Label: "goes on", Text: flinksql.Redact(strings.Join(strings.Fields(r.sql), " ")), Tone: themes.Dim}})
	}
	return ask
}

// ref is the statement as dialogs name it.
func (r *run) ref() platform.Ref {
	return platform.Ref{Kind: cmf.Statements.Plural, Scope: r.scope.Environment, Name: r.name, UID: r.statement.Metadata.UID}
}

// stopAll stops statements side by side and leaves then; those that could not
// be stopped in time are told.
func (v *View) stopAll(runs []*run) tea.Cmd {
	c, ctx := v.env.Client, v.env.Context
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, stopTime)
		defer cancel()
		failed := make([]error, len(runs))
		var group errgroup.Group
		group.SetLimit(8)
		for i, r := range runs {
			group.Go(func() error {
				failed[i] = c.StopStatement(ctx, r.scope, r.name)
				return nil
			})
		}
		_ = group.Wait() // each error is in its place
		var msg views.QuitMsg
		for i, err := range failed {
			if err != nil {
				msg.Left = append(msg.Left, fmt.Sprintf("%s/%s still runs: %v", runs[i].scope.Environment, runs[i].name, err))
			}
		}
		return msg
	}
}
