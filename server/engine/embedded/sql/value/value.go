// Package value holds SQL values while they are computed: one compact struct
// for every type, its comparison, its key for hash tables, and its text.
package value

import (
	"encoding/binary"
	"math"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"drey/server/engine/types"
)

// Value is a value of a type known from elsewhere. The zero Value is NULL.
//
// I holds integers, booleans (1 and 0), the bits of FLOAT and DOUBLE as
// float64, days of a DATE, milliseconds of a TIME, of a timestamp since 1970
// and of an interval, and months. N holds a timestamp's nanoseconds within the
// millisecond. S holds text and bytes. R holds *apd.Decimal, []Value (ARRAY,
// ROW) or []Entry (MAP, MULTISET).
type Value struct {
	Valid bool
	N     int32
	I     int64
	S     string
	R     any
}

// Entry is one entry of a MAP.
type Entry struct{ Key, Value Value }

// Row is the values of a row.
type Row []Value

// Size is about how many bytes the row takes.
func (r Row) Size() int64 {
	n := int64(24)
	for _, v := range r {
		n += v.Size()
	}
	return n
}

// Size is about how many bytes the value takes.
func (v Value) Size() int64 {
	n := int64(56 + len(v.S))
	switch r := v.R.(type) {
	case *apd.Decimal:
		n += 48
	case []Value:
		for _, item := range r {
			n += item.Size()
		}
	case []Entry:
		for _, e := range r {
			n += e.Key.Size() + e.Value.Size()
		}
	}
	return n
}

// NULL is the absent value.
var NULL = Value{}

// Int is an integer, or anything else that is kept in I.
func Int(i int64) Value { return Value{Valid: true, I: i} }

// Bool is TRUE or FALSE.
func Bool(b bool) Value {
	if b {
		return Value{Valid: true, I: 1}
	}
	return Value{Valid: true}
}

// Float is a DOUBLE, or a FLOAT widened.
func Float(f float64) Value { return Value{Valid: true, I: int64(math.Float64bits(f))} }

// Text is a text or bytes.
func Text(s string) Value { return Value{Valid: true, S: s} }

// Dec is a DECIMAL; d is not changed afterwards.
func Dec(d *apd.Decimal) Value { return Value{Valid: true, R: d} }

// Stamp is a timestamp.
func Stamp(millis int64, nanos int32) Value { return Value{Valid: true, I: millis, N: nanos} }

// List is an ARRAY or a ROW.
func List(items []Value) Value { return Value{Valid: true, R: items} }

// True says whether the value is TRUE, not NULL.
func (v Value) True() bool { return v.Valid && v.I != 0 }

// F is the value of a FLOAT or DOUBLE.
func (v Value) F() float64 { return math.Float64frombits(uint64(v.I)) }

// D is the value of a DECIMAL.
func (v Value) D() *apd.Decimal { return v.R.(*apd.Decimal) }

// Items are the values of an ARRAY or a ROW.
func (v Value) Items() []Value { return v.R.([]Value) }

// Entries are those of a MAP.
func (v Value) Entries() []Entry { return v.R.([]Entry) }

// Compare orders two values of one type that are not NULL.
func Compare(t types.Type, a, b Value) int {
	switch t.Root {
	case types.Decimal:
		return a.D().Cmp(b.D())
	case types.Float, types.Double:
		return compareFloat(a.F(), b.F())
	case types.Char, types.Varchar, types.Binary, types.Varbinary:
		return strings.Compare(a.S, b.S)
	case types.Array, types.Row:
		return compareList(t, a.Items(), b.Items())
	case types.Timestamp, types.TimestampLTZ:
		if a.I == b.I {
			return int(a.N) - int(b.N)
		}
	}
	switch {
	case a.I < b.I:
		return -1
	case a.I > b.I:
		return 1
	}
	return 0
}

// compareFloat is Java's Double.compare: NaN is the greatest, -0.0 below 0.0.
func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b && a != 0:
		return 0
	}
	na, nb := math.IsNaN(a), math.IsNaN(b)
	if na || nb {
		switch {
		case na && nb:
			return 0
		case na:
			return 1
		}
		return -1
	}
	sa, sb := math.Signbit(a), math.Signbit(b)
	switch {
	case sa == sb:
		return 0
	case sa:
		return -1
	}
	return 1
}

func compareList(t types.Type, a, b []Value) int {
	for i := range min(len(a), len(b)) {
		et := types.Type{}
		if t.Root == types.Row {
			et = t.Fields[i].Type
		} else {
			et = *t.Elem
		}
		if !a[i].Valid || !b[i].Valid {
			if a[i].Valid == b[i].Valid {
				continue
			}
			if b[i].Valid {
				return -1
			}
			return 1
		}
		if c := Compare(et, a[i], b[i]); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

// AppendKey appends bytes that are equal just for equal values of one type;
// two NULLs are equal.
func AppendKey(key []byte, t types.Type, v Value) []byte {
	if !v.Valid {
		return append(key, 0)
	}
	switch t.Root {
	case types.Char, types.Varchar, types.Binary, types.Varbinary:
		key = append(key, 1)
		key = binary.AppendUvarint(key, uint64(len(v.S)))
		return append(key, v.S...)
	case types.Decimal:
		key = append(key, 1)
		s := v.D().Text('f')
		key = binary.AppendUvarint(key, uint64(len(s)))
		return append(key, s...)
	case types.Array:
		key = binary.AppendUvarint(append(key, 1), uint64(len(v.Items())))
		for _, e := range v.Items() {
			key = AppendKey(key, *t.Elem, e)
		}
		return key
	case types.Row:
		key = append(key, 1)
		for i, e := range v.Items() {
			key = AppendKey(key, t.Fields[i].Type, e)
		}
		return key
	case types.Multiset:
		key = binary.AppendUvarint(append(key, 1), uint64(len(v.Entries())))
		for _, e := range v.Entries() {
			key = binary.AppendVarint(AppendKey(key, *t.Elem, e.Key), e.Value.I)
		}
		return key
	case types.Map:
		key = binary.AppendUvarint(append(key, 1), uint64(len(v.Entries())))
		for _, e := range v.Entries() {
			key = AppendKey(AppendKey(key, *t.Key, e.Key), *t.Elem, e.Value)
		}
		return key
	}
	key = append(key, 1)
	key = binary.LittleEndian.AppendUint64(key, uint64(v.I))
	if v.N != 0 || t.IsTimestamp() {
		key = binary.LittleEndian.AppendUint32(key, uint32(v.N))
	}
	return key
}

// RowKey is AppendKey for each column of a row.
func RowKey(key []byte, ts []types.Type, row Row) []byte {
	for i, v := range row {
		key = AppendKey(key, ts[i], v)
	}
	return key
}
