// Package frame draws a titled border around lines.
package frame

import (
	"strings"

	"drey/themes"
	"drey/views/clean"
)

// Frame is a border with a title in its top line at the left and a note at the
// right; both may carry styles.
type Frame struct {
	Title, Note string
	Focused     bool
}

// Size is what the border takes of width and height.
const Size = 2

// Draw puts lines into the frame: exactly height lines of width cells. Lines
// that are too long are cut, missing ones are blank.
func (f Frame) Draw(theme *themes.Theme, width, height int, lines []string) []string {
	if width < 4 || height < 2 {
		return blank(width, height)
	}
	g := theme.Glyphs
	style := theme.Frame
	if f.Focused {
		style = theme.FrameFocus
	}
	out := make([]string, 0, height)
	out = append(out, f.top(theme, style, width))
	for i := range height - Size {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		out = append(out, style.Render(g.V)+clean.Fit(line, width-2, g.Ellipsis)+style.Render(g.V))
	}
	return append(out, style.Render(g.BL+strings.Repeat(g.H, width-2)+g.BR))
}

func (f Frame) top(theme *themes.Theme, style themes.Style, width int) string {
	g := theme.Glyphs
	title, note := pad(f.Title), pad(f.Note)
	room := width - 4 // corners and one line at each end
	title = clean.Cut(title, room, g.Ellipsis)
	if clean.Width(title)+clean.Width(note) > room {
		note = ""
	}
	line := strings.Repeat(g.H, room-clean.Width(title)-clean.Width(note))
	return style.Render(g.TL+g.H) + title + style.Render(line) + note + style.Render(g.H+g.TR)
}

func pad(s string) string {
	if s == "" {
		return ""
	}
	return " " + s + " "
}

func blank(width, height int) []string {
	out := make([]string, max(height, 0))
	for i := range out {
		out[i] = clean.Blanks(max(width, 0))
	}
	return out
}
