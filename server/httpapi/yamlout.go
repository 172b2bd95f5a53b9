package httpapi

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// toYAML converts a JSON document: members stay in order and numbers as they
// are written.
func toYAML(doc []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.UseNumber()
	root, err := yamlNode(decoder)
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

func yamlNode(decoder *json.Decoder) (*yaml.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch value := token.(type) {
	case json.Delim:
		node := &yaml.Node{Kind: yaml.SequenceNode}
		if value == '{' {
			node.Kind = yaml.MappingNode
		}
		for decoder.More() { // names and values of an object alike
			inner, err := yamlNode(decoder)
			if err != nil {
				return nil, err
			}
			node.Content = append(node.Content, inner)
		}
		_, err := decoder.Token()
		return node, err
	case string:
		return yamlText(value), nil
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

func yamlText(s string) *yaml.Node {
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
