package history

import (
	"context"
	"errors"
	"fmt"
	"time"

	"drey/client/fault"
	"drey/client/flinkrest"
)

// How often an operation is asked about, and for how long: a savepoint of large
// state takes minutes.
const (
	triggerFirst = 100 * time.Millisecond
	triggerEvery = time.Second
	triggerFor   = 30 * time.Minute
)

// Operation is one that Flink carries out after its answer, under an identity that
// is made here.
type Operation struct {
	Kind  string // savepoint, stop, checkpoint, disposal
	Begin func(ctx context.Context, id string) error
	Look  func(ctx context.Context, id string) (flinkrest.Async, error)
}

// CarryOut asks for an operation and waits for what comes of it. It is remembered
// before it is asked for; an answer that was lost is looked for under its identity,
// and COMPLETED with a cause is a failure (flink-engine.md §2.3).
func (s *Store) CarryOut(ctx context.Context, cluster, job string, op Operation) (location string, err error) {
	t := Trigger{ID: NewID(), Kind: op.Kind, Cluster: cluster, Job: job, At: time.Now().UTC()}
	if err := s.Begin(t); err != nil {
		return "", fmt.Errorf("nothing was sent: %w", err)
	}
	if err := op.Begin(ctx, t.ID); err != nil {
		if !fault.Of(err).Lost {
			s.End(t.ID, "", err.Error())
			return "", err
		}
		if _, looked := op.Look(ctx, t.ID); flinkrest.NotFound(looked) {
			s.End(t.ID, "", "it never began")
			return "", fmt.Errorf(
				"not done: the answer was lost, and the JobManager knows nothing of it: %w", errors.Unwrap(err),
			)
		}
	}
	return s.Await(ctx, t.ID, op)
}

// Await asks about an operation until it has ended.
func (s *Store) Await(ctx context.Context, id string, op Operation) (location string, err error) {
	pause := triggerFirst
	for began := time.Now(); time.Since(began) < triggerFor; {
		a, err := op.Look(ctx, id)
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case flinkrest.NotFound(err):
			s.End(id, "", "the JobManager has forgotten it")
			return "", fmt.Errorf(
				"the JobManager has forgotten the %s: it was started again, or it is too long ago", op.Kind,
			)
		case err != nil && !fault.Is(err, fault.Offline, fault.Failing, fault.Throttled):
			return "", err
		case err == nil && a.Done:
			return s.ended(id, op.Kind, a)
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
		"the %s has not ended after %s: it is asked about again when the job is looked at", op.Kind, triggerFor,
	)
}

// ended reads what came of an operation.
func (s *Store) ended(id, kind string, a flinkrest.Async) (string, error) {
	if a.Failure == "" {
		s.End(id, a.Location, "")
		return a.Location, nil
	}
	text := failureText(a.Failure)
	s.End(id, "", text)
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

// SavepointOf is an operation on a job that leaves a savepoint or, of the kind
// checkpoint, a checkpoint. A stop is asked about as a savepoint.
func SavepointOf(
	of flinkrest.JobManager, job string, begin func(context.Context, string) error, kind string,
) Operation {
	return Operation{Kind: kind, Begin: begin, Look: func(ctx context.Context, id string) (flinkrest.Async, error) {
		if kind == "checkpoint" {
			return of.CheckpointTriggered(ctx, job, id)
		}
		return of.Triggered(ctx, job, id)
	}}
}

// LookAgain asks once about the operations on a job that nobody saw the end of: a
// console may have been left meanwhile.
func (s *Store) LookAgain(
	ctx context.Context, cluster string, of flinkrest.JobManager, job string,
) []Trigger {
	all := s.TriggersOf(cluster, job)
	for i, t := range all {
		if t.Done {
			continue
		}
		op := SavepointOf(of, job, nil, t.Kind)
		a, err := op.Look(ctx, t.ID)
		switch {
		case flinkrest.NotFound(err):
			all[i].Done, all[i].Failure = true, "the JobManager has forgotten it"
			s.End(t.ID, "", all[i].Failure)
		case err == nil && a.Done:
			location, failure := s.ended(t.ID, t.Kind, a)
			all[i].Done, all[i].Location = true, location
			if failure != nil {
				all[i].Failure = failure.Error()
			}
		}
	}
	return all
}
