package javaregex

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// flags of a pattern, as (?idmsux) sets them.
type flags struct{ ignoreCase, unix, multiline, dotall, unicodeCase, comments bool }

type parser struct {
	text   []rune
	at     int
	flags  flags
	groups int // capturing groups that were opened
	names  map[string]int
	depth  int
	// refs are references to groups; which of them exist is known at the end.
	refs []*node
	// unsure are groups whose text is not certain.
	unsure []int
}

// maxDepth is how deep groups may be nested.
const maxDepth = 250

// SyntaxError is what Java's own parser complains of.
type SyntaxError struct{ Message string }

func (e *SyntaxError) Error() string { return e.Message }

// Unsupported is a construct that Java knows and this package does not.
type Unsupported struct{ What string }

func (e *Unsupported) Error() string { return e.What }

func (p *parser) bad(format string, args ...any) error {
	return &SyntaxError{fmt.Sprintf(format, args...) + fmt.Sprintf(" near index %d", p.at)}
}

const eof = rune(-1)

// peek is the next character; in the mode of comments those are skipped.
func (p *parser) peek() rune {
	if p.flags.comments {
		p.skipComments()
	}
	return p.raw()
}

func (p *parser) raw() rune {
	if p.at >= len(p.text) {
		return eof
	}
	return p.text[p.at]
}

func (p *parser) skipComments() {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			p.at++
		case c == '#':
			for p.at < len(p.text) && !p.endsLine(p.text[p.at]) {
				p.at++
			}
		default:
			return
		}
	}
}

func (p *parser) endsLine(c rune) bool {
	if p.flags.unix {
		return c == '\n'
	}
	return c == '\n' || c == '\r' || c|1 == 0x2029 || c == 0x85
}

func (p *parser) take(text string) bool {
	rs := []rune(text)
	if p.at+len(rs) > len(p.text) || string(p.text[p.at:p.at+len(rs)]) != text {
		return false
	}
	p.at += len(rs)
	return true
}

// parse reads a whole pattern.
func parse(text string) (*node, *parser, error) {
	p := &parser{text: []rune(unquoted(text)), names: map[string]int{}}
	n, err := p.alternatives()
	if err != nil {
		return nil, nil, err
	}
	if p.peek() == ')' {
		return nil, nil, p.bad("Unmatched closing ')'")
	}
	for _, r := range p.refs {
		switch {
		case r.index > p.groups:
			r.kind = kNever
		case slices.Contains(p.unsure, r.index):
			return nil, nil, &Unsupported{"a back reference to a group within a negative look"}
		}
	}
	return n, p, nil
}

// unquoted writes \Q…\E with an escape for each character, as Java does first.
func unquoted(text string) string {
	if !strings.Contains(text, `\Q`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		if !strings.HasPrefix(text[i:], `\Q`) {
			if text[i] == '\\' && i+1 < len(text) {
				b.WriteString(text[i : i+2])
				i += 2
				continue
			}
			b.WriteByte(text[i])
			i++
			continue
		}
		quoted, rest, _ := strings.Cut(text[i+2:], `\E`)
		for _, c := range quoted {
			if c < 0x80 && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
				b.WriteByte('\\')
			}
			b.WriteRune(c)
		}
		i = len(text) - len(rest)
	}
	return b.String()
}

func (p *parser) alternatives() (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, &Unsupported{fmt.Sprintf("more than %d groups within one another", maxDepth)}
	}
	defer func() { p.depth-- }()
	first, err := p.sequence()
	if err != nil || p.peek() != '|' {
		return first, err
	}
	alt := &node{kind: kAlt, items: []*node{first}}
	for p.peek() == '|' {
		p.at++
		n, err := p.sequence()
		if err != nil {
			return nil, err
		}
		alt.items = append(alt.items, n)
	}
	return alt, nil
}

