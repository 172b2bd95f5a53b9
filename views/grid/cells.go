package grid

import (
	"encoding/binary"

	"drey/themes"
)

// packed are the cells of a row in one text: a hundred thousand rows of a dozen cells
// take a third of what the cells do. A cell is a byte of its tone and form, with the
// bit withNum where Num follows as a varint, the length of its text as an unsigned
// varint, and the text.
type packed string

const (
	formBits = 2
	toneBits = 5
	withNum  = 1 << (formBits + toneBits)
)

// pack is cells in one text, for which scratch is overwritten.
func pack(scratch []byte, cells []Cell) (packed, []byte) {
	b := scratch[:0]
	for i := range cells {
		c := &cells[i]
		head := byte(c.Form)&(1<<formBits-1) | byte(c.Tone)&(1<<toneBits-1)<<formBits
		if c.Num != 0 {
			b = binary.AppendVarint(append(b, head|withNum), c.Num)
		} else {
			b = append(b, head)
		}
		b = append(binary.AppendUvarint(b, uint64(len(c.Text))), c.Text...)
	}
	return packed(b), b
}

// next is the first cell and the cells behind it; ok is false when there is none. Its
// text is part of p: nothing is allocated.
func (p packed) next() (c Cell, rest packed, ok bool) {
	if p == "" {
		return c, "", false
	}
	head := p[0]
	c.Form, c.Tone = Form(head&(1<<formBits-1)), themes.Tone(head>>formBits&(1<<toneBits-1))
	p = p[1:]
	if head&withNum != 0 {
		n, size := uvarint(p)
		c.Num = int64(n>>1) ^ -int64(n&1)
		p = p[size:]
	}
	n, size := uvarint(p)
	end := size + int(n)
	c.Text = string(p[size:end])
	return c, p[end:], true
}

// uvarint is binary.Uvarint of a string.
func uvarint(p packed) (n uint64, size int) {
	for shift := 0; ; shift += 7 {
		b := p[size]
		size++
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n, size
		}
	}
}

// at is the cell in column i; the zero Cell and false where there is none.
func (p packed) at(i int) (Cell, bool) {
	c, p, ok := p.next()
	for ; i > 0 && ok; i-- {
		c, p, ok = p.next()
	}
	return c, ok
}

// all appends all cells.
func (p packed) all(cells []Cell) []Cell {
	for c, rest, ok := p.next(); ok; c, rest, ok = rest.next() {
		cells = append(cells, c)
	}
	return cells
}
