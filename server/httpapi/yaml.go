package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"drey/server/model"

	"go.yaml.in/yaml/v3"
)

// maxAliased is how many values the aliases of a YAML body may stand for.
const maxAliased = 100_000

// maxDirectives is how many lines may begin with % and maxDigits how long a
// number may be: the parser takes time that grows with the square of both.
const (
	maxDirectives = 16
	maxDigits     = 1000
)

// fromYAML converts the one document of a YAML body. Numbers keep the form in
// which they are written; what is nested too deeply is refused before the
// parser sees it. Reading ends with the context.
func fromYAML(ctx context.Context, raw []byte) ([]byte, error) {
	if depth(raw) > maxDepth || indented(raw) > maxDepth {
		return nil, errDepth
	}
	if n := bytes.Count(raw, []byte("\n%")); n > maxDirectives {
		return nil, model.Invalid("body: malformed YAML: want at most %d directives, got %d", maxDirectives, n)
	}
	decoder := yaml.NewDecoder(&contextReader{ctx: ctx, from: bytes.NewReader(raw)})
	var doc, more yaml.Node
	if err := decoder.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(ctx.Err(), malformedYAML(err)) // the parser hides why it could not read
	}
	for {
		err := decoder.Decode(&more)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errors.Join(ctx.Err(), malformedYAML(err))
		}
		if more.Content[0].ShortTag() != "!!null" {
			return nil, model.Invalid("body: want one YAML document, line %d begins another", more.Content[0].Line)
		}
	}
	var out bytes.Buffer
	err := (&yamlReader{ctx: ctx, out: &out}).value(&doc, 0)
	return out.Bytes(), err
}

// contextReader reads until its context ends, so that a parser ends with it.
type contextReader struct {
	ctx  context.Context
	from io.Reader
}

func (r *contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

func malformedYAML(err error) error {
	return model.Invalid("body: malformed YAML: %s", clip(strings.TrimPrefix(err.Error(), "yaml: ")))
}

// yamlReader writes nodes as JSON.
type yamlReader struct {
	ctx     context.Context
	out     *bytes.Buffer
	aliased int // values within aliases, and members merged, so far
	inAlias int
}

func (y *yamlReader) value(n *yaml.Node, level int) error {
	if level > maxDepth {
		return errDepth
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
func (y *yamlReader) countAliased() error {
	if y.aliased++; y.aliased > maxAliased || y.out.Len() > maxBody {
		return model.Invalid("body: aliases stand for more than %d values or 10 MB", maxAliased)
	}
	return nil
}

func (y *yamlReader) list(n *yaml.Node, level int) error {
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

func (y *yamlReader) object(n *yaml.Node, level int) error {
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
func (m *members) add(y *yamlReader, n *yaml.Node, level int, merging bool) error {
	if level > maxDepth {
		return errDepth
	}
	if n.Kind == yaml.AliasNode {
		return m.add(y, n.Alias, level+1, merging)
	}
	if n.Kind != yaml.MappingNode {
		return model.Invalid("body: malformed YAML: line %d: << wants mappings", n.Line)
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
			return model.Invalid("body: malformed YAML: line %d: a key must be a scalar", key.Line)
		}
		if key.ShortTag() == "!!merge" {
			merged = append(merged, sources(value)...)
			continue
		}
		if own[key.Value] {
			return model.Invalid("body: malformed YAML: line %d: key %q is there already", key.Line, clip(key.Value))
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

func (y *yamlReader) scalar(n *yaml.Node) error {
	switch tag := n.ShortTag(); {
	case tag == "!!null":
		y.out.WriteString("null")
	case tag == "!!bool":
		var truth bool
		if err := n.Decode(&truth); err != nil {
			return malformedYAML(err)
		}
		y.out.WriteString(strconv.FormatBool(truth))
	case (tag == "!!int" || tag == "!!float") && jsonNumber.MatchString(n.Value):
		y.out.WriteString(n.Value)
	case (tag == "!!int" || tag == "!!float") && len(n.Value) > maxDigits:
		return model.Invalid("body: malformed YAML: line %d: a number of more than %d digits", n.Line, maxDigits)
	case tag == "!!int":
		whole, ok := new(big.Int).SetString(n.Value, 0)
		if !ok {
			return model.Invalid("body: malformed YAML: line %d: %q is no number", n.Line, clip(n.Value))
		}
		y.out.WriteString(whole.String())
	case tag == "!!float":
		number, err := strconv.ParseFloat(strings.ReplaceAll(n.Value, "_", ""), 64)
		if err != nil {
			return model.Invalid("body: malformed YAML: line %d: %q is no number of JSON", n.Line, clip(n.Value))
		}
		fmt.Fprint(y.out, number)
	case tag == "!!binary":
		var text string
		if err := n.Decode(&text); err != nil {
			return malformedYAML(err)
		}
		y.text(text)
	default:
		y.text(n.Value)
	}
	return nil
}

func (y *yamlReader) text(s string) {
	encoder := json.NewEncoder(y.out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string always encodes; the line end is white space
}
