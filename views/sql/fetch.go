package sql

import (
	"context"
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/views/results"
	"drey/views/results/rowset"
)

type (
	fetchMsg   struct{ run *run } // it is time to fetch
	fetchedMsg struct {
		run  *run
		rows []rowset.Packed
		// pages is how many were read, done that none follows.
		pages int
		done  bool
		err   error
	}
)

// One answer to the loop holds what came within a moment, so that a large
// result is not drawn page by page.
const (
	fetchRows  = 5000
	fetchPause = 150 * time.Millisecond
	// Waiting after an empty page grows from the first to the second.
	fetchSoon = 250 * time.Millisecond
	fetchSlow = time.Second
)

// prepareResults makes room for rows once the columns are known.
func (s *queryBuffer) prepareResults(r *run) {
	traits := r.status.Traits
	if r.log != nil || traits == nil || len(traits.Columns) == 0 || r.status.Phase == statement.Failed {
		return
	}
	switch r.status.Results {
	case statement.Inline:
		r.log = rowset.NewLog(traits, true)
		r.log.Add(r.log.Pack(r.status.Rows))
		r.end()
	case statement.Paged:
		r.log = rowset.NewLog(traits, false)
		r.rows = s.engine.Rows(r.ref)
	default:
		return
	}
	r.pane = results.New(s.env, s.disk)
	r.pane.Show(r.log)
	if s.shown == nil || r.complete {
		s.reveal(r)
	}
}

// fetch asks for the next rows, one question at a time and only while seen.
func (s *queryBuffer) fetch() tea.Cmd {
	r := s.run
	if r == nil || r.rows == nil || r.complete || r.fetching || !s.visible || r.pane.Paused() {
		return nil
	}
	if !r.status.Phase.Readable() {
		return nil
	}
	r.fetching = true
	rows, log := r.rows, r.log // r belongs to the loop
	return s.mail.Ask("page", func(ctx context.Context) tea.Msg {
		msg := fetchRowsOf(ctx, rows, log)
		msg.run = r
		return msg
	})
}

func fetchRowsOf(ctx context.Context, rows statement.Rows, log *rowset.Log) fetchedMsg {
	var msg fetchedMsg
	n := 0
	until := time.Now().Add(fetchPause)
	next := askPage(ctx, rows)
	for {
		p := <-next
		if p.err != nil {
			msg.err = p.err
			return msg
		}
		n += len(p.rows)
		more := !p.done && len(p.rows) > 0 && n < fetchRows && time.Now().Before(until)
		if more {
			next = askPage(ctx, rows) // comes while this one is packed
		}
		msg.pages++
		msg.rows = append(msg.rows, log.Pack(p.rows))
		msg.done = p.done
		if !more {
			return msg
		}
	}
}

// resultPage is what one call of Next gave.
type resultPage struct {
	rows []statement.Row
	done bool
	err  error
}

// askPage asks for the next page; the answer is taken from the channel before
// another is asked for.
func askPage(ctx context.Context, source statement.Rows) <-chan resultPage {
	answer := make(chan resultPage, 1)
	go func() {
		rows, done, err := source.Next(ctx)
		answer <- resultPage{rows, done, err}
	}()
	return answer
}

func (s *queryBuffer) handleFetched(msg fetchedMsg) tea.Cmd {
	r := msg.run
	if r != s.run || r.log == nil {
		return nil
	}
	r.fetching = false
	r.pages += msg.pages
	n := 0
	for _, rows := range msg.rows {
		n += rows.Len()
		r.log.Add(rows)
	}
	if n > 0 || msg.done {
		s.reveal(r)
	}
	return tea.Batch(r.pane.Grown(), s.fetchOn(r, msg, n))
}

// fetchOn decides when to fetch again.
func (s *queryBuffer) fetchOn(r *run, msg fetchedMsg, n int) tea.Cmd {
	if msg.err != nil {
		return s.handleFetchFailed(r, msg.err)
	}
	r.failures = 0
	s.resolve(r)
	switch {
	case msg.done:
		r.end()
		return nil
	case r.log.Full():
		r.end()
		s.say("so many changes cannot be numbered: no more is fetched", true)
		return nil
	case n > 0:
		return s.fetch() // there may be more at once
	}
	wait := fetchSoon
	if s.env.Now().Sub(r.began) > 10*time.Second {
		wait = fetchSlow
	}
	return s.mail.After("page", wait, fetchMsg{r})
}

func (s *queryBuffer) handleFetchFailed(r *run, err error) tea.Cmd {
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, statement.ErrGone):
		r.end()
		s.say("the server does not hold these results any more; what was fetched stays", true)
		return nil
	case errors.Is(err, statement.ErrNoResults):
		r.end()
		s.say(err.Error(), true)
		return nil
	}
	r.failures++
	s.complain(r, err.Error()+" · trying again")
	return s.mail.After("page", min(time.Second<<min(r.failures, 5), 30*time.Second), fetchMsg{r})
}
