package yamldoc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"drey/client/yamljson"
	"drey/views/diff"

	"go.yaml.in/yaml/v3"
)

// limits are those of a text that is edited.
var limits = yamljson.Limits{MaxDepth: maxDepth, MaxAliased: 10_000, MaxSize: 4 << 20}

// Document is a text as it was read.
type Document struct {
	Node     *yaml.Node // nil where the text is no YAML
	Value    any        // of diff.Parse; nil where it could not be read
	Problems []Problem  // in the order of their lines
}

// Read reads a text and checks it against a schema.
func Read(ctx context.Context, text string, schema *Schema) Document {
	node, problems := Parse(text)
	if node == nil {
		return Document{Problems: problems}
	}
	d := Document{Node: node, Problems: Check(node, schema)}
	raw, err := limits.JSON(ctx, node)
	if err == nil {
		d.Value, err = diff.Parse(raw)
	}
	if err == nil {
		return d
	}
	if Errors(d.Problems) == 0 { // else it is said already, at its line
		d.Problems = append(d.Problems, conversionProblem(err))
	}
	return d
}

var namedLine = regexp.MustCompile(`line (\d+): `)

// conversionProblem is why a text has no equal in JSON.
func conversionProblem(err error) Problem {
	p := Problem{Text: err.Error()}
	switch {
	case errors.Is(err, yamljson.ErrDepth):
		p.Text = fmt.Sprintf("it is nested deeper than %d", limits.MaxDepth)
	case errors.Is(err, context.Canceled):
		p.Text = "it was not read to its end"
	}
	if m := namedLine.FindStringSubmatch(p.Text); m != nil {
		_, _ = fmt.Sscan(m[1], &p.Line) // digits
		p.Text = strings.Replace(p.Text, m[0], "", 1)
	}
	p.Text = strings.TrimPrefix(p.Text, "malformed YAML: ")
	return p
}

// Render writes an object as the text that is edited, without the members that
// hidden names: those that belong to the server. Members stay in order, and
// numbers keep their digits.
func Render(raw json.RawMessage, hidden func(path []string) bool) (string, error) {
	node, err := yamljson.Node(raw, yamljson.Text)
	if err != nil {
		return "", fmt.Errorf("read the object: %w", err)
	}
	if hidden != nil {
		prune(node, nil, hidden)
	}
	if node.Kind == yaml.MappingNode && len(node.Content) == 0 {
		return "{}\n", nil
	}
	var out strings.Builder
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	enc.CompactSeqIndent()
	if err := enc.Encode(node); err != nil {
		return "", fmt.Errorf("write the object: %w", err)
	}
	return out.String(), enc.Close()
}

func prune(n *yaml.Node, path []string, hidden func([]string) bool) {
	if n.Kind != yaml.MappingNode {
		return
	}
	content := n.Content[:0]
	for i := 0; i+1 < len(n.Content); i += 2 {
		at := append(path[:len(path):len(path)], n.Content[i].Value)
		if hidden(at) {
			continue
		}
		prune(n.Content[i+1], at, hidden)
		content = append(content, n.Content[i], n.Content[i+1])
	}
	n.Content = content
}

// Member is the value at a path of a document of diff.Parse; ok is false where
// there is none.
func Member(doc any, path ...string) (value any, ok bool) {
	for _, name := range path {
		o, isObject := doc.(map[string]any)
		if !isObject {
			return nil, false
		}
		if doc, ok = o[name]; !ok {
			return nil, false
		}
	}
	return doc, true
}

// MemberText is the text at a path, "" for another value and for none.
func MemberText(doc any, path ...string) string {
	value, _ := Member(doc, path...)
	text, _ := value.(string)
	return text
}

// errorMark begins the lines that say in a text why it was refused.
const errorMark = "# error: "

// WithErrors puts problems into a text as comments above their lines, for an
// editor that knows of nothing else; WithoutErrors takes them out again.
func WithErrors(text string, problems []Problem) string {
	if len(problems) == 0 {
		return text
	}
	var out strings.Builder
	for i, line := range strings.SplitAfter(text, "\n") {
		for _, p := range problems {
			if max(p.Line, 1) == i+1 && !p.Warning {
				for part := range strings.SplitSeq(p.Text, "\n") {
					out.WriteString(errorMark + part + "\n")
				}
			}
		}
		out.WriteString(line)
	}
	return out.String()
}

// WithoutErrors takes out of a text what WithErrors put into it.
func WithoutErrors(text string) string {
	if !strings.Contains(text, errorMark) {
		return text
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, errorMark) {
			out.WriteString(line)
		}
	}
	return out.String()
}
