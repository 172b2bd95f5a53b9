package flink

import (
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"drey/client/flinkrest"
	"drey/themes"
	"drey/views/grid"
)

// cellDash is what stands where there is nothing.
func cellDash() grid.Cell { return grid.Word("—", themes.Dim) }

func cellWord(s string, tone themes.Tone) grid.Cell {
	if s == "" {
		return cellDash()
	}
	return grid.Word(s, tone)
}

// cellSize is a number of bytes for people, "" for none.
func cellSize(n int64) string {
	if n <= 0 {
		return ""
	}
	return humanize.Bytes(uint64(n))
}

// cellBytes is a number of bytes that sorts as one.
func cellBytes(n int64) grid.Cell {
	if n <= 0 {
		return cellDash()
	}
	return grid.Cell{Text: cellSize(n), Num: n, Tone: themes.Dim, Form: grid.Number}
}

// cellCount is a number, dim when it is none.
func cellCount(n int64, some themes.Tone) grid.Cell {
	if n == 0 {
		some = themes.Dim
	}
	return grid.Count(n, some)
}

// cellShare is a share between 0 and 1 as a percentage; NaN is none.
func cellShare(n flinkrest.Number, warnAbove float64) grid.Cell {
	if !n.Known() {
		return cellDash()
	}
	tone := themes.Dim
	if float64(n) > warnAbove {
		tone = themes.Warn
	}
	percent := int64(float64(n)*100 + 0.5)
	return grid.Cell{Text: fmt.Sprintf("%d%%", percent), Num: percent, Tone: tone, Form: grid.Number}
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

// cellShort is enough of an id to tell it from others.
func cellShort(id string) string { return strings.Clone(id[:min(len(id), 8)]) }

// cellTook is a duration in milliseconds, "" for none.
func cellTook(ms int64) string {
	if ms < 0 {
		return ""
	}
	d := time.Duration(ms) * time.Millisecond
	switch {
	case d < time.Second:
		return d.String()
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return grid.AgeText(d)
}
