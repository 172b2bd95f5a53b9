package archive

import (
	"context"
	"errors"
	"fmt"
	"io"

	"drey/client/yamljson"

	"go.yaml.in/yaml/v3"
)

var errAlias = errors.New("aliases have no place in an export")

// text is a string as the YAML library writes it.
func text(s string) *yaml.Node {
	node := &yaml.Node{}
	node.SetString(s)
	return node
}

// documents calls fn with each document of a YAML stream, as JSON.
func documents(ctx context.Context, r io.Reader, fn func(line int, raw []byte) error) error {
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
		raw, err := yamljson.Limits{}.JSON(ctx, &node)
		if errors.Is(err, yamljson.ErrAliases) {
			return errAlias
		}
		if err != nil {
			return err
		}
		if err := fn(node.Line, raw); err != nil {
			return fmt.Errorf("document at line %d: %w", node.Line, err)
		}
	}
}
