package connect

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// jsonFormat is the format json: one object a line.
type jsonFormat struct {
	strict  bool // json.fail-on-missing-field
	lenient bool // json.ignore-parse-errors
	zone    *time.Location
}

var jsonOptions = []string{
	"json.decode.json-parser.enabled", "json.encode.decimal-as-plain-number", "json.encode.ignore-null-fields",
	"json.fail-on-missing-field", "json.ignore-parse-errors",
	"json.map-null-key.literal", "json.map-null-key.mode", "json.timestamp-format.standard",
}

func newJSON(o options) (*jsonFormat, error) {
	f := &jsonFormat{}
	var err error
	if f.strict, err = o.flag("json.fail-on-missing-field"); err != nil {
		return nil, err
	}
	if f.lenient, err = o.flag("json.ignore-parse-errors"); err != nil {
		return nil, err
	}
	if f.strict && f.lenient {
		return nil, invalid("fail-on-missing-field and ignore-parse-errors shouldn't both be true.")
	}
	for _, key := range []string{
		"json.map-null-key.literal", "json.map-null-key.mode", "json.encode.decimal-as-plain-number",
		"json.encode.ignore-null-fields",
	} {
		if _, ok := o.get(key); ok {
			return nil, &errOutside{key}
		}
	}
	return f, nil
}

func (f *jsonFormat) check(columns []Column) error {
	for _, c := range columns {
		if c.Type.IsInterval() || c.Type.Root == types.Multiset || c.Type.IsBytes() {
			return &errOutside{"a column of type " + c.Type.String() + " in a json file"}
		}
	}
	return nil
}

func (f *jsonFormat) skips(record []byte) bool { return len(bytes.TrimSpace(record)) == 0 }
func (f *jsonFormat) quotes() byte             { return 0 }

func (f *jsonFormat) decode(record []byte, columns []Column, row value.Row) (bool, error) {
	members, err := objectOf(record)
	if err != nil {
		return f.broken(record, "")
	}
	for i, c := range columns {
		raw, ok := members[c.Name]
		if !ok && f.strict {
			return f.broken(record, "Could not find field with name '"+c.Name+"'.")
		}
		if c.unused {
			row[i] = value.NULL
			continue
		}
		if row[i], err = f.value(raw, c.Type); err != nil {
			if !f.lenient {
				return false, failed(record, err)
			}
			row[i] = value.NULL
		}
	}
	return true, nil
}

func (f *jsonFormat) broken(record []byte, cause string) (bool, error) {
	if f.lenient {
		return false, nil
	}
	return false, failed(record, errors.New(cause))
}

func failed(record []byte, cause error) error {
	message := "Failed to deserialize JSON '" + string(record[:min(len(record), 1000)]) + "'."
	if cause.Error() != "" {
		message += "\n" + cause.Error()
	}
	return &sqlerr.Failure{Class: "java.io.IOException", Message: message}
}

func objectOf(raw []byte) (map[string]json.RawMessage, error) {
	var members map[string]json.RawMessage
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&members); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	return members, nil
}

func (f *jsonFormat) value(raw json.RawMessage, t types.Type) (value.Value, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return value.NULL, nil
	}
	switch t.Root {
	case types.Array:
		return f.array(raw, t)
	case types.Map:
		return f.entries(raw, t)
	case types.Row:
		return f.row(raw, t)
	}
	text := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return value.NULL, err
		}
	} else if t.IsText() && (raw[0] == '{' || raw[0] == '[') {
		var b bytes.Buffer
		if err := json.Compact(&b, raw); err != nil {
			return value.NULL, err
		}
		text = b.String()
	}
	if t.IsInt() && raw[0] != '"' && strings.ContainsAny(text, ".eE") {
		return value.NULL, numberError(text)
	}
	return fromText(text, t, f.zone)
}

func (f *jsonFormat) array(raw json.RawMessage, t types.Type) (value.Value, error) {
	if n := int64(bytes.Count(raw, []byte(","))) * value.NULL.Size(); n > memory.MaxValue && n > 4*int64(len(raw)) {
		return value.NULL, expr.TooLarge("an array of a file", n)
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return value.NULL, err
	}
	items := make([]value.Value, len(parts))
	for i, p := range parts {
		v, err := f.value(p, *t.Elem)
		if err != nil {
			return value.NULL, err
		}
		items[i] = v
	}
	return value.List(items), nil
}

// entries keeps the order of the file.
func (f *jsonFormat) entries(raw json.RawMessage, t types.Type) (value.Value, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return value.NULL, errors.New("not an object")
	}
	entries := []value.Entry{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return value.NULL, err
		}
		var part json.RawMessage
		if err := d.Decode(&part); err != nil {
			return value.NULL, err
		}
		k, err := fromText(key.(string), *t.Key, f.zone)
		if err != nil {
			return value.NULL, err
		}
		v, err := f.value(part, *t.Elem)
		if err != nil {
			return value.NULL, err
		}
		entries = append(entries, value.Entry{Key: k, Value: v})
	}
	return value.Value{Valid: true, R: entries}, nil
}

func (f *jsonFormat) row(raw json.RawMessage, t types.Type) (value.Value, error) {
	members, err := objectOf(raw)
	if err != nil {
		return value.NULL, err
	}
	items := make([]value.Value, len(t.Fields))
	for i, field := range t.Fields {
		if items[i], err = f.value(members[field.Name], field.Type); err != nil {
			return value.NULL, err
		}
	}
	return value.List(items), nil
}

func (f *jsonFormat) encode(b []byte, columns []Column, row value.Row) ([]byte, error) {
	b = append(b, '{')
	for i, c := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, c.Name)
		b = append(b, ':')
		var err error
		if b, err = f.append(b, row[i], c.Type); err != nil {
			return nil, err
		}
	}
	return append(b, '}', '\n'), nil
}

func appendText(b []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		return append(b, `""`...)
	}
	return append(b, text...)
}

func (f *jsonFormat) append(b []byte, v value.Value, t types.Type) ([]byte, error) {
	if !v.Valid {
		return append(b, "null"...), nil
	}
	var err error
	switch {
	case t.Root == types.Array || t.Root == types.Row:
		return f.appendList(b, v, t)
	case t.Root == types.Map:
		b = append(b, '{')
		for i, e := range v.Entries() {
			if i > 0 {
				b = append(b, ',')
			}
			if !t.Key.IsText() || !e.Key.Valid {
				return nil, &sqlerr.Failure{
					Class:   "java.lang.RuntimeException",
					Message: "JSON format doesn't support to convert map with null or other than text keys.",
				}
			}
			b = append(appendText(b, e.Key.S), ':')
			if b, err = f.append(b, e.Value, *t.Elem); err != nil {
				return nil, err
			}
		}
		return append(b, '}'), nil
	case t.IsNumeric() || t.Root == types.Boolean:
		return append(b, toText(v, t, f.zone)...), nil
	}
	return appendText(b, toText(v, t, f.zone)), nil
}

func (f *jsonFormat) appendList(b []byte, v value.Value, t types.Type) ([]byte, error) {
	open, end := byte('['), byte(']')
	if t.Root == types.Row {
		open, end = '{', '}'
	}
	b = append(b, open)
	for i, e := range v.Items() {
		if i > 0 {
			b = append(b, ',')
		}
		et := t.Elem
		if t.Root == types.Row {
			et = &t.Fields[i].Type
			b = append(appendText(b, t.Fields[i].Name), ':')
		}
		var err error
		if b, err = f.append(b, e, *et); err != nil {
			return nil, err
		}
	}
	return append(b, end), nil
}
