package yamljson

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits bound what is read. The zero value of one is none, but aliases are
// refused without MaxAliased.
type Limits struct {
	MaxDepth   int // of nesting
	MaxAliased int // values that aliases may stand for
	MaxSize    int // of JSON, in bytes, that values of aliases may make
}

// Error is what is wrong with a document, for a person.
type Error struct{ Message string }

func (e *Error) Error() string { return e.Message }

func malformed(format string, args ...any) error {
	return &Error{"malformed YAML: " + fmt.Sprintf(format, args...)}
}

// Malformed is an error of the YAML parser for a person.
func Malformed(err error) error {
	return malformed("%s", clip(strings.TrimPrefix(err.Error(), "yaml: ")))
}

// ErrDepth says that a document is nested deeper than Limits.MaxDepth.
var ErrDepth = errors.New("nested too deeply")

// ErrAliases says that a document has aliases and may not.
var ErrAliases = errors.New("aliases have no place here")

// JSON converts a parsed document to JSON. Numbers keep the form in which they
// are written; those of YAML alone, such as 0x10, become JSON's. It ends with
// the context.
func (l Limits) JSON(ctx context.Context, doc *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	err := (&reader{ctx: ctx, limits: l, out: &out}).value(doc, 0)
	return out.Bytes(), err
}

// reader writes nodes as JSON.
type reader struct {
	ctx     context.Context
	limits  Limits
	out     *bytes.Buffer
	aliased int // values within aliases, and members merged, so far
	inAlias int
}

func (y *reader) tooDeep(level int) bool { return y.limits.MaxDepth > 0 && level > y.limits.MaxDepth }

func (y *reader) value(n *yaml.Node, level int) error {
	if y.tooDeep(level) {
		return ErrDepth
	}
	if err := y.ctx.Err(); err != nil {
		return err
	}
	if y.inAlias > 0 {
		if err := y.countAliased(); err != nil {
			return err
		}
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return y.value(n.Content[0], level)
	case yaml.AliasNode:
		if y.limits.MaxAliased == 0 {
			return ErrAliases
		}
		y.inAlias++
		defer func() { y.inAlias-- }()
		return y.value(n.Alias, level+1)
	case yaml.SequenceNode:
		return y.list(n, level)
	case yaml.MappingNode:
		return y.object(n, level)
	case yaml.ScalarNode:
		return y.scalar(n)
	}
	y.out.WriteString("null") // an empty body
	return nil
}

// countAliased bounds what aliases multiply, in number and in size.
func (y *reader) countAliased() error {
	y.aliased++
	if l := y.limits; y.aliased > l.MaxAliased || l.MaxSize > 0 && y.out.Len() > l.MaxSize {
		return &Error{fmt.Sprintf("aliases stand for more than %d values or %d MB", l.MaxAliased, l.MaxSize>>20)}
	}
	return nil
}

func (y *reader) list(n *yaml.Node, level int) error {
	y.out.WriteByte('[')
	for i, item := range n.Content {
		if i > 0 {
			y.out.WriteByte(',')
		}
		if err := y.value(item, level+1); err != nil {
			return err
		}
	}
	y.out.WriteByte(']')
	return nil
}

func (y *reader) object(n *yaml.Node, level int) error {
	m := &members{values: map[string]*yaml.Node{}}
	if err := m.add(y, n, level, false); err != nil {
		return err
	}
	y.out.WriteByte('{')
	for i, name := range m.order {
		if i > 0 {
			y.out.WriteByte(',')
		}
		y.text(name)
		y.out.WriteByte(':')
		if err := y.value(m.values[name], level+1); err != nil {
			return err
		}
	}
	y.out.WriteByte('}')
	return nil
}

// members are those of a mapping in order, with what << merges into it.
type members struct {
	order  []string
	values map[string]*yaml.Node
}

// add takes the members of a mapping; those of one that << merges count as
// values of an alias.
func (m *members) add(y *reader, n *yaml.Node, level int, merging bool) error {
	if y.tooDeep(level) {
		return ErrDepth
	}
	if n.Kind == yaml.AliasNode {
		return m.add(y, n.Alias, level+1, merging)
	}
	if n.Kind != yaml.MappingNode {
		return malformed("line %d: << wants mappings", n.Line)
	}
	var merged []*yaml.Node
	own := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if merging {
			if err := y.countAliased(); err != nil {
				return err
			}
		}
		switch {
		case key.Kind == yaml.AliasNode && key.Alias.Kind == yaml.ScalarNode:
			key = key.Alias
		case key.Kind != yaml.ScalarNode:
			return malformed("line %d: a key must be a scalar", key.Line)
		}
		if key.ShortTag() == "!!merge" {
			merged = append(merged, sources(value)...)
			continue
		}
		if own[key.Value] {
			return malformed("line %d: key %q is there already", key.Line, clip(key.Value))
		}
		own[key.Value] = true
		m.put(key.Value, value)
	}
	for _, source := range merged {
		if err := y.countAliased(); err != nil {
			return err
		}
		if err := m.add(y, source, level+1, true); err != nil {
			return err
		}
	}
	return nil
}

// put adds a member; the first one of a name wins, as << asks for.
func (m *members) put(name string, value *yaml.Node) {
	if _, there := m.values[name]; !there {
		m.order = append(m.order, name)
		m.values[name] = value
	}
}

func sources(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

func (y *reader) scalar(n *yaml.Node) error {
	switch tag := n.ShortTag(); {
	case tag == "!!null":
		y.out.WriteString("null")
	case tag == "!!bool":
		var truth bool
		if err := n.Decode(&truth); err != nil {
			return Malformed(err)
		}
		y.out.WriteString(strconv.FormatBool(truth))
	case (tag == "!!int" || tag == "!!float") && jsonNumber.MatchString(n.Value),
		tag == "!!str" && n.Style == 0 && jsonNumber.MatchString(n.Value): // larger than a machine has, and no text
		y.out.WriteString(n.Value)
	case (tag == "!!int" || tag == "!!float") && len(n.Value) > maxDigits:
		return malformed("line %d: a number of more than %d digits", n.Line, maxDigits)
	case tag == "!!int":
		whole, ok := new(big.Int).SetString(n.Value, 0)
		if !ok {
			return malformed("line %d: %q is no number", n.Line, clip(n.Value))
		}
		y.out.WriteString(whole.String())
	case tag == "!!float":
		number, err := strconv.ParseFloat(strings.ReplaceAll(n.Value, "_", ""), 64)
		if err != nil {
			return malformed("line %d: %q is no number of JSON", n.Line, clip(n.Value))
		}
		fmt.Fprint(y.out, number)
	case tag == "!!binary":
		var text string
		if err := n.Decode(&text); err != nil {
			return Malformed(err)
		}
		y.text(text)
	default:
		y.text(n.Value)
	}
	return nil
}

func (y *reader) text(s string) {
	encoder := json.NewEncoder(y.out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s)           // a string always encodes
	y.out.Truncate(y.out.Len() - 1) // the end of the line
}

// maxDigits is how long a number of YAML alone may be: the parser takes time
// that grows with the square of it.
const maxDigits = 1000

// clip shortens what an error repeats.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
