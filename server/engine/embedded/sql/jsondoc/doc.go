// Package jsondoc reads and writes JSON as Flink's SQL functions do: members
// are written in the order of their names, numbers keep their digits.
package jsondoc

import (
	"encoding/json"
	"errors"
	"io"
	"sort"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// Node is a value of JSON with the order of its members.
type Node struct {
	Kind  byte // n null, b boolean, # number, s string, [ array, { object
	Text  string
	Items []*Node
	Keys  []string
	index map[string]int // of keys, where there are many
}

// manyKeys is from how many members on an object has an index of them.
const manyKeys = 16

var errJSON = errors.New("no JSON")

// MaxNodes is how many values a text may have.
const MaxNodes = 500_000

// ErrTooLarge says that a text has more.
var ErrTooLarge = errors.New("JSON of more than 500,000 values")

// Parse reads one value, and nothing behind it.
func Parse(text string) (*Node, error) {
	if nodes(text) > MaxNodes {
		return nil, ErrTooLarge
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	n, err := read(d, 0)
	if err != nil {
		return nil, errJSON
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errJSON
	}
	return n, nil
}

// nodes is about how many values a text may have: one behind each comma,
// bracket and brace, texts not looked into.
func nodes(text string) int {
	if len(text) < MaxNodes {
		return 0
	}
	return strings.Count(text, ",") + strings.Count(text, "[") + strings.Count(text, "{")
}

const maxDepth = 1000

func read(d *json.Decoder, depth int) (*Node, error) {
	t, err := d.Token()
	if err != nil || depth > maxDepth {
		return nil, errJSON
	}
	switch t := t.(type) {
	case nil:
		return &Node{Kind: 'n', Text: "null"}, nil
	case bool:
		return &Node{Kind: 'b', Text: strconv.FormatBool(t)}, nil
	case json.Number:
		return &Node{Kind: '#', Text: Number(t.String())}, nil
	case string:
		return &Node{Kind: 's', Text: t}, nil
	case json.Delim:
		return readNested(d, t, depth)
	}
	return nil, errJSON
}

func readNested(d *json.Decoder, open json.Delim, depth int) (*Node, error) {
	n := &Node{Kind: byte(open)}
	for d.More() {
		key := ""
		if open == '{' {
			t, err := d.Token()
			if err != nil {
				return nil, err
			}
			key = t.(string)
		}
		item, err := read(d, depth+1)
		if err != nil {
			return nil, err
		}
		if open == '{' {
			n.Set(key, item)
		} else {
			n.Items = append(n.Items, item)
		}
	}
	_, err := d.Token()
	return n, err
}

// Set adds a member of an object, or replaces it.
func (n *Node) Set(key string, item *Node) {
	if at := n.Member(key); at >= 0 {
		n.Items[at] = item
		return
	}
	n.Keys, n.Items = append(n.Keys, key), append(n.Items, item)
	switch {
	case n.index != nil:
		n.index[key] = len(n.Keys) - 1
	case len(n.Keys) == manyKeys:
		n.index = make(map[string]int, 2*manyKeys)
		for i, k := range n.Keys {
			n.index[k] = i
		}
	}
}

// Member is the place of a member, or -1.
func (n *Node) Member(key string) int {
	if n.index != nil {
		if i, ok := n.index[key]; ok {
			return i
		}
		return -1
	}
	for i, k := range n.Keys {
		if k == key {
			return i
		}
	}
	return -1
}

// Scalar says whether the value is neither an array nor an object.
func (n *Node) Scalar() bool { return n.Kind != '[' && n.Kind != '{' }

// Number is the text of a number as Java's BigDecimal has it.
func Number(text string) string {
	if !strings.ContainsAny(text, "eE") {
		return text
	}
	d, _, err := apd.NewFromString(text)
	if err != nil {
		return text
	}
	return d.Text('G')
}

func (n *Node) append(b *strings.Builder) {
	switch n.Kind {
	case 's':
		Quote(b, n.Text)
	case '[':
		b.WriteByte('[')
		for i, it := range n.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			it.append(b)
		}
		b.WriteByte(']')
	case '{':
		n.appendMembers(b)
	default:
		b.WriteString(n.Text)
	}
}

func (n *Node) appendMembers(b *strings.Builder) {
	order := make([]int, len(n.Keys))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(i, j int) bool { return n.Keys[order[i]] < n.Keys[order[j]] })
	b.WriteByte('{')
	for i, at := range order {
		if i > 0 {
			b.WriteByte(',')
		}
		Quote(b, n.Keys[at])
		b.WriteByte(':')
		n.Items[at].append(b)
	}
	b.WriteByte('}')
}

// String writes the value without white space.
func (n *Node) String() string {
	var b strings.Builder
	n.append(&b)
	return b.String()
}

// Java is the value as Java's collections print it.
func (n *Node) Java() string {
	parts := make([]string, len(n.Items))
	for i, it := range n.Items {
		parts[i] = it.Java()
	}
	switch n.Kind {
	case '[':
		return "[" + strings.Join(parts, ", ") + "]"
	case '{':
		for i := range parts {
			parts[i] = n.Keys[i] + "=" + parts[i]
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return n.Text
}

// Quote writes a string as Jackson does: only what must be is escaped.
func Quote(b *strings.Builder, s string) {
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
				b.WriteRune(r)
			}
		}
	}
	b.WriteByte('"')
}
