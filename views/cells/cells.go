// Package cells draws what platforms say of their objects as cells of a table and
// as facts: the same everywhere.
package cells

import (
	"cmp"
	"strings"
	"time"
	"unique"

	"github.com/dustin/go-humanize"

	"drey/themes"
	"drey/views/clean"
	"drey/views/grid"
)

// Key is the identity of an object: its UID, or where it has none its place.
func Key(uid string, within ...string) string {
	if uid != "" {
		return uid
	}
	return strings.Join(within, "/")
}

// Dash is what stands where there is nothing.
func Dash() grid.Cell { return grid.Word("—", themes.Dim) }

// Word is a text, or a dash for none.
func Word(s string, tone themes.Tone) grid.Cell {
	if s == "" {
		return Dash()
	}
	return grid.Word(s, tone)
}

// Status is a state with its mark.
func Status(s string, tone themes.Tone) grid.Cell {
	if s == "" {
		return grid.Status("—", themes.Unknown)
	}
	return grid.Status(s, tone)
}

// StateText is an object's state in a title: its mark and its word, "unknown" for one of
// which nothing is told.
func StateText(t *themes.Theme, word string, tone themes.Tone) string {
	if tone == themes.Unknown {
		word = cmp.Or(word, "unknown")
	}
	return t.Glyphs.Tone(tone) + " " + clean.Text(word)
}

// Since is the age of a time, or a dash for none.
func Since(at time.Time, tone themes.Tone) grid.Cell { return grid.Since(at, "", tone, Dash()) }

// Size is a number of bytes for people, "" for none.
func Size(n int64) string {
	if n <= 0 {
		return ""
	}
	return humanize.Bytes(uint64(n))
}

// Ago is an age in words, "" for no time.
func Ago(at, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	return grid.AgeText(now.Sub(at)) + " ago"
}

// Join puts a dot between the parts that are there.
func Join(parts ...string) string {
	present := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			present = append(present, p)
		}
	}
	return strings.Join(present, " · ")
}

// FirstLine is the first line of a text that has something in it.
func FirstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// OneLine is a text of several lines as one.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Shared is text that many rows share, held once.
func Shared(text string) string { return unique.Make(text).Value() }
