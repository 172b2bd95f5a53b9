package rowset

import "drey/client/statement"

// table is what a changelog makes (cmf-behaviour.md §4.6). A row has a slot of its
// own, in the order in which rows came; a slot holds the number of the change
// that wrote the row last, 0 once it is gone. What each change did is kept, so
// that the table of any moment is a walk away.
type table struct {
	Slots   []uint32
	older   []int32            // slot of the row with the same key that came before, -1
	newest  map[identity]int32 // slot of the row with this key that came last
	Effects []effect           // of the changes from first on
	First   uint32
	live    int
	Stale   int // changes to rows that are not there
	// hole is the slot that the last change, a -U, took a row out of: a +U that
	// follows at once goes there, so that updated rows keep their place.
	hole int32
}

// effect is what a change did to a slot.
type effect struct {
	Slot  int32  // -1: nothing
	Old   uint32 // what the slot held before
	fresh uint32 // what it holds since
}

func newTable() table { return table{newest: map[identity]int32{}, First: 1, hole: -1} }

// apply moves the table on by change n.
func (t *table) apply(n uint32, op statement.Op, id identity, upsert bool) {
	hole := t.hole
	t.hole = -1
	switch op {
	case statement.UpdateBefore:
		if upsert {
			t.Effects = append(t.Effects, effect{Slot: -1})
			return
		}
		t.hole = t.remove(id)
	case statement.Delete:
		t.remove(id)
	case statement.UpdateAfter:
		if slot, ok := t.newest[id]; ok && upsert {
			t.set(slot, n)
			return
		}
		t.insert(n, id, hole)
	default:
		t.insert(n, id, -1)
	}
}

func (t *table) set(slot int32, n uint32) {
	t.Effects = append(t.Effects, effect{slot, t.Slots[slot], n})
	t.Slots[slot] = n
}

func (t *table) insert(n uint32, id identity, hole int32) {
	slot := hole
	if slot < 0 {
		slot = int32(len(t.Slots))
		t.Slots, t.older = append(t.Slots, 0), append(t.older, -1)
	}
	t.set(slot, n)
	t.older[slot] = -1
	if before, ok := t.newest[id]; ok {
		t.older[slot] = before
	}
	t.newest[id] = slot
	t.live++
}

// remove takes out the last row with this key and tells its slot, -1 when there
// is none.
func (t *table) remove(id identity) int32 {
	slot, ok := t.newest[id]
	if !ok {
		t.Stale++
		t.Effects = append(t.Effects, effect{Slot: -1})
		return -1
	}
	if t.older[slot] >= 0 {
		t.newest[id] = t.older[slot]
	} else {
		delete(t.newest, id)
	}
	t.set(slot, 0)
	t.live--
	return slot
}

// letGo forgets the changes before first, and the rows that they wrote last;
// it tells how many those were.
func (t *table) letGo(first uint32) (lost int) {
	drop := min(int(first-t.First), len(t.Effects))
	t.Effects = append([]effect(nil), t.Effects[drop:]...)
	t.First = first
	wanted := make([]bool, len(t.Slots))
	for slot, n := range t.Slots {
		wanted[slot] = n >= first
		if n != 0 && n < first {
			lost++
		}
	}
	for _, e := range t.Effects {
		if e.Slot >= 0 {
			wanted[e.Slot] = true
		}
	}
	t.live -= lost
	t.compact(wanted)
	return lost
}

// compact leaves out the slots that are not wanted.
func (t *table) compact(wanted []bool) {
	to := make([]int32, len(t.Slots))
	live := int32(0)
	for slot := range t.Slots {
		to[slot] = -1
		if wanted[slot] {
			to[slot] = live
			t.Slots[live], t.older[live] = t.Slots[slot], t.older[slot]
			if t.Slots[live] < t.First {
				t.Slots[live] = 0
			}
			live++
		}
	}
	t.Slots, t.older = t.Slots[:live], t.older[:live]
	for i, before := range t.older {
		if before >= 0 {
			t.older[i] = to[before]
		}
	}
	for i := range t.Effects {
		if e := &t.Effects[i]; e.Slot >= 0 {
			e.Slot = to[e.Slot]
		}
	}
	for id, slot := range t.newest {
		if to[slot] < 0 || t.Slots[to[slot]] == 0 {
			delete(t.newest, id)
			continue
		}
		t.newest[id] = to[slot]
	}
	if t.hole >= 0 {
		t.hole = to[t.hole]
	}
}

// PastTable is the table as it was after some change.
type PastTable struct {
	slots []uint32
	At    uint32 // number of the last change that counts
}

// Now is the moment after the last change.
func (t *table) Now() PastTable {
	return PastTable{append([]uint32(nil), t.Slots...), t.First + uint32(len(t.Effects)) - 1}
}

// Walk moves a moment of t to another change, back or forth.
func (t *table) Walk(m *PastTable, to uint32) {
	to = max(min(to, t.First+uint32(len(t.Effects))-1), t.First-1)
	for ; m.At > to; m.At-- {
		if e := t.Effects[m.At-t.First]; e.Slot >= 0 {
			m.slots[e.Slot] = e.Old
		}
	}
	for ; m.At < to; m.At++ {
		e := t.Effects[m.At+1-t.First]
		if e.Slot < 0 {
			continue
		}
		for int(e.Slot) >= len(m.slots) {
			m.slots = append(m.slots, 0)
		}
		m.slots[e.Slot] = e.fresh
	}
}
