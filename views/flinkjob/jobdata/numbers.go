package jobdata

import (
	"fmt"
	"math"
	"strings"
	"time"

	"drey/client/flinkrest"
	"drey/themes"
	"drey/views/clean"
	"drey/views/grid"

	"github.com/dustin/go-humanize"
)

func Short(id string) string { return id[:min(len(id), 8)] }

// Scrolled is where a window of height lines begins so that line at is in it.
func Scrolled(top, at, height, all int) int {
	height = max(height, 1)
	if at < top {
		top = at
	}
	if at >= top+height {
		top = at - height + 1
	}
	return max(min(top, all-height), 0)
}

// FlowOf is what goes through a vertex: a sink has no output, a source no input.
func FlowOf(l Load) float64 {
	if math.IsNaN(l.Out) || l.In > l.Out {
		return l.In
	}
	return l.Out
}

func LagText(seconds float64) string {
	if math.IsNaN(seconds) {
		return "—"
	}
	return grid.AgeText(time.Duration(seconds) * time.Second)
}

func LagTone(seconds float64) themes.Tone {
	if seconds >= 60 {
		return themes.Warn
	}
	return themes.Dim
}

func SeriesKey(job, vertex, name string) string { return job + " " + vertex + " " + name }

// ValueText is a number with as many digits as it needs.
func ValueText(x float64) string {
	switch {
	case math.IsNaN(x):
		return "—"
	case x == math.Trunc(x) && math.Abs(x) < 1e15:
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.4g", x)
}

// Rate is a number a second in few letters.
func Rate(n float64) string {
	switch {
	case math.IsNaN(n):
		return "—"
	case n < 10 && n != math.Trunc(n):
		return fmt.Sprintf("%.1f", n)
	case n < 1000:
		return fmt.Sprintf("%.0f", n)
	case n < 1e6:
		return fmt.Sprintf("%.1fk", n/1e3)
	case n < 1e9:
		return fmt.Sprintf("%.1fM", n/1e6)
	}
	return fmt.Sprintf("%.1fG", n/1e9)
}

// Percent is a share between 0 and 1.
func Percent(n float64) string {
	if math.IsNaN(n) {
		return "—"
	}
	return fmt.Sprintf("%.0f%%", n*100)
}

// Took is a duration in milliseconds; less than none is none.
func Took(ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	switch {
	case ms < 0:
		return "—"
	case d < time.Second:
		return d.String()
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm %02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return grid.AgeText(d)
}

func Size(n int64) string {
	if n < 0 {
		return "—"
	}
	return humanize.Bytes(uint64(n))
}

// Bar is a share as a bar of so many cells.
func Bar(t *themes.Theme, share float64, width int) string {
	full, empty := "▇", "░"
	if t.Glyphs.ASCII {
		full, empty = "#", "."
	}
	if math.IsNaN(share) {
		return strings.Repeat(" ", width)
	}
	n := min(max(int(share*float64(width)+0.5), 0), width)
	return strings.Repeat(full, n) + strings.Repeat(empty, width-n)
}

// BusyTone is what it means to be so busy.
func BusyTone(share float64) themes.Tone {
	switch {
	case math.IsNaN(share):
		return themes.Dim
	case share >= 0.9:
		return themes.Bad
	case share >= 0.7:
		return themes.Warn
	}
	return themes.Good
}

func BackTone(share float64) themes.Tone {
	switch {
	case share >= 0.5:
		return themes.Bad
	case share >= 0.1:
		return themes.Warn
	}
	return themes.Dim
}

// Float is a number of Flink's.
func Float(n flinkrest.Number) float64 { return float64(n) }

// CellOf is a number that sorts as one, drawn as text.
func CellOf(text string, n float64, tone themes.Tone) grid.Cell {
	num := int64(math.MinInt64)
	if !math.IsNaN(n) {
		num = int64(n * 1000)
	}
	return grid.Cell{Text: text, Num: num, Tone: tone, Form: grid.Number}
}

func CellWord(s string, tone themes.Tone) grid.Cell {
	if s == "" {
		return grid.Word("—", themes.Dim)
	}
	return grid.Word(s, tone)
}

// OneLine is a name of Flink's, which may be anything, in one line.
func OneLine(s string) string { return clean.Line(strings.ReplaceAll(s, "\n", " ")) }
