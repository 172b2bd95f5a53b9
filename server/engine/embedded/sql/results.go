package sql

import (
	"errors"
	"fmt"
	"iter"
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

// run makes a step of the pipeline, or goes on with one that waits. When the
// results are full it returns with j.suspended set and nothing taken.
func (j *job) run(due int64, limit int) (int, error) {
	if j.suspended == nil {
		next, stop := iter.Pull(func(yield func(struct{}) bool) {
			j.yield = yield
			j.last.took, j.last.err = j.pipeline.Step(due, limit)
		})
		j.suspended = &suspended{next, stop}
	}
	if _, waits := j.suspended.next(); waits {
		return 0, nil
	}
	j.suspended, j.yield, j.full = nil, nil, memory.Grows
	return j.last.took, j.last.err
}

// turnTime is how long a statement computes before others have their turn.
const turnTime = 100 * time.Millisecond

func (j *job) expired() bool { return time.Since(j.began) > turnTime }

// pause lets others compute, in the middle of a row if need be.
func (j *job) pause() error {
	if j.forced || j.yield == nil || !j.expired() {
		return nil
	}
	j.full = memory.Grows
	if !j.yield(struct{}{}) {
		return errStopped
	}
	return nil
}

// paused says that a step waits for nothing but its turn.
func (j *job) paused() bool {
	return j.suspended != nil && j.full == memory.Grows && j.failed == nil
}

// finishRow ends a step that waits, whatever the results take then: where the
// statement is written down it is between two rows.
func (j *job) finishRow() {
	if j.suspended == nil || j.failed != nil {
		return
	}
	j.forced = true
	_, err := j.run(0, 0)
	j.forced = false
	if err != nil {
		j.fail(err, j.started)
	}
}

// abandon unwinds a step that waits.
func (j *job) abandon() {
	if j.suspended != nil {
		j.suspended.stop()
		j.suspended, j.yield = nil, nil
	}
}

// hold adds a row to those that wait to be read; when they are full it waits.
func (j *job) holdRow(ch stream.Change) error {
	size := changeBytes + ch.Row.Size()
	for !j.grow(size) {
		if size > j.held.Limit() {
			return &sqlerr.Failure{Class: "java.lang.IllegalStateException", Message: fmt.Sprintf("a row of %s (%d bytes) does not fit into the results of a statement, which may take %s (drey serve --statement-results)", memory.Text(size), size, memory.Text(j.held.Limit()))}
		}
		if j.yield == nil || !j.yield(struct{}{}) {
			return errStopped
		}
	}
	j.out = append(j.out, ch)
	return nil
}

// grow makes place for a row: what was fetched is dropped first.
func (j *job) grow(size int64) bool {
	if j.forced {
		j.held.Force(size)
		return true
	}
	if j.full = j.held.Grow(size); j.full == memory.Grows {
		return true
	}
	fetched := j.asked - j.first
	if j.catching { // nobody reads these again
		fetched = int64(len(j.out))
	}
	if j.drop(fetched); fetched > 0 {
		j.full = j.held.Grow(size)
	}
	if j.full == memory.AllLimit && j.shed != nil {
		j.shed(j)
		j.full = j.held.Grow(size)
	}
	return j.full == memory.Grows
}

// drop forgets the oldest rows.
func (j *job) drop(n int64) {
	n = min(n, int64(len(j.out)))
	if n <= 0 {
		return
	}
	var size int64
	for _, ch := range j.out[:n] {
		size += changeBytes + ch.Row.Size()
	}
	clear(j.out[:n])
	j.out, j.first = j.out[n:], j.first+n
	j.held.Shrink(size)
}

// take up rows that an earlier process held.
func (j *job) holdAll(rows []stream.Change, first int64) error {
	j.drop(int64(len(j.out)))
	j.out, j.first = rows, first
	for i, ch := range rows {
		if why := j.held.Grow(changeBytes + ch.Row.Size()); why != memory.Grows {
			j.out = rows[:i]
			j.drop(int64(i))
			return errors.New("the rows of the snapshot do not fit into the memory of statements")
		}
	}
	return nil
}

// waits is what a person reads of a statement that waits for its reader.
func (j *job) waits() string {
	if j.suspended == nil || j.failed != nil || j.full == memory.Grows {
		return ""
	}
	if j.full == memory.AllLimit {
		return "Waiting for memory: the results and the state of all statements take what they may together (drey serve --statements-memory). It goes on when rows are fetched or statements are deleted."
	}
	return fmt.Sprintf("Waiting for its reader: %d rows of %s are held, which is all that results may take (drey serve --statement-results). It goes on when rows are fetched.", len(j.out), memory.Text(j.held.Used()))
}

// release gives back what a statement needs only while it runs; its rows can
// still be read.
func (j *job) release() {
	j.abandon()
	j.pipeline = j.pipeline.Ended()
	j.budget.Share.Clear()
	j.kept.events = j.pipeline.Events()
}

// forget gives back everything.
func (j *job) forget() (freed int64) {
	freed = j.budget.Share.Used() + j.held.Used()
	j.release()
	j.out, j.removed = nil, true
	j.held.Clear()
	return freed
}
