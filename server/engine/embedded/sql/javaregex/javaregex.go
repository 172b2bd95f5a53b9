// Package javaregex runs regular expressions as java.util.regex of Java 17
// does. A pattern is parsed with Java's rules and written anew, every class as
// its ranges and every anchor in full, for Go's own machine where that can run
// it, in linear time, and else for regexp2, which goes back and has a time-out.
package javaregex

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2/v2"
)

// Timeout is how long one match may take on the machine that goes back.
const Timeout = 2 * time.Second

// MaxPattern is how long a pattern may be, in bytes.
const MaxPattern = 64 << 10

// Pattern is a compiled pattern. It may be used by several goroutines.
type Pattern struct {
	text   string
	groups int
	unsure []int
	linear *regexp.Regexp // nil: the pattern needs the other machine
	begins bool           // it matters where the text begins
	ends   bool           // it asks for the last line end
	back   *regexp2.Regexp
}

// Compile translates a pattern. What Java complains of is a *SyntaxError, what
// is not translated an *Unsupported.
func Compile(text string) (*Pattern, error) {
	if len(text) > MaxPattern {
		return nil, &Unsupported{fmt.Sprintf("a pattern longer than %d bytes", MaxPattern)}
	}
	n, read, err := parse(text)
	if err != nil {
		return nil, err
	}
	f := n.facts()
	p := &Pattern{text: text, groups: read.groups, unsure: read.unsure, begins: f.begins, ends: f.ends}
	if !f.looks {
		e := &emitter{linear: true}
		e.emit(n)
		p.linear, _ = regexp.Compile(e.b.String()) // too large for it: the other one
	}
	if p.linear != nil && !f.begins && !f.ends {
		return p, nil
	}
	e := &emitter{}
	e.emit(n)
	if p.back, err = regexp2.Compile(e.b.String()); err != nil {
		return nil, &Unsupported{"this pattern"}
	}
	p.back.MatchTimeout = Timeout
	return p, nil
}

// Groups is how many groups the pattern has.
func (p *Pattern) Groups() int { return p.groups }

// Unsure says whether what a group matched may not be what Java says.
func (p *Pattern) Unsure(group int) bool { return slices.Contains(p.unsure, group) }

// String is the pattern as it was given.
func (p *Pattern) String() string { return p.text }

// First finds the first match. The result has the begin and the end in bytes
// of the match and of each group, -1 for groups without; it is nil without a match.
func (p *Pattern) First(s string) (loc []int, err error) {
	if p.linear != nil && (!p.ends || !endsWithLine(s)) {
		if err := p.tooLong(s); err != nil {
			return nil, err
		}
		return p.linear.FindStringSubmatchIndex(s), nil
	}
	err = p.goBack(s, func(m []int) bool { loc = m; return false })
	return loc, err
}

// Each finds the matches one after the other, as Matcher.find does, until fn
// says no.
func (p *Pattern) Each(s string, fn func(loc []int) bool) error {
	if p.linear == nil || p.begins || p.ends && endsWithLine(s) {
		return p.goBack(s, fn)
	}
	if err := p.tooLong(s); err != nil {
		return err
	}
	deadline := time.Now().Add(5 * Timeout)
	for at, n := 0, 0; at <= len(s); n++ {
		if n%256 == 255 && time.Now().After(deadline) {
			return &TimeoutError{p.text}
		}
		loc := p.linear.FindStringSubmatchIndex(s[at:])
		if loc == nil {
			return nil
		}
		for i := range loc {
			if loc[i] >= 0 {
				loc[i] += at
			}
		}
		if !fn(loc) {
			return nil
		}
		if at = loc[1]; loc[0] == loc[1] {
			if wide(s) {
				return errWide
			}
			_, size := utf8.DecodeRuneInString(s[at:])
			at += max(size, 1)
		}
	}
	return nil
}

// tooLong refuses what takes the linear machine, which has no time-out, minutes.
func (p *Pattern) tooLong(s string) error {
	if len(p.text) > 1000 && len(p.text)*len(s) > 1<<30 {
		return &Unsupported{"a pattern and a text that are that long"}
	}
	return nil
}

func endsWithLine(s string) bool {
	for _, end := range []string{"\n", "\r", "\u0085", "\u2028", "\u2029"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// TimeoutError says that a match took too long.
type TimeoutError struct{ Pattern string }

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("the regular expression '%s' takes longer than %s for one value", e.Pattern, Timeout)
}

// goBack finds matches with the machine that goes back.
func (p *Pattern) goBack(s string, fn func(loc []int) bool) error {
	text := []rune(s)
	offsets := make([]int, 0, len(text)+1)
	for i := range s {
		offsets = append(offsets, i)
	}
	offsets = append(offsets, len(s))
	deadline := time.Now().Add(5 * Timeout)
	for at, n := 0, 0; at <= len(text); n++ {
		if n%256 == 255 && time.Now().After(deadline) {
			return &TimeoutError{p.text}
		}
		m, err := p.back.FindRunesMatchStartingAt(text, at)
		if err != nil {
			return &TimeoutError{p.text}
		}
		if m == nil || !fn(p.location(m, offsets)) {
			return nil
		}
		if at = m.RuneIndex + m.RuneLength; m.RuneLength == 0 {
			if wide(s) {
				return errWide
			}
			at++
		}
	}
	return nil
}

func (p *Pattern) location(m *regexp2.Match, offsets []int) []int {
	loc := make([]int, 2*(p.groups+1))
	for i := range loc {
		loc[i] = -1
	}
	for i := 0; i <= p.groups; i++ {
		if g := m.GroupByNumber(i); g != nil && len(g.Captures) > 0 {
			loc[2*i], loc[2*i+1] = offsets[g.RuneIndex], offsets[g.RuneIndex+g.RuneLength]
		}
	}
	return loc
}

// errWide refuses matches of nothing in texts with characters that Java has as
// two halves: it finds one between them.
var errWide = &Unsupported{"a match of nothing in a text with characters beyond U+FFFF"}

func wide(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0xf0 {
			return true
		}
	}
	return false
}
