// Package window puts rows into windows of time.
package window

import (
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
)

// Windows puts each row into its windows: start, end and time are added as
// columns, once for each window. Times are in milliseconds.
type Windows struct {
	Time   int // the column of the time
	Size   int64
	Slide  int64 // from one window to the next; of CUMULATE, the step
	Offset int64
	// Cumulate has windows of one start grow by Slide up to Size.
	Cumulate bool
	Next     stream.Op
}

// Push implements Op. A row without a time is in no window.
func (w *Windows) Push(c stream.Change) error {
	at := c.Row[w.Time]
	if !at.Valid {
		return nil
	}
	if w.Cumulate {
		start := stream.AlignedTo(at.I, w.Size, w.Offset)
		for end := start + w.Slide; end <= start+w.Size; end += w.Slide {
			if end <= at.I {
				continue
			}
			if err := w.pass(c, start, end); err != nil {
				return err
			}
		}
		return nil
	}
	for start := stream.AlignedTo(at.I, w.Slide, w.Offset); start > at.I-w.Size; start -= w.Slide {
		if err := w.pass(c, start, start+w.Size); err != nil {
			return err
		}
	}
	return nil
}

func (w *Windows) pass(c stream.Change, start, end int64) error {
	return w.Next.Push(stream.Change{Op: c.Op, Row: withWindow(c.Row, start, end)})
}

func withWindow(row value.Row, start, end int64) value.Row {
	out := make(value.Row, len(row), len(row)+3)
	copy(out, row)
	return append(out, value.Stamp(start, 0), value.Stamp(end, 0), value.Stamp(end-1, 0))
}

// Finish implements Op.
func (w *Windows) Finish() error { return w.Next.Finish() }

// Mark implements Marker.
func (w *Windows) Mark(m int64) error { return stream.PassMark(w.Next, m) }

// Name implements Step.
func (o *Windows) Name() string { return "WindowTableFunction" }

// Behind implements Step.
func (o *Windows) Behind() stream.Op { return o.Next }
