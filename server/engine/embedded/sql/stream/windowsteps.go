package stream

import "drey/server/engine/embedded/sql/state"

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
	change Change
	end    int64
}

func (a *WindowAggregate) hold(h *heldRows, c Change, end int64) error {
	if len(h.rows) == 0 || end < h.first {
		h.first = end
	}
	h.rows = append(h.rows, heldRow{c, end})
	return a.Budget.Take(0, c.Row)
}

// due gives the rows that a watermark lets go.
func (a *WindowAggregate) due(h *heldRows, watermark int64) []heldRow {
	if watermark < h.trigger {
		return nil
	}
	h.trigger = MaxWatermark
	if watermark != MaxWatermark {
		h.trigger = alignedTo(watermark, a.Shifted, 0) + a.Shifted - 1
		if h.trigger <= watermark {
			h.trigger += a.Shifted
		}
	}
	if len(h.rows) == 0 || !over(h.first, watermark) {
		return nil
	}
	rows := h.rows
	h.rows = nil
	for _, r := range rows {
		a.Budget.Give(0, r.change.Row)
	}
	return rows
}

// flush moves rows through both steps. Each drops those of windows that ended
// before this watermark.
func (a *WindowAggregate) flush(watermark int64) error {
	for _, r := range a.due(&a.local, watermark) {
		if over(r.end, a.time) {
			continue
		}
		if err := a.hold(&a.global, r.change, r.end); err != nil {
			return err
		}
	}
	for _, r := range a.due(&a.global, watermark) {
		if err := a.take(r.change, r.end); err != nil {
			return err
		}
	}
	return nil
}

func (h *heldRows) State(c *state.Codec) {
	c.Int64(&h.first)
	c.Int64(&h.trigger)
	state.List(c, &h.rows, func(r *heldRow) {
		carryChange(c, &r.change)
		c.Int64(&r.end)
	})
}
