package stream

import (
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
)

func CarryWaiting(c *state.Codec, p *[]WaitingRow) {
	state.List(c, p, func(w *WaitingRow) {
		c.Int64(&w.At)
		c.Text(&w.Key)
		c.Row(&w.Row)
	})
}

type WaitingRow struct {
	At  int64
	Key string
	Row value.Row
}

// DropFirst drops the first n rows; what is not used any more is not held.
func DropFirst(list []WaitingRow, n int) []WaitingRow {
	rest := append(list[:0], list[n:]...)
	clear(list[len(rest):])
	return rest
}

func RowsOf(r WaitingRow) []value.Row {
	if r.Row == nil {
		return nil
	}
	return []value.Row{r.Row}
}
