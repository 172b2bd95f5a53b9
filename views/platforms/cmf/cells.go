package cmf

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"drey/client/cmf"
	"drey/themes"
	"drey/views/grid"
)

// keyOf is the identity of an object: its UID, or where it has none its place.
func keyOf(uid, environment, parent, name string) string {
	if uid != "" {
		return uid
	}
	return environment + "/" + parent + "/" + name
}

// dash is what stands where there is nothing.
func dash() grid.Cell { return grid.Word("—", themes.Dim) }

func word(s string, tone themes.Tone) grid.Cell {
	if s == "" {
		return dash()
	}
	return grid.Word(s, tone)
}

func status(s string, tone themes.Tone) grid.Cell {
	if s == "" {
		return grid.Status("—", themes.Unknown)
	}
	return grid.Status(s, tone)
}

// since is the age of a timestamp of the wire.
func since(stamp string, tone themes.Tone) grid.Cell {
	return grid.Since(cmf.ParseTime(stamp), "", tone, dash())
}

// millis reads a number of milliseconds since 1970, the zero time when it is none.
func millis(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

// size is a number of bytes for people, "" for none.
func size(n int64) string {
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

// join puts a dot between the parts that are there.
func join(parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " · ")
}

var errDeleting = errors.New("it is being deleted")

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
