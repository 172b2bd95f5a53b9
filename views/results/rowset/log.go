package rowset

import "drey/client/statement"

// PlainListing is everything in the order in which it came: the changes up to
// the moment, or the table's rows.
func (l *Log) PlainListing(asChanges bool, m *PastTable) Listing {
	last := l.Store.Total
	if m != nil {
		last = m.At
	}
	out := Listing{from: l.Store.First, version: l.Version}
	if asChanges || l.Shape.Appends {
		out.count = int(max(last+1, out.from) - out.from)
		out.Of = out.count
		return out
	}
	slots := l.Table.Slots
	if m != nil {
		slots = m.slots
	}
	out.IDs, out.contents = make([]uint32, 0, len(slots)), make([]uint32, 0, len(slots))
	for slot, n := range slots {
		if n >= l.Store.First {
			out.IDs, out.contents = append(out.IDs, uint32(slot)), append(out.contents, n)
		}
	}
	out.Of = len(out.IDs)
	return out
}

// Log is what came of a result: every change as it came, and the table that they
// make. It is bounded; what had to go is counted.
type Log struct {
	Shape   *Shape
	Store   store
	Table   table
	Widths  []int
	Misfits int
	lost    int // table rows that were let go
	Version uint64
	Ended   bool // nothing more comes
	// Spill is the file that is written to, and how much is in it.
	Spill struct {
		File  Spill
		Bytes int64
		Err   error
		Busy  bool
	}
	Limits limits
}

// limits are the bounds, smaller in tests.
type limits struct {
	Memory  int
	Disk    int64
	Changes int
}

// NewLog makes an empty log; list is set where rows are a plain list, as of a
// SHOW.
func NewLog(t *statement.Traits, list bool) *Log {
	s := &Shape{Columns: t.Columns, Appends: t.AppendOnly || list}
	if !list {
		s.key = t.Key
	}
	for _, k := range s.key {
		if k < 0 || k >= len(s.Columns) {
			s.key = nil
		}
	}
	if len(s.key) == 0 {
		s.key = nil
	}
	return &Log{
		Shape: s, Store: newStore(), Table: newTable(), Widths: make([]int, len(s.Columns)),
		Limits: limits{maxMemory, maxOnDisk, maxChanges},
	}
}

// Pack makes rows ready to be added; it may run off the loop.
func (l *Log) Pack(rows []statement.Row) Packed { return Packed{l.Shape.Pack(rows)} }

// Packed is rows on their way into a Log.
type Packed struct{ batch batch }

// Len is how many rows there are.
func (p Packed) Len() int { return len(p.batch.Ends) + p.batch.misfits }

// Add takes rows in.
func (l *Log) Add(p Packed) {
	b := p.batch
	l.Misfits += b.misfits
	for i, w := range b.widths {
		l.Widths[i] = max(l.Widths[i], w)
	}
	if len(b.Ends) == 0 {
		return
	}
	l.Version++
	from := l.Store.Total
	l.Store.add(b)
	start := uint32(0)
	for i, end := range b.Ends {
		op := Record(b.Data[start:end]).Op()
		start = end
		if l.Shape.Appends {
			l.noteAppend(op)
			continue
		}
		l.Table.apply(from+uint32(i)+1, op, b.identities[i], l.Shape.key != nil)
	}
}

// noteAppend counts what a result that only grows cannot have: it stays in the
// changelog.
func (l *Log) noteAppend(op statement.Op) {
	if op != statement.Insert {
		l.Table.Stale++
	}
}

// End tells that nothing more comes.
func (l *Log) End() { l.Ended = true }

// Rows is how many rows the table has now.
func (l *Log) Rows() int {
	if l.Shape.Appends {
		return int(l.Store.Total - l.Store.First + 1)
	}
	return l.Table.live
}

// Changes is how many changes came.
func (l *Log) Changes() int { return int(l.Store.Total) }

// Full tells that no more changes can be numbered.
func (l *Log) Full() bool { return l.Store.Total > 1<<32-1<<20 }

// Close removes the files.
func (l *Log) Close() {
	files := map[Spill]bool{}
	for _, b := range l.Store.blocks {
		if b.File != nil {
			files[b.File] = true
		}
	}
	if l.Spill.File != nil {
		files[l.Spill.File] = true
	}
	for f := range files {
		_ = f.Close() // it is gone at the end of the program anyhow
	}
	l.Store, l.Spill.File = newStore(), nil
}

// DropOldest lets rows go until a quarter of what may be held is free.
func (l *Log) DropOldest(memory int) {
	for _, f := range l.Store.letGo(memory/4*3, l.Limits.Disk/4*3, l.Limits.Changes/4*3) {
		if f != l.Spill.File {
			_ = f.Close() // nothing of it is wanted any more
		}
	}
	if !l.Shape.Appends {
		l.lost += l.Table.letGo(l.Store.First)
	}
	l.Version++
}

// LetGo is how many changes and table rows are not held any more.
func (l *Log) LetGo() (changes, rows int) { return int(l.Store.First - 1), l.lost }

// OnDisk is how many bytes of it are in files.
func (l *Log) OnDisk() int64 { return l.Store.Disk }

// Limit sets the bounds: bytes in memory, bytes on the disk, and changes.
func (l *Log) Limit(memory int, disk int64, changes int) { l.Limits = limits{memory, disk, changes} }

// Memory is how many bytes are held in memory.
func (l *Log) Memory() int { return l.Store.Memory }
