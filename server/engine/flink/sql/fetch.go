package sql

import (
	"context"
	"errors"
	"time"

	"drey/client/flinkrest"
	"drey/server/engine"
)

// How long to wait for the next page: at first and while rows come short, then
// longer and longer (flink-verified.md §6); long when nobody reads.
const (
	firstWait  = 5 * time.Millisecond
	longWait   = 50 * time.Millisecond
	lonelyWait = time.Second
	// lookahead is how many rows are fetched that nobody has asked for yet;
	// beyond, Flink's own buffers fill and hold the job back.
	lookahead = 20_000
	// heartbeat keeps the session of a result that nobody reads.
	heartbeat = time.Minute
)

// fetch fetches the results of a run until their end, unless it does already.
func (s *Statements) fetch(r *run) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fetches {
		return
	}
	r.fetches = true
	ended := make(chan struct{})
	ctx, stop := context.WithCancel(s.context)
	r.stop, r.over = stop, ended
	f := &fetcher{s: s, run: r, operation: r.record.Operation, nextPage: r.spool.NextPage()}
	if f.nextPage == "" {
		f.nextPage = f.operation.First()
	}
	s.spawn(func(context.Context) {
		defer close(ended)
		defer stop()
		f.follow(ctx)
	})
}

// fetcher follows the pages of one result.
type fetcher struct {
	s         *Statements
	run       *run
	operation flinkrest.Operation
	nextPage  string
	cells     *cells
	wait      time.Duration
	page      flinkrest.Page
}

func (f *fetcher) follow(ctx context.Context) {
	for ctx.Err() == nil {
		if err := f.demand(ctx); err != nil {
			return
		}
		page := &f.page
		if err := f.read(ctx, page); err != nil {
			if f.handleError(ctx, err) {
				return
			}
			continue
		}
		if page.Type == "NOT_READY" {
			f.pause(ctx, firstWait)
			continue
		}
		if err := f.run.spool.Append(page.Rows, page.Next); err != nil {
			f.run.fail(flinkrest.Cause{Class: "java.io.IOException", Message: err.Error()}, err.Error())
			return
		}
		if page.Next == "" {
			f.s.finished(f.run, f.operation)
			return
		}
		f.nextPage = page.Next
		f.rest(ctx, len(page.Rows))
	}
}

// rest waits for the next page: not at all after a full one.
func (f *fetcher) rest(ctx context.Context, rows int) {
	switch {
	case rows > 0:
		f.wait = firstWait
		if rows < 1000 {
			f.pause(ctx, firstWait)
		}
		return
	case f.run.spool.Rows() == 0:
		f.wait = firstWait
	default:
		f.wait = min(max(f.wait*3/2, firstWait), longWait)
	}
	if f.run.spool.Lonely(f.s.opts.Now()) {
		f.wait = lonelyWait
	}
	f.pause(ctx, f.wait)
}

// pause waits; a demand for rows ends a long one.
func (f *fetcher) pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	var wake <-chan struct{}
	if d > longWait {
		wake = f.run.wake
	}
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-wake:
	}
}

// demand waits while there are rows enough that nobody has asked for.
func (f *fetcher) demand(ctx context.Context) error {
	for f.run.spool.Ahead() > lookahead {
		timer := time.NewTimer(heartbeat)
		select {
		case <-ctx.Done():
		case <-f.run.wake:
		case <-timer.C:
			_ = f.s.opts.Gateway.Heartbeat(ctx, f.operation.Session)
		}
		timer.Stop()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// read asks for the next page, in both row formats where there are columns
// that plain text cannot carry.
func (f *fetcher) read(ctx context.Context, page *flinkrest.Page) error {
	err := f.s.opts.Gateway.Read(ctx, f.nextPage, flinkrest.PlainText, page)
	if err != nil || page.Type == "NOT_READY" {
		return err
	}
	if f.cells == nil {
		columns, err := wireColumns(page.Columns)
		if err != nil {
			return err
		}
		f.cells = cellsOf(columns)
	}
	return f.cells.read(ctx, f.s.opts.Gateway, f.nextPage, page)
}

// over decides what a failure of a fetch means; true: there is no more to fetch.
func (f *fetcher) handleError(ctx context.Context, err error) bool {
	var refused *flinkrest.Error
	switch {
	case ctx.Err() != nil:
		return true
	case errors.Is(err, engine.ErrUnavailable), !errors.As(err, &refused):
		f.pause(ctx, lonelyWait/2)
		return false
	case flinkrest.SessionGone(err), flinkrest.Says(err, "Can not find the submitted operation"):
		if f.run.see().Canceled {
			_ = f.run.spool.Append(nil, "")
		} else {
			_ = f.run.change(func(r *record) {
				r.Lost = "The SQL Gateway does not hold the results any more: it was restarted, or its session ended."
			})
		}
	case f.run.see().Canceled:
		_ = f.run.spool.Append(nil, "")
		f.s.leave(f.operation)
	default:
		cause, _ := flinkrest.Telling(refused.Stack())
		f.run.fail(cause, stackOf(refused.Stack()))
		f.s.leave(f.operation)
	}
	f.run.spool.WakeAll()
	return true
}

// finished closes a query whose last row was fetched; its session can be used
// again.
func (s *Statements) finished(r *run, o flinkrest.Operation) {
	if err := r.change(func(k *record) { k.Operation = flinkrest.Operation{} }); err != nil {
		s.leave(o)
		return
	}
	s.spawn(func(ctx context.Context) {
		if err := s.opts.Gateway.Close(ctx, o); err != nil {
			s.sessions.drop(o.Session)
			return
		}
		s.sessions.release(o.Session)
	})
}

// leave closes the session of an operation that is over.
func (s *Statements) leave(o flinkrest.Operation) {
	s.sessions.drop(o.Session)
}
