package sql

import (
	"context"
	"fmt"
	"time"

	"drey/server/engine"
)

// resultWait is how long a question for rows may wait for the first.
const resultWait = 200 * time.Millisecond

// Results implements service.Statements.
func (s *Statements) Results(
	ctx context.Context, of engine.StatementRun, offset int64, limit int,
) (engine.ResultPage, error) {
	r, err := s.find(of)
	if err != nil {
		return engine.ResultPage{}, err
	}
	if !r.see().Query {
		return engine.ResultPage{}, fmt.Errorf("results of the statement %s: an INSERT has none", of.Name)
	}
	timer := time.NewTimer(resultWait)
	defer timer.Stop()
	for {
		page, more, err := r.spool.Read(offset, limit)
		if err != nil {
			return page, err
		}
		r.wakeUp()
		if len(page.Rows) > 0 || page.Done || limit == 0 {
			return page, ctx.Err()
		}
		if cause, _ := r.failed(); cause != nil || r.see().Lost != "" {
			page.Done = true
			return page, ctx.Err()
		}
		select {
		case <-ctx.Done():
			return page, ctx.Err()
		case <-timer.C:
			return page, nil
		case <-more:
		}
	}
}

// wakeUp tells the fetcher that rows are wanted.
func (r *run) wakeUp() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}
