package rowset

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"drey/client/statement"
)

// appendJSON writes a value as JSON by its type: numbers and truth values as
// such, an ARRAY as a list, a MAP with text as keys and a ROW as an object
// (cmf-behaviour.md §4.5 says how they come).
func appendJSON(dst []byte, v Value, t statement.DataType) []byte {
	switch v.Form {
	case Null:
		return append(dst, "null"...)
	case Nested:
		return AppendNested(dst, v.Text, t)
	}
	return appendAtom(dst, string(v.Text), t)
}

func appendAtom(dst []byte, text string, t statement.DataType) []byte {
	switch {
	case IsNumber(t.Type) && isJSONNumber(text):
		return append(dst, text...)
	case t.Type == "BOOLEAN" && strings.EqualFold(text, "true"):
		return append(dst, "true"...)
	case t.Type == "BOOLEAN" && strings.EqualFold(text, "false"):
		return append(dst, "false"...)
	}
	return append(dst, quoteJSON(text)...)
}

// isJSONNumber tells what JSON has a number for: not NaN, not Infinity.
func isJSONNumber(s string) bool {
	return s != "" && (s[0] == '-' || s[0] >= '0' && s[0] <= '9') && json.Valid([]byte(s))
}

// wire is a value within a list, as it came.
func wire(raw json.RawMessage) Value {
	raw = bytes.TrimSpace(raw)
	v, _ := next(appendValue(nil, raw))
	return v
}

// parts takes a list apart, nil when it is none.
func parts(text []byte) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(text, &list) != nil {
		return nil
	}
	return list
}

func AppendNested(dst, text []byte, t statement.DataType) []byte {
	list := parts(text)
	switch {
	case list == nil:
	case t.Type == "ARRAY" && t.ElementType != nil:
		return appendList(dst, list, func(int) statement.DataType { return *t.ElementType })
	case t.Type == "MAP" && t.KeyType != nil && t.ValueType != nil:
		return appendMap(dst, list, t)
	case t.Type == "ROW" && len(t.Fields) == len(list):
		dst = append(dst, '{')
		for i, f := range t.Fields {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(append(dst, quoteJSON(f.Name)...), ':')
			dst = appendJSON(dst, wire(list[i]), f.Type)
		}
		return append(dst, '}')
	}
	if json.Valid(text) {
		return append(dst, text...)
	}
	return append(dst, quoteJSON(string(text))...)
}

func appendList(dst []byte, list []json.RawMessage, of func(int) statement.DataType) []byte {
	dst = append(dst, '[')
	for i, raw := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(dst, wire(raw), of(i))
	}
	return append(dst, ']')
}

// appendMap writes an object where every key is a text, else a list of pairs.
func appendMap(dst []byte, pairs []json.RawMessage, t statement.DataType) []byte {
	object := t.KeyType.Type == "VARCHAR" || t.KeyType.Type == "CHAR"
	for _, pair := range pairs {
		p := parts(pair)
		object = object && len(p) == 2 && wire(p[0]).Form == word
	}
	open, end := byte('['), byte(']')
	if object {
		open, end = '{', '}'
	}
	dst = append(dst, open)
	for i, pair := range pairs {
		if i > 0 {
			dst = append(dst, ',')
		}
		p := parts(pair)
		switch {
		case object:
			dst = append(append(dst, quoteJSON(string(wire(p[0]).Text))...), ':')
			dst = appendJSON(dst, wire(p[1]), *t.ValueType)
		case len(p) == 2:
			dst = appendList(dst, p, func(n int) statement.DataType {
				return []statement.DataType{*t.KeyType, *t.ValueType}[n]
			})
		default:
			dst = append(dst, pair...)
		}
	}
	return append(dst, end)
}

// literal writes a value as Flink SQL does; a type that has no literals is an
// error.
func literal(v Value, t statement.DataType) (string, error) {
	if v.Form == Null {
		return "CAST(NULL AS " + TypeText(t) + ")", nil
	}
	text := string(v.Text)
	quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	switch {
	case IsNumber(t.Type) && isJSONNumber(text) && t.Type != "FLOAT" && t.Type != "DOUBLE":
		return text, nil
	case t.Type == "BOOLEAN":
		return strings.ToUpper(text), nil
	case t.Type == "CHAR", t.Type == "VARCHAR":
		return quoted, nil
	case t.Type == "DATE":
		return "DATE " + quoted, nil
	case IsNumber(t.Type), strings.HasPrefix(t.Type, "TIME"):
		return "CAST(" + quoted + " AS " + TypeText(t) + ")", nil
	case v.Form == Nested:
		return nestedLiteral(v, t)
	}
	return "", fmt.Errorf("%s has no literal", TypeText(t))
}

func nestedLiteral(v Value, t statement.DataType) (string, error) {
	list := parts(v.Text)
	open, types := "", []statement.DataType(nil)
	switch {
	case t.Type == "ARRAY" && t.ElementType != nil && len(list) > 0:
		open = "ARRAY["
		for range list {
			types = append(types, *t.ElementType)
		}
	case t.Type == "MAP" && t.KeyType != nil && t.ValueType != nil && len(list) > 0:
		open = "MAP["
		var flat []json.RawMessage
		for _, pair := range list {
			p := parts(pair)
			if len(p) != 2 {
				return "", fmt.Errorf("a pair of a MAP has %d parts", len(p))
			}
			flat, types = append(flat, p...), append(types, *t.KeyType, *t.ValueType)
		}
		list = flat
	case t.Type == "ROW" && len(t.Fields) == len(list):
		open = "ROW("
		for _, f := range t.Fields {
			types = append(types, f.Type)
		}
	default:
		return "", fmt.Errorf("this value of %s has no literal", TypeText(t))
	}
	texts := make([]string, len(list))
	for i, raw := range list {
		text, err := literal(wire(raw), types[i])
		if err != nil {
			return "", err
		}
		texts[i] = text
	}
	return open + strings.Join(texts, ", ") + map[string]string{"ARRAY[": "]", "MAP[": "]", "ROW(": ")"}[open], nil
}
