package stream

import (
	"strings"

	"github.com/cockroachdb/apd/v3"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// accumulator computes one aggregate of one group. Values are not NULL.
type accumulator interface {
	add(v value.Value) error
	retract(v value.Value) error
	result() (value.Value, error)
	stateful
}

func newAccumulator(a *expr.Agg, retracts bool, b *Budget) accumulator {
	acc := plainAccumulator(a, retracts, b)
	if a.Distinct && a.Name != "MIN" && a.Name != "MAX" {
		return &distinct{inner: acc, t: a.Arg.Type, seen: map[string]int{}, budget: b}
	}
	return acc
}

func plainAccumulator(a *expr.Agg, retracts bool, b *Budget) accumulator {
	switch a.Name {
	case "COUNT":
		return &counter{}
	case "SUM", "AVG":
		s := &summer{from: a.Arg.Type, to: a.Type, avg: a.Name == "AVG"}
		s.dec.Exponent = int32(-a.Arg.Type.S)
		return s
	case "MIN", "MAX":
		if retracts {
			return &extremes{t: a.Arg.Type, max: a.Name == "MAX", seen: map[string]*counted{}, budget: b}
		}
		return &extreme{t: a.Arg.Type, max: a.Name == "MAX", budget: b}
	case "FIRST_VALUE", "LAST_VALUE":
		return &ordered{last: a.Name == "LAST_VALUE", budget: b}
	case "SINGLE_VALUE":
		return &single{budget: b}
	case "COLLECT":
		return &bag{t: a.Arg.Type, budget: b}
	case "JSON_ARRAYAGG":
		return &jsonItems{budget: b}
	case "JSON_OBJECTAGG":
		return &jsonMembers{seen: map[string]string{}, budget: b}
	case "PERCENTILE":
		return &percentile{shares: a.Shares, list: a.Extra != nil, budget: b}
	case "ARRAY_AGG":
		return &collector{budget: b}
	case "VAR_POP", "VAR_SAMP", "VARIANCE", "STDDEV_POP", "STDDEV_SAMP", "STDDEV":
		if a.Arg.Type.Root == types.Decimal {
			return newDecimalSpread(a)
		}
		return &spread{t: a.Arg.Type.Root, sample: !strings.HasSuffix(a.Name, "_POP"), root: strings.HasPrefix(a.Name, "STDDEV")}
	}
	sep := ","
	if a.Extra != nil {
		sep = a.Extra.Lit.S
	}
	return &lister{sep: sep, retracts: retracts, budget: b}
}

type counter struct{ n int64 }

func (c *counter) add(value.Value) error     { c.n++; return nil }
func (c *counter) retract(value.Value) error { c.n--; return nil }

func (c *counter) result() (value.Value, error) { return value.Int(c.n), nil }

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

func (s *summer) add(v value.Value) error {
	s.n++
	switch {
	case s.from.IsApprox():
		s.f = s.round(s.f + v.F())
	case s.from.Root == types.Decimal:
		_, err := sums.Add(&s.dec, &s.dec, v.D())
		return err
	default:
		s.i += v.I
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

func (s *summer) retract(v value.Value) error {
	s.n--
	switch {
	case s.from.IsApprox():
		s.f = s.round(s.f - v.F())
	case s.from.Root == types.Decimal:
		_, err := sums.Sub(&s.dec, &s.dec, v.D())
		return err
	default:
		s.i -= v.I
	}
	return nil
}

func (s *summer) result() (value.Value, error) {
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
	budget *Budget
}

func (e *extreme) add(v value.Value) error {
	if !e.best.Valid || (value.Compare(e.t, v, e.best) > 0) == e.max && value.Compare(e.t, v, e.best) != 0 {
		return replace(e.budget, &e.best, v)
	}
	return nil
}

// replace sets a value that is remembered and counts what it takes more.
func replace(b *Budget, at *value.Value, v value.Value) error {
	grown := v.Size() - at.Size()
	*at = v
	return b.Grow(grown)
}

func (e *extreme) held() int64 { return e.best.Size() - value.NULL.Size() }

func (e *extreme) retract(value.Value) error { return nil }

func (e *extreme) result() (value.Value, error) { return e.best, nil }

// extremes is MIN and MAX of an input that takes rows back.
type extremes struct {
	t      types.Type
	max    bool
	seen   map[string]*counted
	best   value.Value
	stale  bool
	budget *Budget
}

type counted struct {
	v value.Value
	n int
}

func (e *extremes) add(v value.Value) error {
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

func (e *extremes) retract(v value.Value) error {
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

func (e *extremes) held() int64 {
	var n int64
	for key, c := range e.seen {
		n += entrySize(len(key), []value.Row{{c.v}})
	}
	return n
}

func (e *extremes) result() (value.Value, error) {
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
	inner  accumulator
	t      types.Type
	seen   map[string]int
	budget *Budget
}

func (d *distinct) add(v value.Value) error {
	key := string(value.AppendKey(nil, d.t, v))
	d.seen[key]++
	if d.seen[key] > 1 {
		return nil
	}
	if err := d.budget.Take(len(key)); err != nil {
		return err
	}
	return d.inner.add(v)
}

func (d *distinct) retract(v value.Value) error {
	key := string(value.AppendKey(nil, d.t, v))
	if d.seen[key]--; d.seen[key] > 0 {
		return nil
	}
	delete(d.seen, key)
	d.budget.Give(len(key))
	return d.inner.retract(v)
}

func (d *distinct) held() int64 {
	var n int64
	for key := range d.seen {
		n += entrySize(len(key), nil)
	}
	if h, ok := d.inner.(holder); ok {
		n += h.held()
	}
	return n
}

func (d *distinct) result() (value.Value, error) { return d.inner.result() }
