package flinkjob

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"drey/client/flinkrest"
	"drey/themes"
	"drey/views/clean"
	"drey/views/grid"
)

// rate is a number a second in few letters.
func rate(n float64) string {
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

// percent is a share between 0 and 1.
func percent(n float64) string {
	if math.IsNaN(n) {
		return "—"
	}
	return fmt.Sprintf("%.0f%%", n*100)
}

// took is a duration in milliseconds; less than none is none.
func took(ms int64) string {
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

func size(n int64) string {
	if n < 0 {
		return "—"
	}
	return humanize.Bytes(uint64(n))
}

// bar is a share as a bar of so many cells.
func bar(t *themes.Theme, share float64, width int) string {
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

// busyTone is what it means to be so busy.
func busyTone(share float64) themes.Tone {
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

func backTone(share float64) themes.Tone {
	switch {
	case share >= 0.5:
		return themes.Bad
	case share >= 0.1:
		return themes.Warn
	}
	return themes.Dim
}

// float is a number of Flink's.
func float(n flinkrest.Number) float64 { return float64(n) }

// cellOf is a number that sorts as one, drawn as text.
func cellOf(text string, n float64, tone themes.Tone) grid.Cell {
	num := int64(math.MinInt64)
	if !math.IsNaN(n) {
		num = int64(n * 1000)
	}
	return grid.Cell{Text: text, Num: num, Tone: tone, Form: grid.Number}
}

func cellWord(s string, tone themes.Tone) grid.Cell {
	if s == "" {
		return grid.Word("—", themes.Dim)
	}
	return grid.Word(s, tone)
}

// oneLine is a name of Flink's, which may be anything, in one line.
func oneLine(s string) string { return clean.Line(strings.ReplaceAll(s, "\n", " ")) }
