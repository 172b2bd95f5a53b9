package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// toNode turns JSON into YAML with every number as it was written.
func toNode(raw []byte) (*yaml.Node, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	return nextNode(dec)
}

func nextNode(dec *json.Decoder) (*yaml.Node, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case json.Delim:
		return collection(dec, v)
	case string:
		node := &yaml.Node{}
		node.SetString(v)
		return node, nil
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: numberTag(v.String()), Value: v.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(v)}, nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
}

func numberTag(text string) string {
	if bytes.ContainsAny([]byte(text), ".eE") {
		return "!!float"
	}
	return "!!int"
}

func collection(dec *json.Decoder, open json.Delim) (*yaml.Node, error) {
	node := &yaml.Node{Kind: yaml.MappingNode}
	if open == '[' {
		node.Kind = yaml.SequenceNode
	}
	for dec.More() { // keys of a mapping come as strings, in turn
		child, err := nextNode(dec)
		if err != nil {
			return nil, err
		}
		node.Content = append(node.Content, child)
	}
	_, err := dec.Token()
	return node, err
}

var errAlias = errors.New("aliases have no place in an export")

// toJSON is the way back.
func toJSON(node *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	err := writeJSON(&out, node)
	return out.Bytes(), err
}

func writeJSON(out *bytes.Buffer, node *yaml.Node) error {
	switch node.Kind {
	case yaml.DocumentNode:
		return writeJSON(out, node.Content[0])
	case yaml.MappingNode, yaml.SequenceNode:
		return writeCollection(out, node)
	case yaml.ScalarNode:
		return writeScalar(out, node)
	}
	return errAlias
}

func writeCollection(out *bytes.Buffer, node *yaml.Node) error {
	brackets := "{}"
	if node.Kind == yaml.SequenceNode {
		brackets = "[]"
	}
	out.WriteByte(brackets[0])
	for i, child := range node.Content {
		isValue := node.Kind == yaml.MappingNode && i%2 == 1
		if isValue {
			out.WriteByte(':')
		} else if i > 0 {
			out.WriteByte(',')
		}
		if err := writeJSON(out, child); err != nil {
			return err
		}
	}
	out.WriteByte(brackets[1])
	return nil
}

func writeScalar(out *bytes.Buffer, node *yaml.Node) error {
	switch node.ShortTag() {
	case "!!int", "!!float", "!!bool", "!!null":
		if !json.Valid([]byte(node.Value)) {
			return fmt.Errorf("line %d: %q is no JSON value", node.Line, node.Value)
		}
		out.WriteString(node.Value)
		return nil
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(node.Value)
	out.Truncate(out.Len() - 1) // the line's end
	return err
}

// documents calls fn with each document of a YAML stream, as JSON.
func documents(r io.Reader, fn func(line int, raw []byte) error) error {
	dec := yaml.NewDecoder(r)
	for {
		var node yaml.Node
		err := dec.Decode(&node)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		raw, err := toJSON(&node)
		if err != nil {
			return err
		}
		if err := fn(node.Line, raw); err != nil {
			return fmt.Errorf("document at line %d: %w", node.Line, err)
		}
	}
}
