package sql

import (
	"errors"
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/stream"
)

// changeBytes is what a row that waits to be read takes besides its values.
const changeBytes = 64

// errStopped unwinds a pipeline that nobody goes on with.
var errStopped = errors.New("the statement was stopped")

// suspended is a pipeline that waits in the middle of a row, as the results
// are full.
type suspended struct {
	next func() (struct{}, bool)
	stop func()
}

// outcome is what a step of the pipeline gave.
type outcome struct {
	took int
	err  error
}

// work is how a job computes, and for how long.
type work struct {
	suspended   *suspended
	yield       func(struct{}) bool // of the step that runs: it waits for its reader
	last        outcome
	working     chan struct{} // of Statements
	began       time.Time     // the step that runs
	spent       time.Duration // computing
	most        time.Duration // that a bounded statement may spend
	interrupted atomic.Bool   // ends what is computed
}

func (w *work) expired() bool { return time.Since(w.began) > turnTime }

// abandon unwinds a step that waits.
func (w *work) abandon() {
	if w.suspended != nil {
		w.suspended.stop()
		w.suspended, w.yield = nil, nil
	}
}

// run makes a step of the pipeline, or goes on with one that waits. When the
// results are full it returns with j.work.suspended set and nothing taken.
func (j *job) run(due int64, limit int) (int, error) {
	if j.work.suspended == nil {
		next, stop := iter.Pull(func(yield func(struct{}) bool) {
			j.work.yield = yield
			j.work.last.took, j.work.last.err = j.pipeline.Step(due, limit)
		})
		j.work.suspended = &suspended{next, stop}
	}
	if _, waits := j.work.suspended.next(); waits {
		return 0, nil
	}
	j.work.suspended, j.work.yield, j.window.full = nil, nil, memory.Grows
	return j.work.last.took, j.work.last.err
}

// turnTime is how long a statement computes before others have their turn.
const turnTime = 100 * time.Millisecond

// pause lets others compute, in the middle of a row if need be.
func (j *job) pause() error {
	if j.window.forced || j.work.yield == nil || !j.work.expired() {
		return nil
	}
	j.window.full = memory.Grows
	if !j.work.yield(struct{}{}) {
		return errStopped
	}
	return nil
}

// paused says that a step waits for nothing but its turn.
func (j *job) paused() bool {
	return j.work.suspended != nil && j.window.full == memory.Grows && j.life.failed == nil
}

// finishRow ends a step that waits, whatever the results take then: where the
// statement is written down it is between two rows.
func (j *job) finishRow() {
	if j.work.suspended == nil || j.life.failed != nil {
		return
	}
	j.window.forced = true
	_, err := j.run(0, 0)
	j.window.forced = false
	if err != nil {
		j.fail(err, j.life.started)
	}
}

// hold adds a row to those that wait to be read; when they are full it waits.
func (j *job) holdRow(ch stream.Change) error {
	size := changeBytes + ch.Row.Size()
	for !j.window.grow(size) {
		if size > j.window.held.Limit() {
			return &sqlerr.Failure{Class: "java.lang.IllegalStateException", Message: fmt.Sprintf(
				"a row of %s (%d bytes) does not fit into the results of a statement, which may take %s (drey serve "+
					"--statement-results)",
				memory.Text(size), size, memory.Text(j.window.held.Limit()),
			)}
		}
		if j.work.yield == nil || !j.work.yield(struct{}{}) {
			return errStopped
		}
	}
	j.window.out = append(j.window.out, ch)
	return nil
}

// waits is what a person reads of a statement that waits for its reader.
func (j *job) waits() string {
	if j.work.suspended == nil || j.life.failed != nil || j.window.full == memory.Grows {
		return ""
	}
	if j.window.full == memory.AllLimit {
		return "Waiting for memory: the results and the state of all statements take what they may together (drey serve " +
			"--statements-memory). It goes on when rows are fetched or statements are deleted."
	}
	return fmt.Sprintf(
		"Waiting for its reader: %d rows of %s are held, which is all that results may take (drey serve "+
			"--statement-results). It goes on when rows are fetched.",
		len(j.window.out), memory.Text(j.window.held.Used()),
	)
}

// release gives back what a statement needs only while it runs; its rows can
// still be read.
func (j *job) release() {
	j.work.abandon()
	j.pipeline = j.pipeline.Ended()
	j.budget.Share.Clear()
	j.progress.written.events = j.pipeline.Events()
}

// forget gives back everything.
func (j *job) forget() (freed int64) {
	freed = j.budget.Share.Used() + j.window.held.Used()
	j.release()
	j.window.out, j.life.removed = nil, true
	j.window.held.Clear()
	return freed
}
