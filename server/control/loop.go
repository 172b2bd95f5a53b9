// Package control moves what is observed towards what is desired. One loop
// takes the records whose time has come, has the engine asked about each of
// them beside it, and writes down what was seen; it sleeps while nothing can
// change.
//
// Ids are chosen and stored before the engine is called, and every call can be
// repeated, so the loop can die at any point and go on where it was.
package control

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"drey/server/engine"
	"drey/server/model"
)

// Queue is a store that knows what is due.
type Queue interface {
	model.Store
	// Due returns the scope, name and time of at most limit records whose time
	// has come, and when the next one after now comes; the zero time if none
	// does.
	Due(ctx context.Context, now time.Time, limit int) ([]model.Record, time.Time, error)
	// Woken receives after a write that made something due.
	Woken() <-chan struct{}
	// UpdateBehind is Update for who works behind the requests.
	UpdateBehind(ctx context.Context, fn func(model.Tx) error) error
	// Contended reports whether a request waits for the writer that asks.
	Contended() bool
}

// Options are what a Loop works on.
type Options struct {
	Queue  Queue
	Engine engine.Engine
	Now    func() time.Time
	Log    *slog.Logger
	// Planning is how many statements are planned at once; 0: four.
	Planning int
}

// Loop reconciles. Its methods are called by one goroutine; only the calls of
// the engine run beside it.
type Loop struct {
	queue  Queue
	engine engine.Engine
	now    func() time.Time
	log    *slog.Logger
	// taken are the statement runs that this process has started or taken up.
	taken map[string]bool
	// polls are the records that an engine wants asked again soon. They are
	// kept here: nothing is written for a look that shows nothing new, and
	// TakeUp finds them after a restart.
	polls map[key]poll
	// calls are the actions that run.
	calls *calls
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
	return &Loop{
		queue: o.Queue, engine: o.Engine, now: o.Now, log: o.Log, taken: map[string]bool{}, polls: map[key]poll{},
		calls: newCalls(cmp.Or(o.Planning, 4)),
	}
}

// Run reconciles until the context ends. An object whose action takes long
// holds up no other.
func (l *Loop) Run(ctx context.Context) error {
	defer l.calls.wait()
	if err := l.Resume(ctx); err != nil {
		return err
	}
	for ctx.Err() == nil {
		worked, next, err := l.step(ctx)
		if err != nil && ctx.Err() == nil {
			l.log.Error("reconcile", "error", err)
			worked, next = false, l.now().Add(5*time.Second)
		}
		if !worked && !l.sleep(ctx, next) {
			return nil
		}
	}
	return nil
}

// sleep waits for a write, an action's end or the time; false: the context has
// ended.
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
	case t := <-l.calls.ended:
		l.calls.finish(t)
	case <-l.queue.Woken():
	case <-alarm:
	}
	return true
}

// TakeUp makes what lived in an ended process due: statements that ran.
func (l *Loop) Resume(ctx context.Context) error {
	return l.queue.Update(ctx, func(tx model.Tx) error {
		return tx.Touch(model.Scope{Kind: model.KindStatement}, l.now(), activePhases...)
	})
}

// batch is how many records are decided on before outcomes are written.
const batch = 64

// Pass reconciles all that is due now, waits for its actions, and returns when
// the next record will be due.
func (l *Loop) Pass(ctx context.Context) (time.Time, error) {
	for {
		worked, next, err := l.step(ctx)
		if err != nil {
			l.calls.wait()
			return next, err
		}
		if worked {
			continue
		}
		if len(l.calls.running) == 0 {
			return next, nil
		}
		select {
		case t := <-l.calls.ended:
			l.calls.finish(t)
		case <-ctx.Done():
			l.calls.wait()
			return next, ctx.Err()
		}
	}
}

// step writes the outcomes of the actions that have ended, then decides on
// what is due and begins its actions. It waits for none. When there was nothing
// to do it says when the next record will be due.
func (l *Loop) step(ctx context.Context) (worked bool, next time.Time, err error) {
	ended := l.calls.drain()
	of := func(i int) model.Record { return ended[i].record }
	if err := l.inParts(ctx, len(ended), func(tx model.Tx, i int) error {
		return l.write(tx, ended[i])
	}, of); err != nil {
		l.schedulePolls(len(ended), of)
		return true, next, err
	}
	now := l.now().UTC()
	due, next, err := l.due(ctx, now)
	if err != nil {
		return false, next, err
	}
	decided := make([]*action, len(due))
	of = func(i int) model.Record { return due[i] }
	err = l.inParts(ctx, len(due), func(tx model.Tx, i int) (err error) {
		decided[i], err = l.decide(tx, due[i], now)
		return err
	}, of)
	if err != nil {
		l.schedulePolls(len(due), of)
		return true, next, err
	}
	for i, do := range decided {
		if do != nil {
			l.begin(ctx, due[i], do)
		}
	}
	return len(due)+len(ended) > 0, next, nil
}

// due are the records whose time has come and that no action is running for.
func (l *Loop) due(ctx context.Context, now time.Time) ([]model.Record, time.Time, error) {
	if len(l.calls.running) >= maxCalls {
		return nil, time.Time{}, nil
	}
	found, next, err := l.queue.Due(ctx, now, batch+len(l.calls.running))
	if err != nil {
		return nil, next, err
	}
	var due []model.Record
	seen := map[key]bool{}
	for _, record := range append(found, l.polled(now)...) {
		k := key{record.Scope, record.Name}
		if l.calls.running[k] == nil && !seen[k] && len(due) < batch {
			due, seen[k] = append(due, record), true
		}
	}
	return due, l.earliest(next), nil
}

