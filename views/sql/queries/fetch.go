package queries

import (
	"context"
	"errors"
	"time"

	"drey/client/statement"
	"drey/views/results"
	"drey/views/results/rowset"

	tea "github.com/charmbracelet/bubbletea"
)

type (
	// FetchMsg says that it is time to fetch.
	FetchMsg struct{ Run *Run }
	// FetchedMsg is what came.
	FetchedMsg struct {
		Run  *Run
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

// PrepareResults makes room for rows once the columns are known.
func (s *Buffer) PrepareResults(r *Run) {
	traits := r.Status.Traits
	if r.Log != nil || traits == nil || len(traits.Columns) == 0 || r.Status.Phase == statement.Failed {
		return
	}
	switch r.Status.Results {
	case statement.Inline:
		r.Log = rowset.NewLog(traits, true)
		r.Log.Add(r.Log.Pack(r.Status.Rows))
		r.End()
	case statement.Paged:
		r.Log = rowset.NewLog(traits, false)
		r.Rows = s.Engine.Rows(r.Ref)
	default:
		return
	}
	r.Pane = results.New(s.Env, s.disk)
	r.Pane.Show(r.Log)
	if s.Shown == nil || r.Complete {
		s.reveal(r)
	}
}

// Fetch asks for the next rows, one question at a time and only while seen.
func (s *Buffer) Fetch() tea.Cmd {
	r := s.Run
	if r == nil || r.Rows == nil || r.Complete || r.Fetching || !s.Visible || r.Pane.Paused() {
		return nil
	}
	if !r.Status.Phase.Readable() {
		return nil
	}
	r.Fetching = true
	rows, log := r.Rows, r.Log // r belongs to the loop
	return s.Mail.Ask("page", func(ctx context.Context) tea.Msg {
		msg := fetchRowsOf(ctx, rows, log)
		msg.Run = r
		return msg
	})
}

func fetchRowsOf(ctx context.Context, rows statement.Rows, log *rowset.Log) FetchedMsg {
	var msg FetchedMsg
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

// HandleFetched adds the rows that came and decides when to fetch again.
func (s *Buffer) HandleFetched(msg FetchedMsg) tea.Cmd {
	r := msg.Run
	if r != s.Run || r.Log == nil {
		return nil
	}
	r.Fetching = false
	r.Pages += msg.pages
	n := 0
	for _, rows := range msg.rows {
		n += rows.Len()
		r.Log.Add(rows)
	}
	if n > 0 || msg.done {
		s.reveal(r)
	}
	return tea.Batch(r.Pane.Grown(), s.fetchOn(r, msg, n))
}

// fetchOn decides when to fetch again.
func (s *Buffer) fetchOn(r *Run, msg FetchedMsg, n int) tea.Cmd {
	if msg.err != nil {
		return s.handleFetchFailed(r, msg.err)
	}
	r.failures = 0
	s.Resolve(r)
	switch {
	case msg.done:
		r.End()
		return nil
	case r.Log.Full():
		r.End()
		s.Say("so many changes cannot be numbered: no more is fetched", true)
		return nil
	case n > 0:
		return s.Fetch() // there may be more at once
	}
	wait := fetchSoon
	if s.Env.Now().Sub(r.Began) > 10*time.Second {
		wait = fetchSlow
	}
	return s.Mail.After("page", wait, FetchMsg{r})
}

func (s *Buffer) handleFetchFailed(r *Run, err error) tea.Cmd {
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, statement.ErrGone):
		r.End()
		s.Say("the server does not hold these results any more; what was fetched stays", true)
		return nil
	case errors.Is(err, statement.ErrNoResults):
		r.End()
		s.Say(err.Error(), true)
		return nil
	}
	r.failures++
	s.Complain(r, err.Error()+" · trying again")
	return s.Mail.After("page", min(time.Second<<min(r.failures, 5), 30*time.Second), FetchMsg{r})
}
