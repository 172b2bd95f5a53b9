package cmf

import (
	"errors"
	"strconv"
	"strings"
	"time"
	"unique"

	"github.com/dustin/go-humanize"

	"drey/client/cmf"
	"drey/themes"
	"drey/views/browse"
	"drey/views/grid"
)

// keyOf is the identity of an object: its UID, or where it has none its place.
func keyOf(uid, environment, parent, name string) string {
	if uid != "" {
		return uid
	}
	return environment + "/" + parent + "/" + name
}

// cellDash is what stands where there is nothing.
func cellDash() grid.Cell { return grid.Word("—", themes.Dim) }

func cellWord(s string, tone themes.Tone) grid.Cell {
	if s == "" {
		return cellDash()
	}
	return grid.Word(s, tone)
}

func cellStatus(s string, tone themes.Tone) grid.Cell {
	if s == "" {
		return grid.Status("—", themes.Unknown)
	}
	return grid.Status(s, tone)
}

// cellSince is the age of a timestamp of the wire.
func cellSince(stamp string, tone themes.Tone) grid.Cell {
	return grid.Since(cmf.ParseTime(stamp), "", tone, cellDash())
}

// millis reads a number of milliseconds since 1970, the zero time when it is none.
func millis(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

// cellSize is a number of bytes for people, "" for none.
func cellSize(n int64) string {
	if n <= 0 {
		return ""
	}
	return humanize.Bytes(uint64(n))
}

func ago(at, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	return grid.AgeText(now.Sub(at)) + " ago"
}

// cellJoin puts a dot between the parts that are there.
func cellJoin(parts ...string) string {
	present := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			present = append(present, p)
		}
	}
	return strings.Join(present, " · ")
}

var errDeleting = errors.New("it is being deleted")

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// ageColumn is a column of ages, youngest first.
func ageColumn[T any](stamp func(browse.Item[T]) string) browse.Column[T] {
	return browse.Column[T]{
		Column: grid.Column{Title: "AGE", Right: true, Fresh: true, Drop: 3},
		Cell:   func(i browse.Item[T]) grid.Cell { return cellSince(stamp(i), themes.Dim) },
	}
}

// cellShort is enough of an id to tell it from others; the rest is not held.
func cellShort(id string) string {
	return strings.Clone(id[:min(len(id), 8)])
}

// cellShared is text that many rows share, held once.
func cellShared(text string) string { return unique.Make(text).Value() }
