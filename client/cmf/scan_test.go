package cmf

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// FuzzScan holds the scanner against encoding/json: members, the last of a
// repeated name, elements.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `{"a":1}`, ` { "a" : [ 1 , "]" , {"b":"}"} ] , "a" : "\\" } `, `{"a\"b":"\\\"","c":"\\\\"}`,
		`{"":null,"x":-1e5,"y":true}`, `["\"","\\",{"a":[[]]},1]`, `{"\u0061":"é\n"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			return
		}
		var members map[string]json.RawMessage
		if json.Unmarshal(data, &members) == nil && members != nil {
			got := map[string]json.RawMessage{}
			eachMember(data, func(key, value []byte) { got[unquote(key)] = value })
			if len(got) != len(members) {
				t.Fatalf("%q: got %d members, want %d", data, len(got), len(members))
			}
			for name, want := range members {
				if !bytes.Equal(got[name], want) || !bytes.Equal(Object(data).Get(name), want) {
					t.Fatalf("%q: member %q: got %s, want %s", data, name, got[name], want)
				}
			}
		}
		var elements []json.RawMessage
		if json.Unmarshal(data, &elements) == nil && elements != nil {
			var got []json.RawMessage
			eachElement(data, func(element []byte) { got = append(got, element) })
			if len(got) != len(elements) {
				t.Fatalf("%q: got %d elements, want %d", data, len(got), len(elements))
			}
			for i, want := range elements {
				if !bytes.Equal(got[i], want) {
					t.Fatalf("%q: element %d: got %s, want %s", data, i, got[i], want)
				}
			}
		}
	})
}

// TestScanningIsLinear counts the bytes that are looked at in documents of n
// and 2n parts, of all that has made scanners slow.
func TestScanningIsLinear(t *testing.T) {
	nested := func(n int) string { return strings.Repeat(`[`, n) + strings.Repeat(`]`, n) }
	for name, value := range map[string]func(n int) string{
		"line ends":           func(n int) string { return `"` + strings.Repeat(`\n`, n) + `"` },
		"quotes":              func(n int) string { return `"` + strings.Repeat(`\"`, n) + `"` },
		"backslashes":         func(n int) string { return `"` + strings.Repeat(`\\`, n) + `"` },
		"backslash and quote": func(n int) string { return `"` + strings.Repeat(`\\\"`, n) + `"` },
		"code points":         func(n int) string { return `"` + strings.Repeat(`\u0041`, n) + `"` },
		"plain text":          func(n int) string { return `"` + strings.Repeat(`a`, n) + `"` },
		"digits":              func(n int) string { return strings.Repeat(`1`, n) },
		"white space":         func(n int) string { return `[` + strings.Repeat(" ", n) + `1]` },
		"many strings":        func(n int) string { return `[` + strings.Repeat(`"\\",`, n) + `1]` },
		"nested":              nested,
		"members":             func(n int) string { return `{` + strings.Repeat(`"a":"\"",`, n) + `"b":1}` },
	} {
		work := func(n int) int {
			scanned = new(int)
			defer func() { scanned = nil }()
			doc := []byte(`{"name":"abcd","x":` + value(n) + `,"y":1}`)
			if got := string(Object(doc).Get("y")); got != "1" {
				t.Fatalf("%s: y: got %q, want 1", name, got)
			}
			if *scanned > 4*len(doc) {
				t.Errorf("%s: %d bytes were looked at %d times", name, len(doc), *scanned)
			}
			return *scanned
		}
		if one, two := work(1000), work(2000); one < 1000 || two > 2*one+100 {
			t.Errorf("%s: looked at %d bytes, at %d of twice as much", name, one, two)
		}
	}
}
