package aggregates

import (
	"math"
	"slices"

	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
)

// percentile is PERCENTILE: between two values it lies on a line.
type percentile struct {
	shares []float64
	list   bool
	values []float64 // sorted
	budget *state.Budget
}

func (p *percentile) Add(v value.Value) error {
	at, _ := slices.BinarySearch(p.values, v.F())
	p.values = slices.Insert(p.values, at, v.F())
	return p.budget.Grow(8)
}

func (p *percentile) Retract(v value.Value) error {
	if at, ok := slices.BinarySearch(p.values, v.F()); ok {
		p.values = slices.Delete(p.values, at, at+1)
		return p.budget.Grow(-8)
	}
	return nil
}

func (p *percentile) Result() (value.Value, error) {
	if len(p.values) == 0 {
		return value.NULL, nil
	}
	items := make([]value.Value, len(p.shares))
	for i, share := range p.shares {
		at := share * float64(len(p.values)-1)
		low, high := math.Floor(at), math.Ceil(at)
		f := p.values[int(low)]
		if low != high {
			f = (high-at)*f + (at-low)*p.values[int(high)]
		}
		items[i] = value.Float(f)
	}
	if p.list {
		return value.List(items), nil
	}
	return items[0], nil
}

func (p *percentile) Held() int64 { return 8 * int64(len(p.values)) }

func (p *percentile) State(c *state.Codec) {
	state.List(c, &p.values, c.Float)
}