func (p *parser) sequence() (*node, error) {
	seq := &node{kind: kSeq}
	for {
		c := p.peek()
		if c == eof || c == '|' || c == ')' {
			return seq, nil
		}
		n, err := p.atom(c)
		if err != nil {
			return nil, err
		}
		if n == nil { // flags
			continue
		}
		if n, err = p.repeats(n); err != nil {
			return nil, err
		}
		seq.items = append(seq.items, n)
	}
}

func (p *parser) atom(c rune) (*node, error) {
	switch c {
	case '(':
		return p.group()
	case '[':
		p.at++
		s, err := p.class(true)
		return &node{kind: kSet, set: s}, err
	case '.':
		p.at++
		return &node{kind: kSet, set: p.dot()}, nil
	case '^':
		p.at++
		if p.flags.multiline {
			return &node{kind: kLineBegin, unix: p.flags.unix}, nil
		}
		return &node{kind: kBegin}, nil
	case '$':
		p.at++
		if p.flags.multiline {
			return &node{kind: kLineEnd, unix: p.flags.unix}, nil
		}
		return &node{kind: kLastEnd, unix: p.flags.unix}, nil
	case '\\':
		return p.escape()
	case '*', '+', '?':
		return nil, p.bad("Dangling meta character '%c'", c)
	case '{':
		if p.at == 0 && len(p.text) > 1 && p.text[1] >= '0' && p.text[1] <= '9' {
			return nil, &Unsupported{"a repetition of nothing"}
		}
		return nil, p.bad("Illegal repetition")
	}
	p.at++
	return p.literal(c), nil
}

func (p *parser) dot() set {
	switch {
	case p.flags.dotall:
		return everything
	case p.flags.unix:
		return one('\n').not()
	}
	return lineEnds.not()
}

func (p *parser) literal(c rune) *node {
	return &node{kind: kSet, set: p.fold(one(c))}
}

func (p *parser) fold(s set) set {
	if p.flags.ignoreCase {
		return s.folded(p.flags.unicodeCase)
	}
	return s
}

// repeats reads what says how often the node may come. Java takes one such
// sign, and what makes it lazy or possessive.
func (p *parser) repeats(n *node) (*node, error) {
	r := &node{kind: kRepeat, items: []*node{n}, max: -1}
	if n.ends { // Java does not go back into a repeated \R
		r.items[0] = &node{kind: kAtomic, items: []*node{n}}
	}
	switch p.peek() {
	case '*':
	case '+':
		r.min = 1
	case '?':
		r.max = 1
	case '{':
		return p.counted(r)
	default:
		return n, nil
	}
	p.at++
	return p.greed(r), nil
}

func (p *parser) counted(r *node) (*node, error) {
	p.at++
	lo, ok := p.number()
	if !ok {
		return nil, p.bad("Illegal repetition")
	}
	r.min, r.max = lo, lo
	if p.peek() == ',' {
		p.at++
		if r.max = -1; p.peek() != '}' {
			if r.max, ok = p.number(); !ok {
				return nil, p.bad("Unclosed counted closure")
			}
		}
	}
	if p.peek() != '}' {
		return nil, p.bad("Unclosed counted closure")
	}
	if r.max >= 0 && r.max < r.min {
		return nil, p.bad("Illegal repetition range")
	}
	if r.min > 10000 || r.max > 10000 {
		return nil, &Unsupported{"a repetition of more than 10000"}
	}
	p.at++
	if c := p.peek(); c == '{' {
		return nil, &Unsupported{"a repetition of a repetition"}
	}
	return p.greed(r), nil
}

func (p *parser) number() (int, bool) {
	n, begin := 0, p.at
	for c := p.raw(); c >= '0' && c <= '9' && n < 1<<24; c = p.raw() {
		n = n*10 + int(c-'0')
		p.at++
	}
	return n, p.at > begin
}

func (p *parser) greed(r *node) *node {
	switch p.peek() {
	case '?':
		p.at++
		r.lazy = true
	case '+':
		p.at++
		return &node{kind: kAtomic, items: []*node{r}}
	}
	return r
}
