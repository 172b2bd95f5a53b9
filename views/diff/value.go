// Package diff compares documents of objects by their members, whatever order
// those stand in, merges two changes of one document, and shows what differs.
package diff

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
)

// Path leads to a value in a document: names of members, and for an item of a
// list its name in brackets, such as [main], or its number, such as [0].
type Path []string

// String is the path as people write it.
func (p Path) String() string {
	var b strings.Builder
	for i, part := range p {
		if i > 0 && !strings.HasPrefix(part, "[") {
			b.WriteByte('.')
		}
		b.WriteString(part)
	}
	return b.String()
}

// join is the path of a part of p.
func (p Path) join(part string) Path { return append(p[:len(p):len(p)], part) }

// Parse reads a JSON document. Numbers keep their digits.
func Parse(doc []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read the document: something follows it")
	}
	return v, nil
}

// Equal tells whether two values of Parse are the same, numbers by what they are
// and not by how they are written.
func Equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for name, value := range a {
			other, there := b[name]
			if !there || !Equal(value, other) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !Equal(a[i], b[i]) {
				return false
			}
		}
		return true
	case json.Number:
		b, ok := b.(json.Number)
		return ok && (a == b || sameNumber(string(a), string(b)))
	}
	return a == b
}

// maxDigits is how long a number is that is compared by its value: that of a
// huge exponent takes as much memory.
const maxDigits = 40

func sameNumber(a, b string) bool {
	if len(a) > maxDigits || len(b) > maxDigits || strings.ContainsAny(a+b, "eE") {
		return false
	}
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return okX && okY && x.Cmp(y) == 0
}

// nameOf is the name by which an item of a list is known: lists of objects that
// all have another name, as those of containers and variables, are compared by it.
func nameOf(item any) (string, bool) {
	o, ok := item.(map[string]any)
	if !ok {
		return "", false
	}
	name, ok := o["name"].(string)
	return name, ok && name != ""
}

// named are the items of a list by name; ok is false where one has none, or two
// have the same.
func named(list []any) (items map[string]any, order []string, ok bool) {
	items = make(map[string]any, len(list))
	for _, item := range list {
		name, has := nameOf(item)
		if _, twice := items[name]; !has || twice {
			return nil, nil, false
		}
		items[name] = item
		order = append(order, name)
	}
	return items, order, true
}
