package overagg

import (
	"math"
	"sort"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions/aggregates"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/aggregate"
	"drey/server/engine/embedded/sql/value"
)

func (o *OverTime) State(c *state.Codec) {
	c.Bool(&o.begun)
	c.Int64(&o.time)
	stream.CarryWaiting(c, &o.waiting)
	state.Table(c, &o.parts, state.Pointer(func(p *timePartition) {
		if c.Loading {
			p.accs = o.accumulators()
		}
		for _, acc := range p.accs {
			if acc != nil {
				acc.State(c)
			}
		}
		stream.CarryWaiting(c, &p.rows)
		c.Int64(&p.count)
		c.Int64(&p.last)
		c.Int64(&p.cleanup)
	}))
}

// OverTime computes functions over windows in the order of event time. Rows
// wait for the watermark; those that come after it are dropped.
type OverTime struct {
	OverSpec
	Time   int // the column of event time
	Budget *state.Budget
	Next   stream.Op

	time    int64
	begun   bool
	waiting []stream.WaitingRow
	parts   map[string]*timePartition
}

// timePartition is the state of one partition.
type timePartition struct {
	accs  []state.Accumulator
	rows  []stream.WaitingRow // rows that a frame may still need
	count int64
	last  int64 // the time of the last timer; 0 at first, as in Flink
	// cleanup is when a partition with a frame of time forgets everything; 0: not set.
	cleanup int64
}

// Push implements Op. What is late differs: with all rows before the frame it
// is what the watermark has passed, else what is not behind the last timer of
// its partition.
func (o *OverTime) Push(c stream.Change) error {
	if !o.begun {
		o.begun, o.time, o.parts = true, math.MinInt64, map[string]*timePartition{}
	}
	at := c.Row[o.Time].I
	key, err := stream.KeyOf(o.Partition, o.PartitionTypes, c.Row)
	if err != nil {
		return err
	}
	if o.unbounded() {
		if at <= o.time {
			return nil
		}
	} else {
		p, err := o.part(key)
		if err != nil || at <= p.last {
			return err
		}
		if err := o.scheduleCleanup(p, key, at); err != nil {
			return err
		}
	}
	o.waiting = append(o.waiting, stream.WaitingRow{At: at, Key: key, Row: c.Row})
	return o.Budget.Take(len(key), c.Row)
}

func (o *OverTime) part(key string) (*timePartition, error) {
	p := o.parts[key]
	if p != nil {
		return p, nil
	}
	p = &timePartition{accs: o.accumulators()}
	o.parts[key] = p
	return p, o.Budget.Take(len(key))
}

// scheduleCleanup sets when a partition with a frame of time forgets what it
// has, as Flink's RowTimeRangeBoundedPrecedingFunction does: a timer, that
// counts as one even where it only finds that another was set since.
func (o *OverTime) scheduleCleanup(p *timePartition, key string, at int64) error {
	size := o.Calls[0].Frame.Range
	if o.Calls[0].Agg == nil || o.Calls[0].Frame.Rows || size == NoBound || p.cleanup != 0 && p.cleanup >= at+size+1 {
		return nil
	}
	p.cleanup = at + size + size/2 + 1
	o.waiting = append(o.waiting, stream.WaitingRow{At: p.cleanup, Key: key})
	return o.Budget.Take(len(key))
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
	return stream.PassMark(o.Next, watermark)
}

// pass gives the rows up to a time in their order.
func (o *OverTime) pass(until int64) error {
	sort.SliceStable(o.waiting, func(i, j int) bool { return o.waiting[i].At < o.waiting[j].At })
	n := sort.Search(len(o.waiting), func(i int) bool { return o.waiting[i].At > until })
	due := o.waiting[:n]
	for len(due) > 0 {
		same := sort.Search(len(due), func(i int) bool { return due[i].At > due[0].At })
		if err := o.timers(due[:same]); err != nil {
			return err
		}
		due = due[same:]
	}
	o.waiting = stream.DropFirst(o.waiting, n)
	return nil
}

// timers gives the rows of one time, partition by partition.
func (o *OverTime) timers(rows []stream.WaitingRow) error {
	if len(rows) == 1 {
		return o.timer(rows[0].At, rows[0].Key, rows)
	}
	own := map[string][]stream.WaitingRow{}
	var order []string
	for _, r := range rows {
		if _, ok := own[r.Key]; !ok {
			order = append(order, r.Key)
		}
		own[r.Key] = append(own[r.Key], r)
	}
	for _, key := range order {
		if err := o.timer(rows[0].At, key, own[key]); err != nil {
			return err
		}
	}
	return nil
}

