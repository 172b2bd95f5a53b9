// Package stream runs a query as operators that pass changes on, one row at a
// time, in an order that depends on nothing but the query and its sources.
package stream

import (
	"drey/client/cmf"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
)

// Change is one entry of a changelog. The row is not changed afterwards.
type Change struct {
	Op  cmf.Op
	Row value.Row
}

// Adds says whether the change adds a row.
func (c Change) Adds() bool { return c.Op == cmf.OpInsert || c.Op == cmf.OpUpdateAfter }

// Op takes changes. Finish tells that none will follow.
type Op interface {
	Push(c Change) error
	Finish() error
}

// Source gives the rows of a table by their number.
type Source interface {
	// Row is row i; ok is false behind the last one.
	Row(i int64) (row value.Row, ok bool, err error)
	// Due is when row i is there, in milliseconds since the start.
	Due(i int64) int64
}

// Builder collects the sources while operators are put together.
type Builder struct {
	Budget *state.Budget
	Expiry Expiry
	Batch  bool
	inputs []*input
}

// Operator is the part of the budget that an operator with this name has.
func (b *Builder) Operator(name string) *state.Budget { return b.Budget.Operator(name) }

// Input lets the rows of a source go to an operator.
func (b *Builder) Input(s Source, next Op) {
	b.inputs = append(b.inputs, &input{source: s, next: next})
}

type input struct {
	source Source
	next   Op
	row    int64
	ended  bool
}

// Pipeline is a query that can be run step by step.
type Pipeline struct {
	// Clock is the time since the start of the row being processed.
	Clock  int64
	inputs []*input
	events int64
	expiry *Expiry
	budget *state.Budget
}

// Pipeline is what was built.
func (b *Builder) Pipeline() *Pipeline {
	return &Pipeline{inputs: b.inputs, expiry: &b.Expiry, budget: b.Budget}
}

// Events is how many rows were taken from sources.
func (p *Pipeline) Events() int64 { return p.events }

// Ended is a pipeline that has done what this one has, and remembers nothing.
func (p *Pipeline) Ended() *Pipeline {
	return &Pipeline{Clock: p.Clock, events: p.events, expiry: &Expiry{}, budget: &state.Budget{}}
}

// Done says that every source has ended.
func (p *Pipeline) Done() bool { return p.next() == nil }

// next is the source whose turn it is: the bounded ones first, then by time.
func (p *Pipeline) next() *input {
	var best *input
	var due int64
	for _, in := range p.inputs {
		if in.ended {
			continue
		}
		if d := in.source.Due(in.row); best == nil || d < due {
			best, due = in, d
		}
	}
	return best
}

// Step takes at most limit rows that are due at the time; took tells how many.
func (p *Pipeline) Step(now int64, limit int) (took int, err error) {
	for took < limit {
		if b := p.budget; b.Interrupted != nil && b.Interrupted.Load() {
			return took, state.ErrInterrupted
		}
		if took > 0 && p.budget.Expired != nil && p.budget.Expired() {
			return took, nil
		}
		in := p.next()
		if in == nil {
			return took, nil
		}
		due := in.source.Due(in.row)
		if due > now {
			return took, nil
		}
		p.Clock = max(p.Clock, due)
		p.expiry.now = p.Clock
		if err := p.take(in); err != nil {
			return took, err
		}
		took++
	}
	return took, nil
}

func (p *Pipeline) take(in *input) error {
	row, ok, err := in.source.Row(in.row)
	if err != nil {
		return err
	}
	if !ok {
		in.ended = true
		return in.next.Finish()
	}
	in.row++
	p.events++
	return in.next.Push(Change{cmf.OpInsert, row})
}

// Next is the time at which the next row is due; ok is false when none is.
func (p *Pipeline) Next() (due int64, ok bool) {
	in := p.next()
	if in == nil {
		return 0, false
	}
	return in.source.Due(in.row), true
}

// NewBuilder begins a pipeline that may remember as much as it likes.
func NewBuilder() *Builder { return &Builder{Budget: &state.Budget{}} }
