package cmf

import (
	"bytes"
	"encoding/json"
	"errors"
	"unique"
)

// A small scanner over JSON that encoding/json has already accepted: it finds
// members without decoding what lies between them.

// member returns the value of a member of the object in data, nil if missing.
// As in encoding/json the last one of a repeated name counts.
func member(data []byte, name string) []byte {
	var found []byte
	eachMember(data, func(key, value []byte) {
		if keyIs(key, name) {
			found = value
		}
	})
	return found
}

// keyIs compares a quoted key with a name.
func keyIs(key []byte, name string) bool {
	inner := key[1 : len(key)-1]
	if string(inner) == name {
		return true
	}
	for _, c := range inner {
		if c == '\\' || c >= 0x80 {
			return unquote(key) == name
		}
	}
	return false
}

func unquote(raw []byte) string {
	inner := raw[1 : len(raw)-1]
	for _, c := range inner {
		if c == '\\' || c >= 0x80 {
			var s string
			if json.Unmarshal(raw, &s) != nil {
				return ""
			}
			return s
		}
	}
	return string(inner)
}

// shared is s, once for all who have the same: thousands of objects say the same
// few words.
func shared(s string) string { return unique.Make(s).Value() }

// eachMember calls fn with each quoted key and value of the object in data.
func eachMember(data []byte, fn func(key, value []byte)) {
	i := skipSpace(data, 0)
	if i >= len(data) || data[i] != '{' {
		return
	}
	i = skipSpace(data, i+1)
	for i < len(data) && data[i] == '"' {
		end := skipString(data, i)
		key := data[i:end]
		i = skipSpace(data, skipSpace(data, end)+1)
		end = skipValue(data, i)
		if end > len(data) || i >= end {
			return
		}
		fn(key, data[i:end])
		i = skipSpace(data, end)
		if i >= len(data) || data[i] != ',' {
			return
		}
		i = skipSpace(data, i+1)
	}
}

// EachMember calls fn with the quoted key and the value of each member of an
// object, in their order. Both are parts of the object.
func (o Object) EachMember(fn func(key, value []byte)) { eachMember(o, fn) }

func skipSpace(data []byte, i int) int {
	begin := i
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\t' || data[i] == '\r') {
		i++
	}
	countScanned(i - begin + 1)
	return i
}

// skipString returns the index after the string that begins at i. It looks at
// each byte of the string at most twice, whatever is escaped: once for the
// closing quote and once for the backslashes before it.
func skipString(data []byte, i int) int {
	begin := i
	for i++; i < len(data); {
		quote := bytes.IndexByte(data[i:], '"')
		if quote < 0 {
			break
		}
		end := i + quote
		first := end // of the backslashes that stand before the quote
		for first > i && data[first-1] == '\\' {
			first--
		}
		i = end + 1
		if (end-first)%2 == 0 {
			countScanned(i - begin)
			return i
		}
		countScanned(end - first)
	}
	countScanned(len(data) - begin)
	return len(data)
}

// scanned counts the bytes that were looked at, for tests; nil: nobody counts.
var scanned *int

func countScanned(n int) {
	if scanned != nil {
		*scanned += n
	}
}

// skipValue returns the index after the value that begins at i.
func skipValue(data []byte, i int) int {
	if i >= len(data) {
		return len(data)
	}
	switch data[i] {
	case '"':
		return skipString(data, i)
	case '{', '[':
		return skipNested(data, i)
	}
	begin := i
	for i < len(data) && bytes.IndexByte(afterValue, data[i]) < 0 {
		i++
	}
	countScanned(i - begin)
	return i
}

// afterValue are the bytes that can follow a number, a boolean or null.
var afterValue = []byte(",}] \n\t\r")

func skipNested(data []byte, i int) int {
	depth := 0
	for i < len(data) {
		countScanned(1)
		switch data[i] {
		case '"':
			i = skipString(data, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(data)
}

// eachElement calls fn with each element of the array in data.
func eachElement(data []byte, fn func(element []byte)) {
	i := skipSpace(data, 0)
	if i >= len(data) || data[i] != '[' {
		return
	}
	i = skipSpace(data, i+1)
	for i < len(data) && data[i] != ']' {
		end := skipValue(data, i)
		fn(data[i:end])
		i = skipSpace(data, end)
		if i >= len(data) || data[i] != ',' {
			return
		}
		i = skipSpace(data, i+1)
	}
}

// SplitPage reads the envelope of a list (cmf-behaviour.md §3.2) and leaves the
// items unread: they are parts of data. total is 0 where the server does not
// tell. Text that is no JSON object is an error.
func SplitPage(data []byte) (total int64, items []json.RawMessage, err error) {
	if !json.Valid(data) {
		var any json.RawMessage
		return 0, nil, json.Unmarshal(data, &any) // says where
	}
	page := Object(data)
	if i := skipSpace(data, 0); data[i] != '{' {
		return 0, nil, errNotObject
	}
	list := page.Get("items")
	if len(list) > 0 && list[0] != '[' && list[0] != 'n' {
		return 0, nil, errors.New("items: want a list")
	}
	total, _ = page.Int("metadata", "size")
	eachElement(list, func(item []byte) { items = append(items, item) })
	return total, items, nil
}
