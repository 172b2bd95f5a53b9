package aggregates

import (
	"slices"
	"sort"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// bag is COLLECT: how often each value came, in the order of Java's HashMap.
type bag struct {
	t      types.Type
	items  []counted
	size   int64
	budget *state.Budget
}

func (b *bag) at(v value.Value) int {
	return slices.IndexFunc(b.items, func(c counted) bool { return value.Compare(b.t, c.v, v) == 0 })
}

func (b *bag) Add(v value.Value) error {
	if i := b.at(v); i >= 0 {
		b.items[i].n++
		return nil
	}
	n := state.EntrySize(0, []value.Row{{v}})
	if b.size += n; b.size > 4*memory.MaxValue {
		return expr.TooLarge("COLLECT", b.size)
	}
	b.items = append(b.items, counted{v, 1})
	return b.budget.Grow(n)
}

func (b *bag) Retract(v value.Value) error {
	i := b.at(v)
	if i < 0 {
		return nil
	}
	if b.items[i].n--; b.items[i].n == 0 {
		b.items = slices.Delete(b.items, i, i+1)
		n := state.EntrySize(0, []value.Row{{v}})
		b.size -= n
		return b.budget.Grow(-n)
	}
	return nil
}

func (b *bag) Result() (value.Value, error) {
	size := 16
	for len(b.items)*4 > size*3 {
		size *= 2
	}
	slots, order := make([]int, len(b.items)), make([]int, len(b.items))
	for i, c := range b.items {
		h := java.HashCode(b.t, c.v)
		slots[i], order[i] = int((h^h>>16)&uint32(size-1)), i
	}
	sort.SliceStable(order, func(i, j int) bool { return slots[order[i]] < slots[order[j]] })
	entries := make([]value.Entry, len(b.items))
	for i, at := range order {
		entries[i] = value.Entry{Key: b.items[at].v, Value: value.Int(int64(b.items[at].n))}
	}
	return value.Value{Valid: true, R: entries}, nil
}

func (b *bag) Held() int64 { return b.size }

func (b *bag) State(c *state.Codec) {
	c.Int64(&b.size)
	state.List(c, &b.items, func(p *counted) {
		c.Value(&p.v)
		c.Int(&p.n)
	})
}
