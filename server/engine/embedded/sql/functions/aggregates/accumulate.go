package aggregates

import (
	"github.com/cockroachdb/apd/v3"

	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

type counter struct{ n int64 }

func (c *counter) Add(value.Value) error { c.n++; return nil }

func (c *counter) Retract(value.Value) error { c.n--; return nil }

func (c *counter) Result() (value.Value, error) { return value.Int(c.n), nil }

// summer is SUM and AVG.
type summer struct {
	from, to types.Type
	avg      bool
	n        int64
	i        int64
	f        float64
	dec      apd.Decimal
}

var sums = apd.BaseContext.WithPrecision(60)

func (s *summer) Add(v value.Value) error { return s.change(v, 1) }

func (s *summer) Retract(v value.Value) error { return s.change(v, -1) }

// change adds a value, or takes it back: by is 1 or -1.
func (s *summer) change(v value.Value, by int64) error {
	s.n += by
	switch {
	case s.from.IsApprox():
		s.f = s.round(s.f + float64(by)*v.F())
	case s.from.Root == types.Decimal:
		sum := sums.Add
		if by < 0 {
			sum = sums.Sub
		}
		_, err := sum(&s.dec, &s.dec, v.D())
		return err
	default:
		s.i += by * v.I
	}
	return nil
}

// round is what a sum of FLOAT loses in each step; an average is of DOUBLE.
func (s *summer) round(f float64) float64 {
	if s.avg {
		return f
	}
	return s.single(f)
}

func (s *summer) single(f float64) float64 {
	if s.from.Root == types.Float {
		return float64(float32(f))
	}
	return f
}

func (s *summer) Result() (value.Value, error) {
	if s.n == 0 {
		return value.NULL, nil
	}
	switch {
	case s.from.IsApprox():
		if s.avg {
			return value.Float(s.single(s.f / float64(s.n))), nil
		}
		return value.Float(s.f), nil
	case s.from.Root == types.Decimal:
		d := new(apd.Decimal).Set(&s.dec)
		if s.avg {
			return numeric.DecimalOp("/", d, apd.New(s.n, 0), s.to)
		}
		return numeric.DecimalOp("+", d, apd.New(0, 0), s.to)
	}
	if s.avg {
		return value.Int(numeric.WrapInt(s.i/s.n, s.to.Root)), nil
	}
	return value.Int(numeric.WrapInt(s.i, s.to.Root)), nil
}

// extreme is MIN and MAX of an input that only inserts.
type extreme struct {
	t      types.Type
	max    bool
	best   value.Value
	budget *state.Budget
}

func (e *extreme) Add(v value.Value) error {
	if !e.best.Valid || (value.Compare(e.t, v, e.best) > 0) == e.max && value.Compare(e.t, v, e.best) != 0 {
		return replace(e.budget, &e.best, v)
	}
	return nil
}

// replace sets a value that is remembered and counts what it takes more.
func replace(b *state.Budget, at *value.Value, v value.Value) error {
	grown := v.Size() - at.Size()
	*at = v
	return b.Grow(grown)
}

func (e *extreme) Held() int64 { return e.best.Size() - value.NULL.Size() }

func (e *extreme) Retract(value.Value) error { return nil }

func (e *extreme) Result() (value.Value, error) { return e.best, nil }

// extremes is MIN and MAX of an input that takes rows back.
type extremes struct {
	t      types.Type
	max    bool
	seen   map[string]*counted
	best   value.Value
	stale  bool
	budget *state.Budget
}

type counted struct {
	v value.Value
	n int
}

func (e *extremes) Add(v value.Value) error {
	key := string(value.AppendKey(nil, e.t, v))
	c, ok := e.seen[key]
	if !ok {
		c = &counted{v: v}
		e.seen[key] = c
		if err := e.budget.Take(len(key), value.Row{v}); err != nil {
			return err
		}
	}
	c.n++
	if c.n > 0 && !e.stale && (!e.best.Valid || (value.Compare(e.t, v, e.best) > 0) == e.max) {
		e.best = v
	}
	return nil
}

func (e *extremes) Retract(v value.Value) error {
	key := string(value.AppendKey(nil, e.t, v))
	c, ok := e.seen[key]
	if !ok {
		return nil
	}
	if c.n--; c.n == 0 {
		delete(e.seen, key)
		e.budget.Give(len(key), value.Row{v})
		e.stale = e.stale || value.Compare(e.t, v, e.best) == 0
	}
	return nil
}

func (e *extremes) Held() int64 {
	var n int64
	for key, c := range e.seen {
		n += state.EntrySize(len(key), []value.Row{{c.v}})
	}
	return n
}

func (e *extremes) Result() (value.Value, error) {
	if e.stale {
		e.best, e.stale = value.NULL, false
		for _, c := range e.seen {
			if !e.best.Valid || (value.Compare(e.t, c.v, e.best) > 0) == e.max {
				e.best = c.v
			}
		}
	}
	return e.best, nil
}

// distinct gives each value only once to another accumulator.
type distinct struct {
	inner  state.Accumulator
	t      types.Type
	seen   map[string]int
	budget *state.Budget
}

func (d *distinct) Add(v value.Value) error {
	key := string(value.AppendKey(nil, d.t, v))
	d.seen[key]++
	if d.seen[key] > 1 {
		return nil
	}
	if err := d.budget.Take(len(key)); err != nil {
		return err
	}
	return d.inner.Add(v)
}

func (d *distinct) Retract(v value.Value) error {
	key := string(value.AppendKey(nil, d.t, v))
	if d.seen[key]--; d.seen[key] > 0 {
		return nil
	}
	delete(d.seen, key)
	d.budget.Give(len(key))
	return d.inner.Retract(v)
}

func (d *distinct) Held() int64 {
	var n int64
	for key := range d.seen {
		n += state.EntrySize(len(key), nil)
	}
	if h, ok := d.inner.(Holder); ok {
		n += h.Held()
	}
	return n
}

func (d *distinct) Result() (value.Value, error) { return d.inner.Result() }

// Holder is an accumulator that counted bytes of its own in the budget.
type Holder interface{ Held() int64 }

func (c *counter) State(k *state.Codec) { k.Int64(&c.n) }

func (s *summer) State(c *state.Codec) {
	c.Int64(&s.n)
	c.Int64(&s.i)
	c.Float(&s.f)
	c.Decimal(&s.dec)
}

func (e *extreme) State(c *state.Codec) { c.Value(&e.best) }

func (e *extremes) State(c *state.Codec) {
	state.Table(c, &e.seen, state.Pointer(func(p *counted) {
		c.Value(&p.v)
		c.Int(&p.n)
	}))
	c.Value(&e.best)
	c.Bool(&e.stale)
}

func (d *distinct) State(c *state.Codec) {
	state.Table(c, &d.seen, c.Int)
	d.inner.State(c)
}
