package stream

import (
	"math"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
)

// Marker is an Op that takes watermarks: no row with an earlier time is
// expected, and one that comes is late. An Op that is none lets them end.
type Marker interface {
	Mark(watermark int64) error
}

func PassMark(next Op, watermark int64) error {
	if m, ok := next.(Marker); ok {
		return m.Mark(watermark)
	}
	return nil
}

// MaxWatermark is the watermark at the end of an input.
const MaxWatermark = math.MaxInt64

// watermarkEvery is how far, in milliseconds, time goes between two
// watermarks: Flink's pipeline.auto-watermark-interval, by event time.
const watermarkEvery = 200

// Watermarks makes watermarks of an expression over the rows.
type Watermarks struct {
	Time int // the column of event time
	Expr expr.Fn
	Next Op
	// Tell, if set, learns a watermark after the rows before it.
	Tell          func(watermark int64)
	high, emitted int64
	begun         bool
}

// Push implements Op: the row goes before the watermark that it makes.
func (w *Watermarks) Push(c Change) error {
	if !c.Row[w.Time].Valid {
		return &sqlerr.Failure{
			Class:   "java.lang.RuntimeException",
			Message: "RowTime field should not be null, please convert it to a non-null long value.",
		}
	}
	if err := w.Next.Push(c); err != nil {
		return err
	}
	v, err := w.Expr(c.Row)
	if err != nil || !v.Valid {
		return err
	}
	if !w.begun {
		w.begun, w.high, w.emitted = true, math.MinInt64, math.MinInt64
	}
	w.high = max(w.high, v.I)
	if w.emitted != math.MinInt64 && w.high-w.emitted <= watermarkEvery {
		return nil
	}
	w.emitted = w.high
	err = PassMark(w.Next, w.emitted)
	w.tell()
	return err
}

func (w *Watermarks) tell() {
	if w.Tell != nil && w.begun {
		w.Tell(w.emitted)
	}
}

// Finish implements Op.
func (w *Watermarks) Finish() error {
	if err := PassMark(w.Next, MaxWatermark); err != nil {
		return err
	}
	return w.Next.Finish()
}

// Mark implements Marker.
func (f *Filter) Mark(w int64) error { return PassMark(f.Next, w) }

// Mark implements Marker.
func (p *Project) Mark(w int64) error { return PassMark(p.Next, w) }

// Mark implements Marker.
func (e *Expand) Mark(w int64) error { return PassMark(e.Next, w) }

// Mark implements Marker.
func (l *Limit) Mark(w int64) error { return PassMark(l.Next, w) }

// Lowest is the watermark of several inputs: that of the slowest.
type Lowest struct {
	Marks []int64
	Low   int64
}

func NewLowest(inputs int) Lowest {
	l := Lowest{Marks: make([]int64, inputs), Low: math.MinInt64}
	for i := range l.Marks {
		l.Marks[i] = math.MinInt64
	}
	return l
}

// Advance notes a watermark of an input; ok says that the lowest one rose.
func (l *Lowest) Advance(input int, w int64) (low int64, ok bool) {
	l.Marks[input] = max(l.Marks[input], w)
	low = l.Marks[0]
	for _, m := range l.Marks {
		low = min(low, m)
	}
	if low <= l.Low {
		return low, false
	}
	l.Low = low
	return low, true
}

// Name implements Step.
func (o *Watermarks) Name() string { return "WatermarkAssigner" }

// Behind implements Step.
func (o *Watermarks) Behind() Op { return o.Next }
