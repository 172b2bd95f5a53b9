package rest

import (
	"encoding/json"
	"fmt"

	"drey/client/cmf"
)

// Page is a piece of an operation's results (flink-engine.md §3.3).
type Page struct {
	Type    string // NOT_READY, PAYLOAD, EOS
	JobID   string
	IsQuery bool
	Columns []Column
	Rows    []Row
	Next    string // where to go on; "" after the end
}

// Column is a column of a result.
type Column struct {
	Name string       `json:"name"`
	Type cmf.DataType `json:"logicalType"`
}

// Row is a change. Fields is the JSON list of its values.
type Row struct {
	Op     cmf.Op
	Fields []byte
}

var ops = map[string]cmf.Op{
	`"INSERT"`: cmf.OpInsert, `"UPDATE_BEFORE"`: cmf.OpUpdateBefore, `"UPDATE_AFTER"`: cmf.OpUpdateAfter, `"DELETE"`: cmf.OpDelete,
}

// readPage reads a page without looking into its values: a page has thousands.
func readPage(b []byte) (Page, error) {
	var p Page
	s := Scanner{b: b}
	ok := s.Object(func(key string, value []byte) bool {
		switch key {
		case "resultType":
			return json.Unmarshal(value, &p.Type) == nil
		case "jobID":
			return json.Unmarshal(value, &p.JobID) == nil
		case "isQueryResult":
			p.IsQuery = string(value) == "true"
		case "nextResultUri":
			return json.Unmarshal(value, &p.Next) == nil
		case "results":
			return p.results(value)
		}
		return true
	})
	if !ok {
		return p, fmt.Errorf("a page of results that cannot be read: %.80q", b)
	}
	return p, nil
}

func (p *Page) results(b []byte) bool {
	s := Scanner{b: b}
	return s.Object(func(key string, value []byte) bool {
		switch key {
		case "columns":
			return json.Unmarshal(value, &p.Columns) == nil
		case "data":
			rows := Scanner{b: value}
			return rows.Array(p.row)
		}
		return true
	})
}

func (p *Page) row(value []byte) bool {
	var row Row
	s := Scanner{b: value}
	ok := s.Object(func(key string, value []byte) bool {
		switch key {
		case "kind":
			op, known := ops[string(value)]
			row.Op = op
			return known
		case "fields":
			row.Fields = value
		}
		return true
	})
	p.Rows = append(p.Rows, row)
	return ok
}

// Scanner cuts JSON into its parts without decoding them. It trusts what it
// cuts to be well formed.
type Scanner struct {
	b []byte
	i int
}

// Elements cuts a list.
func Elements(b []byte) ([]json.RawMessage, bool) {
	var all []json.RawMessage
	s := Scanner{b: b}
	ok := s.Array(func(value []byte) bool {
		all = append(all, value)
		return true
	})
	return all, ok
}

// Object gives each member to take, which says whether to go on.
func (s *Scanner) Object(take func(key string, value []byte) bool) bool {
	return s.list('{', '}', func() bool {
		key := s.value()
		if len(key) < 2 || !s.next(':') {
			return false
		}
		return take(string(key[1:len(key)-1]), s.value())
	})
}

// Array gives each element to take, which says whether to go on.
func (s *Scanner) Array(take func(value []byte) bool) bool {
	return s.list('[', ']', func() bool { return take(s.value()) })
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
	for s.i++; s.i < len(s.b); s.i++ {
		switch s.b[s.i] {
		case '\\':
			s.i++
		case '"':
			s.i++
			return
		}
	}
	s.i = len(s.b)
}

// NewScanner scans b.
func NewScanner(b []byte) *Scanner { return &Scanner{b: b} }
