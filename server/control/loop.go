// Package control moves what is observed towards what is desired. One loop
// takes the records whose time has come, asks the engine, and writes down what
// it saw; it sleeps while nothing can change.
//
// Ids are chosen and stored before the engine is called, and every call can be
// repeated, so the loop can die at any point and go on where it was.
package control

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"time"

	"drey/server/service"

	"golang.org/x/sync/errgroup"
)

// Queue is a store that knows what is due.
type Queue interface {
	service.Store
	// Due returns at most limit records whose time has come, and when the
	// next one after now comes; the zero time if none does.
	Due(ctx context.Context, now time.Time, limit int) ([]service.Record, time.Time, error)
	// Woken receives after a write that made something due.
	Woken() <-chan struct{}
}

// Options are what a Loop works on.
type Options struct {
	Queue  Queue
	Engine service.Engine
	Now    func() time.Time
	Log    *slog.Logger
}

// Loop reconciles. It is not safe for concurrent use.
type Loop struct {
	queue  Queue
	engine service.Engine
	now    func() time.Time
	log    *slog.Logger
	// taken are the statement runs that this process has started or taken up.
	taken map[string]bool
	// polls are the records that an engine wants asked again soon. They are
	// kept here: nothing is written for a look that shows nothing new, and
	// TakeUp finds them after a restart.
	polls map[key]poll
}

// poll is when to look at a record next, and how long the last wait was.
type poll struct {
	at   time.Time
	wait time.Duration
}

// New returns a Loop.
func New(o Options) *Loop {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Loop{queue: o.Queue, engine: o.Engine, now: o.Now, log: o.Log, taken: map[string]bool{}, polls: map[key]poll{}}
}

// Run reconciles until the context ends.
func (l *Loop) Run(ctx context.Context) error {
	if err := l.TakeUp(ctx); err != nil {
		return err
	}
	for {
		next, err := l.Pass(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			l.log.Error("reconcile", "error", err)
			next = l.now().Add(5 * time.Second)
		}
		if !l.sleep(ctx, next) {
			return nil
		}
	}
}

// sleep waits for a write or the time; false: the context has ended.
func (l *Loop) sleep(ctx context.Context, next time.Time) bool {
	var alarm <-chan time.Time
	if !next.IsZero() {
		timer := time.NewTimer(max(next.Sub(l.now()), 0))
		defer timer.Stop()
		alarm = timer.C
	}
	select {
	case <-ctx.Done():
		return false
	case <-l.queue.Woken():
	case <-alarm:
	}
	return true
}

// TakeUp makes what lived in an ended process due: statements that ran.
func (l *Loop) TakeUp(ctx context.Context) error {
	return l.queue.Update(ctx, func(tx service.Tx) error {
		return tx.Touch(service.Scope{Kind: service.KindStatement}, l.now(), activePhases...)
	})
}

const batch = 64

// Pass reconciles all that is due now and returns when the next record will be.
func (l *Loop) Pass(ctx context.Context) (time.Time, error) {
	for {
		now := l.now().UTC()
		records, next, err := l.queue.Due(ctx, now, batch)
		if err != nil {
			return next, err
		}
		records = append(records, l.polled(now)...)
		if len(records) == 0 {
			return l.earliest(next), nil
		}
		if err := l.reconcile(ctx, records, now); err != nil {
			if err = l.postpone(ctx, err); err != nil {
				return next, err
			}
		}
	}
}

// outcome writes down in rec what came of an action; keep is false when the
// record was deleted. The record is read anew: requests may have changed it.
type outcome func(tx service.Tx, rec *service.Record) (keep bool, err error)

// action asks the engine, outside of transactions.
type action func(ctx context.Context) outcome

// task is one record's action and what came of it.
type task struct {
	record service.Record
	action action
	result outcome
}

// reconcile decides in one transaction, acts, and notes in another.
func (l *Loop) reconcile(ctx context.Context, records []service.Record, now time.Time) error {
	var tasks []*task
	err := l.queue.Update(ctx, func(tx service.Tx) error {
		tasks = nil
		for _, record := range records {
			do, err := l.decide(tx, record, now)
			if err != nil {
				return &stuckError{record: record, cause: err}
			}
			if do != nil {
				tasks = append(tasks, &task{record: record, action: do})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	l.act(ctx, tasks)
	if len(tasks) == 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	return l.queue.Update(ctx, func(tx service.Tx) error {
		for _, t := range tasks {
			if err := note(tx, t, now); err != nil {
				return &stuckError{record: t.record, cause: err}
			}
		}
		return nil
	})
}

func (l *Loop) act(ctx context.Context, tasks []*task) {
	var group errgroup.Group
	group.SetLimit(8)
	for _, t := range tasks {
		group.Go(func() error {
			limited, cancel := context.WithTimeout(ctx, 30*time.Second)
			defer cancel()
			t.result = t.action(limited)
			return nil
		})
	}
	_ = group.Wait()
}

// note stores an outcome. A record that a request made due meanwhile stays due.
func note(tx service.Tx, t *task, now time.Time) error {
	record, err := tx.Get(t.record.Scope, t.record.Name)
	if errors.Is(err, service.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	before := record
	keep, err := t.result(tx, &record)
	if err != nil || !keep {
		return err
	}
	if !before.Due.Equal(t.record.Due) {
		record.Due = now
	}
	if same(before, record) {
		return nil
	}
	return tx.Save(record)
}

// same reports whether saving would change nothing.
func same(a, b service.Record) bool {
	return a.State == b.State && a.Due.Equal(b.Due) && bytes.Equal(a.Doc, b.Doc) && bytes.Equal(a.Note, b.Note)
}

// decide reads the record anew and chooses what to do.
func (l *Loop) decide(tx service.Tx, due service.Record, now time.Time) (action, error) {
	record, err := tx.Get(due.Scope, due.Name)
	if errors.Is(err, service.ErrMissing) {
		delete(l.polls, key{due.Scope, due.Name})
		return nil, nil
	}
	if err == nil && !record.Due.Equal(due.Due) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	switch record.Kind {
	case service.KindApplication:
		return l.application(tx, record, now)
	case service.KindStatement:
		return l.statement(tx, record, now)
	case service.KindApplicationSavepoint, service.KindStatementSavepoint:
		return l.savepoint(tx, record, now)
	case service.KindOrphan:
		return l.orphan(record)
	case service.KindComputePool:
		return nil, service.AdvancePool(tx, record, now)
	}
	record.Due = time.Time{}
	return nil, tx.Save(record)
}

// orphan ends a job whose object is gone.
func (l *Loop) orphan(record service.Record) (action, error) {
	orphan, err := service.ReadNote[service.Orphan](record)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) outcome {
		var err error
		if orphan.Job != nil {
			err = l.engine.Applications().Remove(ctx, *orphan.Job)
		}
		if orphan.Run != nil {
			err = l.engine.Statements().StopStatement(ctx, *orphan.Run)
		}
		return func(tx service.Tx, rec *service.Record) (bool, error) {
			delete(l.taken, rec.Name)
			if err != nil && !errors.Is(err, service.ErrNotFound) {
				l.log.Warn("end job of a deleted object", "job", rec.Name, "error", err)
				rec.Due = l.now().Add(time.Minute)
				return true, nil
			}
			return false, tx.Delete(rec.Scope, rec.Name)
		}
	}, nil
}

// backoff is how long to wait after so many failures in a row.
func backoff(failures int) time.Duration {
	return min(10*time.Second<<min(max(failures-1, 0), 10), 5*time.Minute)
}
