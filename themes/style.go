package themes

import (
	"fmt"
	"strconv"
	"strings"
)

// Reset ends every style.
const Reset = "\x1b[0m"

// Style is a look compiled to one SGR prefix. The zero Style draws plain text.
type Style struct {
	on string
}

// On is the sequence that switches the style on, "" for plain.
func (s Style) On() string { return s.on }

// Render returns text in the style. Text that holds a Reset of its own loses
// the style there: style last, and nest with Over.
func (s Style) Render(text string) string {
	if s.on == "" || text == "" {
		return text
	}
	return s.on + text + Reset
}

// Append writes text in the style to dst.
func (s Style) Append(dst []byte, text string) []byte {
	if s.on == "" {
		return append(dst, text...)
	}
	dst = append(dst, s.on...)
	dst = append(dst, text...)
	return append(dst, Reset...)
}

// Over is s drawn on top of ground: ground's attributes, then s's own.
func (s Style) Over(ground Style) Style {
	return Style{on: ground.on + s.on}
}

// Paint draws text that already carries styles on the ground of s: after every
// reset within it the ground comes back.
func (s Style) Paint(text string) string {
	if s.on == "" {
		return text
	}
	return s.on + strings.ReplaceAll(text, Reset, Reset+s.on) + Reset
}

// look is a style as a palette writes it: colours are "#rrggbb", "0" to "15",
// or "" for the terminal's own.
type look struct {
	fg, bg                                  string
	bold, faint, italic, underline, reverse bool
}

func (l look) compile(depth Depth) Style {
	var codes []string
	add := func(on bool, code string) {
		if on {
			codes = append(codes, code)
		}
	}
	add(l.bold, "1")
	add(l.faint, "2")
	add(l.italic, "3")
	add(l.underline, "4")
	add(l.reverse, "7")
	if depth != NoColour {
		add(l.fg != "", colourCode(l.fg, 30, depth))
		add(l.bg != "", colourCode(l.bg, 40, depth))
	}
	if len(codes) == 0 {
		return Style{}
	}
	return Style{on: "\x1b[" + strings.Join(codes, ";") + "m"}
}

// colourCode is the SGR parameter of a colour; base is 30 for text, 40 for ground.
func colourCode(c string, base int, depth Depth) string {
	if !strings.HasPrefix(c, "#") {
		n, _ := strconv.Atoi(c)
		if n >= 8 {
			return strconv.Itoa(base + 60 + n - 8)
		}
		return strconv.Itoa(base + n)
	}
	v, _ := strconv.ParseUint(c[1:], 16, 32)
	r, g, b := int(v>>16), int(v>>8&0xff), int(v&0xff)
	if depth == TrueColour {
		return fmt.Sprintf("%d;2;%d;%d;%d", base+8, r, g, b)
	}
	return fmt.Sprintf("%d;5;%d", base+8, nearest256(r, g, b))
}

// nearest256 is the index of the closest colour of the 6×6×6 cube or the greys.
func nearest256(r, g, b int) int {
	level := func(v int) int {
		if v < 48 {
			return 0
		}
		if v < 115 {
			return 1
		}
		return (v - 35) / 40
	}
	steps := [6]int{0, 95, 135, 175, 215, 255}
	cr, cg, cb := level(r), level(g), level(b)
	grey := min(max((r+g+b)/3-3, 0)/10, 23)
	shade := 8 + 10*grey
	far := func(x, y, z int) int { return (r-x)*(r-x) + (g-y)*(g-y) + (b-z)*(b-z) }
	if far(shade, shade, shade) < far(steps[cr], steps[cg], steps[cb]) {
		return 232 + grey
	}
	return 16 + 36*cr + 6*cg + cb
}
