package connect

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// csvFormat is the format csv with its options.
type csvFormat struct {
	delimiter byte
	quote     byte // 0: none
	null      string
	hasNull   bool
	comments  bool
	lenient   bool // csv.ignore-parse-errors
	zone      *time.Location
}

var csvOptions = []string{
	"csv.allow-comments", "csv.array-element-delimiter", "csv.disable-quote-character", "csv.escape-character",
	"csv.field-delimiter",
	"csv.ignore-parse-errors", "csv.null-literal", "csv.quote-character", "csv.write-bigdecimal-in-scientific-notation",
}

func newCSV(o options) (*csvFormat, error) {
	f := &csvFormat{delimiter: ',', quote: '"'}
	for key, at := range map[string]*byte{"csv.field-delimiter": &f.delimiter, "csv.quote-character": &f.quote} {
		text, ok := o.get(key)
		if !ok {
			continue
		}
		if text == `\t` {
			text = "\t"
		}
		if len(text) != 1 {
			return nil, invalid(
				"Option '%s.%s' must be a string with single character, but was: %s", "csv",
				strings.TrimPrefix(key, "csv."), text,
			)
		}
		*at = text[0]
	}
	if _, ok := o.get("csv.escape-character"); ok {
		return nil, &errOutside{"csv.escape-character"}
	}
	f.null, f.hasNull = o.get("csv.null-literal")
	var err error
	if f.comments, err = o.flag("csv.allow-comments"); err != nil {
		return nil, err
	}
	if f.lenient, err = o.flag("csv.ignore-parse-errors"); err != nil {
		return nil, err
	}
	none, err := o.flag("csv.disable-quote-character")
	if none {
		f.quote = 0
	}
	return f, err
}

// check refuses columns of types that are not read.
func (f *csvFormat) check(columns []Column) error {
	for _, c := range columns {
		if c.Type.Root >= types.Array || c.Type.IsBytes() || c.Type.IsInterval() {
			return &errOutside{"a column of type " + c.Type.String() + " in a csv file"}
		}
	}
	return nil
}

// cells cuts a record; quoted tells which of the cells were in quotes.
func (f *csvFormat) cells(record []byte, cells []cell) []cell {
	cells = cells[:0]
	for {
		var c cell
		c, record = f.cell(record)
		cells = append(cells, c)
		if record == nil {
			return cells
		}
	}
}

// cell is one cell of a record, as long as the record is.
type cell struct {
	text   []byte
	quoted bool
}

// cell takes one cell; rest is nil after the last one.
func (f *csvFormat) cell(record []byte) (c cell, rest []byte) {
	if f.quote == 0 || len(record) == 0 || record[0] != f.quote {
		i := bytes.IndexByte(record, f.delimiter)
		if i < 0 {
			return cell{text: record}, nil
		}
		return cell{text: record[:i]}, record[i+1 : len(record) : len(record)]
	}
	var text []byte
	i := 1
	for i < len(record) {
		if record[i] == f.quote {
			if i+1 < len(record) && record[i+1] == f.quote {
				i++
			} else {
				break
			}
		}
		text = append(text, record[i])
		i++
	}
	c = cell{text, true}
	for i++; i < len(record); i++ {
		if record[i] == f.delimiter {
			return c, record[i+1:]
		}
	}
	return c, nil
}

func (f *csvFormat) skips(record []byte) bool {
	return len(record) == 0 || f.comments && record[0] == '#'
}

// decode reads a record into the columns.
func (f *csvFormat) decode(record []byte, columns []Column, row value.Row) (bool, error) {
	cells := f.cells(record, make([]cell, 0, len(columns)))
	if len(cells) != len(columns) && !f.lenient {
		return false, &sqlerr.Failure{
			Class: "java.lang.RuntimeException",
			Message: "Row length mismatch. " + itoa(len(columns)) + " fields expected but was " + itoa(len(cells)) +
				".",
		}
	}
	for i, c := range columns {
		if c.unused || i >= len(cells) || f.hasNull && !cells[i].quoted && string(cells[i].text) == f.null {
			row[i] = value.NULL
			continue
		}
		v, err := fromCell(cells[i].text, c.Type, f.zone)
		if err != nil {
			if !f.lenient {
				return false, err
			}
			v = value.NULL
		}
		row[i] = v
	}
	return true, nil
}

func (f *csvFormat) quotes() byte { return f.quote }

// encode writes a row.
func (f *csvFormat) encode(b []byte, columns []Column, row value.Row) ([]byte, error) {
	for i, c := range columns {
		if i > 0 {
			b = append(b, f.delimiter)
		}
		v := row[i]
		if !v.Valid {
			b = append(b, f.null...)
			continue
		}
		if c.Type.IsInt() {
			b = strconv.AppendInt(b, v.I, 10)
			continue
		}
		text := toText(v, c.Type, f.zone)
		if !c.Type.IsText() || f.quote == 0 || !f.needsQuotes(text) {
			b = append(b, text...)
			continue
		}
		b = append(b, f.quote)
		b = append(b, strings.ReplaceAll(text, string(f.quote), string(f.quote)+string(f.quote))...)
		b = append(b, f.quote)
	}
	return append(b, '\n'), nil
}

func (f *csvFormat) needsQuotes(s string) bool {
	if s == "" || f.hasNull && s == f.null || s[0] == ' ' || s[0] == '#' {
		return true
	}
	for i := range len(s) {
		if c := s[i]; c == f.delimiter || c == f.quote || c == '\r' || c == '\n' {
			return true
		}
	}
	return false
}
