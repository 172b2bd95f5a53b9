package stream

import (
	"math"
	"sort"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/value"
)

// OverTime computes functions over windows in the order of event time. Rows
// wait for the watermark; those that come after it are dropped.
type OverTime struct {
	OverSpec
	Time   int // the column of event time
	Budget *Budget
	Next   Op

	time    int64
	begun   bool
	waiting []waitingRow
	parts   map[string]*timePartition
}

type waitingRow struct {
	at  int64
	key string
	row value.Row
}

// timePartition is the state of one partition.
type timePartition struct {
	accs  []accumulator
	kept  []waitingRow // rows that a frame may still need
	count int64
	last  int64 // the time of the last row that was given
}

// Push implements Op.
func (o *OverTime) Push(c Change) error {
	if !o.begun {
		o.begun, o.time, o.parts = true, math.MinInt64, map[string]*timePartition{}
	}
	at := c.Row[o.Time].I
	key, err := keyOf(o.Partition, o.PartitionTypes, c.Row)
	if err != nil {
		return err
	}
	if p := o.parts[key]; at <= o.time && (o.unbounded() || p != nil && at <= p.last) {
		return nil
	}
	o.waiting = append(o.waiting, waitingRow{at, key, c.Row})
	if err := o.Budget.Take(len(key), c.Row); err != nil {
		return err
	}
	if at <= o.time {
		return o.pass(o.time)
	}
	return nil
}

// behind drops the first n rows; what is not used any more is not held.
func behind(list []waitingRow, n int) []waitingRow {
	kept := append(list[:0], list[n:]...)
	clear(list[len(kept):])
	return kept
}

func (o *OverTime) unbounded() bool {
	for _, c := range o.Calls {
		if c.Agg != nil && (c.Frame.From != NoBound || c.Frame.Range != NoBound) {
			return false
		}
	}
	return true
}

// Mark implements Marker.
func (o *OverTime) Mark(watermark int64) error {
	if o.begun {
		o.time = max(o.time, watermark)
	}
	if err := o.pass(watermark); err != nil {
		return err
	}
	return mark(o.Next, watermark)
}

// pass gives the rows up to a time in their order.
func (o *OverTime) pass(until int64) error {
	sort.SliceStable(o.waiting, func(i, j int) bool { return o.waiting[i].at < o.waiting[j].at })
	n := sort.Search(len(o.waiting), func(i int) bool { return o.waiting[i].at > until })
	due := o.waiting[:n]
	for len(due) > 0 {
		same := sort.Search(len(due), func(i int) bool { return due[i].at > due[0].at })
		if err := o.moment(due[:same]); err != nil {
			return err
		}
		due = due[same:]
	}
	o.waiting = behind(o.waiting, n)
	return nil
}

// moment gives the rows of one time, partition by partition.
func (o *OverTime) moment(rows []waitingRow) error {
	done := map[string]bool{}
	for i, r := range rows {
		if done[r.key] {
			continue
		}
		done[r.key] = true
		var own []waitingRow
		for _, other := range rows[i:] {
			if other.key == r.key {
				own = append(own, other)
			}
		}
		if err := o.give(r.key, own); err != nil {
			return err
		}
	}
	return nil
}

func (o *OverTime) give(key string, rows []waitingRow) error {
	p := o.parts[key]
	if p == nil {
		p = &timePartition{accs: o.accumulators()}
		o.parts[key] = p
		if err := o.Budget.Take(len(key)); err != nil {
			return err
		}
	}
	p.last = rows[0].at
	if o.byRows() {
		for _, r := range rows {
			if err := o.giveGroup(p, []waitingRow{r}); err != nil {
				return err
			}
		}
		return nil
	}
	return o.giveGroup(p, rows)
}

func (o *OverTime) accumulators() []accumulator {
	accs := make([]accumulator, len(o.Calls))
	for i, c := range o.Calls {
		if c.Agg != nil {
			accs[i] = newAccumulator(c.Agg, c.Frame.From != NoBound || c.Frame.Range != NoBound, o.Budget)
		}
	}
	return accs
}

// byRows says whether rows of one time are given one by one.
func (o *OverTime) byRows() bool {
	for _, c := range o.Calls {
		if c.Agg == nil || c.Frame.Rows {
			return true
		}
	}
	return false
}

// giveGroup adds rows that share their values, and passes them on.
func (o *OverTime) giveGroup(p *timePartition, rows []waitingRow) error {
	for _, r := range rows {
		p.count++
		p.kept = append(p.kept, r)
		for i, c := range o.Calls {
			if c.Agg == nil {
				continue
			}
			if err := feed(p.accs[i], c.Agg, Change{cmf.OpInsert, r.row}); err != nil {
				return err
			}
		}
	}
	if err := o.leave(p, rows[0].at); err != nil {
		return err
	}
	values := make(value.Row, len(o.Calls))
	for i := range o.Calls {
		v, err := o.value(p, i)
		if err != nil {
			return err
		}
		values[i] = v
	}
	o.forget(p)
	for _, r := range rows {
		if err := o.Next.Push(Change{cmf.OpInsert, joinRows(r.row, values)}); err != nil {
			return err
		}
	}
	return nil
}

// leave takes back the rows that are behind the frame. All calls share it.
func (o *OverTime) leave(p *timePartition, now int64) error {
	f := o.Calls[0].Frame
	for len(p.kept) > 0 {
		oldest := p.kept[0]
		gone := f.Rows && f.From != NoBound && int64(len(p.kept)) > -f.From+1 || f.Range != NoBound && oldest.at < now-f.Range
		if o.Calls[0].Agg == nil || !gone {
			return nil
		}
		for i, c := range o.Calls {
			if c.Agg == nil {
				continue
			}
			if err := feed(p.accs[i], c.Agg, Change{cmf.OpDelete, oldest.row}); err != nil {
				return err
			}
		}
		o.Budget.Give(len(oldest.key), oldest.row)
		p.kept[0] = waitingRow{}
		p.kept = p.kept[1:]
	}
	return nil
}

func (o *OverTime) value(p *timePartition, i int) (value.Value, error) {
	c := o.Calls[i]
	switch {
	case c.Name == "ROW_NUMBER":
		return value.Int(p.count), nil
	case c.Name == "LAG":
		if at := len(p.kept) - 1 - int(c.By); at >= 0 {
			return c.Arg(p.kept[at].row)
		}
		return value.NULL, nil
	case (c.Agg.Name == "FIRST_VALUE" || c.Agg.Name == "LAST_VALUE") && (c.Frame.From != NoBound || c.Frame.Range != NoBound):
		rows := make([]value.Row, len(p.kept))
		for k, r := range p.kept {
			rows[k] = r.row
		}
		return firstValid(&c, rows)
	}
	return p.accs[i].result()
}

// forget drops rows that no call needs any more.
func (o *OverTime) forget(p *timePartition) {
	need := int64(1)
	for _, c := range o.Calls {
		switch {
		case c.Name == "LAG":
			need = max(need, c.By)
		case c.Agg != nil && (c.Frame.From != NoBound || c.Frame.Range != NoBound):
			return // the frame tells
		}
	}
	for int64(len(p.kept)) > need {
		o.Budget.Give(len(p.kept[0].key), p.kept[0].row)
		p.kept[0] = waitingRow{}
		p.kept = p.kept[1:]
	}
}

// Finish implements Op.
func (o *OverTime) Finish() error { return o.Next.Finish() }