// inParts runs do for 0 to n-1 in as few transactions as requests allow: when
// one waits to write, a transaction ends. Where one record cannot be written
// the others of its transaction are done on their own and it is postponed.
func (l *Loop) inParts(
	ctx context.Context, n int, do func(tx model.Tx, i int) error, of func(i int) model.Record,
) error {
	alone := -1 // up to which record each has a transaction of its own
	for i := 0; i < n; {
		begin, yields, began := i, false, time.Now()
		err := l.queue.UpdateBehind(ctx, func(tx model.Tx) error {
			for i, began = begin, time.Now(); i < n; {
				if err := do(tx, i); err != nil {
					return &stuckError{record: of(i), cause: err}
				}
				if i++; i <= alone {
					break
				}
				if yields = l.queue.Contended(); yields {
					break
				}
			}
			return nil
		})
		if yields {
			l.yield(ctx, time.Since(began))
		}
		var stuck *stuckError
		switch {
		case err == nil:
		case !errors.As(err, &stuck) || ctx.Err() != nil:
			return err
		case begin < i: // the records before it are still to be done
			alone, i = i, begin
		default:
			if err := l.postpone(ctx, stuck); err != nil {
				return err
			}
			i++
		}
	}
	return ctx.Err()
}

// yield leaves the store to requests for a while, after a transaction that
// one of them waited for: control has a quarter of the writing then.
func (l *Loop) yield(ctx context.Context, took time.Duration) {
	timer := time.NewTimer(min(3*took, 50*time.Millisecond))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// outcome writes down in rec what came of an action; keep is false when the
// record was deleted. The record is read anew: requests may have changed it.
type outcome func(tx model.Tx, rec *model.Record) (save bool, err error)

// action asks the engine, outside of transactions.
type action struct {
	call func(ctx context.Context) outcome
	// starts is the statement run that is started or taken up, "" for none:
	// that is planned, and few are at once.
	starts string
	large  bool // planning takes long
}

// newAction is an action that starts no statement.
func newAction(call func(ctx context.Context) outcome) *action { return &action{call: call} }

// begin has an action run beside the loop.
func (l *Loop) begin(ctx context.Context, record model.Record, do *action) {
	if do.starts != "" {
		l.taken[do.starts] = true
	}
	l.calls.begin(ctx, &task{record: record, action: do})
}

// write stores an outcome. A record that a request made due meanwhile stays due.
func (l *Loop) write(tx model.Tx, t *task) error {
	record, err := tx.Get(t.record.Scope, t.record.Name)
	if errors.Is(err, model.ErrMissing) || t.result == nil {
		return nil
	}
	if err != nil {
		return err
	}
	before := record
	save, err := t.result(tx, &record)
	if err != nil || !save {
		return err
	}
	if !before.Due.Equal(t.record.Due) {
		record.Due = l.now().UTC()
	}
	if same(before, record) {
		return nil
	}
	return tx.Save(record)
}

// same reports whether saving would change nothing.
func same(a, b model.Record) bool {
	return a.State == b.State && a.Due.Equal(b.Due) && bytes.Equal(a.Doc, b.Doc) &&
		bytes.Equal(a.ControllerState, b.ControllerState)
}

// decide reads the record anew and chooses what to do.
func (l *Loop) decide(tx model.Tx, due model.Record, now time.Time) (*action, error) {
	record, err := tx.Get(due.Scope, due.Name)
	if errors.Is(err, model.ErrMissing) {
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
	case model.KindApplication:
		return l.application(tx, record, now)
	case model.KindStatement:
		return l.statement(tx, record, now)
	case model.KindApplicationSavepoint, model.KindStatementSavepoint:
		return l.savepoint(tx, record, now)
	case model.KindOrphan:
		return l.orphan(record)
	case model.KindComputePool:
		return nil, advancePool(tx, record, now)
	}
	record.Due = time.Time{}
	return nil, tx.Save(record)
}

// orphan ends a job whose object is gone.
func (l *Loop) orphan(record model.Record) (*action, error) {
	orphan, err := model.ReadControllerState[model.Orphan](record)
	if err != nil {
		return nil, err
	}
	return newAction(func(ctx context.Context) outcome {
		var err error
		if orphan.Job != nil {
			err = l.engine.Applications().Remove(ctx, *orphan.Job)
		}
		if orphan.Run != nil {
			err = l.engine.Statements().StopStatement(ctx, *orphan.Run)
		}
		return func(tx model.Tx, rec *model.Record) (bool, error) {
			delete(l.taken, rec.Name)
			if err != nil && !errors.Is(err, engine.ErrNotFound) {
				l.log.Warn("end job of a deleted object", "job", rec.Name, "error", err)
				rec.Due = l.now().Add(time.Minute)
				return true, nil
			}
			return false, tx.Delete(rec.Scope, rec.Name)
		}
	}), nil
}

// backoff is how long to wait after so many failures in a row.
func backoff(failures int) time.Duration {
	return min(10*time.Second<<min(max(failures-1, 0), 10), 5*time.Minute)
}
