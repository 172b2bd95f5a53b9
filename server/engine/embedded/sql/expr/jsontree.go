package expr

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// jnode is a value of JSON with the order of its members.
type jnode struct {
	kind  byte // n null, b boolean, # number, s string, [ array, { object
	text  string
	items []*jnode
	keys  []string
}

var errJSON = errors.New("no JSON")

// parseJSON reads one value, and nothing behind it.
func parseJSON(text string) (*jnode, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	n, err := readJSON(d, 0)
	if err != nil {
		return nil, errJSON
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errJSON
	}
	return n, nil
}

const maxJSONDepth = 1000

func readJSON(d *json.Decoder, depth int) (*jnode, error) {
	t, err := d.Token()
	if err != nil || depth > maxJSONDepth {
		return nil, errJSON
	}
	switch t := t.(type) {
	case nil:
		return &jnode{kind: 'n', text: "null"}, nil
	case bool:
		return &jnode{kind: 'b', text: strconv.FormatBool(t)}, nil
	case json.Number:
		return &jnode{kind: '#', text: t.String()}, nil
	case string:
		return &jnode{kind: 's', text: t}, nil
	case json.Delim:
		return readNested(d, t, depth)
	}
	return nil, errJSON
}

func readNested(d *json.Decoder, open json.Delim, depth int) (*jnode, error) {
	n := &jnode{kind: byte(open)}
	for d.More() {
		key := ""
		if open == '{' {
			t, err := d.Token()
			if err != nil {
				return nil, err
			}
			key = t.(string)
		}
		item, err := readJSON(d, depth+1)
		if err != nil {
			return nil, err
		}
		if at := n.member(key); open == '{' && at >= 0 {
			n.items[at] = item
			continue
		}
		n.keys, n.items = append(n.keys, key), append(n.items, item)
	}
	_, err := d.Token()
	return n, err
}

func (n *jnode) member(key string) int {
	for i, k := range n.keys {
		if k == key {
			return i
		}
	}
	return -1
}

func (n *jnode) scalar() bool { return n.kind != '[' && n.kind != '{' }

// append writes the value without white space.
func (n *jnode) append(b *strings.Builder) {
	switch n.kind {
	case 's':
		quoteJSON(b, n.text)
	case '[', '{':
		b.WriteByte(n.kind)
		for i, it := range n.items {
			if i > 0 {
				b.WriteByte(',')
			}
			if n.kind == '{' {
				quoteJSON(b, n.keys[i])
				b.WriteByte(':')
			}
			it.append(b)
		}
		b.WriteByte(n.kind + 2)
	default:
		b.WriteString(n.text)
	}
}

func (n *jnode) String() string {
	var b strings.Builder
	n.append(&b)
	return b.String()
}

// quoteJSON writes a string as Jackson does: only what must be is escaped.
func quoteJSON(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\b':
			b.WriteString(`\b`)
		case '\f':
			b.WriteString(`\f`)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		default:
			if r < ' ' {
				b.WriteString(`\u00` + strings.ToUpper(strconv.FormatInt(int64(r)+0x100, 16)[1:]))
			} else {
				b.WriteString(string(r))
			}
		}
	}
	b.WriteByte('"')
}

// jsonPath is a path such as lax $.a[0].b: names, and numbers of elements.
type jsonPath struct {
	lax   bool
	steps []jsonStep
}

type jsonStep struct {
	name  string
	index int // -1 for a name
}

// parsePath reads a path; ok is false for what drey does not know.
func parsePath(text string) (p jsonPath, ok bool) {
	text = strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(text, "lax "):
		p.lax, text = true, strings.TrimSpace(text[4:])
	case strings.HasPrefix(text, "strict "):
		text = strings.TrimSpace(text[7:])
	}
	if !strings.HasPrefix(text, "$") {
		return p, false
	}
	for text = text[1:]; text != ""; {
		var s jsonStep
		if s, text, ok = pathStep(text); !ok {
			return p, false
		}
		p.steps = append(p.steps, s)
	}
	return p, true
}

func pathStep(text string) (jsonStep, string, bool) {
	switch {
	case strings.HasPrefix(text, "['"):
		end := strings.Index(text, "']")
		if end < 0 || strings.ContainsAny(text[2:end], `'\`) {
			return jsonStep{}, "", false
		}
		return jsonStep{text[2:end], -1}, text[end+2:], true
	case text[0] == '[':
		end := strings.IndexByte(text, ']')
		if end < 0 {
			return jsonStep{}, "", false
		}
		n, err := strconv.Atoi(text[1:end])
		return jsonStep{"", n}, text[end+1:], err == nil && n >= 0
	case text[0] == '.':
		end := 1
		for end < len(text) && text[end] != '.' && text[end] != '[' {
			r, n := utf8.DecodeRuneInString(text[end:])
			if !(r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127) {
				return jsonStep{}, "", false
			}
			end += n
		}
		return jsonStep{text[1:end], -1}, text[end:], end > 1
	}
	return jsonStep{}, "", false
}

// find gives the value at a path; nil when it is not there.
func (p jsonPath) find(n *jnode) *jnode {
	for _, s := range p.steps {
		at := s.index
		if s.index < 0 {
			if n.kind != '{' {
				return nil
			}
			at = n.member(s.name)
		} else if n.kind != '[' {
			return nil
		}
		if at < 0 || at >= len(n.items) {
			return nil
		}
		n = n.items[at]
	}
	return n
}
