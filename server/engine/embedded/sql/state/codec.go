package state

import (
	"encoding/binary"
	"errors"
	"math"
	"math/big"

	"github.com/cockroachdb/apd/v3"

	"drey/server/engine/embedded/sql/value"
)

// Codec carries state out of operators into bytes, or back: each thing is
// named once, for both ways.
type Codec struct {
	Loading bool
	Buf     []byte // what was written, or what is left to read
	Err     error
}

// NewSaver writes state.
func NewSaver() *Codec { return &Codec{} }

// NewLoader reads what a saver wrote.
func NewLoader(b []byte) *Codec { return &Codec{Loading: true, Buf: b} }

var ErrDamaged = errors.New("the snapshot is damaged")

// Stateful is an operator, or a part of one, that remembers something.
type Stateful interface{ State(c *Codec) }

func (c *Codec) Damage() {
	c.Err, c.Buf = ErrDamaged, nil
}

func (c *Codec) Int64(p *int64) {
	if !c.Loading {
		c.Buf = binary.AppendVarint(c.Buf, *p)
		return
	}
	v, n := binary.Varint(c.Buf)
	if n <= 0 {
		c.Damage()
		return
	}
	*p, c.Buf = v, c.Buf[n:]
}

func (c *Codec) Int(p *int) {
	v := int64(*p)
	c.Int64(&v)
	*p = int(v)
}

func (c *Codec) Int32(p *int32) {
	v := int64(*p)
	c.Int64(&v)
	*p = int32(v)
}

// Bits carries eight bytes.
func (c *Codec) Bits(p *uint64) {
	if !c.Loading {
		c.Buf = binary.LittleEndian.AppendUint64(c.Buf, *p)
		return
	}
	if len(c.Buf) < 8 {
		c.Damage()
		return
	}
	*p, c.Buf = binary.LittleEndian.Uint64(c.Buf), c.Buf[8:]
}

func (c *Codec) Float(p *float64) {
	bits := math.Float64bits(*p)
	c.Bits(&bits)
	*p = math.Float64frombits(bits)
}

func (c *Codec) Byte(p *byte) {
	if !c.Loading {
		c.Buf = append(c.Buf, *p)
		return
	}
	if len(c.Buf) == 0 {
		c.Damage()
		return
	}
	*p, c.Buf = c.Buf[0], c.Buf[1:]
}

func (c *Codec) Bool(p *bool) {
	var b byte
	if *p {
		b = 1
	}
	c.Byte(&b)
	*p = b == 1
}

func (c *Codec) Text(p *string) {
	n := c.Length(len(*p))
	if !c.Loading {
		c.Buf = append(c.Buf, *p...)
		return
	}
	*p, c.Buf = string(c.Buf[:n]), c.Buf[n:]
}

// Length carries how many things follow, each of which takes a byte or more.
func (c *Codec) Length(n int) int {
	c.Int(&n)
	if c.Loading && (n < 0 || n > len(c.Buf)) {
		c.Damage()
		return 0
	}
	return n
}

// List carries a slice; nil comes back as nil or empty.
func List[T any](c *Codec, p *[]T, item func(*T)) {
	n := c.Length(len(*p))
	if c.Loading {
		*p = make([]T, n)
	}
	for i := range *p {
		if c.Err != nil {
			return
		}
		item(&(*p)[i])
	}
}

// Table carries a map; a nil one comes back as nil.
func Table[T any](c *Codec, p *map[string]T, item func(*T)) {
	began := *p != nil
	if c.Bool(&began); !began {
		return
	}
	n := c.Length(len(*p))
	if !c.Loading {
		for key, v := range *p {
			c.Text(&key)
			item(&v)
		}
		return
	}
	*p = make(map[string]T, n)
	for range n {
		var key string
		var v T
		if c.Text(&key); c.Err != nil {
			return
		}
		item(&v)
		(*p)[key] = v
	}
}

// Pointer makes of a carrier of things one of pointers to them.
func Pointer[T any](item func(*T)) func(**T) {
	return func(p **T) {
		if *p == nil {
			*p = new(T)
		}
		item(*p)
	}
}

func (c *Codec) Rows(p *[]value.Row) { List(c, p, c.Row) }

// Row carries a row; a nil one comes back as nil.
func (c *Codec) Row(p *value.Row) {
	some := *p != nil
	if c.Bool(&some); !some {
		*p = nil
		return
	}
	List(c, (*[]value.Value)(p), c.Value)
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

func (c *Codec) Value(v *value.Value) {
	var b byte
	if !c.Loading {
		b = holds(v)
	}
	c.Byte(&b)
	v.Valid = b&holdsValue != 0
	if b&holdsNumber != 0 {
		bits := uint64(v.I)
		c.Bits(&bits)
		v.I = int64(bits)
	}
	if b&holdsNanos != 0 {
		c.Int32(&v.N)
	}
	if b&holdsText != 0 {
		c.Text(&v.S)
	}
	c.nested(b, v)
}

func (c *Codec) nested(b byte, v *value.Value) {
	switch {
	case b&holdsDecimal != 0:
		if c.Loading {
			v.R = new(apd.Decimal)
		}
		c.Decimal(v.D())
	case b&holdsItems != 0:
		items, _ := v.R.([]value.Value)
		List(c, &items, c.Value)
		v.R = items
	case b&holdsEntries != 0:
		entries, _ := v.R.([]value.Entry)
		List(c, &entries, func(e *value.Entry) {
			c.Value(&e.Key)
			c.Value(&e.Value)
		})
		v.R = entries
	}
}

func (c *Codec) Decimal(d *apd.Decimal) {
	form := byte(d.Form)
	c.Byte(&form)
	c.Bool(&d.Negative)
	c.Int32(&d.Exponent)
	digits := string(d.Coeff.Bytes())
	c.Text(&digits)
	if c.Loading {
		d.Form = apd.Form(form)
		d.Coeff.SetMathBigInt(new(big.Int).SetBytes([]byte(digits)))
	}
}
