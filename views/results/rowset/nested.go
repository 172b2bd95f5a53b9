package rowset

import (
	"bytes"
	"encoding/json"

	"drey/client/statement"
)

// ShownText is a value as people read it.
func ShownText(v Value, t statement.DataType) []byte {
	if v.Form != Nested {
		return v.Text
	}
	return NestedText(v.Text, t)
}

// NestedText is a value of a nested type as Flink writes it when it casts to
// STRING: [a, b] for an array, {k=v} for a map or multiset, (a, b) for a row. On
// the wire they are lists (cmf-behaviour.md §4.7); what does not fit its type
// stays as it came.
func NestedText(raw []byte, t statement.DataType) []byte {
	out, ok := appendFlink(nil, raw, t)
	if !ok {
		return raw
	}
	return out
}

func appendFlink(out []byte, raw json.RawMessage, t statement.DataType) ([]byte, bool) {
	raw = bytes.TrimSpace(raw)
	switch {
	case string(raw) == "null":
		return append(out, nullText...), true
	case len(raw) > 0 && raw[0] == '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return append(out, text...), err == nil
	case t.KeyType != nil && t.ValueType != nil:
		return appendFlinkPairs(out, raw, *t.KeyType, *t.ValueType)
	case t.Type == "MULTISET" && t.ElementType != nil:
		return appendFlinkPairs(out, raw, *t.ElementType, statement.DataType{})
	case t.ElementType != nil:
		return appendFlinkList(out, raw, "[]", func(int) statement.DataType { return *t.ElementType }, -1)
	case len(t.Fields) > 0:
		return appendFlinkList(out, raw, "()", func(i int) statement.DataType {
			return t.Fields[i].Type
		}, len(t.Fields))
	}
	return append(out, raw...), true
}

// appendFlinkList writes the items of a list between brackets; want is how many there
// must be, -1 for any number.
func appendFlinkList(
	out []byte, raw json.RawMessage, brackets string, of func(i int) statement.DataType, want int,
) ([]byte, bool) {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil || want >= 0 && len(items) != want {
		return out, false
	}
	out = append(out, brackets[0])
	for i, item := range items {
		if i > 0 {
			out = append(out, ", "...)
		}
		var ok bool
		if out, ok = appendFlink(out, item, of(i)); !ok {
			return out, false
		}
	}
	return append(out, brackets[1]), true
}

func appendFlinkPairs(out []byte, raw json.RawMessage, key, val statement.DataType) ([]byte, bool) {
	var pairs [][2]json.RawMessage
	if json.Unmarshal(raw, &pairs) != nil {
		return out, false
	}
	out = append(out, '{')
	for i, pair := range pairs {
		if i > 0 {
			out = append(out, ", "...)
		}
		var ok bool
		if out, ok = appendFlink(out, pair[0], key); !ok {
			return out, false
		}
		out = append(out, '=')
		if out, ok = appendFlink(out, pair[1], val); !ok {
			return out, false
		}
	}
	return append(out, '}'), true
}
