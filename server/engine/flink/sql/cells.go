package sql

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"drey/client/cmf"
	"drey/client/flinkrest"
)

// cells turns the gateway's values into the API's (cmf-behaviour.md §4.5):
// strings, null, lists of such. Plain text has them so for atomic types, with
// the scale of decimals that JSON loses, but TRUE and FALSE in capitals; nested
// ones are taken from JSON.
type cells struct {
	columns  []cmf.ResultColumn
	nested   []int
	booleans []int
	elements []json.RawMessage // of one row, again and again
}

func cellsOf(columns []cmf.ResultColumn) *cells {
	c := &cells{columns: columns}
	for i, column := range columns {
		switch column.Type.Type {
		case "ARRAY", "MAP", "MULTISET", "ROW", "STRUCTURED_TYPE":
			c.nested = append(c.nested, i)
		case "BOOLEAN":
			c.booleans = append(c.booleans, i)
		}
	}
	return c
}

// read puts values of the API into a page of plain text. A result that JSON cannot
// carry stays in plain text (flink-verified.md §4).
func (c *cells) read(ctx context.Context, gateway flinkrest.Gateway, address string, page *flinkrest.Page) error {
	if len(c.booleans) > 0 {
		for _, row := range page.Rows {
			c.lower(row.Fields)
		}
	}
	if len(c.nested) == 0 || len(page.Rows) == 0 {
		return nil
	}
	again, err := gateway.Fetch(ctx, address, flinkrest.JSON)
	if flinkrest.Says(err, "Could not map response to JSON") || flinkrest.Says(err, "Internal server error") {
		c.nested = nil
		return nil
	}
	if err != nil {
		return err
	}
	for i := range min(len(page.Rows), len(again.Rows)) {
		page.Rows[i].Fields = c.merge(page.Rows[i].Fields, again.Rows[i].Fields)
	}
	return nil
}

// lower has the booleans of a row in small letters, in place.
func (c *cells) lower(fields []byte) {
	c.elements, _ = flinkrest.AppendElements(c.elements[:0], fields)
	for _, i := range c.booleans {
		if i >= len(c.elements) {
			continue
		}
		switch e := c.elements[i]; string(e) {
		case `"TRUE"`:
			copy(e, `"true"`)
		case `"FALSE"`:
			copy(e, `"false"`)
		}
	}
}

func (c *cells) merge(plain, nested []byte) []byte {
	fields, ok := flinkrest.Elements(plain)
	values, ok2 := flinkrest.Elements(nested)
	if !ok || !ok2 || len(fields) != len(values) || len(fields) != len(c.columns) {
		return plain
	}
	for _, i := range c.nested {
		fields[i] = wire(values[i], c.columns[i].Type)
	}
	var b bytes.Buffer
	b.WriteByte('[')
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(f)
	}
	b.WriteByte(']')
	return b.Bytes()
}

// wire is a value of the gateway's JSON in the API's form.
func wire(value json.RawMessage, t cmf.DataType) json.RawMessage {
	if string(value) == "null" {
		return value
	}
	switch t.Type {
	case "ARRAY":
		elements, _ := flinkrest.Elements(value)
		for i := range elements {
			elements[i] = wire(elements[i], *t.ElementType)
		}
		return list(elements)
	case "MAP", "MULTISET":
		return pairs(value, t)
	case "ROW", "STRUCTURED_TYPE":
		return members(value, t)
	}
	return atom(value, t)
}

// members puts the members of an object in the order of the type.
func members(value json.RawMessage, t cmf.DataType) json.RawMessage {
	named := map[string]json.RawMessage{}
	if json.Unmarshal(value, &named) != nil {
		return text(string(value))
	}
	out := make([]json.RawMessage, len(t.Fields))
	for i, f := range t.Fields {
		out[i] = json.RawMessage("null")
		if v, ok := named[f.Name]; ok {
			out[i] = wire(v, f.FieldType)
		}
	}
	return list(out)
}

// pairs makes an object a list of its keys and values, in the gateway's order.
func pairs(value json.RawMessage, t cmf.DataType) json.RawMessage {
	key, element := t.KeyType, t.ValueType
	if t.Type == "MULTISET" {
		key, element = t.ElementType, &cmf.DataType{Type: "INTEGER"}
	}
	var out []json.RawMessage
	s := flinkrest.NewScanner(value)
	s.Object(func(name string, v []byte) bool {
		out = append(out, list([]json.RawMessage{wire(json.RawMessage(`"`+name+`"`), *key), wire(v, *element)}))
		return true
	})
	return list(out)
}

func list(elements []json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, e := range elements {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(e)
	}
	b.WriteByte(']')
	return b.Bytes()
}

// atom is an atomic value as the API has it.
func atom(value json.RawMessage, t cmf.DataType) json.RawMessage {
	s := string(value)
	if s[0] == '"' {
		_ = json.Unmarshal(value, &s)
	}
	switch t.Type {
	case "DECIMAL":
		if t.Scale != nil {
			s = scaled(s, *t.Scale)
		}
	case "TIMESTAMP_WITHOUT_TIME_ZONE":
		s = strings.Replace(s, "T", " ", 1)
	case "TIMESTAMP_WITH_LOCAL_TIME_ZONE":
		s = strings.TrimSuffix(strings.Replace(s, "T", " ", 1), "Z")
	}
	return text(s)
}

func text(s string) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)
	return bytes.TrimSpace(b.Bytes())
}
