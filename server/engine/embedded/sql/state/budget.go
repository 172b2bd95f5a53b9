// Package state counts what operators remember, and carries it into snapshots and
// back.
package state

import (
	"errors"
	"fmt"
	"sync/atomic"

	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
)

// Budget counts what the operators of one statement remember, for all of them
// or for one (see Builder.Operator). A nil Budget counts nothing.
type Budget struct {
	Most  int           // rows and groups; 0: any number
	Share *memory.Share // their bytes; nil: any number

	// Interrupted ends what is computed; nil: nothing does.
	Interrupted *atomic.Bool
	// Pause is called now and then in the middle of a row, for others to have
	// their turn; nil: nobody waits. Expired says that it is time to end a step.
	Pause   func() error
	Expired func() bool

	polls int

	whole     *Budget // of an operator: that of the statement
	name      string
	operators []*Budget
	used      int
	bytes     int64
}

// EntryBytes is what an entry of a table takes besides its row and its key.
const EntryBytes = 160

// Operator is the budget of one more operator.
func (b *Budget) Operator(name string) *Budget {
	o := &Budget{whole: b, name: name}
	b.operators = append(b.operators, o)
	return o
}

// Take counts one more thing to remember: a group, or a row, of these values
// and so many bytes besides.
func (b *Budget) Take(extra int, rows ...value.Row) error {
	if b == nil {
		return nil
	}
	if err := b.GoOn(); err != nil {
		return err
	}
	b.used++
	b.whole.used++
	if w := b.whole; w.Most > 0 && w.used > w.Most {
		return OverLimit(
			"the embedded engine keeps at most %d rows and groups of state for a statement; %s", w.Most, w.largest(),
		)
	}
	return b.Grow(EntrySize(extra, rows))
}

// Give counts one thing less.
func (b *Budget) Give(extra int, rows ...value.Row) {
	if b == nil {
		return
	}
	b.used--
	b.whole.used--
	_ = b.Grow(-EntrySize(extra, rows))
}

// Hold counts so many things more that take so many bytes; fewer below zero.
func (b *Budget) Hold(things int, bytes int64) error {
	if b == nil {
		return nil
	}
	if err := b.GoOn(); err != nil {
		return err
	}
	b.used += things
	b.whole.used += things
	if w := b.whole; w.Most > 0 && w.used > w.Most {
		return OverLimit(
			"the embedded engine keeps at most %d rows and groups of state for a statement; %s", w.Most, w.largest(),
		)
	}
	return b.Grow(bytes)
}

func EntrySize(extra int, rows []value.Row) int64 {
	n := int64(EntryBytes + extra)
	for _, row := range rows {
		n += row.Size()
	}
	return n
}

// Grow counts more bytes of what is remembered already; fewer below zero.
func (b *Budget) Grow(n int64) error {
	if b == nil || n == 0 {
		return nil
	}
	b.bytes += n
	b.whole.bytes += n
	share := b.whole.Share
	if share == nil {
		return nil
	}
	if n < 0 {
		share.Shrink(-n)
		return nil
	}
	switch share.Grow(n) {
	case memory.OwnLimit:
		return OverLimit(
			"the state of a statement may take %s; %s (drey serve --statement-state)", memory.Text(share.Limit()),
			b.whole.largest(),
		)
	case memory.AllLimit:
		return OverLimit(
			"the results and the state of all statements together take what they may; %s (drey serve --statements-memory)",
			b.whole.largest(),
		)
	}
	return nil
}

// Reset counts that all of an operator was forgotten.
func (b *Budget) Reset() {
	if b == nil {
		return
	}
	b.whole.used -= b.used
	b.used = 0
	_ = b.Grow(-b.bytes)
}

var ErrInterrupted = errors.New("the statement was interrupted")

// goesOn fails when the statement was interrupted; asked in long loops.
func (b *Budget) GoOn() error {
	if b == nil {
		return nil
	}
	w := b.whole
	if w.Interrupted != nil && w.Interrupted.Load() {
		return ErrInterrupted
	}
	if w.polls++; w.polls%256 == 0 && w.Pause != nil {
		return w.Pause()
	}
	return nil
}

// largest names the operator that remembers most.
func (b *Budget) largest() string {
	var most *Budget
	for _, o := range b.operators {
		if most == nil || o.bytes > most.bytes {
			most = o
		}
	}
	if most == nil {
		return "no operator remembers anything"
	}
	return fmt.Sprintf("the operator %s holds %s in %d rows and groups", most.name, memory.Text(most.bytes), most.used)
}

func OverLimit(format string, args ...any) error {
	return &sqlerr.Failure{Class: "java.lang.IllegalStateException", Message: fmt.Sprintf(format, args...)}
}

// Held is about how many bytes are remembered.
func (b *Budget) Held() int64 { return b.bytes }

// State carries the counts; what is loaded is taken from the share.
func (b *Budget) State(c *Codec) {
	for _, o := range append([]*Budget{b}, b.operators...) {
		c.Int(&o.used)
		c.Int64(&o.bytes)
	}
	if c.Loading && b.Share != nil && c.Err == nil {
		b.Share.Clear()
		if why := b.Share.Grow(max(0, b.bytes)); why != memory.Grows {
			c.Err = OverLimit("the state that was saved does not fit into the memory of statements; %s", b.largest())
		}
	}
}

// Used is how many rows and groups are remembered.
func (b *Budget) Used() int { return b.used }

// Rename gives an operator another name.
func (b *Budget) Rename(name string) { b.name = name }