// timer is the time of a partition: of rows, of the cleanup, or of both.
func (o *OverTime) timer(at int64, key string, rows []stream.WaitingRow) error {
	real := make([]stream.WaitingRow, 0, len(rows))
	for _, r := range rows {
		o.Budget.Give(len(key), stream.RowsOf(r)...)
		if r.Row != nil {
			real = append(real, r)
		}
	}
	p := o.parts[key]
	if p != nil && p.cleanup != 0 && p.cleanup <= at {
		o.forgetAll(p, key)
		return nil
	}
	if p == nil && len(real) == 0 {
		return nil
	}
	p, err := o.part(key)
	if err != nil {
		return err
	}
	p.last = at
	if len(real) == 0 {
		return nil
	}
	if o.byRows() {
		for _, r := range real {
			if err := o.giveGroup(p, []stream.WaitingRow{r}); err != nil {
				return err
			}
		}
		return nil
	}
	return o.giveGroup(p, real)
}

// forgetAll drops a partition.
func (o *OverTime) forgetAll(p *timePartition, key string) {
	for _, r := range p.rows {
		o.Budget.Give(len(r.Key), r.Row)
	}
	for _, acc := range p.accs {
		if h, ok := acc.(aggregates.Holder); ok {
			_ = o.Budget.Grow(-h.Held())
		}
	}
	delete(o.parts, key)
	o.Budget.Give(len(key))
}

func (o *OverTime) accumulators() []state.Accumulator {
	accs := make([]state.Accumulator, len(o.Calls))
	for i, c := range o.Calls {
		if c.Agg != nil {
			accs[i] = aggregates.New(c.Agg, c.Frame.From != NoBound || c.Frame.Range != NoBound, o.Budget)
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
func (o *OverTime) giveGroup(p *timePartition, rows []stream.WaitingRow) error {
	for _, r := range rows {
		p.count++
		p.rows = append(p.rows, r)
		if err := o.Budget.Take(len(r.Key), r.Row); err != nil {
			return err
		}
		if err := o.feed(p, stream.Change{Op: cmf.OpInsert, Row: r.Row}); err != nil {
			return err
		}
	}
	if err := o.leave(p, rows[0].At); err != nil {
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
		if err := o.Next.Push(stream.Change{Op: cmf.OpInsert, Row: stream.JoinRows(r.Row, values)}); err != nil {
			return err
		}
	}
	return nil
}

// feed gives a change to all that aggregates.
func (o *OverTime) feed(p *timePartition, c stream.Change) error {
	for i, call := range o.Calls {
		if call.Agg == nil {
			continue
		}
		if err := aggregate.Feed(p.accs[i], call.Agg, c); err != nil {
			return err
		}
	}
	return nil
}

// leave takes back the rows that are behind the frame. All calls share it.
func (o *OverTime) leave(p *timePartition, now int64) error {
	f := o.Calls[0].Frame
	for len(p.rows) > 0 {
		oldest := p.rows[0]
		expired := f.Rows && f.From != NoBound && int64(len(p.rows)) > -f.From+1 ||
			f.Range != NoBound && oldest.At < now-f.Range
		if o.Calls[0].Agg == nil || !expired {
			return nil
		}
		if err := o.feed(p, stream.Change{Op: cmf.OpDelete, Row: oldest.Row}); err != nil {
			return err
		}
		o.Budget.Give(len(oldest.Key), oldest.Row)
		p.rows[0] = stream.WaitingRow{}
		p.rows = p.rows[1:]
	}
	return nil
}

func (o *OverTime) value(p *timePartition, i int) (value.Value, error) {
	c := o.Calls[i]
	switch {
	case c.Of != nil && c.Of.Over.Step == 0:
		return c.Of.Over.Number(expr.Standing{Row: int(p.count) - 1}, c.By), nil
	case c.Of != nil:
		if at := len(p.rows) - 1 + c.distance(); at >= 0 {
			return c.Arg(p.rows[at].Row)
		}
		return value.NULL, nil
	case c.Agg.Of.Edge != 0 && (c.Frame.From != NoBound || c.Frame.Range != NoBound):
		rows := make([]value.Row, len(p.rows))
		for k, r := range p.rows {
			rows[k] = r.Row
		}
		return firstValid(&c, rows)
	}
	return p.accs[i].Result()
}

// forget drops rows that no call needs any more.
func (o *OverTime) forget(p *timePartition) {
	need := int64(1)
	for _, c := range o.Calls {
		switch {
		case c.Of != nil && c.Of.Over.Step < 0:
			need = max(need, c.By)
		case c.Agg != nil && (c.Frame.From != NoBound || c.Frame.Range != NoBound):
			return // the frame tells
		}
	}
	for int64(len(p.rows)) > need {
		o.Budget.Give(len(p.rows[0].Key), p.rows[0].Row)
		p.rows[0] = stream.WaitingRow{}
		p.rows = p.rows[1:]
	}
}

// Finish implements Op.
func (o *OverTime) Finish() error { return o.Next.Finish() }

// Name implements Step.
func (o *OverTime) Name() string { return "OverAggregate(by time)" }

// Behind implements Step.
func (o *OverTime) Behind() stream.Op { return o.Next }
