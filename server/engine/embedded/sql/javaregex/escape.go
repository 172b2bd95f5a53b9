package javaregex

import (
	"strings"
	"unicode"
)

// sets are the escapes that stand for a set, in and out of a class.
func (p *parser) setOf(c rune) (set, bool) {
	switch c {
	case 'd':
		return digits, true
	case 'D':
		return digits.not(), true
	case 'w':
		return wordChars, true
	case 'W':
		return wordChars.not(), true
	case 's':
		return spaces, true
	case 'S':
		return spaces.not(), true
	case 'h':
		return horizontal, true
	case 'H':
		return horizontal.not(), true
	case 'v':
		return vertical, true
	case 'V':
		return vertical.not(), true
	}
	return nil, false
}

// escape reads what begins with a backslash, out of a class.
func (p *parser) escape() (*node, error) {
	p.at++
	c := p.raw()
	if s, ok := p.setOf(c); ok {
		p.at++
		return &node{kind: kSet, set: s}, nil
	}
	switch c {
	case eof:
		return nil, p.bad("Unexpected internal error")
	case 'p', 'P':
		s, err := p.property()
		return &node{kind: kSet, set: s}, err
	case 'A':
		p.at++
		return &node{kind: kBegin}, nil
	case 'z':
		p.at++
		return &node{kind: kEnd}, nil
	case 'Z':
		p.at++
		return &node{kind: kLastEnd, unix: p.flags.unix}, nil
	case 'G':
		p.at++
		return &node{kind: kPrevious}, nil
	case 'b', 'B':
		p.at++
		if c == 'b' && p.raw() == '{' {
			return nil, &Unsupported{`\b{g}`}
		}
		return &node{kind: kWord, not: c == 'B'}, nil
	case 'R':
		p.at++
		crlf := &node{kind: kSeq, items: []*node{{kind: kSet, set: one('\r')}, {kind: kSet, set: one('\n')}}}
		return &node{kind: kAlt, ends: true, items: []*node{crlf, {kind: kSet, set: vertical}}}, nil
	case 'X':
		return nil, &Unsupported{`\X`}
	case 'k':
		return p.namedReference()
	}
	if c >= '1' && c <= '9' {
		return p.reference()
	}
	r, err := p.character()
	if err != nil {
		return nil, err
	}
	return p.literal(r), nil
}

// reference reads \1 and the like: as many digits as there are groups for.
func (p *parser) reference() (*node, error) {
	n := int(p.raw() - '0')
	p.at++
	for c := p.raw(); c >= '0' && c <= '9'; c = p.raw() {
		if n*10+int(c-'0') > p.groups {
			break
		}
		n = n*10 + int(c-'0')
		p.at++
	}
	return p.referTo(n)
}

func (p *parser) referTo(n int) (*node, error) {
	if p.flags.ignoreCase {
		return nil, &Unsupported{"a back reference that ignores case"}
	}
	ref := &node{kind: kBackref, index: n}
	p.refs = append(p.refs, ref)
	return ref, nil
}

func (p *parser) namedReference() (*node, error) {
	p.at++
	if p.raw() != '<' {
		return nil, p.bad(`\k is not followed by '<' for named capturing group`)
	}
	p.at++
	name, err := p.groupName()
	if err != nil {
		return nil, err
	}
	n, ok := p.names[name]
	if !ok {
		return nil, p.bad("named capturing group <%s> does not exist", name)
	}
	return p.referTo(n)
}

// property reads \pL, \p{Lu}, \P{IsLatin}, the p being next.
func (p *parser) property() (set, error) {
	not := p.raw() == 'P'
	p.at++
	if p.raw() == eof {
		return nil, p.bad("Illegal property")
	}
	name := string(p.raw())
	p.at++
	if name == "{" {
		end := p.at
		for end < len(p.text) && p.text[end] != '}' {
			end++
		}
		if end == len(p.text) {
			return nil, p.bad("Unclosed character family")
		}
		name = string(p.text[p.at:end])
		p.at = end + 1
		if name == "" {
			return nil, p.bad("Empty character family")
		}
	}
	s, ok, err := property(name, p.flags.ignoreCase)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, p.bad("Unknown character property name {%s}", strings.TrimPrefix(name, "Is"))
	}
	if not {
		s = s.not()
	}
	return s, nil
}

// character reads an escape that stands for one character.
func (p *parser) character() (rune, error) {
	c := p.raw()
	p.at++
	switch c {
	case 't':
		return '\t', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 'f':
		return '\f', nil
	case 'a':
		return 7, nil
	case 'e':
		return 27, nil
	case '0':
		return p.octal()
	case 'x':
		return p.hex()
	case 'u':
		return p.utf16()
	case 'c':
		r := p.raw()
		if r == eof {
			return 0, p.bad("Illegal control escape sequence")
		}
		p.at++
		return r ^ 64, nil
	case 'N':
		return 0, &Unsupported{`\N{…}`}
	case eof:
		return 0, p.bad("Unexpected internal error")
	}
	if c < 0x80 && unicode.IsLetter(c) {
		return 0, p.bad("Illegal/unsupported escape sequence")
	}
	return c, nil
}

func (p *parser) octal() (rune, error) {
	n, count := rune(0), 0
	for c := p.raw(); c >= '0' && c <= '7' && (count < 2 || count == 2 && n <= 0o37); c = p.raw() {
		n = n*8 + c - '0'
		count++
		p.at++
	}
	if count == 0 {
		return 0, p.bad("Illegal octal escape sequence")
	}
	return n, nil
}

func hexDigit(c rune) (rune, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

func (p *parser) hexDigits(n int) (rune, bool) {
	var r rune
	for range n {
		d, ok := hexDigit(p.raw())
		if !ok {
			return 0, false
		}
		r = r*16 + d
		p.at++
	}
	return r, true
}

func (p *parser) hex() (rune, error) {
	if p.raw() != '{' {
		r, ok := p.hexDigits(2)
		if !ok {
			return 0, p.bad("Illegal hexadecimal escape sequence")
		}
		return r, nil
	}
	p.at++
	var r rune
	count := 0
	for d, ok := hexDigit(p.raw()); ok && r <= unicode.MaxRune; d, ok = hexDigit(p.raw()) {
		r = r*16 + d
		count++
		p.at++
	}
	if r > unicode.MaxRune || count == 0 || p.raw() != '}' {
		return 0, p.bad("Illegal hexadecimal escape sequence")
	}
	p.at++
	return r, nil
}

// utf16 reads \uhhhh, two of which make a character beyond the first 65536.
func (p *parser) utf16() (rune, error) {
	r, ok := p.hexDigits(4)
	if !ok {
		return 0, p.bad("Illegal Unicode escape sequence")
	}
	if r < 0xd800 || r > 0xdfff {
		return r, nil
	}
	if r < 0xdc00 && p.take(`\u`) {
		if low, ok := p.hexDigits(4); ok && low >= 0xdc00 && low <= 0xdfff {
			return (r-0xd800)<<10 + (low - 0xdc00) + 0x10000, nil
		}
	}
	return 0, &Unsupported{"half a character"}
}
