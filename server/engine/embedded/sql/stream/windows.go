package stream

import (
	"math"
	"sort"

	"drey/client/cmf"
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
	Next     Op
}

// Push implements Op. A row without a time is in no window.
func (w *Windows) Push(c Change) error {
	at := c.Row[w.Time]
	if !at.Valid {
		return nil
	}
	if w.Cumulate {
		start := alignedTo(at.I, w.Size, w.Offset)
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
	for start := alignedTo(at.I, w.Slide, w.Offset); start > at.I-w.Size; start -= w.Slide {
		if err := w.pass(c, start, start+w.Size); err != nil {
			return err
		}
	}
	return nil
}

// alignedTo is the greatest multiple of size, moved by offset, up to t.
func alignedTo(t, size, offset int64) int64 {
	rest := (t - offset) % size
	if rest < 0 {
		rest += size
	}
	return t - rest
}

func (w *Windows) pass(c Change, start, end int64) error {
	return w.Next.Push(Change{c.Op, withWindow(c.Row, start, end)})
}

func withWindow(row value.Row, start, end int64) value.Row {
	out := make(value.Row, len(row), len(row)+3)
	copy(out, row)
	return append(out, value.Stamp(start, 0), value.Stamp(end, 0), value.Stamp(end-1, 0))
}

// Finish implements Op.
func (w *Windows) Finish() error { return w.Next.Finish() }

// Mark implements Marker.
func (w *Windows) Mark(m int64) error { return mark(w.Next, m) }

// WindowAggregate groups rows of windows and gives the groups of a window
// when its time is over. Rows that come later are dropped.
type WindowAggregate struct {
	Aggregate
	End int // the key that is the window's end
	// Shifted is set when windows begin at an offset: from one to the next.
	Shifted int64
	// The two steps of Flink, with Shifted: one before rows meet, and one behind.
	local, global heldRows
	time          int64
	open          map[int64][]*group // by the window's end
	keys          map[*group]string
}

// Push implements Op.
func (a *WindowAggregate) Push(c Change) error {
	a.start()
	end, err := a.Keys[a.End](c.Row)
	if err != nil {
		return err
	}
	if a.Shifted == 0 {
		return a.take(c, end.I)
	}
	return a.hold(&a.local, c, end.I)
}

// take puts a row into its group, unless its window is over.
func (a *WindowAggregate) take(c Change, end int64) error {
	if over(end, a.time) {
		return nil
	}
	g, err := a.find(c)
	if err != nil {
		return err
	}
	if g.count == 0 {
		a.open[end] = append(a.open[end], g)
		a.keys[g] = string(a.key)
	}
	for i, agg := range a.Aggs {
		if err := feed(g.accs[i], agg, c); err != nil {
			return err
		}
	}
	g.count++
	a.order = nil
	return nil
}

func (a *WindowAggregate) start() {
	if a.open == nil {
		a.open, a.keys, a.Batch = map[int64][]*group{}, map[*group]string{}, true
	}
}

// over says whether a window has ended.
func over(end, watermark int64) bool { return end-1 <= watermark }

// NewWindowAggregate begins before all time.
func NewWindowAggregate(a Aggregate, end int) *WindowAggregate {
	a.Expiry = nil // windows end by their watermark
	if a.Budget != nil {
		a.Budget.Rename("WindowAggregate")
	}
	return &WindowAggregate{Aggregate: a, End: end, time: math.MinInt64}
}

// Mark implements Marker: it gives the windows that are over, oldest first.
func (a *WindowAggregate) Mark(watermark int64) error {
	if a.Shifted > 0 {
		if err := a.flush(watermark); err != nil {
			return err
		}
	}
	a.time = max(a.time, watermark)
	var ends []int64
	for end := range a.open {
		if over(end, watermark) {
			ends = append(ends, end)
		}
	}
	sort.Slice(ends, func(i, j int) bool { return ends[i] < ends[j] })
	for _, end := range ends {
		for _, g := range a.open[end] {
			row, err := g.result()
			if err != nil {
				return err
			}
			a.release(g, a.keys[g])
			delete(a.groups, a.keys[g])
			delete(a.keys, g)
			if err := a.Next.Push(Change{cmf.OpInsert, row}); err != nil {
				return err
			}
		}
		delete(a.open, end)
	}
	return mark(a.Next, watermark)
}

// Finish implements Op.
func (a *WindowAggregate) Finish() error { return a.Next.Finish() }
