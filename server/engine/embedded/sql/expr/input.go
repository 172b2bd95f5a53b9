package expr

import (
	"math"
	"sync/atomic"
)

// Input is what is known of where the rows come from that expressions are over.
type Input struct {
	// Values says that rows of VALUES are among them, of which planning computes some.
	Values bool
	// MixedRows says that rows of VALUES differ in the types of their items,
	// which Flink keeps apart in planning.
	MixedRows bool
	// Watermarks are those of their tables.
	Watermarks []*Watermark
}

// And is what is known of the rows of both.
func (in Input) And(other Input) Input {
	return Input{
		in.Values || other.Values, in.MixedRows || other.MixedRows,
		append(in.Watermarks[:len(in.Watermarks):len(in.Watermarks)], other.Watermarks...),
	}
}

// NoWatermark is before the first one.
const NoWatermark = math.MinInt64

// Watermark is how far event time has come in one table while a statement runs,
// in milliseconds.
type Watermark struct {
	// Instants says that its times are of TIMESTAMP_LTZ.
	Instants bool
	at       atomic.Int64
}

// NewWatermark is a watermark before the first one.
func NewWatermark(instants bool) *Watermark {
	w := &Watermark{Instants: instants}
	w.Advance(NoWatermark)
	return w
}

// Advance says how far event time has come.
func (w *Watermark) Advance(to int64) { w.at.Store(to) }

// At is how far event time has come, or NoWatermark.
func (w *Watermark) At() int64 { return w.at.Load() }
