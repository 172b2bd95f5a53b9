package results

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/maphash"
	"unicode/utf8"

	"drey/client/statement"
	"drey/views/clean"
)

// record is one change, as compact as it goes: its op, then each value with its
// length. It is never written to once it was made.
type record []byte

// form is how a value came.
type form uint8

const (
	null   form = iota
	word        // a string on the wire
	nested      // a list, or another JSON value: its text is JSON
)

// value is one cell.
type value struct {
	text []byte
	form form
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

func (r record) op() statement.Op { return statement.Op(r[0]) }

// next takes a value off what is left of a record.
func next(rest []byte) (v value, left []byte) {
	head, n := binary.Uvarint(rest)
	rest = rest[n:]
	if head == 0 {
		return value{}, rest
	}
	head--
	size := int(head >> 1)
	v = value{text: rest[:size], form: word}
	if head&1 == 1 {
		v.form = nested
	}
	return v, rest[size:]
}

// values are all cells, in dst's room.
func (r record) values(dst []value) []value {
	dst = dst[:0]
	for rest := []byte(r[1:]); len(rest) > 0; {
		var v value
		v, rest = next(rest)
		dst = append(dst, v)
	}
	return dst
}

// value is cell i.
func (r record) value(i int) value {
	rest := []byte(r[1:])
	var v value
	for ; i >= 0 && len(rest) > 0; i-- {
		v, rest = next(rest)
	}
	return v
}

// shape is what is known of the rows before they come.
type shape struct {
	columns []statement.Column
	key     []int // upsert columns; nil: the whole row is the key
	// appends says that rows are only ever added.
	appends bool
}

// identity is a hash of a row's key, wide enough that two keys never share one.
type identity [2]uint64

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func (s *shape) identityOf(r record) identity {
	whole := []byte(r[1:])
	if s.key != nil {
		whole = nil
		for _, i := range s.key {
			v := r.value(i)
			whole = append(binary.AppendUvarint(append(whole, byte(v.form)), uint64(len(v.text))), v.text...)
		}
	}
	return identity{maphash.Bytes(seeds[0], whole), maphash.Bytes(seeds[1], whole)}
}

// batch is a page or more, made ready off the loop.
type batch struct {
	data       []byte
	ends       []uint32 // of each record in data
	identities []identity
	widths     []int // cells, of each column's widest value
	misfits    int   // rows that are not of the schema
}

// widest is where measuring ends: no column is drawn wider.
const widest = 80

// pack makes a batch of rows.
func (s *shape) pack(rows []statement.Row) batch {
	b := batch{widths: make([]int, len(s.columns))}
	for _, row := range rows {
		if len(row.Cells) != len(s.columns) {
			b.misfits++
			continue
		}
		from := len(b.data)
		b.data = append(b.data, byte(row.Op))
		for _, raw := range row.Cells {
			b.data = appendValue(b.data, raw)
		}
		r := record(b.data[from:])
		b.ends = append(b.ends, uint32(len(b.data)))
		if !s.appends {
			b.identities = append(b.identities, s.identityOf(r))
		}
		b.measure(r)
	}
	return b
}

func (b *batch) measure(r record) {
	rest := []byte(r[1:])
	for i := range b.widths {
		var v value
		v, rest = next(rest)
		switch {
		case v.form == null:
			b.widths[i] = max(b.widths[i], 4)
		case b.widths[i] < widest:
			b.widths[i] = max(b.widths[i], min(clean.Width(shown(v.text, widest)), widest))
		}
	}
}

// shown is the beginning of a text that may be long, clean, at least width cells
// of it if it has them.
func shown(text []byte, width int) string {
	const most = 16 // bytes that a cell may take
	if limit := width*most + most; len(text) > limit {
		for limit > 0 && !utf8.RuneStart(text[limit]) {
			limit--
		}
		text = text[:limit]
	}
	return clean.Text(string(text))
}
