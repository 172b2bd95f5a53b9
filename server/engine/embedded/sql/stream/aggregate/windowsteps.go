package aggregate

import (
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
)

// heldRows are rows of windows that a step of Flink's windowed aggregate holds
// back. It looks at watermarks that pass the ends of windows without an offset,
// and then gives rows on only when the first of their windows is over: where
// windows have an offset, rows may come too late for them, and are lost.
type heldRows struct {
	rows    []heldRow
	first   int64 // when the first of their windows ends
	trigger int64 // the watermark that is looked at next
}

type heldRow struct {
	change stream.Change
	end    int64
}

func (h *heldRows) State(c *state.Codec) {
	c.Int64(&h.first)
	c.Int64(&h.trigger)
	state.List(c, &h.rows, func(r *heldRow) {
		stream.CarryChange(c, &r.change)
		c.Int64(&r.end)
	})
}
