package rowset

import "slices"

// Listing is what is shown, in order: a consistent picture of one moment. The
// row at a place has an id that stays its own, and the number of the change
// that its cells are from.
type Listing struct {
	IDs      []uint32 // ascending unless sorted; nil: from, from+1, …
	contents []uint32 // nil: a row's id is its change
	from     uint32
	count    int
	Sorted   bool // ids are in the order of a column
	version  uint64
	Of       int // rows before the filter
}

func (l *Listing) Len() int {
	if l.IDs != nil {
		return len(l.IDs)
	}
	return l.count
}

func (l *Listing) ID(i int) uint32 {
	if l.IDs != nil {
		return l.IDs[i]
	}
	return l.from + uint32(i)
}

func (l *Listing) Content(i int) uint32 {
	if l.contents != nil {
		return l.contents[i]
	}
	return l.ID(i)
}

// Position is where the row with this id is, or would be.
func (l *Listing) Position(id uint32) (at int, found bool) {
	switch {
	case l.IDs == nil:
		at = min(max(int(id)-int(l.from), 0), l.count)
		return at, id >= l.from && at < l.count
	case l.Sorted:
		at = slices.Index(l.IDs, id)
		return max(at, 0), at >= 0
	}
	return slices.BinarySearch(l.IDs, id)
}

// Pick leaves the rows at these places, in their order.
func (l *Listing) Pick(places []int32) {
	ids, contents := make([]uint32, len(places)), make([]uint32, len(places))
	for i, at := range places {
		ids[i], contents[i] = l.ID(int(at)), l.Content(int(at))
	}
	l.IDs, l.contents = ids, contents
}
