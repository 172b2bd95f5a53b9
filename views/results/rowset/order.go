package rowset

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Order is how rows are sorted.
type Order struct {
	Column  int // -1: as they came
	Reverse bool
}

// sortKey is a cell ready to be compared: NULL comes last either way, before it
// what should be a number and is none.
type sortKey struct {
	rank   uint8 // 0 a value, 1 no number, 2 NULL
	number float64
	text   string
}

// maxSortBytes is how much text is sorted by.
const maxSortBytes = 256 << 20

var errTooMuchText = errors.New("this column holds too much text to sort by it: filter first")

// numberOf reads a number as Flink writes it.
func numberOf(text []byte) (float64, bool) {
	f, err := strconv.ParseFloat(string(text), 64)
	return f, err == nil || errors.Is(err, strconv.ErrRange)
}

func keyOf(v Value, number bool) sortKey {
	if v.Form == Null {
		return sortKey{rank: 2}
	}
	k := sortKey{text: string(v.Text)}
	if number {
		f, ok := numberOf(v.Text)
		if k.number = f; !ok {
			k.rank = 1
		}
	}
	return k
}

func compareKeys(a, b sortKey, o Order, number bool) int {
	if a.rank != b.rank {
		return cmp.Compare(a.rank, b.rank)
	}
	c := 0
	if number && a.rank == 0 {
		c = compareNumbers(a, b)
	} else {
		c = strings.Compare(a.text, b.text)
	}
	if o.Reverse {
		return -c
	}
	return c
}

// compareNumbers compares by value; decimals that one float cannot tell apart
// are compared digit by digit.
func compareNumbers(a, b sortKey) int {
	if c := cmp.Compare(a.number, b.number); c != 0 {
		return c
	}
	if len(a.text) < 16 && len(b.text) < 16 {
		return 0 // a float holds as many digits
	}
	return compareDecimals(a.text, b.text)
}

// compareDecimals compares two numbers of the same sign that are written
// without an exponent.
func compareDecimals(a, b string) int {
	if strings.ContainsAny(a+b, "eEnN") {
		return 0
	}
	negative := strings.HasPrefix(a, "-")
	aWhole, aPart, _ := strings.Cut(strings.TrimLeft(a, "+-0"), ".")
	bWhole, bPart, _ := strings.Cut(strings.TrimLeft(b, "+-0"), ".")
	c := cmp.Or(cmp.Compare(len(aWhole), len(bWhole)), strings.Compare(aWhole, bWhole),
		strings.Compare(strings.TrimRight(aPart, "0"), strings.TrimRight(bPart, "0")))
	if negative {
		return -c
	}
	return c
}

// arrange gives the places of keys in order; equal ones stay as they came.
func arrange(keys []sortKey, o Order, number bool) []int32 {
	places := make([]int32, len(keys))
	for i := range places {
		places[i] = int32(i)
	}
	slices.SortStableFunc(places, func(a, b int32) int { return compareKeys(keys[a], keys[b], o, number) })
	return places
}

// IsNumber says whether a type's values are compared as numbers and stand at
// the right.
func IsNumber(name string) bool {
	switch name {
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DECIMAL", "FLOAT", "DOUBLE":
		return true
	}
	return false
}
