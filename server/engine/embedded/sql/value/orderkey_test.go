package value

import (
	"bytes"
	"cmp"
	"math"
	"testing"

	"github.com/cockroachdb/apd/v3"

	"drey/server/engine/types"
)

// TestOrderKeysAreOrderedAsValues compares each value of a type with each, in
// all orders.
func TestOrderKeysAreOrderedAsValues(t *testing.T) {
	text := types.String
	decimal := func(s string) Value {
		d, _, err := apd.NewFromString(s)
		if err != nil {
			t.Fatal(err)
		}
		return Dec(d)
	}
	for _, c := range []struct {
		t      types.Type
		values []Value
	}{
		{types.Of(types.Bigint), []Value{NULL, Int(0), Int(-1), Int(1), Int(math.MaxInt64), Int(math.MinInt64), Int(256)}},
		{types.Of(types.Boolean), []Value{NULL, Bool(true), Bool(false)}},
		{types.Of(types.Double), []Value{NULL, Float(0), Float(math.Copysign(0, -1)), Float(1.5), Float(-1.5), Float(math.NaN()), Float(math.Inf(1)), Float(math.Inf(-1)), Float(5e-324)}},
		{text, []Value{NULL, Text(""), Text("a"), Text("a\x00"), Text("a\x00b"), Text("a\x01"), Text("ab"), Text("b"), Text("\xff"), Text("é")}},
		{types.Type{Root: types.Timestamp, P: 9}, []Value{NULL, Stamp(0, 0), Stamp(0, 5), Stamp(-1, 999), Stamp(1, 0)}},
		{types.Dec(10, 2), []Value{NULL, decimal("0.00"), decimal("-0.01"), decimal("0.01"), decimal("0.10"), decimal("9.99"), decimal("10.00"), decimal("-10.00"), decimal("-9.99"), decimal("1e1"), decimal("123456789012345678901234567890.5")}},
		{types.Type{Root: types.Array, Elem: &text}, []Value{NULL, List(nil), List([]Value{NULL}), List([]Value{Text("")}), List([]Value{Text("a"), NULL}), List([]Value{Text("a")}), List([]Value{Text("a\x00")})}},
	} {
		for _, o := range []Order{{}, {Desc: true}, {NullsFirst: true}, {true, true}} {
			for _, a := range c.values {
				for _, b := range c.values {
					want := 0
					switch {
					case a.Valid && b.Valid:
						if want = cmp.Compare(Compare(c.t, a, b), 0); o.Desc {
							want = -want
						}
					case a.Valid != b.Valid && a.Valid != o.NullsFirst:
						want = -1
					case a.Valid != b.Valid:
						want = 1
					}
					if got := bytes.Compare(
						AppendOrderKey(nil, c.t, a, o), AppendOrderKey(nil, c.t, b, o),
					); got != want {
						t.Errorf(
							"%s %+v: %s and %s: got %d, want %d", c.t, o, a.Text(c.t, nil), b.Text(c.t, nil), got, want,
						)
					}
				}
			}
		}
	}
}
