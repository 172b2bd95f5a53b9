// Package yamljson converts documents between YAML and JSON: members stay in
// order, and numbers as they are written.
package yamljson

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// YAML converts a JSON document to YAML for people.
func YAML(doc []byte) ([]byte, error) {
	root, err := Node(doc, Text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := encoder.Encode(root); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}

// Node converts a JSON document to a node; text makes those of its strings.
func Node(doc []byte, text func(string) *yaml.Node) (*yaml.Node, error) {
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.UseNumber()
	return node(decoder, text)
}

func node(decoder *json.Decoder, text func(string) *yaml.Node) (*yaml.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch value := token.(type) {
	case json.Delim:
		list := &yaml.Node{Kind: yaml.SequenceNode}
		if value == '{' {
			list.Kind = yaml.MappingNode
		}
		for decoder.More() { // names and values of an object alike
			inner, err := node(decoder, text)
			if err != nil {
				return nil, err
			}
			list.Content = append(list.Content, inner)
		}
		_, err := decoder.Token()
		return list, err
	case string:
		return text(value), nil
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: value.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: map[bool]string{true: "true", false: "false"}[value]}, nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: "null"}, nil
}

// Words that are no strings to readers of YAML 1.1, and what a string must
// begin with that stands there without quotes.
var (
	yamlWord  = regexp.MustCompile(`(?i)^(y|n|yes|no|on|off|true|false|null)$`)
	yamlPlain = regexp.MustCompile(`^[A-Za-z_/$]`)
	yamlBlock = regexp.MustCompile(`^[^\s][^\t]*[^\s]\n?$`)
)

// Text is a string as people write it: without quotes where every reader of
// YAML takes it for one, and as a block where it has lines.
func Text(s string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.DoubleQuotedStyle}
	switch {
	case strings.Contains(s, "\n"):
		if yamlBlock.MatchString(s) && !strings.Contains(s, " \n") && !strings.Contains(s, "\r") {
			node.Style = yaml.LiteralStyle
		}
	case yamlPlain.MatchString(s) && !yamlWord.MatchString(s):
		node.Style = 0
	}
	return node
}
