package flink

import (
	"context"
	"errors"
	"fmt"
	"time"

	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/views/platforms/flink/history"
)

// How often an operation is asked about, and for how long: a savepoint of large
// state takes minutes.
const (
	triggerFirst = 100 * time.Millisecond
	triggerEvery = time.Second
	triggerFor   = 30 * time.Minute
)

// operation is one that Flink carries out after its answer, under an identity that
// is made here.
type operation struct {
	kind  string
	begin func(ctx context.Context, id string) error
	look  func(ctx context.Context, id string) (flinkrest.Async, error)
}

// carryOut asks for an operation and waits for what comes of it. It is remembered
// before it is asked for; an answer that was lost is looked for under its identity,
// and COMPLETED with a cause is a failure (flink-engine.md §2.3).
func (f *fleet) carryOut(ctx context.Context, c *cluster, job string, op operation) (location string, err error) {
	t := history.Trigger{ID: history.NewID(), Kind: op.kind, Cluster: c.name, Job: job, At: time.Now().UTC()}
	if err := f.store.Begin(t); err != nil {
		return "", fmt.Errorf("nothing was sent: %w", err)
	}
	if err := op.begin(ctx, t.ID); err != nil {
		if !fault.Of(err).Lost {
			f.store.End(t.ID, "", err.Error())
			return "", err
		}
		if _, looked := op.look(ctx, t.ID); flinkrest.NotFound(looked) {
			f.store.End(t.ID, "", "it never began")
			return "", fmt.Errorf(
				"not done: the answer was lost, and the JobManager knows nothing of it: %w", errors.Unwrap(err),
			)
		}
	}
	return f.await(ctx, t.ID, op)
}

// await asks about an operation until it has ended.
func (f *fleet) await(ctx context.Context, id string, op operation) (location string, err error) {
	pause := triggerFirst
	for began := time.Now(); time.Since(began) < triggerFor; {
		a, err := op.look(ctx, id)
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case flinkrest.NotFound(err):
			f.store.End(id, "", "the JobManager has forgotten it")
			return "", fmt.Errorf(
				"the JobManager has forgotten the %s: it was started again, or it is too long ago", op.kind,
			)
		case err != nil && !fault.Is(err, fault.Offline, fault.Failing, fault.Throttled):
			return "", err
		case err == nil && a.Done:
			return f.ended(id, op.kind, a)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return "", ctx.Err()
		case <-timer.C:
		}
		pause = min(pause*3/2, triggerEvery)
	}
	return "", fmt.Errorf(
		"the %s has not ended after %s: it is asked about again when the job is looked at", op.kind, triggerFor,
	)
}

// ended reads what came of an operation.
func (f *fleet) ended(id, kind string, a flinkrest.Async) (string, error) {
	if a.Failure == "" {
		f.store.End(id, a.Location, "")
		return a.Location, nil
	}
	text := failureText(a.Failure)
	f.store.End(id, "", text)
	return "", fmt.Errorf("the %s failed: %s", kind, text)
}

// failureText is the telling line of a trace: the innermost cause.
func failureText(stack string) string {
	causes := flinkrest.Causes(stack)
	if len(causes) == 0 {
		return stack
	}
	last := causes[len(causes)-1]
	if last.Message == "" {
		return last.Class
	}
	return last.Message
}

// operations that are asked about under the same path: a stop is a savepoint.
func savepointOf(c *cluster, job string, begin func(context.Context, string) error, kind string) operation {
	return operation{kind: kind, begin: begin, look: func(ctx context.Context, id string) (flinkrest.Async, error) {
		if kind == "checkpoint" {
			return c.CheckpointTriggered(ctx, job, id)
		}
		return c.Triggered(ctx, job, id)
	}}
}

// lookAgain asks once about the operations on a job that nobody saw the end of: a
// console may have been left meanwhile.
func (f *fleet) lookAgain(ctx context.Context, c *cluster, job string) []history.Trigger {
	all := f.store.TriggersOf(c.name, job)
	for i, t := range all {
		if t.Done {
			continue
		}
		op := savepointOf(c, job, nil, t.Kind)
		a, err := op.look(ctx, t.ID)
		switch {
		case flinkrest.NotFound(err):
			all[i].Done, all[i].Failure = true, "the JobManager has forgotten it"
			f.store.End(t.ID, "", all[i].Failure)
		case err == nil && a.Done:
			location, failure := f.ended(t.ID, t.Kind, a)
			all[i].Done, all[i].Location = true, location
			if failure != nil {
				all[i].Failure = failure.Error()
			}
		}
	}
	return all
}
