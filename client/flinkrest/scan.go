package flinkrest

import (
	"bytes"
	"encoding/json"
)

// Scanner cuts JSON into its parts without decoding them. It trusts what it
// cuts to be well formed.
type Scanner struct {
	b []byte
	i int
}

// Elements cuts a list.
func Elements(b []byte) ([]json.RawMessage, bool) { return AppendElements(nil, b) }

// AppendElements appends the elements of a list.
func AppendElements(all []json.RawMessage, b []byte) ([]json.RawMessage, bool) {
	s := Scanner{b: b}
	ok := s.list('[', ']', func() bool {
		all = append(all, s.value())
		return true
	})
	return all, ok
}

// Object gives each member to take, which says whether to go on.
func (s *Scanner) Object(take func(key string, value []byte) bool) bool {
	return s.members(func(key []byte) bool { return take(string(key), s.value()) })
}

// members gives the name of each member to take, which goes past the value and
// says whether to go on.
func (s *Scanner) members(take func(key []byte) bool) bool {
	return s.list('{', '}', func() bool {
		key := s.value()
		return len(key) >= 2 && s.next(':') && take(key[1:len(key)-1])
	})
}

func (s *Scanner) list(open, end byte, element func() bool) bool {
	if !s.next(open) {
		return false
	}
	if s.next(end) {
		return true
	}
	for {
		before := s.i
		if !element() || s.i == before {
			return false
		}
		if s.next(end) {
			return true
		}
		if !s.next(',') {
			return false
		}
	}
}

func (s *Scanner) space() {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\n' || s.b[s.i] == '\t' || s.b[s.i] == '\r') {
		s.i++
	}
}

// next goes past a character, if it comes next.
func (s *Scanner) next(c byte) bool {
	s.space()
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

// value cuts the next value.
func (s *Scanner) value() []byte {
	s.space()
	start, depth := s.i, 0
	for s.i < len(s.b) {
		switch c := s.b[s.i]; {
		case c == '"':
			s.text()
			if depth == 0 {
				return s.b[start:s.i]
			}
			continue
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ',' || c == '}' || c == ']' || c == ':' || c == ' ' || c == '\n'):
			return s.b[start:s.i]
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				s.i++
				return s.b[start:s.i]
			}
		}
		s.i++
	}
	return s.b[start:s.i]
}

// text goes past a string.
func (s *Scanner) text() {
	begin := s.i + 1
	for s.i = begin; ; {
		n := bytes.IndexByte(s.b[s.i:], '"')
		if n < 0 {
			s.i = len(s.b)
			return
		}
		end := s.i + n
		s.i = end + 1
		escapes := 0
		for end-escapes > begin && s.b[end-escapes-1] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return
		}
	}
}

// NewScanner scans b.
func NewScanner(b []byte) *Scanner { return &Scanner{b: b} }
