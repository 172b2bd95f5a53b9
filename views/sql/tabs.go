package sql

import (
	"strings"

	"drey/themes"
	"drey/views/clean"
)

// bufferNames are the buffers, in the line above the editor: each with how its
// statement is, in words where there is room for them, and those around the one
// that is seen where there is not room for all.
func (v *View) bufferNames(width int) string {
	d := &v.buffers
	if len(d.Open) == 1 {
		return v.bufferName(d.At, false, width)
	}
	for _, words := range []bool{true, false} {
		all := make([]string, len(d.Open))
		for i := range d.Open {
			all[i] = v.bufferName(i, words, width)
		}
		if text := strings.Join(all, v.nameGap()); clean.Width(text) <= width {
			return text
		}
	}
	return v.namesAround(width)
}

func (v *View) nameGap() string { return v.env.Theme.Frame.Render(" " + v.env.Theme.Glyphs.V + " ") }

// namesAround adds neighbours to the name of the buffer that is seen while they
// fit, and counts the others.
func (v *View) namesAround(width int) string {
	d, t := &v.buffers, v.env.Theme
	width -= 8 // for what is left out at both ends
	from, to := d.At, d.At+1
	text := v.bufferName(d.At, false, width)
	for grown := true; grown; {
		grown = false
		if to < len(d.Open) {
			if next := text + v.nameGap() + v.bufferName(to, false, width); clean.Width(next) <= width {
				text, to, grown = next, to+1, true
			}
		}
		if from > 0 {
			if next := v.bufferName(from-1, false, width) + v.nameGap() + text; clean.Width(next) <= width {
				text, from, grown = next, from-1, true
			}
		}
	}
	if from > 0 {
		text = t.Faint.Render("+"+plain(from)) + " " + text
	}
	if rest := len(d.Open) - to; rest > 0 {
		text += " " + t.Faint.Render("+"+plain(rest))
	}
	return text
}

// bufferName is the name of a buffer with the state of its statement.
func (v *View) bufferName(i int, words bool, width int) string {
	t, s := v.env.Theme, v.buffers.Open[i]
	style := t.Dim
	if i == v.buffers.At {
		style = t.Strong
	}
	name := style.Render(clean.Cut(clean.Text(s.Name), max(min(width-4, 28), 4), t.Glyphs.Ellipsis))
	if s.Run == nil || i == v.buffers.At && len(v.buffers.Open) == 1 {
		return name
	}
	tone := s.Run.Tone()
	if s.Run.Deleted {
		tone = themes.Unknown
	}
	name += " " + t.Tone(tone).Render(t.Glyphs.Tone(tone))
	if words && i != v.buffers.At {
		name += t.Dim.Render(" " + strings.ToLower(clean.Text(s.Run.Word())))
	}
	return name
}
