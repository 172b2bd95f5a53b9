package stream

import (
	"slices"
	"sort"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// bag is COLLECT: how often each value came, in the order of Java's HashMap.
type bag struct {
	t      types.Type
	items  []counted
	size   int64
	budget *Budget
}

func (b *bag) at(v value.Value) int {
	return slices.IndexFunc(b.items, func(c counted) bool { return value.Compare(b.t, c.v, v) == 0 })
}

func (b *bag) add(v value.Value) error {
	if i := b.at(v); i >= 0 {
		b.items[i].n++
		return nil
	}
	n := entrySize(0, []value.Row{{v}})
	if b.size += n; b.size > 4*memory.MaxValue {
		return expr.TooLarge("COLLECT", b.size)
	}
	b.items = append(b.items, counted{v, 1})
	return b.budget.Grow(n)
}

func (b *bag) retract(v value.Value) error {
	i := b.at(v)
	if i < 0 {
		return nil
	}
	if b.items[i].n--; b.items[i].n == 0 {
		b.items = slices.Delete(b.items, i, i+1)
		n := entrySize(0, []value.Row{{v}})
		b.size -= n
		return b.budget.Grow(-n)
	}
	return nil
}

func (b *bag) result() (value.Value, error) {
	size := 16
	for len(b.items)*4 > size*3 {
		size *= 2
	}
	slots, order := make([]int, len(b.items)), make([]int, len(b.items))
	for i, c := range b.items {
		h := hashOf(b.t, c.v)
		slots[i], order[i] = int((h^h>>16)&uint32(size-1)), i
	}
	sort.SliceStable(order, func(i, j int) bool { return slots[order[i]] < slots[order[j]] })
	entries := make([]value.Entry, len(b.items))
	for i, at := range order {
		entries[i] = value.Entry{Key: b.items[at].v, Value: value.Int(int64(b.items[at].n))}
	}
	return value.Value{Valid: true, R: entries}, nil
}

func (b *bag) held() int64 { return b.size }

func (b *bag) state(c *codec) {
	c.int64(&b.size)
	list(c, &b.items, func(p *counted) {
		c.value(&p.v)
		c.int(&p.n)
	})
}

// hashOf is the hash code that Flink's value of this type has.
func hashOf(t types.Type, v value.Value) uint32 {
	switch {
	case t.IsText():
		return murmur(v.S)
	case t.Root == types.Bigint:
		return uint32(v.I ^ v.I>>32)
	case t.Root == types.Boolean && v.I != 0:
		return 1231
	case t.Root == types.Boolean:
		return 1237
	}
	return uint32(v.I)
}

// murmur is MurmurHashUtils.hashBytes.
func murmur(s string) uint32 {
	h := uint32(42)
	mix := func(k uint32) {
		k *= 0xcc9e2d51
		h ^= (k<<15 | k>>17) * 0x1b873593
		h = (h<<13|h>>19)*5 + 0xe6546b64
	}
	i := 0
	for ; i+4 <= len(s); i += 4 {
		mix(uint32(s[i]) | uint32(s[i+1])<<8 | uint32(s[i+2])<<16 | uint32(s[i+3])<<24)
	}
	for ; i < len(s); i++ {
		mix(uint32(int8(s[i])))
	}
	h ^= uint32(len(s))
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}
