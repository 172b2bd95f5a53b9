package rowset

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/maphash"
	"unicode/utf8"

	"drey/client/statement"
	"drey/views/clean"
)

// Record is one change, as compact as it goes: its op, then each value with its
// length. It is never written to once it was made.
type Record []byte

// form is how a value came.
type form uint8

const (
	Null   form = iota
	word        // a string on the wire
	Nested      // a list, or another JSON value: its text is JSON
)

// Value is one cell.
type Value struct {
	Text []byte
	Form form
}

func appendValue(dst []byte, raw json.RawMessage) []byte {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return append(dst, 0)
	}
	text, bit := []byte(raw), uint64(1)
	if raw[0] == '"' {
		if inner := raw[1 : len(raw)-1]; plain(inner) {
			text, bit = inner, 0
		} else {
			var s string
			if json.Unmarshal(raw, &s) == nil {
				text, bit = []byte(s), 0
			}
		}
	}
	dst = binary.AppendUvarint(dst, (uint64(len(text))<<1|bit)+1)
	return append(dst, text...)
}

// plain tells that the inside of a JSON string stands for itself.
func plain(s []byte) bool {
	for _, c := range s {
		if c == '\\' || c < 0x20 {
			return false
		}
	}
	return utf8.Valid(s)
}

func (r Record) Op() statement.Op { return statement.Op(r[0]) }

// next takes a value off what is left of a record.
func next(rest []byte) (v Value, left []byte) {
	head, n := binary.Uvarint(rest)
	rest = rest[n:]
	if head == 0 {
		return Value{}, rest
	}
	head--
	size := int(head >> 1)
	v = Value{Text: rest[:size], Form: word}
	if head&1 == 1 {
		v.Form = Nested
	}
	return v, rest[size:]
}

// Values are all cells, in dst's room.
func (r Record) Values(dst []Value) []Value {
	dst = dst[:0]
	for rest := []byte(r[1:]); len(rest) > 0; {
		var v Value
		v, rest = next(rest)
		dst = append(dst, v)
	}
	return dst
}

// Value is cell i.
func (r Record) Value(i int) Value {
	rest := []byte(r[1:])
	var v Value
	for ; i >= 0 && len(rest) > 0; i-- {
		v, rest = next(rest)
	}
	return v
}

// Shape is what is known of the rows before they come.
type Shape struct {
	Columns []statement.Column
	key     []int // upsert columns; nil: the whole row is the key
	// Appends says that rows are only ever added.
	Appends bool
}

// identity is a hash of a row's key, wide enough that two keys never share one.
type identity [2]uint64

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func (s *Shape) identityOf(r Record) identity {
	whole := []byte(r[1:])
	if s.key != nil {
		whole = nil
		for _, i := range s.key {
			v := r.Value(i)
			whole = append(binary.AppendUvarint(append(whole, byte(v.Form)), uint64(len(v.Text))), v.Text...)
		}
	}
	return identity{maphash.Bytes(seeds[0], whole), maphash.Bytes(seeds[1], whole)}
}

// batch is a page or more, made ready off the loop.
type batch struct {
	Data       []byte
	Ends       []uint32 // of each record in data
	identities []identity
	widths     []int // cells, of each column's widest value
	misfits    int   // rows that are not of the schema
}

// Widest is where measuring ends: no column is drawn wider.
const Widest = 80

// Pack makes a batch of rows.
func (s *Shape) Pack(rows []statement.Row) batch {
	b := batch{widths: make([]int, len(s.Columns))}
	for _, row := range rows {
		if len(row.Cells) != len(s.Columns) {
			b.misfits++
			continue
		}
		from := len(b.Data)
		b.Data = append(b.Data, byte(row.Op))
		for _, raw := range row.Cells {
			b.Data = appendValue(b.Data, raw)
		}
		r := Record(b.Data[from:])
		b.Ends = append(b.Ends, uint32(len(b.Data)))
		if !s.Appends {
			b.identities = append(b.identities, s.identityOf(r))
		}
		b.measure(r)
	}
	return b
}

func (b *batch) measure(r Record) {
	rest := []byte(r[1:])
	for i := range b.widths {
		var v Value
		v, rest = next(rest)
		switch {
		case v.Form == Null:
			b.widths[i] = max(b.widths[i], 4)
		case b.widths[i] < Widest:
			b.widths[i] = max(b.widths[i], min(clean.Width(Shown(v.Text, Widest)), Widest))
		}
	}
}

// Shown is the beginning of a text that may be long, clean, at least width cells
// of it if it has them.
func Shown(text []byte, width int) string {
	const most = 16 // bytes that a cell may take
	if limit := width*most + most; len(text) > limit {
		for limit > 0 && !utf8.RuneStart(text[limit]) {
			limit--
		}
		text = text[:limit]
	}
	return clean.Text(string(text))
}
