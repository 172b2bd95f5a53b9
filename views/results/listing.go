package results

import "slices"

// listing is what is shown, in order: a consistent picture of one moment. The
// row at a place has an id that stays its own, and the number of the change
// that its cells are from.
type listing struct {
	ids      []uint32 // ascending unless sorted; nil: from, from+1, …
	contents []uint32 // nil: a row's id is its change
	from     uint32
	count    int
	sorted   bool // ids are in the order of a column
	version  uint64
	of       int // rows before the filter
}

func (l *listing) len() int {
	if l.ids != nil {
		return len(l.ids)
	}
	return l.count
}

func (l *listing) id(i int) uint32 {
	if l.ids != nil {
		return l.ids[i]
	}
	return l.from + uint32(i)
}

func (l *listing) content(i int) uint32 {
	if l.contents != nil {
		return l.contents[i]
	}
	return l.id(i)
}

// position is where the row with this id is, or would be.
func (l *listing) position(id uint32) (at int, found bool) {
	switch {
	case l.ids == nil:
		at = min(max(int(id)-int(l.from), 0), l.count)
		return at, id >= l.from && at < l.count
	case l.sorted:
		at = slices.Index(l.ids, id)
		return max(at, 0), at >= 0
	}
	return slices.BinarySearch(l.ids, id)
}

// plainListing is everything in the order in which it came: the changes up to
// the moment, or the table's rows.
func (l *Log) plainListing(asChanges bool, m *pastTable) listing {
	last := l.store.total
	if m != nil {
		last = m.at
	}
	out := listing{from: l.store.first, version: l.version}
	if asChanges || l.shape.appends {
		out.count = int(max(last+1, out.from) - out.from)
		out.of = out.count
		return out
	}
	slots := l.table.slots
	if m != nil {
		slots = m.slots
	}
	out.ids, out.contents = make([]uint32, 0, len(slots)), make([]uint32, 0, len(slots))
	for slot, n := range slots {
		if n >= l.store.first {
			out.ids, out.contents = append(out.ids, uint32(slot)), append(out.contents, n)
		}
	}
	out.of = len(out.ids)
	return out
}
