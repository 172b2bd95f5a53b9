package cmf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Object is a free map of the wire ("format: yamlorjson"): a JSON object kept
// as it was written, so that unknown members and the digits of numbers survive
// a read-edit-write. The zero Object is absent; it encodes as null.
type Object json.RawMessage

// NewObject encodes v, which must marshal to a JSON object.
func NewObject(v any) (Object, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var o Object
	err = o.UnmarshalJSON(raw)
	return o, err
}

var errNotObject = errors.New("want a JSON object")

// MarshalJSON writes the object as it is held, null when absent.
func (o Object) MarshalJSON() ([]byte, error) {
	if len(o) == 0 {
		return []byte("null"), nil
	}
	return o, nil
}

// UnmarshalJSON keeps a copy; anything but an object or null is an error.
func (o *Object) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	switch {
	case string(data) == "null":
		*o = nil
	case len(data) > 0 && data[0] == '{':
		*o = slices.Clone(data)
	default:
		return fmt.Errorf("%w, got %.20s", errNotObject, data)
	}
	return nil
}

// IsZero reports whether the object is absent (for omitzero).
func (o Object) IsZero() bool { return len(o) == 0 }

// Get returns the raw JSON at a path of member names, nil when there is none.
func (o Object) Get(path ...string) json.RawMessage {
	cur := []byte(o)
	for _, name := range path {
		cur = member(cur, name)
		if cur == nil {
			return nil
		}
	}
	return cur
}

// String returns the string at path; numbers and booleans as their JSON text;
// "" for null, objects, arrays and what is missing.
func (o Object) String(path ...string) string {
	raw := o.Get(path...)
	if len(raw) == 0 {
		return ""
	}
	switch raw[0] {
	case '"':
		return unquote(raw)
	case '{', '[', 'n':
		return ""
	}
	return string(raw)
}

// Int returns the whole number at path, also where it was written as a string.
func (o Object) Int(path ...string) (int64, bool) {
	n, err := strconv.ParseInt(o.String(path...), 10, 64)
	return n, err == nil
}

// Object returns the object at path, absent when there is none.
func (o Object) Object(path ...string) Object {
	raw := o.Get(path...)
	if len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	return Object(raw)
}

// Map decodes the object; numbers stay json.Number. An absent one is an empty map.
func (o Object) Map() map[string]any {
	m := map[string]any{}
	if len(o) == 0 {
		return m
	}
	dec := json.NewDecoder(bytes.NewReader(o))
	dec.UseNumber()
	if err := dec.Decode(&m); err != nil {
		return map[string]any{}
	}
	return m
}

// With returns the object with value at path; objects on the way are made. A
// nil value removes the member.
func (o Object) With(value any, path ...string) Object {
	members := map[string]json.RawMessage{}
	if len(o) > 0 {
		_ = json.Unmarshal(o, &members)
	}
	name := path[0]
	switch {
	case len(path) > 1:
		members[name] = json.RawMessage(o.Object(name).With(value, path[1:]...))
	case value == nil:
		delete(members, name)
	default:
		raw, err := json.Marshal(value)
		if err != nil {
			return o
		}
		members[name] = raw
	}
	return encodeMembers(members)
}

func encodeMembers(members map[string]json.RawMessage) []byte {
	out := []byte{'{'}
	for i, name := range slices.Sorted(maps.Keys(members)) {
		if i > 0 {
			out = append(out, ',')
		}
		key, _ := json.Marshal(name)
		out = append(append(append(out, key...), ':'), members[name]...)
	}
	return append(out, '}')
}

// MustObject is NewObject for values that are known to be objects; it panics otherwise.
func MustObject(v any) Object {
	o, err := NewObject(v)
	if err != nil {
		panic(err)
	}
	return o
}
