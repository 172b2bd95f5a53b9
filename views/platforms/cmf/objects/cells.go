package objects

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/themes"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/resource"
)

// CellSince is the age of a timestamp of the wire.
func CellSince(stamp string, tone themes.Tone) grid.Cell {
	return grid.Since(cmf.ParseTime(stamp), "", tone, cells.Dash())
}

// millis reads a number of milliseconds since 1970, the zero time when it is none.
func millis(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

// ErrDeleting refuses to do anything to what is being deleted.
var ErrDeleting = errors.New("it is being deleted: wait until it is gone, or see by w what holds it up")

// AgeColumn is a column of ages, youngest first, that narrow terminals drop as drop
// says.
func AgeColumn[T any](drop int, stamp func(resource.Item[T]) string) resource.Column[T] {
	return resource.Column[T]{
		Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: drop},
		Cell:   func(i resource.Item[T]) grid.Cell { return CellSince(stamp(i), themes.Dim) },
	}
}

// CellShort is enough of an id to tell it from others; the rest is not held.
func CellShort(id string) string {
	return strings.Clone(id[:min(len(id), 8)])
}
