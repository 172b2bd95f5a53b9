package javaregex

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// emitter writes a parsed pattern for one of the two machines.
type emitter struct {
	b strings.Builder
	// linear is for Go's own machine, which neither looks nor goes back.
	linear bool
}

func (e *emitter) emit(n *node) {
	switch n.kind {
	case kSet:
		e.set(n.set)
	case kSeq:
		for _, item := range n.items {
			e.emit(item)
		}
	case kAlt:
		e.b.WriteString("(?:")
		for i, item := range n.items {
			if i > 0 {
				e.b.WriteByte('|')
			}
			e.emit(item)
		}
		e.b.WriteByte(')')
	case kRepeat:
		e.repeat(n)
	case kGroup, kAtomic, kLook:
		e.b.WriteString(opening(n))
		for _, item := range n.items {
			e.emit(item)
		}
		e.b.WriteByte(')')
	case kBackref:
		fmt.Fprintf(&e.b, `(?:\%d)`, n.index)
	default:
		e.anchor(n)
	}
}

func opening(n *node) string {
	switch {
	case n.kind == kAtomic:
		return "(?>"
	case n.kind == kGroup && n.index > 0:
		return "("
	case n.kind == kGroup:
		return "(?:"
	case n.behind && n.not:
		return "(?<!"
	case n.behind:
		return "(?<="
	case n.not:
		return "(?!"
	}
	return "(?="
}

func (e *emitter) repeat(n *node) {
	e.b.WriteString("(?:")
	e.emit(n.items[0])
	e.b.WriteByte(')')
	switch {
	case n.min == 0 && n.max < 0:
		e.b.WriteByte('*')
	case n.min == 1 && n.max < 0:
		e.b.WriteByte('+')
	case n.min == 0 && n.max == 1:
		e.b.WriteByte('?')
	case n.max < 0:
		fmt.Fprintf(&e.b, "{%d,}", n.min)
	default:
		fmt.Fprintf(&e.b, "{%d,%d}", n.min, n.max)
	}
	if n.lazy {
		e.b.WriteByte('?')
	}
}

const (
	base    = `\p{L}\p{Nd}`
	left    = `(?<=[` + base + `_]|[` + base + `]\p{Mn}+)`
	notLeft = `(?<![` + base + `_]|[` + base + `]\p{Mn}+)`
	right   = `(?:(?=[` + base + `_])|(?=\p{Mn})(?<=[` + base + `]\p{Mn}*))`
	// notRight is neither of the two.
	notRight = `(?![` + base + `_])(?:(?!\p{Mn})|(?<![` + base + `]\p{Mn}*))`
)

// anchor writes what matches a position, in the words of java.util.regex.
func (e *emitter) anchor(n *node) {
	switch n.kind {
	case kNever:
		e.b.WriteString(`(?!)`)
	case kBegin:
		e.b.WriteString(`\A`)
	case kEnd:
		e.b.WriteString(`\z`)
	case kPrevious:
		e.b.WriteString(`\G`)
	case kLineBegin:
		if n.unix {
			e.b.WriteString(`(?!\z)(?:\A|(?<=\n))`)
		} else {
			e.b.WriteString(`(?!\z)(?:\A|(?<=[\n\u0085\u2028\u2029])|(?<=\r)(?!\n))`)
		}
	case kLastEnd:
		switch {
		case e.linear: // the text has no line end at its end
			e.b.WriteString(`\z`)
		case n.unix:
			e.b.WriteString(`(?=\n?\z)`)
		default:
			e.b.WriteString(`(?:\z|(?<!\r)(?=\n\z)|(?=(?:\r\n|[\r\u0085\u2028\u2029])\z))`)
		}
	case kLineEnd:
		if n.unix {
			e.b.WriteString(`(?=\n|\z)`)
		} else {
			e.b.WriteString(`(?:\z|(?<!\r)(?=\n)|(?=[\r\u0085\u2028\u2029]))`)
		}
	case kWord:
		if n.not {
			e.b.WriteString(`(?:` + left + right + `|` + notLeft + notRight + `)`)
		} else {
			e.b.WriteString(`(?:` + left + notRight + `|` + notLeft + right + `)`)
		}
	}
}

// set writes one character or a class of ranges.
func (e *emitter) set(s set) {
	switch {
	case len(s) == 0 && e.linear:
		e.b.WriteString(`[^\x00-\x{10FFFF}]`)
	case len(s) == 0:
		e.b.WriteString(`(?!)`)
	case len(s) == 1 && s[0].lo == s[0].hi:
		e.char(s[0].lo)
	case len(s) == 1 && s[0].lo == 0 && s[0].hi == unicode.MaxRune:
		e.b.WriteString(`(?s:.)`)
	default:
		e.b.WriteByte('[')
		for _, r := range s {
			e.char(r.lo)
			if r.hi > r.lo {
				e.b.WriteByte('-')
				e.char(r.hi)
			}
		}
		e.b.WriteByte(']')
	}
}

func (e *emitter) char(r rune) {
	switch {
	case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
		e.b.WriteRune(r)
	case r < 0x80:
		fmt.Fprintf(&e.b, `\x%02x`, r)
	case e.linear:
		e.b.WriteString(`\x{` + strconv.FormatInt(int64(r), 16) + `}`)
	case r <= 0xffff:
		fmt.Fprintf(&e.b, `\u%04x`, r)
	default:
		e.b.WriteRune(r)
	}
}
