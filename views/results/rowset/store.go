package rowset

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

// Block is a stretch of changes. Once it is full it does not change but for its
// data, which is nil while they are in the file.
type Block struct {
	First uint32 // number of its first change, from 1
	ends  []uint32
	Data  []byte
	File  Spill
	at    int64
	size  int
}

// store holds changes by their number, from first to total.
type store struct {
	blocks []*Block
	First  uint32 // of the oldest that is held
	Total  uint32
	Memory int
	Disk   int64
	cache  []*Block // of those in the file, the ones read last; newest last
}

func newStore() store { return store{First: 1} }

// add appends the changes of a batch.
func (s *store) add(b batch) {
	from := uint32(0)
	for _, end := range b.Ends {
		s.append(b.Data[from:end])
		from = end
	}
}

func (s *store) append(r Record) {
	var tail *Block
	if n := len(s.blocks); n > 0 {
		tail = s.blocks[n-1]
	}
	if tail == nil || tail.full() || len(tail.Data)+len(r) > cap(tail.Data) && len(tail.Data) > 0 {
		tail = &Block{First: s.Total + 1, Data: make([]byte, 0, max(min(blockBytes, 4<<10+s.Memory), len(r)))}
		s.blocks = append(s.blocks, tail)
	}
	tail.Data = append(tail.Data, r...)
	tail.ends = append(tail.ends, uint32(len(tail.Data)))
	s.Memory += len(r) + 4
	s.Total++
}

func (b *Block) full() bool { return b.Data == nil || len(b.ends) >= blockRows }

func (b *Block) record(n uint32) Record {
	i := n - b.First
	from := uint32(0)
	if i > 0 {
		from = b.ends[i-1]
	}
	return b.Data[from:b.ends[i]:b.ends[i]]
}

// Find is the block that holds change n.
func (s *store) Find(n uint32) *Block { return findBlock(s.blocks, n) }

func findBlock(blocks []*Block, n uint32) *Block {
	i, exact := slices.BinarySearchFunc(blocks, n, func(b *Block, n uint32) int {
		switch {
		case b.First < n:
			return -1
		case b.First > n:
			return 1
		}
		return 0
	})
	if !exact {
		i--
	}
	if i < 0 || i >= len(blocks) || n >= blocks[i].First+uint32(len(blocks[i].ends)) {
		return nil
	}
	return blocks[i]
}

// Record is change n; missing is its block when that has to be read first.
func (s *store) Record(n uint32) (r Record, missing *Block) {
	if n < s.First {
		return nil, nil
	}
	b := s.Find(n)
	if b == nil {
		return nil, nil
	}
	if b.Data != nil {
		return b.record(n), nil
	}
	for _, c := range s.cache {
		if c.First == b.First {
			return c.record(n), nil
		}
	}
	return nil, b
}

// MaxCached is how many blocks of the file are kept at hand.
const MaxCached = 32

// Save has a block that was read at hand.
func (s *store) Save(b *Block) {
	s.cache = append(s.cache, b)
	s.cache = s.cache[max(len(s.cache)-MaxCached, 0):]
}

// Read is a copy of a block with its data.
func (b *Block) Read() (*Block, error) {
	if b.Data != nil {
		return b, nil
	}
	if b.File == nil {
		return nil, errLetGo
	}
	whole := *b
	whole.Data = make([]byte, b.size)
	_, err := b.File.ReadAt(whole.Data, b.at)
	return &whole, err
}

var errLetGo = errors.New("these rows were let go")

// Snapshot is what a command may read while the store grows.
func (s *store) Snapshot() []*Block {
	all := make([]*Block, len(s.blocks))
	for i, b := range s.blocks {
		copied := *b
		all[i] = &copied
	}
	return all
}

// Surplus are the oldest blocks that are full and too many for the memory.
func (s *store) Surplus(limit int) []*Block {
	if s.Memory <= limit {
		return nil
	}
	var out []*Block
	left := s.Memory
	for _, b := range s.blocks[:max(len(s.blocks)-1, 0)] {
		if left <= limit/4*3 {
			break
		}
		if b.Data != nil {
			out = append(out, b)
			left -= len(b.Data) + 4*len(b.ends)
		}
	}
	return out
}

// Spilled tells that a block is in a file now.
func (s *store) Spilled(first uint32, file Spill, at int64) {
	b := s.Find(first)
	if b == nil || b.Data == nil {
		return
	}
	b.File, b.at, b.size = file, at, len(b.Data)
	s.Memory -= len(b.Data) + 4*len(b.ends)
	s.Disk += int64(b.size)
	b.Data = nil
}

// letGo drops the oldest blocks until at most so many bytes and changes are
// left; it gives the files that nothing is left in.
func (s *store) letGo(memory int, disk int64, changes int) []Spill {
	var closed []Spill
	for len(s.blocks) > 1 && (s.Memory > memory || s.Disk > disk || int(s.Total-s.First) >= changes) {
		b := s.blocks[0]
		s.blocks = s.blocks[1:]
		s.First = s.blocks[0].First
		if b.Data != nil {
			s.Memory -= len(b.Data) + 4*len(b.ends)
			continue
		}
		s.Disk -= int64(b.size)
		if s.blocks[0].File != b.File {
			closed = append(closed, b.File)
		}
	}
	return closed
}
