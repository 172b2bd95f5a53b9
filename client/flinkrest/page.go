package flinkrest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Page is a piece of an operation's results (flink-engine.md §3.3). Reading
// into it again overwrites what it held: a result has thousands of pages.
type Page struct {
	Type    string // NOT_READY, PAYLOAD, EOS
	JobID   string
	IsQuery bool
	Columns []Column
	Rows    []Row
	Next    string // where to go on; "" after the end

	body    bytes.Buffer
	columns []byte // as they were written, to decode them once
}

// Column is a column of a result.
type Column struct {
	Name string          `json:"name"`
	Type json.RawMessage `json:"logicalType"` // as Flink writes it (flink-engine.md §3.3)
}

// Op is the kind of a change, numbered as the API numbers them.
type Op uint8

// The kinds of changes.
const (
	Insert Op = iota
	UpdateBefore
	UpdateAfter
	Delete
)

// Row is a change. Fields is the JSON list of its values.
type Row struct {
	Op     Op
	Fields []byte
}

// parse reads a page in one go, without looking into its values.
func (p *Page) parse(b []byte) error {
	p.Type, p.JobID, p.IsQuery, p.Rows, p.Next = "", "", false, p.Rows[:0], ""
	s := &Scanner{b: b}
	ok := s.members(func(key []byte) bool {
		switch string(key) {
		case "resultType":
			return json.Unmarshal(s.value(), &p.Type) == nil
		case "jobID":
			return json.Unmarshal(s.value(), &p.JobID) == nil
		case "isQueryResult":
			p.IsQuery = string(s.value()) == "true"
		case "nextResultUri":
			return json.Unmarshal(s.value(), &p.Next) == nil
		case "results":
			return p.results(s)
		default:
			s.value()
		}
		return true
	})
	if !ok {
		return fmt.Errorf("a page of results that cannot be read: %.80q", b)
	}
	return nil
}

func (p *Page) results(s *Scanner) bool {
	return s.members(func(key []byte) bool {
		switch string(key) {
		case "columns":
			return p.header(s.value())
		case "data":
			return s.list('[', ']', func() bool { return p.row(s) })
		}
		s.value()
		return true
	})
}

func (p *Page) header(b []byte) bool {
	if p.columns != nil && bytes.Equal(b, p.columns) {
		return true
	}
	p.columns, p.Columns = slices.Clone(b), nil
	return json.Unmarshal(b, &p.Columns) == nil
}

func (p *Page) row(s *Scanner) bool {
	var row Row
	var known bool
	ok := s.members(func(key []byte) bool {
		value := s.value()
		switch string(key) {
		case "kind":
			row.Op, known = opOf(value)
			return known
		case "fields":
			row.Fields = value
		}
		return true
	})
	p.Rows = append(p.Rows, row)
	return ok
}

// opOf is the kind of a change.
func opOf(kind []byte) (op Op, known bool) {
	switch string(kind) {
	case `"INSERT"`:
		return Insert, true
	case `"UPDATE_BEFORE"`:
		return UpdateBefore, true
	case `"UPDATE_AFTER"`:
		return UpdateAfter, true
	case `"DELETE"`:
		return Delete, true
	}
	return 0, false
}
