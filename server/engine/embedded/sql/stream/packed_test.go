package stream

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestPackedRowsAreOrderedByTheirWholeKeys compares with a sort of whole keys,
// which leaves those of one key in their order.
func TestPackedRowsAreOrderedByTheirWholeKeys(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	kinds := map[string]func(i int) []byte{
		"alike but for the end": func(int) []byte { return fmt.Appendf(nil, "a long beginning of all names %07d", rng.IntN(5000)) },
		"few":                   func(int) []byte { return []byte{byte(rng.IntN(3))} },
		"all equal":             func(int) []byte { return []byte("the same key for all") },
		"empty or zeros":        func(int) []byte { return make([]byte, rng.IntN(20)) },
		"bytes of any length": func(int) []byte {
			key := make([]byte, rng.IntN(24))
			for k := range key {
				key[k] = byte(rng.IntN(2)) * 0xff
			}
			return key
		},
		"one the beginning of the next": func(i int) []byte { return bytes.Repeat([]byte("x"), i%700) },
		"in order":                      func(i int) []byte { return fmt.Appendf(nil, "%08d", i) },
		"against the order":             func(i int) []byte { return fmt.Appendf(nil, "%08d", 10_000-i) },
	}
	for name, key := range kinds {
		for _, n := range []int{0, 1, 2, 12, 13, 3000} {
			var p packedRows
			var want []string
			for i := range n {
				k := key(i)
				p.copy(k, fmt.Appendf(nil, "row %06d", i))
				want = append(want, string(k)+"row "+fmt.Sprintf("%06d", i))
			}
			slices.SortStableFunc(want, func(a, b string) int {
				return bytes.Compare([]byte(a[:len(a)-10]), []byte(b[:len(b)-10]))
			})
			p.sort()
			for i, r := range p.list {
				if got := string(p.key(r)) + string(p.row(r)); got != want[i] {
					t.Fatalf("%s, %d rows: row %d is %q, want %q", name, n, i, got, want[i])
				}
			}
		}
	}
}
