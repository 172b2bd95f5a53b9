package sql

import (
	"errors"
	"math"

	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/stream"
)

// window holds the rows that were computed and can be read.
type window struct {
	out   []stream.Change
	first int64         // offset of out[0]
	asked int64         // the greatest offset asked for
	hold  int           // rows that are held for reading again; 0: any number
	held  *memory.Share // what out takes
	full  memory.Why    // why a row waits
	shed  func()        // has others drop rows that were fetched

	forced   bool // rows are held whatever they take
	catching bool // rows are held for nobody
}

// end is the offset behind the last row.
func (w *window) end() int64 { return w.first + int64(len(w.out)) }

// enough is the offset up to which a bounded statement computes by itself.
func (w *window) enough() int64 {
	if w.hold <= 0 {
		return math.MaxInt64
	}
	return w.first + int64(w.hold)
}

// grow makes space for a row: what was fetched is dropped first.
func (w *window) grow(size int64) bool {
	if w.forced {
		w.held.Force(size)
		return true
	}
	if w.full = w.held.Grow(size); w.full == memory.Grows {
		return true
	}
	fetched := w.asked - w.first
	if w.catching { // nobody reads these again
		fetched = int64(len(w.out))
	}
	if w.drop(fetched); fetched > 0 {
		w.full = w.held.Grow(size)
	}
	if w.full == memory.AllLimit && w.shed != nil {
		w.shed()
		w.full = w.held.Grow(size)
	}
	return w.full == memory.Grows
}

// drop forgets the oldest rows.
func (w *window) drop(n int64) {
	n = min(n, int64(len(w.out)))
	if n <= 0 {
		return
	}
	var size int64
	for _, ch := range w.out[:n] {
		size += changeBytes + ch.Row.Size()
	}
	clear(w.out[:n])
	w.out, w.first = w.out[n:], w.first+n
	w.held.Shrink(size)
}

// resume takes up rows that an earlier process held.
func (w *window) resume(rows []stream.Change, first int64) error {
	w.drop(int64(len(w.out)))
	w.out, w.first = rows, first
	for i, ch := range rows {
		if why := w.held.Grow(changeBytes + ch.Row.Size()); why != memory.Grows {
			w.out = rows[:i]
			w.drop(int64(i))
			return errors.New("the rows of the snapshot do not fit into the memory of statements")
		}
	}
	return nil
}

// trim drops the oldest rows that were read, beyond what is held.
func (w *window) trim() {
	if w.hold <= 0 {
		return
	}
	over := int64(len(w.out) - w.hold)
	over = min(over, w.asked-w.first)
	if over <= 0 {
		return
	}
	if over < int64(w.hold/4) && len(w.out) < 2*w.hold { // drop in pieces, not row by row
		return
	}
	w.drop(over)
}
