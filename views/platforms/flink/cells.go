package flink

import (
	"fmt"
	"strings"
	"time"

	"drey/client/flinkrest"
	"drey/themes"
	"drey/views/cells"
	"drey/views/grid"
)

// cellBytes is a number of bytes that sorts as one.
func cellBytes(n int64) grid.Cell {
	if n <= 0 {
		return cells.Dash()
	}
	return grid.Cell{Text: cells.Size(n), Num: n, Tone: themes.Dim, Form: grid.Number}
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
		return cells.Dash()
	}
	tone := themes.Dim
	if float64(n) > warnAbove {
		tone = themes.Warn
	}
	percent := int64(float64(n)*100 + 0.5)
	return grid.Cell{Text: fmt.Sprintf("%d%%", percent), Num: percent, Tone: tone, Form: grid.Number}
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
