package results

import (
	"errors"
	"slices"
)

// Spill is a file for rows that are too many for the memory. Its methods may be
// called at the same time; Close removes it.
type Spill interface {
	Append(p []byte) (at int64, err error)
	ReadAt(p []byte, at int64) (int, error)
	Close() error
}

// What is held of one result, in bytes: beyond the first, the oldest rows go to
// a file; beyond the second, they go.
const (
	maxMemory  = 64 << 20
	maxOnDisk  = 2 << 30
	blockBytes = 256 << 10
	blockRows  = 4096
	// maxChanges is how many changes are held, for what is kept of each.
	maxChanges = 4_000_000
)

// block is a stretch of changes. Once it is full it does not change but for its
// data, which is nil while they are in the file.
type block struct {
	first uint32 // number of its first change, from 1
	ends  []uint32
	data  []byte
	file  Spill
	at    int64
	size  int
}

// store holds changes by their number, from first to total.
type store struct {
	blocks []*block
	first  uint32 // of the oldest that is held
	total  uint32
	memory int
	disk   int64
	cache  []*block // of those in the file, the ones read last; newest last
}

func newStore() store { return store{first: 1} }

// add appends the changes of a batch.
func (s *store) add(b batch) {
	from := uint32(0)
	for _, end := range b.ends {
		s.append(b.data[from:end])
		from = end
	}
}

func (s *store) append(r record) {
	var tail *block
	if n := len(s.blocks); n > 0 {
		tail = s.blocks[n-1]
	}
	if tail == nil || tail.full() || len(tail.data)+len(r) > cap(tail.data) && len(tail.data) > 0 {
		tail = &block{first: s.total + 1, data: make([]byte, 0, max(min(blockBytes, 4<<10+s.memory), len(r)))}
		s.blocks = append(s.blocks, tail)
	}
	tail.data = append(tail.data, r...)
	tail.ends = append(tail.ends, uint32(len(tail.data)))
	s.memory += len(r) + 4
	s.total++
}

func (b *block) full() bool { return b.data == nil || len(b.ends) >= blockRows }

func (b *block) record(n uint32) record {
	i := n - b.first
	from := uint32(0)
	if i > 0 {
		from = b.ends[i-1]
	}
	return b.data[from:b.ends[i]:b.ends[i]]
}

// find is the block that holds change n.
func (s *store) find(n uint32) *block { return findBlock(s.blocks, n) }

func findBlock(blocks []*block, n uint32) *block {
	i, exact := slices.BinarySearchFunc(blocks, n, func(b *block, n uint32) int {
		switch {
		case b.first < n:
			return -1
		case b.first > n:
			return 1
		}
		return 0
	})
	if !exact {
		i--
	}
	if i < 0 || i >= len(blocks) || n >= blocks[i].first+uint32(len(blocks[i].ends)) {
		return nil
	}
	return blocks[i]
}

// record is change n; missing is its block when that has to be read first.
func (s *store) record(n uint32) (r record, missing *block) {
	if n < s.first {
		return nil, nil
	}
	b := s.find(n)
	if b == nil {
		return nil, nil
	}
	if b.data != nil {
		return b.record(n), nil
	}
	for _, c := range s.cache {
		if c.first == b.first {
			return c.record(n), nil
		}
	}
	return nil, b
}

// maxCached is how many blocks of the file are kept at hand.
const maxCached = 32

// save has a block that was read at hand.
func (s *store) save(b *block) {
	s.cache = append(s.cache, b)
	s.cache = s.cache[max(len(s.cache)-maxCached, 0):]
}

// read is a copy of a block with its data.
func (b *block) read() (*block, error) {
	if b.data != nil {
		return b, nil
	}
	if b.file == nil {
		return nil, errLetGo
	}
	whole := *b
	whole.data = make([]byte, b.size)
	_, err := b.file.ReadAt(whole.data, b.at)
	return &whole, err
}

var errLetGo = errors.New("these rows were let go")

// snapshot is what a command may read while the store grows.
func (s *store) snapshot() []*block {
	all := make([]*block, len(s.blocks))
	for i, b := range s.blocks {
		copied := *b
		all[i] = &copied
	}
	return all
}

// surplus are the oldest blocks that are full and too many for the memory.
func (s *store) surplus(limit int) []*block {
	if s.memory <= limit {
		return nil
	}
	var out []*block
	left := s.memory
	for _, b := range s.blocks[:max(len(s.blocks)-1, 0)] {
		if left <= limit/4*3 {
			break
		}
		if b.data != nil {
			out = append(out, b)
			left -= len(b.data) + 4*len(b.ends)
		}
	}
	return out
}

// spilled tells that a block is in a file now.
func (s *store) spilled(first uint32, file Spill, at int64) {
	b := s.find(first)
	if b == nil || b.data == nil {
		return
	}
	b.file, b.at, b.size = file, at, len(b.data)
	s.memory -= len(b.data) + 4*len(b.ends)
	s.disk += int64(b.size)
	b.data = nil
}

// letGo drops the oldest blocks until at most so many bytes and changes are
// left; it gives the files that nothing is left in.
func (s *store) letGo(memory int, disk int64, changes int) []Spill {
	var closed []Spill
	for len(s.blocks) > 1 && (s.memory > memory || s.disk > disk || int(s.total-s.first) >= changes) {
		b := s.blocks[0]
		s.blocks = s.blocks[1:]
		s.first = s.blocks[0].first
		if b.data != nil {
			s.memory -= len(b.data) + 4*len(b.ends)
			continue
		}
		s.disk -= int64(b.size)
		if s.blocks[0].file != b.file {
			closed = append(closed, b.file)
		}
	}
	return closed
}
