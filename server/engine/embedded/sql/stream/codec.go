package stream

import (
	"encoding/binary"
	"errors"
	"math"
	"math/big"

	"github.com/cockroachdb/apd/v3"

	"drey/server/engine/embedded/sql/value"
)

// codec carries state out of operators into bytes, or back: each thing is
// named once, for both ways.
type codec struct {
	loading bool
	buf     []byte // what was written, or what is left to read
	err     error
}

var errDamaged = errors.New("the snapshot is damaged")

// stateful is an operator, or a part of one, that remembers something.
type stateful interface{ state(c *codec) }

func (c *codec) damaged() {
	c.err, c.buf = errDamaged, nil
}

func (c *codec) int64(p *int64) {
	if !c.loading {
		c.buf = binary.AppendVarint(c.buf, *p)
		return
	}
	v, n := binary.Varint(c.buf)
	if n <= 0 {
		c.damaged()
		return
	}
	*p, c.buf = v, c.buf[n:]
}

func (c *codec) int(p *int) {
	v := int64(*p)
	c.int64(&v)
	*p = int(v)
}

func (c *codec) int32(p *int32) {
	v := int64(*p)
	c.int64(&v)
	*p = int32(v)
}

// bits carries eight bytes.
func (c *codec) bits(p *uint64) {
	if !c.loading {
		c.buf = binary.LittleEndian.AppendUint64(c.buf, *p)
		return
	}
	if len(c.buf) < 8 {
		c.damaged()
		return
	}
	*p, c.buf = binary.LittleEndian.Uint64(c.buf), c.buf[8:]
}

func (c *codec) float(p *float64) {
	bits := math.Float64bits(*p)
	c.bits(&bits)
	*p = math.Float64frombits(bits)
}

func (c *codec) byte(p *byte) {
	if !c.loading {
		c.buf = append(c.buf, *p)
		return
	}
	if len(c.buf) == 0 {
		c.damaged()
		return
	}
	*p, c.buf = c.buf[0], c.buf[1:]
}

func (c *codec) bool(p *bool) {
	var b byte
	if *p {
		b = 1
	}
	c.byte(&b)
	*p = b == 1
}

func (c *codec) text(p *string) {
	n := c.length(len(*p))
	if !c.loading {
		c.buf = append(c.buf, *p...)
		return
	}
	*p, c.buf = string(c.buf[:n]), c.buf[n:]
}

// length carries how many things follow, each of which takes a byte or more.
func (c *codec) length(n int) int {
	c.int(&n)
	if c.loading && (n < 0 || n > len(c.buf)) {
		c.damaged()
		return 0
	}
	return n
}

// list carries a slice; nil comes back as nil or empty.
func list[T any](c *codec, p *[]T, item func(*T)) {
	n := c.length(len(*p))
	if c.loading {
		*p = make([]T, n)
	}
	for i := range *p {
		if c.err != nil {
			return
		}
		item(&(*p)[i])
	}
}

// table carries a map; a nil one comes back as nil.
func table[T any](c *codec, p *map[string]T, item func(*T)) {
	began := *p != nil
	if c.bool(&began); !began {
		return
	}
	n := c.length(len(*p))
	if !c.loading {
		for key, v := range *p {
			c.text(&key)
			item(&v)
		}
		return
	}
	*p = make(map[string]T, n)
	for range n {
		var key string
		var v T
		if c.text(&key); c.err != nil {
			return
		}
		item(&v)
		(*p)[key] = v
	}
}

// pointer makes of a carrier of things one of pointers to them.
func pointer[T any](item func(*T)) func(**T) {
	return func(p **T) {
		if *p == nil {
			*p = new(T)
		}
		item(*p)
	}
}

func (c *codec) rows(p *[]value.Row) { list(c, p, c.row) }

// row carries a row; a nil one comes back as nil.
func (c *codec) row(p *value.Row) {
	some := *p != nil
	if c.bool(&some); !some {
		*p = nil
		return
	}
	list(c, (*[]value.Value)(p), c.value)
}

// What a value holds besides its numbers.
const (
	holdsValue byte = 1 << iota
	holdsNumber
	holdsNanos
	holdsText
	holdsDecimal
	holdsItems
	holdsEntries
)

func holds(v *value.Value) byte {
	var b byte
	if v.Valid {
		b |= holdsValue
	}
	if v.I != 0 {
		b |= holdsNumber
	}
	if v.N != 0 {
		b |= holdsNanos
	}
	if v.S != "" {
		b |= holdsText
	}
	switch v.R.(type) {
	case *apd.Decimal:
		b |= holdsDecimal
	case []value.Value:
		b |= holdsItems
	case []value.Entry:
		b |= holdsEntries
	}
	return b
}

func (c *codec) value(v *value.Value) {
	var b byte
	if !c.loading {
		b = holds(v)
	}
	c.byte(&b)
	v.Valid = b&holdsValue != 0
	if b&holdsNumber != 0 {
		bits := uint64(v.I)
		c.bits(&bits)
		v.I = int64(bits)
	}
	if b&holdsNanos != 0 {
		c.int32(&v.N)
	}
	if b&holdsText != 0 {
		c.text(&v.S)
	}
	c.nested(b, v)
}

func (c *codec) nested(b byte, v *value.Value) {
	switch {
	case b&holdsDecimal != 0:
		if c.loading {
			v.R = new(apd.Decimal)
		}
		c.decimal(v.D())
	case b&holdsItems != 0:
		items, _ := v.R.([]value.Value)
		list(c, &items, c.value)
		v.R = items
	case b&holdsEntries != 0:
		entries, _ := v.R.([]value.Entry)
		list(c, &entries, func(e *value.Entry) {
			c.value(&e.Key)
			c.value(&e.Value)
		})
		v.R = entries
	}
}

func (c *codec) decimal(d *apd.Decimal) {
	form := byte(d.Form)
	c.byte(&form)
	c.bool(&d.Negative)
	c.int32(&d.Exponent)
	digits := string(d.Coeff.Bytes())
	c.text(&digits)
	if c.loading {
		d.Form = apd.Form(form)
		d.Coeff.SetMathBigInt(new(big.Int).SetBytes([]byte(digits)))
	}
}
