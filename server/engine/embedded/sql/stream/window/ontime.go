package window

import (
	"math"

	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
)

// OnTime passes on the rows of windows to a join. A row whose window is over
// ends the statement: whether Flink still joins it depends on how its two
// sources happen to run.
type OnTime struct {
	End   int // the column of the window's end
	Next  stream.Op
	time  int64
	begun bool
}

// Push implements Op.
func (o *OnTime) Push(c stream.Change) error {
	if o.begun && stream.Passed(c.Row[o.End].I, o.time) {
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
	return stream.PassMark(o.Next, w)
}

// Finish implements Op.
func (o *OnTime) Finish() error { return o.Next.Finish() }

// Name implements Step.
func (o *OnTime) Name() string { return "OnTime" }

// Behind implements Step.
func (o *OnTime) Behind() stream.Op { return o.Next }

func (o *OnTime) State(c *state.Codec) {
	c.Bool(&o.begun)
	c.Int64(&o.time)
}
