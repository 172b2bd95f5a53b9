package stream

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
)

// packedRows are rows as bytes, each behind its key: much less than rows of
// values take.
type packedRows struct {
	chunks [][]byte
	list   []packedRow
	bytes  int64
	saver  state.Codec // of the row that is added
}

// packedRow is where a row is, and the part of its key that is compared.
type packedRow struct {
	part      uint64
	chunk, at uint32
	keyLength uint32
	length    uint32 // of key and row
}

const (
	chunkSize     = 1 << 20
	packedRowSize = 24
)

// add packs a row, and tells how many bytes it takes.
func (p *packedRows) add(key []byte, row value.Row) int64 {
	p.saver.Buf = p.saver.Buf[:0]
	p.saver.Row(&row)
	size := p.copy(key, p.saver.Buf)
	if cap(p.saver.Buf) > chunkSize { // of a long row
		p.saver.Buf = nil
	}
	return size
}

// copy adds a row that is packed.
func (p *packedRows) copy(key, row []byte) int64 {
	n := len(key) + len(row)
	last := len(p.chunks) - 1
	if last < 0 || len(p.chunks[last])+n > cap(p.chunks[last]) {
		size := chunkSize
		if last < 0 { // there may be few rows
			size = 1 << 12
		} else if last == 0 {
			size = 1 << 16
		}
		p.chunks = append(p.chunks, make([]byte, 0, max(size, n)))
		last++
	}
	at := len(p.chunks[last])
	p.chunks[last] = append(append(p.chunks[last], key...), row...)
	p.list = append(p.list, packedRow{
		chunk: uint32(last), at: uint32(at), keyLength: uint32(len(key)), length: uint32(n),
	})
	p.bytes += int64(n + packedRowSize)
	return int64(n + packedRowSize)
}

// partSize is how many bytes of a key are compared at once.
const partSize = 8

// keyPart is the beginning of what is left of a key as a number.
func keyPart(key []byte) uint64 {
	if len(key) >= partSize {
		return binary.BigEndian.Uint64(key)
	}
	var first [partSize]byte
	copy(first[:], key)
	return binary.BigEndian.Uint64(first[:])
}

// partLength is how many bytes of the key from one on are in the part.
func (r packedRow) partLength(from int) int { return min(partSize, int(r.keyLength)-from) }

func (p *packedRows) size() int64 { return p.bytes }

func (p *packedRows) key(r packedRow) []byte { return p.chunks[r.chunk][r.at : r.at+r.keyLength] }

func (p *packedRows) row(r packedRow) []byte {
	return p.chunks[r.chunk][r.at+r.keyLength : r.at+r.length]
}

// sort orders the rows by their keys, and those of one key as they were added.
func (p *packedRows) sort() { p.sortFrom(p.list, 0) }

// fewRows is how many rows are compared by whole keys.
const fewRows = 12

// sortFrom orders rows whose keys are equal up to a byte. Eight bytes of each
// key are compared as a number, from where the keys begin to differ; those that
// are equal in them are ordered by what follows. Whole keys, which are anywhere
// in memory, are read a few times only.
func (p *packedRows) sortFrom(rows []packedRow, from int) {
	if len(rows) <= fewRows {
		slices.SortFunc(rows, func(a, b packedRow) int {
			if c := bytes.Compare(p.key(a)[from:], p.key(b)[from:]); c != 0 {
				return c
			}
			return a.compareAdded(b)
		})
		return
	}
	from += p.common(rows, from)
	for i := range rows {
		rows[i].part = keyPart(p.key(rows[i])[from:])
	}
	slices.SortFunc(rows, func(a, b packedRow) int {
		switch {
		case a.part != b.part:
			return cmp.Compare(a.part, b.part)
		case a.partLength(from) != b.partLength(from):
			return cmp.Compare(a.partLength(from), b.partLength(from))
		}
		return a.compareAdded(b)
	})
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].part == rows[0].part && rows[n].partLength(from) == rows[0].partLength(from) {
			n++
		}
		if n > 1 && rows[0].partLength(from) == partSize {
			p.sortFrom(rows[:n], from+partSize)
		}
		rows = rows[n:]
	}
}

// common is how many bytes from one on the keys of all rows have in common.
func (p *packedRows) common(rows []packedRow, from int) int {
	first := p.key(rows[0])[from:]
	for _, r := range rows[1:] {
		key := p.key(r)[from:]
		n := 0
		for n < len(first) && n < len(key) && first[n] == key[n] {
			n++
		}
		if first = first[:n]; n == 0 {
			break
		}
	}
	return len(first)
}

// compareAdded orders rows as they were added.
func (r packedRow) compareAdded(other packedRow) int {
	if r.chunk != other.chunk {
		return cmp.Compare(r.chunk, other.chunk)
	}
	return cmp.Compare(r.at, other.at)
}

func (p *packedRows) unpacked(r packedRow) (value.Row, error) {
	c := state.NewLoader(p.row(r))
	var row value.Row
	c.Row(&row)
	return row, c.Err
}
