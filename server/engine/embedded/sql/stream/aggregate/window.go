package aggregate

import (
	"fmt"
	"math"
	"sort"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
)

func (a *WindowAggregate) State(c *state.Codec) {
	c.Int64(&a.time)
	a.local.State(c)
	a.global.State(c)
	began := a.open != nil
	if c.Bool(&began); !began {
		return
	}
	a.start()
	a.begin()
	ends := stream.CarryWindows(c, &a.open)
	for i := range ends {
		groups := a.open[ends[i]]
		c.Int64(&ends[i])
		state.List(c, &groups, func(p **group) { a.group(c, p) })
		if !c.Loading || c.Err != nil {
			continue
		}
		a.open[ends[i]] = groups
		for _, g := range groups {
			a.keys[g] = a.keyOf(g)
			a.groups[a.keys[g]] = g
		}
	}
}

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
func (a *WindowAggregate) Push(c stream.Change) error {
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
func (a *WindowAggregate) take(c stream.Change, end int64) error {
	if stream.Passed(end, a.time) {
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
		if err := Feed(g.accs[i], agg, c); err != nil {
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
		if stream.Passed(end, watermark) {
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
			if err := a.Next.Push(stream.Change{Op: cmf.OpInsert, Row: row}); err != nil {
				return err
			}
		}
		delete(a.open, end)
	}
	return stream.PassMark(a.Next, watermark)
}

// Finish implements Op.
func (a *WindowAggregate) Finish() error { return a.Next.Finish() }

// Name implements Step.
func (o *WindowAggregate) Name() string {
	return fmt.Sprintf("WindowAggregate(%d keys, %d aggregates)", len(o.Keys), len(o.Aggs))
}

// Behind implements Step.
func (o *WindowAggregate) Behind() stream.Op { return o.Next }

func (a *WindowAggregate) hold(h *heldRows, c stream.Change, end int64) error {
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
	h.trigger = stream.MaxWatermark
	if watermark != stream.MaxWatermark {
		h.trigger = stream.AlignedTo(watermark, a.Shifted, 0) + a.Shifted - 1
		if h.trigger <= watermark {
			h.trigger += a.Shifted
		}
	}
	if len(h.rows) == 0 || !stream.Passed(h.first, watermark) {
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
		if stream.Passed(r.end, a.time) {
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
