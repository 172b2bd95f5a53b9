package stream

import (
	"math"

	"drey/server/engine/embedded/sql/sqlerr"
)

// OnTime passes on the rows of windows to a join. A row whose window is over
// ends the statement: whether Flink still joins it depends on how its two
// sources happen to run.
type OnTime struct {
	End   int // the column of the window's end
	Next  Op
	time  int64
	begun bool
}

// Push implements Op.
func (o *OnTime) Push(c Change) error {
	if o.begun && over(c.Row[o.End].I, o.time) {
		return sqlerr.RefuseRow("a late row in a join of windows")
	}
	return o.Next.Push(c)
}

// Mark implements Marker.
func (o *OnTime) Mark(w int64) error {
	if !o.begun {
		o.begun, o.time = true, math.MinInt64
	}
	o.time = max(o.time, w)
	return mark(o.Next, w)
}

// Finish implements Op.
func (o *OnTime) Finish() error { return o.Next.Finish() }
