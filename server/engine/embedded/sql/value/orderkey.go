package value

import (
	"encoding/binary"
	"math"
	"strings"

	"drey/server/engine/types"
)

// Order is how a column is sorted.
type Order struct {
	Desc       bool
	NullsFirst bool
}

// AppendOrderKey adds bytes that are ordered as Compare orders the values of a
// type, with NULL before or behind all of them. Keys of several columns one
// behind the other are ordered by the first that differs.
func AppendOrderKey(key []byte, t types.Type, v Value, o Order) []byte {
	if v.Valid != o.NullsFirst { // NULL first is 0 before 1, and NULL last 1 behind 0
		key = append(key, 0)
	} else {
		key = append(key, 1)
	}
	if !v.Valid {
		return key
	}
	begin := len(key)
	key = appendOrdered(key, t, v)
	if o.Desc {
		for i := begin; i < len(key); i++ {
			key[i] = ^key[i]
		}
	}
	return key
}

func appendOrdered(key []byte, t types.Type, v Value) []byte {
	switch t.Root {
	case types.Decimal:
		return appendDecimal(key, v.D().Text('f'))
	case types.Float, types.Double:
		return binary.BigEndian.AppendUint64(key, floatOrder(v.F()))
	case types.Char, types.Varchar, types.Binary, types.Varbinary:
		return appendText(key, v.S)
	case types.Array, types.Row:
		for i, item := range v.Items() {
			et := &types.Type{}
			if t.Root == types.Row {
				et = &t.Fields[i].Type
			} else {
				et = t.Elem
			}
			if !item.Valid {
				key = append(key, 1)
				continue
			}
			key = appendOrdered(append(key, 2), *et, item)
		}
		return append(key, 0)
	case types.Map, types.Multiset: // which are all alike for Compare
		return key
	}
	key = binary.BigEndian.AppendUint64(key, uint64(v.I)^1<<63)
	if t.IsTimestamp() {
		key = binary.BigEndian.AppendUint32(key, uint32(v.N)^1<<31)
	}
	return key
}

// floatOrder are bits that are ordered as Java orders DOUBLE: -0.0 below 0.0,
// and NaN above all.
func floatOrder(f float64) uint64 {
	if math.IsNaN(f) {
		return math.MaxUint64
	}
	bits := math.Float64bits(f)
	if bits>>63 == 1 {
		return ^bits
	}
	return bits | 1<<63
}

// appendText ends a text with two zeros, and marks the zeros within it.
func appendText(key []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, 0)
		if i < 0 {
			return append(append(key, s...), 0, 0)
		}
		key = append(append(key, s[:i]...), 0, 0xff)
		s = s[i+1:]
	}
}

// appendDecimal writes the sign, how many digits stand before the point, and
// all digits without zeros at either end.
func appendDecimal(key []byte, text string) []byte {
	text, negative := strings.CutPrefix(text, "-")
	whole, fraction, _ := strings.Cut(text, ".")
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if whole == "" && fraction == "" {
		negative = false
	}
	begin := len(key)
	key = append(key, 1)
	key = binary.BigEndian.AppendUint32(key, uint32(len(whole)))
	key = append(append(append(key, whole...), fraction...), 0)
	if negative {
		for i := begin; i < len(key); i++ {
			key[i] = ^key[i]
		}
		key[begin] = 0
	}
	return key
}
