package results

import "drey/client/statement"

// Log is what came of a result: every change as it came, and the table that they
// make. It is bounded; what had to go is counted.
type Log struct {
	shape   *shape
	store   store
	table   table
	widths  []int
	misfits int
	lost    int // table rows that were let go
	version uint64
	ended   bool // nothing more comes
	// spill is the file that is written to, and how much is in it.
	spill struct {
		file  Spill
		bytes int64
		err   error
		busy  bool
	}
	limits limits
}

// limits are the bounds, smaller in tests.
type limits struct {
	memory  int
	disk    int64
	changes int
}

// NewLog makes an empty log; list is set where rows are a plain list, as of a
// SHOW.
func NewLog(t *statement.Traits, list bool) *Log {
	s := &shape{columns: t.Columns, appends: t.AppendOnly || list}
	if !list {
		s.key = t.Key
	}
	for _, k := range s.key {
		if k < 0 || k >= len(s.columns) {
			s.key = nil
		}
	}
	if len(s.key) == 0 {
		s.key = nil
	}
	return &Log{
		shape: s, store: newStore(), table: newTable(), widths: make([]int, len(s.columns)),
		limits: limits{maxMemory, maxOnDisk, maxChanges},
	}
}

// Pack makes rows ready to be added; it may run off the loop.
func (l *Log) Pack(rows []statement.Row) Packed { return Packed{l.shape.pack(rows)} }

// Packed is rows on their way into a Log.
type Packed struct{ batch batch }

// Len is how many rows there are.
func (p Packed) Len() int { return len(p.batch.ends) + p.batch.misfits }

// Add takes rows in.
func (l *Log) Add(p Packed) {
	b := p.batch
	l.misfits += b.misfits
	for i, w := range b.widths {
		l.widths[i] = max(l.widths[i], w)
	}
	if len(b.ends) == 0 {
		return
	}
	l.version++
	from := l.store.total
	l.store.add(b)
	start := uint32(0)
	for i, end := range b.ends {
		op := record(b.data[start:end]).op()
		start = end
		if l.shape.appends {
			l.noteAppend(op)
			continue
		}
		l.table.apply(from+uint32(i)+1, op, b.identities[i], l.shape.key != nil)
	}
}

// noteAppend counts what a result that only grows cannot have: it stays in the
// changelog.
func (l *Log) noteAppend(op statement.Op) {
	if op != statement.Insert {
		l.table.stale++
	}
}

// End tells that nothing more comes.
func (l *Log) End() { l.ended = true }

// Rows is how many rows the table has now.
func (l *Log) Rows() int {
	if l.shape.appends {
		return int(l.store.total - l.store.first + 1)
	}
	return l.table.live
}

// Changes is how many changes came.
func (l *Log) Changes() int { return int(l.store.total) }

// Full tells that no more changes can be numbered.
func (l *Log) Full() bool { return l.store.total > 1<<32-1<<20 }

// Close removes the files.
func (l *Log) Close() {
	files := map[Spill]bool{}
	for _, b := range l.store.blocks {
		if b.file != nil {
			files[b.file] = true
		}
	}
	if l.spill.file != nil {
		files[l.spill.file] = true
	}
	for f := range files {
		_ = f.Close() // it is gone at the end of the program anyhow
	}
	l.store, l.spill.file = newStore(), nil
}
