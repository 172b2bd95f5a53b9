package stream

import (
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// SortKey is one column to sort by.
type SortKey struct {
	Column     int
	Type       types.Type
	Desc       bool
	NullsFirst bool
}

func CompareRows(keys []SortKey, a, b value.Row) int {
	for _, k := range keys {
		x, y := a[k.Column], b[k.Column]
		if !x.Valid || !y.Valid {
			if x.Valid == y.Valid {
				continue
			}
			if x.Valid != k.NullsFirst {
				return -1
			}
			return 1
		}
		c := value.Compare(k.Type, x, y)
		if k.Desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}
