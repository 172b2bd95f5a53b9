package tty

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"drey/views/clean"

	"github.com/charmbracelet/x/ansi"
)

// cell is one column of a line as the terminal shows it. The second column of a
// wide character has no text.
type cell struct {
	char  rune
	rest  string // what else belongs to the character, such as accents
	style style
	wide  bool // two columns, or a width that terminals disagree about
}

// style is how a cell is drawn: SGR parameters of its colours, "" for the
// terminal's own, and attributes.
type style struct {
	fg, bg     string
	attributes uint16 // a bit for each of the parameters 1 to 9
}

// seenOnBlanks are the attributes that a blank shows: underline and reverse,
// which takes the colour of the text, too.
const seenOnBlanks = 1<<4 | 1<<7

// blank is a cell that was erased.
var blank = cell{char: ' '}

// line is a line of a frame taken apart.
type lineCells []cell

// ParseLine takes a line of text and SGR sequences apart, appending to dst.
func ParseLine(dst lineCells, text string) lineCells {
	var now style
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == 0x1b:
			end := strings.IndexByte(text[i:], 'm')
			if end < 0 {
				return dst
			}
			now.apply(text[i+2 : i+end])
			i += end + 1
		case c < utf8.RuneSelf && (i+1 == len(text) || text[i+1] < utf8.RuneSelf):
			look := now
			if c == ' ' && look.attributes&(1<<7) == 0 {
				look.fg, look.attributes = "", look.attributes&seenOnBlanks
			}
			dst = append(dst, cell{char: rune(c), style: look})
			i++
		default:
			n, width := 0, 0
			if r, size := utf8.DecodeRuneInString(text[i:]); clean.OneCell(r) && !clean.Combines(text[i+size:]) {
				dst = append(dst, cell{char: r, style: now})
				i += size
				continue
			}
			_, width, n, _ = ansi.DecodeSequence(text[i:], ansi.NormalState, nil)
			n = max(n, 1)
			r, size := utf8.DecodeRuneInString(text[i:])
			if width > 0 {
				dst = append(dst, cell{
					char: r, rest: strings.Clone(text[i+min(size, n) : i+n]), style: now, wide: true,
				})
				for range width - 1 {
					dst = append(dst, cell{style: now})
				}
			}
			i += n
		}
	}
	return dst
}

// apply changes the style by the parameters of an SGR sequence.
func (s *style) apply(params string) {
	for params != "" {
		p, rest, _ := strings.Cut(params, ";")
		n, _ := strconv.Atoi(p)
		switch {
		case n == 0:
			*s = style{}
		case n >= 1 && n <= 9:
			s.attributes |= 1 << n
		case n == 38 || n == 48:
			end := colourEnd(rest)
			colour := params[:len(p)+1+end]
			if n == 38 {
				s.fg = colour
			} else {
				s.bg = colour
			}
			rest = strings.TrimPrefix(rest[end:], ";")
		case n == 39:
			s.fg = ""
		case n == 49:
			s.bg = ""
		case n >= 30 && n < 38 || n >= 90 && n < 98:
			s.fg = p
		case n >= 40 && n < 48 || n >= 100 && n < 108:
			s.bg = p
		}
		params = rest
	}
}

// colourEnd is the length of a colour's parameters: 5;n or 2;r;g;b.
func colourEnd(rest string) int {
	parts := 2
	if strings.HasPrefix(rest, "2") {
		parts = 4
	}
	for i := range len(rest) {
		if rest[i] == ';' {
			if parts--; parts == 0 {
				return i
			}
		}
	}
	return len(rest)
}

// appendStyle writes what changes one style into another.
func appendStyle(buf []byte, from, to style) []byte {
	if from == to {
		return buf
	}
	if to == (style{}) {
		return append(buf, "\x1b[m"...)
	}
	buf = append(buf, "\x1b["...)
	separate := false
	add := func(param string) {
		if separate {
			buf = append(buf, ';')
		}
		buf, separate = append(buf, param...), true
	}
	if from.attributes&^to.attributes != 0 {
		add("0")
		from = style{}
	}
	for n := 1; n <= 9; n++ {
		if (to.attributes&^from.attributes)&(1<<n) != 0 {
			add(string(rune('0' + n)))
		}
	}
	if from.fg != to.fg {
		add(orElse(to.fg, "39"))
	}
	if from.bg != to.bg {
		add(orElse(to.bg, "49"))
	}
	return append(buf, 'm')
}

func orElse(param, other string) string {
	if param == "" {
		return other
	}
	return param
}

// closeCells is how many equal cells are written again rather than jumped over.
const closeCells = 5

// AppendCells writes the cells of a row that differ from those that are shown.
// The style is the terminal's own before and after.
func AppendCells(buf []byte, row int, old, line lineCells) []byte {
	at := -1 // column of the terminal's cursor, -1 where it is not known
	var now style
	for x := 0; x < len(line); x++ {
		was := blank
		if x < len(old) {
			was = old[x]
		}
		if line[x] == was || line[x].char == 0 {
			continue
		}
		switch gap := x - at; {
		case at < 0 || gap < 0:
			buf = appendGoTo(buf, Position{x, row})
		case gap > 0 && gap <= closeCells && plainRun(line[at:x], now):
			for ; at < x; at++ {
				buf = utf8.AppendRune(buf, line[at].char)
			}
		case gap > 0:
			buf = append(strconv.AppendInt(append(buf, "\x1b["...), int64(x+1), 10), 'G')
		}
		c := line[x]
		look := c.style
		if c.char == ' ' && (now.attributes^look.attributes)&seenOnBlanks == 0 {
			look.fg, look.attributes = now.fg, now.attributes // nobody sees it on a blank
		}
		buf = append(utf8.AppendRune(appendStyle(buf, now, look), c.char), c.rest...)
		now, at = look, x+1
		if c.wide {
			at = -1 // terminals disagree about such widths
		}
	}
	buf = appendStyle(buf, now, style{})
	if slices.ContainsFunc(old[min(len(line), len(old)):], func(c cell) bool { return c != blank }) {
		buf = append(appendGoTo(buf, Position{len(line), row}), "\x1b[K"...)
	}
	return buf
}

// plainRun says whether cells can be written again in the style that is on.
func plainRun(cells lineCells, now style) bool {
	for _, c := range cells {
		if c.char == ' ' && c.style.bg == now.bg && (now.attributes|c.style.attributes)&seenOnBlanks == 0 {
			continue
		}
		if c.style != now || c.wide || c.char == 0 {
			return false
		}
	}
	return true
}
