package sql

import (
	"context"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/sync/errgroup"

	"drey/client/statement"
	"drey/themes"
	"drey/views"
	"drey/views/sql/queries"
)

// stopTime is how long statements have to stop when the console is left.
const stopTime = 2 * time.Second

// ours are the statements that were run in this console and go on.
func (v *View) ours() (queries, others []*queries.Run) {
	for _, s := range v.buffers.Open {
		switch r := s.Run; {
		case r == nil || !r.Own || !r.Sent || !r.Active():
		case r.IsQuery():
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
	if len(queries) == 0 || v.env.Server.ReadOnly == views.NothingAtAll {
		return nil
	}
	left := "they take their part of the pool; the Statements tab has them"
	if s, ok := v.engine.(statement.Sessioner); ok {
		left = s.LeftRunning()
	}
	ask := &views.Confirmation{
		Title: "Leave drey", Button: "Leave", Doing: "leaving", Which: "Queries that run",
		Choices: []views.Choice{
			{How: "", Label: "stop them", Detail: "nobody reads their rows then"},
			{How: "keep", Label: "let them run", Detail: left},
		},
		Run: func(how string) tea.Cmd {
			if how == "keep" {
				return views.Send(views.QuitMsg{})
			}
			return v.stopAll(queries)
		},
	}
	for _, r := range queries {
		ask.Facts = append(ask.Facts, r.Fact("runs", themes.Plain))
		ask.Plan += r.Ref.Name + "\n"
	}
	for _, r := range others {
		ask.Facts = append(ask.Facts, r.Fact("goes on", themes.Dim))
	}
	return ask
}

// stopAll stops statements side by side and leaves then; those that could not
// be stopped in time are told.
func (v *View) stopAll(runs []*queries.Run) tea.Cmd {
	engine, ctx := v.engine, v.env.Context
	return views.Slow(func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, stopTime)
		defer cancel()
		failed := make([]error, len(runs))
		var group errgroup.Group
		group.SetLimit(8)
		for i, r := range runs {
			group.Go(func() error {
				failed[i] = engine.Stop(ctx, r.Ref)
				return nil
			})
		}
		_ = group.Wait() // each error is in its place
		var msg views.QuitMsg
		for i, err := range failed {
			if err != nil {
				msg.Left = append(msg.Left, fmt.Sprintf("%s still runs: %v", queries.Path(runs[i].Ref), err))
			}
		}
		return msg
	})
}
