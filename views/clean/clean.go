// Package clean makes text from outside safe to draw and measures it: control
// characters become visible signs, cuts end in an ellipsis, widths are cells.
package clean

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Text returns s as one line that a terminal only draws: control characters
// become their pictures (␛, ␀), line ends and tabs become "⏎" and a blank, bidi
// and zero-width controls are shown as "·".
func Text(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for _, r := range s {
		b.WriteRune(visible(r))
	}
	return b.String()
}

// NotUTF8 is the number of the first line that holds what is no UTF-8, 0 where all is.
func NotUTF8(s string) int {
	if utf8.ValidString(s) {
		return 0
	}
	line := 1
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		i += size
	}
	return line
}

// Line is Text for a line of a longer text: tabs become two blanks, so what was
// aligned stays readable.
func Line(s string) string {
	if isClean(s) {
		return s
	}
	return Text(strings.ReplaceAll(strings.TrimRight(s, "\r\n"), "\t", "  "))
}

func isClean(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return onlyOrdinary(s[i:])
		}
	}
	return true
}

func onlyOrdinary(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || visible(r) != r {
			return false
		}
	}
	return true
}

// Frame is what may be written to a terminal of a drawn frame: text, line ends,
// and the sequences that set a style (SGR). All else is made visible, as Text
// does. A frame that holds nothing else is returned as it is.
func Frame(s string) string {
	at := unsafeAt(s, 0)
	if at < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for at >= 0 {
		b.WriteString(s[:at])
		r, size := utf8.DecodeRuneInString(s[at:])
		b.WriteRune(visible(r))
		s = s[at+size:]
		at = unsafeAt(s, 0)
	}
	b.WriteString(s)
	return b.String()
}

// unsafeAt is the index, from i on, of the first byte of what Frame replaces.
func unsafeAt(s string, i int) int {
	for i < len(s) {
		switch c := s[i]; {
		case c >= 0x20 && c < 0x7f || c == '\n':
			i++
		case c == 0x1b:
			end := sgrEnd(s, i)
			if end < 0 {
				return i
			}
			i = end
		case c < utf8.RuneSelf:
			return i
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 || visible(r) != r {
				return i
			}
			i += size
		}
	}
	return -1
}

func visible(r rune) rune {
	switch {
	case r == '\n':
		return '⏎'
	case r == '\t':
		return ' '
	case r < 0x20:
		return 0x2400 + r
	case r == 0x7f:
		return '␡'
	case r >= 0x80 && r < 0xa0:
		return '␦'
	case r == 0xad, r == 0x61c, r == 0x180e, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 &&
		r <= 0x206f, r == 0xfeff:
		return '·'
	case r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe007f:
		return '·'
	}
	return r
}

// Width is the number of cells that s takes; sequences of styles take none.
func Width(s string) int {
	n := 0
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= 0x20 && c < 0x7f:
			n++
			i++
		case c == 0x1b:
			end := sgrEnd(s, i)
			if end < 0 {
				return ansi.StringWidth(s)
			}
			i = end
		case c < utf8.RuneSelf:
			return ansi.StringWidth(s)
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !OneCell(r) || Combines(s[i+size:]) {
				return ansi.StringWidth(s)
			}
			n++
			i += size
		}
	}
	return n
}

// sgrEnd is the index after the style sequence at i, -1 when it is another one.
func sgrEnd(s string, i int) int {
	if i+1 >= len(s) || s[i+1] != '[' {
		return -1
	}
	for j := i + 2; j < len(s); j++ {
		switch c := s[j]; {
		case c == 'm':
			return j + 1
		case c != ';' && (c < '0' || c > '9'):
			return -1
		}
	}
	return -1
}

// OneCell reports runes that are known to take one cell, so that no table has to
// be asked: Latin, punctuation, arrows, lines, blocks and drey's own glyphs.
func OneCell(r rune) bool {
	switch {
	case r >= 0xa1 && r < 0x300 && r != 0xad:
		return true
	case r >= 0x2010 && r <= 0x2027, r >= 0x2030 && r <= 0x203a:
		return true
	case r >= 0x2190 && r <= 0x21ff, r >= 0x2400 && r <= 0x2426, r >= 0x2500 && r <= 0x25fc:
		return true
	}
	return r == '✓' || r == '✗' || r == '⏎'
}

