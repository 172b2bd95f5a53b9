package cmf

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
)

// Extra holds the members of an object that its type does not name. They are
// written back as they came, so a newer server's fields survive an edit.
type Extra map[string]json.RawMessage

// decodeWithExtra decodes data into known, a pointer to a struct without
// methods, and puts the members that it does not name into extra.
func decodeWithExtra(data []byte, known any, extra *Extra) error {
	if err := json.Unmarshal(data, known); err != nil {
		return err
	}
	names := memberNames(reflect.TypeOf(known).Elem())
	*extra = nil
	eachMember(data, func(key, value []byte) {
		name := unquote(key)
		if names[name] {
			return
		}
		if *extra == nil {
			*extra = Extra{}
		}
		(*extra)[name] = append(json.RawMessage(nil), value...)
	})
	return nil
}

// encodeWith encodes known, a struct without methods, and appends extra.
func encodeWith(known any, extra Extra) ([]byte, error) {
	data, err := marshalPlain(known)
	if err != nil || len(extra) == 0 {
		return data, err
	}
	rest := encodeMembers(extra)
	if len(data) == 2 {
		return rest, nil
	}
	data[len(data)-1] = ','
	return append(data, rest[1:]...), nil
}

// marshalPlain is json.Marshal that leaves <, > and & as they are.
func marshalPlain(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), nil
}

var memberNameCache sync.Map // reflect.Type → map[string]bool

func memberNames(t reflect.Type) map[string]bool {
	if names, ok := memberNameCache.Load(t); ok {
		return names.(map[string]bool)
	}
	names := map[string]bool{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			names[name] = true
		}
	}
	memberNameCache.Store(t, names)
	return names
}
