package sql

import (
	"fmt"

	"drey/server/engine/embedded/sql/value"
)

// showRow is a row as a test compares it.
func showRow(row value.Row) string { return fmt.Sprintf("%v", plain(row)) }

func plain(row value.Row) []any {
	out := make([]any, len(row))
	for i, v := range row {
		switch r := v.R.(type) {
		case nil:
			out[i] = fmt.Sprint(v.Valid, v.I, v.N, v.S)
		case []value.Value:
			out[i] = plain(r)
		default:
			out[i] = fmt.Sprint(r)
		}
	}
	return out
}
