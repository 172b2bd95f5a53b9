package model

import (
	"bytes"
	"encoding/json"
	"fmt"

	"drey/client/cmf"
)

func Decode[T any](doc cmf.Object) (*T, error) {
	object := new(T)
	if err := json.Unmarshal(doc, object); err != nil {
		return nil, fmt.Errorf("stored document: %w", err)
	}
	return object, nil
}

// Encode is json.Marshal that leaves <, > and & as they are.
func Encode(v any) (cmf.Object, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), nil
}

// MustEncode is encode for values of drey's own types, which always encode.
func MustEncode(v any) cmf.Object {
	doc, err := Encode(v)
	if err != nil {
		panic(fmt.Sprintf("encode %T: %v", v, err))
	}
	return doc
}
