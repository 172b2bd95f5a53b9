package connect

import (
	"math"
	"strconv"

	"github.com/cockroachdb/apd/v3"

	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// maker makes the value of row i of one column; ok is false at a sequence's end.
type maker func(d *Random, run Run, i int64) (v value.Value, ok bool)

func readGenerated(t Table, o options) (Reading, error) {
	g := &generator{}
	var err error
	var bounded, paced bool
	if g.rows, bounded, err = o.number("number-of-rows"); err != nil {
		return Reading{}, err
	}
	if g.rate, paced, err = o.number("rows-per-second"); err != nil {
		return Reading{}, err
	}
	o.get("scan.parallelism")
	if !bounded {
		g.rows = math.MaxInt64
	}
	if !paced {
		g.rate = 10000
	}
	if g.rate <= 0 {
		return Reading{}, &errOutside{"a rate of " + strconv.FormatInt(g.rate, 10) + " rows a second"}
	}
	g.paced = paced || !bounded
	for _, c := range t.Columns {
		m, err := makerOf(o, c.Name, c.Type)
		if err != nil {
			return Reading{}, err
		}
		g.makers = append(g.makers, m)
	}
	if err := o.onlyKnown("datagen"); err != nil {
		return Reading{}, err
	}
	open := func(run Run) stream.Source {
		own := *g
		own.run = run
		own.paced = g.paced && !run.Batch
		return &own
	}
	return Reading{Open: open, Bounded: bounded}, nil
}

// generator is a table whose row i depends on the seed and i alone.
type generator struct {
	rows, rate int64
	paced      bool
	makers     []maker
	run        Run
}

// Due implements stream.Source.
func (g *generator) Due(i int64) int64 {
	if !g.paced {
		return 0
	}
	return i/g.rate*1000 + i%g.rate*1000/g.rate
}

// Row implements stream.Source.
func (g *generator) Row(i int64) (value.Row, bool, error) {
	if i >= g.rows {
		return nil, false, nil
	}
	d := NewRandom(g.run.Seed ^ uint64(i)*0xd6e8feb86659fd93)
	row := make(value.Row, len(g.makers))
	for c, m := range g.makers {
		v, ok := m(&d, g.run, i)
		if !ok {
			return nil, false, nil
		}
		row[c] = v
	}
	return row, true, nil
}

// Jumps implements stream.Jumper.
func (g *generator) Jumps() bool { return true }

func makerOf(o options, name string, t types.Type) (maker, error) {
	prefix := "fields." + name + "."
	kind, ok := o.get(prefix + "kind")
	switch {
	case !ok || kind == "random":
	case kind == "sequence":
		return sequence(o, prefix, name, t)
	default:
		return nil, invalid("Unsupported generator kind: %s", kind)
	}
	m, err := random(o, prefix, name, t)
	if err != nil {
		return nil, err
	}
	text, ok := o.get(prefix + "null-rate")
	if !ok {
		return m, nil
	}
	rate, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, invalid("Invalid value for option '%snull-rate'.", prefix)
	}
	return func(d *Random, run Run, i int64) (value.Value, bool) {
		null := d.Float() < rate
		v, ok := m(d, run, i)
		if null {
			v = value.NULL
		}
		return v, ok
	}, nil
}

func sequence(o options, prefix, name string, t types.Type) (maker, error) {
	first, ok, err := o.number(prefix + "start")
	if err != nil {
		return nil, err
	}
	last, ok2, err := o.number(prefix + "end")
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, invalid("Could not find required property '%sstart' for sequence generator.", prefix)
	case !ok2:
		return nil, invalid("Could not find required property '%send' for sequence generator.", prefix)
	case first > last:
		return nil, invalid("The start value (%d) cannot be greater than the end value (%d).", first, last)
	}
	var of func(n int64) value.Value
	switch {
	case t.IsInt():
		of = value.Int
	case t.IsApprox():
		of = func(n int64) value.Value { return value.Float(float64(n)) }
	case t.IsText():
		of = func(n int64) value.Value { return value.Text(strconv.FormatInt(n, 10)) }
	case t.Root == types.Decimal:
		of = func(n int64) value.Value { return value.Dec(scaled(n, t)) }
	default:
		return nil, invalid("Unsupported type: %s", t)
	}
	return func(_ *Random, _ Run, i int64) (value.Value, bool) {
		if i > last-first {
			return value.NULL, false
		}
		return of(first + i), true
	}, nil
}

func scaled(n int64, t types.Type) *apd.Decimal {
	d := new(apd.Decimal)
	if _, err := apd.BaseContext.WithPrecision(60).Quantize(d, apd.New(n, 0), int32(-t.S)); err != nil {
		return apd.New(0, int32(-t.S))
	}
	return d
}
