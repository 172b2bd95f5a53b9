package statement

import (
	"context"
	"fmt"
	"time"

	"drey/client/fault"
)

// How often Run looks whether a statement has ended, and how long it may take to
// delete it.
const (
	runEvery   = 200 * time.Millisecond
	deleteTime = 5 * time.Second
)

// Run runs a statement to its end and reads all of its rows: what a helper such
// as SHOW TABLES needs. The statement is deleted afterwards, also when the
// question was given up or the answer to its creation was lost; a failure of
// that is not told, for nobody waits for it.
func Run(ctx context.Context, e Engine, r Request) ([]Row, error) {
	ref := Ref{Scope: r.Target.Scope, Name: r.Name}
	r.Helper = true
	s, err := e.Submit(ctx, r)
	if err != nil && !fault.Of(err).Lost {
		return nil, err // the server took nothing
	}
	if err == nil {
		ref = s.Ref
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deleteTime)
		defer cancel()
		_ = e.Delete(ctx, ref)
	}()
	if err != nil {
		return nil, err
	}
	if s, err = Ended(ctx, e, s); err != nil {
		return nil, err
	}
	if s.Phase != Completed {
		return nil, fmt.Errorf("%s: %s", s.Raw, s.Detail)
	}
	return All(ctx, e, s)
}

// Ended observes a statement until it has ended.
func Ended(ctx context.Context, e Engine, s Status) (Status, error) {
	tick := time.NewTicker(runEvery)
	defer tick.Stop()
	for !s.Phase.Ended() {
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-tick.C:
		}
		next, err := e.Observe(ctx, s.Ref)
		if err != nil {
			return s, err
		}
		s = next
	}
	return s, nil
}

// All reads every row of a statement's result.
func All(ctx context.Context, e Engine, s Status) ([]Row, error) {
	switch s.Results {
	case Inline:
		return s.Rows, nil
	case None:
		return nil, nil
	}
	var all []Row
	rows := e.Rows(s.Ref)
	for {
		page, done, err := rows.Next(ctx)
		all = append(all, page...)
		if err != nil || done {
			return all, err
		}
	}
}