// Combines reports whether what follows may join the rune before it. ASCII and
// narrow runes never do.
func Combines(rest string) bool {
	if rest == "" || rest[0] < utf8.RuneSelf {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return !OneCell(r)
}

// Cut shortens s to at most width cells; what is missing is told by tail.
func Cut(s string, width int, tail string) string {
	if width <= 0 {
		return ""
	}
	if len(s) <= width && isASCII(s) || Width(s) <= width {
		return s
	}
	if isASCII(s) && Width(tail) == 1 {
		return s[:width-1] + tail
	}
	if Width(tail) > width {
		tail = ""
	}
	return ansi.Truncate(s, width, tail)
}

// Tail is the end of a text without styles that takes at most width cells. It looks at no
// more of the text than that.
func Tail(s string, width int) string {
	from := len(s)
	for from > 0 {
		_, size := utf8.DecodeLastRuneInString(s[:from])
		if len(s)-from > tailBytes*width || Width(s[from-size:]) > width {
			break
		}
		from -= size
	}
	return s[from:]
}

// tailBytes are the most of a cell that Tail looks at: a text of runes that take no cell
// has no end.
const tailBytes = 8

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// Fit returns s at exactly width cells: cut or followed by blanks.
func Fit(s string, width int, tail string) string {
	if width <= 0 {
		return ""
	}
	s = Cut(s, width, tail)
	if w := Width(s); w < width {
		return s + Blanks(width-w)
	}
	return s
}

// Right returns s at exactly width cells, at the right end.
func Right(s string, width int, tail string) string {
	if width <= 0 {
		return ""
	}
	s = Cut(s, width, tail)
	if w := Width(s); w < width {
		return Blanks(width-w) + s
	}
	return s
}

var blanks = strings.Repeat(" ", 128)

// Blanks returns n blanks, mostly without allocating.
func Blanks(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blanks) {
		return blanks[:n]
	}
	return strings.Repeat(" ", n)
}

// Skip drops the first n cells of s, which may carry styles. Half of a rune that takes two
// cells is a blank.
func Skip(s string, n int) string {
	if n <= 0 {
		return s
	}
	rest := ansi.TruncateLeft(s, n, "")
	if isASCII(s) || Width(rest) <= max(Width(s)-n, 0) {
		return rest
	}
	return " " + ansi.TruncateLeft(s, n+1, "")
}

// Splice puts over into line at column x, in place of what is there.
func Splice(line, over string, x int) string {
	left := Fit(line, x, "")
	right := Skip(line, x+Width(over))
	return left + "\x1b[0m" + over + "\x1b[0m" + right
}

// Plain removes styles.
func Plain(s string) string { return ansi.Strip(s) }

// Wrap breaks s into lines of at most width cells, at blanks where it can.
func Wrap(s string, width int) []string {
	if width <= 0 {
		return nil
	}
	return strings.Split(ansi.Wrap(s, width, ""), "\n")
}

// AppendFit writes s at exactly width cells to dst, cut or padded, at the right
// end when right is set. It allocates only for wide or combining text.
func AppendFit(dst []byte, s string, width int, right bool, tail string) []byte {
	if width <= 0 {
		return dst
	}
	w := Width(s)
	if w > width {
		return appendCut(dst, s, width, tail)
	}
	if right {
		dst = appendBlanks(dst, width-w)
		return append(dst, s...)
	}
	dst = append(dst, s...)
	return appendBlanks(dst, width-w)
}

func appendCut(dst []byte, s string, width int, tail string) []byte {
	space := width - Width(tail)
	if space < 0 {
		tail, space = "", width
	}
	end := 0
	for n := 0; n < space; n++ {
		r, size := utf8.DecodeRuneInString(s[end:])
		if (r < 0x20 || r >= 0x7f) && !OneCell(r) {
			cut := ansi.Truncate(s, width, tail)
			dst = append(dst, cut...)
			return appendBlanks(dst, width-Width(cut))
		}
		end += size
	}
	if Combines(s[end:]) {
		cut := ansi.Truncate(s, width, tail)
		dst = append(dst, cut...)
		return appendBlanks(dst, width-Width(cut))
	}
	dst = append(dst, s[:end]...)
	return append(dst, tail...)
}

func appendBlanks(dst []byte, n int) []byte {
	for n > len(blanks) {
		dst = append(dst, blanks...)
		n -= len(blanks)
	}
	return append(dst, Blanks(n)...)
}
