// Package frame draws borders: faint lines with words set into them.
package frame

import (
	"strings"

	"drey/themes"
	"drey/views/clean"
)

// Line is the style of a border, by whether keys go to what it holds.
func Line(t *themes.Theme, focused bool) themes.Style {
	if focused {
		return t.FrameFocus
	}
	return t.Frame
}

// Top is the upper border, width cells, with text set into it at both ends.
func Top(t *themes.Theme, focused bool, width int, left, right string) string {
	return border(t, focused, width, [2]string{t.Glyphs.TL, t.Glyphs.TR}, left, right)
}

// Bottom is the lower border.
func Bottom(t *themes.Theme, focused bool, width int, left, right string) string {
	return border(t, focused, width, [2]string{t.Glyphs.BL, t.Glyphs.BR}, left, right)
}

// Rule is a line without corners.
func Rule(t *themes.Theme, focused bool, width int, left, right string) string {
	return border(t, focused, width, [2]string{t.Glyphs.H, t.Glyphs.H}, left, right)
}

func border(t *themes.Theme, focused bool, width int, corner [2]string, left, right string) string {
	if width < 2 {
		return clean.Blanks(width)
	}
	line := Line(t, focused)
	space := width - 4
	if left != "" {
		left = " " + clean.Cut(left, max(space-2, 0), t.Glyphs.Ellipsis) + " "
		space -= clean.Width(left)
	}
	if right != "" && space > clean.Width(right)+4 {
		right = " " + right + " "
		space -= clean.Width(right)
	} else {
		right = ""
	}
	if space < 0 {
		return line.Render(corner[0] + strings.Repeat(t.Glyphs.H, width-2) + corner[1])
	}
	return line.Render(corner[0]+t.Glyphs.H) + left + line.Render(strings.Repeat(t.Glyphs.H, space)) + right +
		line.Render(t.Glyphs.H+corner[1])
}

// Box puts lines into a frame of exactly width times height cells.
func Box(t *themes.Theme, focused bool, width, height int, left, right string, lines []string) []string {
	if height <= 0 {
		return nil
	}
	out := make([]string, 0, height)
	out = append(out, Top(t, focused, width, left, right))
	side := Line(t, focused).Render(t.Glyphs.V)
	for y := range max(height-2, 0) {
		text := ""
		if y < len(lines) {
			text = lines[y]
		}
		out = append(out, side+clean.Fit(text, width-2, t.Glyphs.Ellipsis)+side)
	}
	if height > 1 {
		out = append(out, Bottom(t, focused, width, "", ""))
	}
	return out
}
